"""The five values: the worked example, the rules one by one, and what must hold of any sheet."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import VALUES, flag, flagged

Make = Callable[..., Clients]

WORKED = """
Ana reached reached reached reached reached reached
Ben reached reached reached reached reached left
Cat reached reached reached reached reached left
Dan reached reached reached reached reached reached
Eva reached reached reached left left left
Fay reached reached left left left left
Gus reached overdue overdue overdue overdue not_due
Hal reached reached reached reached reached not_due
Ida reached reached not_due overdue not_due not_due
Jon reached reached not_due reached not_due not_due
Kim not_due not_due not_due not_due not_due not_due
Lee reached reached reached undated undated undated
"""


def values(clients: Clients, as_of: str) -> list[list[str]]:
    return Funnel(clients, as_of).values.drop(columns=["row", "client"]).to_numpy().tolist()


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").values
    assert list(found) == ["row", "client", "contacted", "met", "paid", "1m", "3m", "6m"]
    assert found["row"].tolist() == list(range(2, 14))
    assert [" ".join(row[1:]) for row in found.to_numpy().tolist()] == WORKED.split("\n")[1:-1]


def test_due_on_the_day_is_due(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="a", due="7 days"), Step(name="1m", months=1)))
    rows = pd.DataFrame({"client": ["x"], "lead_date": ["2026-01-31"], "a": [""], "1m": [""]})
    clients = make_clients(rows, journey)
    assert values(clients, "2026-02-06") == [["not_due", "not_due"]]
    assert values(clients, "2026-02-07") == [["overdue", "not_due"]]
    assert values(clients, "2026-02-27") == [["overdue", "not_due"]]
    assert values(clients, "2026-02-28") == [["overdue", "overdue"]]  # clamped to the month's end


def test_a_time_of_day_changes_nothing(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True), Step(name="1m", months=1)))
    rows = pd.DataFrame(
        {"client": ["x", "y"], "lead_date": ["2026-02-01"] * 2, "paid": ["1", "1"], "1m": ["", ""]}
        | {"left_date": ["", "2026-03-01"]}
    )
    clients = make_clients(rows, journey)
    clients.table["lead_date"] += pd.Timedelta(hours=23)
    clients.table["left_date"] += pd.Timedelta(hours=5)
    assert values(clients, "2026-02-28") == [["reached", "not_due"], ["reached", "not_due"]]
    assert values(clients, "2026-03-01") == [["reached", "overdue"], ["reached", "left"]]
    assert Funnel(clients, "2026-02-01").leads == 2


def test_left_without_paying_is_not_retained(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True), Step(name="1m", months=1)))
    rows = pd.DataFrame(
        {"client": ["x"], "lead_date": ["2026-01-01"], "paid": [""], "1m": [""], "left_date": ["2026-03-01"]}
    )
    assert values(make_clients(rows, journey), "2026-07-01") == [["left", "left"]]


def test_a_left_date_before_the_lead_is_leaving_on_an_unknown_day(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True), Step(name="1m", months=1)))
    rows = pd.DataFrame(
        {"client": ["x"], "lead_date": ["2026-01-01"], "paid": ["1"], "1m": [""], "left_date": ["2025-03-01"]}
    )
    funnel = Funnel(make_clients(rows, journey), "2026-07-01")
    assert funnel.values[["paid", "1m"]].to_numpy().tolist() == [["reached", "left"]]
    assert (funnel.undated_leavers, funnel.survival_since("lead").clients) == (1, 0)


def test_a_left_date_in_the_future_has_not_happened(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True),))
    rows = pd.DataFrame(
        {"client": ["x"], "lead_date": ["2026-01-01"], "paid": [""], "left_date": ["2027-01-01"]}
        | {"left_reason": ["Moving away"]}
    )
    assert values(make_clients(rows, journey), "2026-07-01") == [["overdue"]]
    assert values(make_clients(rows, journey), "2027-01-01") == [["left"]]


@pytest.mark.parametrize(
    ("painted", "red", "green", "expected"),
    [
        ("red", "left", "paid", ["left", "left"]),
        ("green", "left", "paid", ["reached", "reached"]),
        ("red", "ignore", "paid", ["overdue", "overdue"]),
        ("green", "left", "ignore", ["overdue", "overdue"]),
        ("red", "paid", "left", ["reached", "reached"]),
        (None, "left", "paid", ["overdue", "overdue"]),
    ],
)
def test_paint_is_evidence_where_the_journey_says_so(
    make_clients: Make, painted: str | None, red: Any, green: Any, expected: list[str]
) -> None:
    journey = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)), red=red, green=green)
    rows = pd.DataFrame(
        {"client": ["x"], "lead_date": ["2026-01-01"], "met": [""], "paid": [""], "painted": [painted]}
    )
    funnel = Funnel(make_clients(rows, journey), "2026-07-01")
    assert funnel.values[["met", "paid"]].to_numpy().tolist() == [expected]
    assert funnel.steps["marked"].tolist() == [0, 0]


def test_green_says_nothing_where_the_cell_says_not_yet(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))
    rows = pd.DataFrame(
        {"client": ["x"], "lead_date": ["2026-05-01"], "met": [""], "paid": ["2026-06-01"]}
        | {"painted": ["green"]}
    )
    assert values(make_clients(rows, journey), "2026-05-31") == [["not_due", "not_due"]]
    assert values(make_clients(rows, journey), "2026-06-01") == [["reached", "reached"]]


def test_a_sheet_without_dates_and_leavers(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="met"), Step(name="1m", months=1)))
    rows = pd.DataFrame({"client": ["x", "y"], "met": ["1", ""], "1m": ["", ""]})
    assert values(make_clients(rows, journey), "2026-07-01") == [["reached", "undated"], ["undated"] * 2]


def test_the_input_is_not_changed(clients: Clients) -> None:
    before = clients.table.copy(deep=True)
    Funnel(clients, "2026-07-01").to_json()
    pd.testing.assert_frame_equal(clients.table, before)


# --- what must hold of any sheet ---------------------------------------------------------------------------

STEPS = (Step(name="met"), Step(name="tour", optional=True), Step(name="paid", paid=True, due="30 days"))
JOURNEY = Journey(steps=(*STEPS, *(Step(name=f"{m}m", months=m) for m in (1, 3))))
DERIVED = Journey(steps=(*STEPS[::2], Step(name="1m", months=1), Step(name="6 weeks", after="6 weeks")))
DAYS = st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"client": st.sampled_from(["Ana", "Ben", ""]), "lead_date": DAYS, "left_date": DAYS}
        | {
            "left_reason": st.sampled_from([None, "Price"]),
            "painted": st.sampled_from([None, "red", "green"]),
        }
        | {name: st.sampled_from(["", "1", "2026-02-10"]) for name in ("met", "tour", "paid", "1m")}
    ),
    min_size=1,
    max_size=6,
)
COUNTED = ["marked", "passed", "nested", *VALUES, "settled_n", "settled_reached"]


def tables(make_clients: Make, rows: list[dict[str, Any]], journey: Journey) -> Clients:
    return make_clients(pd.DataFrame(rows, dtype=object), journey)


@settings(max_examples=examples(20))
@given(
    rows=ROWS,
    day=st.dates(dt.date(2025, 6, 1), dt.date(2027, 6, 1)),
    journey=st.sampled_from([JOURNEY, DERIVED]),
)
def test_any_sheet(make_clients: Make, rows: list[dict[str, Any]], day: dt.date, journey: Journey) -> None:
    funnel = Funnel(tables(make_clients, rows, journey), day)
    steps, retention = funnel.steps, funnel.retention
    assert (steps[list(VALUES)].sum(axis=1) == funnel.leads).all()
    assert funnel.leads + funnel.leads_after_as_of == len(rows)
    cells = steps.dropna(subset=["marked"])
    assert (cells["marked"] >= cells["nested"]).all()
    assert (cells["passed"] >= cells["marked"]).all()
    assert (steps["reached"] >= steps["passed"].fillna(0)).all()
    parts = ["settled_reached", "settled_left", "settled_overdue"]
    assert (steps[parts].sum(axis=1) == steps["settled_n"]).all()
    assert (retention[["reached", "left", "overdue"]].sum(axis=1) == retention["eligible"]).all()
    bounded = retention.dropna(subset=["rate"])
    assert ((bounded["low"] <= bounded["rate"]) & (bounded["rate"] <= bounded["high"])).all()
    assert (bounded["rate"] <= bounded["rate_if_overdue_stayed"]).all()
    settled = steps.dropna(subset=["settled_drop_off"])
    assert (settled["settled_low"] <= settled["settled_drop_off"]).all()
    assert (settled["settled_drop_off"] <= settled["settled_high"]).all()


@settings(max_examples=examples(4))
@given(rows=ROWS, random=st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_rows(
    make_clients: Make, rows: list[dict[str, Any]], random: Any
) -> None:
    mixed = random.sample(rows, len(rows))
    one, other = (
        Funnel(tables(make_clients, some, JOURNEY), "2026-07-01").to_json() for some in (rows, mixed)
    )
    for key in ("steps", "retention", "survival", "leaks", "clients", "undated_leavers", "assumed"):
        assert one[key] == other[key]


@settings(max_examples=examples(12))
@given(rows=ROWS, day=st.dates(dt.date(2025, 6, 1), dt.date(2026, 12, 31)), later=st.integers(1, 200))
def test_a_later_day_never_makes_a_client_undue(
    make_clients: Make, rows: list[dict[str, Any]], day: dt.date, later: int
) -> None:
    clients = tables(make_clients, rows, JOURNEY)
    due = [flag("due", i) for i in range(len(JOURNEY.steps))]
    first, second = (
        flagged(clients.table, JOURNEY, when).frame.select("row", *due).collect().to_pandas().set_index("row")
        for when in (day, day + dt.timedelta(days=later))
    )
    assert (second.loc[first.index] | ~first).all(axis=None)
