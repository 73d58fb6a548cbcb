"""Ranges of lead dates: a month, a quarter, a year, or from one day to another."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from funnel.cells.dates import GIVEN_YEARS
from funnel.errors import UsageError
from funnel.journey import Duration

Calendar: TypeAlias = Literal["month", "quarter"]
LENGTHS = {"month": Duration(months=1), "quarter": Duration(months=3), "year": Duration(months=12)}
TRUNCATE = {"month": "1mo", "quarter": "1q"}  # for Narwhals' ``dt.truncate``
_NAMED = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})))?", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Range:
    """Lead dates from one day to another, both included.

    >>> Range.parse("2026-Q3")
    Range(start=datetime.date(2026, 7, 1), end=datetime.date(2026, 9, 30))
    >>> str(Range.parse("2026-02")), str(Range.parse("2026-02-03..2026-03-01"))
    ('2026-02', '2026-02-03..2026-03-01')
    """

    start: dt.date
    end: dt.date

    @classmethod
    def parse(cls, text: str) -> Range:
        """Parse "2026-Q3", "2026-07", "2026", "2026-07-01..2026-08-15" or one day; else UsageError."""
        if named := _NAMED.fullmatch(text.strip()):
            year, quarter, month = (int(part) if part else None for part in named.groups())
            if year and year in GIVEN_YEARS and (month is None or 1 <= month <= 12):
                kind = "quarter" if quarter else "month" if month else "year"
                return cls.of(dt.date(year, month or (quarter or 1) * 3 - 2, 1), kind)
        try:
            days = [dt.date.fromisoformat(day.strip()) for day in text.split("..")]
            start, end = days if len(days) == 2 else (*days, *days)
        except ValueError:
            start, end = dt.date.max, dt.date.min
        if start > end or not {start.year, end.year} <= set(GIVEN_YEARS):
            raise UsageError(
                f'{text!r} is not a range of lead dates; write it like "2026-Q3", "2026-07" or '
                '"2026-07-01..2026-08-15".'
            )
        return cls(start, end)

    @classmethod
    def of(cls, day: dt.date, kind: str) -> Range:
        """Return the month, quarter or year that contains a day.

        >>> str(Range.of(dt.date(2026, 11, 21), "quarter"))
        '2026-Q4'
        """
        month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[kind]
        start = dt.date(day.year, month, 1)
        return cls(start, LENGTHS[kind].after(start) - dt.timedelta(days=1))

    @property
    def before(self) -> Range:
        """The range before this one, of the same length: in calendar months for a month, quarter or year.

        >>> str(Range.parse("2026-Q1").before), str(Range.parse("2026-01-11..2026-01-20").before)
        ('2025-Q4', '2026-01-01..2026-01-10')
        """
        end = self.start - dt.timedelta(days=1)
        kind = self._kind
        return Range.of(end, kind) if kind else Range(end - (self.end - self.start), end)

    @cached_property
    def _kind(self) -> str | None:
        return next((kind for kind in LENGTHS if Range.of(self.start, kind) == self), None)

    def __str__(self) -> str:
        year = f"{self.start.year:04d}"
        names = {"month": f"{year}-{self.start.month:02d}", "year": year}
        names["quarter"] = f"{year}-Q{(self.start.month + 2) // 3}"
        kind = self._kind
        return names[kind] if kind else f"{self.start}..{self.end}"


def every(first: dt.date, last: dt.date, kind: Calendar) -> list[Range]:
    """List the months or quarters from one day to another.

    >>> [str(month) for month in every(dt.date(2025, 11, 30), dt.date(2026, 1, 1), "month")]
    ['2025-11', '2025-12', '2026-01']
    """
    found = [Range.of(last, kind)]
    while found[-1].start > first:
        found.append(found[-1].before)
    return found[::-1]


def as_day(day: str | dt.date) -> dt.date:
    """Convert an argument to a date; UsageError if it is not one.

    >>> as_day("2026-11-21")
    datetime.date(2026, 11, 21)
    >>> as_day(dt.date.max)
    Traceback (most recent call last):
    ...
    funnel.errors.UsageError: as_of=9999-12-31 is outside the years 1900 to 2200.
    """
    if isinstance(day, str):
        try:
            day = dt.date.fromisoformat(day)
        except ValueError:
            raise UsageError(f'as_of={day!r} is not a date; write it like "2026-11-21".') from None
    if day.year not in GIVEN_YEARS:
        raise UsageError(f"as_of={day} is outside the years 1900 to 2200.")
    return day.date() if isinstance(day, dt.datetime) else day
