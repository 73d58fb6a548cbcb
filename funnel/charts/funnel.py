"""The funnel chart: the clients of each step, their share, and how many fewer than at the step before."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from funnel.charts.drawing.horizontal_bars import (
    GAP,
    NAMES_WIDE,
    NARROW,
    columns_beside,
    rows_size,
    write_row_names,
)
from funnel.charts.drawing.labels import subtitle, text_style, text_width, wrap, wrap_names, write_text
from funnel.charts.drawing.picture import axes_size, describe, picture, picture_width, show_message
from funnel.charts.drawing.rates import Row, format_share, to_float
from funnel.charts.drawing.style import FEW, INK, MUTED, NAME, NUMBER, PAPER, QUIET, STRONG, with_style
from funnel.charts.drawing.vertical_bars import HATCH
from funnel.charts.segments import BLANK, value_name
from funnel.text import DASH, count, listed, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

LEADS = "Leads"
PANEL = 1.05  # inches for the bars of one value of a column
LOW = 0.34  # inches, height of a row without room for numbers under its bar
MOST = 8  # values side by side
UNITS = 20  # up to this many clients, a bar has one block for each
_OF = {
    "marked": "clients whose cell is marked",
    "passed": "clients marked here or later",
    "nested": "clients marked here and at every earlier step",
}
_VALUES = ("reached", "left", "not_due", "overdue", "undated")
NEW = "Clients who still have time count too, so late steps look smaller than they will be."


@dataclass(frozen=True)
class Level:
    """A level of the funnel: a step, its clients, and those of the level before."""

    name: str
    n: float
    before: float
    leads: float

    @property
    def few(self) -> bool:
        """True if there are too few leads for percentages."""
        return self.leads < FEW

    def share(self, whole: float) -> str:
        """Return the clients as a percentage of `whole`; as counts if the leads are few."""
        if math.isnan(self.n) or math.isnan(whole) or not whole:
            return DASH
        return format_share(self.n, whole) if self.few else percent(self.n / whole)

    @property
    def change(self) -> str:
        """The clients fewer (−) or more (+) than at the level before; "" if there is none."""
        if math.isnan(self.n) or math.isnan(self.before):
            return ""
        less = self.before - self.n
        return f"−{less:,.0f}" if less > 0 else f"+{-less:,.0f}" if less < 0 else "0"

    @property
    def sentence(self) -> str:
        """The level in words, for the alternative text."""
        if math.isnan(self.n):
            return f"{self.name}: unknown."
        if math.isnan(self.before):
            return f"{self.name}: {self.n:,.0f}."
        share = self.share(self.leads)
        return f"{self.name}: {self.n:,.0f}, {share} of leads, {self.change} since the step before."


def levels(rows: Sequence[Row], counts: str, leads: float | None = None) -> list[Level]:
    """Return the levels of a funnel: the leads, then each step.

    >>> row = {"step": "Met", "marked": 3, "reached": 3, "left": 1, "not_due": 0, "overdue": 0, "undated": 0}
    >>> [(level.name, level.n, level.change) for level in levels([row], "marked")]
    [('Leads', 4.0, ''), ('Met', 3.0, '−1')]
    """
    if not rows:
        return []
    everyone = leads if leads is not None else sum(to_float(rows[0][value]) for value in _VALUES)
    found = [Level(LEADS, everyone, math.nan, everyone)]
    for row in rows:
        found.append(Level(str(row["step"]), to_float(row[counts]), found[-1].n, everyone))
    return found


def _bar(
    ax: Axes, x: float, y: float, level: Level, high: float, blocks: bool = True, whole: float = 1.0
) -> None:
    """Draw the bar of a level, and behind it the difference from the level before; all leads are `whole`."""
    unit = whole / level.leads if level.leads else 0.0
    if level.before > level.n:
        ax.barh(y, level.before * unit, high, left=x, facecolor=QUIET, alpha=0.45, linewidth=0, zorder=1.5)
    if math.isnan(level.n):
        return
    fill, edge, hatch = (PAPER, STRONG, HATCH) if level.few else (STRONG, PAPER, None)
    parts = int(level.n) if blocks and level.leads <= UNITS else 1
    wide = level.n * unit / max(parts, 1)
    for part in range(parts):
        left = x + part * wide
        ax.barh(
            y, wide, high, left=left, facecolor=fill, edgecolor=edge, hatch=hatch, linewidth=0.8, zorder=2
        )


def _key(few: bool) -> list[tuple[Artist, str]]:
    fill, hatch = (PAPER, HATCH) if few else (STRONG, None)
    return [
        (Patch(facecolor=fill, edgecolor=STRONG, hatch=hatch, linewidth=0.8), "clients at this step"),
        (Patch(facecolor=QUIET, alpha=0.45, linewidth=0), "fewer than at the step before"),
    ]


def _note(counts: str, staged: bool, few: bool) -> str:
    of = "clients who reached the stage" if staged else _OF[counts]
    alone = f" Under {FEW} leads: counts instead of percentages." if few else ""
    return f"Each bar: {of}. {NEW}{alone}"


@with_style
def funnel(
    steps: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    counts: str = "marked",
    staged: bool = False,
) -> Axes:
    """Draw how many clients reached each step (docs/definitions.md#counts).

    Parameters
    ----------
    steps : `Funnel.steps`, a row for each step. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    counts : which clients are counted: "marked", "passed" or "nested".
    staged : True if the steps are stages.

    Returns
    -------
    The axes; the first bar is all leads. Up to 20 leads, a bar has a block for each client.

    >>> import pandas as pd
    >>> row = {"step": "Met", "marked": 30, "reached": 30, "left": 5, "not_due": 5}
    >>> row |= {"overdue": 0, "undated": 0}
    >>> [round(float(bar.get_width()), 2) for bar in funnel(pd.DataFrame([row])).patches]
    [1.0, 1.0, 0.75]
    """
    found = levels(steps.to_dict("records"), counts)
    few = bool(found) and found[0].few
    line = subtitle(as_of, count(int(found[0].n), "client") if found else "")
    size = rows_size(len(found))
    narrow = ax is None and picture_width(size[0]) < NARROW
    ax = picture(ax, size, "Funnel", [line], _note(counts, staged, few), _key(few))
    if not found:
        return show_message(ax, "There are no steps.")
    _frame(ax, len(found))
    if narrow:
        _narrow(ax, found)
    else:
        _wide(ax, found)
    describe(ax, *(level.sentence for level in found))
    return ax


def _frame(ax: Axes, rows: int) -> None:
    """Remove axes and ticks; the first row is on top."""
    ax.set(ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _wide(ax: Axes, found: Sequence[Level]) -> None:
    """Draw bars with names to the left, and numbers to the right; the difference between two rows."""
    for y, level in enumerate(found):
        _bar(ax, 0, y, level, 0.62)
    ax.set_xlim(0, 1.0)
    write_row_names(ax, [level.name for level in found])
    columns = [
        ("clients", [f"{level.n:,.0f}" if not math.isnan(level.n) else DASH for level in found]),
        ("of leads", [level.share(level.leads) for level in found]),
        ("of previous", ["", *(level.share(level.before) for level in found[1:])]),
    ]
    at = columns_beside(ax, columns)
    widest = max(text_width(level.change, NUMBER) for level in found)
    head = wrap("fewer", 0.6, NUMBER)
    at += max(widest, text_width(head, NUMBER))
    write_text(
        ax, head, (1, 1), (at * 72, 4), "axes fraction", **text_style(NUMBER, MUTED, ha="right", va="bottom")
    )
    for y, level in enumerate(found[1:], start=1):
        place = (1, y - 0.5)
        style = text_style(NUMBER, MUTED, ha="right", va="center")
        write_text(ax, level.change, place, (at * 72, 0), ax.get_yaxis_transform(), **style)


def _narrow(ax: Axes, found: Sequence[Level]) -> None:
    """Draw bars with names and numbers above them."""
    labels = [
        " · ".join(filter(None, (DASH if math.isnan(level.n) else f"{level.n:,.0f}", level.share(level.leads),
                                 level.change)))
        for level in found
    ]  # fmt: skip
    room = axes_size(ax)[0] - max(text_width(label, NUMBER) for label in labels) - 0.1
    names = wrap_names([level.name for level in found], room, NUMBER, most=1)
    for y, (level, name) in enumerate(zip(found, names, strict=True)):
        _bar(ax, 0, y + 0.2, level, 0.36)
        ax.text(1, y - 0.04, labels[y], **text_style(NUMBER, INK, ha="right", va="bottom"))
        ax.text(0, y - 0.04, name, **text_style(NUMBER, INK, ha="left", va="bottom"))
    ax.set_xlim(0, 1.0)


@with_style
def funnels(
    segments: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    counts: str = "marked",
    staged: bool = False,
) -> Axes:
    """Draw the funnels of the values of a column side by side.

    Parameters
    ----------
    segments : `Funnel.by`, a row for each value and step. Not modified.
    ax, as_of, counts, staged : as for `funnel`.

    Returns
    -------
    The axes: a bar is the share of the value's own leads. At most 8 values are drawn: those with most
    clients, or the newest months or quarters. The note names the others.
    """
    by = str(segments["by"].iloc[0]) if len(segments) else "value"
    every = {value_name(value): part for value, part in segments.groupby("value", sort=False, dropna=False)}
    width = picture_width(0.7 + NAMES_WIDE + (PANEL + GAP) * MOST)
    room = width - min(NAMES_WIDE, 0.3 * width) - 0.7
    chosen = _chosen(every, by, max(1, int(room / (PANEL + GAP) + 0.01)))
    found = {name: levels(part.to_dict("records"), counts, float(part["clients"].iloc[0]))
             for name, part in chosen.items()}  # fmt: skip
    rows = len(next(iter(found.values()))) if found else 0
    wide = max(7.5, 0.7 + NAMES_WIDE + (PANEL + GAP) * len(found))
    few = any(levels_[0].few for levels_ in found.values())
    left_out = [name for name in every if name not in chosen]
    more = f" Not drawn, for lack of room: {listed(left_out, most=4)}." if left_out else ""
    clients = sum(int(part["clients"].iloc[0]) for part in every.values())
    line = subtitle(as_of, count(clients, "client"))
    note = f"Share of each one's leads. {_note(counts, staged, few)}{more}"
    ax = picture(ax, rows_size(rows, wide), f"Funnel by {by}", [line], note, _key(False))
    if not found:
        return show_message(ax, "There are no values to compare.")
    _frame(ax, rows)
    step = 1 + GAP / PANEL
    heads = wrap_names(list(found), PANEL, NAME, weight="bold", most=3)
    for at, (head, levels_) in enumerate(zip(heads, found.values(), strict=True)):
        _panel(ax, at * step, head, levels_)
    ax.set_xlim(0, step * len(found) - GAP / PANEL)
    write_row_names(ax, [level.name for level in next(iter(found.values()))])
    describe(ax, *(f"{name}. {' '.join(level.sentence for level in one)}" for name, one in found.items()))
    return ax


def _chosen(every: dict[str, pd.DataFrame], by: str, most: int) -> dict[str, pd.DataFrame]:
    """Return the values to draw: those with most clients, in table order; the newest months or quarters."""
    if len(every) <= most:
        return every
    if by in ("month", "quarter"):
        return dict(list(every.items())[-most:])
    named = (name for name in every if name != BLANK)
    largest = sorted(named, key=lambda name: -float(every[name]["clients"].iloc[0]))[:most]
    return {name: part for name, part in every.items() if name in largest}


def _panel(ax: Axes, x: float, head: str, found: Sequence[Level]) -> None:
    """Draw the bars of one value under its name, with their numbers below, or beside if rows are low."""
    low = axes_size(ax)[1] / len(found) < LOW
    style = text_style(NAME, INK, "bold", ha="left", va="bottom")
    write_text(ax, head, (x, -0.5), (0, 3), **style)
    for y, level in enumerate(found):
        _bar(ax, x, y if low else y - 0.17, level, 0.6 if low else 0.34, level.few, 0.45 if low else 1.0)
        n = DASH if math.isnan(level.n) else f"{level.n:,.0f}"
        label = (
            n if y == 0 else level.share(level.leads) if level.few else f"{n} ({level.share(level.leads)})"
        )
        right, down = (x + 0.49, y) if low else (x, y + 0.07)
        style = text_style(NUMBER, MUTED if level.few else INK, ha="left", va="center" if low else "top")
        ax.text(right, down, label, **style)


def plot(funnel_: Funnel, by: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many clients reached each step; with `by`, for each value of a column side by side."""
    shown: dict[str, Any] = {
        "as_of": funnel_.as_of,
        "counts": funnel_.counts,
        "staged": funnel_.journey.staged,
    }
    return funnels(funnel_.by(by), ax, **shown) if by else funnel(funnel_.steps, ax, **shown)
