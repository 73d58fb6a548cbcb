"""The funnel plot: the rate of each business at a step against its number of clients, with limits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, picture, show_message
from funnel.charts.drawing.style import FAINT, INK, MUTED, NAME, NUMBER, PAPER, QUIET, STRONG, with_style
from funnel.metrics.statistics.funnel_limits import LIMITS, limits_of
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import count, listed, percent

if TYPE_CHECKING:
    import pandas as pd

NAMED = 8  # businesses outside the limits that are named
NOTE = (
    "Of the clients who were due, the share that reached the step. Inside the inner lines (95 %) the "
    "difference from the others may be chance; outside the outer lines (99.8 %) it is not."
)


@with_style
def funnel_plot(
    table: pd.DataFrame, step: str, ax: Axes | None = None, *, as_of: str | dt.date | None = None
) -> Axes:
    """Draw the rate of each business at one step against its number of clients.

    Parameters
    ----------
    table : the benchmark table: step, business, n, reached, rate, outside. Not modified.
    step : the step. ax : axes to draw on; None for a new figure. as_of : for the subtitle.

    Returns
    -------
    The axes. The limits are those of the table (`funnel.metrics.statistics.funnel_limits`).

    >>> import pandas as pd
    >>> rows = {"step": "Met", "business": list("abc"), "n": [40, 80, 160], "reached": [20, 44, 76]}
    >>> table = pd.DataFrame(rows).assign(rate=lambda t: t["reached"] / t["n"], outside="")
    >>> ax = funnel_plot(table, "Met")
    >>> len(ax.collections[-1].get_offsets())
    3
    """
    rows = table[(table["step"] == step) & (table["n"] > 0)]
    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], color=MUTED, linewidth=1), "overall"),
        (Line2D([], [], color=MUTED, linestyle="--", linewidth=1), "95 %"),
        (Line2D([], [], color=INK, linestyle=":", linewidth=1.2), "99.8 %"),
    ]
    clients = count(int(rows["n"].sum()), "client")
    title = f"{step}: share that reached it"
    about = f"{count(len(rows), 'business', 'businesses')}, {clients} who were due"
    ax = picture(ax, (6.4, 4.0), title, [subtitle(as_of, about)], NOTE, entries)
    if not len(rows):
        return show_message(ax, "No business has a client who was due at this step.")
    limits = limits_of(rows["reached"], rows["n"])
    most = float(rows["n"].max()) * 1.08
    sizes = np.linspace(ENOUGH / 2, max(most, ENOUGH), 200)
    ax.axhline(limits.centre, color=MUTED, linewidth=1, zorder=1)
    for level, line, color in zip(LIMITS, ("--", ":"), (MUTED, INK), strict=True):
        for bound in limits.at(np.round(sizes), level):
            ax.plot(sizes, bound, linestyle=line, color=color, linewidth=1.1, zorder=1)
    _points(ax, rows)
    ax.set(xlim=(0, most), ylim=(0, 1))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set_xlabel("clients who were due", fontsize=NAME, color=MUTED)
    ax.grid(axis="y", color=FAINT)
    outside = rows[rows["outside"].str.endswith("99.8 %")]
    said = f"Overall {percent(limits.centre)}. "
    said += f"Outside the 99.8 % limits: {listed(outside['business'], most=NAMED)}." if len(outside) else (
        "No business is outside the 99.8 % limits."
    )  # fmt: skip
    describe(ax, said)
    return ax


def _points(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the businesses; those outside the limits are filled and named, those with few clients are pale."""
    outside = rows["outside"] != ""
    few = rows["n"] < ENOUGH
    named = rows[rows["outside"].str.endswith("99.8 %")].sort_values("n", ascending=False)[:NAMED]
    for at, row in enumerate(named.to_dict("records")):
        below = row["outside"].startswith("below")
        ax.annotate(
            str(row["business"]), (row["n"], row["rate"]), (0, -11 if below else 6), fontsize=NUMBER,
            textcoords="offset points", ha="center", va="top" if below else "bottom", color=INK,
            zorder=4 + at, annotation_clip=True,
        )  # fmt: skip
    faces = np.where(outside, INK, np.where(few, PAPER, STRONG))
    edges = np.where(few, QUIET, INK)
    ax.scatter(rows["n"], rows["rate"], s=26, c=faces, edgecolors=edges.tolist(), linewidths=0.8, zorder=3)
