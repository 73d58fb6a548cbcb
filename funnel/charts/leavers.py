"""The leavers chart: reasons for leaving, most common first, with their cumulative share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, picture, show_message
from funnel.charts.drawing.rates import Rate, format_share, to_float
from funnel.charts.drawing.style import INK, PAPER, STRONG, with_style
from funnel.charts.drawing.vertical_bars import (
    bars_size,
    draw_bars,
    must_rotate_counts,
    name_bars,
    scale_bars,
    swatch,
)
from funnel.charts.segments import value_name
from funnel.text import count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

MOST = 12  # reasons with their own bar; the others share one


def _count_reasons(leavers: pd.DataFrame) -> list[tuple[str, float]]:
    """Return name and count of each reason, most common first, rare ones combined at the end."""
    ranked = leavers.sort_values("n", ascending=False, kind="stable")
    pairs = [(value_name(row["reason"]), to_float(row["n"])) for row in ranked.to_dict("records")]
    if len(pairs) <= MOST + 1:
        return pairs
    rest = pairs[MOST:]
    return [*pairs[:MOST], (count(len(rest), "other reason"), sum(n for _, n in rest))]


@with_style
def leavers(leavers: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None) -> Axes:
    """Draw why clients left: a Pareto of their reasons.

    Parameters
    ----------
    leavers : a row for each reason: reason, n. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.

    Returns
    -------
    The axes. Bars are shares of all leavers; the line is their cumulative share. Of more than 12 reasons, the
    rare ones share a bar.

    >>> import pandas as pd
    >>> ax = leavers(pd.DataFrame({"reason": ["Price", None], "n": [3, 1]}))
    >>> [float(bar.get_height()) for bar in ax.patches], ax.lines[-1].get_ydata().tolist()
    ([0.75, 0.25], [0.75, 1.0])
    """
    pairs = _count_reasons(leavers)
    total = sum(n for _, n in pairs)
    entries: list[tuple[Artist, str]] = [
        (swatch(STRONG), "share of all leavers"),
        (Line2D([], [], color=INK, marker="o", markersize=5, markerfacecolor=PAPER), "cumulative"),
    ]
    ax = picture(
        ax, bars_size(len(pairs)), "Why clients left",
        [subtitle(as_of, f"{count(int(total), 'client')} left")], "", entries,
    )  # fmt: skip
    if not total:
        return show_message(ax, "No client is known to have left.")
    rates = [Rate(n / total, n, total) for _, n in pairs]
    names = [name for name, _ in pairs]
    rotated = must_rotate_counts(ax, [rates])
    scale_bars(ax, [Rate(1.0, total, total)])
    draw_bars(ax, range(len(rates)), rates, 0.6, STRONG, rotated)
    name_bars(ax, names, rates, rotated)
    sums = [sum(n for _, n in pairs[: at + 1]) / total for at in range(len(pairs))]
    ax.plot(
        [at + 0.3 for at in range(len(sums))],
        sums,
        color=INK,
        linewidth=1.3,
        marker="o",
        markersize=5,
        markerfacecolor=PAPER,
        zorder=4,
    )
    describe(ax, *(
        f"{name}: {rate.label} ({format_share(rate.part, rate.whole)}), cumulative {percent(added)}."
        for name, rate, added in zip(names, rates, sums, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw the reasons for leaving, most common first."""
    return leavers(funnel.leavers(), ax, as_of=funnel.as_of)
