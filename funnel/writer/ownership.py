"""Ownership of the cells on our own tabs (docs/definitions.md#ours).

In every row that we wrote, the hidden first column contains the row's number and a fingerprint of each cell.
A cell is ours while its content still matches its fingerprint. Any other cell belongs to a person: we never
write or empty it, and we report where we could not write our own content because of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from funnel.grid import Grid, Value, cell_name, column_letter, column_number
from funnel.plan import Cell, Formula, Link
from funnel.text import listed

RECORD_COLUMN = 1
"""The hidden column of the rows' records."""

DELETED = "-"
"""The prefix of the name of a chart that a person deleted."""

_RECORD = re.compile(r"(\d+)((?: [A-Z]{1,3}[0-9a-f]{10})+)((?: ~[\w-]+)*)")
_TOKEN = re.compile(r"([A-Z]+)([0-9a-f]{8})([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Written:
    """The record of a row: fingerprints of each cell's content and style, and names.

    Parameters
    ----------
    names : in row 1, of our charts; in another row, of what its line is about.
    """

    row: int
    cells: Mapping[int, tuple[str, str]]
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        tokens = [
            f"{column_letter(column)}{content}{style}"
            for column, (content, style) in sorted(self.cells.items())
        ]
        return " ".join([str(self.row), *tokens, *(f"~{name}" for name in self.names)])

    @classmethod
    def parse(cls, text: Value) -> Written | None:
        """Parse a row's record; None if it is not ours.

        >>> str(Written.parse("3 B1a2b3c4d5e ~drop-off")), Written.parse("a note")
        ('3 B1a2b3c4d5e ~drop-off', None)
        """
        found = _RECORD.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            return None
        cells = {column_number(c): (content, style) for c, content, style in _TOKEN.findall(found[2])}
        return cls(int(found[1]), cells, tuple(found[3].replace("~", "").split()))


@dataclass(frozen=True, slots=True)
class Changes:
    """The cells to write on one of our tabs, and a person's cells that were not changed."""

    cells: tuple[Cell, ...]
    kept: tuple[str, ...]  # names of cells

    def sentences(self, tab: str) -> list[str]:
        """Return sentences about the cells that were not changed."""
        if not self.kept:
            return []
        names = listed(self.kept)
        return [
            f"Tab {tab!r}: {names} changed by hand; not overwritten. Delete the tab to have it written again."
        ]


def fingerprint(value: Value | Formula | Link) -> str:
    """Return eight characters for a cell's content, the same before and after a spreadsheet saves it.

    >>> fingerprint(1) == fingerprint(1.0), fingerprint(1) == fingerprint("1")
    (True, False)
    """
    return _digest(_canonical(value))


def same(seen: Value, wanted: Value) -> bool:
    """Return true if two values look the same to a person: numbers to nine digits.

    >>> same(0.1 + 0.2, 0.3), same(1, True), same(None, ""), same("a", "a")
    (True, False, True, True)
    """
    if _is_number(seen) and _is_number(wanted):
        return math.isclose(seen, wanted, rel_tol=1e-9, abs_tol=1e-9)  # type: ignore[arg-type]
    return _canonical(seen) == _canonical(wanted)


def seen(grid: Grid, row: int, column: int) -> Value | Formula:
    """Return a cell's content: its formula if it has one, else its value."""
    formula = grid.formulas.get((row, column))
    return Formula(formula) if formula is not None else grid[row, column]


def records(grid: Grid | None) -> dict[int, Written]:
    """Return our records by the row where each is now. A row that a person copied is not ours."""
    if grid is None:
        return {}
    found = {
        row: record
        for row in range(1, grid.height + 1)
        if (row, RECORD_COLUMN) not in grid.formulas and (record := Written.parse(grid[row, RECORD_COLUMN]))
    }
    unmoved = {row for row, record in found.items() if record.row == row}
    copies = Counter(record.row for row, record in found.items() if row not in unmoved)
    return {
        row: record
        for row, record in found.items()
        if row in unmoved or (record.row not in unmoved and copies[record.row] == 1)
    }


def changes(
    grid: Grid | None,
    wanted: Iterable[Cell],
    rows: Container[int] | None = None,
    charts: Sequence[str] = (),
    about: Mapping[int, str] | None = None,
) -> Changes:
    """Compare the wanted content of one of our tabs with its present content.

    Parameters
    ----------
    grid : the tab as it is; None if it does not exist yet.
    wanted : every cell that the rows should contain.
    rows : the rows to compare; other cells of ours in them are emptied. None for all rows.
    charts : the names of our charts on the tab, recorded in row 1, with `DELETED` before those that a person
        deleted.
    about : the name of what each line is about, by row.
    """
    page = grid or Grid("", values=[])
    written = records(grid)
    by_row: dict[int, dict[int, Cell]] = {}
    for cell in wanted:
        by_row.setdefault(cell.row, {})[cell.column] = cell
    cells: list[Cell] = []
    kept: list[str] = []
    for row in sorted({*by_row, *written}):
        if rows is None or row in rows:
            record = written.get(row, Written(row, {}))
            name = (about or {}).get(row)
            names = tuple(charts) if row == 1 else (name,) if name else ()
            done = _row(page, row, record, by_row.get(row, {}), names)
            cells += done.cells
            kept += done.kept
    return Changes(tuple(cells), tuple(kept))


def _row(
    grid: Grid, row: int, record: Written, wanted: Mapping[int, Cell], names: tuple[str, ...]
) -> Changes:
    """Compare one row."""
    if not record.cells and _filled(grid, row, RECORD_COLUMN):  # a person's cell
        return Changes((), tuple(cell_name(row, c) for c in sorted(wanted) if not _holds(grid, wanted[c])))
    cells: list[Cell] = []
    kept: list[str] = []
    written: dict[int, tuple[str, str]] = {}
    for column in sorted({*wanted, *record.cells}):
        cell, before = wanted.get(column), record.cells.get(column)
        filled, print_ = _filled(grid, row, column), fingerprint(seen(grid, row, column))
        free = print_ == before[0] if before else not filled
        if cell is None:
            cells += [Cell(row, column, None)] if free and filled else []
        elif free or _holds(grid, cell):
            written[column] = (fingerprint(cell.value), _digest(cell.style)[:2])
            restyled = before is not None and before[1] != written[column][1]
            cells += [cell] if print_ != written[column][0] or restyled else []
        else:
            kept.append(cell_name(row, column))
            written.update({column: before} if before else {})
    text = str(Written(row, written, names)) if written else None
    if text != grid[row, RECORD_COLUMN]:
        cells.insert(0, Cell(row, RECORD_COLUMN, text, "hidden"))
    return Changes(tuple(cells), tuple(kept))


def _filled(grid: Grid, row: int, column: int) -> bool:
    return grid[row, column] not in (None, "") or (row, column) in grid.formulas


def _holds(grid: Grid, cell: Cell) -> bool:
    return fingerprint(seen(grid, cell.row, cell.column)) == fingerprint(cell.value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _canonical(value: Value | Formula | Link) -> str:
    """Return a value as text that does not change when a spreadsheet saves it: twelve digits, no midnight."""
    if value is None or value == "":
        return ""
    if isinstance(value, Formula | Link):
        return f"f{value.text}" if isinstance(value, Formula) else f"s{value.text}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if _is_number(value):
        return f"n{value:.12g}"
    kind = "s" if isinstance(value, str) else type(value).__name__
    return f"{kind}{value}"
