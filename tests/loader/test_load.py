import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.clients import KINDS
from funnel.grid import CellError, Grid
from funnel.journey import Journey, Step, preset
from funnel.loader import load
from funnel.schema import step_mark

D = dt.date
JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "left_date": "Left", "left_reason": "Reason"},
    steps=(Step(name="Met"), Step(name="Paid", paid=True), Step(name="1m", months=1)),
)


@pytest.fixture(params=["by the preset", "by the journey"])
def worked_clients(request, worked):
    return load(worked, preset("gym") if request.param == "by the journey" else None, source="worked.csv")


def test_the_worked_example(worked_clients):
    table, steps = worked_clients.to_frame(), ["Client contacted", "Client meeting had", "First paid session"]
    months = ["One month post-lead", "Three months post-lead", "Six months post-lead"]
    assert table["client"].tolist() == [
        "Ana", "Ben", "Cat", "Dan", "Eva", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lee",
    ]  # fmt: skip
    assert table["row"].tolist() == list(range(2, 14))
    assert [int(table[step].sum()) for step in steps + months] == [11, 9, 7, 5, 4, 2]
    assert table["value"].sum() == 1500
    assert table["source"].isna().sum() == 1
    assert table["lead_date"].isna().tolist() == [False] * 11 + [True]
    assert table["left_date"].notna().sum() == 3
    dated = table.set_index("client")["Client meeting had · date"].dropna()
    assert dated.to_dict() == {"Jon": pd.Timestamp("2026-06-01")}


def test_the_problems_of_the_worked_example(worked):
    assert [(p.cell, p.kind) for p in load(worked).problems] == [
        ("L7", "reason without date"),
        ("F8", "no mark"),
        ("E9", "mixed marks"),
        ("B13", "no lead date"),
    ]


def test_the_declared_journey_says_which_of_its_steps_are_missing(worked):
    clients = load(worked, preset("gym"))
    missing = [p.message for p in clients.problems if p.kind == "missing column"]
    assert missing[0] == "The sheet has no column 'Client meeting booked'. The step is left out."
    assert len(missing) == 3
    names = [step.name for step in clients.journey.retention]
    assert [name for name in names if step_mark(name) not in clients.layout.columns] == [
        "Two months post-lead", "12 months post-lead",
    ]  # fmt: skip


def test_what_reading_assumed_stands_beside_what_the_reader_noted(sheet):
    grid = sheet(
        ("Client", "Lead date", "Met", "Paidd", "1 month"), ("Ana", "03/04/2026", 1, 1), notes=("1904 dates",)
    )
    clients = load(grid, JOURNEY)
    assert clients.assumed == (
        "column E, '1 month', is taken for '1m'",
        "column D, 'Paidd', is taken for 'Paid'",
        "there is no column 'Left': everything is counted without the date of leaving",
        "dates read as day/month/year",
        "1904 dates",
    )


def test_the_caller_may_say_the_order_of_dates(sheet):
    grid = sheet(("Client", "Lead date", "Met"), ("Ana", "03/04/2026", "05/04/2026"), ("Ben", "13/04/2026"))
    clients = load(grid, JOURNEY, dates="mdy")
    assert clients.table["lead_date"].tolist() == [pd.Timestamp("2026-03-04"), pd.NaT]
    assert [(p.cell, p.kind) for p in clients.problems if p.cell] == [("B3", "unreadable date")]
    assert "dates read as month/day/year, as set" in clients.assumed


def test_dates_in_marks_follow_the_other_columns(sheet):
    rows = ("Ana", "12/25/2025", "03/04/2026"), ("Ben", "12/26/2025", None)
    clients = load(sheet(("Client", "Lead date", "Met"), *rows), JOURNEY)
    assert clients.to_frame()["Met · date"][0] == pd.Timestamp("2026-03-04")


def test_the_layout(sheet):
    grid = sheet(
        ("Gym",), ("Client", "Lead date", None, "Met", "Note"), ("Ana", D(2026, 1, 5), None, 1, "nice")
    )
    layout = load(grid, JOURNEY).layout
    assert (layout.header, layout.first, layout.last) == (2, 3, 3)
    assert layout.columns == {"client": 1, "lead_date": 2, step_mark("Met"): 4}
    assert layout.headers == {1: "Client", 2: "Lead date", 4: "Met", 5: "Note"}


# --- properties -------------------------------------------------------------------------------------------

names = st.sampled_from([None, "", "Ana", "Ben Vale", "  ana", "Zoë", "Total", 7])
days = st.sampled_from(
    [None, D(2026, 1, 5), D(2026, 2, 28), "05/01/2026", "25/12/2025", "soon", 46000, "-", CellError("#N/A")]
)
cells = st.sampled_from(
    [None, 1, True, False, 0, "x", "no", "yes ", "booked", D(2026, 3, 1), 2.5, "1", CellError("#REF!")]
)
reasons = st.sampled_from([None, "Price", "-", ""])
clients_rows = st.lists(st.tuples(names, days, cells, cells, cells, reasons, days), min_size=1, max_size=12)
HEADERS = ["Client", "Lead date", "Met", "Paid", "1m", "Reason", "Left"]


def grid_of(rows):
    return Grid(
        "Clients",
        [[header, *column] for header, column in zip(HEADERS, zip(*rows, strict=True), strict=True)],
    )


@given(clients_rows)
def test_no_mess_breaks_loading(rows):
    clients = load(grid_of(rows), JOURNEY)
    assert len(clients) <= len(rows)
    assert clients.table["row"].is_monotonic_increasing
    assert {problem.kind for problem in clients.problems} <= set(KINDS)
    assert all(problem.row is None or 1 <= problem.row <= len(rows) + 1 for problem in clients.problems)


@given(clients_rows, st.randoms(use_true_random=False))
def test_nothing_but_the_rows_depends_on_their_order(rows, random):
    rows = [("Ana", *row[1:]) for row in rows]  # a name each, so that no row is a gap
    order = list(range(len(rows)))
    random.shuffle(order)
    one = load(grid_of(rows), JOURNEY).table.drop(columns="row")
    other = load(grid_of([rows[at] for at in order]), JOURNEY).table.drop(columns="row")
    back = np.argsort(order)
    pd.testing.assert_frame_equal(one, other.iloc[back].reset_index(drop=True))


@given(
    st.lists(st.sampled_from([1, "1", True, "x", "✓", "yes", "sì", D(2026, 3, 1)]), min_size=1, max_size=20)
)
def test_every_way_to_write_a_mark_counts_once(marks):
    rows = [("Ana", D(2026, 1, 5), mark, None, None, None, None) for mark in marks]
    assert load(grid_of(rows), JOURNEY).to_frame()["Met"].sum() == len(marks)
