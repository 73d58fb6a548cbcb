"""Copies of a client sheet: each value in its cell, with its type; what is not copied is reported."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sheets_server.server import SheetsServer

from funnel.errors import UsageError, WriteError
from funnel.sheets import open_sheet
from funnel.workflows.copy_sheet import copy_clients
from funnel.workflows.refresh import refresh

ROWS = [
    ["Client name", "Date of lead", "Client contacted", "First paid session", "Notes"],
    ["Ana Lima", dt.date(2026, 1, 20), 1, dt.date(2026, 2, 1), "=1+1"],
    ["00123", dt.date(2026, 2, 14), "x", None, "café ☕ \"quoted\", 'twice'"],
    ["Cat", dt.datetime(2026, 3, 13, 9, 30), True, "booked", 0.1],
    ["1/2", dt.date(1999, 12, 31), "no", 0, "two\nlines"],
    ["TRUE", None, False, 1, dt.time(7, 5)],
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Our clients"
    for row, values in enumerate(ROWS, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    workbook.save(path)
    return path


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsServer]:
    """Google Sheets, as far as this process can tell."""
    with SheetsServer() as server, server.as_google():
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(server.key_file(tmp_path)))
        yield server


def url(server: SheetsServer) -> str:
    return f"https://docs.google.com/spreadsheets/d/{server.new_sheet('Gym').id}/edit"


def rows(source: object) -> list[list[object]]:
    grid = open_sheet(str(source)).read("Our clients")
    return [grid.row(row) for row in range(1, grid.height + 1)]


def test_to_a_google_sheet_and_back_without_loss(book: Path, google: SheetsServer, tmp_path: Path) -> None:
    there, back = url(google), tmp_path / "back.xlsx"
    assert rows(book) == ROWS
    assert copy_clients(book, there, "gym") == ()
    assert rows(there) == ROWS
    assert copy_clients(there, back, "gym") == ()
    assert rows(back) == ROWS
    assert [type(value) for row in rows(back) for value in row] == [type(v) for row in ROWS for v in row]


def test_a_google_sheet_that_has_such_a_tab(book: Path, google: SheetsServer) -> None:
    there = url(google)
    copy_clients(book, there, "gym")
    with pytest.raises(WriteError) as refused:
        copy_clients(book, there, "gym")
    assert str(refused.value) == (
        f"{there} has a tab 'Our clients' already, which was not changed. Rename that tab, or name "
        "another Google Sheet."
    )


def test_what_stays_behind_is_said(book: Path, google: SheetsServer) -> None:
    workbook = openpyxl.load_workbook(book)
    sheet = workbook.worksheets[0]
    for cell in sheet[4]:
        cell.fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    sheet["E2"], sheet["E3"] = "=2*3", "#REF!"
    sheet["E3"].data_type = "e"
    workbook.save(book)
    assert copy_clients(book, url(google), "gym") == (
        "Formulas were copied as values: 1.",
        "Cells with an error such as #REF! are empty in the copy: 1.",
        "Colours were not copied: 1 painted row.",
    )


def test_our_totals_are_not_copied_and_the_copy_can_be_refreshed(book: Path, google: SheetsServer) -> None:
    there = url(google)
    refresh(book, journey="gym", as_of="2026-06-01")
    assert copy_clients(book, there, "gym", "Our clients") == ()
    assert rows(there) == ROWS
    assert refresh(there, journey="gym", as_of="2026-06-01")
    assert not refresh(there, journey="gym", as_of="2026-06-01")


def test_a_workbook_becomes_a_workbook_as_it_is(book: Path, tmp_path: Path) -> None:
    assert copy_clients(book, tmp_path / "new.xlsx", "gym") == ()
    assert (tmp_path / "new.xlsx").read_bytes() == book.read_bytes()
    with pytest.raises(UsageError) as refused:
        copy_clients(book, tmp_path / "new.csv", "gym")
    assert (
        str(refused.value)
        == "new.csv cannot be written: a copy of clients.xlsx has to end with .xlsx. Name it new.xlsx."
    )


def test_a_refresh_does_not_write_its_copy_into_a_google_sheet(book: Path) -> None:
    there = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjK/edit"
    with pytest.raises(UsageError) as refused:
        refresh(book, journey="gym", out=there)
    assert str(refused.value) == (
        f"-o takes a new file, and {there} is a Google Sheet. Copy the clients there first, then refresh it: "
        f"funnel copy {book} {there}"
    )


def test_a_sheet_of_stages_with_rules_is_copied_and_refreshed(root: Path, tmp_path: Path) -> None:
    there = tmp_path / "studio.xlsx"
    assert copy_clients(root / "sample_data" / "studio.csv", there, "studio") == ()
    assert refresh(there, journey="studio", as_of="2026-11-21")
    assert not refresh(there, journey="studio", as_of="2026-11-21")
