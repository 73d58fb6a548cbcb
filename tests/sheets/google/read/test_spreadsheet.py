"""Read the tabs of a spreadsheet as Grids."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from sheets_server.server import SheetsServer

from funnel.grid import Area, CellError
from funnel.sheets import open_sheet


def test_values_types_formulas_and_fills(gym: SimpleNamespace) -> None:
    person = gym.person
    for at, value in {
        "A20": "=1/0", "B20": "2026-03-01 14:30", "C20": "12:15", "D20": "50%", "E20": True, "F20": '=""',
        "G20": "'007", "H20": "1,234.5", "I20": "=A2&\"!\"",
    }.items():  # fmt: skip
        person.type("Clients", at, value)
    person.paint("Clients", "B2:B3", "F4CCCC")
    grid = open_sheet(gym.url).read("Clients")
    assert grid.row(20)[:9] == [
        CellError("#DIV/0!"), dt.datetime(2026, 3, 1, 14, 30), dt.time(12, 15), 0.5, True, None, "007",
        1234.5, "Ana Lima!",
    ]  # fmt: skip
    assert {at: text for at, text in grid.formulas.items() if at[0] == 20} == {
        (20, 1): "=1/0", (20, 6): '=""', (20, 9): '=A2&"!"',
    }  # fmt: skip
    assert isinstance(grid[2, 2], dt.date)
    assert [grid.style(row, 2).fill for row in (1, 2, 3, 4)] == [None, "F4CCCC", "F4CCCC", None]


def test_merges_rules_and_other_features(gym: SimpleNamespace) -> None:
    gym.person.filter("Clients", "A1:J7")
    gym.person.ask({"mergeCells": {"range": {"sheetId": 0, "startRowIndex": 20, "endRowIndex": 22,
                    "startColumnIndex": 0, "endColumnIndex": 3}, "mergeType": "MERGE_ALL"}})  # fmt: skip
    sheet = open_sheet(gym.url)
    grid = sheet.read("Clients")
    assert (grid.filtered, grid.merges) == (Area.parse("A1:J7"), (Area.parse("A21:C22"),))
    assert sheet.read("clients", rows=2).height == 2
    assert (grid.height, grid.width) == (7, 10)


def test_one_call_reads_all_tabs(gym: SimpleNamespace) -> None:
    gym.person.add_tab("Notes")
    gym.person.type("Notes", "B2", "hello")
    sheet = open_sheet(gym.url)
    assert sheet.tabs() == ("Clients", "Notes")
    assert [sheet.read(tab).height for tab in sheet.tabs()] == [7, 2]
    assert sheet.read("Notes")[2, 2] == "hello"
    assert [call.name for call in gym.server.calls] == ["get"]


def test_an_empty_sheet(server: SheetsServer) -> None:
    book = server.new_sheet("Empty")
    grid = open_sheet(f"https://docs.google.com/spreadsheets/d/{book.id}").read("Sheet1")
    assert (grid.height, grid.width, dict(grid.formulas)) == (0, 0, {})


def test_formulas_of_a_locale_are_read_in_english_notation(server: SheetsServer) -> None:
    book = server.new_sheet("Gym", [['=IF(1=1;"a;b";0,5)']], locale="it_IT")
    grid = open_sheet(f"https://docs.google.com/spreadsheets/d/{book.id}").read("Sheet1")
    assert dict(grid.formulas) == {(1, 1): '=IF(1=1,"a;b",0.5)'}
