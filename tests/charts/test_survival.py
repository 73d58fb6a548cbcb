import math

import pandas as pd
import pytest
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.survival import survival


@pytest.fixture
def worked() -> pd.DataFrame:
    """Six paid clients of the worked example, of whom three left."""
    return pd.DataFrame({
        "day": [28, 126, 165], "survival": [5 / 6, 0.625, 0.625 * 2 / 3],
        "low": [0.273123, 0.141853, 0.055992],
        "high": [0.974712, 0.893051, 0.766522], "at_risk": [6, 4, 3],
    })  # fmt: skip


def test_curve_falls_as_in_the_table(worked):
    curve = survival(worked, until=233).lines[0]
    assert list(curve.get_xdata()) == [0, 28, 126, 165, 233]
    assert list(curve.get_ydata()) == pytest.approx([1, 5 / 6, 0.625, 0.416667, 0.416667], abs=1e-6)
    assert curve.get_drawstyle() == "steps-post"


def test_the_band_is_the_tables_bounds(worked):
    path = survival(worked).collections[0].get_paths()[0].vertices
    assert {round(y, 6) for _, y in path} == {1.0, *worked["low"], *worked["high"]}


def test_texts_and_at_risk_numbers(worked):
    ax = survival(worked, as_of="2026-07-01", since="paid", undated=1)
    assert [text.get_text() for text in ax.texts] == [
        "still followed",
        "6",
        "4",
        "3",
        "Half have left by day 165.",
    ]
    assert [ax.texts[at].xy[0] for at in (1, 2, 3)] == [28, 126, 165]
    assert [text.get_text() for text in ax.figure.texts] == [
        "How long clients stay",
        "as of 2026-07-01 · since the first paid session",
        "Numbers below: clients still followed on days when a client left. The upper curve leaves out "
        "1 client without a left date.",
    ]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["0", "1 month", "2 months", "3 months", "4 months", "5 months"]


def test_the_lower_curve_is_dashed_and_explained(worked, whole):
    ax = survival(worked, lower=worked.assign(survival=worked["survival"] / 2))
    assert [line.get_linestyle() for line in ax.lines[:2]] == ["-", "--"]
    assert [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()] == [
        "share still here", "95 % interval", "if undated leavers left at their last mark",
    ]  # fmt: skip
    whole(ax)


def test_no_median(worked):
    assert "More than half are still here at the end of the curve." in survival(worked.iloc[:2]).get_label()


def test_undefined_bounds_end_the_band(worked, whole):
    ended = pd.DataFrame(
        {"day": [200], "survival": [0.0], "low": [math.nan], "high": [math.nan], "at_risk": [1]}
    )
    ax = survival(pd.concat([worked, ended], ignore_index=True), until=300)
    assert ax.collections[0].get_paths()[0].vertices[:, 0].max() == 200
    whole(ax)


def test_as_many_numbers_as_fit(whole):
    days = list(range(1, 1200, 3))
    n = len(days)
    table = pd.DataFrame(
        {
            "day": days,
            "survival": [1 - (k + 1) / n for k in range(n)],
            "at_risk": range(100_000, 100_000 - n, -1),
        }
    )
    ax = survival(table.assign(low=table["survival"] * 0.9, high=table["survival"]))
    whole(ax)
    assert ax.texts[-2].get_text() == f"{100_000 - n + 1:,}"


def test_all_clients_left_on_the_first_day(whole):
    whole(
        survival(
            pd.DataFrame(
                {"day": [0], "survival": [0.0], "low": [math.nan], "high": [math.nan], "at_risk": [3]}
            )
        )
    )


def test_no_leavers(worked, whole):
    ax = survival(worked.iloc[:0])
    assert [text.get_text() for text in ax.texts] == ["No curve: no client is known to have left on a date."]
    whole(ax)


def test_the_table_is_not_changed(worked):
    before = worked.copy(deep=True)
    survival(worked)
    assert_frame_equal(worked, before)
