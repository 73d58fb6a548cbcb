"""Numbers in rows below an axis of time: the clients that each point stands on."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from funnel.charts.drawing.labels import put, words, wrap
from funnel.charts.drawing.style import INK, LINE, MUTED, NUMBER


def rows_below(
    ax: Axes, xs: Sequence[float], rows: Sequence[tuple[str, Sequence[str]]], lines: int = 1
) -> None:
    """Write rows of numbers under the axis, each behind its name; the axis' own labels are so many lines."""
    down = 14 + lines * NUMBER * LINE
    beside, under = words(NUMBER, MUTED, ha="right", va="baseline"), words(NUMBER, INK, va="baseline")
    for name, cells in rows:
        put(ax, wrap(name, 1.7, NUMBER, most=1), (0, 0), (-12, -down), "axes fraction", **beside)
        for x, cell in zip(xs, cells, strict=True):
            put(ax, cell, (x, 0), (0, -down), ax.get_xaxis_transform(), **under)
        down += NUMBER * LINE


def apart(xs: Sequence[float], least: float) -> list[int]:
    """Choose places that keep at least so far apart, the last among them.

    >>> apart([0, 1, 2, 5, 6], 2)
    [0, 2, 4]
    """
    chosen: list[int] = []
    for place in range(len(xs) - 1, -1, -1):
        if not chosen or xs[chosen[-1]] - xs[place] >= least:
            chosen.append(place)
    return chosen[::-1]
