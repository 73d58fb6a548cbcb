import datetime as dt
import math

import pandas as pd
import pytest
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.drawing.style import PAPER
from funnel.charts.trends import _every_month, trends
from funnel.errors import UsageError


@pytest.fixture
def months() -> pd.DataFrame:
    paid = pd.DataFrame({
        "month": ["2025-11", "2025-12", "2026-02"], "step": "Paid", "n": [20, 8, 25],
        "rate": [0.5, 0.25, 0.6],
        "low": [0.3, 0.1, 0.4], "high": [0.7, 0.6, 0.8],
    })  # fmt: skip
    return pd.concat([paid.assign(step="Met", rate=0.9), paid], ignore_index=True)


def same(found, wanted):
    return [None if math.isnan(x) else x for x in found] == wanted


def test_a_month_without_clients_is_a_gap(months):
    line = trends(months).lines[0]
    assert same(line.get_ydata(), [0.5, None, None, 0.6])  # few in the second month, nobody in the third
    assert list(line.get_xdata()) == [0, 1, 2, 3]


def test_points_with_a_small_n_are_hollow(months):
    hollow = trends(months).lines[1]
    assert (list(hollow.get_xdata()), hollow.get_markerfacecolor()) == ([1, 2], PAPER)


def test_the_band_is_the_tables_bounds(months):
    paths = trends(months).collections[0].get_paths()
    assert {round(y, 9) for path in paths for _, y in path.vertices} == {0.3, 0.7, 0.1, 0.6, 0.4, 0.8}


def test_texts(months):
    ax = trends(months, as_of="2026-03-01")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["11\n2025", "12", "01\n2026", "02"]
    assert [text.get_text() for text in ax.texts] == ["clients", "20", "8", "0", "25"]
    assert [text.get_text() for text in ax.figure.texts] == [
        "Conversion by lead month",
        "as of 2026-03-01",
        "Numbers below: the n of each point. Band: 95 % interval.",
    ]
    assert [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()] == [
        "Paid",
        "too few to call (under 10)",
    ]


def test_several_steps_differ_by_more_than_colour(months, whole):
    more = [months.assign(step=name) for name in ("a", "b", "c", "d")]
    ax = trends(pd.concat(more), steps=["a", "b", "c", "d"])
    lines = ax.lines[::2]
    assert (
        len({line.get_marker() for line in lines}) == len({str(line.get_linestyle()) for line in lines}) == 4
    )
    assert len(ax.collections) == 0  # bands of so many lines hide each other
    assert [text.get_text() for text in ax.texts if text.get_text() in "abcd"] == ["a", "b", "c", "d"]
    whole(ax)


def test_months_may_be_dates(months):
    assert _every_month(["2025-12", "2026-01"]) == ["2025-12", "2026-01"]
    ax = trends(months.assign(month=pd.to_datetime(months["month"])))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["11\n2025", "12", "01\n2026", "02"]


def test_no_text_is_cut_off(months, whole, nasty):
    whole(trends(months.iloc[:1]))
    whole(trends(months.assign(step=nasty[-1]).iloc[:2]))
    long = [f"20{10 + at // 12}-{at % 12 + 1:02d}" for at in range(96)]
    whole(
        trends(
            pd.DataFrame({"month": long, "step": "Paid", "n": 12_345, "rate": 1.0, "low": 0.9, "high": 1.0})
        )
    )


def test_no_known_rate(months, whole):
    whole(trends(months.assign(rate=math.nan, low=math.nan, high=math.nan)))


def test_no_months(months, whole):
    ax = trends(months.iloc[:0])
    assert [text.get_text() for text in ax.texts] == ["No trend: no client has a lead date."]
    whole(ax)


def test_unknown_step(months):
    with pytest.raises(UsageError) as caught:
        trends(months, steps=["Nowhere"])
    assert str(caught.value) == "There is no step 'Nowhere' in this table. It has Met and Paid."


def test_the_table_is_not_changed(months):
    before = months.copy(deep=True)
    trends(months, steps=["Met", "Paid"])
    assert_frame_equal(months, before)


def test_notes_are_lines_at_their_day(whole):
    table = pd.DataFrame({"month": ["2026-05", "2026-06"], "step": "Paid", "n": [20, 24]})
    notes = [(dt.date(2026, 6, 1), "New coach"), (dt.date(2020, 1, 1), "Long ago")]
    ax = trends(table.assign(rate=[0.5, 0.6], low=0.3, high=0.8), notes=notes)
    assert "New coach (2026-06-01)" in [text.get_text().replace("\n", " ") for text in ax.texts]
    assert "2026-06-01: New coach." in ax.get_label()
    assert "Long ago" not in ax.get_label()
    whole(ax)


def test_notes_are_written_above_the_data(whole):
    months = [f"2026-{month:02d}" for month in range(1, 9)]
    table = pd.DataFrame({"month": months, "step": "Paid", "n": 20, "rate": 1.0, "low": 0.9, "high": 1.0})
    long = "New coach, and a long text that a mentor typed about everything else that changed on this day"
    ax = trends(table, notes=[(dt.date(2026, month, 1), long) for month in (2, 3, 6)])
    whole(ax)
    point = ax.transData.transform((0, 1.0))[1]
    written = [text for text in ax.texts if text.get_text().startswith("New coach")]
    assert len(written) == 3
    assert min(text.get_window_extent().y0 for text in written) > point
