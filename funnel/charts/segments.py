"""The picture of segments: one step for each coach, source or month, with intervals, against the whole."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from funnel.charts.drawing.bars import DIAMOND, whisker
from funnel.charts.drawing.labels import subtitle
from funnel.charts.drawing.picture import describe, empty, picture
from funnel.charts.drawing.rates import Rate, Row, number, share
from funnel.charts.drawing.rows import columns_beside, draw_rows, name_rows, rows_size, scale_rows
from funnel.charts.drawing.style import INK, PAPER, STRONG, TOO_FEW, styled
from funnel.errors import UsageError
from funnel.text import DASH, count, listed, nearest, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

BLANK = "(blank)"
NOTE = (
    "p: how often chance alone would set a value so far apart from the rest, corrected for comparing several "
    "(Holm)."
)
POOLED_NOTE = " Drawn towards the whole: the fewer the clients, the further."
BLANK_NOTE = " (blank): where {} is only filled in on the way, clients who had not come so far."
POOLED = DIAMOND | {"marker": "s"}


def step_rows(table: pd.DataFrame, step: str | None) -> pd.DataFrame:
    """Take the rows of one step, by default the table's last; the order stays.

    Raises
    ------
    UsageError
        The table has no such step; the message has the nearest.

    >>> import pandas as pd
    >>> step_rows(pd.DataFrame({"step": ["Met", "Paid"]}), "Pad")
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
    """Name a value of a segment; blanks are one of their own.

    >>> value_name("Ads"), value_name(""), value_name(None), value_name(float("nan"))
    ('Ads', '(blank)', '(blank)', '(blank)')
    """
    missing = value is None or value != value
    return BLANK if missing or not str(value).strip() else str(value)


def _rate(row: Row) -> Rate:
    """The dot of a value: of its leads, so many reached the step."""
    clients, rate, low, high = (number(row[name]) for name in ("clients", "of_leads", "low", "high"))
    return Rate(rate, rate * clients, clients, low, high)


def _chance(p: float) -> str:
    """A p-value as people read it.

    >>> _chance(0.0004), _chance(0.292929), _chance(1.0), _chance(math.nan)
    ('< 0.001', '0.29', '1', '–')
    """
    if math.isnan(p):
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}".replace("1.00", "1")


def _key(few: bool, pooled: bool, whole: bool) -> list[tuple[Artist, str]]:
    """Explain the marks that will be on the picture."""
    dot: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 8, "markeredgecolor": STRONG}
    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], markerfacecolor=STRONG, **dot), "share of its leads"),
        whisker(),
    ]
    if pooled:
        entries.append((Line2D([], [], linestyle="none", **POOLED), "drawn towards the whole"))
    if whole:
        entries.append((Line2D([], [], color=INK, linestyle=":"), "all together"))
    return [*entries, *([(Line2D([], [], markerfacecolor=PAPER, **dot), TOO_FEW)] if few else [])]


@styled
def segments(
    segments: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    step: str | None = None,
) -> Axes:
    """Draw how many of its leads reached a step, for each value of a column (docs/definitions.md#intervals).

    Parameters
    ----------
    segments : the JSON's segments as a flat table: by, value, clients, step, of_leads, low, high, p_holm;
        where it has it, `pooled` (the share drawn towards the whole). It is not changed.
    ax : axes to draw on; None for a new figure.
    as_of : the day the numbers are of, for the subtitle.
    step : which step; by default the table's last.

    Returns
    -------
    The axes, a row for each value in the table's order. Values with fewer than 10 clients are hollow.

    Raises
    ------
    UsageError
        The table has no such step.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"by": "source", "value": ["Ads", None], "clients": [40, 4], "step": "Paid",
    ...                       "of_leads": [0.5, 0.25], "low": 0.1, "high": 0.7, "p_holm": [0.2, 1.0]})
    >>> ax = segments(table)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Ads', '(blank)']
    """
    rows = step_rows(segments, step).to_dict("records")
    names = [value_name(row["value"]) for row in rows]
    rates = [_rate(row) for row in rows]
    pooled = [number(row.get("pooled")) for row in rows]
    clients = sum(rate.whole for rate in rates)
    whole = math.fsum(rate.part for rate in rates if rate.whole) / clients if clients else math.nan
    by, what = (str(rows[0]["by"]), str(rows[0]["step"])) if rows else ("segment", "")
    drawn = not all(map(math.isnan, pooled))
    line = subtitle(as_of, count(int(clients), "client"))
    signs = _key(any(rate.few for rate in rates), drawn, clients > 0)
    note = NOTE + (POOLED_NOTE if drawn else "") + (BLANK_NOTE.format(by) if BLANK in names else "")
    title = f"{what}, by {by}" if rows else "Segments"
    ax = picture(ax, rows_size(len(rows)), title, [line], note, signs)
    if not rows:
        return empty(ax, "There are no values to compare.")
    draw_rows(ax, rates, STRONG, dots=True)
    ax.plot(pooled, [y + 0.27 for y in range(len(rows))], linestyle="none", zorder=5, **POOLED)
    if clients:
        ax.axvline(whole, color=INK, linestyle=":", linewidth=1.1, zorder=1.5)
    scale_rows(ax, rates, pooled)
    name_rows(ax, names, rates)
    columns_beside(ax, [
        ("share", [rate.label for rate in rates]),
        ("clients", [share(rate.part, rate.whole) for rate in rates]),
        ("p (Holm)", [_chance(number(row.get("p_holm"))) for row in rows]),
    ])  # fmt: skip
    describe(ax, f"All together: {percent(whole)}.", *(
        f"{name}: {rate.label} ({share(rate.part, rate.whole)})."
        for name, rate in zip(names, rates, strict=True)
    ))  # fmt: skip
    return ax


def plot(funnel: Funnel, by: str, ax: Axes | None = None, *, step: str | None = None) -> Axes:
    """Draw how many of its leads reached a step (the paid one), for each value of a column."""
    paid = funnel.journey.paid
    return segments(funnel.by(by), ax, as_of=funnel.as_of, step=step or (paid.name if paid else None))
