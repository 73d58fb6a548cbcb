"""Parse marks in the cells of a step (docs/definitions.md#marks)."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from funnel.cells.dates import SERIALS, NumericDate, Order, read_date, read_date_text, read_serial, to_serial
from funnel.cells.mark_words import ANY_TEXT, CROSS, NO_TEXT, NOT_REACHED, normalize_word
from funnel.grid import CellError, Value

Mark: TypeAlias = dt.date | Literal["reached", "not reached", "no mark", "error"]
"""A parsed cell: reached, the date on which it was reached, not reached, not a mark, or an error."""


def read_mark(value: Value, reached: frozenset[str], order: Order = "dmy") -> Mark:
    """Parse one cell of a step's column; `reached` are the words that mean reached there.

    >>> from funnel.cells.mark_words import REACHED
    >>> [read_mark(value, REACHED) for value in (1, " Yes ", None, False, "booked", "2026-06-01")]
    ['reached', 'reached', 'not reached', 'not reached', 'no mark', datetime.date(2026, 6, 1)]
    >>> [read_mark(value, REACHED | {"*"}) for value in ("MK", "9.7 (21:00)", "n/a")]
    ['reached', 'reached', 'not reached']
    >>> [read_mark(value, frozenset({"o"})) for value in ("O", "X")]
    ['reached', 'not reached']
    """
    if value is None:
        return "not reached"
    if isinstance(value, str):
        return _read_word(value, reached, order)
    if isinstance(value, bool):
        return "reached" if value else "not reached"
    if isinstance(value, int | float):
        return _read_number(value, reached)
    if isinstance(value, CellError):
        return "error"
    date = read_date(value)
    return date if date and to_serial(date) >= SERIALS.start else "no mark"


def _read_word(text: str, reached: frozenset[str], order: Order) -> Mark:
    typed = normalize_word(text)
    if typed in reached:
        return "reached"
    if typed in NOT_REACHED or typed == CROSS:  # beside circles
        return "not reached"
    read = None if typed.isdecimal() else read_date_text(text)
    date = read.date(read.order or order) if isinstance(read, NumericDate) else read
    if date and to_serial(date) >= SERIALS.start:
        return date
    if ANY_TEXT in reached:
        return "not reached" if typed in NO_TEXT else "reached"
    return "no mark"


def _read_number(number: float, reached: frozenset[str]) -> Mark:
    if number == 1 or f"{number:g}" in reached:
        return "reached"
    if number == 0:
        return "not reached"
    return read_serial(number) or ("reached" if ANY_TEXT in reached else "no mark")


def describe_spelling(value: Value) -> str:
    """Describe the spelling of a mark, to detect several spellings in one column.

    >>> [describe_spelling(value) for value in (1.0, "1", True, " Yes", "2026-06-01")]
    ['1', '1', 'TRUE', 'yes', 'a date']
    """
    if isinstance(value, bool):
        return "TRUE"
    if not isinstance(value, str):
        number = isinstance(value, int | float) and read_serial(value) is None
        return f"{value:g}" if number else "a date"
    typed = normalize_word(value)
    if read_date_text(typed) is not None:
        return "a date"
    return {"1.0": "1", "1,0": "1", "true": "TRUE"}.get(typed, typed)
