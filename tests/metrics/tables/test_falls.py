"""Falls: counted by hand, and rarely warned of where nothing changes."""

import datetime as dt

import numpy as np
import pandas as pd
from tables import clients_of

from benchmarks.falls import GYM, false_warnings, weeks_to_see
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

JOURNEY = Journey(steps=(Step(name="Met"), Step(name="Stayed", months=1)))


def leads(fallen: int, met: int) -> pd.DataFrame:
    """Ten leads a week for 100 weeks, 8 of whom met; of those of the last weeks, `met` of 10 did."""
    days = pd.to_datetime(
        [dt.date(2026, 1, 5) + dt.timedelta(weeks=w) for w in range(100) for _ in range(10)]
    )
    new = np.arange(1000) >= 10 * (100 - fallen)
    reached = np.where(new, np.arange(1000) % 10 < met, np.arange(1000) % 10 < 8)
    return pd.DataFrame({"row": np.arange(2, 1002), "client": "Ana", "lead_date": days, "Met": reached,
                         "Stayed": reached})  # fmt: skip


def test_a_fall_is_counted_on_both_sides() -> None:
    day = dt.date(2026, 1, 5) + dt.timedelta(weeks=99, days=90 + 14)  # the last leads were due 14 days ago
    found = Funnel(clients_of(leads(6, 3), JOURNEY), day).falls.loc["Met"]
    assert (found["n"], found["reached"], found["before_n"], found["before_reached"]) == (60, 18, 520, 416)
    assert (found["rate"], found["before_rate"], found["fell"]) == (0.3, 0.8, True)
    assert found["since"] == pd.Timestamp(2026, 1, 5) + pd.Timedelta(weeks=94, days=-6)
    week_before = Funnel(clients_of(leads(6, 3), JOURNEY), day - dt.timedelta(days=1)).falls.loc["Met"]
    assert week_before["n"] == 50  # marks of the last leads may still be typed


def test_no_fall_no_clients_and_no_dates() -> None:
    table = leads(6, 9)
    day = dt.date(2028, 3, 1)
    for clients in (clients_of(table, JOURNEY), clients_of(table.iloc[:5], JOURNEY),
                    clients_of(table.drop(columns="lead_date"), JOURNEY)):  # fmt: skip
        found = Funnel(clients, day).falls
        assert found["step"].tolist() == ["Met", "Stayed"]
        assert (found["strength"] == 0).all()
        assert not found["fell"].any()
        assert found[["since", "rate", "before_rate"]].isna().all(axis=None)
        assert (found[["n", "before_n"]] == 0).all(axis=None)


def test_a_stable_gym_is_rarely_warned() -> None:
    """The whole simulation: python -m benchmarks.falls."""
    assert false_warnings(3, 4, GYM, 40) <= 1


def test_a_fall_by_a_third_is_seen() -> None:
    weeks = weeks_to_see(4, 10, 2, 40)
    assert np.mean(weeks <= 13) > 0.4
    assert np.mean(weeks <= 26) > 0.75
