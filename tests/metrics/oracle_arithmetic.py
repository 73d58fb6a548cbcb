"""The oracle's arithmetic: marks, calendar months, intervals and curves, in plain Python."""

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.stats import beta, chi2_contingency, fisher_exact

from funnel.journey import Step

Z = NormalDist().inv_cdf(0.975)
MONTH = 30.4375
EPOCH = dt.date(1899, 12, 30)
NOT_REACHED = (None, "", 0, "0", "FALSE", "no", "n", "-")
REACHED = ("1", "1.0", "true", "x", "✓", "yes", "y", "sì", "sí", "sim", "ja", "oui")


def mark_of(cell: Any) -> tuple[bool, dt.date | None]:
    """Whether a cell is a mark, and when, where it is a date."""
    if isinstance(cell, dt.datetime):
        return True, cell.date()
    if isinstance(cell, dt.date):
        return True, cell
    if isinstance(cell, int | float) and cell > 20_000:
        return True, EPOCH + dt.timedelta(days=int(cell))
    return cell is not None and str(cell).strip().lower() in REACHED, None


def later(day: dt.date, length: str | int) -> dt.date:
    """Add a number of calendar months, clamped to the month's end; or "90 days", "6 weeks"."""
    if isinstance(length, str):
        number, unit = length.split()
        return day + dt.timedelta(days=int(number) * {"day": 1, "week": 7}[unit.rstrip("s")])
    year, month = divmod(day.year * 12 + day.month - 1 + length, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def wilson(part: int, whole: int) -> tuple[float | None, float | None]:
    """Wilson's score interval, 95 %."""
    if not whole:
        return None, None
    p, square = part / whole, Z * Z
    middle = p + square / (2 * whole)
    half = Z * math.sqrt(p * (1 - p) / whole + square / (4 * whole * whole))
    return (middle - half) / (1 + square / whole), (middle + half) / (1 + square / whole)


def ratio(part: float | None, whole: float | None) -> float | None:
    """0/0 is undefined, and so is anything over 0."""
    return part / whole if whole and part is not None else None


def kaplan_meier(lives: Sequence[tuple[int, bool]]) -> list[dict[str, Any]]:
    """Lives are (days, whether the client left); a row for each day on which the curve falls."""
    curve, survival, variance = [], 1.0, 0.0
    for day in sorted({days for days, left in lives if left}):
        at_risk = sum(days >= day for days, _ in lives)
        gone = sum(left for days, left in lives if days == day)
        survival *= 1 - gone / at_risk
        low = high = None
        if gone < at_risk:
            variance += gone / (at_risk * (at_risk - gone))
            spread = Z * math.sqrt(variance) / math.log(survival)
            low, high = survival ** math.exp(-spread), survival ** math.exp(spread)
        curve.append({"day": day, "survival": survival, "low": low, "high": high, "at_risk": at_risk})
    return curve


def months_of(step: Step) -> float:
    if step.months:
        return step.months
    start = dt.date(2025, 1, 1)
    return (later(start, step.after or "") - start).days / MONTH


def worst_probabilities(counts: Sequence[tuple[int, int]], points: int = 20_000) -> list[float]:
    """By the midpoint rule, on the scale on which the densities are bounded: rate = sin²θ."""
    if not counts:
        return []
    theta = (np.arange(points) + 0.5) * (math.pi / 2 / points)
    rate = np.sin(theta) ** 2
    slope = 2 * np.sin(theta) * np.cos(theta) * (math.pi / 2 / points)
    posteriors = [beta(lost + 0.5, reached + 0.5) for lost, reached in counts]
    found = []
    for k, posterior in enumerate(posteriors):
        others = [other.cdf(rate) for j, other in enumerate(posteriors) if j != k]
        found.append(float(np.sum(posterior.pdf(rate) * slope * np.prod(others, axis=0))))
    return found


def one_against_the_rest(part: int, whole: int, others: int, rest: int) -> tuple[float | None, str | None]:
    """Two-sided: Fisher's exact test where an expected count is under 5, else chi-square with Yates."""
    table = np.array([[part, whole - part], [others, rest - others]])
    if (table < 0).any() or not whole or not rest:
        return None, None
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() < 5:
        return float(fisher_exact(table).pvalue), "Fisher's exact"
    return float(chi2_contingency(table, correction=True).pvalue), "chi-square, Yates"


def holm(found: Sequence[float | None]) -> list[float | None]:
    """Holm's correction over those that are defined."""
    known = sorted((p, at) for at, p in enumerate(found) if p is not None)
    corrected: list[float | None] = [None] * len(found)
    highest = 0.0
    for rank, (p, at) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        corrected[at] = highest
    return corrected
