"""A rate as a picture needs it: with its counts, its interval, and whether it stands on too few to call."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from funnel.charts.drawing.style import FEW
from funnel.text import DASH, percent


def number(value: object) -> float:
    """Read a cell of a result table as a float: NaN where it is undefined.

    >>> number(None), number(3), number(float("nan"))
    (nan, 3.0, nan)
    """
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def share(part: object, whole: object) -> str:
    r"""Say what a rate stands on; a dash where there is nobody.

    >>> share(31, 120), share(0, 0), share(None, 4)
    ('31 of 120', '–', '–')
    """
    some, every = number(part), number(whole)
    return f"{some:,.0f} of {every:,.0f}" if every > 0 and not math.isnan(some) else DASH


Row: TypeAlias = Mapping[Hashable, Any]  # of a result table


@dataclass(frozen=True)
class Rate:
    """A rate, its interval, and the counts it stands on.

    Parameters
    ----------
    rate, low, high : fractions; NaN where undefined.
    part, whole : the rate's numerator and denominator.
    at_most : what it would be at best, where it is not all known.
    """

    rate: float
    part: float
    whole: float
    low: float = math.nan
    high: float = math.nan
    at_most: float = math.nan

    @property
    def few(self) -> bool:
        """Whether a verdict on it would say "too few to call"."""
        return 0 < self.whole < FEW

    @property
    def bounded(self) -> bool:
        """Whether it has an interval."""
        return not math.isnan(self.rate + self.low + self.high)

    @property
    def arms(self) -> list[list[float]]:
        """How far the interval reaches below and above it, as `Axes.errorbar` takes it."""
        return [[max(0.0, self.rate - self.low)], [max(0.0, self.high - self.rate)]]

    @property
    def label(self) -> str:
        """The percentage alone: a second number beside it would read as its interval.

        >>> Rate(0.43, 43, 100).label, Rate(0.43, 43, 100, at_most=0.53).label, Rate(math.nan, 0, 0).label
        ('43 %', '43 %', '–')
        """
        return percent(self.rate)

    @property
    def top(self) -> float:
        """The highest point of rate and interval."""
        return max((v for v in (self.rate, self.high, self.at_most) if not math.isnan(v)), default=0.0)
