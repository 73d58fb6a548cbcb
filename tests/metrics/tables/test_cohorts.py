"""Cohorts of the worked example, counted by hand; unripe cells have no rate."""

import numpy as np
import pandas as pd
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.cohorts import COLUMNS


def test_worked_example_by_quarter(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").cohorts("quarter")
    assert list(found) == list(COLUMNS)
    table = found.set_index(["cohort", "step"])
    assert found["cohort"].unique().tolist() == ["2025-Q4", "2026-Q1", "2026-Q2"]  # Lee has no lead date
    assert table["leads"].groupby("cohort").first().tolist() == [3, 5, 3]
    # 2026-Q1: Dan, Eva, Fay, Gus, Hal; three months are due for all, six months for none
    assert table.loc[("2026-Q1", "3m"), ["n", "due", "reached", "rate", "ripe"]].tolist() == [
        5,
        5,
        2,
        0.4,
        True,
    ]
    assert table.loc[("2026-Q1", "6m"), ["n", "due", "reached", "ripe"]].tolist() == [5, 0, 1, False]
    assert np.isnan(table.loc[("2026-Q1", "6m"), "rate"])
    # 2026-Q2: Ida, Jon, Kim; one month is due for Ida and Jon only: marked unripe, not zero
    assert table.loc[("2026-Q2", "1m"), ["n", "due", "reached", "ripe"]].tolist() == [3, 2, 1, False]


def test_nobody_dated_and_nobody_known(clients: Clients) -> None:
    undated = Clients(clients.table.assign(lead_date=clients.table["lead_date"].iloc[-1]), clients.journey)
    assert list(Funnel(undated, "2026-07-01").cohorts()) == list(COLUMNS)
    assert len(Funnel(undated, "2026-07-01").cohorts()) == 0
    silent = clients.table.drop(columns=["step:3m", "left_reason", "left_date"])
    table = (
        Funnel(Clients(silent, clients.journey), "2026-07-01")
        .cohorts("quarter")
        .set_index(["cohort", "step"])
    )
    assert np.isnan(table.loc[("2025-Q4", "3m"), "rate"])  # derived, but no column says who left
    assert table.loc[("2025-Q4", "3m"), "ripe"]


def test_who_left_on_an_unknown_day_is_unknown_not_lost() -> None:
    """Ana stayed, Ben left on 2026-02-01, Cat left on an unknown day; no column for the month."""
    table = pd.DataFrame({
        "client": ["Ana", "Ben", "Cat"], "left_reason": [None, "Price", "Moved"], "Paid": [True] * 3,
        "left_date": pd.to_datetime([None, "2026-02-01", None]),
        "lead_date": pd.to_datetime(["2026-01-10"] * 3),
    })  # fmt: skip
    journey = Journey(steps=(Step(name="Paid", paid=True), Step(name="1m", months=1)))
    found = Funnel(clients_of(table, journey), "2026-07-01").cohorts().set_index("step")
    assert found.loc["1m", ["n", "reached", "unknown", "rate"]].tolist() == [3, 1, 1, 0.5]
    assert found.loc["Paid", ["n", "reached", "unknown", "rate"]].tolist() == [3, 3, 0, 1]
