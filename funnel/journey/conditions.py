"""Conditions on a client, as data: one small tree that is printed as an expression or as a formula.

`funnel.definitions` builds each condition once. `funnel.metrics.core.condition_expressions` prints it as a
Narwhals expression on the clients' table, `funnel.writer.condition_formulas` as a spreadsheet formula on the
cells of a row (docs/decisions/0013).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from funnel.journey.durations import Duration
from funnel.journey.rules import EventCount

Field: TypeAlias = str | int
"""A column: of the clients' table by its name, or of a sheet by its number."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date (default: the as-of date) plus some days.

    >>> Day(plus=1).on(dt.date(2026, 7, 1)), Day(dt.date(2026, 1, 5)).on(dt.date(2026, 7, 1))
    (datetime.date(2026, 7, 2), datetime.date(2026, 1, 5))
    """

    date: dt.date | None = None
    plus: int = 0

    def on(self, as_of: dt.date) -> dt.date:
        """Return the date as of a date."""
        return (self.date or as_of) + dt.timedelta(days=self.plus)


TODAY = Day()
TOMORROW = Day(plus=1)


# --- combinations ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class If:
    """`then` if `test` holds, else `otherwise`."""

    test: Condition
    then: Condition
    otherwise: Condition


# --- what one cell contains --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A boolean column of the table is true."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsFilled:
    """The cell contains more than spaces."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsDate:
    """The cell contains a date that the loader accepts."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsDateText:
    """The cell contains text that ends like a date. The loader reads it as a date; a formula cannot.

    Parameters
    ----------
    commented : its first word does; a comment follows.
    """

    field: Field
    commented: bool = False


@dataclass(frozen=True, slots=True)
class HasReason:
    """The cell contains a reason: text other than the words in `none`, which mean no reason."""

    field: Field
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Equals:
    """The cell contains this number or boolean."""

    field: Field
    value: float | bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """The cell contains one of these texts, given in lower case; case and outer spaces are ignored."""

    field: Field
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """The text of the cell contains this text, given in lower case."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class InRange:
    """The cell contains a number or a date within these limits. Without limits: any number.

    >>> InRange("Visits", at_least=3).limits
    (('>=', 3),)
    """

    field: Field
    at_least: float | Day | None = None
    above: float | Day | None = None
    at_most: float | Day | None = None
    below: float | Day | None = None

    @property
    def limits(self) -> tuple[tuple[str, float | Day], ...]:
        """Each limit with its operator."""
        pairs = ((">=", self.at_least), (">", self.above), ("<=", self.at_most), ("<", self.below))
        return tuple((operator, value) for operator, value in pairs if value is not None)


@dataclass(frozen=True, slots=True)
class OlderThan:
    """The cell contains a date, and more than this much time has passed since."""

    field: Field
    length: Duration


@dataclass(frozen=True, slots=True)
class WithinTheLast:
    """The cell contains a date that is not in the future, and at most this much time has passed since."""

    field: Field
    length: Duration


# --- what only the table knows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DaysInStage:
    """The client has certainly been in its stage for at least, or at most, this number of days."""

    operator: Literal["at_least", "at_most"]
    days: float


@dataclass(frozen=True, slots=True)
class AnyOfCompany:
    """The part holds for the client, or for another client of the same company."""

    part: Condition


Cell: TypeAlias = (
    IsTrue | IsFilled | IsDate | IsDateText | HasReason | Equals | OneOf | Contains | InRange
    | OlderThan | WithinTheLast
)  # fmt: skip
"""A condition on one cell: it has a `field`."""

TableOnly: TypeAlias = DaysInStage | AnyOfCompany | EventCount
"""A condition that no formula on the client's row can express."""

Condition: TypeAlias = And | Or | Not | If | Cell | TableOnly

NEVER, ALWAYS = Or(()), And(())


def all_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions that must all hold; one alone stays as it is.

    >>> all_of([IsDate("left_date")])
    IsDate(field='left_date')
    """
    found = tuple(parts)
    return found[0] if len(found) == 1 else And(found)


def any_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions of which any must hold; one alone stays as it is, none never holds.

    >>> any_of([]) == NEVER
    True
    """
    found = tuple(parts)
    return found[0] if len(found) == 1 else Or(found)


def before(field: Field, day: Day) -> InRange:
    """Build: the date is earlier than this day."""
    return InRange(field, below=day)


def on_or_before(field: Field, day: Day) -> InRange:
    """Build: the date is this day or earlier, whatever its time.

    >>> on_or_before("left_date", TODAY).limits == (("<", TOMORROW),)
    True
    """
    return InRange(field, below=Day(day.date, day.plus + 1))


def after(field: Field, day: Day) -> InRange:
    """Build: the date is later than this day, whatever its time."""
    return InRange(field, at_least=Day(day.date, day.plus + 1))
