"""The picture of retention: who is still here after so many months, of those for whom so long has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from funnel.charts.drawing.bars import (
    DIAMOND,
    OUTLINE,
    bars_size,
    counts_upright,
    diamond,
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
from funnel.charts.drawing.style import MUTED, STRONG, WARM, styled

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.metrics.tables.survival import Clock

GROUPS = {"leads": ("all leads", STRONG), "paid": ("paid clients", WARM)}
CLOCKS = {"lead": "the lead", "paid": "the first paid session"}
NOTE = (
    "Below each bar: still here, of those for whom so long has passed. The column total is set against "
    "everybody, also those whose time has not come."
)
STAYED = "if the overdue are still here"


def _rate(row: Row) -> Rate:
    """The bar of one group at one milestone."""
    rate, low, high, most = (number(row[name]) for name in ("rate", "low", "high", "rate_if_overdue_stayed"))
    return Rate(rate, number(row["reached"]), number(row["eligible"]), low, high, most)


def _key(groups: Iterable[str], rates: list[Rate], naive: bool) -> list[tuple[Artist, str]]:
    """Explain the marks that will be on the picture."""
    entries = [(swatch(GROUPS[of][1]), f"of {GROUPS[of][0]}") for of in groups]
    stayed = [(Patch(**OUTLINE), STAYED)] if any(rate.at_most > rate.rate for rate in rates) else []
    few = [few_swatch(MUTED)] if any(rate.few for rate in rates) else []
    return [*entries, whisker(), *stayed, *([diamond()] if naive else []), *few]


def _rows(table: pd.DataFrame, months: list[float]) -> dict[str, list[Row]]:
    """The rows of each group, one for each number of months; empty ones where the table has none."""
    none: Row = dict.fromkeys(table.columns)
    found = {(row["of"], row["months"]): row for row in table.to_dict("records")}
    return {of: [found.get((of, month), none) for month in months] for of in GROUPS if of in set(table["of"])}


@styled
def retention(
    retention: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    clock: str = "lead",
) -> Axes:
    """Draw the share still with the business after each number of months (docs/definitions.md#retention).

    Parameters
    ----------
    retention : `Funnel.retention`, a row for each group, clock and number of months. It is not changed.
    ax : axes to draw on; None for a new figure.
    as_of : the day the numbers are of, for the subtitle.
    clock : what the months are counted from: "lead" or "paid".

    Returns
    -------
    The axes. Bars are `rate`; a dotted outline reaches to `rate_if_overdue_stayed`; a diamond is
    `naive_rate`.

    >>> import pandas as pd
    >>> row = dict(of="leads", clock="lead", months=1, eligible=10, reached=6, rate=0.6, low=0.31, high=0.83)
    >>> ax = retention(pd.DataFrame([row | dict(rate_if_overdue_stayed=0.6, naive_rate=5 / 12)]))
    >>> [float(bar.get_height()) for bar in ax.patches], ax.get_xticklabels()[0].get_text()
    ([0.6], '1 month')
    """
    table = retention[retention["clock"] == clock]
    months = sorted(set(table["months"]))
    names = [f"{round(month, 1):g} month{'' if month == 1 else 's'}" for month in months]
    groups = _rows(table, months)
    rates = {of: [_rate(row) for row in rows] for of, rows in groups.items()}
    every = [rate for group in rates.values() for rate in group]
    signs = _key(groups, every, naive=bool(table["naive_rate"].notna().any()))
    title = f"Who is still here, by months since {CLOCKS[clock]}"
    ax = picture(ax, bars_size(len(months)), title, [subtitle(as_of)], NOTE, signs)
    if not months:
        return empty(
            ax, "There is no retention to show: no column says who stayed or left, or nobody is counted."
        )
    upright = counts_upright(ax, list(rates.values()))
    slot = 0.86 / len(groups)
    for place, of in enumerate(groups):
        centres = [x + (place - (len(groups) - 1) / 2) * slot for x in range(len(months))]
        draw_bars(ax, centres, rates[of], slot - 0.04, GROUPS[of][1], upright)
        naive = [number(row["naive_rate"]) for row in groups[of]]
        ax.plot(centres, naive, linestyle="none", zorder=4, clip_on=False, **DIAMOND)
        describe(ax, *(
            f"{name}, of {GROUPS[of][0]}: {rate.label} ({share(rate.part, rate.whole)})."
            for name, rate in zip(names, rates[of], strict=True)
        ))  # fmt: skip
    name_bars(ax, names, every, upright)
    scale_bars(ax, every, upright)
    return ax


def plot(funnel: Funnel, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
    """Draw who is still here after each number of months, since the lead or the first paid session."""
    return retention(funnel.retention, ax, as_of=funnel.as_of, clock=clock)
