"""Survival: the worked example, R's printed figures, lifelines, and what is left out."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_lung
from lifelines.utils import restricted_mean_survival_time

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.survival import COLUMNS, Survival, kaplan_meier

Make = Callable[..., Clients]


def lifetimes(days: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"day": days.astype(int), "left": left.astype(bool), "n": 1})


def survival(days: np.ndarray, left: np.ndarray) -> Survival:
    table = lifetimes(days, left)
    return Survival(table, table.iloc[:0])


def test_the_median_is_the_day_on_which_half_are_gone_whatever_is_rounded() -> None:
    """23/24 · 22/23 · … · 12/13 is a half, and by floating point a little more."""
    for n in range(2, 100, 2):
        lives = survival(np.arange(1, n + 1), np.ones(n))
        assert lives.median == n / 2
        assert lives.curve["survival"].iloc[n // 2 - 1] == 0.5


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01")
    assert list(found.survival) == list(COLUMNS)
    assert found.survival["day"].tolist() == [28, 126, 165]
    assert found.survival["at_risk"].tolist() == [6, 4, 3]
    expected = [[0.833333, 0.273123, 0.974712], [0.625, 0.141853, 0.893051], [0.416667, 0.055992, 0.766522]]
    np.testing.assert_allclose(found.survival[["survival", "low", "high"]], expected, atol=5e-7)
    lives = found.survival_since("lead")
    assert (lives.clients, lives.median, lives.undated_leavers) == (6, 165, 0)
    assert lives.restricted_mean(182.625) == pytest.approx(141.385417, abs=5e-7)


def test_lung_data_as_printed_by_r() -> None:
    lung = load_lung()
    curve = kaplan_meier(lifetimes(lung["time"].to_numpy(), lung["status"].to_numpy()))
    year = curve[curve["day"] <= 365.25].iloc[-1]
    assert year["survival"] == pytest.approx(0.409, abs=5e-4)
    assert (year["low"], year["high"]) == pytest.approx((0.338714, 0.478381), abs=5e-7)


def test_equals_lifelines() -> None:
    rng = np.random.default_rng(7)
    days, left = rng.integers(0, 400, 300), rng.random(300) < 0.6
    curve = kaplan_meier(lifetimes(days, left))
    fitted = KaplanMeierFitter().fit(days, left)
    theirs = fitted.survival_function_.loc[curve["day"]].to_numpy().ravel()
    np.testing.assert_allclose(curve["survival"], theirs, atol=1e-12)
    bounds = fitted.confidence_interval_survival_function_.loc[curve["day"]].to_numpy()
    some = curve["survival"] > 0
    np.testing.assert_allclose(curve[some][["low", "high"]], bounds[some], atol=1e-9)
    at_risk = fitted.event_table.loc[curve["day"], "at_risk"]
    assert curve["at_risk"].tolist() == at_risk.tolist()
    lives = survival(days, left)
    assert lives.median == fitted.median_survival_time_
    assert lives.restricted_mean(200) == pytest.approx(restricted_mean_survival_time(fitted, t=200))


def test_all_gone_has_no_bounds_and_nobody_no_curve() -> None:
    curve = survival(np.array([10, 20]), np.array([True, True])).curve
    assert curve["survival"].tolist() == [0.5, 0.0]
    assert math.isnan(curve["low"][1])
    assert math.isnan(curve["high"][1])
    nobody = survival(np.array([]), np.array([]))
    assert nobody.curve.empty
    assert math.isnan(nobody.median)
    assert math.isnan(nobody.restricted_mean(100))


def test_a_mean_beyond_what_was_followed_is_undefined() -> None:
    lives = survival(np.array([10, 50]), np.array([True, False]))
    assert lives.restricted_mean(50) == pytest.approx(10 + 40 * 0.5)
    assert math.isnan(lives.restricted_mean(51))
    assert survival(np.array([10, 50]), np.array([True, True])).restricted_mean(99) == pytest.approx(30)


def test_leavers_without_a_date_are_left_out_and_end_the_lower_curve_at_their_last_mark(
    make_clients: Make,
) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True), Step(name="1m", months=1)))
    rows = pd.DataFrame(
        {
            "client": list("abcde"),
            "lead_date": ["2026-01-01"] * 5,
            "left_reason": ["", "", "Price", "Price", "Price"],
        }
        | {"left_date": ["2026-03-02", None, None, None, None]}
        | {"paid": ["1", "1", "2026-01-11", "1", "1"], "1m": ["", "", "", "1", ""]}
    )
    funnel = Funnel(make_clients(rows, journey), "2026-06-30")
    lives = funnel.survival_since("lead")
    assert (lives.clients, lives.undated_leavers, funnel.undated_leavers) == (2, 3, 3)
    assert lives.curve[["day", "survival"]].to_numpy().tolist() == [[60, 0.5]]
    # e ends at the lead, c on the day of the paid mark, d when the marked month was over
    np.testing.assert_allclose(lives.lower[["day", "survival"]], [[0, 0.8], [10, 0.6], [31, 0.4], [60, 0.2]])
    assert funnel.assumed == (
        "3 clients left on an unknown day: not in survival, left at each retention step without a mark.",
        "Retention since 'paid' uses the 1 of 5 paid clients whose mark is a date.",
    )


def test_since_the_first_paid_session(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True),))
    rows = pd.DataFrame(
        {
            "client": list("abc"),
            "lead_date": ["2026-01-01"] * 3,
            "left_date": ["2026-03-01", None, "2026-01-05"],
        }
        | {"paid": ["2026-02-01", "2026-02-11", "2026-01-20"]}  # c left before paying: no lifetime
    )
    funnel = Funnel(make_clients(rows, journey), "2026-04-02")
    assert funnel.survival_since("paid").lifetimes.to_numpy().tolist() == [[28, True, 1], [50, False, 1]]
    assert funnel.survival_since("lead").clients == 3
