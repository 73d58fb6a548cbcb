"""A rate for a chart: with its counts and its interval."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from funnel.charts.drawing.style import FEW
from funnel.text import DASH, percent


def to_float(value: object) -> float:
    """Return a cell of a result table as a float, NaN if undefined.

    >>> to_float(None), to_float(3), to_float(float("nan"))
    (nan, 3.0, nan)
    """
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def format_share(part: object, whole: object) -> str:
    r"""Format numerator and denominator of a rate; a dash for 0 clients.

    >>> format_share(31, 120), format_share(0, 0), format_share(None, 4)
    ('31 of 120', '–', '–')
    """
    some, every = to_float(part), to_float(whole)
    return f"{some:,.0f} of {every:,.0f}" if every > 0 and not math.isnan(some) else DASH


Row: TypeAlias = Mapping[Hashable, Any]  # of a result table


@dataclass(frozen=True)
class Rate:
    """A rate with its counts and its interval.

    Parameters
    ----------
    rate, low, high : fractions; NaN if undefined.
    part, whole : numerator and denominator.
    at_most : the rate if all unknown clients counted; NaN if none is unknown.
    """

    rate: float
    part: float
    whole: float
    low: float = math.nan
    high: float = math.nan
    at_most: float = math.nan

    @property
    def few(self) -> bool:
        """True if the n is too small for a verdict ("too few to call")."""
        return 0 < self.whole < FEW

    @property
    def bounded(self) -> bool:
        """True if the rate has an interval."""
        return not math.isnan(self.rate + self.low + self.high)

    @property
    def arms(self) -> list[list[float]]:
        """Length of the interval below and above the rate, for `Axes.errorbar`."""
        return [[max(0.0, self.rate - self.low)], [max(0.0, self.high - self.rate)]]

    @property
    def label(self) -> str:
        """The percentage, without `at_most`, which would look like an interval.

        >>> Rate(0.43, 43, 100).label, Rate(0.43, 43, 100, at_most=0.53).label, Rate(math.nan, 0, 0).label
        ('43 %', '43 %', '–')
        """
        return percent(self.rate)

    @property
    def top(self) -> float:
        """Highest point of rate and interval."""
        return max((v for v in (self.rate, self.high, self.at_most) if not math.isnan(v)), default=0.0)
