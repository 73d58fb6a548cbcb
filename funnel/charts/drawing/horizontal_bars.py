"""Horizontal bars or dots with intervals, one row for each name, and columns of numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from funnel.charts.drawing.labels import text_style, text_width, wrap, wrap_names, write_text
from funnel.charts.drawing.picture import axes_size, percent_axis
from funnel.charts.drawing.rates import Rate
from funnel.charts.drawing.style import INK, MUTED, NAME, NUMBER, PAPER
from funnel.charts.drawing.vertical_bars import FLOOR, HATCH

NAMES_WIDE = 2.1  # inches, width of the names
ROW = 0.5  # inches, height of a row: three lines of a name
GAP = 0.22  # inches between columns
BARS_WIDE = 1.5  # inches, least width that columns beside the bars leave to them
NARROW = 6.5  # inches; a narrower picture has less text


def rows_size(rows: int, wide: float = 10.0) -> tuple[float, float]:
    """Return width and height, in inches, of a picture with this number of rows.

    >>> rows_size(4)
    (10.0, 3.1)
    """
    return wide, round(1.1 + ROW * max(rows, 1), 2)


def names_wide(ax: Axes) -> float:
    """Return the width of the names, in inches: less in a narrow picture."""
    return min(NAMES_WIDE, 0.3 * float(ax.figure.get_figure(root=True).get_size_inches()[0]))


def name_rows(ax: Axes, names: Sequence[str], rates: Sequence[Rate]) -> None:
    """Write names left of their rows, the first on top; muted if the n is small."""
    write_row_names(ax, names)
    for label, rate in zip(ax.get_yticklabels(), rates, strict=True):
        label.set_color(MUTED if rate.few else INK)
    ax.set_ylim(len(names) - 0.5, -0.5)


def write_row_names(ax: Axes, names: Sequence[str]) -> None:
    """Write names left of their rows, in as many lines as a row is high."""
    lines = round(axes_size(ax)[1] / max(len(names), 1) * 72 / (NAME * 1.25))
    labels = wrap_names(names, names_wide(ax), NAME, most=min(max(lines, 1), 3))
    ax.set_yticks(range(len(names)), labels, **text_style(NAME, INK, ha="right", linespacing=1.05))
    ax.tick_params(axis="y", length=0, pad=8)


def columns_beside(ax: Axes, columns: Sequence[tuple[str, Sequence[str]]]) -> float:
    """Write columns of text right of the rows, each under its heading; return where the next one begins.

    In a narrow picture the last columns are left out; they are in the table of the result.
    """
    wide = float(ax.figure.get_figure(root=True).get_size_inches()[0])
    most = wide - names_wide(ax) - BARS_WIDE if wide >= NARROW else 0.4 * wide
    at = GAP
    for heading, cells in columns:
        head = wrap(heading, 1.1, NUMBER)
        room = max(text_width(line, NUMBER) for line in (*cells, *head.split("\n")))
        if at + room > most:
            break
        at += room
        above = text_style(NUMBER, MUTED, ha="right", va="bottom", linespacing=1.1)
        write_text(ax, head, (1, 1), (at * 72, 4), "axes fraction", **above)
        for y, cell in enumerate(cells):
            beside = text_style(NUMBER, INK, ha="right", va="center")
            write_text(ax, cell, (1, y), (at * 72, 0), ax.get_yaxis_transform(), **beside)
        at += GAP
    return at


def draw_rows(ax: Axes, rates: Sequence[Rate], color: str, dots: bool = False) -> None:
    """Draw a bar or a dot for each rate, with its interval; hatched or hollow if the n is small."""
    for y, rate in enumerate(rates):
        if math.isnan(rate.rate):
            continue
        fill, edge = (PAPER, color) if rate.few else (color, PAPER)
        if dots:
            looks: dict[str, Any] = {"markersize": 9, "markerfacecolor": fill, "markeredgecolor": color}
            ax.plot(rate.rate, y, "o", zorder=4, **looks)
        else:
            length, hatch = max(rate.rate, FLOOR), HATCH if rate.few else None
            ax.barh(y, length, 0.5, facecolor=fill, edgecolor=edge, linewidth=0.8, hatch=hatch, zorder=2)
        if rate.bounded:
            line = MUTED if rate.few else INK
            ax.errorbar(
                rate.rate, y, xerr=rate.arms, fmt="none", ecolor=line, elinewidth=1.2, capsize=2.5, zorder=3
            )


def scale_rows(ax: Axes, rates: Sequence[Rate], others: Sequence[float] = ()) -> None:
    """Scale the horizontal axis in percentages, wide enough for every mark."""
    reach = [x for x in (*others, *(rate.top for rate in rates)) if not math.isnan(x)]
    bottom, top = min([0.0, *reach]), max([0.1, *reach])
    ax.set_xlim(bottom - 0.02 * (top - bottom), top + 0.03 * (top - bottom))
    wide = float(ax.figure.get_figure(root=True).get_size_inches()[0])
    percent_axis(ax.xaxis, bottom, top, most=6 if wide > 9 else 3 if wide > NARROW else 2)
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=2.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
