"""The retention chart: the share of clients still here after each number of months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, picture, show_message
from funnel.charts.drawing.rates import Rate, Row, format_share, to_float
from funnel.charts.drawing.style import INK, MUTED, STRONG, WARM, with_style
from funnel.charts.drawing.vertical_bars import (
    DIAMOND,
    OUTLINE,
    bars_size,
    diamond,
    draw_bars,
    few_swatch,
    must_rotate_counts,
    name_bars,
    scale_bars,
    swatch,
    whisker,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.metrics.tables.survival import Clock

GROUPS = {"leads": ("all leads", STRONG), "paid": ("paid clients", WARM)}
CLOCKS = {"lead": "the lead date", "paid": "the first paid session"}
NOTE = (
    "Below each bar: clients still here, of clients for whom these months have passed. The column total is a "
    "share of all clients, including those not yet due."
)
BRACKET: dict[str, Any] = {"color": INK, "linestyle": ":", "linewidth": 1.4, "marker": "_", "zorder": 4}
UNKNOWN = "if clients with an unknown leaving day left before, or after"
STAYED = "if all overdue clients stayed"


def _rate(row: Row) -> Rate:
    """Return the retention rate of one group after one number of months."""
    rate, low, high, most = (
        to_float(row[name]) for name in ("rate", "low", "high", "rate_if_overdue_stayed")
    )
    return Rate(rate, to_float(row["reached"]), to_float(row["eligible"]), low, high, most)


def _bracket(row: Row) -> tuple[float, float]:
    """Return the rates if all clients with an unknown leaving day had left before, and after."""
    return to_float(row.get("rate_if_unknown_left")), to_float(row.get("rate_if_unknown_stayed"))


def _draw_brackets(ax: Axes, centres: Sequence[float], rows: Iterable[Row]) -> None:
    for x, row in zip(centres, rows, strict=True):
        low, high = _bracket(row)
        if low < high:
            ax.plot([x, x], [low, high], **BRACKET)


def _key(groups: Iterable[str], rates: list[Rate], naive: bool) -> list[tuple[Artist, str]]:
    """Return the key."""
    entries = [(swatch(GROUPS[of][1]), f"of {GROUPS[of][0]}") for of in groups]
    stayed = [(Patch(**OUTLINE), STAYED)] if any(rate.at_most > rate.rate for rate in rates) else []
    few = [few_swatch(MUTED)] if any(rate.few for rate in rates) else []
    return [*entries, whisker(), *stayed, *([diamond()] if naive else []), *few]


def _rows(table: pd.DataFrame, months: list[float]) -> dict[str, list[Row]]:
    """Return the rows of each group, one for each number of months; an empty row if the table has none."""
    none: Row = dict.fromkeys(table.columns)
    found = {(row["of"], row["months"]): row for row in table.to_dict("records")}
    return {of: [found.get((of, month), none) for month in months] for of in GROUPS if of in set(table["of"])}


@with_style
def retention(
    retention: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    clock: str = "lead",
) -> Axes:
    """Draw the share of clients still here after each number of months (docs/definitions.md#retention).

    Parameters
    ----------
    retention : `Funnel.retention`, a row for each group, clock and number of months. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    clock : the start of the months: "lead" (lead date) or "paid" (first paid session).

    Returns
    -------
    The axes. A bar is `rate`, its dotted outline `rate_if_overdue_stayed`, and the diamond `naive_rate`; a
    dotted line ends at `rate_if_unknown_left` and `rate_if_unknown_stayed`.

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
    brackets = [_bracket(row) for rows in groups.values() for row in rows]
    if any(low < high for low, high in brackets):
        signs.append((Line2D([], [], **BRACKET), UNKNOWN))
    title = f"Clients still here, by months since {CLOCKS[clock]}"
    ax = picture(ax, bars_size(len(months)), title, [subtitle(as_of)], NOTE, signs)
    if not months:
        return show_message(
            ax, "No retention: the sheet has no retention step and no left date, or no client is due."
        )
    rotated = must_rotate_counts(ax, list(rates.values()))
    scale_bars(ax, every, rotated)
    slot = 0.86 / len(groups)
    for place, of in enumerate(groups):
        centres = [x + (place - (len(groups) - 1) / 2) * slot for x in range(len(months))]
        draw_bars(ax, centres, rates[of], slot - 0.04, GROUPS[of][1], rotated)
        _draw_brackets(ax, centres, groups[of])
        naive = [to_float(row["naive_rate"]) for row in groups[of]]
        ax.plot(centres, naive, linestyle="none", zorder=4, clip_on=False, **DIAMOND)
        describe(ax, *(
            f"{name}, of {GROUPS[of][0]}: {rate.label} ({format_share(rate.part, rate.whole)})."
            for name, rate in zip(names, rates[of], strict=True)
        ))  # fmt: skip
    name_bars(ax, names, every, rotated)
    return ax


def plot(funnel: Funnel, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
    """Draw clients still here after each number of months, since lead date or first paid session."""
    return retention(funnel.retention, ax, as_of=funnel.as_of, clock=clock)
