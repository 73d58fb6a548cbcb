import math
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.cohorts import BLACK, SHADES, cohorts
from funnel.charts.drawing.contrast import contrast, luminance
from funnel.charts.drawing.picture import framed
from funnel.charts.drawing.style import PAPER


@pytest.fixture
def gym() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("2026-01", 20, "Met", 20, 15, 0.75, True), ("2026-01", 20, "1m", 20, 4, 0.2, True),
            ("2026-02", 4, "Met", 4, 3, 0.75, True), ("2026-02", 4, "1m", 4, 0, 0.0, False),
            ("2026-03", 0, "Met", 0, 0, math.nan, True), ("2026-03", 0, "1m", 0, 0, math.nan, False),
        ],
        columns=["cohort", "leads", "step", "n", "reached", "rate", "ripe"],
    )  # fmt: skip


def cells(ax):
    """Return the patches of each cell: (column, row) -> patches."""
    found = {}
    for patch in ax.patches:
        x, y = patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2
        found.setdefault((round(x), round(y)), []).append(patch)
    return found


def test_shades_are_the_tables_rates(gym):
    ax = cohorts(gym)
    assert to_hex(cells(ax)[0, 0][0].get_facecolor()) == to_hex(SHADES(0.75))
    assert to_hex(cells(ax)[1, 0][0].get_facecolor()) == to_hex(SHADES(0.2))


def test_unripe_cells_are_hatched_and_have_no_text(gym):
    ax = cohorts(gym)
    unripe = cells(ax)[1, 1][0]
    assert (unripe.get_hatch(), to_hex(unripe.get_facecolor())) == ("////", PAPER.lower())
    assert [text for text in ax.texts if text.get_position() in {(1, 1), (1, 2)}] == []


def test_cells_with_a_small_n_are_framed_not_shaded(gym):
    fill, frame = cells(cohorts(gym))[0, 1]
    assert to_hex(fill.get_facecolor()) == PAPER.lower()
    assert (frame.get_fill(), frame.get_linestyle()) == (False, ":")


def test_words(gym):
    ax = cohorts(gym, as_of="2026-04-01")
    assert [text.get_text() for text in ax.texts] == ["75 %\n15 of 20", "20 %\n4 of 20", "75 %\n3 of 4", "–"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Met", "1m"]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "2026-01  (20 leads)", "2026-02  (4 leads)", "2026-03  (0 leads)",
    ]  # fmt: skip
    assert [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()] == [
        "0 % reached", "50 % reached", "100 % reached", "not all clients are due yet",
        "too few to call (under 10)",
    ]  # fmt: skip
    assert ax.figure.texts[1].get_text() == "as of 2026-04-01 · 24 clients"


def test_shades_darken_evenly_and_text_is_readable_on_each():
    shades = [to_hex(SHADES(part / 100)) for part in range(101)]
    bright = [luminance(shade) for shade in shades]
    assert all(a > b for a, b in pairwise(bright))
    assert min(max(contrast(PAPER, shade), contrast(BLACK, shade)) for shade in shades) >= 4.5


def test_no_text_is_cut_off(gym, whole, nasty):
    whole(cohorts(gym, as_of="2026-04-01"))
    whole(cohorts(gym.iloc[:1]))
    rows = [
        (f"20{20 + m // 12}-{m % 12 + 1:02d}", 100_000, name, 100_000, 50_000, 0.5, m < 30)
        for m in range(36) for name in [*nasty, *(f"{k}" for k in range(15))]
    ]  # fmt: skip
    whole(cohorts(pd.DataFrame(rows, columns=gym.columns)))


def test_no_cohorts(gym, whole):
    ax = cohorts(gym.iloc[:0])
    assert [text.get_text() for text in ax.texts] == ["No cohorts: no client has a lead date."]
    whole(ax)


def test_the_table_is_not_changed(gym):
    before = gym.copy(deep=True)
    cohorts(gym)
    assert_frame_equal(gym, before)


@pytest.mark.parametrize("size", [None, "slide", "page", "phone"])
def test_many_long_names_in_every_size(whole, size):
    steps = [f"Step {n} with the responsible coach at the main studio" for n in range(26)]
    row = {"cohort": "2026-01", "leads": 100, "n": 100, "low": 0.0, "high": 1.0, "ripe": True}
    rows = [row | {"step": step, "reached": 100 - n, "rate": 1 - n / 100} for n, step in enumerate(steps)]
    ax = framed(cohorts, pd.DataFrame(rows), size=size)
    whole(ax)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert len(set(labels)) == len(labels) == (11 if size == "phone" else 26)
    note = " ".join(text.get_text() for text in ax.figure.texts).replace("\n", " ")
    assert ("Not drawn, for lack of room: 15 steps, with the smallest losses." in note) == (size == "phone")
