"""The stages chart: bars as long as the shares, lost stages separate, any names."""

import math
from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.charts.drawing.files import save
from funnel.charts.drawing.picture import axes_size
from funnel.charts.stages import stages

CARDS = pd.DataFrame({
    "stage": ["🌱 New Lead", "Hot Lead", "Customer", "Cold Lead", "No response"],
    "emoji": ["🌱", "🔥", "", "🧊", ""], "lost": [False, False, False, True, True],
    "clients": [30, 0, 10, 8, 2], "share": [0.6, 0.0, 0.2, 0.16, 0.04],
    "lifetime_value": [0.0, 0.0, 1200.0, 40.0, math.nan], "value": [math.nan] * 5,
})  # fmt: skip


def drawn(ax):
    return [(round(float(bar.get_width()), 2), round(float(bar.get_y() + 0.25))) for bar in ax.patches]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_one_bar_for_each_stage_and_a_gap_above_lost_stages():
    ax = stages(CARDS, as_of="2026-11-21")
    assert drawn(ax) == [(0.6, 0), (0.0, 1), (0.2, 2), (0.16, 4), (0.04, 5)]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["New Lead", "Hot Lead", "Customer", "Lost", "Cold Lead", "No response"]
    assert ax.patches[0].get_facecolor() != ax.patches[3].get_facecolor()
    assert ax.figure.texts[1].get_text() == "as of 2026-11-21 · 50 clients · 10 of them lost"


def test_columns_of_numbers_that_some_stage_has():
    said = texts(stages(CARDS))
    assert said[:7] == ["clients", "30", "0", "10", "", "8", "2"]
    at = said.index("lifetime value")
    assert said[at : at + 7] == ["lifetime value", "0", "0", "1,200", "", "40", "–"]
    assert "value" not in said
    days = stages(CARDS.assign(median_days=[1.0, 2, 3, 4, 5]))
    assert "median days in stage" in [text.replace("\n", " ") for text in texts(days)]


def test_description():
    ax = stages(CARDS, as_of="2026-11-21")
    assert ax.get_label() == (
        "Clients by stage. as of 2026-11-21 · 50 clients · 10 of them lost. New Lead: 30 clients, 60 %. "
        "Hot Lead: 0 clients, 0 %. Customer: 10 clients, 20 %. Cold Lead (lost): 8 clients, 16 %. "
        "No response (lost): 2 clients, 4 %."
    )


def test_no_stages_and_no_lost_stages():
    assert stages(CARDS.iloc[:0]).texts[0].get_text() == "The journey has no stages."
    way = stages(CARDS[~CARDS["lost"]])
    assert [label.get_text() for label in way.get_yticklabels()] == ["New Lead", "Hot Lead", "Customer"]
    assert way.figure.legends == []


def test_no_clients():
    ax = stages(CARDS.assign(clients=0, share=math.nan))
    assert drawn(ax) == []


@pytest.mark.parametrize("name", ["🔥", "日本", "<b>$x$</b>", "A name that goes on and on " * 6, "$"])
def test_any_name_and_thirty_stages(name: str, tmp_path: Path, whole):
    rows = [{"stage": f"{name}{n}", "lost": n > 25, "clients": n, "share": n / 435} for n in range(30)]
    ax = stages(pd.DataFrame(rows), as_of="2026-11-21")
    whole(ax)
    assert save(ax.figure, tmp_path / "stages.png").stat().st_size > 10_000


def test_chart_of_a_funnel(root: Path):
    clients = funnel.load(root / "sample_data" / "lifecycle.csv", journey="lifecycle")
    ax = funnel.Funnel(clients, "2026-11-21").plot.stages()
    assert len(ax.patches) == 8


def test_bars_keep_their_room_beside_many_columns(root: Path):
    """On a page, the last columns are left out, and no percentage of the axis touches the next."""
    clients = funnel.load(root / "sample_data" / "sales.csv", journey="sales")
    ax = funnel.Funnel(clients, "2026-11-21").plot.stages(size="page")
    headings = [text.get_text() for text in ax.texts]
    assert {"clients", "share", "value", "lifetime value"} <= {*headings}
    assert "longest days in\nstage" not in headings
    assert axes_size(ax)[0] >= 1.5
