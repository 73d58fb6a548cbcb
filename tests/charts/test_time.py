"""The chart of days to a step: a curve and bars whose heights add up to the curve."""

import pandas as pd
import pytest

from funnel.charts.time import time
from funnel.metrics import Funnel
from funnel.workflows.load import load


def curve(days: int) -> pd.DataFrame:
    shares = [(day + 1) / (2 * days) for day in range(days)]
    table = pd.DataFrame({"day": range(2, 2 + days), "share": shares, "waiting": 9})
    return table.assign(low=table["share"] / 2, high=table["share"] * 1.5)


def test_bars_add_up_to_the_curve(whole):
    ax = time(curve(40), as_of="2026-11-21", step="Paid", n=80, reached=40, median=21.0)
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(0.5)
    assert ax.figure.texts[0].get_text() == "Days from Lead to Paid"
    assert ax.figure.texts[1].get_text() == (
        "as of 2026-11-21 · 80 clients · 40 reached it · half of them within 21 days"
    )
    whole(ax)


def test_few_clients_are_marks_not_bars(whole):
    ax = time(curve(3), step="Paid", n=6, reached=3)
    assert ax.patches == [] or not list(ax.patches)
    assert len(ax.lines[1].get_xdata()) == 3
    whole(ax)


def test_no_client_reached_it(whole):
    ax = time(curve(0), step="Paid")
    assert "no client reached this step on a known day" in ax.get_label()
    whole(ax)


def test_of_a_funnel(root, whole):
    found = Funnel(load(root / "sample_data" / "gym.xlsx", as_of="2026-11-21"), "2026-11-21")
    ax = found.plot.time()
    assert ax.figure.texts[0].get_text() == "Days from Lead to First paid session"
    whole(ax)
