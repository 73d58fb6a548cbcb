"""Build the cells of one of our tabs, from the top down."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from funnel.grid import Value
from funnel.metrics.core.result import Column
from funnel.plan import Cell, Link, StyleName
from funnel.text import DASH

FIRST = 2
"""The first visible column; the hidden column 1 contains the fingerprints."""

_LOOKS: dict[str, StyleName] = {"count": "count", "rate": "rate", "probability": "rate", "p": "p"}
_LOOKS |= {"money": "count", "days": "count", "months": "number", "number": "number"}
_LINE = 150  # characters per line of the page
_WIDTH = 13.0  # characters in a column, if nothing is known of it


class Page:
    """The cells of a page, and the next row to write.

    Parameters
    ----------
    widths : characters in each column; headers are wrapped to them.

    >>> page = Page()
    >>> page.text("Steps", "header")
    >>> page.rows([("Met", 3, 0.5), ("Paid", 1, float("nan"))], ("label", "count", "rate"))
    >>> page.row, [(cell.row, cell.column, cell.value) for cell in page.cells][-3:]
    (4, [(3, 2, 'Paid'), (3, 3, 1), (3, 4, '–')])
    """

    def __init__(self, widths: Mapping[int, float] | None = None) -> None:
        self.widths = widths or {}
        self.cells: list[Cell] = []
        self.row = 1

    def put(self, values: Sequence[Value | Link], styles: Sequence[StyleName], column: int = FIRST) -> None:
        """Write one row; None skips a cell."""
        for at, (value, style) in enumerate(zip(values, styles, strict=True), start=column):
            if value is not None:
                self.cells.append(Cell(self.row, at, tidy(value), style))
        self.row += 1

    def rows(self, rows: Sequence[Sequence[Value | Link]], styles: Sequence[StyleName]) -> None:
        """Write rows with the same styles."""
        for values in rows:
            self.put(values, styles)

    def text(self, text: str, style: StyleName = "plain") -> None:
        """Write text into as many rows as it needs."""
        for line in wrapped(text, _LINE):
            self.put([line], [style])

    def headers(self, titles: Sequence[str | None], words: int, after: int = 0) -> None:
        """Write headers in as many rows as the longest needs, so that none overlaps the next column.

        Each line is a separate cell, because not every program fits the height of a row to wrapped text. The
        first `words` and the last `after` are above words, the others above numbers. A common part before
        ", " in the titles of adjacent columns is written once, above them.
        """
        parts = [(title or "").rpartition(", ") for title in titles]
        columns: list[list[str]] = []
        for at, (group, comma, name) in enumerate(parts):
            beside = [parts[i][0] for i in (at - 1, at + 1) if 0 <= i < len(parts)]
            if group and group in beside:  # written once above its columns
                columns.append([group if at == 0 or group != beside[0] else "", name])
            else:
                columns.append(wrapped(group + comma + name, self.widths.get(FIRST + at, _WIDTH) - 1))
        height = max(map(len, columns))
        columns = [[""] * (height - len(lines)) + lines for lines in columns]
        numbers = len(titles) - words - after
        for row in range(height):
            last = row == height - 1
            word: StyleName = "header" if last else "rate_label"
            number: StyleName = "header_number" if last else "header_above"
            styles = [word] * words + [number] * numbers + [word] * after
            self.put([lines[row] or None for lines in columns], styles)

    def skip(self, rows: int = 1) -> None:
        """Leave rows blank."""
        self.row += rows


def wrapped(text: str, width: float) -> list[str]:
    """Break a text into lines of at most `width` characters; a wide character counts as two.

    >>> wrapped("Lost, of those due", 11), wrapped("体験レッスン", 8)
    (['Lost, of', 'those due'], ['体験レッ', 'スン'])
    """
    shown = text_width(text)
    return wrap(text, max(int(width * len(text) / shown), 1)) if shown else []


def text_width(text: str) -> int:
    """Return the width of a text in characters; Chinese and Japanese characters count as two.

    >>> text_width("Paid"), text_width("体験レッスン"), text_width("")
    (4, 12, 0)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def look(column: Column, row: Mapping[Any, Any] | None = None) -> StyleName:
    """Return the style of a column of a result, by its unit; a mixed column has the unit of the row."""
    return _LOOKS.get(str(row["unit"]) if row and column.unit == "mixed" else column.unit, "plain")


def tidy(value: Value | Link) -> Value | Link:
    """Return a value as any spreadsheet saves it: twelve digits, and a dash for NaN."""
    if isinstance(value, float):
        return DASH if math.isnan(value) else float(f"{value:.12g}")
    return value


def number(value: float | None) -> float | None:
    """Return a number for a chart: None instead of a dash for NaN.

    >>> number(float("nan")), number(0.5)
    (None, 0.5)
    """
    return None if value is None or math.isnan(value) else value
