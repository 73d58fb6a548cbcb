"""Convert cells of a plan to Google's CellData, with typed values: texts never become dates or formulas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from funnel.grid import Area, Value
from funnel.plan import Cell, Formula, Link
from funnel.sheets.google.read.formulas import to_locale
from funnel.sheets.google.read.looks import LOOKS
from funnel.sheets.google.read.spreadsheet import serial

Json = dict[str, Any]

LONGEST_TEXT = 50_000
ROWS_AT_ONCE = 500  # so that a large batch can be split


class Cells:
    """A converter of cells to requests.

    Parameters
    ----------
    locale : the spreadsheet's locale.
    id_of : returns the id of a tab, for links.
    notes : list for sentences about cells that could not be written as planned.
    """

    def __init__(self, locale: str, id_of: Callable[[str], int], notes: list[str]) -> None:
        self._locale = locale
        self._id_of = id_of
        self._notes = notes

    def put(
        self, sheet: int, cells: Iterable[Cell], formatted: frozenset[tuple[int, int]] = frozenset()
    ) -> Iterator[tuple[Area, Json]]:
        """Yield requests that write cells, one for each rectangle of adjacent cells, with its area.

        Parameters
        ----------
        formatted : manually formatted cells, which keep their look.
        """
        for block in _blocks(_runs(cells, formatted), formatted):
            first, last = block[0][0], block[-1][-1]
            look = (first.row, first.column) not in formatted
            start = {"sheetId": sheet, "rowIndex": first.row - 1, "columnIndex": first.column - 1}
            lines = [{"values": [self.data(cell, look) for cell in run]} for run in block]
            fields = "userEnteredValue,userEnteredFormat" if look else "userEnteredValue"
            area = Area(first.row, first.column, last.row, last.column)
            yield area, {"updateCells": {"start": start, "rows": lines, "fields": fields}}

    def data(self, cell: Cell, look: bool = True) -> Json:
        """Return the CellData of one cell, with or without its look."""
        value = cell.value
        found: Json = {} if value is None else {"userEnteredValue": self._value(value)}
        style = dict(LOOKS[cell.style])
        if isinstance(value, dt.date | dt.time) and "numberFormat" not in style:
            style["numberFormat"] = _date_format(value)
        if isinstance(value, Link):
            link = {"uri": f"#gid={self._id_of(value.tab)}&range={value.cell}"}
            style["textFormat"] = {**style.get("textFormat", {}), "link": link}
        return {**found, "userEnteredFormat": style} if look and style else found

    def _value(self, value: Value | Formula | Link) -> Json:
        if isinstance(value, Formula):
            return {"formulaValue": to_locale(value.text, self._locale)}
        if isinstance(value, bool):
            return {"boolValue": value}
        if isinstance(value, int | float):
            return {"numberValue": value}
        if isinstance(value, dt.date | dt.time):
            return {"numberValue": serial(value)}
        text = clean(str(shown(value)))
        if len(text) > LONGEST_TEXT:
            cut = f"A text of {len(text):,} characters was cut after {LONGEST_TEXT:,}, the limit of a cell."
            self._notes.append(cut)
        return {"stringValue": text[:LONGEST_TEXT]}


def _runs(cells: Iterable[Cell], formatted: frozenset[tuple[int, int]]) -> list[list[Cell]]:
    """Group adjacent cells of a row that are all formatted manually, or all not."""
    runs: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        last = (runs[-1][-1].row, runs[-1][-1].column) if runs else (0, 0)
        at = cell.row, cell.column
        if (last[0], last[1] + 1) == at and (last in formatted) == (at in formatted):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _blocks(runs: Iterable[list[Cell]], formatted: frozenset[tuple[int, int]]) -> list[list[list[Cell]]]:
    """Group runs of the same columns in successive rows."""
    blocks: list[list[list[Cell]]] = []
    for run in runs:
        above = blocks[-1][-1] if blocks else None
        below = above is not None and _alike(above, run, formatted)
        if below and len(blocks[-1]) < ROWS_AT_ONCE:
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return blocks


def _alike(above: list[Cell], run: list[Cell], formatted: frozenset[tuple[int, int]]) -> bool:
    """Return True if a run is right below another of the same width, and both are formatted or both not."""
    one, two = above[0], run[0]
    looks = ((cell.row, cell.column) in formatted for cell in (one, two))
    return (one.row + 1, one.column, len(above)) == (two.row, two.column, len(run)) and len(set(looks)) == 1


def shown(value: Value | Formula | Link) -> Value:
    """Return the value that a cell shows."""
    if isinstance(value, Formula):
        return value.cached
    return value.text if isinstance(value, Link) else value


def clean(text: str) -> str:
    """Remove the characters that Google rejects: NUL and lone surrogates.

    >>> clean("a\\x00b\\ud800c") == "ab\\ufffdc", clean("=1+1")
    (True, '=1+1')
    """
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _date_format(value: dt.date | dt.time) -> Json:
    if isinstance(value, dt.datetime):
        return {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}
    if isinstance(value, dt.time):
        return {"type": "TIME", "pattern": "hh:mm"}
    return {"type": "DATE", "pattern": "yyyy-mm-dd"}
