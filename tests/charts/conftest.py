"""Tables for the charts, and a check that no text is cut off or overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from funnel.metrics.statistics.intervals import ratio, wilson

GYM = (
    "Client contacted", "Client meeting booked", "Client meeting had", "Coach complimentary session done",
    "First paid session", "One month post-lead",
)  # fmt: skip
NASTY = (
    "$x_{$ of $5 to $10", "_x", "😀 🧑‍🚀 emoji", "日本語のステップ", "שלום עולם", "مرحبا بالعالم",
    "<b>bold</b> & more",
    "tab\there\x07\nline", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenübergabe",
    "a very long name of a step that a person typed into a header without thinking of any picture, " * 3,
)  # fmt: skip

Numbers = list[tuple[int, int, int, int]]


@pytest.fixture(autouse=True)
def nothing_global_changes() -> Iterator[None]:
    """A chart may not change matplotlib's settings."""
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before


@pytest.fixture
def make_steps() -> Callable[..., pd.DataFrame]:
    """Return a steps table from (marked, settled_n, left, overdue) of each step."""

    def make(numbers: Numbers, names: tuple[str, ...] = GYM, leads: int = 100) -> pd.DataFrame:
        table = pd.DataFrame(numbers, columns=["marked", "settled_n", "settled_left", "settled_overdue"])
        table.insert(0, "step", [names[at % len(names)] for at in range(len(numbers))])
        before = [leads, *table["marked"][:-1]]
        table["lost"] = before - table["marked"]
        table["drop_off"] = ratio(table["lost"], before)
        gone = table["settled_left"] + table["settled_overdue"]
        table["settled_drop_off"] = ratio(gone, table["settled_n"])
        table["settled_low"], table["settled_high"] = wilson(gone, table["settled_n"])
        table["passed"] = table["nested"] = table["marked"]
        rest = {"left": 0, "not_due": 0, "overdue": 0, "undated": leads - table["marked"]}
        return table.assign(reached=table["marked"], **rest)

    return make


@pytest.fixture
def steps(make_steps: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_steps(
        [(97, 80, 1, 0), (80, 78, 5, 5), (60, 62, 10, 6), (61, 45, 0, 0), (40, 42, 6, 2), (11, 6, 1, 1)]
    )


@pytest.fixture
def nasty() -> tuple[str, ...]:
    return NASTY


@pytest.fixture
def whole() -> Callable[[Axes], None]:
    return assert_whole


def assert_whole(ax: Axes) -> None:
    """Assert that all text is inside the figure and no two texts overlap."""
    figure = ax.figure.get_figure(root=True)
    figure.canvas.draw()
    frame = figure.bbox.padded(1)
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and _drawn(text)
    ]
    assert boxes
    cut = [words for words, box in boxes if not _within(box, frame)]
    assert cut == []
    for axes in figure.axes:
        inside = [
            t for t in axes.get_yticklabels() if t.get_text() and t.get_window_extent().x1 > axes.bbox.x0
        ]
        assert inside == []
    clashes = [
        (a, b)
        for (a, one), (b, two) in combinations(boxes, 2)
        if one.x0 < two.x1 - 1 and two.x0 < one.x1 - 1 and one.y0 < two.y1 - 2 and two.y0 < one.y1 - 2
    ]
    assert clashes == []


def _drawn(text: Text) -> bool:
    """Return False for the label of a tick outside the view."""
    axes = text.axes
    if axes is None or not any(text in axis.findobj(Text) for axis in (axes.xaxis, axes.yaxis)):
        return True
    seen = [tick for axis in (axes.xaxis, axes.yaxis) for tick in axis._update_ticks()]
    return any(text in (tick.label1, tick.label2) for tick in seen)


def _within(box, frame) -> bool:
    return box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1
