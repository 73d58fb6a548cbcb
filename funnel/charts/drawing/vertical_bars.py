"""Vertical bars with intervals, percentages above and counts below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from funnel.charts.drawing.labels import text_style, text_width, wrap_names, write_text
from funnel.charts.drawing.picture import axes_size, percent_axis
from funnel.charts.drawing.rates import Rate, format_share
from funnel.charts.drawing.style import INK, LINE, MUTED, NAME, NUMBER, PAPER, TOO_FEW

HATCH = "////"
NARROW = 0.8  # inches for a name; with less room, names are rotated
FAR = 0.3  # inches from the end of a bar to the end of its interval: two lines of text
APART = 0.16  # inches between two names; rounding of letters to pixels takes half of it
DIAMOND: dict[str, Any] = {
    "marker": "D", "markersize": 5, "markerfacecolor": PAPER, "markeredgecolor": INK, "markeredgewidth": 1.1,
}  # fmt: skip
OUTLINE: dict[str, Any] = {"fill": False, "edgecolor": MUTED, "linestyle": ":", "linewidth": 1.2}
EVERYBODY = "of all clients, including those not yet due"  # stages have no column totals
FLOOR = -0.3  # longer negative bars are cut here; their label has the number


def bars_size(names: int) -> tuple[float, float]:
    """Return width and height, in inches, of a picture with this number of names side by side.

    >>> bars_size(1), bars_size(10), bars_size(25)
    ((7.5, 4.2), (12.5, 4.2), (22.5, 5.85))
    """
    wide = max(7.5, 0.7 + names * (1.18 if names <= 12 else 0.872))
    return round(wide, 2), round(max(4.2, 0.26 * wide), 2)


def draw_bars(
    ax: Axes, centres: Sequence[float], rates: Sequence[Rate], wide: float, color: str, rotated: bool
) -> None:
    """Draw bars of one colour on scaled axes, with intervals, percentages above and counts below."""
    angle = 90 if rotated else 0
    bottom, top = ax.get_ylim()
    far = FAR / axes_size(ax)[1] * (top - bottom)
    for x, rate in zip(centres, rates, strict=True):
        height = 0.0 if math.isnan(rate.rate) else max(rate.rate, FLOOR)
        fill, edge, hatch = (PAPER, color, HATCH) if rate.few else (color, PAPER, None)
        ax.bar(x, height, wide, facecolor=fill, edgecolor=edge, hatch=hatch, linewidth=0.8, zorder=2)
        if rate.at_most > rate.rate:
            ax.bar(x, rate.at_most - height, wide, height, **OUTLINE)
        if rate.bounded:
            line = MUTED if rate.few else INK
            ax.errorbar(
                x, rate.rate, yerr=rate.arms, fmt="none", ecolor=line, elinewidth=1.1, capsize=2.5, zorder=3
            )
        ink = MUTED if rate.few or math.isnan(rate.rate) else INK
        above = text_style(NUMBER, ink, va="bottom", rotation=angle, zorder=3.5)
        if rate.top - height > far:  # above a long interval it would read as the value there
            above["bbox"] = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
        y = max(height if "bbox" in above else rate.top, 0.0)
        write_text(ax, rate.label, (x, y), (0, 3), **above)
        counts = format_share(rate.part, rate.whole).replace(" of ", " of " if rotated else " of\n")
        looks = text_style(NUMBER - 0.5, MUTED, va="top", rotation=angle, linespacing=1.1)
        write_text(ax, counts, (x, 0), (0, -3), ax.get_xaxis_transform(), **looks)


def must_rotate_counts(ax: Axes, groups: Sequence[Sequence[Rate]]) -> bool:
    """Return True if the counts are wider than their bars, with the groups side by side."""
    slot = axes_size(ax)[0] / max(len(groups[0]), 1) / len(groups)
    lines = [
        line
        for group in groups
        for rate in group
        for line in format_share(rate.part, rate.whole).split(" ", 1)
    ]
    return max((text_width(line, NUMBER) for line in lines), default=0.0) > slot


def name_bars(ax: Axes, names: Sequence[str], rates: Sequence[Rate], rotated: bool) -> None:
    """Write the names under the counts, wrapped; rotate them if there is little room."""
    slot = axes_size(ax)[0] / max(len(names), 1)
    angle = 90 if slot < NARROW else 0
    longest = max((text_width(format_share(rate.part, rate.whole), NUMBER) for rate in rates), default=0.0)
    labels = wrap_names(names, 1.7, NAME, most=2) if angle else wrap_names(names, slot - APART, NAME)
    ax.set_xticks(
        range(len(names)), labels, **text_style(NAME, INK, va="top", rotation=angle, linespacing=1.1)
    )
    ax.tick_params(axis="x", pad=(longest * 72 if rotated else 2 * NUMBER * LINE) + 6, length=0)
    ax.set_xlim(-0.6, len(names) - 0.4)


def scale_bars(ax: Axes, rates: Sequence[Rate], rotated: bool = False) -> None:
    """Scale the vertical axis in percentages, with room for the numbers above the bars."""
    top = max((rate.top for rate in rates), default=1.0) or 1.0
    bottom = max(FLOOR, min((rate.rate for rate in rates if rate.rate < 0), default=0.0))
    above = (0.2 if rotated else 0.12) * (top - bottom)
    ax.set_ylim(bottom * 1.1, top + above)
    percent_axis(ax.yaxis, bottom, top + above)
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=2.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def swatch(color: str) -> Patch:
    """Return the key symbol of a bar."""
    return Patch(facecolor=color, edgecolor=color)


def few_swatch(color: str) -> tuple[Artist, str]:
    """Return the key entry of bars with a small n."""
    return Patch(facecolor=PAPER, edgecolor=color, hatch=HATCH, linewidth=0.8), TOO_FEW


def diamond(label: str = "by the column totals") -> tuple[Artist, str]:
    """Return the key entry of diamonds, the rates by the column totals."""
    return Line2D([], [], linestyle="none", **DIAMOND), label


def whisker() -> tuple[Artist, str]:
    """Return the key entry of intervals."""
    return Line2D([], [], color=INK, linewidth=1.1, marker="|", markersize=5), "95 % interval"
