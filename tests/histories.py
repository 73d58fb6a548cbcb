"""Simulated histories: leads that go on, stay or leave, with values; and what came of those still in time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.schema import step_date, step_mark

STEPS = ("contacted", "met", "paid")
GOES_ON, LAG = np.array([0.9, 0.7, 0.5]), np.array([4.0, 14.0, 25.0])  # share and mean days to each step
PERIOD, START = 90, pd.Timestamp("2025-01-01")
JOURNEY = Journey(steps=tuple(Step(name=name, paid=name == "paid") for name in STEPS))


@dataclass(frozen=True)
class History:
    """A history as the sheet shows it on a day, and the value that came afterwards."""

    clients: Clients
    as_of: pd.Timestamp
    came: float


def history(seed: int, leads: int, noted: float, dated: bool, days: int = 540) -> History:
    """Simulate leads that come in evenly over `days`.

    Parameters
    ----------
    noted : share of those who drop out whose leaving is written down.
    dated : whether marks carry dates; then only payments by the due date have come in time.
    """
    dice = np.random.default_rng(seed)
    lead = np.floor(dice.random(leads) * days)
    when, now, active = np.full((leads, 3), np.inf), lead.copy(), np.ones(leads, dtype=bool)
    left = np.full(leads, np.inf)
    for step in range(3):
        on = active & (dice.random(leads) < GOES_ON[step])
        then = now + dice.exponential(LAG[step], leads)
        gone = active & ~on & (dice.random(leads) < noted)
        left[gone] = np.ceil((now + dice.exponential(20, leads))[gone])
        when[on, step] = np.ceil(then[on])
        now, active = np.where(on, then, now), on
    value = np.round(np.exp(dice.normal(5, 0.6, leads)), 2)
    table = pd.DataFrame({"row": range(2, leads + 2), "client": "x", "lead_date": _day(lead), "value": value})
    for step, name in enumerate(STEPS):
        table[step_mark(name)] = when[:, step] <= days
        if dated:
            table[step_date(name)] = _day(np.where(when[:, step] <= days, when[:, step], np.nan))
    table["left_date"] = _day(np.where(left <= days, left, np.nan))
    in_time = when[:, 2] <= lead + PERIOD if dated else np.isfinite(when[:, 2])
    still_in = (lead + PERIOD > days) & (when[:, 2] > days) & (left > days)
    return History(
        Clients(table, JOURNEY), START + pd.Timedelta(days=days), float(value[still_in & in_time].sum())
    )


def _day(days: np.ndarray) -> pd.Series:
    return (START + pd.to_timedelta(pd.Series(days), unit="D")).astype("datetime64[s]")
