"""The picture of the stages: how many clients are in each now, what they are worth; the lost ones apart."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from funnel.charts.drawing.bars import swatch
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import Key, describe, empty, picture
from funnel.charts.drawing.rates import Rate, Row, number
from funnel.charts.drawing.rows import columns_beside, draw_rows, name_rows, rows_size, scale_rows
from funnel.charts.drawing.style import STRONG, WARM, styled
from funnel.text import DASH, count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NOTE = "Bars: the share of all clients who are in a stage now. Who is lost has left the way."
LOST = "Lost"
_BESIDE = {
    "value": "value", "lifetime_value": "lifetime value", "value_30_days": "30-day value",
    "median_days": "median days in it", "longest_days": "longest days in it", "stuck": "stuck in it",
}  # fmt: skip
_PICTOGRAPHS = 0x1F000  # from here on no font of ours has anything: emoji, cards, dominoes
_GAP = Rate(math.nan, 0, 0)  # the row between the way and the lost


@styled
def stages(cards: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None) -> Axes:
    """Draw how many clients are in each stage now, with what they are worth beside; lost stages apart.

    Parameters
    ----------
    cards : `Funnel.stages`, a row for each stage; money and days are shown where there are any. Not changed.
    ax : axes to draw on; None for a new figure.
    as_of : the day the numbers are of, for the subtitle.

    Returns
    -------
    The axes. Emoji are left out, because few fonts have them.

    >>> import pandas as pd
    >>> cards = pd.DataFrame({"stage": ["Lead", "Won"], "lost": [False, False], "clients": [30, 10]})
    >>> ax = stages(cards.assign(share=[0.75, 0.25]), as_of="2026-11-21")
    >>> [float(bar.get_width()) for bar in ax.patches]
    [0.75, 0.25]
    """
    everyone = int(cards["clients"].sum()) if len(cards) else 0
    rows = cards.to_dict("records")
    way, lost = ([row for row in rows if bool(row["lost"]) is gone] for gone in (False, True))
    left = sum(int(row["clients"]) for row in lost)
    facts = [count(everyone, "client"), *([f"{left:,} of them lost"] if lost else [])]
    shown = [*way, *([None, *lost] if lost else [])]
    key: Key = [(swatch(STRONG), "on the way"), (swatch(WARM), "lost")] if lost else []
    line = subtitle(as_of, *facts)
    ax = picture(ax, rows_size(len(shown)), "Where the clients are", [line], NOTE, key)
    if not rows:
        return empty(ax, "The journey has no stages.")
    rates = [_GAP if row is None else _rate(row, everyone) for row in shown]
    draw_rows(ax, [rate if n < len(way) else _GAP for n, rate in enumerate(rates)], STRONG)
    draw_rows(ax, [rate if n > len(way) else _GAP for n, rate in enumerate(rates)], WARM)
    scale_rows(ax, rates)
    name_rows(ax, [LOST if row is None else _name(row) for row in shown], rates)
    columns_beside(ax, list(_columns(shown)))
    describe(ax, *(_sentence(row) for row in rows))
    return ax


def _rate(row: Row, everyone: int) -> Rate:
    return Rate(number(row["share"]), number(row["clients"]), everyone)


def _columns(rows: Sequence[Row | None]) -> Iterator[tuple[str, list[str]]]:
    """The numbers beside the bars: clients, their share, and what else there is to say of any stage."""
    yield "clients", ["" if row is None else f"{row['clients']:,}" for row in rows]
    yield "share", ["" if row is None else percent(number(row["share"])) for row in rows]
    for name, heading in _BESIDE.items():
        values = [math.nan if row is None else number(row.get(name)) for row in rows]
        if any(value and not math.isnan(value) for value in values):
            cells = [DASH if math.isnan(value) else f"{value:,.0f}" for value in values]
            yield heading, ["" if row is None else cell for row, cell in zip(rows, cells, strict=True)]


def _name(row: Row) -> str:
    """A stage's name without pictographs; with them, where it is made of nothing else.

    >>> _name({"stage": "🔥 Hot Lead"})
    'Hot Lead'
    """
    name = str(row["stage"])
    return "".join(c for c in name if ord(c) < _PICTOGRAPHS and c != "\ufe0f").strip() or name


def _sentence(row: Row) -> str:
    """A stage in words, for those who cannot see the picture."""
    gone = " (lost)" if row["lost"] else ""
    clients = count(int(row["clients"]), "client")
    return f"{_name(row)}{gone}: {clients}, {percent(number(row['share']))}."


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw how many clients are in each stage now, and what they are worth; the lost ones apart."""
    return stages(funnel.stages, ax, as_of=funnel.as_of)
