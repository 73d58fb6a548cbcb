import math

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.drawing.style import STRONG, WARM
from funnel.charts.retention import retention
from funnel.metrics.statistics.intervals import wilson


def table(rows, clock="lead"):
    """Rows of (of, months, eligible, reached, overdue, naive)."""
    made = []
    for of, months, eligible, reached, overdue, naive in rows:
        low, high = wilson(reached, eligible)
        rate, most = (k / eligible if eligible else math.nan for k in (reached, reached + overdue))
        made.append({
            "of": of, "clock": clock, "months": months, "eligible": eligible, "reached": reached,
            "left": eligible - reached - overdue, "overdue": overdue, "rate": rate, "low": float(low),
            "high": float(high), "rate_if_overdue_stayed": most, "naive_rate": naive,
        })  # fmt: skip
    return pd.DataFrame(made)


@pytest.fixture
def gym():
    return table([
        ("leads", 1, 100, 60, 10, 0.5), ("leads", 3, 80, 40, 0, 0.3), ("leads", 12, 5, 1, 0, 0.01),
        ("paid", 1, 50, 45, 2, 0.8), ("paid", 3, 40, 30, 0, 0.6), ("paid", 12, 0, 0, 0, 0.0),
    ])  # fmt: skip


def heights(ax, color):
    ours = [
        bar
        for bar in ax.patches
        if color.lower() in (to_hex(bar.get_facecolor()), to_hex(bar.get_edgecolor()))
    ]
    return [bar.get_height() for bar in sorted(ours, key=lambda bar: bar.get_x())]


def test_heights_are_the_rates(gym):
    ax = retention(gym)
    assert heights(ax, STRONG) == pytest.approx([0.6, 0.5, 0.2])
    assert heights(ax, WARM) == pytest.approx([0.9, 0.75, 0.0])


def test_outlines_reach_to_the_rate_if_overdue_stayed(gym):
    outlines = [bar for bar in retention(gym).patches if not bar.get_fill()]
    assert [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in outlines] == [
        pytest.approx((0.6, 0.7)), pytest.approx((0.9, 0.94)),
    ]  # fmt: skip


def test_diamonds_are_the_column_totals(gym):
    diamonds = [line for line in retention(gym).lines if line.get_marker() == "D"]
    assert [list(line.get_ydata()) for line in diamonds] == [[0.5, 0.3, 0.01], [0.8, 0.6, 0.0]]


def test_intervals(gym):
    ends = [tuple(line.get_segments()[0][:, 1]) for line in retention(gym).collections]
    bounded = gym.dropna(subset=["low"])
    assert ends == [pytest.approx(pair) for pair in zip(bounded["low"], bounded["high"], strict=True)]


def test_texts(gym):
    ax = retention(gym, as_of="2026-11-21")
    assert [text.get_text() for text in ax.texts] == [
        "60 %", "60 of\n100", "50 %", "40 of\n80", "20 %", "1 of\n5",
        "90 %", "45 of\n50", "75 %", "30 of\n40", "–", "–",
    ]  # fmt: skip
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1 month", "3 months", "12 months"]
    assert [text.get_text() for text in ax.figure.texts] == [
        "Clients still here, by months since the lead date",
        "as of 2026-11-21",
        "Below each bar: clients still here, of clients for whom these months have passed. The column total "
        "is a share of all clients,\nincluding those not yet due.",
    ]
    assert [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()] == [
        "of all leads", "of paid clients", "95 % interval", "if all overdue clients stayed",
        "by the column totals",
        "too few to call (under 10)",
    ]  # fmt: skip


def test_clock_of_the_first_paid_session(gym, whole):
    since_paid = table([("paid", 1.3799, 20, 10, 0, math.nan)], clock="paid")
    ax = retention(pd.concat([gym, since_paid], ignore_index=True), clock="paid")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1.4 months"]
    assert ax.figure.texts[0].get_text() == "Clients still here, by months since the first paid session"
    assert "by the column totals" not in [t.get_text() for t in ax.figure.findobj(Legend)[0].get_texts()]
    whole(ax)


def test_no_text_is_cut_off(gym, whole):
    whole(retention(gym, as_of="2026-11-21"))
    many = [(of, months, 90_000, 40_000, 1, 0.2) for of in ("leads", "paid") for months in range(1, 37)]
    whole(retention(table(many)))


def test_empty_table(gym, whole):
    ax = retention(gym.iloc[:0])
    assert [text.get_text() for text in ax.texts] == [
        "No retention: the sheet has no retention step and no left date, or no client is due."
    ]
    whole(ax)


def test_the_table_is_not_changed(gym):
    before = gym.copy(deep=True)
    retention(gym)
    assert_frame_equal(gym, before)
