"""The moves chart: how many clients moved from which stage to which, as ribbons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from funnel.charts.drawing.labels import subtitle, text_style, text_width, wrap, write_text
from funnel.charts.drawing.picture import Key, axes_size, describe, picture, show_message
from funnel.charts.drawing.style import INK, LINE, NAME, PAPER, SERIES, STRONG, WARM, with_style
from funnel.charts.drawing.vertical_bars import swatch
from funnel.charts.stages import drawable_name
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

COLORS = {"forward": STRONG, "back": WARM, "lost": SERIES[2]}
NOTE = "Left: where clients moved from. Right: where they moved to. The more moves, the wider the ribbon."
NAMES = 0.3  # share of the width for the names, on each side
NAMES_WIDE = 1.35  # inches, least width of the names, if ribbons keep a quarter of the width
ROW = 0.42  # inches, for a name
BAR = 0.09  # inches, width of the bar of a stage
GAP = 0.05  # inches, between two names

Move = tuple[str, str, int, str]
Slots = Mapping[str, float]


@with_style
def moves(
    moves: pd.DataFrame,
    ax: Axes | None = None,
    *,
    as_of: str | dt.date | None = None,
    stages: Sequence[str] = (),
) -> Axes:
    """Draw the moves between stages: forward, back, and to lost stages.

    Parameters
    ----------
    moves : a row for each pair of stages, in the order of the stages: stage, next, moves, direction. Not
        modified.
    ax : axes to draw on; None for a new figure.
    as_of : the as-of date, for the subtitle.
    stages : the stages in their order, on both sides; default: as they come in the rows. Lost ones are last.

    Returns
    -------
    The axes, with a ribbon (a patch) for each row, after the bars of the stages.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"stage": ["Lead"], "next": ["Won"], "moves": [3], "direction": ["forward"]})
    >>> moves(table).get_label()
    'Moves between stages. 3 moves. Lead → Won: 3 moves.'
    """
    rows: list[Move] = [
        (str(row["stage"]), str(row["next"]), int(row["moves"]), str(row["direction"]))
        for row in moves.to_dict("records")
    ]
    known = dict.fromkeys([*stages, *(row[0] for row in rows), *(row[1] for row in rows)])
    order = sorted(known, key=_lost_stages(rows))
    left, right = _totals(rows, 0, order), _totals(rows, 1, order)
    kinds = [kind for kind in COLORS if any(kind == row[3] for row in rows)]
    key: Key = [(swatch(COLORS[kind]), kind) for kind in kinds]
    total = sum(n for *_, n, _ in rows)
    size = (7.6, max(2.4, 0.6 + ROW * 1.3 * max(len(left), len(right))))
    ax = picture(ax, size, "Moves between stages", [subtitle(as_of, count(total, "move"))], NOTE, key)
    if not rows:
        return show_message(ax, "No move between stages is known.")
    ax.set_axis_off()
    wide, high = axes_size(ax)
    ax.set(xlim=(0, wide), ylim=(high, 0), xticks=[], yticks=[])
    room = max(NAMES * wide, min(NAMES_WIDE, 0.375 * wide))
    labels = [{name: _label(name, n, room) for name, n in side.items()} for side in (left, right)]
    unit = min(_unit(side, texts, high) for side, texts in zip((left, right), labels, strict=True))
    tops = [_tops(side, texts, unit, high) for side, texts in zip((left, right), labels, strict=True)]
    ends = (room, wide - room)
    for side, (totals, texts) in enumerate(zip((left, right), labels, strict=True)):
        x, align, shift = ends[side], ("right", "left")[side], (-4, 4)[side]
        style = text_style(NAME, INK, ha=align, va="center", linespacing=1.1)
        for name, n in totals.items():
            top = tops[side][name]
            box = ((x - BAR * side, top), BAR, n * unit)
            ax.add_patch(Rectangle(*box, facecolor=INK, edgecolor=PAPER, zorder=3))
            write_text(ax, texts[name], (x, top + n * unit / 2), (shift, 0), **style)
    _draw_ribbons(ax, rows, tops, unit, (ends[0] + BAR, ends[1] - BAR))
    describe(ax, *(f"{drawable_name(a)} → {drawable_name(b)}: {count(n, 'move')}." for a, b, n, _ in rows))
    return ax


def _lost_stages(rows: Sequence[Move]) -> Callable[[str], bool]:
    """Return a function that is true of lost stages, which are drawn last."""
    return {to for _, to, _, kind in rows if kind == "lost"}.__contains__


def _totals(rows: Sequence[Move], side: int, order: Sequence[str]) -> dict[str, int]:
    """Return the moves from (or to) each stage that has some."""
    sums = {name: sum(row[2] for row in rows if row[side] == name) for name in order}
    return {name: n for name, n in sums.items() if n}


def _label(name: str, n: int, room: float) -> str:
    number = f" ({n:,})"
    return wrap(drawable_name(name), room - 0.08 - text_width(number, NAME), NAME, most=2) + number


def _height(text: str) -> float:
    """Return the least height of the slot of a stage, in inches."""
    return (text.count("\n") + 1) * NAME * LINE / 72 + GAP


def _unit(totals: Mapping[str, int], texts: Mapping[str, str], high: float) -> float:
    """Return the inches for each move with which all stages, and their names, fit into the height."""
    low, top = 0.0, high / max(sum(totals.values()), 1)
    for _ in range(30):
        unit = (low + top) / 2
        fits = sum(max(n * unit + GAP, _height(texts[name])) for name, n in totals.items()) <= high
        low, top = (unit, top) if fits else (low, unit)
    return low


def _tops(totals: Mapping[str, int], texts: Mapping[str, str], unit: float, high: float) -> dict[str, float]:
    """Return the upper edge of the bar of each stage, in the middle of its slot; the rest is between them."""
    slots = {name: max(n * unit + GAP, _height(texts[name])) for name, n in totals.items()}
    rest = max(high - sum(slots.values()), 0) / len(slots)
    found, top = {}, 0.0
    for name, slot in slots.items():
        found[name] = top + (slot + rest - totals[name] * unit) / 2
        top += slot + rest
    return found


def _draw_ribbons(
    ax: Axes, rows: Sequence[Move], tops: Sequence[Slots], unit: float, ends: tuple[float, float]
) -> None:
    """Draw a ribbon for each pair of stages; on both sides in the order of the stages at the other end."""
    at_left, at_right = dict(tops[0]), dict(tops[1])
    one, two = ends
    middle = (one + two) / 2
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    for name, to, n, kind in rows:
        a, b, thick = at_left[name], at_right[to], n * unit
        points = [
            (one, a), (middle, a), (middle, b), (two, b),
            (two, b + thick), (middle, b + thick), (middle, a + thick), (one, a + thick), (one, a),
        ]  # fmt: skip
        style = {"facecolor": COLORS[kind], "edgecolor": COLORS[kind], "alpha": 0.8, "linewidth": 0.5}
        ax.add_patch(PathPatch(Path(points, curve), **style))
        at_left[name], at_right[to] = a + thick, b + thick


def plot(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw the moves between stages that are known, as ribbons."""
    return moves(funnel.moves, ax, as_of=funnel.as_of, stages=[str(name) for name in funnel.stages["stage"]])
