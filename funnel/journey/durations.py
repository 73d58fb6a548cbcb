"""Durations as people write them: "90 days", "6 weeks", "3 months"."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_UNITS = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "quarter": (3, 0), "year": (12, 0)}
LONGEST_MONTHS = 1200
_SHAPE = re.compile(r"\s*(\d{1,5})[\s-]*(day|week|month|quarter|year)s?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A number of calendar months or of days, never both.

    >>> str(Duration.parse("6 weeks")), str(Duration(months=12)), str(Duration(days=1))
    ('42 days', '12 months', '1 day')
    """

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "90 days", "6 weeks", "3 months", "1 year"; ValueError for anything else.

        >>> Duration.parse("101 years")
        Traceback (most recent call last):
        ...
        ValueError: '101 years' is longer than 100 years
        """
        found = _SHAPE.fullmatch(text)
        if not found:
            raise ValueError(
                f'{text!r} is not a length of time; write it like "90 days", "6 weeks" or "3 months"'
            )
        months, days = (each * int(found[1]) for each in _UNITS[found[2].lower()])
        if months > LONGEST_MONTHS or days > 31 * LONGEST_MONTHS:
            raise ValueError(f"{text!r} is longer than {LONGEST_MONTHS // 12} years")
        return cls(months=months, days=days)

    def __str__(self) -> str:
        n, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{n} {unit}{'' if n == 1 else 's'}"

    def after(self, start: dt.date) -> dt.date:
        """Return the date this long after another; months are clamped to the month's end.

        >>> Duration(months=1).after(dt.date(2026, 1, 31)), Duration(days=90).after(dt.date(2026, 4, 20))
        (datetime.date(2026, 2, 28), datetime.date(2026, 7, 19))
        """
        if not self.months:
            return start + dt.timedelta(days=self.days)
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return dt.date(year, month + 1, day)

    def latest_start(self, end: dt.date) -> dt.date:
        """Return the last start date from which this much time has passed by `end`.

        >>> Duration(months=1).latest_start(dt.date(2026, 2, 28))
        datetime.date(2026, 1, 31)
        >>> Duration(months=6).latest_start(dt.date(2026, 7, 4))
        datetime.date(2026, 1, 4)
        """
        if not self.months:
            return end - dt.timedelta(days=self.days)
        year, month = divmod(end.year * 12 + end.month - 1 - self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        end_of_month = end.day == calendar.monthrange(end.year, end.month)[1]
        return dt.date(year, month + 1, last if end_of_month else min(end.day, last))

    @property
    def offset(self) -> str:
        """The duration as ``dt.offset_by`` expects it: "3mo" or "90d"."""
        return f"{self.months}mo" if self.months else f"{self.days}d"
