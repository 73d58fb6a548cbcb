"""Conditions as spreadsheet formulas on the cells of a row: one of two printers (docs/decisions/0013).

The same text works on one row (``$F2``), on a range (``F2:F16``) and, where rows may move, on addresses that
name no row: the caller gives the address of each column. It works in Excel, LibreOffice and Google Sheets
without array entry, and in any locale once the adapter has set the separators: no array constants, no text
over 255 characters, no function younger than Excel 2007.

No condition is ever an error, whatever the cell contains: what may fail is inside ``ISNUMBER`` or
``ISERROR``. `truth` and `number` are kept apart because in Excel and Google Sheets ``FALSE>0`` is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from funnel.cells.dates import YEARS
from funnel.journey.conditions import (
    And,
    Condition,
    Contains,
    Day,
    Equals,
    Field,
    HasReason,
    If,
    InRange,
    IsDate,
    IsDateText,
    IsFilled,
    Not,
    OlderThan,
    OneOf,
    Or,
    WithinTheLast,
)
from funnel.journey.durations import Duration

Address: TypeAlias = Callable[[Field], str]
"""The address of a column's cell, or cells."""

_LONGEST_TEXT = 255
_FROM, _UNTIL = f"DATE({YEARS.start},1,1)", f"DATE({YEARS.stop},1,1)"

Comparing: TypeAlias = Equals | InRange | OlderThan | WithinTheLast
"""Conditions that compare the cell itself: an error in it would be the result."""


def text(value: str) -> str:
    """Write text in a formula, in pieces that Excel accepts.

    >>> print(text('a "x" b'), len(text("a" * 256)))
    "a ""x"" b" 261
    """
    pieces = [value[i : i + _LONGEST_TEXT] for i in range(0, len(value), _LONGEST_TEXT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def truth(condition: Condition, address: Address) -> str:
    """Print a condition as a formula that is TRUE or FALSE.

    Raises
    ------
    TypeError : no formula can express a part of it (`funnel.journey.conditions.TableOnly`).

    >>> truth(InRange("Visits", at_least=3), lambda field: "$F2")
    'ISNUMBER(1/(ISNUMBER($F2)*($F2>=3)))'
    >>> truth(Or((Not(IsFilled("A")), IsFilled("B"))), lambda field: f"${field}2")
    'ISERROR(1/LEN(TRIM($A2&"")))+ISNUMBER(1/LEN(TRIM($B2&"")))>0'
    """
    inside = _number_or_error(condition, address)
    if inside:
        return f"ISNUMBER({inside})"
    match condition:
        case And((part,)) | Or((part,)):
            return truth(part, address)
        case Not(part):
            inside = _number_or_error(part, address)
            return f"ISERROR({inside})" if inside else f"NOT({truth(part, address)})"
        case If(test, then, otherwise):
            found = _known_date(test, then, address) or truth(then, address)
            return f"IF({truth(test, address)},{found},{truth(otherwise, address)})"
        case And() | Or() | HasReason():
            return f"{number(condition, address)}>0"
    raise TypeError(f"no formula on a row can express {condition}")


def _known_date(test: Condition, then: Condition, address: Address) -> str | None:
    """Print a comparison of a cell that is known to contain a date, so that it cannot fail."""
    if isinstance(test, IsDate) and isinstance(then, InRange) and then.field == test.field:
        limits = _limits(then, address(then.field))
        return limits[0] if len(limits) == 1 else None
    return None


def number(condition: Condition, address: Address) -> str:
    """Print a condition as a formula that is a number, above 0 where it holds; it may return an array.

    >>> number(Or((IsFilled("A"), IsFilled("B"))), lambda field: f"{field}2:{field}9")
    'ISNUMBER(1/LEN(TRIM(A2:A9&"")))+ISNUMBER(1/LEN(TRIM(B2:B9&"")))'
    """
    match condition:
        case And((part,)) | Or((part,)):
            return number(part, address)
        case Or(()):
            return "0"
        case And(()):
            return "1"
        case Or(parts) if not _number_or_error(condition, address):
            return "+".join(_part(part, address) for part in parts)
        case And(parts):
            return "*".join(_factor(part, address) for part in parts)
        case HasReason(field, none):
            return f"{truth(Not(OneOf(field, none)), address)}*NOT(ISERROR({address(field)}))"
    return f"{truth(condition, address)}*1"


def _part(condition: Condition, address: Address) -> str:
    """Print a part of a sum or a product, which turns truth values into numbers."""
    joins = isinstance(condition, And | Or | HasReason) and not _number_or_error(condition, address)
    return (number if joins else truth)(condition, address)


def _factor(condition: Condition, address: Address) -> str:
    """Print a part of a product."""
    printed = _part(condition, address)
    sums = isinstance(condition, Or) and not _number_or_error(condition, address)
    return f"({printed}>0)" if sums else printed


# --- one cell ----------------------------------------------------------------------------------------------


def _number_or_error(condition: Condition, address: Address) -> str | None:
    """Print what is a number where a condition on one cell holds, an error elsewhere; None for any other."""
    match condition:
        case IsFilled(field):
            return f"1/LEN({_trimmed(address(field))})"
        case OneOf(field, texts):
            return f'FIND("<"&LOWER({_trimmed(address(field))})&">",{text("".join(f"<{t}>" for t in texts))})'
        case Contains(field, part):
            return f"FIND({text(part)},LOWER({_trimmed(address(field))}))"
        case IsDateText(field, commented):
            cell, typed = address(field), _trimmed(address(field))
            if commented:
                typed = f'LEFT({typed},FIND(" ",{typed}&" ")-1)'
            return f'1/(ISTEXT({cell})*(LEN({typed})>5)*ISNUMBER(-("1"&RIGHT({typed},2))))'
        case IsDate(field):
            cell = address(field)
            return f"1/(ISNUMBER({cell})*({cell}>={_FROM})*({cell}<{_UNTIL}))"
        case Equals() | InRange() | OlderThan() | WithinTheLast():
            return f"1/({_comparison(condition, address(condition.field))})"
        case Or(parts):
            compared = [part for part in parts if isinstance(part, Comparing)]
            if compared and len(compared) == len(parts):
                return f"1/({'+'.join(_comparison(part, address(part.field)) for part in compared)})"
    return None


def _trimmed(cell: str) -> str:
    return f'TRIM({cell}&"")'


def _comparison(condition: Comparing, cell: str) -> str:
    """Print a comparison; an error in the cell makes it an error."""
    match condition:
        case Equals(_, value):
            return f"({cell}={_value(value)})"
        case InRange():
            return f"ISNUMBER({cell})*" + "*".join(f"({limit})" for limit in _limits(condition, cell))
        case OlderThan(_, length):
            return f"ISNUMBER({cell})*({_after(cell, length)}<TODAY())"
        case WithinTheLast(_, length):
            return f"ISNUMBER({cell})*({_after(cell, length)}>=TODAY())*({cell}<TODAY()+1)"


def _limits(condition: InRange, cell: str) -> list[str]:
    """Print each limit. After the last date that the loader accepts, a number is no date."""
    limits = [f"{cell}{sign}{_value(value)}" for sign, value in condition.limits]
    open_ended = isinstance(condition.at_least, Day) and condition.below is None
    return [*limits, f"{cell}<{_UNTIL}"] if open_ended else limits


def _value(value: float | Day) -> str:
    if isinstance(value, bool):
        return f"{value}()".upper()
    if not isinstance(value, Day):
        return f"{value:.15g}"
    date = value.date
    day = f"DATE({date.year},{date.month},{date.day})" if date else "TODAY()"
    return f"{day}+{value.plus}" if value.plus else day


def _after(cell: str, length: Duration) -> str:
    """Print the date that is a length of time after the cell's."""
    return f"EDATE({cell},{length.months})" if length.months else f"INT({cell})+{length.days}"
