"""The stages chart: clients now in each stage, and their value; lost stages are separate."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from funnel.charts.drawing.horizontal_bars import columns_beside, draw_rows, name_rows, rows_size, scale_rows
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import Key, describe, picture, show_message
from funnel.charts.drawing.rates import Rate, Row, to_float
from funnel.charts.drawing.style import STRONG, WARM, with_style
from funnel.charts.drawing.vertical_bars import swatch
from funnel.text import DASH, count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NOTE = "Bars: the share of all clients who are now in the stage. Lost stages are below the others."
LOST = "Lost"
_BESIDE = {
    "value": "value", "lifetime_value": "lifetime value", "value_30_days": "30-day value",
    "median_days": "median days in stage", "longest_days": "longest days in stage", "stuck": "stuck",
}  # fmt: skip
_PICTOGRAPHS = 0x1F000  # first code point of emoji, cards and dominoes, which our fonts lack
_GAP = Rate(math.nan, 0, 0)  # the row above the lost stages


@with_style
def stages(cards: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None) -> Axes:
    """Draw the clients now in each stage, with their value; lost stages are separate.

    Parameters
    ----------
    cards : `Funnel.stages`, a row for each stage; columns of money and days are optional. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.

    Returns
    -------
    The axes. Emoji are removed, because few fonts contain them.

    >>> import pandas as pd
    >>> cards = pd.DataFrame({"stage": ["Lead", "Won"], "lost": [False, False], "clients": [30, 10]})
    >>> ax = stages(cards.assign(share=[0.75, 0.25]), as_of="2026-11-21")
    >>> [float(bar.get_width()) for bar in ax.patches]
    [0.75, 0.25]
    """
    everyone = int(cards["clients"].sum()) if len(cards) else 0
    rows = cards.to_dict("records")
    active, lost = ([row for row in rows if bool(row["lost"]) is is_lost] for is_lost in (False, True))
    lost_clients = sum(int(row["clients"]) for row in lost)
    facts = [count(everyone, "client"), *([f"{lost_clients:,} of them lost"] if lost else [])]
    shown = [*active, *([None, *lost] if lost else [])]
    key: Key = [(swatch(STRONG), "active"), (swatch(WARM), "lost")] if lost else []
    line = subtitle(as_of, *facts)
    ax = picture(ax, rows_size(len(shown)), "Clients by stage", [line], NOTE, key)
    if not rows:
        return show_message(ax, "The journey has no stages.")
    rates = [_GAP if row is None else _rate(row, everyone) for row in shown]
    draw_rows(ax, [rate if n < len(active) else _GAP for n, rate in enumerate(rates)], STRONG)
    draw_rows(ax, [rate if n > len(active) else _GAP for n, rate in enumerate(rates)], WARM)
    scale_rows(ax, rates)
    name_rows(ax, [LOST if row is None else drawable_name(str(row["stage"])) for row in shown], rates)
    columns_beside(ax, list(_columns(shown)))
    describe(ax, *(_sentence(row) for row in rows))
    return ax


def _rate(row: Row, everyone: int) -> Rate:
    return Rate(to_float(row["share"]), to_float(row["clients"]), everyone)


def _columns(rows: Sequence[Row | None]) -> Iterator[tuple[str, list[str]]]:
    """Yield the columns beside the bars: clients, share, and other numbers that some stage has."""
    yield "clients", ["" if row is None else f"{row['clients']:,}" for row in rows]
    yield "share", ["" if row is None else percent(to_float(row["share"])) for row in rows]
    for name, heading in _BESIDE.items():
        values = [math.nan if row is None else to_float(row.get(name)) for row in rows]
        if any(value and not math.isnan(value) for value in values):
            cells = [DASH if math.isnan(value) else f"{value:,.0f}" for value in values]
            yield heading, ["" if row is None else cell for row, cell in zip(rows, cells, strict=True)]


def drawable_name(name: str) -> str:
    """Return a stage's name without pictographs, unless it has nothing else.

    >>> drawable_name("🔥 Hot Lead")
    'Hot Lead'
    """
    return "".join(c for c in name if ord(c) < _PICTOGRAPHS and c != "\ufe0f").strip() or name


def _sentence(row: Row) -> str:
    """Describe a stage in words, for the alternative text."""
    lost = " (lost)" if row["lost"] else ""
    clients = count(int(row["clients"]), "client")
    return f"{drawable_name(str(row['stage']))}{lost}: {clients}, {percent(to_float(row['share']))}."


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw the clients now in each stage of a funnel, and their value; lost stages are separate."""
    return stages(funnel.stages, ax, as_of=funnel.as_of)
