"""Charts by name, from the registry, drawn when asked for."""

import subprocess
import sys

import pytest

from funnel.clients import Clients
from funnel.metrics import Funnel


def test_dir_lists_the_charts_and_nothing_else(clients: Clients) -> None:
    plot = Funnel(clients, "2026-07-01").plot
    assert dir(plot) == [
        "cohorts", "drop_off", "funnel", "leaks", "leavers", "moves", "retention", "segments", "stages",
            "survival", "time", "trends",
    ]  # fmt: skip
    assert repr(plot) == (
        "Charts: cohorts, drop_off, funnel, leaks, leavers, moves, retention, segments, stages, survival, "
        "time, trends"
    )


def test_a_chart_that_is_not_there(clients: Clients) -> None:
    with pytest.raises(AttributeError) as error:
        Funnel(clients, "2026-07-01").plot.pie()
    assert str(error.value) == (
        "There is no chart 'pie'; there are cohorts, drop_off, funnel, leaks, leavers, moves, retention, "
        "segments, stages, survival, time, trends."
    )


def test_a_chart_has_its_documentation(clients: Clients) -> None:
    plot = Funnel(clients, "2026-07-01").plot
    documented = "Draw the share of clients lost at each step of a funnel: settled beside literal."
    assert plot.drop_off.__doc__ == documented


def test_matplotlib_is_loaded_when_a_chart_is_drawn() -> None:
    code = "import sys, funnel.metrics.funnel as f; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
