"""The segments chart: the settled drop-off at one step by coach, source or month, with intervals."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from funnel.charts.drawing.horizontal_bars import columns_beside, draw_rows, name_rows, rows_size, scale_rows
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, picture, show_message
from funnel.charts.drawing.rates import Rate, Row, format_share, to_float
from funnel.charts.drawing.style import INK, PAPER, STRONG, TOO_FEW, with_style
from funnel.charts.drawing.vertical_bars import DIAMOND, whisker
from funnel.errors import UsageError
from funnel.metrics.tables.segments import NOTE
from funnel.text import DASH, count, listed, nearest, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

BLANK = "(blank)"
POOLED_NOTE = " Pooled share: the fewer clients a value has, the closer to the overall share."
BLANK_NOTE = " (blank) is not compared."
POOLED = DIAMOND | {"marker": "s"}


def select_step(table: pd.DataFrame, step: str | None) -> pd.DataFrame:
    """Return the rows of one step, by default the last step of the table.

    Raises
    ------
    UsageError
        The table has no such step; the message names the nearest.

    >>> import pandas as pd
    >>> select_step(pd.DataFrame({"step": ["Met", "Paid"]}), "Pad")
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no step 'Pad' in this table. Did you mean 'Paid'? It has Met and Paid.
    """
    names = list(dict.fromkeys(map(str, table["step"])))
    if step is not None and step not in names:
        near = nearest(step, names)
        hint = f" Did you mean {near!r}?" if near else ""
        raise UsageError(f"There is no step {step!r} in this table.{hint} It has {listed(names) or 'none'}.")
    return table[table["step"] == (step or (names[-1] if names else ""))]


def value_name(value: object) -> str:
    """Return the name of a segment's value; blank values share one name.

    >>> value_name("Ads"), value_name(""), value_name(None), value_name(float("nan"))
    ('Ads', '(blank)', '(blank)', '(blank)')
    """
    missing = value is None or value != value
    return BLANK if missing or not str(value).strip() else str(value)


def _rate(row: Row) -> Rate:
    """Return the settled drop-off of one value."""
    names = ("settled_n", "settled_drop_off", "settled_low", "settled_high")
    n, rate, low, high = (to_float(row[name]) for name in names)
    return Rate(rate, rate * n if n else math.nan, n, low, high)


def _chance(p: float) -> str:
    """Format a p-value.

    >>> _chance(0.0004), _chance(0.292929), _chance(1.0), _chance(math.nan)
    ('< 0.001', '0.29', '1', '–')
    """
    if math.isnan(p):
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}".replace("1.00", "1")


def _key(few: bool, pooled: bool, whole: bool) -> list[tuple[Artist, str]]:
    """Return the key."""
    dot: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 8, "markeredgecolor": STRONG}
    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], markerfacecolor=STRONG, **dot), "share lost"),
        whisker(),
    ]
    if pooled:
        entries.append((Line2D([], [], linestyle="none", **POOLED), "pooled share"))
    if whole:
        entries.append((Line2D([], [], color=INK, linestyle=":"), "all clients"))
    return [*entries, *([(Line2D([], [], markerfacecolor=PAPER, **dot), TOO_FEW)] if few else [])]


@with_style
def segments(
    segments: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    step: str | None = None,
) -> Axes:
    """Draw the share of clients lost at a step, by value (docs/definitions.md#settled).

    Parameters
    ----------
    segments : a row for each value and step: by, value, step, settled_n, settled_drop_off, settled_low,
        settled_high, p_family, and optionally `settled_pooled` (the share, drawn towards the overall share).
        Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    step : the step; by default the last of the table.

    Returns
    -------
    The axes, a row for each value in table order. Values with n < 10 are hollow.

    Raises
    ------
    UsageError
        The table has no such step.

    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "by": "source", "value": ["Ads", None], "step": "Paid", "settled_n": [40, 4],
    ...     "settled_drop_off": [0.5, 0.25], "settled_low": 0.1, "settled_high": 0.7, "p_family": [0.2, None],
    ... })
    >>> ax = segments(table)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Ads', '(blank)']
    """
    rows = select_step(segments, step).to_dict("records")
    names = [value_name(row["value"]) for row in rows]
    rates = [_rate(row) for row in rows]
    pooled = [to_float(row.get("settled_pooled")) for row in rows]
    clients = sum(rate.whole for rate in rates if rate.whole)
    whole = math.fsum(rate.part for rate in rates if rate.whole) / clients if clients else math.nan
    by, what = (str(rows[0]["by"]), str(rows[0]["step"])) if rows else ("segment", "")
    drawn = not all(map(math.isnan, pooled))
    line = subtitle(as_of, f"{count(int(clients), 'client')} who were due")
    signs = _key(any(rate.few for rate in rates), drawn, clients > 0)
    note = NOTE + (POOLED_NOTE if drawn else "") + (BLANK_NOTE if BLANK in names else "")
    title = f"Lost at {what}, by {by}" if rows else "Segments"
    ax = picture(ax, rows_size(len(rows)), title, [line], note, signs)
    if not rows:
        return show_message(ax, "There are no values to compare.")
    draw_rows(ax, rates, STRONG, dots=True)
    ax.plot(pooled, [y + 0.27 for y in range(len(rows))], linestyle="none", zorder=5, **POOLED)
    if clients:
        ax.axvline(whole, color=INK, linestyle=":", linewidth=1.1, zorder=1.5)
    scale_rows(ax, rates, pooled)
    name_rows(ax, names, rates)
    columns_beside(ax, [
        ("share", [rate.label for rate in rates]),
        ("lost", [format_share(rate.part, rate.whole) for rate in rates]),
        ("p (Holm)", [_chance(to_float(row.get("p_family"))) for row in rows]),
    ])  # fmt: skip
    describe(ax, f"All clients: {percent(whole)}.", *(
        f"{name}: {rate.label} ({format_share(rate.part, rate.whole)})."
        for name, rate in zip(names, rates, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, by: str, ax: Axes | None = None, *, step: str | None = None) -> Axes:
    """Draw the share of clients lost at a step (by default the paid one), for each value of a column."""
    paid = funnel.journey.paid
    return segments(funnel.by(by), ax, as_of=funnel.as_of, step=step or (paid.name if paid else None))
