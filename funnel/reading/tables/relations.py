"""Relations between two columns: nested, in order, twins, filled in the same rows."""

from __future__ import annotations

import numpy as np

from funnel.reading.tables.evidence import Bools, Evidence, Floats
from funnel.reading.words.thresholds import LIFT, NEARLY_ALL, NESTED


def share(part: Bools, whole: Bools) -> float:
    """Return the share of the rows of `whole` that are in `part`; 0 if it has none."""
    n = int(whole.sum())
    return float((part & whole).sum()) / n if n else 0.0


def overlap(a: Bools, b: Bools) -> float:
    """Return the share of the rows in either that are in both; 0 if there are none."""
    either = int((a | b).sum())
    return float((a & b).sum()) / either if either else 0.0


def nested(later: Bools, earlier: Bools) -> bool:
    """Return True if nearly all rows of `later` are in `earlier`, which is not smaller.

    >>> nested(np.array([True, False, False]), np.array([True, True, False]))
    True
    """
    return int(later.sum()) <= 1.05 * int(earlier.sum()) and share(earlier, later) >= NESTED


def nested_beyond_chance(later: Bools, earlier: Bools) -> bool:
    """Return True if nesting is beyond chance: the earlier column is not filled everywhere."""
    everywhere = float(earlier.mean()) if len(earlier) else 1.0
    enough = int(later.sum()) >= 2
    return enough and nested(later, earlier) and share(earlier, later) - everywhere >= LIFT


def apart(a: Bools, b: Bools) -> bool:
    """Return True if two columns are filled independently: neither is nested in the other."""
    return bool(a.any() and b.any()) and not nested(a, b) and not nested(b, a)


def in_order(first: Floats, second: Floats) -> float | None:
    """Return the share of rows with both dates in which the first is not after the second; None if none."""
    both = ~np.isnan(first) & ~np.isnan(second)
    return float((first[both] <= second[both]).mean()) if both.any() else None


def strictly_before(first: Floats, second: Floats) -> float:
    """Return the share of rows with both dates in which the first is before the second; 0 if none."""
    both = ~np.isnan(first) & ~np.isnan(second)
    return float((first[both] < second[both]).mean()) if both.any() else 0.0


def in_future(column: Evidence, today: int) -> float:
    """Return the share of a column's dates after the as-of day."""
    days = column.days[~np.isnan(column.days)]
    return float((days > today).mean()) if len(days) else 0.0


def latest(columns: list[Evidence]) -> Floats:
    """Return the latest date of each row among several columns; NaN if there is none."""
    if not columns:
        return np.array([])
    stacked = np.vstack([np.where(np.isnan(c.days), -np.inf, c.days) for c in columns]).max(axis=0)
    return np.where(np.isneginf(stacked), np.nan, stacked)


def everywhere(column: Evidence) -> bool:
    """Return True if a column is filled on nearly every row."""
    return column.fill >= NEARLY_ALL
