"""The frame of every chart: size, title, subtitle, key and note.

All text is measured before it is placed, so that none is cut off. Charts do not use pyplot: a notebook
displays `Picture` by its own method, and no figure stays open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, YAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedFormatter, FixedLocator

from funnel.charts.drawing.files import DPI, alt_text, render
from funnel.charts.drawing.labels import (
    WINDOW,
    remove_control_characters,
    text_style,
    text_width,
    wrap,
    write_text,
)
from funnel.charts.drawing.style import FAINT, INK, LINE, MUTED, NAME, NUMBER, SUBTITLE, TITLE
from funnel.errors import UsageError
from funnel.text import listed, percent

EDGE = 0.22  # inches of white around the text
KEY_ROW = 0.2  # inches, height of a row of the key
_STEPS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)  # between the ticks of a percentage axis

Key = Sequence[tuple[Artist, str]]

SIZES: dict[str, tuple[float, float | None]] = {
    "slide": (12.3, 5.9),
    "page": (7.1, None),
    "phone": (3.9, None),
}
"""Width and height of a whole picture, in inches; without a height it is as high as it needs to be."""


@dataclass(frozen=True)
class Frame:
    """The title and size of a picture, if the caller chose them.

    Parameters
    ----------
    title : its title.
    wide, high : its size in inches, with all text.
    """

    title: str | None = None
    wide: float | None = None
    high: float | None = None


_OWN = Frame()
_FRAME: ContextVar[Frame] = ContextVar("frame", default=_OWN)


def framed(
    draw: Callable[..., Axes],
    *args: Any,
    title: str | None = None,
    figsize: tuple[float, float] | None = None,
    size: str | None = None,
    window: str = "",
    **options: Any,
) -> Axes:
    """Draw a chart with the caller's title and size.

    Parameters
    ----------
    draw, args, options : the function of the chart, and its arguments.
    title : replaces its own title.
    figsize : width and height in inches, of the whole picture.
    size : "slide", "page" or "phone", instead of `figsize`.
    window : the conversion window of the funnel ("30 days"), for the subtitle.

    Raises
    ------
    UsageError : the size is unknown.
    """
    if size is not None and size not in SIZES:
        raise UsageError(f"There is no size {size!r}; there are {listed(SIZES)}.")
    wide, high = figsize or (SIZES[size] if size else (None, None))
    token, counted = _FRAME.set(Frame(title, wide, high)), WINDOW.set(window)
    try:
        return draw(*args, **options)
    finally:
        _FRAME.reset(token)
        WINDOW.reset(counted)


def picture_width(wide: float) -> float:
    """Return the width of a new picture, which a caller may have chosen."""
    return _FRAME.get().wide or wide


class Picture(Axes):
    """Axes that a notebook displays, with an alternative text.

    >>> picture(None, (4, 2), "Drop-off", ("as of 2026-11-21",))
    Picture: Drop-off. as of 2026-11-21.
    """

    name = "funnel"

    def __repr__(self) -> str:
        return f"Picture: {self.get_label() or 'empty'}"

    def _repr_png_(self) -> tuple[bytes, dict[str, object]]:
        """Return the PNG for a notebook, with twice the pixels of its displayed size."""
        figure = self.figure.get_figure(root=True) if self.figure else Figure()
        wide, high = figure.get_size_inches() * DPI / 2
        return render(figure), {"width": round(wide), "height": round(high), "alt": alt_text(figure)}


def _text_height(lines: str, size: float) -> float:
    """Return the height of wrapped lines, in inches."""
    return (lines.count("\n") + 1) * size * LINE / 72 if lines else 0.0


def _write(figure: Figure, y: float, lines: str, style: dict[str, Any], va: str = "top") -> None:
    """Write lines at the left edge of the figure, `y` inches from its bottom."""
    wide, high = figure.get_size_inches()
    figure.text(EDGE / wide, y / high, lines, **style | {"ha": "left", "va": va, "linespacing": 1.2})


def _new_axes(size: tuple[float, float], title: str, lines: Sequence[str], note: str, key: Key) -> Axes:
    """Create a figure with room for text above and below its axes."""
    frame = _FRAME.get()
    wide = frame.wide or size[0]
    room = wide - 2 * EDGE
    head = wrap(title, room, TITLE, weight="bold")
    sub = "\n".join(wrap(line, room, SUBTITLE) for line in lines if line)
    foot = wrap(note, room, NUMBER)
    columns = _columns([name for _, name in key], room)
    signs = -(-len(key) // columns) * KEY_ROW + 0.1 if key else 0.0
    words_high = EDGE + _text_height(head, TITLE) + _text_height(sub, SUBTITLE)
    above, below = words_high + signs + 0.08, _text_height(foot, NUMBER) + (EDGE if foot else 0.06)
    inner = max(size[1] if frame.high is None else frame.high - above - below, 1.0)
    high = inner + above + below
    figure = Figure(figsize=(wide, high), layout="constrained")
    FigureCanvasAgg(figure)
    _write(figure, high - EDGE, head, text_style(TITLE, INK, "bold"))
    _write(figure, high - EDGE - _text_height(head, TITLE), sub, text_style(SUBTITLE, MUTED))
    _write(figure, EDGE * 0.7, foot, text_style(NUMBER, MUTED), va="bottom")
    ax = figure.add_subplot(axes_class=Picture)
    if key:
        place = (EDGE / wide, (high - words_high - 0.1) / high)
        _legend(figure, key, columns, loc="upper left", bbox_to_anchor=place, borderaxespad=0)
    if isinstance(engine := figure.get_layout_engine(), ConstrainedLayoutEngine):
        engine.set(rect=(0, below / high, 1, inner / high))
        engine.execute(figure)  # so that `inches` measures the final room
    return ax


def _columns(names: Sequence[str], room: float) -> int:
    """Return how many columns of a key fit side by side, filled as by matplotlib."""
    wides = [text_width(name, NAME) + 0.52 for name in names]
    for columns in range(len(wides), 1, -1):
        rows, fuller = divmod(len(wides), columns)
        ends = list(accumulate(rows + (place < fuller) for place in range(columns)))
        if sum(max(wides[start:end]) for start, end in zip([0, *ends], ends, strict=False)) <= room:
            return columns
    return 1


def _legend(place: Figure | Axes, key: Key, columns: int, **where: Any) -> None:
    """Draw a key; names are not passed as `label=`, which drops those with a leading "_"."""
    legend = place.legend(
        [sign for sign, _ in key], [name for _, name in key], ncols=columns, borderpad=0, handlelength=1.6,
        columnspacing=1.6, labelspacing=0.45, **where,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set(**text_style(NAME, INK))


def axes_size(ax: Axes) -> tuple[float, float]:
    """Return the current width and height of the axes, in inches."""
    box = ax.get_position()
    wide, high = ax.figure.get_figure(root=True).get_size_inches()
    return box.width * wide, box.height * high


def picture(
    ax: Axes | None, size: tuple[float, float], title: str, lines: Sequence[str] = (), note: str = "",
    key: Key = (),
) -> Axes:  # fmt: skip
    """Start a chart, on the caller's axes or on a new figure.

    Parameters
    ----------
    ax : the caller's axes; None for a new figure.
    size : width and height of a new figure, in inches, without title, key and note, which are added.
    title : what the chart shows.
    lines : the subtitle (as-of date, clients), one line each; empty lines are dropped.
    note : how to read the chart; written below it.
    key : the symbols, each with its meaning.

    Returns
    -------
    The axes; their label is the description, to which `describe` adds sentences.

    >>> ax = picture(None, (4, 2), "Drop-off", ("as of 2026-11-21", ""))
    >>> [text.get_text() for text in ax.figure.texts]
    ['Drop-off', 'as of 2026-11-21', '']
    """
    title = _FRAME.get().title or title
    if ax is None:
        ax = _new_axes(size, title, lines, note, key)
    else:
        _annotate(ax, title, lines, note, key)
    ax.set_label("")
    describe(ax, ". ".join(line.rstrip(".") for line in (title, *lines) if line) + ".")
    return ax


def _annotate(ax: Axes, title: str, lines: Sequence[str], note: str, key: Key) -> None:
    """Write title, key and note around the caller's axes."""
    room = axes_size(ax)[0]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    columns = _columns([name for _, name in key], room)
    head = "\n".join(wrap(line, room, NAME) for line in (title, *lines) if line)
    pad = 10 + -(-len(key) // columns) * KEY_ROW * 72 if key else 6
    ax.set_title(head, loc="left", pad=pad, **text_style(NAME, INK, ha="left"))
    ax.set_xlabel(wrap(note, room, NUMBER), **text_style(NUMBER, MUTED))
    if key:
        _legend(ax, key, columns, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.4)


def describe(ax: Axes, *sentences: str) -> None:
    """Add sentences to the description, which is the alternative text in files and notebooks."""
    ax.set_label(" ".join(map(remove_control_characters, filter(None, (str(ax.get_label()), *sentences)))))


def percent_axis(axis: Axis, low: float, high: float, most: int = 6) -> None:
    """Scale an axis in percentages from `low` to `high`, at most 100 %, with up to `most` grid lines."""
    step = next((step for step in _STEPS if (min(high, 1) - low) / step <= most), _STEPS[-1])
    ticks = [n * step for n in range(math.ceil(low / step), round(1 / step) + 1) if n * step <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([percent(tick) for tick in ticks]))
    for label in axis.get_ticklabels():
        label.set(**text_style(NUMBER, MUTED, ha="right" if isinstance(axis, YAxis) else "center"))
    axis.grid(True, color=FAINT, linewidth=0.8)


def show_message(ax: Axes, sentence: str) -> Axes:
    """Show a message in the middle of empty axes."""
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])
    for legend in ax.figure.legends if isinstance(ax, Picture) else [ax.get_legend()]:
        if legend:
            legend.remove()
    lines = wrap(sentence, axes_size(ax)[0] * 0.8, SUBTITLE)
    write_text(ax, lines, (0.5, 0.5), (0, 0), "axes fraction", **text_style(SUBTITLE, MUTED, va="center"))
    describe(ax, sentence)
    return ax
