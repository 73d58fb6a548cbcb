"""Which rows are clients, and which are totals: ours, or a person's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from funnel.grid import Area, Grid, Value, column_number
from funnel.journey.vocabulary import words
from funnel.loader.dates import month_heading
from funnel.loader.header import Header
from funnel.loader.reading import Bools, Reading
from funnel.text import fold

OUR_LABELS = ("Totals", "% of leads", "Drop-off from previous step")
"""The labels of our totals block, row by row (issue 2)."""

_SUMS = re.compile(r"\b(SUM|SUMPRODUCT|SUMIFS?|COUNT|COUNTA|COUNTIFS?|SUBTOTAL|AVERAGE|AGGREGATE)\(|/", re.I)
_RANGE = re.compile(r"(?<![\w!$:])\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")


Integers: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"


@dataclass(frozen=True, slots=True)
class Rows:
    """The offsets of the clients, and of the rows below the headers that are none.

    Parameters
    ----------
    clients : offsets of the clients, in order.
    totals : offsets of a person's rows of totals.
    headers : offsets of rows that repeat the headers.
    headings : offsets of headings between the clients, such as "January 2026".
    passed_over : offsets of rows below a gap that hold a name, but neither lead date nor mark.
    """

    clients: Integers
    totals: tuple[int, ...]
    headers: tuple[int, ...]
    headings: tuple[int, ...]
    passed_over: tuple[int, ...]


def find_block(grid: Grid) -> tuple[Area | None, bool]:
    """Our totals block: by its anchor, else by its labels and formulas; and whether it was found by these.

    >>> find_block(Grid("Clients", [["Client", "Ana"]]))
    (None, False)
    """
    if "totals" in grid.anchors:
        return grid.anchors["totals"], False
    found = None
    for column, values in enumerate(grid.values, start=1):
        for row in _rows_of(values, OUR_LABELS[0]):
            labels = tuple(grid[row + below, column] for below in range(3))
            formulas = [c for c in range(column + 1, grid.width + 1) if (row, c) in grid.formulas]
            if labels == OUR_LABELS and formulas and (found is None or row > found.top):
                found = Area(row, column, row + 2, formulas[-1])
    return found, found is not None


def find_rows(reading: Reading, block: Area | None) -> Rows:
    """Tell clients from everything else below the headers (DESIGN section 4, Clients)."""
    n = len(reading)
    named = np.fromiter(map(bool, reading.names), dtype=bool, count=n)
    dated = np.zeros(n, dtype=bool) if reading.lead is None else ~np.isnat(reading.lead)
    marked = reading.has_mark
    ours = np.zeros(n, dtype=bool)
    if block:
        ours[max(block.top - reading.first, 0) : max(block.bottom - reading.first + 1, 0)] = True
    candidates = np.flatnonzero(~dated & ~ours).tolist()
    said = frozenset(map(fold, reading.header.short.values()))
    headers = tuple(at for at in candidates if _repeats_header(reading, at, said))
    summing = _summing_rows(reading.grid, reading.header, block) | _column_sums(reading)
    numbers = _rows_of_numbers(reading)
    counts = {name: np.cumsum(column.marked, dtype=np.int64) for name, column in reading.marks.items()}
    totals = tuple(
        at for at in candidates
        if reading.first + at in summing
        or (at in numbers and _equals_sums(reading, at, counts))
        or is_total_label(_first_text(reading.grid, reading.first + at))
    )  # fmt: skip
    ours[[*headers, *totals]] = True
    headings = _headings(reading, [at for at in candidates if named[at] and not (marked[at] or ours[at])])
    ours[list(headings)] = True
    content = (named | dated | marked) & ~ours
    below_gap = _below_gap(content, headings)
    clients = content & (dated | marked | ~below_gap)
    return Rows(
        np.flatnonzero(clients), totals, headers, headings,
        tuple(int(at) for at in np.flatnonzero(content & ~clients)),
    )  # fmt: skip


def is_total_label(text: Value) -> bool:
    """Whether a text labels a row of totals, in any of six languages.

    >>> is_total_label("TOTALE:"), is_total_label("% of leads"), is_total_label("Total leads")
    (True, True, True)
    >>> is_total_label("Sum Ting")
    False
    """
    if not isinstance(text, str):
        return False
    labels, said = words("totals", "labels"), fold(text).split()
    return " ".join(said) in labels or (
        len(said) > 1 and said[0] in labels and set(said[1:]) <= words("totals", "of")
    )


def summary_rows(grid: Grid, header: Header, block: Area | None, rows: Iterable[int]) -> set[int]:
    """Of some rows, those that a label or a formula shows to be a person's totals."""
    sums = _summing_rows(grid, header, block)
    return {row for row in rows if row in sums or is_total_label(_first_text(grid, row))}


def _summing_rows(grid: Grid, header: Header, block: Area | None) -> set[int]:
    """Rows with formulas that add up others; none where many rows have such (they are the clients' own).

    The rows of our block are not among the many: a refresh must not change what the rows above it are.
    """
    ours = range(block.top, block.bottom + 1) if block else ()
    rows = {
        row
        for (row, _), formula in grid.formulas.items()
        if row > header.row and row not in ours and _SUMS.search(formula)
    }
    return rows if len(rows) <= max(5, (grid.height - header.row) // 10) else set()


def _column_sums(reading: Reading) -> set[int]:
    """Rows that add up several cells of a step's own column, which no client's mark could."""
    columns = {column.column for column in reading.marks.values()}
    return {
        row
        for (row, column), formula in reading.grid.formulas.items()
        if column in columns
        and row >= reading.first
        and _SUMS.search(formula)
        and _own_cells(formula, column)
    }


def _own_cells(formula: str, column: int) -> bool:
    """Whether a formula names several cells of its own column, on its own tab.

    >>> _own_cells("=SUM(E$2:E13)", 5), _own_cells("=SUM(F2:J2)", 5), _own_cells("=COUNTA(Visits!E2:E9)", 5)
    (True, False, False)
    """
    found = _RANGE.finditer(formula)
    return any(column_number(m[1]) <= column <= column_number(m[3]) and m[2] != m[4] for m in found)


def _headings(reading: Reading, candidates: Iterable[int]) -> tuple[int, ...]:
    """Rows that hold nothing but a heading in place of a name: a month, or merged over a step's column.

    A month without its year may be somebody's name (April, June), unless there are more such rows.
    """
    at, steps = reading.columns.at.get("client", ()), {marks.column for marks in reading.marks.values()}
    merged = {
        area.top
        for area in reading.grid.merges
        if area.left in at and any(area.left < column <= area.right for column in steps)
    }
    found = {
        offset: "merged" if reading.first + offset in merged else month_heading(reading.names[offset])
        for offset in candidates
    }
    others = [values for column, values in enumerate(reading.grid.values, start=1) if column not in at]
    found = {
        offset: kind
        for offset, kind in found.items()
        if kind and all(values[reading.first + offset - 1] in (None, "") for values in others)
    }
    return tuple(at for at, kind in found.items() if kind != "month" or len(found) > 1)


def _below_gap(content: Bools, headings: Sequence[int]) -> Bools:
    """Which rows lie below the first gap under the first client; a heading is no gap."""
    if not content.any():
        return np.zeros_like(content)
    start = int(np.argmax(content))
    filled = content.copy()
    filled[list(headings)] = True
    gaps = np.flatnonzero(~filled[start:])
    result = np.zeros_like(content)
    if len(gaps):
        result[start + gaps[0] :] = True
    return result


def _rows_of_numbers(reading: Reading) -> set[int]:
    """The offsets of rows with two numbers or more that are no marks."""
    bad = Counter(at for column in reading.marks.values() for at in column.bad)
    return {at for at, n in bad.items() if n >= 2}


def _equals_sums(reading: Reading, offset: int, counts: Mapping[str, Integers]) -> bool:
    """Whether a row without a lead date holds the sums of the columns, so far or in all."""
    equal = other = 0
    for step, column in reading.marks.items():
        number = _number(reading.grid[reading.first + offset, column.column])
        if number is not None:
            fits = number in (counts[step][offset], counts[step][-1])
            equal += fits and number > 1
            other += not fits
    return equal >= 2 and equal > other


def _number(value: Value) -> float | None:
    """The number in a cell, also where it is text."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _repeats_header(reading: Reading, offset: int, headers: Set[str]) -> bool:
    """Whether a row says the headers once more: at least two of them, and nothing else."""
    text = _first_text(reading.grid, reading.first + offset)
    if text is None or fold(text) not in headers:
        return False
    values = reading.grid.row(reading.first + offset)
    said = [(fold(str(value)), fold(reading.header.short.get(column, ""))) for column, value
            in enumerate(values, start=1) if value not in (None, "")]  # fmt: skip
    return len(said) >= 2 and all(text == header for text, header in said)


def _first_text(grid: Grid, row: int) -> str | None:
    """The first text in a row."""
    for column in grid.values:
        value = column[row - 1]
        if isinstance(value, str) and value.strip():
            return value
    return None


def _rows_of(values: Sequence[Value], text: str) -> list[int]:
    """The rows in which a column holds a text."""
    return [row for row, value in enumerate(values, start=1) if value == text] if text in values else []
