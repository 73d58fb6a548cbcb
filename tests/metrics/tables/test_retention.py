"""Retention: the worked example, both clocks, derived steps, and a simulated gym whose truth is known."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import VALUES, flagged
from funnel.metrics.core.tally import tallies
from funnel.metrics.tables.retention import COLUMNS, retention_table
from funnel.schema import step_date, step_mark

Make = Callable[..., Clients]
COUNTS = ["of", "months", "eligible", "reached", "left", "overdue"]
RATES = ["rate", "low", "high", "rate_if_overdue_stayed", "naive_rate"]


def test_worked_example(clients: Clients) -> None:
    retention = Funnel(clients, "2026-07-01").retention
    assert list(retention) == list(COLUMNS)
    assert retention["clock"].tolist() == ["lead"] * 6
    assert retention[COUNTS].to_numpy().tolist() == [
        ["leads", 1, 10, 6, 2, 2],
        ["leads", 3, 8, 5, 2, 1],
        ["leads", 6, 3, 1, 2, 0],
        ["paid", 1, 6, 5, 1, 0],
        ["paid", 3, 6, 5, 1, 0],
        ["paid", 6, 3, 1, 2, 0],
    ]
    expected = [
        [0.6, 0.312674, 0.831820, 0.7, 5 / 12],
        [0.625, 0.305742, 0.863156, 0.625, 4 / 12],
        [0.333333, 0.061492, 0.792340, 0.333333, 2 / 12],
        [0.833333, 0.436497, 0.969947, 0.833333, 4 / 7],
        [0.833333, 0.436497, 0.969947, 0.833333, 4 / 7],
        [0.333333, 0.061492, 0.792340, 0.333333, 2 / 7],
    ]
    np.testing.assert_allclose(retention[RATES].to_numpy(dtype=float), expected, atol=5e-7)


def test_derived_from_the_left_date_alone_paid_clients_are_the_same(clients: Clients) -> None:
    table = clients.table.drop(
        columns=[*map(step_mark, ("1m", "3m", "6m")), *map(step_date, ("1m", "3m", "6m"))]
    )
    retention = Funnel(clients_of(table, clients.journey), "2026-07-01").retention
    paid = retention[retention["of"] == "paid"]
    assert list(zip(paid["reached"], paid["eligible"], strict=True)) == [(5, 6), (5, 6), (1, 3)]
    assert retention["naive_rate"].isna().all()
    assert Funnel(clients_of(table, clients.journey), "2026-07-01").assumed[-1] == (
        "1m, 3m and 6m have no column: derived from the left date."
    )


def test_on_5_july_six_months_are_two_of_four(clients: Clients) -> None:
    before, after = (Funnel(clients, day).retention for day in ("2026-07-04", "2026-07-05"))
    pd.testing.assert_frame_equal(before, Funnel(clients, "2026-07-01").retention)
    assert (
        after[after["months"] == 6][["reached", "eligible", "rate"]].to_numpy().tolist() == [[2, 4, 0.5]] * 2
    )


def test_without_a_column_that_has_leaving_data_derived_retention_is_undefined(make_clients: Make) -> None:
    journey = Journey(
        steps=(Step(name="paid", paid=True), Step(name="1m", months=1), Step(name="2m", months=2))
    )
    rows = pd.DataFrame({"client": ["x"], "lead_date": ["2026-01-01"], "paid": ["1"], "2m": ["1"]})
    funnel = Funnel(make_clients(rows.drop(columns="2m"), journey), "2026-07-01")
    assert funnel.retention["eligible"].tolist() == [1, 1, 1, 1]
    assert funnel.retention[RATES].isna().all(axis=None)
    assert funnel.steps["settled_n"].tolist() == [1, 0, 0]
    assert funnel.survival.empty
    assert funnel.to_json()["survival"] is None
    assert funnel.assumed[0] == (
        "No column shows who left, so survival is unknown, and retention without a column too."
    )


def test_a_sheet_with_only_lead_and_left_dates(make_clients: Make) -> None:
    journey = Journey(steps=tuple(Step(name=f"{m}m", months=m) for m in (1, 2, 3)))
    rows = pd.DataFrame(
        {
            "client": list("xyz"),
            "lead_date": ["2026-01-31"] * 3,
            "left_date": ["2026-02-28", "2026-03-01", None],
        }
    )
    retention = Funnel(make_clients(rows, journey), "2026-04-29").retention
    assert retention[["of", *COUNTS[1:]]].to_numpy().tolist() == [
        ["leads", 1, 3, 2, 1, 0],  # leaving on the due date is leaving
        ["leads", 2, 3, 1, 2, 0],
        ["leads", 3, 0, 0, 0, 0],  # due on 30 April
    ]
    assert math.isnan(retention["rate"].iloc[2])


def test_the_clock_of_the_first_paid_session_stands_where_it_is_dated(make_clients: Make) -> None:
    journey = Journey(
        steps=(Step(name="paid", paid=True), Step(name="1m", months=1), Step(name="2m", months=2))
    )
    rows = pd.DataFrame(
        {"client": list("abcdef"), "lead_date": ["2025-12-01"] * 6, "1m": [""] * 6, "2m": [""] * 6}
        | {"paid": ["2026-01-31", "2026-01-31", "2026-01-15", "2026-03-30", "1", "2026-01-31"]}
        | {"left_date": ["2026-02-28", "2026-03-01", None, None, None, None]}
        | {"left_reason": ["", "", "", "", "", "Price"]}
    )
    funnel = Funnel(make_clients(rows, journey), "2026-04-29")
    since_paid = funnel.retention[funnel.retention["clock"] == "paid"]
    assert since_paid[COUNTS].to_numpy().tolist() == [
        ["paid", 1, 4, 2, 2, 0],  # a left on the day; f before it, as 1m is blank; d is due on 30 April
        ["paid", 2, 4, 1, 3, 0],
    ]
    assert since_paid["naive_rate"].isna().all()
    assert "Retention since 'paid' uses the 5 of 6 paid clients whose mark is a date." in funnel.assumed


def test_weeks_are_shown_in_months(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="6w", after="6 weeks"), Step(name="3m", months=3)))
    rows = pd.DataFrame({"client": ["x"], "lead_date": ["2026-01-01"], "6w": ["1"], "3m": [""]})
    months = Funnel(make_clients(rows, journey), "2026-07-01").retention["months"]
    assert months.round(3).tolist() == [1.38, 3.0]


# --- a gym whose truth is known ----------------------------------------------------------------------------

TRUTH, SEEDS, LEADS = 0.4, 400, 180
AS_OF = pd.Timestamp("2026-07-01")


def simulated() -> pd.DataFrame:
    """For each seed ten leads a month for 18 months; 40 % stay twelve months; the marks are made on time."""
    rng = np.random.default_rng(3)
    n = SEEDS * LEADS
    start = np.datetime64("2025-01-01") + rng.integers(0, 546, n).astype("timedelta64[D]")
    stays = np.maximum(rng.exponential(365 / -np.log(TRUTH), n), 1).astype(int)
    lead = pd.Series(start).astype("datetime64[s]")
    due, left = lead + pd.DateOffset(months=12), lead + pd.to_timedelta(stays, unit="D")
    return pd.DataFrame(
        {
            "seed": np.repeat(np.arange(SEEDS), LEADS),
            "lead_date": lead,
            step_mark("12m"): (left > due) & (due <= AS_OF),
        }
        | {"left_date": left.where(left <= AS_OF).astype("datetime64[s]")}
    )


def test_the_interval_holds_the_truth_in_about_95_of_100_seeds() -> None:
    every = flagged(simulated(), Journey(steps=(Step(name="12m", months=12),)), AS_OF.date())
    rows = pd.concat([retention_table(tally, every) for tally in tallies(every, "seed").values()])
    assert len(rows) == SEEDS
    held = (rows["low"] <= TRUTH) & (rows["high"] >= TRUTH)
    assert 0.92 <= held.mean() <= 0.98
    assert rows["rate"].mean() == pytest.approx(TRUTH, abs=0.01)
    assert rows["naive_rate"].mean() == pytest.approx(0.13, abs=0.01)


def test_who_left_on_an_unknown_day_is_unknown_at_derived_steps(make_clients: Make) -> None:
    # 1m, 3m: no column. As of 1 July a and b are here, c left on 20 January, d and e left some day,
    # f left some day and never paid, g left some day and is not due at 3m.
    journey = Journey(
        steps=(Step(name="paid", paid=True), Step(name="1m", months=1), Step(name="3m", months=3))
    )
    rows = pd.DataFrame(
        {"client": list("abcdefg"), "lead_date": ["2026-01-05"] * 6 + ["2026-05-05"]}
        | {"paid": ["2026-01-10", "1", "1", "2026-01-12", "1", "", "1"]}
        | {"left_date": ["", "", "2026-01-20", "", "", "", ""]}
        | {"left_reason": ["", "", "Price", "Price", "Price", "Price", "Price"]}
    )
    funnel = Funnel(make_clients(rows, journey), "2026-07-01")
    steps = funnel.steps.set_index("step")
    assert steps.loc[["1m", "3m"], list(VALUES)].to_numpy().tolist() == [
        [2, 2, 0, 0, 0, 3],  # reached a, b; left c, f; unknown d, e, g
        [2, 3, 0, 0, 0, 2],  # g has left, and 3m is not due
    ]
    assert steps.loc["1m", "settled_n"] == 3  # a, b, c
    assert steps.loc["1m", "settled_drop_off"] == pytest.approx(1 / 3)
    found = funnel.retention.set_index(["of", "clock", "months"])
    brackets = [
        "eligible", "reached", "left", "unknown", "rate", "rate_if_unknown_left", "rate_if_unknown_stayed",
    ]  # fmt: skip
    assert found.loc[("paid", "lead", 1), brackets].tolist() == pytest.approx(
        [3, 2, 1, 3, 2 / 3, 2 / 6, 5 / 6]
    )
    assert found.loc[("leads", "lead", 3), brackets].tolist() == pytest.approx(
        [4, 2, 2, 2, 0.5, 2 / 6, 4 / 6]
    )
    # On the clock of the first paid session, which is dated of a and d
    assert found.loc[("paid", "paid", 1), brackets].tolist() == pytest.approx([1, 1, 0, 1, 1, 0.5, 1])


def test_marks_tell_of_who_left_on_an_unknown_day(make_clients: Make) -> None:
    # 1m has a column, 3m has none: a was there after a month, b was not
    journey = Journey(steps=(Step(name="1m", months=1), Step(name="3m", months=3)))
    rows = pd.DataFrame(
        {"client": ["a", "b"], "lead_date": ["2026-01-05"] * 2, "1m": ["1", ""], "left_reason": ["Price"] * 2}
    )
    steps = Funnel(make_clients(rows, journey), "2026-07-01").steps.set_index("step")
    assert steps[["reached", "left", "unknown"]].to_numpy().tolist() == [[1, 1, 0], [0, 1, 1]]
    assert steps["settled_n"].tolist() == [2, 0]
