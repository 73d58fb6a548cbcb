"""One of our tabs while it is written, from the top down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

from funnel.grid import Value
from funnel.metrics.core.result import Column
from funnel.plan import Cell, Link, StyleName
from funnel.text import DASH

FIRST = 2
"""The first visible column; the hidden column 1 contains the fingerprints."""

_LOOKS: dict[str, StyleName] = {"count": "count", "rate": "rate", "probability": "rate", "p": "number"}
_LOOKS |= {"money": "count", "days": "count", "months": "number", "number": "number"}
_LINE = 190  # characters per line of the page


class Page:
    """The cells of a page, and the next row to write.

    >>> page = Page()
    >>> page.text("Steps", "header")
    >>> page.rows([("Met", 3, 0.5), ("Paid", 1, float("nan"))], ("label", "count", "rate"))
    >>> page.row, [(cell.row, cell.column, cell.value) for cell in page.cells][-3:]
    (4, [(3, 2, 'Paid'), (3, 3, 1), (3, 4, '–')])
    """

    def __init__(self) -> None:
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

    def text(self, text: str, style: StyleName = "plain", lines: int | None = None) -> None:
        """Write text into as many rows as it needs, or into a fixed number of rows."""
        written = wrap(text, _LINE, max_lines=lines, placeholder=" …") if text else []
        for line in written:
            self.put([line], [style])
        self.row += (lines or 0) - len(written) if lines else 0

    def headers(self, titles: Sequence[str | None], words: int, after: int = 0) -> None:
        """Write two rows of headers, so that each is as narrow as its numbers.

        The first `words` and the last `after` stand above words, the others above numbers.
        What stands before ", " in a title is the header of a group, written once above its columns.
        """
        parts = [(title or "").rpartition(", ") for title in titles]
        above = ["", *(group for group, _, _ in parts)]
        groups = [group if group != before else "" for before, group in pairwise(above)]
        self.put([group or None for group in groups], ["note"] * len(groups))
        numbers = len(parts) - words - after
        word: list[StyleName] = ["header"]
        number: list[StyleName] = ["header_number"]
        self.put([name or None for _, _, name in parts], word * words + number * numbers + word * after)

    def skip(self, rows: int = 1) -> None:
        """Leave rows blank."""
        self.row += rows


def look(column: Column) -> StyleName:
    """Return the style of a column of a result, by its unit."""
    return _LOOKS.get(column.unit, "plain")


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
