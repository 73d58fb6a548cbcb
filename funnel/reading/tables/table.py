"""A table in a tab: its headers, its rows of data, and the evidence of each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from funnel.grid import CellError, Grid, Value
from funnel.reading.tables.amounts import settle_amounts
from funnel.reading.tables.circles import settle_circles
from funnel.reading.tables.dropdowns import options_of
from funnel.reading.tables.evidence import Bools, Evidence, date_order, look_at
from funnel.reading.tables.header import Header, find_header
from funnel.reading.words.concepts import has_word, is_all, plain
from funnel.reading.words.thresholds import SAMPLE
from funnel.text import fold

_LABELS = 3  # cells at the left of a row that may contain the label of totals
_SELDOM = 0.1  # maximum share of rows that repeat the headers; with more, the headers are words for marks
_SUMMARY = 5  # maximum number of rows of a person's summary below the clients
_OUR_TABS = frozenset(["summary", "history", "log", "handoff", "due"])


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    grid, header : its place.
    rows : the sampled row numbers.
    columns : the evidence of each column with a header.
    height : the number of filled rows below the headers.
    """

    grid: Grid
    header: Header
    rows: Sequence[int]
    columns: tuple[Evidence, ...]
    height: int

    @property
    def tab(self) -> str:
        """The name of the tab."""
        return self.grid.tab

    def __getitem__(self, number: int) -> Evidence:
        return self._by_number[number]

    @cached_property
    def _by_number(self) -> dict[int, Evidence]:
        return {column.number: column for column in self.columns}

    @cached_property
    def distinct(self) -> Mapping[int, float]:
        """Distinct values per filled cell of each column, over all rows, not only the sample."""
        return {column.number: self._distinct(column) for column in self.columns}

    def _distinct(self, column: Evidence) -> float:
        if self.height <= len(self.rows):
            return column.distinct
        cells = list(self.grid.values[column.number - 1][self.header.row :])
        filled = len(cells) - cells.count(None) - cells.count("")
        return len(set(cells) - {None, ""}) / filled if filled else 0.0

    def values(self, number: int) -> list[Value]:
        """Return every cell of a column below the headers."""
        return list(self.grid.values[number - 1][self.header.row :])

    @property
    def nobody(self) -> Bools:
        """False for every row."""
        return np.zeros(len(self.rows), dtype=bool)


def find_table(grid: Grid, grids: Mapping[str, Grid]) -> Table | None:
    """Find the table of a tab; None if no row looks like headers, and for our own tabs.

    >>> grid = Grid("Clients", [["Client", "Ana", "Ben"], ["Paid", 1, None]])
    >>> table = find_table(grid, {})
    >>> table.header.row, len(table.rows), [column.kind for column in table.columns]
    (1, 2, ['names', 'marks'])
    """
    if _OUR_TABS & set(grid.anchors) or not (header := find_header(grid)):
        return None
    return table_at(grid, header, grids)


def table_at(grid: Grid, header: Header, grids: Mapping[str, Grid]) -> Table:
    """Read the table below a row of headers."""
    step = max(1, (grid.height - header.row) // (2 * SAMPLE))  # sample the rows of a long sheet
    rows = _data_rows(grid, header, step)
    some = rows[:: max(1, -(-len(rows) // SAMPLE))]
    offered = options_of(grid, header.row, grids)
    cells = {number: [grid.values[number - 1][row - 1] for row in some] for number in sorted(header.names)}
    orders = {number: date_order(values) for number, values in cells.items()}
    seen = Counter(order for order in orders.values() if order)
    common = max(seen, key=seen.__getitem__, default=None)  # sparse columns use the order of the others
    columns = settle_circles([
        look_at(
            number, header.names[number], values, offered.get(number, ()),
            orders[number] or common,
        )
        for number, values in cells.items()
    ])  # fmt: skip
    return Table(grid, header, some, settle_amounts(columns), step * len(rows))


def _data_rows(grid: Grid, header: Header, step: int) -> list[int]:
    """Return the rows of data below the headers, without blanks, totals, headings and repeated headers."""
    numbers = sorted(header.names)
    columns = [grid.values[number - 1] for number in numbers]
    names = [fold(header.short.get(number, "")) for number in numbers]
    totals = grid.anchors.get("totals")
    found: list[int] = []
    below: list[int] = []
    repeated: set[int] = set()
    gap = False
    for row in range(header.row + 1, grid.height + 1, step):
        if totals and totals.top <= row <= totals.bottom:
            continue
        cells = [column[row - 1] for column in columns]
        held = [at for at, value in enumerate(cells) if _holds(value)]
        gap = gap or (not held and bool(found))
        if gap and held and _is_summary([cells[at] for at in held]):
            below.append(row)
            continue
        if not held or (len(held) == 1 and len(numbers) >= 4 and held[0] > 0):
            continue
        if any(_is_total(cells[at]) for at in held[:_LABELS]) or _totals_row([cells[at] for at in held]):
            continue
        found.append(row)
        if _repeats(cells, held, names):
            repeated.add(row)
    if len(below) > max(_SUMMARY, len(found) // 10):
        found = sorted([*found, *below])  # too many for a summary: clients without a date or a mark
    own_words = len(repeated) > max(1, _SELDOM * len(found))  # "Paid" in the column "Paid" is a mark
    return found if own_words else [row for row in found if row not in repeated]


def _holds(value: Value) -> bool:
    """Return True if a person filled a cell; prefilled boxes and errors do not count."""
    if value is None or value is False or isinstance(value, CellError):
        return False
    return not isinstance(value, str) or bool(value.strip())


def _is_total(value: Value) -> bool:
    return isinstance(value, str) and len(value) < 40 and is_all("totals", value)


def _totals_row(cells: Sequence[Value]) -> bool:
    """Return True if a row is totals: its first text is a label of totals, or it has only numbers besides."""
    if _is_total(cells[0]):
        return True
    return any(map(_is_total, cells)) and all(_is_total(cell) or _is_number(cell) for cell in cells)


def _is_summary(cells: Sequence[Value]) -> bool:
    """Return True if a row below a gap is a summary: a label alone, or with counts ("Goal", 18, 12)."""
    label, rest = cells[0], cells[1:]
    counts = [cell for cell in rest if _is_number(cell) and cell not in (0, 1, "0", "1")]
    return isinstance(label, str) and all(map(_is_number, rest)) and (not rest or bool(counts))


def _is_number(value: Value) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and not any(c.isalpha() for c in value) and any(c.isdigit() for c in value)
    return isinstance(value, int | float)


def _repeats(cells: Sequence[Value], held: Sequence[int], names: Sequence[str]) -> bool:
    """Return True if a row repeats the headers; its first cell may be blank or a name."""
    if not any(_is_header(cells[at], names[at]) for at in (*held[:2], held[-1])):
        return False
    same = sum(_is_header(cells[at], names[at]) for at in held)
    return same >= 2 and same * 2 >= len(held)


def _is_header(value: Value, name: str) -> bool:
    return isinstance(value, str) and fold(value) == name


def is_person_named(table: Table) -> bool:
    """Return True if several headers are names of people: columns of staff, not of steps."""
    people = [c for c in table.columns if c.kind in ("marks", "empty") and _name_like(c.header)]
    return len(people) >= 3 and len(people) * 2 > sum(c.kind == "marks" for c in table.columns)


def _name_like(header: str) -> bool:
    """Return True if a header looks like the name of a person: two capitalised words, both unknown."""
    words = header.split()
    return (
        len(words) == 2
        and all(part[:1].isupper() and part[1:].islower() for part in words)
        and not any(has_word(concept, header) for concept in ("step", "paid", "attribute", "things.periods"))
        and not any(c.isdigit() for c in plain(header))
    )
