"""The picture of the drop-off: at each step, of those whose time was up, and as the column totals say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from funnel.charts.drawing.bars import (
    EVERYBODY,
    bars_size,
    counts_upright,
    draw_bars,
    few_swatch,
    name_bars,
    scale_bars,
    swatch,
    whisker,
)  # fmt: skip
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, empty, picture
from funnel.charts.drawing.rates import Rate, Row, number, share
from funnel.charts.drawing.style import QUIET, STRONG, styled
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

LITERAL = {
    "marked": "as the column totals say",
    "passed": "of all who passed the step before",
    "nested": "of all who reached every step before",
}
NOTE = (
    "Below each bar: those lost, of those who reached the step before. Time was up where a step was due by "
    "this day; whoever had left or was overdue then is lost."
)
SETTLED = "of those whose time was up"
_VALUES = ("reached", "left", "not_due", "overdue", "undated")


def _clients(steps: pd.DataFrame) -> str:
    """How many clients the table is about: the five values of any step add up to them."""
    return count(int(steps[list(_VALUES)].iloc[0].sum()), "client") if len(steps) else ""


def _settled(step: Row) -> Rate:
    """The bar that verdicts stand on."""
    lost = number(step["settled_left"]) + number(step["settled_overdue"])
    rate, low, high = (number(step[f"settled_{name}"]) for name in ("drop_off", "low", "high"))
    return Rate(rate, lost, number(step["settled_n"]), low, high)


def _literal(step: Row, counts: str) -> Rate:
    """The bar of the counts as they stand; those of the step before are this step's and its lost."""
    lost = number(step["lost"])
    return Rate(number(step["drop_off"]), lost, number(step[counts]) + lost)


@styled
def drop_off(
    steps: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    counts: str = "marked",
    staged: bool = False,
) -> Axes:
    """Draw what share is lost at each step: settled beside literal.

    Definitions: docs/definitions.md#counts, docs/definitions.md#settled.

    Parameters
    ----------
    steps : `Funnel.steps`, a row for each step; rates are fractions. It is not changed.
    ax : axes to draw on; None for a new figure.
    as_of : the day the numbers are of, for the subtitle.
    counts : which counts `drop_off` and `lost` were made of: "marked", "passed" or "nested".
    staged : whether the steps are stages, which have no columns that could be added up.

    Returns
    -------
    The axes. A bar that stands on fewer than 10 is hatched; an undefined rate is a dash.

    >>> import pandas as pd
    >>> row = dict(step="Paid", marked=3, drop_off=0.25, lost=1)
    >>> row |= dict(reached=3, left=1, not_due=0, overdue=0, undated=0)
    >>> row |= dict(settled_n=4, settled_left=1, settled_overdue=0)
    >>> row |= dict(settled_drop_off=0.25, settled_low=0.05, settled_high=0.7)
    >>> ax = drop_off(pd.DataFrame([row]), as_of="2026-11-21")
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.25, 0.25]
    """
    names = [str(name) for name in steps["step"]]
    rows = steps.to_dict("records")
    settled = [_settled(row) for row in rows]
    literal = [_literal(row, counts) for row in rows]
    beside = EVERYBODY if staged else LITERAL[counts]
    few = [few_swatch(STRONG)] if any(rate.few for rate in [*settled, *literal]) else []
    line = subtitle(as_of, _clients(steps))
    signs = [(swatch(STRONG), SETTLED), (swatch(QUIET), beside), whisker(), *few]
    ax = picture(ax, bars_size(len(names)), "How many are lost at each step", [line], NOTE, signs)
    if not names:
        return empty(ax, "There are no steps.")
    upright = counts_upright(ax, [settled, literal])
    draw_bars(ax, [x - 0.21 for x in range(len(names))], settled, 0.38, STRONG, upright)
    draw_bars(ax, [x + 0.21 for x in range(len(names))], literal, 0.38, QUIET, upright)
    name_bars(ax, names, [*settled, *literal], upright)
    scale_bars(ax, [*settled, *literal], upright)
    describe(ax, *(
        f"{name}: {ours.label} ({share(ours.part, ours.whole)}) {SETTLED}, {theirs.label} "
        f"({share(theirs.part, theirs.whole)}) {beside}."
        for name, ours, theirs in zip(names, settled, literal, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw what share is lost at each step of a funnel: settled beside literal."""
    staged = funnel.journey.staged
    return drop_off(funnel.steps, ax, as_of=funnel.as_of, counts=funnel.counts, staged=staged)
