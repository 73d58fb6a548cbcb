"""The frame of every picture: its size, its title, the day and clients it stands on, its key and its note.

Everything is measured before it is placed, so that no word is cut off. A picture belongs to no pyplot state:
a notebook shows it because `Picture` knows how to show itself, and nothing is left open behind it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, YAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedFormatter, FixedLocator

from funnel.charts.drawing.files import DPI, alt_text, rendered
from funnel.charts.drawing.labels import printable, put, width, words, wrap
from funnel.charts.drawing.style import FAINT, INK, LINE, MUTED, NAME, NUMBER, SUBTITLE, TITLE
from funnel.text import percent

EDGE = 0.22  # inches of white around the words
KEY_ROW = 0.2  # inches of a row of the key
_STEPS = (0.02, 0.05, 0.1, 0.2, 0.25)  # between the percentages of an axis

Key = Sequence[tuple[Artist, str]]


class Picture(Axes):
    """Axes that show themselves in a notebook, with a description for those who cannot see them.

    >>> picture(None, (4, 2), "Drop-off", ("as of 2026-11-21",))
    Picture: Drop-off. as of 2026-11-21.
    """

    name = "funnel"

    def __repr__(self) -> str:
        return f"Picture: {self.get_label() or 'empty'}"

    def _repr_png_(self) -> tuple[bytes, dict[str, object]]:
        """What a notebook shows: twice as sharp as its size in pixels says."""
        figure = self.figure.get_figure(root=True) if self.figure else Figure()
        wide, high = figure.get_size_inches() * DPI / 2
        return rendered(figure), {"width": round(wide), "height": round(high), "alt": alt_text(figure)}


def _tall(lines: str, size: float) -> float:
    """Height of wrapped lines, in inches."""
    return (lines.count("\n") + 1) * size * LINE / 72 if lines else 0.0


def _write(figure: Figure, y: float, lines: str, style: dict[str, Any], va: str = "top") -> None:
    """Put lines at the figure's left edge, `y` inches from its bottom."""
    wide, high = figure.get_size_inches()
    figure.text(EDGE / wide, y / high, lines, **style | {"ha": "left", "va": va, "linespacing": 1.2})


def _framed(size: tuple[float, float], title: str, lines: Sequence[str], note: str, key: Key) -> Axes:
    """Make a figure with room for its words above and below the axes."""
    wide = size[0]
    room = wide - 2 * EDGE
    head = wrap(title, room, TITLE, weight="bold")
    sub = "\n".join(wrap(line, room, SUBTITLE) for line in lines if line)
    foot = wrap(note, room, NUMBER)
    columns = _columns([name for _, name in key], room)
    signs = -(-len(key) // columns) * KEY_ROW + 0.1 if key else 0.0
    words_high = EDGE + _tall(head, TITLE) + _tall(sub, SUBTITLE)
    above, below = words_high + signs + 0.08, _tall(foot, NUMBER) + (EDGE if foot else 0.06)
    high = size[1] + above + below
    figure = Figure(figsize=(wide, high), layout="constrained")
    FigureCanvasAgg(figure)
    _write(figure, high - EDGE, head, words(TITLE, INK, "bold"))
    _write(figure, high - EDGE - _tall(head, TITLE), sub, words(SUBTITLE, MUTED))
    _write(figure, EDGE * 0.7, foot, words(NUMBER, MUTED), va="bottom")
    ax = figure.add_subplot(axes_class=Picture)
    if key:
        place = (EDGE / wide, (high - words_high - 0.1) / high)
        _legend(figure, key, columns, loc="upper left", bbox_to_anchor=place, borderaxespad=0)
    if isinstance(engine := figure.get_layout_engine(), ConstrainedLayoutEngine):
        engine.set(rect=(0, below / high, 1, size[1] / high))
        engine.execute(figure)  # so that `inches` measures the room there will be
    return ax


def _columns(names: Sequence[str], room: float) -> int:
    """How many columns of a key fit side by side, filled as matplotlib fills them."""
    wides = [width(name, NAME) + 0.52 for name in names]
    for columns in range(len(wides), 1, -1):
        rows, fuller = divmod(len(wides), columns)
        ends = list(accumulate(rows + (place < fuller) for place in range(columns)))
        if sum(max(wides[start:end]) for start, end in zip([0, *ends], ends, strict=False)) <= room:
            return columns
    return 1


def _legend(place: Figure | Axes, key: Key, columns: int, **where: Any) -> None:
    """Write a key; no name of a person's goes through `label=`, where a leading "_" would drop it."""
    legend = place.legend(
        [sign for sign, _ in key], [name for _, name in key], ncols=columns, borderpad=0, handlelength=1.6,
        columnspacing=1.6, labelspacing=0.45, **where,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set(**words(NAME, INK))


def inches(ax: Axes) -> tuple[float, float]:
    """Measure the axes as they now stand."""
    box = ax.get_position()
    wide, high = ax.figure.get_figure(root=True).get_size_inches()
    return box.width * wide, box.height * high


def picture(
    ax: Axes | None, size: tuple[float, float], title: str, lines: Sequence[str] = (), note: str = "",
    key: Key = (),
) -> Axes:  # fmt: skip
    """Open a picture: on the axes given, or on a new figure of its own.

    Parameters
    ----------
    ax : somebody's axes, which get a title, a key and a note; None for a new figure.
    size : width and height in inches of a new figure, without title, key and note, which are added.
    title : what the picture shows.
    lines : what it stands on (the as-of date, the clients), a line each; empty ones are dropped.
    note : how to read it; below.
    key : the marks, each with its meaning in words.

    Returns
    -------
    The axes, whose label is the description that `describe` lengthens.

    >>> ax = picture(None, (4, 2), "Drop-off", ("as of 2026-11-21", ""))
    >>> [text.get_text() for text in ax.figure.texts]
    ['Drop-off', 'as of 2026-11-21', '']
    """
    if ax is None:
        ax = _framed(size, title, lines, note, key)
    else:
        _on(ax, title, lines, note, key)
    ax.set_label("")
    describe(ax, ". ".join(line.rstrip(".") for line in (title, *lines) if line) + ".")
    return ax


def _on(ax: Axes, title: str, lines: Sequence[str], note: str, key: Key) -> None:
    """Write the words of a picture around somebody's axes."""
    room = inches(ax)[0]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    columns = _columns([name for _, name in key], room)
    head = "\n".join(wrap(line, room, NAME) for line in (title, *lines) if line)
    pad = 10 + -(-len(key) // columns) * KEY_ROW * 72 if key else 6
    ax.set_title(head, loc="left", pad=pad, **words(NAME, INK, ha="left"))
    ax.set_xlabel(wrap(note, room, NUMBER), **words(NUMBER, MUTED))
    if key:
        _legend(ax, key, columns, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.4)


def describe(ax: Axes, *sentences: str) -> None:
    """Add sentences to the description that goes into files and notebooks."""
    ax.set_label(" ".join(map(printable, filter(None, (str(ax.get_label()), *sentences)))))


def percent_axis(axis: Axis, low: float, high: float) -> None:
    """Write an axis in percentages, with faint lines across, from `low` to `high` (never past 100 %)."""
    step = next((step for step in _STEPS if (min(high, 1) - low) / step <= 6), _STEPS[-1])
    ticks = [n * step for n in range(math.ceil(low / step), round(1 / step) + 1) if n * step <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([percent(tick) for tick in ticks]))
    for label in axis.get_ticklabels():
        label.set(**words(NUMBER, MUTED, ha="right" if isinstance(axis, YAxis) else "center"))
    axis.grid(True, color=FAINT, linewidth=0.8)


def empty(ax: Axes, sentence: str) -> Axes:
    """Say in the middle of the axes why there is nothing to see."""
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])
    for legend in ax.figure.legends if isinstance(ax, Picture) else [ax.get_legend()]:
        if legend:  # there are no marks to explain
            legend.remove()
    lines = wrap(sentence, inches(ax)[0] * 0.8, SUBTITLE)
    put(ax, lines, (0.5, 0.5), (0, 0), "axes fraction", **words(SUBTITLE, MUTED, va="center"))
    describe(ax, sentence)
    return ax
