"""The leaks chart: the steps ranked by drop-off, with intervals and the probability of being the worst."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from funnel.charts.drawing.horizontal_bars import columns_beside, draw_rows, name_rows, rows_size, scale_rows
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, picture, show_message
from funnel.charts.drawing.rates import Rate, Row, format_share, to_float
from funnel.charts.drawing.style import STRONG, with_style
from funnel.charts.drawing.vertical_bars import (
    DIAMOND,
    EVERYBODY,
    FLOOR,
    diamond,
    few_swatch,
    swatch,
    whisker,
)
from funnel.errors import UsageError
from funnel.metrics.statistics.intervals import wilson
from funnel.metrics.tables.leaks import Ranking, rank_leaks
from funnel.text import DASH, chance, listed, nearest, undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

ORDERS: dict[Ranking, str] = {
    "rate": "by drop-off", "clients": "by clients lost", "regained": "by clients to regain",
}  # fmt: skip
NOTE = (
    "Worst step: probability that this step has the highest true drop-off. Regained: additional "
    "clients per 100 leads if the step reached its target."
)


def _ranked(leaks: pd.DataFrame, by: Ranking) -> pd.DataFrame:
    """Return the steps, worst first; steps with too few clients come last."""
    if by not in ORDERS:
        near = nearest(by, list(ORDERS))
        hint = f" Did you mean {near!r}?" if near else ""
        raise UsageError(f"Leaks cannot be ranked by {by!r}.{hint} Choose {listed(ORDERS, last='or')}.")
    return rank_leaks(leaks, by)


def _regained(row: Row) -> str:
    """Return the clients gained per 100 leads if the step reached its target: paying, or kept later."""
    for column, what in (("regained_per_100", "paying"), ("kept_per_100", "kept")):
        if to_float(row[column]) > 0:
            return f"+{to_float(row[column]):.1f} {what}"
    return DASH if undefined(to_float(row["regained_per_100"])) else "0"


def _rate(row: Row) -> Rate:
    """Return the drop-off of a step with its Wilson interval."""
    lost, n = to_float(row["settled_lost"]), to_float(row["n"])
    low, high = (float(bound) for bound in wilson(lost, n))
    return Rate(to_float(row["settled_drop_off"]), lost, n, low, high)


@with_style
def leaks(
    leaks: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    by: Ranking = "rate",
    staged: bool = False,
) -> Axes:
    """Draw the settled drop-off of every step, ranked (docs/definitions.md#leaks).

    Parameters
    ----------
    leaks : `Funnel.leaks`, a row for each step. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    by : the ranking: "rate" (drop-off), "clients" (lost), or "regained" (paying clients per 100 leads).
    staged : True if the steps are stages, which have no column totals.

    Returns
    -------
    The axes. Intervals are Wilson's, 95 %; steps with fewer than 10 settled clients come last, hatched.

    Raises
    ------
    UsageError
        There is no such ranking.

    >>> import pandas as pd
    >>> row = dict(n=120, settled_lost=31, settled_drop_off=31 / 120, marked_drop_off=0.22, target=0.84,
    ...            regained_per_100=8.6, kept_per_100=0.0, probability_worst=0.72, verdict="…")
    >>> ax = leaks(pd.DataFrame([row | dict(step="Client meeting had")]))
    >>> round(float(ax.patches[0].get_width()), 3), ax.get_yticklabels()[0].get_text()
    (0.258, 'Client meeting had')
    """
    rows = _ranked(leaks, by).to_dict("records")
    rates = [_rate(row) for row in rows]
    marked = [max(to_float(row["marked_drop_off"]), FLOOR) for row in rows]
    verdict = str(rows[0]["verdict"]) if rows and not rates[0].few else ""
    order = subtitle(as_of, f"of clients who were due, {ORDERS[by]}")
    whole = diamond(EVERYBODY) if staged else diamond()
    few = [few_swatch(STRONG)] if any(rate.few for rate in rates) else []
    signs = [(swatch(STRONG), "of clients who were due"), whisker(), whole, *few]
    ax = picture(ax, rows_size(len(rows)), "Where the funnel leaks", [order, verdict], NOTE, signs)
    if not rows:
        return show_message(ax, "There are no steps to rank.")
    draw_rows(ax, rates, STRONG)
    ax.plot(marked, [y + 0.27 for y in range(len(rows))], linestyle="none", zorder=4, **DIAMOND)
    scale_rows(ax, rates, marked)
    names = [str(row["step"]) for row in rows]
    name_rows(ax, names, rates)
    worst = [
        "too few to call" if rate.few else chance(to_float(row["probability_worst"]))
        for rate, row in zip(rates, rows, strict=True)
    ]
    columns_beside(ax, [
        ("lost", [rate.label for rate in rates]),
        ("clients", [format_share(rate.part, rate.whole) for rate in rates]),
        ("worst step", worst),
        ("regained per 100 leads", [_regained(row) for row in rows]),
    ])  # fmt: skip
    describe(ax, *(
        f"{name}: {rate.label} ({format_share(rate.part, rate.whole)}), worst: {likely}."
        for name, rate, likely in zip(names, rates, worst, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, ax: Axes | None = None, *, by: Ranking = "rate") -> Axes:
    """Draw the leaks of a funnel, ranked by drop-off, by clients lost, or by clients to regain."""
    return leaks(funnel.leaks, ax, as_of=funnel.as_of, by=by, staged=funnel.journey.staged)
