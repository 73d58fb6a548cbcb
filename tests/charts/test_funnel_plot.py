import pandas as pd
import pytest
from matplotlib.axes import Axes

from funnel.charts.drawing.picture import framed
from funnel.charts.funnel_plot import funnel_plot


@pytest.fixture
def gyms() -> pd.DataFrame:
    rows = {
        "step": "Met",
        "business": ["Leeds", "Turin Strength and Conditioning by the River", "Bath", "Hull", "Ulm"],
        "n": [300, 290, 310, 305, 6], "reached": [180, 90, 190, 160, 6],
        "outside": ["", "below 99.8 %", "", "below 95 %", ""],
    }  # fmt: skip
    return pd.DataFrame(rows).assign(rate=lambda table: table["reached"] / table["n"])


def key(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.figure.legends[0].get_texts()]


def test_every_mark_is_explained(gyms: pd.DataFrame) -> None:
    ax = funnel_plot(gyms, "Met")
    assert key(ax) == [
        "overall", "95 % limits", "99.8 % limits", "inside 95 %", "outside 95 %", "outside 99.8 %",
        "under 10 clients",
    ]  # fmt: skip
    assert [len(points.get_offsets()) for points in ax.collections] == [2, 1, 1, 1]
    assert key(funnel_plot(gyms.iloc[[0, 2]], "Met"))[3:] == ["inside 95 %"]


def test_only_some_of_many_are_named(gyms: pd.DataFrame) -> None:
    many = pd.concat([gyms.iloc[[1]].assign(business=f"Gym {i}", n=290 + i) for i in range(12)])
    ax = funnel_plot(many, "Met")
    assert "outside 99.8 % (8 of 12 named)" in key(ax)
    assert len(ax.texts) == 8


def test_all_of_a_few_are_named_and_of_more_only_those_far_outside(gyms: pd.DataFrame) -> None:
    assert len(funnel_plot(gyms, "Met").texts) == 5
    many = pd.concat([gyms, *(gyms.iloc[[0]].assign(business=f"Gym {i}") for i in range(4))])
    assert [name.get_text()[:5] for name in funnel_plot(many, "Met").texts] == ["Turin"]


def test_businesses_of_a_benchmark_file_have_no_names_and_ours_are_named(gyms: pd.DataFrame) -> None:
    beside = gyms.assign(business=["Leeds", "", "", "", ""])
    ax = funnel_plot(beside, "Met")
    assert key(ax)[3:] == ["in the benchmark file", "inside 95 %"]
    assert [text.get_text() for text in ax.texts] == ["Leeds"]


@pytest.mark.parametrize("size", ["phone", "page", "slide"])
def test_names_lie_within_the_picture(gyms: pd.DataFrame, size: str) -> None:
    ax = framed(funnel_plot, gyms.assign(n=[300, 15, 310, 305, 6]), "Met", size=size)
    assert "Turin Strength and\nConditioning by the…" in [name.get_text() for name in ax.texts]
    axes = ax.get_window_extent()
    for name in ax.texts:
        box = name.get_window_extent()
        assert axes.x0 <= box.x0 < box.x1 <= axes.x1
        assert axes.y0 <= box.y0 < box.y1 <= axes.y1
    title = ax.figure.texts[0].get_window_extent()
    assert title.x1 <= ax.figure.bbox.x1
