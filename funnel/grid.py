"""A `Grid`: the cells of one tab, from any kind of sheet.

Rows and columns are numbered from 1, as people see them. Values are stored by column, because clients are
read by column and a hundred thousand rows must load in a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

TOTALS_LABELS = ("Totals", "% of leads", "Drop-off from previous step")
"""The row labels of the totals block, which identify it if its anchor is missing."""

TOTALS_BESIDE = "Totals by funnel"
"""The first label if a person has totals of their own."""

OUR_LABELS = (*TOTALS_LABELS, TOTALS_BESIDE)


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell, such as ``#REF!``."""

    code: str

    def __str__(self) -> str:
        return self.code


Value: TypeAlias = bool | int | float | str | dt.date | dt.datetime | dt.time | CellError | None
"""The value of a cell. A number formatted as a date is a date, in the date system of its workbook; a datetime
at midnight is a date. A cell with a formula has its cached value."""


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of cells, all bounds included.

    >>> Area(2, 6, 14, 6).a1, Area.parse("$F$2:F14").bottom, Area(1, 1, 1, 1).a1
    ('F2:F14', 14, 'A1')
    """

    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        """The address, as in ``F2:F14``."""
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    @classmethod
    def parse(cls, a1: str) -> Area:
        """Parse an address such as ``F2:F14`` or ``$F$2``; ValueError if it is invalid."""
        first, _, last = a1.replace("$", "").partition(":")
        top, left = parse_cell(first)
        bottom, right = parse_cell(last or first)
        return cls(min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    def contains(self, row: int, column: int) -> bool:
        """Return True if a cell is inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def overlaps(self, other: Area) -> bool:
        """Return True if two rectangles share a cell."""
        return not (
            self.bottom < other.top or other.bottom < self.top
            or self.right < other.left or other.right < self.left
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """The parts of a cell's format that funnel reads: visible fill (``RRGGBB``), number format, bold."""

    fill: str | None = None
    number_format: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A conditional-format rule on a tab: its areas, its formula and, for ours, its name."""

    areas: tuple[Area, ...]
    formula: str
    name: str | None = None  # "green", "red": ours, by the marker in the formula


@dataclass(frozen=True, slots=True)
class Dropdown:
    """A list that cells offer (data validation): its areas, and its options or their cells."""

    areas: tuple[Area, ...]
    options: tuple[str, ...] = ()
    reference: str = ""  # "Lists!$A$2:$A$7", or without a tab


@dataclass(frozen=True, slots=True)
class ChartSeen:
    """A chart of ours on a tab: its name, and the fingerprint of the `Chart` it was made from.

    Both are "" if another program removed them in saving; then the title identifies the chart.
    """

    name: str
    fingerprint: str
    title: str = ""


@dataclass(frozen=True)
class Grid:
    """One tab as read: values, formulas, formats and positions.

    Parameters
    ----------
    tab : name of the tab.
    values : ``values[column - 1][row - 1]``; every column has `height` entries. Trailing blank rows and
        columns (a million formatted empty rows) are left out.
    formulas : ``{(row, column): "=SUM(F2:F14)"}``, English names and commas in every locale.
    styles : ``styles[column - 1][row - 1]`` is an index into `palette`; empty if a sheet has no formats.
    anchors : our own markers on this tab, by name (``totals``), with their current position.
    dropdowns : the lists that cells offer.
    loses_charts : the file was last saved by a program that can lose charts or their names.
    uncalculated : cells whose formula has no cached value, not even an empty text.
    notes : sentences on what reading assumed or ignored ("1904 dates", "column C repeats a header").

    >>> grid = Grid("Clients", values=[["Client", "Ana"], ["Paid", 1]])
    >>> grid.height, grid.width, grid[2, 1], grid[9, 9]
    (2, 2, 'Ana', None)
    """

    tab: str
    values: Sequence[Sequence[Value]]
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    styles: Sequence[Sequence[int]] = ()
    palette: Sequence[Style] = (Style(),)
    merges: tuple[Area, ...] = ()
    tables: tuple[Area, ...] = ()
    filtered: Area | None = None
    print_area: Area | None = None
    protected: bool = False
    hidden: bool = False
    rules: tuple[RuleSeen, ...] = ()
    charts: tuple[ChartSeen, ...] = ()
    anchors: Mapping[str, Area] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    uncalculated: frozenset[tuple[int, int]] = frozenset()
    dropdowns: tuple[Dropdown, ...] = ()
    loses_charts: bool = False

    @property
    def height(self) -> int:
        """Number of rows, up to the last one with a value."""
        return len(self.values[0]) if self.values else 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.values)

    def __getitem__(self, cell: tuple[int, int]) -> Value:
        """Return the value at (row, column); None outside."""
        row, column = cell
        if 1 <= column <= self.width and 1 <= row <= self.height:
            return self.values[column - 1][row - 1]
        return None

    def row(self, row: int) -> list[Value]:
        """Return the values of one row, from column 1 to `width`."""
        return [self[row, column] for column in range(1, self.width + 1)]

    def style(self, row: int, column: int) -> Style:
        """Return the style at (row, column); the plain one outside."""
        if 1 <= column <= len(self.styles) and 1 <= row <= len(self.styles[column - 1]):
            return self.palette[self.styles[column - 1][row - 1]]
        return self.palette[0]


def column_letter(column: int) -> str:
    """Return the letters of a column.

    >>> column_letter(1), column_letter(27), column_letter(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column.

    >>> column_number("A"), column_number("AA"), column_number("xfd")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell.

    >>> cell_name(17, 6)
    'F17'
    """
    return f"{column_letter(column)}{row}"


def parse_cell(name: str) -> tuple[int, int]:
    """Parse the name of a cell into (row, column); ValueError if it is invalid.

    >>> parse_cell("F17")
    (17, 6)
    """
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if not (letters.isalpha() and letters.isascii() and len(letters) <= 3 and digits):
        raise ValueError(f"{name!r} is not the name of a cell")
    return int(digits), column_number(letters)


def quoted(tab: str) -> str:
    """Quote the name of a tab for a formula.

    >>> quoted("Bob's sheet")
    "'Bob''s sheet'"
    """
    return "'" + tab.replace("'", "''") + "'"


def cells_of(grid: Grid) -> Iterator[tuple[int, int, Value]]:
    """Yield every cell with a value: (row, column, value), row by row."""
    for row in range(1, grid.height + 1):
        for column in range(1, grid.width + 1):
            value = grid[row, column]
            if value is not None:
                yield row, column, value
