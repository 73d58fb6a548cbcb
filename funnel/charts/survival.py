"""The survival chart: the share of clients still here, day by day, with its interval and its n."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from funnel.charts.drawing.labels import subtitle, text_style, write_text
from funnel.charts.drawing.numbers_below import choose_spaced, write_numbers_below
from funnel.charts.drawing.picture import axes_size, describe, percent_axis, picture, show_message
from funnel.charts.drawing.style import INK, MUTED, NUMBER, STRONG, with_style
from funnel.charts.retention import CLOCKS
from funnel.text import count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.metrics.tables.survival import Clock

MONTH = 30.4375  # days
_TICKS = (1, 2, 3, 6, 12, 24)  # months between ticks


def _curve(table: pd.DataFrame, column: str, until: float) -> tuple[list[float], list[float]]:
    """Return the corners of a step curve from day 0, where the share is 1, to the end."""
    days = [0.0, *map(float, table["day"]), until]
    values = [1.0, *map(float, table[column])]
    return days, [*values, values[-1]]


def _band(ax: Axes, table: pd.DataFrame, until: float) -> None:
    """Draw the interval up to the first day without one."""
    undefined = table["low"].isna() | table["high"].isna()
    if undefined.any():
        until = float(table["day"][undefined].iloc[0])
    (days, low), (_, high) = (_curve(table[~undefined], bound, until) for bound in ("low", "high"))
    ax.fill_between(days, low, high, step="post", color=STRONG, alpha=0.18, linewidth=0)


def _month_axis(ax: Axes, until: float) -> None:
    """Set the ticks of the axis in months."""
    months = until / MONTH
    most = min(9, int(axes_size(ax)[0] / 0.75))  # inches for a label
    step = next((step for step in _TICKS if months / step <= most), _TICKS[-1])
    ticks = range(0, int(months) + 1, step)
    ax.set_xticks(
        [n * MONTH for n in ticks],
        [count(n, "month") if n else "0" for n in ticks],
        **text_style(NUMBER, MUTED),
    )
    ax.set_xlim(0, until * 1.01)


def _median(ax: Axes, table: pd.DataFrame) -> str:
    """Draw the median, the day by which half of the clients have left; return a sentence about it."""
    half = table.loc[table["survival"] <= 0.5, "day"]
    if half.empty:
        return "More than half are still here at the end of the curve."
    day = float(half.iloc[0])
    ax.plot([0, day, day], [0.5, 0.5, 0], color=INK, linestyle=":", linewidth=1, zorder=2)
    sentence = f"Half have left by day {day:,.0f}."
    write_text(ax, sentence, (day, 0.5), (5, 4), **text_style(NUMBER, INK, ha="left", va="bottom"))
    return sentence


def _key(lower: bool) -> list[tuple[Artist, str]]:
    """Return the key of the curve, its interval, and the lower curve if there is one."""
    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], color=STRONG, linewidth=2), "share still here"),
        (Patch(facecolor=STRONG, alpha=0.18), "95 % interval"),
    ]
    dashed = Line2D([], [], color=MUTED, linestyle="--")
    return [*entries, (dashed, "if undated leavers left at their last mark")] if lower else entries


@with_style
def survival(
    survival: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None,
    since: str = "lead", of: str = "", until: float | None = None, lower: pd.DataFrame | None = None,
    undated: int = 0,
) -> Axes:  # fmt: skip
    """Draw the Kaplan–Meier curve with its log-log interval (docs/definitions.md#survival).

    Parameters
    ----------
    survival : `Funnel.survival`, a row for each day on which the curve falls: day, survival, low, high,
        at_risk. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    since : the start of the days: "lead" (lead date) or "paid" (first paid session).
    of : the clients of the curve ("57 paid clients"), for the subtitle.
    until : the last day shown; by default the last on which the curve falls.
    lower : the curve in which undated leavers left at their last mark (day, survival).
    undated : the number of undated leavers, which the upper curve leaves out.

    Returns
    -------
    The axes.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"day": [28, 126], "survival": [0.8333, 0.625], "low": [0.27, 0.14],
    ...                       "high": [0.97, 0.89], "at_risk": [6, 4]})
    >>> survival(table).lines[0].get_ydata().tolist()
    [1.0, 0.8333, 0.625, 0.625]
    """
    note = "Numbers below: clients still followed on days when a client left."
    if undated:
        note += f" The upper curve leaves out {count(undated, 'client')} without a left date."
    others = lower if lower is not None and len(lower) else None
    line = subtitle(as_of, of, f"since {CLOCKS[since]}")
    ax = picture(ax, (9.5, 4.4), "How long clients stay", [line], note, _key(others is not None))
    if survival.empty:
        return show_message(ax, "No curve: no client is known to have left on a date.")
    end = max(float(survival["day"].max()), until or 0.0, 1.0)
    ax.step(*_curve(survival, "survival", end), where="post", color=STRONG, linewidth=2, zorder=3)
    _band(ax, survival, end)
    if others is not None:
        ax.step(
            *_curve(others, "survival", end),
            where="post",
            color=MUTED,
            linestyle="--",
            linewidth=1.3,
            zorder=3,
        )
    ax.set_ylim(0, 1.04)
    percent_axis(ax.yaxis, 0, 1.0)
    _month_axis(ax, end)
    below = survival.iloc[choose_spaced(list(survival["day"]), end * 0.5 / axes_size(ax)[0])]
    write_numbers_below(ax, list(below["day"]), [("still followed", [f"{n:,}" for n in below["at_risk"]])])
    last = survival.iloc[-1]
    describe(
        ax, _median(ax, survival), f"{percent(last['survival'])} are still here after day {last['day']:,.0f}."
    )
    return ax


def plot(funnel: Funnel, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
    """Draw the survival curve of a funnel; an empty chart if no column shows who left."""
    found = funnel.survival_since(clock)
    known = found.curve if funnel.has_leaving_data else found.curve.iloc[:0]
    return survival(
        known, ax, as_of=funnel.as_of, since=clock,
        of=count(found.clients, "paid client" if funnel.journey.paid else "client"),
        until=found.lifetimes["day"].max() if found.clients else None,
        lower=found.lower if found.undated_leavers else None, undated=found.undated_leavers,
    )  # fmt: skip
