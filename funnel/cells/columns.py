"""Columns of cells: each distinct value is parsed once, then looked up (100,000 rows in milliseconds)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from funnel.cells.dates import YEARS, Order, read_date
from funnel.cells.mark_words import NOT_REACHED, reached_words, word
from funnel.cells.marks import read_mark, spelling
from funnel.grid import CellError, Value
from funnel.journey import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)
Read = TypeVar("Read")
Bools: TypeAlias = "NDArray[np.bool_]"
Days: TypeAlias = "NDArray[np.datetime64]"
_NO_DAY = np.iinfo(np.int64).min  # what numpy keeps for NaT
_DATED = 1_000_000  # added to a mark's day, so that marks and dates fit into one array
_CODES = {"not reached": 0, "reached": 1, "no mark": 2, "error": 3}
_NO_REASON = NOT_REACHED | {"n/a", "none"}
_UNIX = dt.date(1970, 1, 1).toordinal()


class Lookup(dict[Key, Read]):
    """Remembers what each distinct value was read as."""

    def __init__(self, read: Callable[[Key], Read]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, value: Key) -> Read:
        result = self[value] = self._read(value)
        return result


def coded(values: Sequence[Value], code: Callable[[Value], int], blank: int) -> NDArray[np.int64]:
    """Turn a column into numbers: each distinct value is understood once, a million of them in no time.

    >>> coded(["a", None, "b", "a"], {"a": 5, "b": 6}.__getitem__, blank=-1).tolist()
    [5, -1, 6, 5]
    """
    import pandas as pd

    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    places, distinct = pd.factorize(cells)
    found = np.array([*map(code, distinct.tolist()), blank], dtype=np.int64)
    return found[places]  # a blank has the place -1: the last one


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column of dates: the days (NaT where blank or unreadable) and the offsets of cells with a problem."""

    column: int
    days: Days
    unreadable: list[int] = field(default_factory=list)
    wrong_year: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    texts: Bools | None = None  # which cells hold a date as text; None where none does


@dataclass(frozen=True, slots=True)
class MarkColumn:
    """A column of marks: reached or not, when it is dated, and the offsets of cells with a problem."""

    column: int
    marked: Bools
    when: Days | None  # None where no mark is a date
    bad: list[int]
    errors: list[int]
    wrong_year: list[int]
    spellings: Mapping[str, tuple[Value, ...]]  # each way in which a mark is written: the values


def read_texts(values: Sequence[Value]) -> list[str]:
    """Cells as text, "" where blank or an error."""
    return list(map(Lookup(text_of).__getitem__, values))


def text_of(value: Value) -> str:
    """One cell as text: what a person would read in it, without outer and double spaces.

    >>> text_of("  Ana   Rossi "), text_of(12.0), text_of(None), text_of(dt.date(2026, 3, 1))
    ('Ana Rossi', '12', '', '2026-03-01')
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None or value is False or isinstance(value, CellError):
        return ""
    if isinstance(value, bool):
        return "TRUE"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def reason_of(text: str) -> str:
    """A reason for leaving, or "" where the cell only says that there is none.

    >>> reason_of("Price"), reason_of("n/a")
    ('Price', '')
    """
    return "" if word(text) in _NO_REASON else text


def read_dates(values: Sequence[Value], column: int, order: Order, strict: bool) -> DateColumn:
    """Read a column of dates in one order; words that mean no are blank."""
    bad: dict[Value, str] = {}

    def day(value: Value) -> int:
        if value is None or value == 0 or (isinstance(value, str) and word(value.strip()) in NOT_REACHED):
            return _NO_DAY
        date = read_date(value, order, strict)
        if date is None:
            bad[value] = "error" if isinstance(value, CellError) else "unreadable"
            return _NO_DAY
        if date.year not in YEARS:
            bad[value] = "wrong year"
            return _NO_DAY
        return date.toordinal() - _UNIX

    lookup = Lookup(day)
    days = np.array(list(map(lookup.__getitem__, values)), dtype=np.int64).view("datetime64[D]")
    texts = None
    if any(isinstance(value, str) and read != _NO_DAY for value, read in lookup.items()):
        texts = np.array([isinstance(value, str) for value in values], dtype=bool) & ~np.isnat(days)
    where = _places(values, bad)
    return DateColumn(column, days, where["unreadable"], where["wrong year"], where["error"], texts)


def read_marks(values: Sequence[Value], column: int, step: Step, order: Order) -> MarkColumn:
    """Read a step's column."""
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
                return 1  # somebody marked it, on a day that cannot be right
        return mark.toordinal() - _UNIX + _DATED

    lookup = Lookup(code)
    codes = np.array(list(map(lookup.__getitem__, values)), dtype=np.int64)
    dated = codes >= _DATED // 2
    when = np.where(dated, codes - _DATED, _NO_DAY).view("datetime64[D]") if dated.any() else None
    spellings: dict[str, tuple[Value, ...]] = {}
    for value, read in lookup.items():
        if read == 1 or read >= _DATED // 2:
            spellings[spelling(value)] = (*spellings.get(spelling(value), ()), value)
    where = _places(values, bad)
    return MarkColumn(
        column, (codes == 1) | dated, when, where["no mark"], where["error"], where["wrong year"], spellings
    )


def _places(values: Sequence[Value], bad: Mapping[Value, str]) -> dict[str, list[int]]:
    """The offsets of the values with a problem, by problem."""
    places: dict[str, list[int]] = {kind: [] for kind in ("unreadable", "wrong year", "error", "no mark")}
    if bad:
        for offset, value in enumerate(values):
            if value is not None and value in bad:
                places[bad[value]].append(offset)
    return places
