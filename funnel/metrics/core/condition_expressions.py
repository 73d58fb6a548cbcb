"""Conditions as Narwhals expressions on the clients' table: one of two printers (docs/decisions/0013)."""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_, or_
from typing import assert_never

import narwhals as nw

from funnel.journey.conditions import (
    And,
    AnyOfCompany,
    Condition,
    Contains,
    Day,
    DaysInStage,
    Equals,
    HasReason,
    If,
    InRange,
    IsDate,
    IsDateText,
    IsFilled,
    IsTrue,
    Not,
    OlderThan,
    OneOf,
    Or,
    WithinTheLast,
)
from funnel.journey.rules import EventCount
from funnel.metrics.core.as_of import COMPANY
from funnel.metrics.core.event_facts import event_count_column, first_day_within
from funnel.schema import flag

ENTERED_FIRST, ENTERED_LAST = flag("entered_first"), flag("entered_last")
"""The earliest and the latest possible time of a client's entry into the current stage."""

_DAY = dt.timedelta(days=1)
_COMPARE: dict[str, Callable[[nw.Expr, float | dt.datetime], nw.Expr]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def expression(condition: Condition, as_of: dt.date) -> nw.Expr:
    """Print a condition as a boolean expression that is never null.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey.conditions import TODAY, on_or_before
    >>> dates = pd.to_datetime(["2026-06-30", None, "2026-07-02"])
    >>> frame = nw.from_native(pd.DataFrame({"left_date": dates}))
    >>> left = expression(on_or_before("left_date", TODAY), dt.date(2026, 7, 1))
    >>> frame.select(left)["left_date"].to_list()
    [True, False, False]
    """
    match condition:
        case And(parts):
            return _joined(and_, (expression(part, as_of) for part in parts), empty=True)
        case Or(parts):
            return _joined(or_, (expression(part, as_of) for part in parts), empty=False)
        case Not(part):
            return ~expression(part, as_of)
        case If(test, then, otherwise):
            holds = expression(test, as_of)
            return (holds & expression(then, as_of)) | (~holds & expression(otherwise, as_of))
        case EventCount():
            times = nw.col(event_count_column(condition))
            return times >= condition.times if condition.operator == "at_least" else times <= condition.times
        case DaysInStage():
            return _days(condition, as_of)
        case AnyOfCompany(part):
            return _of_company(expression(part, as_of))
        case IsDateText():  # the loader has parsed it as a date
            return nw.lit(False)
    return _cell(condition, nw.col(str(condition.field)), as_of)


def _cell(
    condition: IsTrue | IsFilled | IsDate | HasReason | Equals | OneOf | Contains | InRange | OlderThan
    | WithinTheLast,
    cell: nw.Expr,
    as_of: dt.date,
) -> nw.Expr:  # fmt: skip
    """Print a condition on one column of the clients' table."""
    match condition:
        case IsTrue():
            return cell
        case IsFilled() | IsDate():
            return ~cell.is_null()
        case HasReason():  # the loader has emptied cells that contain only "no"
            return cell.fill_null("") != ""
        case Equals(_, value):
            found = cell == value
        case OneOf(_, texts):
            found = _folded(cell).is_in(texts)
        case Contains(_, text):
            found = _folded(cell).str.contains(text, literal=True)
        case InRange():
            limits = ((_COMPARE[sign], _limit(value, as_of)) for sign, value in condition.limits)
            found = reduce(and_, (compare(cell, value) for compare, value in limits))
        case OlderThan(_, length):
            found = cell < _midnight(first_day_within(length, as_of))
        case WithinTheLast(_, length):
            found = (cell >= _midnight(first_day_within(length, as_of))) & (cell < _midnight(as_of + _DAY))
        case _:
            assert_never(condition)
    return found.fill_null(False)


def _joined(join: Callable[[nw.Expr, nw.Expr], nw.Expr], parts: Iterable[nw.Expr], *, empty: bool) -> nw.Expr:
    """Join expressions; `empty` is the result if there are none."""
    found = tuple(parts)
    return reduce(join, found) if found else nw.lit(empty)


def _folded(cell: nw.Expr) -> nw.Expr:
    return cell.str.strip_chars().str.to_lowercase()


def _limit(value: float | Day, as_of: dt.date) -> float | dt.datetime:
    return _midnight(value.on(as_of)) if isinstance(value, Day) else value


def _of_company(holds: nw.Expr) -> nw.Expr:
    """Return true if it holds for any client of the company, or for a client without a company."""
    any_client = (holds.cast(nw.Int64).max().over(COMPANY) == 1).fill_null(False)
    return holds | (any_client & ~nw.col(COMPANY).is_null())


def _days(condition: DaysInStage, as_of: dt.date) -> nw.Expr:
    """Compare the days in the stage, from the latest (or earliest) possible time of entry."""
    if condition.operator == "at_least":
        last = as_of - dt.timedelta(days=math.ceil(condition.days))
        return (nw.col(ENTERED_LAST) < _midnight(last + _DAY)).fill_null(False)
    first = as_of - dt.timedelta(days=math.floor(condition.days))
    return (nw.col(ENTERED_FIRST) >= _midnight(first)).fill_null(False)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
