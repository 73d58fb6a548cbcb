"""The funnel plot: the rate of each business at a step against its number of clients, with limits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from funnel.charts.drawing.labels import subtitle, text_style, text_width, wrap, write_text
from funnel.charts.drawing.picture import axes_size, describe, percent_axis, picture, show_message
from funnel.charts.drawing.style import INK, MUTED, NAME, NUMBER, PAPER, QUIET, STRONG, with_style
from funnel.metrics.statistics.funnel_limits import LIMITS, Limits, limits_of
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import count, listed, percent

if TYPE_CHECKING:
    import pandas as pd

NAMED = 8  # businesses that are named at most
NAME_WIDTH = 1.3  # inches
GAP = 0.08  # inches between a point and its name
NOTE = (
    "Of the clients who were due, the share that reached the step. Inside the 95 % lines the difference from "
    "the others may be chance. Of 20 equal businesses, about one is between the lines by chance. Outside the "
    "99.8 % lines it is hardly chance."
)


class _Mark(NamedTuple):
    """How businesses of one kind are drawn: marker, fill, edge, area; shapes differ, for print in grey."""

    marker: str
    face: str
    edge: str
    area: float


_MARKS = {
    "other": _Mark("o", QUIET, PAPER, 22),
    "inside": _Mark("o", STRONG, PAPER, 30),
    "few": _Mark("o", PAPER, MUTED, 26),
    "95 %": _Mark("s", INK, PAPER, 30),
    "99.8 %": _Mark("D", INK, PAPER, 44),
}
"""Kind of business -> its mark, in the order of drawing."""


@with_style
def funnel_plot(
    table: pd.DataFrame, step: str, ax: Axes | None = None, *, as_of: str | dt.date | None = None
) -> Axes:
    """Draw the rate of each business at one step against its number of clients.

    Parameters
    ----------
    table : the benchmark table: step, business, n, reached, rate, outside; a blank business is one of a
        benchmark file. Not modified.
    step : the step. ax : axes to draw on; None for a new figure. as_of : for the subtitle.

    Returns
    -------
    The axes. The limits are those of the table (`funnel.metrics.statistics.funnel_limits`).

    >>> import pandas as pd
    >>> rows = {"step": "Met", "business": list("abc"), "n": [40, 80, 160], "reached": [20, 44, 76]}
    >>> table = pd.DataFrame(rows).assign(rate=lambda t: t["reached"] / t["n"], outside="")
    >>> ax = funnel_plot(table, "Met")
    >>> [len(points.get_offsets()) for points in ax.collections]
    [3]
    """
    rows = table[(table["step"] == step) & (table["n"] > 0)]
    rows = rows.assign(kind=[_kind(row) for row in rows.to_dict("records")])
    clients = count(int(rows["n"].sum()), "client")
    about = f"{count(len(rows), 'business', 'businesses')}, {clients} who were due"
    title = f"{step}: share that reached it"
    ax = picture(ax, (6.4, 4.0), title, [subtitle(as_of, about)], NOTE, list(_key(rows)))
    if not len(rows):
        return show_message(ax, "No business has a client who was due at this step.")
    limits = limits_of(rows["reached"], rows["n"])
    most = max(float(rows["n"].max()) * 1.08, ENOUGH)
    low, high = _range(rows, limits)
    ax.set(xlim=(0, most), ylim=(low, high))
    percent_axis(ax.yaxis, low, high)
    _lines(ax, limits, most)
    for kind, mark in _MARKS.items():
        drawn = rows[rows["kind"] == kind]
        if len(drawn):
            ax.scatter(drawn["n"], drawn["rate"], s=mark.area, c=mark.face, marker=mark.marker,
                       edgecolors=mark.edge, linewidths=0.8, zorder=3, clip_on=False)  # fmt: skip
    ax.xaxis.grid(visible=False)
    if ax.get_xlabel() == "":
        ax.set_xlabel("clients who were due", fontsize=NAME, color=MUTED)
    _names(ax, _named(rows, limits), rows)
    outside = rows[rows["kind"] == "99.8 %"]
    text = f"Overall {percent(limits.centre)}. "
    text += f"Outside the 99.8 % limits: {listed(outside['business'], most=NAMED)}." if len(outside) else (
        "No business is outside the 99.8 % limits."
    )  # fmt: skip
    describe(ax, text)
    return ax


def _kind(row: Mapping[Hashable, Any]) -> str:
    """Return the kind of a business, a key of `_MARKS`."""
    if not row["business"]:
        return "other"
    if row["n"] < ENOUGH:
        return "few"
    return str(row["outside"]).split(" ", 1)[1] if row["outside"] else "inside"


def _key(rows: pd.DataFrame) -> Iterator[tuple[Artist, str]]:
    """Yield the key: the lines, and the marks that occur."""
    yield Line2D([], [], color=MUTED, linewidth=1), "overall"
    yield Line2D([], [], color=MUTED, linestyle="--", linewidth=1.1), "95 % limits"
    yield Line2D([], [], color=INK, linestyle=":", linewidth=1.2), "99.8 % limits"
    seen = rows["kind"].value_counts()
    far = seen.get("99.8 %", 0)
    some = "" if _are_few(rows) else f" ({NAMED} of {far} named)" if far > NAMED else " (named)"
    for kind, name in (
        ("other", "in the benchmark file"),
        ("inside", "inside 95 %"),
        ("95 %", "outside 95 %"),
        ("99.8 %", f"outside 99.8 %{some}"),
        ("few", f"under {ENOUGH} clients"),
    ):
        if kind in seen:
            mark = _MARKS[kind]
            yield Line2D([], [], linestyle="", marker=mark.marker, markersize=math.sqrt(mark.area),
                         markerfacecolor=mark.face, markeredgecolor=mark.edge), name  # fmt: skip


def _range(rows: pd.DataFrame, limits: Limits) -> tuple[float, float]:
    """Return the range of the rates and of the narrowest limits, in full tenths, with room for names."""
    ends = np.concatenate(limits.at([rows["n"].max()], LIMITS[-1])).clip(0, 1)
    rates = [*rows["rate"], *ends]
    low, high = min(rates) - 0.08, max(rates) + 0.08
    return max(0.0, math.floor(low * 10) / 10), min(1.0, math.ceil(high * 10) / 10)


def _lines(ax: Axes, limits: Limits, most: float) -> None:
    """Draw the overall rate and the limits."""
    sizes = np.geomspace(ENOUGH / 2, most, 200)
    ax.axhline(limits.centre, color=MUTED, linewidth=1, zorder=1)
    for level, line, color in zip(LIMITS, ("--", ":"), (MUTED, INK), strict=True):
        for bound in limits.at(sizes, level):
            ax.plot(sizes, bound, linestyle=line, color=color, linewidth=1.1, zorder=1)


def _named(rows: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Return the businesses to name, those with the most clients above or below the overall first.

    They are all of a few, wherever they are; else those outside the 99.8 % limits.
    """
    own = rows[rows["business"] != ""]
    named = own if _are_few(rows) else own[own["kind"] == "99.8 %"]
    difference = (named["n"] * (named["rate"] - limits.centre)).abs()
    return named.assign(difference=difference).nlargest(NAMED, "difference")


def _are_few(rows: pd.DataFrame) -> bool:
    """Return True if all businesses can be named, except those of a benchmark file."""
    return int((rows["business"] != "").sum()) <= NAMED


def _names(ax: Axes, named: pd.DataFrame, every: pd.DataFrame) -> None:
    """Write names beside their points, where they cover the least of other points and names."""
    wide, high = axes_size(ax)
    (_, most), (bottom, top) = ax.get_xlim(), ax.get_ylim()

    def at(row: Mapping[Hashable, Any]) -> tuple[float, float]:
        return row["n"] / most * wide, (row["rate"] - bottom) / (top - bottom) * high

    taken = [(x - GAP / 2, y - GAP / 2, x + GAP / 2, y + GAP / 2)
             for x, y in map(at, every.to_dict("records"))]  # fmt: skip
    for row in named.to_dict("records"):
        name = wrap(row["business"], NAME_WIDTH, NUMBER, most=2)
        lines = name.split("\n")
        w, h = max(text_width(line, NUMBER) for line in lines), len(lines) * NUMBER * 1.3 / 72
        corners = _places(at(row), (w, h), (wide, high), row["outside"].startswith("below"))
        boxes = [(x, y, x + w, y + h) for x, y in corners]
        x, y, *_ = min(boxes, key=lambda box: _overlap(box, taken))
        taken.append((x, y, x + w, y + h))
        paper = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.5}  # lines cross below it
        style = text_style(NUMBER, INK, ha="left", va="bottom", zorder=2, linespacing=1.2, bbox=paper)
        write_text(ax, name, (x / wide, y / high), (0, 0), "axes fraction", **style)


def _places(
    point: tuple[float, float], size: tuple[float, float], room: tuple[float, float], below: bool
) -> Iterator[tuple[float, float]]:
    """Yield the lower left corners of a name beside its point, the best first, all within the axes."""
    (x, y), (w, h) = point, size
    vertical = (y - GAP - h, y + GAP)
    corners = [(x - w / 2, each) for each in (vertical if below else vertical[::-1])]
    corners += [(x + GAP, y - h / 2), (x - GAP - w, y - h / 2)]
    corners += [(x + side, each) for each in vertical for side in (0.0, -w)]
    for left, low in corners:
        yield max(GAP, min(left, room[0] - w)), max(0.02, min(low, room[1] - h))


def _overlap(
    box: tuple[float, float, float, float], others: list[tuple[float, float, float, float]]
) -> float:
    """Return the area that a box shares with others."""
    shared = (
        (min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1]))
        for other in others
    )
    return sum(wide * high for wide, high in shared if wide > 0 and high > 0)
