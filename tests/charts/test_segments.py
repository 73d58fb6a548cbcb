import math

import pandas as pd
import pytest
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.drawing.style import PAPER
from funnel.charts.segments import segments
from funnel.errors import UsageError
from funnel.metrics.statistics.intervals import wilson


@pytest.fixture
def sources() -> pd.DataFrame:
    table = pd.DataFrame({
        "by": "source", "value": ["Referral", "Ads", None, "_x"], "settled_n": [40, 50, 5, 0], "step": "Paid",
        "lost": [20, 10, 2, 0], "settled_drop_off": [0.5, 0.2, 0.4, math.nan],
        "p_family": [0.0004, 0.031, math.nan, math.nan],
        "settled_pooled": [0.48, 0.22, 0.34, math.nan],
    })  # fmt: skip
    table["settled_low"], table["settled_high"] = wilson(table["lost"], table["settled_n"])
    other = table.assign(step="Met", settled_drop_off=0.9)
    return pd.concat([other, table], ignore_index=True)


def column(ax, heading):
    words = [text.get_text() for text in ax.texts]
    at = words.index(heading)
    return words[at + 1 : at + 5]


def test_dots_are_at_the_rates_and_hollow_if_n_is_small(sources):
    dots = [line for line in segments(sources).lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == [0.5, 0.2, 0.4]
    assert [line.get_markerfacecolor() == PAPER for line in dots] == [False, False, True]


def test_pooled_and_overall_share(sources):
    ax = segments(sources)
    pooled = next(line for line in ax.lines if line.get_marker() == "s")
    assert list(pooled.get_xdata())[:3] == [0.48, 0.22, 0.34]
    whole = next(line for line in ax.lines if line.get_linestyle() == ":")
    assert whole.get_xdata()[0] == pytest.approx(32 / 95)


def test_intervals(sources):
    ends = [tuple(line.get_segments()[0][:, 0]) for line in segments(sources).collections]
    low, high = wilson([20, 10, 2], [40, 50, 5])
    assert ends == [pytest.approx(pair) for pair in zip(low, high, strict=True)]


def test_texts(sources):
    ax = segments(sources, as_of="2026-11-21")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Referral", "Ads", "(blank)", "_x"]
    assert column(ax, "share") == ["50 %", "20 %", "40 %", "–"]
    assert column(ax, "lost") == ["20 of 40", "10 of 50", "2 of 5", "–"]
    assert column(ax, "p (Holm)") == ["< 0.001", "0.031", "–", "–"]
    assert [text.get_text() for text in ax.figure.texts][:2] == [
        "Lost at Paid, by source",
        "as of 2026-11-21 · 95 clients who were due",
    ]
    assert [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()] == [
        "share lost", "95 % interval", "pooled share", "all clients",
        "too few to call (under 10)",
    ]  # fmt: skip


def test_table_without_pooled_shares(sources, whole):
    ax = segments(sources.drop(columns="settled_pooled"), step="Met")
    assert "pooled share" not in [t.get_text() for t in ax.figure.findobj(Legend)[0].get_texts()]
    assert ax.figure.texts[0].get_text() == "Lost at Met, by source"
    whole(ax)


def test_unknown_step(sources):
    with pytest.raises(UsageError) as caught:
        segments(sources, step="Pai")
    assert (
        str(caught.value) == "There is no step 'Pai' in this table. Did you mean 'Paid'? It has Met and Paid."
    )


def test_no_text_is_cut_off(sources, whole, nasty):
    whole(segments(sources, as_of="2026-11-21"))
    many = pd.DataFrame({
        "by": nasty[0], "value": nasty, "settled_n": 1_000_000, "step": nasty[-1], "settled_drop_off": 0.5,
        "settled_low": 0.4, "settled_high": 1.0, "p_family": 0.5,
    })  # fmt: skip
    whole(segments(many))


def test_no_values(sources, whole):
    whole(segments(sources.iloc[:0]))


def test_the_table_is_not_changed(sources):
    before = sources.copy(deep=True)
    segments(sources)
    assert_frame_equal(sources, before)
