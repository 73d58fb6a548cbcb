"""Read the log from a tab that a person sorted and annotated, or from a text file."""

import datetime as dt

import pandas as pd

from funnel.grid import Grid
from funnel.history.entry import NEW
from funnel.history.read import HEADERS, locate_log, log_problems, parse_moment, read_log

D = dt.date
LINES = [
    [*HEADERS[:-1], "Record: 1=Met; 2=Paid"],
    [D(2026, 11, 2), None, "Ana", D(2026, 1, 20), None, "Met", None, "first seen", None, None, "Clients",
     "1 new>marks 1;Ana|2026-01-20"],
    [D(2026, 11, 9), D(2026, 11, 2), "Ana", D(2026, 1, 20), "Met", "Paid", "ticked Paid", "typed", None, None,
     "Clients", "2 marks 1>marks 1-2;Ana|2026-01-20"],
]  # fmt: skip


def grid(lines):
    width = max(map(len, lines))
    return Grid("Log", [[line[c] if c < len(line) else None for line in lines] for c in range(width)])


def test_one_row_for_each_client_of_each_entry():
    lines = [*LINES, [D(2026, 11, 9), None, "Ben and Cat", *[None] * 8, "3 new>marks ;Ben|2026-02-01;Cat||7"]]
    found = read_log(grid(lines))
    assert found["client"].tolist() == ["Ana", "Ana", "Ben", "Cat"]
    assert found["row"].tolist() == [2, 3, 4, 4]
    assert found["after"].tolist() == [{"Met"}, {"Met", "Paid"}, frozenset(), frozenset()]
    assert found["before"].tolist() == [NEW, {"Met"}, NEW, NEW]
    assert found["what"].tolist() == ["", "ticked Paid", "", ""]
    assert found["id"].tolist() == [None, None, None, "7"]
    assert found["since"].isna().tolist() == [True, False, True, True]
    assert found["when"].dtype == "datetime64[s]"


def test_text_file_reads_like_cells():
    text = [["" if cell is None else str(cell) for cell in line] for line in LINES]
    pd.testing.assert_frame_equal(read_log(grid(text)), read_log(grid(LINES)))


def test_sorted_and_annotated_tab_reads_the_same():
    header, first, second = ([*line, None] for line in LINES)
    header[0] = "Date"  # a header of ours, changed
    second[0] = "last week"  # no date: it counts as that of the row above
    second[2] = "Anna, who called"
    note = ["remember the flyer"]
    found = read_log(grid([["Who moved"], note, header, first, note, second, [None] * 12 + ["x"]]))
    assert found["client"].tolist() == ["Ana", "Ana"]
    assert found["when"].tolist() == [pd.Timestamp("2026-11-02")] * 2
    assert found["row"].tolist() == [4, 6]


def test_copied_row_counts_once():
    assert len(read_log(grid([*LINES, LINES[2], LINES[1]]))) == 2


def test_moved_and_inserted_columns():
    at = [0, 11, *range(1, 11)]
    lines = [[line[c] for c in at[:3]] + [None] + [line[c] for c in at[3:]] for line in LINES]
    pd.testing.assert_frame_equal(read_log(grid(lines)), read_log(grid(LINES)))


def test_clients_of_another_tab_are_skipped():
    assert len(read_log(grid(LINES), "2026", ["2025", "2026"])) == 2  # no tab is called so: it was renamed
    assert len(read_log(grid(LINES), "2026", ["Clients", "2026"])) == 0
    assert len(read_log(grid(LINES), "clients", ["Clients", "2026"])) == 2


def test_no_log():
    assert read_log(None) is None
    assert read_log(grid([["a"], ["Recorded"]])) is None
    assert read_log(grid(LINES[:1])).empty
    assert locate_log(grid([["Record"]])).columns["When"] == 1


def test_last_headers_count():
    found = read_log(grid([*LINES, [], [*LINES[0][:-1], "Record: 1=Paid"], LINES[1]]))
    assert found["after"].tolist() == [{"Paid"}]


def test_parse_moment():
    assert parse_moment(dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)) == dt.datetime(2026, 11, 2, 9)
    assert parse_moment("2026-11-02T09:00:00+01:00") == dt.datetime(2026, 11, 2, 9)
    assert parse_moment(True) is None


def test_a_non_date_in_when_is_a_problem_and_not_the_date_above():
    grid = Grid("Funnel log", [
        ["When", "2026-11-02", "soon", "2026-11-23"], ["Since", None, None, "2026-11-16"],
        ["Record", "1 new>stage Lead;Ana", "2 stage Lead>stage Won;Ana", "3 new>stage Lead;Ben"],
    ])  # fmt: skip
    log = read_log(grid)
    assert log["when"].astype(str).tolist() == ["2026-11-02", "2026-11-23", "2026-11-23"]
    assert log["since"].astype(str).fillna("").tolist() == ["", "2026-11-02", "2026-11-16"]
    assert [problem.message for problem in log_problems(grid)] == [
        "Log 'Funnel log', row 3: 'soon' in When is not a date, so this move is known only to lie between "
        "the dates of the rows above and below it."
    ]


def test_a_non_date_in_the_last_when_keeps_its_since():
    grid = Grid("Funnel log", [
        ["When", "2026-11-02", "soon"], ["Since", None, "2026-11-09"],
        ["Record", "1 new>stage Lead;Ana", "2 stage Lead>stage Won;Ana"],
    ])  # fmt: skip
    log = read_log(grid)
    assert log["since"].astype(str).fillna("").tolist() == ["", "2026-11-09"]
    assert log["when"].astype(str).tolist() == ["2026-11-02", "2026-11-09"]


def test_many_non_dates_take_no_longer_than_many_dates():
    """Each looked for the next date by itself: a log of 20,000 rows would have taken minutes."""
    n = 20_000
    grid = Grid("Funnel log", [
        ["When", *["soon"] * n, "2026-11-23"], ["Since", *[None] * (n + 1)],
        ["Record", *(f"{i + 1} new>stage Lead;Client {i}" for i in range(n + 1))],
    ])  # fmt: skip
    assert set(read_log(grid)["when"].astype(str)) == {"2026-11-23"}
