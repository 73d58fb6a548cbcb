"""Add a batch of new clients: who is new, where they go, what every other cell keeps."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import funnel
from funnel.cli.main import main
from funnel.errors import UsageError, WriteError
from funnel.workflows.add import add_clients
from funnel.workflows.remove import undo

HEADERS = ["Client name", "Date of lead", "E-mail", "Value", "Client contacted", "First paid session", "Seen"]
ROWS: list[list[Any]] = [
    ["Ana Rossi", dt.date(2026, 1, 5), "ana@x.example", 100, 1, 1, dt.date(2026, 2, 1)],
    ["Ben Tal", dt.date(2026, 2, 3), None, 50, 1, None, dt.date(2026, 2, 4)],
]
NEW = """\
Client name,Seen,Date of lead,Client contacted,Value,E-mail,Shoe size
Cara Bell,2026-03-09,03/25/2026,1,70.5,,39
Ana Maria,,2026-03-02,,,ANA@x.example,
Ben Tal,,2026-02-04,1,,,
Ben Tal,,2026-02-03,1,,,
,,2026-02-03,1,,,
Cara Bell,,,1,,,
Dan Orr,,,x,=1+1,,
"""


def write(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in (HEADERS, *ROWS, *rows):
        book.worksheets[0].append(row)
    for row in range(2, 4):
        book.worksheets[0].cell(row, 2).number_format = "dd/mm/yyyy"
    book.save(path)
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text(NEW, "utf-8")
    return path


def cells(path: Path, first: int) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = sheet.iter_rows(min_row=first, max_row=first + 2)
    return [[cell.value for cell in row[:7]] for row in rows if any(cell.value for cell in row)]


def test_new_clients_get_rows_and_all_others_a_reason(tmp_path: Path, new: Path) -> None:
    book = write(tmp_path / "clients.xlsx", [])
    shown = CliRunner().invoke(main, ["add", str(book), "--from", str(new), "--dry-run"])
    assert shown.output.splitlines() == [
        "3 new clients to be added in rows 4 to 6.",
        "  Cara Bell",
        "  Ben Tal",
        "  Dan Orr",
        f"{new}: dates read as month/day/year.",
        f"{new}: column 'Shoe size' was not used, because the sheet has no column of that name.",
        "Not added: 4 rows of the file.",
        f"  {new}, row 3: 'Ana Maria' is already in row 2 of the sheet.",
        f"  {new}, row 5: 'Ben Tal' is already in row 3 of the sheet.",
        f"  {new}, row 6: the client is blank.",
        f"  {new}, row 7: 'Cara Bell' is already in row 2 of the file.",
    ]
    assert cells(book, 4) == []
    add_clients(book, new)
    march = dt.datetime(2026, 3, 9)
    assert cells(book, 4) == [
        ["Cara Bell", dt.datetime(2026, 3, 25), None, 70.5, 1, None, march],
        ["Ben Tal", dt.datetime(2026, 2, 4), None, None, 1, None, None],
        ["Dan Orr", None, None, "=1+1", "x", None, None],
    ]
    sheet = openpyxl.load_workbook(book).worksheets[0]
    assert (sheet["B4"].number_format, sheet["D6"].data_type) == ("dd/mm/yyyy", "s")
    assert not add_clients(book, new).plan
    undo(book)
    assert cells(book, 4) == []


def test_our_totals_move_below_the_new_clients(tmp_path: Path, new: Path) -> None:
    book = write(tmp_path / "clients.xlsx", [])
    funnel.refresh(book, journey="gym")
    before = funnel.load(book, "gym").layout
    assert before is not None
    assert before.block is not None
    assert before.block.top == 7
    add_clients(book, new, journey="gym")
    after = funnel.load(book, "gym")
    assert after.layout is not None
    assert after.layout.block is not None
    assert (len(after), after.layout.block.top) == (5, 10)
    totals = openpyxl.load_workbook(book, data_only=True).worksheets[0]
    assert [totals.cell(10, column).value for column in (1, 2, 5, 6)] == ["Totals", 5, 5, 1]
    assert [totals.cell(7, column).value for column in range(1, 8)] == [None] * 7
    assert "write the totals" not in str(funnel.refresh(book, journey="gym", dry_run=True))


def test_a_persons_own_totals_are_never_written_over(tmp_path: Path, new: Path) -> None:
    book = write(tmp_path / "clients.xlsx", [[None] * 7, ["Total", None, None, 150, "=SUM(E2:E3)", 1, None]])
    bytes_before = book.read_bytes()
    with pytest.raises(UsageError) as refused:
        add_clients(book, new)
    assert str(refused.value) == (
        f"{book}, tab 'Sheet': 3 new clients would go below row 3, but A5 is not blank. Insert 2 rows above "
        "row 5, and try again."
    )
    assert book.read_bytes() == bytes_before


def test_stages_are_checked_and_written_as_the_journey_names_them(tmp_path: Path) -> None:
    book, new = tmp_path / "contacts.xlsx", tmp_path / "new.csv"
    CliRunner().invoke(main, ["new", str(book), "--journey", "lifecycle"])
    new.write_text("Name,Created,Stage\nAna,2026-01-05,hot lead\nBen,2026-01-06,\nCat,2026-01-07,Hat Lead\n")
    added = add_clients(book, new, stage="payment", journey="lifecycle")
    assert added.clients == ((2, "Ana", "Hot Lead"), (3, "Ben", "Payment"))
    assert added.skipped == (
        f"{new}, row 4: the journey 'Lifecycle' has no stage 'Hat Lead'; did you mean 'Hot Lead'?",
    )
    assert funnel.load(book, "lifecycle").table["stage"].tolist() == ["Hot Lead", "Payment"]


def test_a_text_file_cannot_be_written(tmp_path: Path, new: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Client name,Date of lead,Client contacted\nAna,2026-01-05,1\n")
    with pytest.raises(WriteError, match=f"To add clients, copy it first: funnel copy {path} NEW.xlsx$"):
        add_clients(path, new)
