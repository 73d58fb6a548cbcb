"""Collect values and styles in columns that grow with each row, using memory for what exists only.

Only a column with values is stored cell by cell. Other styles (painted empty columns, a million formatted
empty rows) are stored as runs, and dropped if no value follows.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from funnel.grid import Value
from funnel.sheets.limits import check_area

Run: TypeAlias = tuple[int, int, int]  # first row, last row, index into the palette
BlankRow: TypeAlias = tuple[tuple[int, int], ...]  # column, index into the palette
MOST_RUNS = 1_000_000


@dataclass(slots=True)
class Column:
    """One column, as far as it has been read; index 0 in `styles` is a missing cell."""

    values: list[Value] = field(default_factory=list)
    styles: array[int] = field(default_factory=lambda: array("I"))

    def grow(self, capacity: int) -> None:
        """Extend both sequences in place: the reader keeps references to them."""
        more = capacity - len(self.values)
        self.values.extend([None] * more)
        self.styles.frombytes(bytes(self.styles.itemsize * more))

    def paint(self, runs: Iterable[Run]) -> None:
        """Set the styles of runs of rows, up to the end of the column."""
        for first, last, style in runs:
            last = min(last, len(self.styles))
            if last >= first:
                self.styles[first - 1 : last] = array("I", [style]) * (last - first + 1)


class Columns:
    """All columns of a tab.

    >>> columns = Columns("clients.xlsx, tab 'Leads',")
    >>> columns.put(2, [(1, 5, None), (2, 5, "Ana")])
    >>> values, styles = columns.values_and_styles([(2, 2)], {}, ())
    >>> values, [list(column) for column in styles]
    ([[None, None], [None, 'Ana']], [[0, 5], [0, 5]])
    """

    def __init__(self, where: str) -> None:
        self.capacity = 0
        self.cells = 0  # number of cells in the file, for `check_area`
        self.where = where
        self._columns: dict[int, Column] = {}
        self._waiting: dict[int, list[Run]] = {}
        self._below: list[tuple[int, int, BlankRow]] = []
        self._runs = 0

    def reach(self, row: int) -> None:
        """Extend all columns to a row."""
        if row <= self.capacity:
            return
        check_area(row, len(self._columns), self.cells, self.where)
        self.capacity = max(row, min(self.capacity * 5 // 4, self.capacity + 65_536), 256)
        for column in self._columns.values():
            column.grow(self.capacity)
        below, self._below = self._below, []
        for first, last, cells in below:
            self._paint(first, last, cells)

    def put(self, row: int, cells: Sequence[tuple[int, int, Value]], last: int | None = None) -> None:
        """Store one row, or equal rows up to `last`: (column, style, value) for each of its cells."""
        last = last or row
        self.cells += len(cells)
        if all(value is None for _, _, value in cells):
            self.blank(row, last, tuple((number, style) for number, style, _ in cells))
            return
        self.reach(last)
        for number, style, value in cells:
            if value is not None:
                column = self.column(number)
                if row == last:
                    column.values[row - 1], column.styles[row - 1] = value, style
                    continue
                column.values[row - 1 : last] = [value] * (last - row + 1)
            self.style(number, row, last, style)

    def blank(self, first: int, last: int, cells: BlankRow) -> None:
        """Store equal rows without values; they are kept as runs until a row below has a value."""
        if last <= self.capacity:
            self._paint(first, last, cells)
        elif not cells:
            return
        elif self._below and self._below[-1][1:] == (first - 1, cells):
            self._below[-1] = (self._below[-1][0], last, cells)
        elif self._runs < MOST_RUNS:
            self._runs += len(cells)
            self._below.append((first, last, cells))

    def _paint(self, first: int, last: int, cells: BlankRow) -> None:
        for number, style in cells:
            self.style(number, first, last, style)

    def column(self, number: int) -> Column:
        """Return a column with values; create it for its first one."""
        found = self._columns.get(number)
        if found is None:
            check_area(self.capacity, len(self._columns) + 1, self.cells, self.where)
            found = self._columns[number] = Column()
            found.grow(self.capacity)
            found.paint(self._waiting.pop(number, ()))
        return found

    def style(self, number: int, first: int, last: int, style: int) -> None:
        """Style a run of cells of a column, with or without values."""
        column = self._columns.get(number)
        if column is not None:
            column.paint([(first, last, style)])
            return
        runs = self._waiting.setdefault(number, [])
        if runs and runs[-1][1] == first - 1 and runs[-1][2] == style:
            runs[-1] = (runs[-1][0], last, style)
        elif self._runs < MOST_RUNS:
            self._runs += 1
            runs.append((first, last, style))

    def values_and_styles(
        self, formulas: Iterable[tuple[int, int]], defaults: dict[int, int], row_styles: Sequence[Run]
    ) -> tuple[list[Sequence[Value]], list[Sequence[int]]]:
        """Return values and styles by column, up to the last cell with a value or a formula.

        Parameters
        ----------
        formulas : (row, column) of each formula; these cells count even if their values are blank.
        defaults : column -> style of its missing cells.
        row_styles : styles of missing cells by rows; they override those of columns.
        """
        height, width = self._extent(formulas)
        check_area(height, width, self.cells, self.where)
        nothing = Column()
        nothing.grow(height)
        _fill_gaps(nothing.styles, 0, row_styles)
        columns = []
        for number in range(1, width + 1):
            column = self._columns.pop(number, nothing)
            if column is nothing and (number in self._waiting or number in defaults):
                column = Column(nothing.values)
                column.styles.frombytes(bytes(column.styles.itemsize * height))
                column.paint(self._waiting.get(number, ()))
            if column is not nothing:
                del column.values[height:], column.styles[height:]
                _fill_gaps(column.styles, defaults.get(number, 0), row_styles)
            columns.append(column)
        return [column.values for column in columns], [column.styles for column in columns]

    def _extent(self, formulas: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """Return the last row and the last column with a value or a formula."""
        height = width = 0
        for row, column in formulas:
            height, width = max(height, row), max(width, column)
        self.reach(height)
        for number, held in self._columns.items():
            last = len(held.values)
            while last and held.values[last - 1] is None:
                last -= 1
            if last:
                height, width = max(height, last), max(width, number)
        return height, width


def _fill_gaps(styles: array[int], default: int, row_styles: Sequence[Run]) -> None:
    """Set the style of missing cells to that of their row, or else of their column."""
    for first, last, style in row_styles:
        for row in range(first - 1, min(last, len(styles))):
            if not styles[row]:
                styles[row] = style
    if default:
        styles[:] = array("I", [style or default for style in styles])
