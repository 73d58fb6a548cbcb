"""Convert a plan to one batch: objects to create, cells to write, last requests, ranges to read back."""

from __future__ import annotations

from typing import Any

import pytest

from funnel.errors import WriteError
from funnel.grid import Area
from funnel.plan import Cell, Chart, DropTab, Plan, PutFills, PutTab, Series, Withdraw
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot
from funnel.sheets.google.write.requests import Batch

SERIES = Series("a", Area(2, 2, 3, 2), Area(2, 3, 3, 3), "000000")
CHART = Chart("drop-off", "bar", "Drop-off", (SERIES,), Area(1, 1, 9, 9))


def book(charts: Any = ()) -> Snapshot:
    grid = {"rowCount": 10, "columnCount": 4}
    named = (("Clients", 0), ("Funnel", ids.tab_id("summary")))
    sheets: list[Any] = [
        {"properties": {"sheetId": key, "title": title, "gridProperties": grid}} for title, key in named
    ]
    sheets[1]["charts"] = list(charts)
    return Snapshot({"sheets": sheets})


def kinds(batch: Batch) -> list[str]:
    return [next(iter(request)) for request in batch.requests]


def test_a_new_tab_is_created_with_its_content() -> None:
    change = PutTab("Week by week", "history", (Cell(1, 2, "a"),), create=True, widths={1: 4.0}, freeze_row=3)
    batch = Batch(book(), Plan("x", (change,)))
    assert kinds(batch) == [
        "addSheet", "updateDimensionProperties", "updateDimensionProperties", "addProtectedRange",
        "updateCells",
    ]  # fmt: skip
    made = batch.requests[0]["addSheet"]["properties"]
    assert made["sheetId"] == ids.tab_id("history")
    assert made["gridProperties"] == {
        "rowCount": 200, "columnCount": 22, "frozenRowCount": 3, "hideGridlines": True,
    }  # fmt: skip
    assert batch.requests[3]["addProtectedRange"]["protectedRange"]["warningOnly"] is True
    assert batch.watched == ["'Week by week'"]
    assert not batch.backup


def test_cells_are_backed_up_just_before_they_are_overwritten() -> None:
    change = PutTab("Funnel", "summary", (Cell(1, 2, "a"), Cell(12, 6, "b")))
    batch = Batch(book(), Plan("x", (change,)))
    assert kinds(batch) == [
        "addSheet", "appendDimension", "appendDimension", "copyPaste", "updateCells", "copyPaste",
        "updateCells",
    ]  # fmt: skip
    assert [each["appendDimension"]["length"] for each in batch.requests[1:3]] == [2, 2]
    assert batch.watched == ["'Funnel'", "'Before funnel''s last refresh'"]


def test_an_existing_chart_keeps_its_place() -> None:
    change = PutTab("Funnel", "summary", (), charts=(CHART,), remove_charts=("old",))
    there = [
        {"chartId": 5, "spec": {"altText": "[funnel drop-off 00000000]"}},
        {"chartId": 6, "spec": {"altText": "[funnel old 00000000]"}},
    ]
    assert kinds(Batch(book(), Plan("x", (change,)))) == ["addChart"]
    again = Batch(book(there), Plan("x", (change,)))
    assert kinds(again) == ["updateChartSpec", "deleteEmbeddedObject"]
    assert again.requests[0]["updateChartSpec"]["chartId"] == 5
    assert "position" not in again.requests[0]["updateChartSpec"]


def test_deletions_are_last() -> None:
    batch = Batch(book(), Plan("x", (DropTab("Funnel", "summary"),)))
    assert batch.requests == []
    assert batch.last == [{"deleteSheet": {"sheetId": ids.tab_id("summary")}}]
    assert batch.watched == ["'Funnel'"]


def test_the_backup_tab_is_deleted_with_our_other_work() -> None:
    change = Withdraw("Funnel", "summary", None, (Cell(1, 2, None),))
    batch = Batch(book(), Plan("x", (change,)))
    assert kinds(batch) == ["addSheet", "copyPaste", "updateCells"]
    assert batch.last == [{"deleteSheet": {"sheetId": batch.backup.id}}]


def test_fills_raise() -> None:
    with pytest.raises(WriteError) as error:
        Batch(book(), Plan("x", (PutFills("Clients", ()),)))
    assert str(error.value) == (
        "Rows of a Google Sheet are coloured by live rules, not painted, because a row may move before it is "
        'painted. Choose `highlight = "rule"`. The sheet is unchanged.'
    )


def test_a_missing_tab() -> None:
    with pytest.raises(WriteError) as error:
        Batch(book(), Plan("x", (DropTab("Funel", "summary"),)))
    assert str(error.value) == ("There is no tab 'Funel' to write to. The sheet is unchanged. Refresh again.")
