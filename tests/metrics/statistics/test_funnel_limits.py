"""The limits of a funnel plot: exact tails, smooth between counts, wider where businesses differ."""

import numpy as np
import pytest
from scipy.stats import binom

from funnel.metrics.statistics.funnel_limits import LIMITS, Limits, limits_of


@pytest.mark.parametrize("centre", [0.03, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("level", LIMITS)
def test_a_count_is_outside_where_its_tail_is_small_enough(centre: float, level: float) -> None:
    tail = (1 - level) / 2
    for n in (10, 37, 250):
        low, high = Limits(centre).at([n], level)
        for x in range(n + 1):
            assert (x / n >= high[0]) == (binom.sf(x - 1, n, centre) <= tail)
            assert (x / n <= low[0]) == (binom.cdf(x, n, centre) <= tail)


def test_all_of_a_few_is_not_outside_a_high_centre() -> None:
    assert Limits(0.97).at([66], 0.998)[1][0] > 1


def test_the_spread_is_winsorised_and_never_under_one() -> None:
    assert limits_of([50] * 10, [100] * 10).spread == 1
    one_outlier = limits_of([50] * 19 + [10], [100] * 20)
    assert one_outlier.spread == 1
    apart = limits_of([30, 70] * 10, [100] * 20)
    assert apart.centre == 0.5
    assert apart.spread == pytest.approx(16)  # each 20 points away, 4 standard errors of 5


def test_businesses_that_are_alike_lie_outside_in_at_most_half_a_percent() -> None:
    rng = np.random.default_rng(20)
    outside = total = 0
    for _ in range(500):
        n = rng.integers(20, 400, 40)
        reached = rng.binomial(n, rng.uniform(0.3, 0.95))
        low, high = limits_of(reached, n).at(n, 0.998)
        outside += int(np.sum((reached / n <= low) | (reached / n >= high)))
        total += len(n)
    assert outside / total <= 0.005


def test_one_that_loses_half_more_is_found() -> None:
    """Of 300 leads of each of forty businesses 30 % are lost, of one 45 %."""
    rng = np.random.default_rng(21)
    found = 0
    for _ in range(200):
        lost = np.full(40, 0.3)
        lost[0] = 0.45
        n = np.full(40, 300)
        reached = rng.binomial(n, 1 - lost)
        found += int(reached[0] / 300 <= limits_of(reached, n).at(n, 0.998)[0][0])
    assert found / 200 >= 0.8
