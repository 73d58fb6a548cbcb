"""Somebody at the sheet with mouse and keyboard, between our reading and our writing."""

from __future__ import annotations

import threading
from typing import Any

from .a1 import Box, cell, grid_range, parse_cells
from .cells import enter, understood
from .colors import background, rule_format
from .formats import formatted
from .requests.batch import apply_batch
from .requests.sorting import sort_rows
from .state import Book, Tab

Json = dict[str, Any]


class Person:
    """Edits a spreadsheet directly. Tabs go by title; rows and columns count from 1, as people do."""

    def __init__(self, book: Book, lock: threading.RLock) -> None:
        self.book = book
        self.lock = lock

    def tab(self, title: str) -> Tab:
        found = self.book.tab_named(title)
        assert found is not None, f"no tab {title!r}"
        return found

    def box(self, title: str, address: str) -> Box:
        """The bounded cells of an address on a tab."""
        tab, ends = self.tab(title), parse_cells(address)
        assert ends is not None, address
        return Box(tab.id, *ends).clip(*tab.size)

    def ask(self, *requests: Json) -> list[Json]:
        """Any request of the API, as the sheet's owner."""
        with self.lock:
            return apply_batch(self.book, list(requests))

    # --- cells -----------------------------------------------------------------------------------------

    def type(self, title: str, address: str, value: Any) -> None:
        """Type into a cell (the grid grows where it must); "" empties it."""
        with self.lock:
            tab, ends = self.tab(title), parse_cells(address)
            assert ends is not None
            assert ends[0] is not None
            assert ends[2] is not None
            row, column = ends[0], ends[2]
            tab.grow(max(0, row + 1 - tab.size[0]), max(0, column + 1 - tab.size[1]))
            enter(self.book, tab, row, column, understood(self.book, tab, row, column, value, "USER_ENTERED"))
            self.book.touch()

    def add_row(self, title: str, values: list[Any], at: int | None = None) -> int:
        """Type a row below the last one with a value (or into row `at`); its number."""
        row = at or self.tab(title).last_row() + 1
        for column, value in enumerate(values):
            if value not in (None, ""):
                self.type(title, cell(row - 1, column), value)
        return row

    def clear(self, title: str, address: str) -> None:
        """Select cells and press Delete."""
        self.ask(
            {"updateCells": {"range": grid_range(self.box(title, address)), "fields": "userEnteredValue"}}
        )

    def paint(self, title: str, address: str, color: str) -> None:
        """Fill cells with a color (RRGGBB)."""
        parts = {
            name: int(color[at : at + 2], 16) / 255 for name, at in (("red", 0), ("green", 2), ("blue", 4))
        }
        look = {"userEnteredFormat": {"backgroundColor": parts}}
        fields = "userEnteredFormat.backgroundColor"
        self.ask(
            {"repeatCell": {"range": grid_range(self.box(title, address)), "cell": look, "fields": fields}}
        )

    # --- rows, columns, tabs ---------------------------------------------------------------------------

    def _line(self, title: str, dimension: str, at: int, count: int) -> Json:
        return {
            "sheetId": self.tab(title).id,
            "dimension": dimension,
            "startIndex": at - 1,
            "endIndex": at - 1 + count,
        }

    def insert_rows(self, title: str, at: int, count: int = 1) -> None:
        """Insert rows above row `at`."""
        self.ask(
            {"insertDimension": {"range": self._line(title, "ROWS", at, count), "inheritFromBefore": at > 1}}
        )

    def delete_rows(self, title: str, at: int, count: int = 1) -> None:
        self.ask({"deleteDimension": {"range": self._line(title, "ROWS", at, count)}})

    def move_rows(self, title: str, at: int, count: int, before: int) -> None:
        """Drag rows in front of row `before`."""
        self.ask(
            {
                "moveDimension": {
                    "source": self._line(title, "ROWS", at, count),
                    "destinationIndex": before - 1,
                }
            }
        )

    def insert_columns(self, title: str, at: int, count: int = 1) -> None:
        """Insert columns left of column number `at`."""
        self.ask(
            {
                "insertDimension": {
                    "range": self._line(title, "COLUMNS", at, count),
                    "inheritFromBefore": at > 1,
                }
            }
        )

    def delete_columns(self, title: str, at: int, count: int = 1) -> None:
        self.ask({"deleteDimension": {"range": self._line(title, "COLUMNS", at, count)}})

    def sort(self, title: str, address: str, column: int, descending: bool = False) -> None:
        """Sort a range by a column number."""
        with self.lock:
            sort_rows(self.book, self.tab(title), self.box(title, address), [(column - 1, descending)])

    def filter(
        self, title: str, address: str, column: int | None = None, hidden: tuple[str, ...] = ()
    ) -> None:
        """Put a filter over a range; rows with the hidden values in a column go out of sight."""
        made: Json = {"range": grid_range(self.box(title, address))}
        if column is not None:
            made["criteria"] = {str(column - 1): {"hiddenValues": list(hidden)}}
        self.ask({"setBasicFilter": {"filter": made}})

    def rename_tab(self, title: str, new: str) -> None:
        changed = {"sheetId": self.tab(title).id, "title": new}
        self.ask({"updateSheetProperties": {"properties": changed, "fields": "title"}})

    def add_tab(self, title: str, index: int | None = None) -> None:
        place = {} if index is None else {"index": index}
        self.ask({"addSheet": {"properties": {"title": title, **place}}})

    def delete_tab(self, title: str) -> None:
        self.ask({"deleteSheet": {"sheetId": self.tab(title).id}})

    def move_tab(self, title: str, index: int) -> None:
        changed = {"sheetId": self.tab(title).id, "index": index}
        self.ask({"updateSheetProperties": {"properties": changed, "fields": "index"}})

    # --- rules and charts ------------------------------------------------------------------------------

    def copy_paste(self, title: str, source: str, target: str) -> None:
        """Copy a cell or row and paste it elsewhere: values, formats and rules come along."""
        ranges = grid_range(self.box(title, source)), grid_range(self.box(title, target))
        self.ask({"copyPaste": {"source": ranges[0], "destination": ranges[1], "pasteType": "PASTE_NORMAL"}})

    def duplicate_rule(self, title: str, index: int, address: str | None = None) -> None:
        """A second copy of a rule, as pasting from elsewhere leaves it; on other cells where told."""
        with self.lock:
            tab = self.tab(title)
            twin = {**tab.conditional[index]}
            if address:
                twin["ranges"] = [grid_range(self.box(title, address))]
            tab.conditional.append(twin)
            self.book.touch()

    def move_chart(self, title: str, index: int, address: str, width: int, height: int) -> None:
        """Drag a chart to a cell and resize it."""
        with self.lock:
            ends = self.box(title, address)
            anchor = {"sheetId": self.tab(title).id, "rowIndex": ends.top or 0, "columnIndex": ends.left or 0}
            place = {"anchorCell": anchor, "widthPixels": width, "heightPixels": height}
            self.tab(title).charts[index]["position"] = {"overlayPosition": place}

    def delete_chart(self, title: str, index: int) -> None:
        with self.lock:
            del self.tab(title).charts[index]

    # --- looking ---------------------------------------------------------------------------------------

    def entered(self, title: str) -> dict[str, Any]:
        """What was put into every cell, by address: values and formulas, without formats."""
        tab = self.tab(title)
        found = {}
        for row, column, item in tab.filled(tab.box):
            if "userEnteredValue" in item:
                found[cell(row, column)] = next(iter(item["userEnteredValue"].values()))
        return found

    def seen(self, title: str) -> dict[str, str]:
        """What every cell shows, by address."""
        tab, book = self.tab(title), self.book
        found = {
            cell(row, column): formatted(
                book.value(tab, row, column), book.pattern(tab, row, column), book.locale
            )
            for row, column, item in tab.filled(tab.box)
        }
        return {address: text for address, text in found.items() if text}

    def color(self, title: str, address: str) -> str | None:
        """The background that a person sees in a cell: a rule's, else the cell's own; None is none."""
        tab, box = self.tab(title), self.box(title, address)
        row, column = box.top or 0, box.left or 0
        own = tab.cell(row, column).get("userEnteredFormat", {})
        return background(rule_format(self.book, tab, row, column)) or background(own)

    def version(self) -> Json:
        """Everything of a spreadsheet as plain data, to compare two moments."""
        return {
            tab.title: {
                "cells": [dict(sorted(row.items())) for row in tab.rows],
                "rules": tab.conditional,
                "merges": tab.merges,
                "protected": tab.protected,
                "filter": tab.filter,
                "charts": tab.charts,
            }
            for tab in self.book.tabs
        }
