"""Partial pooling: drawn towards the whole, the fewer the further; its posterior is SciPy's Beta."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from funnel.metrics.statistics.pooling import pool, strength

COUNTS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=8
)


def test_the_strength_that_segments_were_drawn_with_is_found_again() -> None:
    random = np.random.default_rng(7)
    n = np.full(4_000, 40)
    reached = random.binomial(n, random.beta(0.3 * 25, 0.7 * 25, n.size))
    assert strength(reached, n) == pytest.approx(25, rel=0.1)


def test_segments_apart_by_no_more_than_chance_are_one() -> None:
    assert strength([30, 30, 30], [100, 100, 100]) == 300
    assert strength([0, 0], [10, 20]) == 30  # nothing to tell apart
    assert strength([5], [10]) == 10
    assert strength([0], [0]) == 1


def test_four_leads_say_little() -> None:
    found = pool([4, 40, 20], [4, 100, 100])
    assert 0.5 < found["pooled"][0] < 0.95  # all four reached
    assert found["pooled"][1] == pytest.approx(0.40, abs=0.02)  # a hundred speak for themselves
    assert (found["low"][0], found["high"][0]) < (found["pooled"][0], 1)


def test_the_posterior_is_a_beta() -> None:
    reached, n = np.array([4, 40, 20]), np.array([4, 100, 100])
    prior, whole = strength(reached, n), 64.5 / 205
    posterior = stats.beta(prior * whole + reached, prior * (1 - whole) + n - reached)
    found = pool(reached, n)
    assert found["pooled"].tolist() == pytest.approx(posterior.mean().tolist())
    assert found["low"].tolist() == pytest.approx(posterior.ppf(0.025).tolist())
    assert found["high"].tolist() == pytest.approx(posterior.ppf(0.975).tolist())


def test_undefined_stays_undefined() -> None:
    assert pool([0, 0], [0, 0]).isna().all(axis=None)
    assert pool([np.nan, 3], [5, 5])["pooled"].isna().tolist() == [True, False]
    assert pool([0, 3], [0, 6])["pooled"].notna().all()  # nobody yet: the whole


@given(COUNTS)
def test_between_its_own_rate_and_the_whole(counts: list[tuple[int, int]]) -> None:
    reached, n = (np.array(side, dtype=float) for side in zip(*counts, strict=True))
    found = pool(reached, n)
    if not n.sum():
        return
    whole = (reached.sum() + 0.5) / (n.sum() + 1)
    own = np.where(n > 0, reached / np.maximum(n, 1), whole)
    assert (found["pooled"] >= np.minimum(own, whole) - 1e-12).all()
    assert (found["pooled"] <= np.maximum(own, whole) + 1e-12).all()
    assert ((found["low"] <= found["pooled"]) & (found["pooled"] <= found["high"])).all()
