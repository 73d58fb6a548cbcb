"""Leavers of the worked example, counted by hand."""

import numpy as np
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.metrics import Funnel
from funnel.metrics.tables.leavers import COLUMNS
from funnel.schema import step_date, step_mark

PAID_ON = step_date("paid")


def counts(funnel: Funnel, by: str) -> list[list[object]]:
    return funnel.leavers(by)[[by, "n"]].to_numpy().tolist()


def test_reasons(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").leavers()
    assert list(found) == ["reason", *COLUMNS]
    assert found[["reason", "n", "dated"]].to_numpy().tolist() == [
        ["Price", 2, 1], ["Injury", 1, 1], ["Moved away", 1, 1],
    ]  # fmt: skip
    assert found["share"].tolist() == [0.5, 0.25, 0.25]
    assert found["added_up"].tolist() == [0.5, 0.75, 1]
    assert found["median_months"].tolist() == pytest.approx([28 / 30.4375, 126 / 30.4375, 165 / 30.4375])
    assert np.isnan(found["median_months_after_paid"]).all()  # no paid mark carries a date


def test_step_months_and_columns(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert counts(funnel, "step") == [["3m", 2], ["met", 1], ["paid", 1]]  # Ben and Cat; Fay; Eva
    assert counts(funnel, "months") == [["0", 1], ["4", 1], ["5", 1], ["(blank)", 1]]
    assert counts(funnel, "months after paid") == [["(blank)", 4]]
    assert counts(funnel, "Source of lead") == [["Ads", 3], ["Referral", 1]]
    assert counts(funnel, "quarter") == [["2025-Q4", 2], ["2026-Q1", 2]]


def test_months_after_paid(clients: Clients) -> None:
    dated = clients.table.assign(
        **{PAID_ON: clients.table["lead_date"].where(clients.table[step_mark("paid")])}
    )
    dated[PAID_ON] += np.timedelta64(20, "D")
    found = Funnel(Clients(dated, clients.journey), "2026-07-01").leavers("months after paid")
    kinds = found.iloc[:, :2].to_numpy().tolist()
    assert kinds == [["0", 1], ["3", 1], ["4", 1], ["(blank)", 1]]  # 8, 106 and 145 days
    assert found["median_months_after_paid"].tolist()[0] == pytest.approx(8 / 30.4375)


def test_nobody_left(clients: Clients) -> None:
    found = Funnel(
        Clients(clients.table.drop(columns=["left_date", "left_reason"]), clients.journey), "2026-07-01"
    )
    assert list(found.leavers()) == ["reason", *COLUMNS]
    assert len(found.leavers("step")) == 0
    undated = Clients(clients.table.drop(columns=["left_reason"]), clients.journey)
    assert Funnel(undated, "2026-07-01").leavers()[["reason", "n"]].to_numpy().tolist() == [["(blank)", 3]]
    with pytest.raises(UsageError, match="There is no column 'sauce'"):
        Funnel(clients, "2026-07-01").leavers("sauce")
