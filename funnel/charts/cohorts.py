"""The cohorts chart: a cell for each lead month and step, blank until all its clients are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Patch, Rectangle

from funnel.charts.drawing.contrast import contrast
from funnel.charts.drawing.labels import (
    not_drawn,
    subtitle,
    text_style,
    text_width,
    worst_that_fit,
    wrap,
    wrap_names,
)
from funnel.charts.drawing.picture import axes_size, describe, picture, picture_width, show_message
from funnel.charts.drawing.rates import Rate, format_share, to_float
from funnel.charts.drawing.style import FAINT, INK, MUTED, NAME, NUMBER, PAPER, TOO_FEW, with_style
from funnel.charts.drawing.vertical_bars import HATCH
from funnel.text import DASH, count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

SHADES = LinearSegmentedColormap.from_list("funnel", ["#EEF4F9", "#9CC3E4", "#3F7FB6", "#123A5E"])
UNRIPE = "not all clients are due yet"
BLACK = "#000000"  # on a middle shade, `INK` is not dark enough
BLANK: dict[str, Any] = {"facecolor": PAPER, "edgecolor": "#B4BDC6", "hatch": HATCH, "linewidth": 0}
FRAME: dict[str, Any] = {"fill": False, "edgecolor": MUTED, "linewidth": 0.9, "linestyle": ":"}
_CELL = (0.95, 0.44)  # inches
SLOT = 0.2  # inches for the narrowest cell
EDGES = 1.7  # inches beside the cells
NARROW = 0.55  # inches, width of a cell without room for its counts


def _cell(ax: Axes, x: int, y: int, rate: Rate, ripe: bool) -> None:
    """Draw one cell: shaded by its rate, hatched if unripe, framed without shade if its n is too small."""
    edge: dict[str, Any] = {"edgecolor": PAPER, "linewidth": 2}
    if not ripe:
        _add(ax, Rectangle((x - 0.5, y - 0.5), 1, 1, **BLANK))
        _add(ax, Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, **edge))
        return
    shade = PAPER if rate.few or not rate.whole else to_hex(SHADES(rate.rate))
    _add(ax, Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, **edge))
    ink = MUTED if rate.few else max(PAPER, BLACK, key=lambda color: contrast(color, shade))
    text = _text(rate, axes_size(ax)[0] / (ax.get_xlim()[1] - ax.get_xlim()[0]))
    style = text_style(NUMBER - 0.5, ink, va="center", linespacing=1.15)
    ax.text(x, y, text, **style).set_in_layout(False)
    if rate.few:
        _add(ax, Rectangle((x - 0.44, y - 0.42), 0.88, 0.84, **FRAME))


def _add(ax: Axes, shape: Rectangle) -> None:
    """Add a shape inside the limits that are set; `add_patch` would measure each of hundreds."""
    ax.add_artist(shape).set_in_layout(False)


def _text(rate: Rate, wide: float) -> str:
    """Return rate and counts of a cell; in a narrow cell the percentage alone, without its sign."""
    if not rate.whole:
        return DASH
    return (
        rate.label.removesuffix(" %")
        if wide < NARROW
        else f"{rate.label}\n{format_share(rate.part, rate.whole)}"
    )


def _key(few: bool, unripe: bool) -> list[tuple[Artist, str]]:
    """Return the key of shades and frames."""
    entries: list[tuple[Artist, str]] = [
        (Patch(facecolor=SHADES(part), edgecolor=FAINT), f"{percent(part)} reached")
        for part in (0.0, 0.5, 1.0)
    ]
    if unripe:
        entries.append((Patch(**BLANK), UNRIPE))
    return [*entries, *([(Patch(**FRAME), TOO_FEW)] if few else [])]


@with_style
def cohorts(cohorts: pd.DataFrame, ax: Axes | None = None, *, as_of: str | dt.date | None = None) -> Axes:
    r"""Draw the share of each cohort that reached each step.

    Parameters
    ----------
    cohorts : a row for each cohort and step: cohort, leads, step, n, reached, rate, ripe. Not modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.

    Returns
    -------
    The axes. An unripe cell is hatched and has no number; a cell with n < 10 is framed, not shaded.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"cohort": "2026-01", "leads": 20, "step": ["Met", "1m"], "n": [20, 20]})
    >>> ax = cohorts(table.assign(reached=[15, 0], rate=[0.75, 0.0], low=0.0, high=1.0, ripe=[True, False]))
    >>> [text.get_text() for text in ax.texts]
    ['75 %\n15 of 20']
    """
    rows = cohorts.to_dict("records")
    every = list(dict.fromkeys(str(row["step"]) for row in rows))
    room = (picture_width(max(7.5, 1.3 + _CELL[0] * len(every))) if ax is None else axes_size(ax)[0]) - EDGES
    names = [every[at] for at in worst_that_fit(_falls(cohorts, every), room / SLOT)]
    rows = [row for row in rows if str(row["step"]) in names]
    groups = {str(row["cohort"]): int(row["leads"]) for row in rows}
    rates = [Rate(to_float(row["rate"]), to_float(row["reached"]), to_float(row["n"])) for row in rows]
    few = any(rate.few and row["ripe"] for rate, row in zip(rates, rows, strict=True))
    unripe = sum(not row["ripe"] for row in rows)
    short = "Each cell, in per cent" if names and room / len(names) < NARROW + 0.08 else "Each cell"
    size = max(7.5, 1.3 + _CELL[0] * len(names)), 1.1 + _CELL[1] * max(len(groups), 2)
    ax = picture(
        ax, size, "Cohorts by lead date",
        [subtitle(as_of, count(sum(groups.values()), "client"))],
        f"{short}: clients who reached the step, of all clients of the cohort."
        f"{not_drawn(len(every), len(names))}",
        _key(few, unripe > 0),
    )  # fmt: skip
    if not rows:
        return show_message(ax, "No cohorts: no client has a lead date.")
    order = list(groups)
    ax.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(groups) - 0.5, -0.5))
    _label(ax, names, groups)
    for row, rate in zip(rows, rates, strict=True):
        _cell(ax, names.index(str(row["step"])), order.index(str(row["cohort"])), rate, bool(row["ripe"]))
    describe(
        ax,
        f"{count(len(order), 'cohort')} by {count(len(names), 'step')}; {count(unripe, 'cell')} not due yet.",
    )
    return ax


def _falls(cohorts: pd.DataFrame, steps: Sequence[str]) -> list[float]:
    """Return how many clients fewer reached each step than the step before, of all cohorts."""
    reached = cohorts.groupby("step")["reached"].sum()
    sums = [float(reached[step]) for step in steps]
    return [before - after for before, after in zip([sums[0], *sums], sums, strict=False)] if sums else []


def _label(ax: Axes, steps: Sequence[str], groups: Mapping[str, int]) -> None:
    """Write the steps above the cells, and the cohorts with their number of leads to the left."""
    beside = [f"{wrap(name, 1.2)}  ({count(leads, 'lead')})" for name, leads in groups.items()]
    ax.set_yticks(range(len(groups)), beside, **text_style(NAME, INK, ha="right"))
    wide = axes_size(ax)[0] - max(text_width(line, NAME) for text in beside for line in text.split("\n"))
    slot = wide / len(steps) - 0.08  # what the names of the cohorts leave
    narrow = slot < NARROW
    above = wrap_names(steps, 1.6 if narrow else slot, NAME - 0.5, most=1 if narrow else 6)
    ax.xaxis.tick_top()
    turned: dict[str, Any] = {"rotation": 90, "va": "bottom"} if narrow else {}
    ax.set_xticks(range(len(steps)), above, **text_style(NAME - 0.5, INK, **turned))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw the share of each month's leads that reached each step; unripe cells are blank."""
    return cohorts(funnel.cohorts(), ax, as_of=funnel.as_of)
