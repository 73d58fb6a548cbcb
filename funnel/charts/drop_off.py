"""The drop-off chart: at each step, of clients who were due, and by the column totals."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from funnel.charts.drawing.labels import not_drawn, subtitle, worst_that_fit
from funnel.charts.drawing.picture import axes_size, describe, picture, picture_width, show_message
from funnel.charts.drawing.rates import Rate, Row, format_share, to_float
from funnel.charts.drawing.style import QUIET, STRONG, with_style
from funnel.charts.drawing.vertical_bars import (
    EVERYBODY,
    bars_size,
    draw_bars,
    few_swatch,
    must_rotate_counts,
    name_bars,
    scale_bars,
    swatch,
    whisker,
)  # fmt: skip
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

LITERAL = {
    "marked": "by the column totals",
    "passed": "of all clients who passed the previous step",
    "nested": "of all clients who reached every earlier step",
}
NOTE = (
    "Below each bar: clients lost, of clients who had reached the previous step and were due. Lost: left, or "
    "overdue."
)
SETTLED = "of clients who were due"
SLOT = 0.3  # inches for a step: two lines of text
EDGES = 0.7  # inches beside the bars
_VALUES = ("reached", "left", "not_due", "overdue", "undated")


def _clients(steps: pd.DataFrame) -> str:
    """Return the number of clients: the five values of any step add up to it."""
    return count(int(steps[list(_VALUES)].iloc[0].sum()), "client") if len(steps) else ""


def _settled(step: Row) -> Rate:
    """Return the settled rate, which verdicts use."""
    lost = to_float(step["settled_left"]) + to_float(step["settled_overdue"])
    rate, low, high = (to_float(step[f"settled_{name}"]) for name in ("drop_off", "low", "high"))
    return Rate(rate, lost, to_float(step["settled_n"]), low, high)


def _literal(step: Row, counts: str) -> Rate:
    """Return the rate by the plain counts; the count of the previous step is this count plus `lost`."""
    lost = to_float(step["lost"])
    return Rate(to_float(step["drop_off"]), lost, to_float(step[counts]) + lost)


@with_style
def drop_off(
    steps: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    counts: str = "marked",
    staged: bool = False,
) -> Axes:
    """Draw the share of clients lost at each step: settled beside literal.

    Definitions: docs/definitions.md#counts, docs/definitions.md#settled.

    Parameters
    ----------
    steps : `Funnel.steps`, a row for each step; rates are fractions. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    counts : the counts behind `drop_off` and `lost`: "marked", "passed" or "nested".
    staged : True if the steps are stages, which have no column totals.

    Returns
    -------
    The axes. A bar with n < 10 is hatched; an undefined rate is a dash.

    >>> import pandas as pd
    >>> row = dict(step="Paid", marked=3, drop_off=0.25, lost=1)
    >>> row |= dict(reached=3, left=1, not_due=0, overdue=0, undated=0)
    >>> row |= dict(settled_n=4, settled_left=1, settled_overdue=0)
    >>> row |= dict(settled_drop_off=0.25, settled_low=0.05, settled_high=0.7)
    >>> ax = drop_off(pd.DataFrame([row]), as_of="2026-11-21")
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.25, 0.25]
    """
    every = [str(name) for name in steps["step"]]
    room = (picture_width(bars_size(len(every))[0]) if ax is None else axes_size(ax)[0]) - EDGES
    shown = worst_that_fit([_settled(row).rate for row in steps.to_dict("records")], room / SLOT)
    names = [every[at] for at in shown]
    rows = steps.iloc[shown].to_dict("records") if every else []
    settled = [_settled(row) for row in rows]
    literal = [_literal(row, counts) for row in rows]
    beside = EVERYBODY if staged else LITERAL[counts]
    few = [few_swatch(STRONG)] if any(rate.few for rate in [*settled, *literal]) else []
    line = subtitle(as_of, _clients(steps))
    signs = [(swatch(STRONG), SETTLED), (swatch(QUIET), beside), whisker(), *few]
    ax = picture(
        ax,
        bars_size(len(names)),
        "Clients lost at each step",
        [line],
        NOTE + not_drawn(len(every), len(shown)),
        signs,
    )
    if not names:
        return show_message(ax, "There are no steps.")
    rotated = must_rotate_counts(ax, [settled, literal])
    scale_bars(ax, [*settled, *literal], rotated)
    draw_bars(ax, [x - 0.21 for x in range(len(names))], settled, 0.38, STRONG, rotated)
    draw_bars(ax, [x + 0.21 for x in range(len(names))], literal, 0.38, QUIET, rotated)
    name_bars(ax, names, [*settled, *literal], rotated)
    describe(ax, *(
        f"{name}: {ours.label} ({format_share(ours.part, ours.whole)}) {SETTLED}, {theirs.label} "
        f"({format_share(theirs.part, theirs.whole)}) {beside}."
        for name, ours, theirs in zip(names, settled, literal, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw the share of clients lost at each step of a funnel: settled beside literal."""
    staged = funnel.journey.staged
    return drop_off(funnel.steps, ax, as_of=funnel.as_of, counts=funnel.counts, staged=staged)
