"""Import a CRM's export; the sentences on skipped rows are in tests/workflows/test_move.py."""

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


def test_clients_are_found_by_id_first_and_moves_are_sorted_by_time():
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


def test_error_names_the_missing_column():
    with pytest.raises(ReadError) as caught:
        read_moves(grid(("Name", "Stage"), ("Ana", "Won")), CLIENTS, "crm.csv")
    assert str(caught.value) == (
        "crm.csv has no column for the time (Date, Changed at …). The headers in row 1 are 'Name' and "
        "'Stage'. Rename the header of that column."
    )
    with pytest.raises(ReadError, match=r"crm\.csv is empty or has no row of headers\. No moves were read\."):
        read_moves(Grid("crm", []), CLIENTS, "crm.csv")


def test_one_sentence_for_each_reason_to_skip_rows():
    rows = [("Name", "To", "When"), *[("Zed", "Won", "2026-01-01")] * 3]
    assert read_moves(grid(*rows), CLIENTS, "crm.csv").problems == (
        "crm.csv, rows 2, 3 and 4: the sheet has no client 'Zed'.",
    )
    many = [("Name", "To", "When"), *[(f"Zed {i}", "Won", "2026-01-01") for i in range(25)]]
    assert read_moves(grid(*many), CLIENTS, "crm.csv").problems[-1] == (
        "crm.csv: 5 more rows skipped for similar reasons."
    )


def test_future_moves_are_skipped():
    rows = [("Name", "To", "When"), ("Ana", "Won", "2031-01-05"), ("Ana", "Won", "2026-11-22 23:00")]
    found = read_moves(grid(*rows), CLIENTS, "crm.csv", dt.date(2026, 11, 22))
    assert [move.row for move in found.moves] == [3]
    assert found.problems == ("crm.csv, row 2: '2031-01-05' is in the future.",)
