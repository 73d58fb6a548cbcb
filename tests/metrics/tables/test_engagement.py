"""The lengths of engagement of the worked example, each under its own name."""

import math

import pytest

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.engagement import horizon


def test_worked_example(clients: Clients) -> None:
    engagement = Funnel(clients, "2026-07-01").engagement.set_index("measure")
    assert engagement["months"].to_dict() == pytest.approx(
        {
            "mean months of current clients": 5.672827,
            "mean months of all clients": 4.583162,
            "restricted mean months": 4.645106,
            "median months": 165 / 30.4375,
        },
        abs=5e-7,
    )
    assert engagement["n"].tolist() == [3, 6, 6, 6]


def test_without_retention_steps_there_is_no_horizon() -> None:
    assert math.isnan(horizon(Journey(steps=(Step(name="Met"),))))


def test_weeks_and_months_are_compared_in_days() -> None:
    steps = (Step(name="1m", months=1), Step(name="6w", after="6 weeks"))
    assert horizon(Journey(steps=steps)) == 42
