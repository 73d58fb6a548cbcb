"""Formulas that name no row: evaluated in a spreadsheet whose rows move."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sheets_server.person import Person
from sheets_server.server import SheetsServer

from funnel.grid import Area, Grid
from funnel.journey import Column, Journey, Step
from funnel.loader import load
from funnel.writer.totals.rowless_formulas import (
    RowlessFormulas,
    exclude_cells,
    lower_trim,
    none_of,
    rowless_formulas,
    rule_guards,
    serial,
    texts_in,
    whole_columns,
)

JOURNEY = Journey(
    columns={"client": Column(headers=("Client",)), "lead_date": Column(headers=("Date",))},
    steps=(Step(name="Met"), Step(name="Paid", paid=True)),
)
ROWS: list[list[Any]] = [
    ["Client", "Date", "Met", "Paid"],
    ["Ana", dt.date(2026, 1, 1), 1, 1],
    ["Ben", dt.date(2026, 1, 2), 1, None],
]


@pytest.fixture
def sheet() -> Any:
    with SheetsServer() as server:
        book = server.new_sheet("Gym", [["Client", "Met"], ["Ana", 1], ["Ben", 1]])
        yield server.person(book)


def find(rows: list[list[Any]], formulas: set[int] | None = None, above: bool = False) -> RowlessFormulas:
    grid = Grid("Clients", [list(column) for column in zip(*rows, strict=True)])
    clients = load(grid, JOURNEY, source="x")
    assert clients.layout is not None
    return rowless_formulas(grid, clients, clients.layout, 1, formulas or {2, 3, 4}, (1,), above)


def shows(person: Person, at: str, formula: str) -> str:
    person.type("Sheet1", at, formula)
    return person.seen("Sheet1").get(at, "")


def test_all_that_stands_above_is_counted_wherever_the_formula_is_by_now(sheet: Person) -> None:
    formula = f"=SUM({RowlessFormulas().cells(2, own=2)})"
    assert shows(sheet, "B5", formula) == "2"
    sheet.type("Sheet1", "B4", 1)
    sheet.insert_rows("Sheet1", 2, 3)
    assert sheet.seen("Sheet1")["B8"] == "3"


def test_another_column_is_followed_when_columns_move(sheet: Person) -> None:
    formula = f"=COUNTA({RowlessFormulas().cells(1, own=2)})"
    assert shows(sheet, "B6", formula) == "3"
    sheet.insert_columns("Sheet1", 1)
    assert sheet.seen("Sheet1")["C6"] == "3"


def test_totals_above_count_what_stands_below_them(sheet: Person) -> None:
    sheet.insert_rows("Sheet1", 1, 4)
    formula = f"=SUM({RowlessFormulas(above=True, header=(1, 'Client')).cells(2, own=2)})"
    assert shows(sheet, "B1", formula) == "2"


def test_a_rate_finds_its_total(sheet: Person) -> None:
    sheet.type("Sheet1", "B5", 4)
    assert shows(sheet, "B7", f"={RowlessFormulas().total(2, own=2, down=2)}/2") == "2"


@pytest.mark.parametrize(
    ("cell", "none"),
    [("Totals", "FALSE"), (" TOTALS ", "FALSE"), ("Total", "TRUE"), ("", "TRUE"), ("<sum>", "TRUE")],
)
def test_texts_that_make_a_row_none_of_clients(sheet: Person, cell: str, none: str) -> None:
    sheet.type("Sheet1", "D1", cell)
    assert shows(sheet, "E1", f"={none_of('$D1', ['totals', 'sum'])}") == none


def test_the_header_is_looked_up_where_no_formula_of_ours_stands() -> None:
    assert find(ROWS).header == (1, "Client")


def test_a_header_that_cannot_be_looked_up_is_told_by_its_row() -> None:
    assert rule_guards(find(ROWS, formulas={1, 2, 3, 4}))[0] == "ROW($A1)>IFERROR(ROW($A$1),0)"
    assert rule_guards(find(ROWS))[0] == 'ROW($A1)>IFERROR(MATCH("Client",$A:$A,0),0)'


def test_a_persons_totals_are_told_by_what_they_say() -> None:
    blank: list[Any] = [None] * 4
    found = find([*ROWS, blank, ["Grand Total", None, 2, 1]])
    assert found.labels[1] == (
        "totals", "% of leads", "drop-off from previous step", "totals by funnel", "client", "grand total"
    )  # fmt: skip


def test_notes_below_the_clients_are_passed_over() -> None:
    blank: list[Any] = [None] * 4
    assert find([*ROWS, blank, blank, ["call them back", None, None, None]]).not_clients == {
        1: ("call them back",)
    }


def test_a_row_is_left_out_by_its_name_and_date_as_the_sheet_says_them(sheet: Person) -> None:
    grid = Grid("Clients", [list(column) for column in zip(*ROWS, strict=True)])
    layout = load(grid, JOURNEY, source="x").layout
    assert layout is not None
    whole, one = exclude_cells(grid, layout, (1,), {2: frozenset({1, 2, 3, 4}), 3: frozenset({3})}, (1, 4))
    for row, (name, date, *_) in enumerate(ROWS[1:], start=1):
        sheet.type("Sheet1", f"A{row}", name)
        sheet.type("Sheet1", f"B{row}", date.isoformat())
    assert shows(sheet, "E1", f"={whole}") == "FALSE"
    sheet.type("Sheet1", "A1", "Ben")
    sheet.type("Sheet1", "B1", "2026-01-02")
    assert sheet.seen("Sheet1")["E1"] == "TRUE"
    assert shows(sheet, "F1", f"={one.replace('COLUMN(A1)', '3')}") == "FALSE"
    assert shows(sheet, "G1", f"={one.replace('COLUMN(A1)', '4')}") == "TRUE"


def test_said_and_serial_are_what_a_spreadsheet_makes_of_a_cell(sheet: Person) -> None:
    for value in ("  Grand   TOTAL ", 12, "Zoë"):
        sheet.type("Sheet1", "D1", value)
        assert shows(sheet, "E1", '=LOWER(TRIM($D1&""))') == lower_trim(value)
    assert serial(dt.datetime(2026, 6, 1, 23)) == serial(dt.date(2026, 6, 1)) == 46174
    assert (serial(True), serial(None), serial(2.9)) == (0, 0, 2)


def test_texts_and_whole_columns() -> None:
    assert texts_in(Grid("Clients", [["A", "b", "B "]]), [1, 2, 3], [1]) == {1: ("a", "b")}
    assert whole_columns((2, 5)) == Area(1, 2, 1_048_576, 5)
