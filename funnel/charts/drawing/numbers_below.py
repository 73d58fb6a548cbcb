"""Rows of numbers below a time axis: the n of each point."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from funnel.charts.drawing.labels import text_style, wrap, write_text
from funnel.charts.drawing.style import INK, LINE, MUTED, NUMBER


def write_numbers_below(
    ax: Axes, xs: Sequence[float], rows: Sequence[tuple[str, Sequence[str]]], lines: int = 1
) -> None:
    """Write rows of numbers under the axis, each after its name; `lines` is the height of the tick labels."""
    down = 14 + lines * NUMBER * LINE
    beside, under = (
        text_style(NUMBER, MUTED, ha="right", va="baseline"),
        text_style(NUMBER, INK, va="baseline"),
    )
    for name, cells in rows:
        write_text(ax, wrap(name, 1.7, NUMBER, most=1), (0, 0), (-12, -down), "axes fraction", **beside)
        for x, cell in zip(xs, cells, strict=True):
            write_text(ax, cell, (x, 0), (0, -down), ax.get_xaxis_transform(), **under)
        down += NUMBER * LINE


def choose_spaced(xs: Sequence[float], least: float) -> list[int]:
    """Return positions that are at least `least` apart, including the last one.

    >>> choose_spaced([0, 1, 2, 5, 6], 2)
    [0, 2, 4]
    """
    chosen: list[int] = []
    for place in range(len(xs) - 1, -1, -1):
        if not chosen or xs[chosen[-1]] - xs[place] >= least:
            chosen.append(place)
    return chosen[::-1]
