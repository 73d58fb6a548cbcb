import math

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from funnel.charts.drawing.picture import framed
from funnel.charts.leaks import leaks
from funnel.errors import UsageError
from funnel.metrics.statistics.intervals import wilson


@pytest.fixture
def gym() -> pd.DataFrame:
    return pd.DataFrame({
        "step": ["Contacted", "Met", "Paid", "6m"], "n": [120, 100, 50, 6], "settled_lost": [2, 30, 20, 3],
        "settled_drop_off": [2 / 120, 0.3, 0.4, 0.5], "marked_drop_off": [0.01, 0.25, 0.45, 0.8],
        "target": [1.0, 0.8, 0.7, math.nan], "regained_per_100": [0.4, 4.9, 3.1, 0.0],
        "kept_per_100": [0.1, 2.0, 1.2, 0.0], "probability_worst": [0.0, 0.11, 0.89, math.nan],
        "verdict": ["fine", "next", "Met → Paid loses most.", "too few to call"],
    })  # fmt: skip


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def column(ax, heading):
    """The words below a heading."""
    words = [text.get_text() for text in ax.texts]
    at, n = words.index(heading), len(ax.get_yticklabels())
    return words[at + 1 : at + 1 + n]


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("rate", ["Paid", "Met", "Contacted", "6m"]),
        ("clients", ["Met", "Paid", "Contacted", "6m"]),
        ("regained", ["Met", "Paid", "Contacted", "6m"]),
    ],
)
def test_ranking_with_small_n_last(gym, by, order):
    assert names(leaks(gym, by=by)) == order


def test_bars_and_intervals(gym):
    ax = leaks(gym)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.4, 0.3, 2 / 120, 0.5])
    assert [bar.get_hatch() for bar in ax.patches] == [None, None, None, "////"]
    ends = [tuple(line.get_segments()[0][:, 0]) for line in ax.collections]
    low, high = wilson([20, 30, 2, 3], [50, 100, 120, 6])
    assert ends == [pytest.approx(pair) for pair in zip(low, high, strict=True)]


def test_column_totals_are_diamonds(gym):
    diamonds = next(line for line in leaks(gym).lines if line.get_marker() == "D")
    assert list(diamonds.get_xdata()) == [0.45, 0.25, 0.01, 0.8]


def test_columns(gym):
    ax = leaks(gym)
    assert column(ax, "lost") == ["40 %", "30 %", "2 %", "50 %"]
    assert column(ax, "clients") == ["20 of 50", "30 of 100", "2 of 120", "3 of 6"]
    assert column(ax, "worst step") == ["89 %", "11 %", "< 1 %", "too few to call"]
    assert column(ax, "regained per 100\nleads") == ["+3.1 paying", "+4.9 paying", "+0.4 paying", "0"]


def test_later_steps_regain_kept_clients(gym):
    ax = leaks(gym.assign(regained_per_100=0.0))
    assert column(ax, "regained per 100\nleads")[0] == "+1.2 kept"


def test_verdict_is_in_the_subtitle(gym):
    ax = leaks(gym, as_of="2026-11-21")
    assert [text.get_text() for text in ax.figure.texts][:2] == [
        "Where the funnel leaks",
        "as of 2026-11-21 · of clients who were due, by drop-off\nMet → Paid loses most.",
    ]


def test_no_verdict_if_every_n_is_small(gym):
    ax = leaks(gym.assign(n=9, probability_worst=math.nan))
    assert ax.figure.texts[1].get_text() == "of clients who were due, by drop-off"
    assert column(ax, "worst step") == ["too few to call"] * 4


def test_no_text_is_cut_off(gym, whole, nasty):
    whole(leaks(gym, as_of="2026-11-21"))
    whole(leaks(gym.iloc[:1]))
    many = pd.concat([gym] * 8, ignore_index=True).iloc[:25].assign(n=1_000_000)
    whole(leaks(many.assign(step=[f"{at} {nasty[at % len(nasty)]}" for at in range(25)])))


def test_no_clients_and_no_steps(gym, whole):
    nobody = gym.assign(
        n=0, settled_lost=0, settled_drop_off=math.nan, marked_drop_off=math.nan, regained_per_100=math.nan
    )
    ax = leaks(nobody)
    assert column(ax, "lost") == ["–"] * 4
    assert len(ax.patches) == 0
    whole(ax)
    whole(leaks(gym.iloc[:0]))


def test_unknown_ranking(gym):
    with pytest.raises(UsageError) as caught:
        leaks(gym, by="client")
    assert str(caught.value) == (
        "Leaks cannot be ranked by 'client'. Did you mean 'clients'? Choose rate, clients or regained."
    )


def test_the_table_is_not_changed(gym):
    before = gym.copy(deep=True)
    leaks(gym)
    assert_frame_equal(gym, before)


@pytest.mark.parametrize("size", [None, "slide", "page", "phone"])
def test_many_long_names_in_every_size(whole, size):
    row = {"n": 120, "settled_lost": 31, "settled_drop_off": 31 / 120, "marked_drop_off": 0.22, "target": 0.8,
           "regained_per_100": 8.6, "kept_per_100": 0.0, "probability_worst": 0.1, "verdict": ""}  # fmt: skip
    steps = [f"Session {n} with the responsible coach at the main studio" for n in range(26)]
    ax = framed(leaks, pd.DataFrame([row | {"step": step} for step in steps]), size=size)
    whole(ax)
    names = {label.get_text() for label in ax.get_yticklabels()}
    assert len(names) == 26
    assert "31 of 120" in [text.get_text() for text in ax.texts]  # on a phone, too
