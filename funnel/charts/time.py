"""The chart of time: how many clients had reached a step by each day, and on which days they reached it."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from funnel.charts.drawing.labels import subtitle, text_style
from funnel.charts.drawing.picture import axes_size, describe, percent_axis, picture, show_message
from funnel.charts.drawing.style import FEW, INK, MUTED, NUMBER, QUIET, STRONG, with_style
from funnel.metrics.tables.speed import FROM_LEAD
from funnel.text import count, days_text, percent, undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

BINS = 12
NOTE = (
    "Line: share who had reached the step by that day; clients who are waiting or left have not. Bars: share "
    "of all clients who reached it in these days."
)


def _key(bars: bool) -> list[tuple[Artist, str]]:
    entries: list[tuple[Artist, str]] = [(Line2D([], [], color=STRONG, linewidth=2), "reached by that day")]
    if bars:
        entries.append((Patch(facecolor=QUIET), "reached in these days"))
    return [*entries, (Patch(facecolor=STRONG, alpha=0.18), "95 % interval")]


def _days(ax: Axes, curve: pd.DataFrame, shares: Sequence[float], end: float, few: bool) -> None:
    """Draw on which days clients reached the step: bars, or a mark for each day if the clients are few."""
    added = [after - before for before, after in itertools.pairwise(shares)]
    if few:
        ax.plot(curve["day"], shares[1:], "o", color=STRONG, markersize=5, linestyle="none", zorder=4)
    else:
        wide = max(1.0, math.ceil(end / BINS))
        bins = [0.0] * (int(end // wide) + 1)
        for day, share in zip(curve["day"], added, strict=True):
            bins[int(day // wide)] += share
        left = [at * wide for at in range(len(bins))]
        ax.bar(left, bins, wide * 0.92, align="edge", facecolor=QUIET, linewidth=0, zorder=1.5)


def _day_axis(ax: Axes, end: float) -> None:
    """Scale the axis in days, with as many labels as fit."""
    ax.set_xlim(0, end)
    most = max(2, int(axes_size(ax)[0] / 0.8))
    step_days = next(d for d in (1, 2, 7, 14, 30, 60, 90, 180, 365, 730) if end / d <= most or d == 730)
    ticks = range(0, int(end) + 1, step_days)
    ax.set_xticks(list(ticks), [f"{tick:,} d" for tick in ticks], **text_style(NUMBER, MUTED))


@with_style
def time(
    curve: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    step: str = "",
    start: str = FROM_LEAD,
    n: int = 0,
    reached: int = 0,
    median: float = math.nan,
    found: int = 0,
) -> Axes:
    """Draw the share of clients who reached a step by each day, and a histogram of the days.

    Parameters
    ----------
    curve : `Funnel.time_curve`: day, share, low, high, waiting. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    step, start : the step, and the lead or step from which days are counted.
    n, reached : the number of clients who started, and of those who reached it.
    median : the days that half of those took.
    found : how many of those are dated by the history alone.

    Returns
    -------
    The axes. If fewer than 10 clients reached the step, marks replace the bars.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"day": [2, 9], "share": [0.3, 0.5], "low": 0.1, "high": 0.8})
    >>> time(table, step="Paid", n=20, reached=10).lines[0].get_ydata().tolist()
    [0.0, 0.3, 0.5, 0.5]
    """
    few = reached < FEW
    facts = [count(n, "client"), f"{reached:,} reached it"]
    facts += [] if undefined(median) else [f"half of them within {days_text(median)} days"]
    facts += [f"{found:,} dated by the refresh that found them"] if found else []
    line = subtitle(as_of, *facts)
    title = f"Days from {start} to {step}" if step else "Days between steps"
    ax = picture(ax, (9.5, 4.0), title, [line], NOTE, _key(not few))
    if curve.empty:
        return show_message(ax, "No curve: no client reached this step on a known day.")
    end = max(float(curve["day"].max()) * 1.05, 1.0)
    days = [0.0, *map(float, curve["day"]), end]
    shares = [0.0, *map(float, curve["share"])]
    ax.step(days, [*shares, shares[-1]], where="post", color=STRONG, linewidth=2, zorder=3)
    bounds = curve.dropna(subset=["low", "high"])
    if len(bounds):
        ax.fill_between(
            bounds["day"], bounds["low"], bounds["high"], step="post", color=STRONG, alpha=0.18, linewidth=0
        )
    _days(ax, curve, shares, end, few)
    top = max(*shares, float(bounds["high"].max()) if len(bounds) else 0.0)
    ax.set_ylim(0, min(1.04, top * 1.1))
    percent_axis(ax.yaxis, 0, top)
    _day_axis(ax, end)
    if not undefined(median):
        ax.axvline(median, color=INK, linestyle=":", linewidth=1.1, zorder=2)
    describe(ax, *(
        f"By day {row['day']:,.0f}: {percent(row['share'])}." for row in curve.iloc[-3:].to_dict("records")
    ))  # fmt: skip
    return ax


def plot(
    funnel: Funnel, step: str | None = None, ax: Axes | None = None, *, start: str | None = None
) -> Axes:
    """Draw the days to a step (by default the paid one, or the last with dates) from the lead or a step."""
    table = funnel.time()
    ends = list(table["to"])
    paid = funnel.journey.paid
    chosen = step or (paid.name if paid and paid.name in ends else ends[-1] if ends else "")
    begin = start or FROM_LEAD
    rows = table[(table["to"] == chosen) & (table["from"] == begin)].to_dict("records")
    facts = rows[0] if rows else {"n": 0, "reached": 0, "median": math.nan, "found": 0}
    curve = funnel.time_curve(chosen, start) if chosen else table.iloc[:0]
    return time(
        curve, ax, as_of=funnel.as_of, step=chosen, start=begin, n=int(facts["n"]),
        reached=int(facts["reached"]), median=float(facts["median"]), found=int(facts["found"]),
    )  # fmt: skip
