import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from funnel.charts.leavers import leavers


@pytest.fixture
def reasons() -> pd.DataFrame:
    return pd.DataFrame({"reason": ["Injury", "Price", None], "n": [2, 6, 2]})


def test_most_common_first_with_cumulative_share(reasons):
    ax = leavers(reasons)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Price", "Injury", "(blank)"]
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.6, 0.2, 0.2])
    assert list(ax.lines[-1].get_ydata()) == pytest.approx([0.6, 0.8, 1.0])


def test_texts(reasons):
    ax = leavers(reasons, as_of="2026-11-21")
    assert [text.get_text() for text in ax.texts] == [
        "60 %",
        "6 of\n10",
        "20 %",
        "2 of\n10",
        "20 %",
        "2 of\n10",
    ]
    assert [text.get_text() for text in ax.figure.texts] == [
        "Why clients left", "as of 2026-11-21 · 10 clients left", "",
    ]  # fmt: skip


def test_rare_reasons_share_a_bar(whole):
    ax = leavers(pd.DataFrame({"reason": [f"r{at}" for at in range(20)], "n": range(20, 0, -1)}))
    assert ax.get_xticklabels()[-1].get_text() == "8 other\nreasons"
    assert ax.patches[-1].get_height() == pytest.approx(sum(range(1, 9)) / 210)
    assert ax.lines[-1].get_ydata()[-1] == pytest.approx(1)
    whole(ax)


def test_no_text_is_cut_off(whole, nasty, reasons):
    whole(leavers(reasons, as_of="2026-11-21"))
    whole(leavers(reasons.iloc[:1]))
    whole(leavers(pd.DataFrame({"reason": nasty, "n": 12_345})))


@pytest.mark.parametrize("table", [{"reason": [], "n": []}, {"reason": ["Price"], "n": [0]}])
def test_no_leavers(table, whole):
    ax = leavers(pd.DataFrame(table))
    assert [text.get_text() for text in ax.texts] == ["No client is known to have left."]
    whole(ax)


def test_the_table_is_not_changed(reasons):
    before = reasons.copy(deep=True)
    leavers(reasons)
    assert_frame_equal(reasons, before)
