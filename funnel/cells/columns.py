"""Parse whole columns: each distinct value is parsed once, then looked up (100,000 rows in milliseconds)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from funnel.cells.dates import YEARS, Order, read_date
from funnel.cells.mark_words import (
    ANY_TEXT,
    NO_REASON,
    NOT_GIVEN,
    NOT_REACHED,
    REACHED,
    normalize_word,
    reached_words,
)
from funnel.cells.marks import describe_spelling, read_mark
from funnel.grid import CellError, Value
from funnel.journey import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)
Parsed = TypeVar("Parsed")
Bools: TypeAlias = "NDArray[np.bool_]"
Days: TypeAlias = "NDArray[np.datetime64]"
NAT = np.iinfo(np.int64).min
"""NaT as an integer."""

_DATED = 1_000_000  # added to the day of a dated mark, so that marks and days fit into one array
_CODES = {"not reached": 0, "reached": 1, "no mark": 2, "error": 3}
_UNIX = dt.date(1970, 1, 1).toordinal()


class ParseCache(dict[Key, Parsed]):
    """A dict that parses each missing key once."""

    def __init__(self, parse: Callable[[Key], Parsed]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, value: Key) -> Parsed:
        result = self[value] = self._parse(value)
        return result


def encode_column(values: Sequence[Value], code: Callable[[Value], int], blank: int) -> NDArray[np.int64]:
    """Encode a column as integers; `code` is called once for each distinct value.

    >>> encode_column(["a", None, "b", "a"], {"a": 5, "b": 6}.__getitem__, blank=-1).tolist()
    [5, -1, 6, 5]
    """
    import pandas as pd

    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    positions, distinct = pd.factorize(cells)
    codes = np.array([*map(code, distinct.tolist()), blank], dtype=np.int64)
    return codes[positions]  # a blank cell has position -1, the last code


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column of dates.

    Parameters
    ----------
    days : NaT if blank or unreadable.
    unreadable, wrong_year, errors : offsets of cells with a problem.
    texts : a boolean for each cell, True if the date is text; None if no date is text.
    """

    column: int
    days: Days
    unreadable: list[int] = field(default_factory=list)
    wrong_year: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    texts: Bools | None = None


@dataclass(frozen=True, slots=True)
class MarkColumn:
    """A column of marks.

    Parameters
    ----------
    marked : True if reached.
    when : the dates of marks, NaT without a date; None if no mark has a date.
    bad, errors, wrong_year : offsets of cells with a problem.
    spellings : each spelling of a mark, with the cell values that have it; empty if any text is a mark.
    """

    column: int
    marked: Bools
    when: Days | None
    bad: list[int]
    errors: list[int]
    wrong_year: list[int]
    spellings: Mapping[str, tuple[Value, ...]]


def read_texts(values: Sequence[Value]) -> list[str]:
    """Return the texts of cells, "" if blank or an error."""
    return list(map(ParseCache(read_text).__getitem__, values))


def read_text(value: Value) -> str:
    """Return the text of a cell without outer and double spaces.

    >>> read_text("  Ana   Rossi "), read_text(12.0), read_text(None), read_text(dt.date(2026, 3, 1))
    ('Ana Rossi', '12', '', '2026-03-01')
    """
    if isinstance(value, str):
        text = " ".join(value.split())
        return value if text == value else text  # the same text again would take memory
    if value is None or value is False or isinstance(value, CellError):
        return ""
    if isinstance(value, bool):
        return "TRUE"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def read_reason(text: str) -> str:
    """Return a reason for leaving, or "" if the text means "none".

    >>> read_reason("Price"), read_reason("n/a")
    ('Price', '')
    """
    return "" if normalize_word(text) in NO_REASON else text


def read_left_text(value: Value) -> str:
    """Return what a cell of the left date shows besides a date: the reason of a client who left.

    >>> [read_left_text(value) for value in ("yes", 1, "moved away", "active", "no", 12, None)]
    ['Not given', 'Not given', 'moved away', '', '', '', '']
    """
    if isinstance(value, int | float) and value != 1:
        return ""
    text = read_text(value)
    return NOT_GIVEN if normalize_word(text) in REACHED else read_reason(text)


def read_dates(values: Sequence[Value], column: int, order: Order, strict: bool) -> DateColumn:
    """Parse a column of dates in one order of day and month; words for "no" count as blank."""
    bad: dict[Value, str] = {}

    def day(value: Value) -> int:
        if (
            value is None
            or value == 0
            or (isinstance(value, str) and normalize_word(value.strip()) in NOT_REACHED)
        ):
            return NAT
        date = read_date(value, order, strict)
        if date is None:
            bad[value] = "error" if isinstance(value, CellError) else "unreadable"
            return NAT
        if date.year not in YEARS:
            bad[value] = "wrong year"
            return NAT
        return date.toordinal() - _UNIX

    cache = ParseCache(day)
    days = np.array(list(map(cache.__getitem__, values)), dtype=np.int64).view("datetime64[D]")
    texts = None
    if any(isinstance(value, str) and parsed != NAT for value, parsed in cache.items()):
        texts = np.array([isinstance(value, str) for value in values], dtype=bool) & ~np.isnat(days)
    offsets = _problem_offsets(values, bad)
    return DateColumn(column, days, offsets["unreadable"], offsets["wrong year"], offsets["error"], texts)


def read_marks(values: Sequence[Value], column: int, step: Step, order: Order) -> MarkColumn:
    """Parse the column of a step."""
    reached = frozenset(reached_words(step))
    bad: dict[Value, str] = {}

    def code(value: Value) -> int:
        mark = read_mark(value, reached, order)
        if not isinstance(mark, dt.date):
            if mark in ("no mark", "error"):
                bad[value] = mark
            return _CODES[mark]
        if mark.year not in YEARS:
            bad[value] = "wrong year"
            if mark.year < YEARS.start:
                return 1  # reached, on an impossible day
        return mark.toordinal() - _UNIX + _DATED

    cache = ParseCache(code)
    codes = np.array(list(map(cache.__getitem__, values)), dtype=np.int64)
    dated = codes >= _DATED // 2
    when = np.where(dated, codes - _DATED, NAT).view("datetime64[D]") if dated.any() else None
    spellings: dict[str, tuple[Value, ...]] = {}
    for value, read in cache.items():
        if ANY_TEXT not in reached and (read == 1 or read >= _DATED // 2):
            spellings[describe_spelling(value)] = (*spellings.get(describe_spelling(value), ()), value)
    offsets = _problem_offsets(values, bad)
    marked = (codes == 1) | dated
    return MarkColumn(
        column, marked, when, offsets["no mark"], offsets["error"], offsets["wrong year"], spellings
    )


def _problem_offsets(values: Sequence[Value], bad: Mapping[Value, str]) -> dict[str, list[int]]:
    """Return the offsets of values with a problem, by kind of problem."""
    offsets: dict[str, list[int]] = {kind: [] for kind in ("unreadable", "wrong year", "error", "no mark")}
    if bad:
        for offset, value in enumerate(values):
            if value is not None and value in bad:
                offsets[bad[value]].append(offset)
    return offsets
