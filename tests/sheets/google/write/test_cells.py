"""Convert cells of a plan to typed CellData, in few requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from funnel.grid import Area
from funnel.plan import Cell, Formula, Link
from funnel.sheets.google.write.cells import LONGEST_TEXT, ROWS_AT_ONCE, Cells


def cells(locale: str = "en_US", notes: list[str] | None = None) -> Cells:
    return Cells(locale, lambda tab: {"Clients": 0, "Funnel": 9}[tab], [] if notes is None else notes)


@pytest.mark.parametrize(
    ("value", "entered"),
    [
        ("=1+1", {"stringValue": "=1+1"}),
        ("2026-01-01", {"stringValue": "2026-01-01"}),
        ("a\0b\ud800", {"stringValue": "ab\ufffd"}),
        (True, {"boolValue": True}),
        (3, {"numberValue": 3}),
        (dt.date(2026, 6, 1), {"numberValue": 46174}),
        (dt.datetime(2026, 6, 1, 12), {"numberValue": 46174.5}),
        (Formula("=SUM(A1,B1)"), {"formulaValue": "=SUM(A1;B1)"}),
        (Link("see", "Clients", "B2"), {"stringValue": "see"}),
    ],
)
def test_values_are_typed(value: Any, entered: Any) -> None:
    assert cells("it_IT").data(Cell(1, 1, value))["userEnteredValue"] == entered


def test_a_blank_cell_has_no_value_and_a_plain_one_no_look() -> None:
    assert cells().data(Cell(1, 1, None)) == {}
    assert cells().data(Cell(1, 1, "a"), look=False) == {"userEnteredValue": {"stringValue": "a"}}


def test_a_link_refers_to_the_tabs_id() -> None:
    look = cells().data(Cell(1, 1, Link("see", "Funnel", "B2"), "link"))["userEnteredFormat"]
    assert look["textFormat"]["link"] == {"uri": "#gid=9&range=B2"}
    assert look["textFormat"]["underline"] is True


def test_dates_without_a_style_get_a_date_format() -> None:
    formats = [
        cells().data(Cell(1, 1, value))["userEnteredFormat"]["numberFormat"]["type"]
        for value in (dt.date(2026, 6, 1), dt.datetime(2026, 6, 1, 12), dt.time(12))
    ]
    assert formats == ["DATE", "DATE_TIME", "TIME"]


def test_a_text_too_long_for_a_cell_is_cut_and_noted() -> None:
    notes: list[str] = []
    value = cells(notes=notes).data(Cell(1, 1, "x" * 60_000))["userEnteredValue"]["stringValue"]
    assert len(value) == LONGEST_TEXT
    assert notes == ["A text of 60,000 characters was cut after 50,000, the limit of a cell."]


def test_adjacent_cells_are_one_request() -> None:
    written = [Cell(row, column, 1) for row in (1, 2) for column in (2, 3)] + [Cell(9, 9, 1)]
    assert [area for area, _ in cells().put(7, written)] == [Area(1, 2, 2, 3), Area(9, 9, 9, 9)]


def test_a_manually_formatted_cell_keeps_its_look() -> None:
    found = list(cells().put(7, [Cell(1, 1, 1), Cell(1, 2, 2)], frozenset({(1, 2)})))
    assert [request["updateCells"]["fields"] for _, request in found] == [
        "userEnteredValue,userEnteredFormat", "userEnteredValue",
    ]  # fmt: skip


def test_many_rows_are_several_requests_so_that_a_batch_can_be_split() -> None:
    found = list(cells().put(7, [Cell(row, 1, 1) for row in range(1, ROWS_AT_ONCE + 2)]))
    assert [area.bottom - area.top + 1 for area, _ in found] == [ROWS_AT_ONCE, 1]
