"""Find the rows that are clients, and those that are totals, ours or a person's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from funnel.cells.columns import Bools
from funnel.cells.dates import month_heading
from funnel.grid import Area, Value, column_number
from funnel.loader.sheet_rows import SheetRows
from funnel.reading.tables.summary_rows import SUMS, first_text, is_total_label, summing_rows
from funnel.text import fold

_RANGE = re.compile(r"(?<![\w!$:])\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")


Integers: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"


@dataclass(frozen=True, slots=True)
class Rows:
    """The offsets of the clients, and of other rows below the headers.

    Parameters
    ----------
    clients : offsets of the clients, in order.
    totals : offsets of a person's rows of totals.
    headers : offsets of rows that repeat the headers.
    headings : offsets of headings between the clients, such as "January 2026".
    passed_over : offsets of rows below a gap with a name, but neither lead date nor mark.
    """

    clients: Integers
    totals: tuple[int, ...]
    headers: tuple[int, ...]
    headings: tuple[int, ...]
    passed_over: tuple[int, ...]


def find_rows(reading: SheetRows, block: Area | None) -> Rows:
    """Classify the rows below the headers (docs/definitions.md#clients)."""
    n = len(reading)
    named = np.fromiter(map(bool, reading.names), dtype=bool, count=n)
    dated = np.zeros(n, dtype=bool) if reading.lead is None else ~np.isnat(reading.lead)
    marked = reading.has_mark
    ours = np.zeros(n, dtype=bool)
    if block:
        ours[max(block.top - reading.first, 0) : max(block.bottom - reading.first + 1, 0)] = True
    candidates = np.flatnonzero(~dated & ~ours).tolist()
    headers = _repeated_headers(reading, candidates)
    summing = summing_rows(reading.grid, reading.header, block) | _column_sums(reading)
    numbers = _rows_of_numbers(reading)
    counts = {name: np.cumsum(column.marked, dtype=np.int64) for name, column in reading.marks.items()}
    totals = tuple(
        at for at in candidates
        if reading.first + at in summing
        or (at in numbers and _equals_sums(reading, at, counts))
        or is_total_label(first_text(reading.grid, reading.first + at))
    )  # fmt: skip
    ours[[*headers, *totals]] = True
    headings = _headings(reading, [at for at in candidates if named[at] and not (marked[at] or ours[at])])
    ours[list(headings)] = True
    content = (named | dated | marked) & ~ours
    below_gap = _below_gap(content, headings)
    clients = content & (dated | marked | ~below_gap)
    uncalculated = tuple(at for at in _uncalculated(reading) if not (clients[at] or ours[at]))
    passed_over = (int(at) for at in np.flatnonzero(content & ~clients))
    return Rows(
        np.flatnonzero(clients), tuple(sorted({*totals, *uncalculated})), headers, headings,
        tuple(at for at in passed_over if at not in uncalculated),
    )  # fmt: skip


def _uncalculated(reading: SheetRows) -> set[int]:
    """Return the rows with an uncalculated formula in a column that live totals read.

    If such a row is not a client, it is a person's summary: once it is calculated, its values would count.
    """
    columns = {marks.column for marks in reading.marks.values()}
    columns.update(dates.column for dates in reading.dates.values())
    columns.update(reading.columns.at.get("client", ()))
    return {
        row - reading.first
        for row, column in reading.grid.uncalculated
        if column in columns and 0 <= row - reading.first < len(reading)
    }


def _column_sums(reading: SheetRows) -> set[int]:
    """Return the rows with a formula over several cells of its own step column: these are totals."""
    columns = {column.column for column in reading.marks.values()}
    return {
        row
        for (row, column), formula in reading.grid.formulas.items()
        if column in columns and row >= reading.first and SUMS.search(formula) and _own_cells(formula, column)
    }


def _own_cells(formula: str, column: int) -> bool:
    """Return True if a formula names several cells of its own column, on its own tab.

    >>> _own_cells("=SUM(E$2:E13)", 5), _own_cells("=SUM(F2:J2)", 5), _own_cells("=COUNTA(Visits!E2:E9)", 5)
    (True, False, False)
    """
    found = _RANGE.finditer(formula)
    return any(column_number(m[1]) <= column <= column_number(m[3]) and m[2] != m[4] for m in found)


def _headings(reading: SheetRows, candidates: Iterable[int]) -> tuple[int, ...]:
    """Return the rows that contain only a heading: a month, or a cell merged over a step's column.

    A month without its year may be a person's name (April, June), unless there are more such rows.
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
    """Return which rows are below the first gap after the first client; a heading is not a gap."""
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


def _rows_of_numbers(reading: SheetRows) -> set[int]:
    """Return the offsets of rows with two or more numbers that are not marks."""
    bad = Counter(at for column in reading.marks.values() for at in column.bad)
    return {at for at, n in bad.items() if n >= 2}


def _equals_sums(reading: SheetRows, offset: int, counts: Mapping[str, Integers]) -> bool:
    """Return True if a row without a lead date contains the sums of the columns, running or total."""
    equal = other = 0
    for step, column in reading.marks.items():
        number = _number(reading.grid[reading.first + offset, column.column])
        if number is not None:
            fits = number in (counts[step][offset], counts[step][-1])
            equal += fits and number > 1
            other += not fits
    return equal >= 2 and equal > other


def _number(value: Value) -> float | None:
    """Return the number in a cell, even if it is text."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _repeated_headers(reading: SheetRows, candidates: Iterable[int]) -> tuple[int, ...]:
    """Return the rows that repeat the headers: on each printed page, or in an export pasted below another."""
    again = {
        at
        for column, name in reading.header.short.items()
        if name in (cells := reading.cells(column))
        for at, value in enumerate(cells) if value == name
    }  # fmt: skip
    headers = frozenset(map(fold, reading.header.short.values()))
    return tuple(
        at for at in candidates
        if (at in again or fold(first_text(reading.grid, reading.first + at) or "") in headers)
        and _repeats_header(reading, at)
    )  # fmt: skip


def _repeats_header(reading: SheetRows, offset: int) -> bool:
    """Return True if half of a row's cells repeat their headers; more than words in the columns of steps.

    A step may have its own name as its mark. Two cells are enough if the row contains nothing else.
    """
    values = reading.grid.row(reading.first + offset)
    held = [column for column, value in enumerate(values, start=1) if value not in (None, "")]
    names = reading.header.short
    same = [
        column for column in held if column in names and fold(str(values[column - 1])) == fold(names[column])
    ]
    steps = {marks.column for marks in reading.marks.values()}
    return len(same) >= 2 and (
        same == held or (2 * len(same) >= len(held) and any(column not in steps for column in same))
    )
