"""A CRM's export read into moves; the sentences on single rows are in tests/test_moving.py."""

import datetime as dt

import pytest

from funnel.errors import ReadError
from funnel.grid import Grid
from funnel.history.import_history import read_moves
from funnel.journey import Journey, Stage
from funnel.loader.load import load

JOURNEY = Journey(
    columns={"client": "Name", "stage": "Stage", "id": "Number"},
    stages=(Stage(name="Lead", default=True), Stage(name="Won", was=("Closed",))),
)
CLIENTS = load(Grid("C", [["Name", "Ana", "Ben"], ["Stage", "Won", "Lead"], ["Number", "7", "8"]]), JOURNEY)


def grid(*rows):
    return Grid("crm", [list(column) for column in zip(*rows, strict=True)])


def test_by_id_where_there_is_one_and_in_the_order_of_time():
    found = read_moves(grid(
        ("Contact ID", "Name", "Previous stage", "New stage", "Changed at", "User"),
        ("8", "Benny", "Lead", "closed", "2026-03-01 10:00", "Kit"),
        ("", "ana", "", "Lead", dt.date(2026, 1, 6), None),
    ), CLIENTS, "crm.csv")  # fmt: skip
    assert [(m.client, m.before, m.after, m.when, m.by, m.row) for m in found.moves] == [
        (0, None, "Lead", dt.datetime(2026, 1, 6), "", 3),
        (1, "Lead", "Won", dt.datetime(2026, 3, 1, 10), "Kit", 2),
    ]
    assert found.problems == ()


def test_a_missing_column_is_named():
    with pytest.raises(ReadError) as caught:
        read_moves(grid(("Name", "Stage"), ("Ana", "Won")), CLIENTS, "crm.csv")
    assert str(caught.value) == (
        "crm.csv has no column that says when (Date, Changed at …); its headers in row 1 are 'Name' and "
        "'Stage'. Give that column such a header."
    )
    with pytest.raises(ReadError, match=r"crm\.csv is empty, or no row of it looks like headers"):
        read_moves(Grid("crm", []), CLIENTS, "crm.csv")


def test_rows_of_one_kind_are_told_in_one_sentence():
    rows = [("Name", "To", "When"), *[("Zed", "Won", "2026-01-01")] * 3]
    assert read_moves(grid(*rows), CLIENTS, "crm.csv").problems == (
        "crm.csv, rows 2, 3 and 4: there is no client 'Zed' in the sheet.",
    )
    many = [("Name", "To", "When"), *[(f"Zed {i}", "Won", "2026-01-01") for i in range(25)]]
    assert read_moves(grid(*many), CLIENTS, "crm.csv").problems[-1] == (
        "crm.csv: 5 more rows left out for reasons of this kind."
    )


def test_what_lies_in_the_future_has_not_happened():
    rows = [("Name", "To", "When"), ("Ana", "Won", "2031-01-05"), ("Ana", "Won", "2026-11-22 23:00")]
    found = read_moves(grid(*rows), CLIENTS, "crm.csv", dt.date(2026, 11, 22))
    assert [move.row for move in found.moves] == [3]
    assert found.problems == ("crm.csv, row 2: '2031-01-05' lies in the future.",)
