"""The trends chart: a step's conversion by lead month, with its interval and its n."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from funnel.charts.drawing.labels import subtitle, text_style, text_width, wrap, write_text
from funnel.charts.drawing.numbers_below import write_numbers_below
from funnel.charts.drawing.picture import axes_size, describe, percent_axis, picture, show_message
from funnel.charts.drawing.rates import Row, to_float
from funnel.charts.drawing.style import (
    DASHES,
    FEW,
    INK,
    MARKERS,
    MUTED,
    NUMBER,
    PAPER,
    SERIES,
    TOO_FEW,
    with_style,
)
from funnel.charts.segments import select_step
from funnel.text import percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NOTE_HIGH = 0.31  # inches, of a note of two lines
STACKED = 3  # notes above each other
BELOW = 0.7  # inches that the months and the numbers below them will take


def _every_month(months: Sequence[str]) -> list[str]:
    """Return all months from the first to the last, including those without leads.

    >>> _every_month(["2025-11", "2026-02"])
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    first, last = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (min(months), max(months)))
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, last + 1)]


def _look(n: int) -> dict[str, Any]:
    """Return the colour, dash and marker of the n-th line."""
    look = n % len(SERIES)
    return {"color": SERIES[look], "linestyle": DASHES[look], "marker": MARKERS[look]}


def _line(ax: Axes, rows: Sequence[Row], look: dict[str, Any], band: bool) -> None:
    """Draw one step's line and interval; points with a small n are hollow."""
    rates, low, high = ([to_float(row[name]) for row in rows] for name in ("rate", "low", "high"))
    few = [at for at, row in enumerate(rows) if to_float(row["n"]) < FEW]
    # No line connects a point with a small n: it would look as certain as the others.
    solid = [math.nan if at in few else rate for at, rate in enumerate(rates)]
    ax.plot(range(len(rows)), solid, **look, linewidth=1.8, markersize=6, zorder=3, clip_on=False)
    hollow = look | {"linestyle": "none", "markersize": 6, "markerfacecolor": PAPER, "zorder": 4}
    hollow["clip_on"] = False  # draw points on the axis in full
    ax.plot(few, [rates[at] for at in few], **hollow)
    if band:
        ax.fill_between(range(len(rows)), low, high, color=look["color"], alpha=0.16, linewidth=0)


def _span(trends: pd.DataFrame) -> str:
    """Describe the clients of each point, if the table has a window."""
    if "window" not in trends:
        return ""
    months = int(trends["window"].iloc[0]) if len(trends) else 1
    before = f" or the {months - 1} before it" if months > 1 else ""
    return (
        "Each point: of clients who were due and had reached the previous step, with a lead date in "
        f"that month{before}. "
    )


def _key(names: Sequence[str], few: bool) -> list[tuple[Artist, str]]:
    """Return the key of the lines and the hollow points."""
    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], **_look(n)), wrap(name, 3.5, most=1)) for n, name in enumerate(names)
    ]
    hollow = Line2D([], [], linestyle="none", marker="o", markerfacecolor=PAPER, markeredgecolor=MUTED)
    return [*entries, *([(hollow, TOO_FEW)] if few else [])]


def _filled(tables: Sequence[pd.DataFrame]) -> tuple[list[str], list[list[Row]]]:
    """Return the months, and for each table a row for each month, empty if it has no leads."""
    found = [{str(row["month"])[:7]: row for row in table.to_dict("records")} for table in tables]
    months = _every_month([month for rows in found for month in rows])
    none: Row = {"n": 0, "rate": None, "low": None, "high": None}
    return months, [[rows.get(month, none) for month in months] for rows in found]


@with_style
def trends(
    trends: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None,
    steps: Sequence[str] = (), notes: Sequence[tuple[dt.date, str]] = (),
) -> Axes:  # fmt: skip
    r"""Draw the conversion of steps by lead month.

    Parameters
    ----------
    trends : a row for each month and step: month ("2026-01"), step, n, rate, low, high, and optionally
        `window` (the number of months of each rate). Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    steps : the steps; by default the last of the table. One or two steps are drawn with their interval.
    notes : days with a text, each drawn as a vertical line.

    Returns
    -------
    The axes. A point with n < 10 is hollow; a month without clients is a gap, not a zero.

    Raises
    ------
    UsageError
        The table has no such step.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"month": ["2026-01", "2026-02"], "step": "Paid", "n": [20, 24]})
    >>> ax = trends(table.assign(rate=[0.5, 0.6], low=0.3, high=0.8))
    >>> ax.lines[0].get_ydata().tolist(), [label.get_text() for label in ax.get_xticklabels()]
    ([0.5, 0.6], ['01\n2026', '02'])
    """
    tables = [table for step in (steps or (None,)) if len(table := select_step(trends, step))]
    names = [str(table["step"].iloc[0]) for table in tables]
    few, band = any((table["n"] < FEW).any() for table in tables), len(names) < 3
    note = f"{_span(trends)}Numbers below: the n of each point."
    ax = picture(
        ax, (9.5, 3.6 + 0.25 * len(names)), "Conversion by lead month", [subtitle(as_of)],
        f"{note} Band: 95 % interval." if band else note, _key(names, few),
    )  # fmt: skip
    if not names:
        return show_message(ax, "No trend: no client has a lead date.")
    months, filled = _filled(tables)
    for n, rows in enumerate(filled):
        _line(ax, rows, _look(n), band)
    widest = max(text_width(f"{to_float(row['n']):,.0f}", NUMBER) for rows in filled for row in rows)
    shown = _shown(ax, months, widest)
    inside = sorted((day, text) for day, text in notes if f"{day:%Y-%m}" in months)
    _axes(ax, months, filled, shown, min(len(inside), STACKED) * NOTE_HIGH)
    _notes(ax, months, inside)
    below = [[f"{to_float(rows[at]['n']):,.0f}" for at in shown] for rows in filled]
    write_numbers_below(
        ax, shown, list(zip(names if len(names) > 1 else ["clients"], below, strict=True)), lines=2
    )
    ends = sorted({0, len(months) - 1})
    describe(ax, *(
        f"{name}, {months[at]}: {percent(to_float(rows[at]['rate']))} of {to_float(rows[at]['n']):,.0f}."
        for name, rows in zip(names, filled, strict=True) for at in ends
    ))  # fmt: skip
    return ax


def _notes(ax: Axes, months: Sequence[str], notes: Sequence[tuple[dt.date, str]]) -> None:
    """Draw a line at the day of each note, with its text above the data; nearby texts are stacked."""
    for n, (day, text) in enumerate(notes):
        x = months.index(f"{day:%Y-%m}") - 0.5 + (day.day - 1) / 31
        ax.axvline(x, color=MUTED, linestyle=(0, (1, 2)), linewidth=1.1, zorder=1.5)
        side = "right" if x > len(months) / 2 else "left"
        words = wrap(f"{text} ({day})", 2.2, NUMBER, most=2)
        style = text_style(NUMBER, INK, ha=side, va="top")
        shift = (-4 if side == "right" else 4, -2 - (n % STACKED) * NOTE_HIGH * 72)
        write_text(ax, words, (x, 1), shift, ax.get_xaxis_transform(), **style)
        describe(ax, f"{day}: {text}.")


def _shown(ax: Axes, months: Sequence[str], widest: float) -> range:
    """Return the months to label, so that labels and numbers up to `widest` inches fit."""
    step = math.ceil((max(text_width("2026", NUMBER), widest) + 0.06) * len(months) / axes_size(ax)[0])
    return range(0, len(months), max(1, step))


def _axes(ax: Axes, months: Sequence[str], filled: list[list[Row]], shown: range, above: float) -> None:
    """Scale both axes, with `above` inches over the data; write the year under its first month."""
    tops = [to_float(row[name]) for rows in filled for row in rows for name in ("rate", "high")]
    top = max((value for value in tops if not math.isnan(value)), default=1.0) or 1.0
    high = axes_size(ax)[1] - BELOW
    ax.set_ylim(0, top * 1.06 * high / max(high - above, high / 2))
    percent_axis(ax.yaxis, 0, top)
    years = [""] + [months[at][:4] for at in shown]
    labels = [
        f"{months[at][5:]}\n{'' if year == before else year}".rstrip()
        for at, before, year in zip(shown, years, years[1:], strict=False)
    ]
    ax.set_xticks(list(shown), labels, **text_style(NUMBER, INK))
    ax.set_xlim(-0.5, len(months) - 0.5)
    ax.spines["left"].set_visible(False)


def plot(funnel: Funnel, *steps: str, ax: Axes | None = None) -> Axes:
    """Draw the conversion of steps (by default the paid one) by lead month."""
    paid = funnel.journey.paid
    chosen = steps or ((paid.name,) if paid else ())
    notes = [(note.date, note.text) for note in funnel.journey.notes]
    return trends(funnel.trends(), ax, as_of=funnel.as_of, steps=chosen, notes=notes)
