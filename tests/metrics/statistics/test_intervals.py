"""Wilson bounds against printed figures and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from funnel.metrics.statistics.intervals import ratio, wilson


@pytest.mark.parametrize(
    ("reached", "n", "low", "high"),
    [
        (100, 200, 0.4313609, 0.5686391),  # printed in statsmodels' tests
        (19, 38, 0.348499283643951, 0.651500716356049),  # printed in R's PropCIs
        (11, 12, 0.646120, 0.985135),  # the worked example
        (0, 8, 0.0, 0.324408),
        (8, 8, 1 - 0.324408, 1.0),
    ],
)
def test_printed_figures(reached: int, n: int, low: float, high: float) -> None:
    bounds = wilson([reached], [n])
    assert bounds[0][0] == pytest.approx(low, abs=5e-7)
    assert bounds[1][0] == pytest.approx(high, abs=5e-7)


def test_equals_statsmodels() -> None:
    n = np.arange(1, 300)
    reached = (n * 7) // 11
    expected = proportion_confint(reached, n, method="wilson")
    np.testing.assert_allclose(wilson(reached, n), expected, atol=1e-12)


def test_nobody_is_undefined_not_zero() -> None:
    low, high = wilson([0, np.nan], [0, 5])
    assert np.isnan(low).all()
    assert np.isnan(high).all()
    assert np.isnan(ratio([0], [0])).all()


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_hold_the_rate_within_0_and_1(counts: tuple[int, int]) -> None:
    reached, n = counts
    low, high = (bound[0] for bound in wilson([reached], [n]))
    assert 0 <= low <= reached / n <= high <= 1
