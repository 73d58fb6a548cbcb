"""Trends: settled counts by month of lead, summed over the window."""

import numpy as np
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.metrics import Funnel
from funnel.metrics.tables.trends import COLUMNS


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").trends(window=1)
    assert list(found) == list(COLUMNS)
    met = found[found["step"] == "met"].set_index("month")
    # Ana | Ben, Cat | Dan, Eva | Fay, Gus (overdue) | Hal | then nobody's 90 days are over
    assert met["n"].tolist() == [1, 2, 2, 2, 1, 0, 0, 0]
    assert met["reached"].tolist() == [1, 2, 2, 1, 1, 0, 0, 0]
    assert met["rate"].tolist()[:5] == [1, 1, 1, 0.5, 1]
    assert met["rate"].isna().tolist()[5:] == [True] * 3
    three = Funnel(clients, "2026-07-01").trends()
    assert three[three["step"] == "met"]["n"].tolist() == [1, 3, 5, 6, 5, 3, 1, 0]


def test_months_without_leads_are_there(clients: Clients) -> None:
    some = Clients(clients.table[clients.table["client"].isin(["Ana", "Dan"])], clients.journey)
    found = Funnel(some, "2026-07-01").trends(window=1)
    paid = found[found["step"] == "paid"]
    assert paid["month"].tolist() == ["2025-11", "2025-12", "2026-01"]
    assert paid["n"].tolist() == [1, 0, 1]


def test_the_windows_add_up_to_the_settled_counts(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    last = funnel.trends(window=100).groupby("step", sort=False).last()
    steps = funnel.steps.set_index("step")
    assert last["n"].tolist() == steps["settled_n"].tolist()  # Lee, without a date, is never settled
    assert last["reached"].tolist() == steps["settled_reached"].tolist()
    np.testing.assert_allclose(1 - last["rate"], steps["settled_drop_off"])


def test_no_dates_and_no_window(clients: Clients) -> None:
    undated = Clients(clients.table.drop(columns="lead_date"), clients.journey)
    assert list(Funnel(undated, "2026-07-01").trends()) == list(COLUMNS)
    with pytest.raises(UsageError) as error:
        Funnel(clients, "2026-07-01").trends(window=0)
    assert str(error.value) == "window=0 is not a number of months. Choose 1 for single months, or 3."
