"""Partial pooling: drawn towards the whole, the fewer the further; bounds that cover what they claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln

from funnel.metrics.statistics.intervals import wilson
from funnel.metrics.statistics.pooling import STRENGTHS, WHOLES, _likelihood, pool

COUNTS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=8
)


@pytest.mark.parametrize("alike", [3, 10, 30, 100])
def test_bounds_cover_95_percent_however_far_segments_differ(alike: int) -> None:
    dice, inside, drawn = np.random.default_rng(7), 0, 0
    for _ in range(150):
        n = dice.integers(5, 80, dice.integers(2, 9))
        whole = dice.choice([0.1, 0.3, 0.5])
        rates = dice.beta(whole * alike, (1 - whole) * alike, n.size)
        found = pool(dice.binomial(n, rates), n)
        inside += int(((found["low"] <= rates) & (rates <= found["high"])).sum())
        drawn += n.size
    assert 0.93 <= inside / drawn <= 0.985  # .82 to .91 with one estimate of the prior


def test_alike_segments_are_drawn_together() -> None:
    found = pool([30, 33, 27], [100, 100, 100])
    assert found["pooled"].tolist() == pytest.approx([0.30, 0.324, 0.280], abs=0.003)
    low, high = wilson([30, 33, 27], [100, 100, 100])
    assert ((found["high"] - found["low"]) < high - low).all()


def test_four_leads_say_little() -> None:
    found = pool([4, 40, 20], [4, 100, 100])
    assert 0.5 < found["pooled"][0] < 0.95  # all four reached
    assert found["pooled"][1] == pytest.approx(0.40, abs=0.02)  # a hundred clients outweigh the whole
    assert (found["low"][0], found["high"][0]) < (found["pooled"][0], 1)


def test_one_segment_alone() -> None:
    # With μ uniform, the mean of 3 of 10 is (3 + 1) / (10 + 2) if M is small, and no rate is ever certain
    found = pool([3], [10]).iloc[0]
    assert found["pooled"] == pytest.approx(1 / 3, abs=0.03)
    assert 0 < found["low"] < 0.15 < 0.6 < found["high"] < 0.8


def test_undefined_stays_undefined() -> None:
    assert pool([0, 0], [0, 0]).isna().all(axis=None)
    assert pool([np.nan, 3], [5, 5])["pooled"].isna().tolist() == [True, False]
    assert pool([0, 3], [0, 6])["pooled"].notna().all()  # no clients yet: the whole


@given(COUNTS)
def test_bounds_are_ordered_and_order_does_not_matter(counts: list[tuple[int, int]]) -> None:
    reached, n = (np.array(side, dtype=float) for side in zip(*counts, strict=True))
    found = pool(reached, n)
    if not n.sum():
        return
    assert ((found["low"] >= 0) & (found["low"] <= found["pooled"])).all()
    assert ((found["pooled"] <= found["high"]) & (found["high"] <= 1)).all()
    turned = pool(reached[::-1], n[::-1])[::-1].reset_index(drop=True)
    assert np.allclose(turned, found, atol=1e-7)


@given(COUNTS, st.sampled_from([1, 7, 500]))
def test_the_likelihood_is_that_of_beta_functions(counts: list[tuple[int, int]], times: int) -> None:
    x, n = np.array(counts, dtype=float).T * times
    a, b = (np.outer(STRENGTHS, side).ravel() for side in (WHOLES, 1 - WHOLES))
    expected = sum(betaln(a + r, b + m - r) - betaln(a, b) for r, m in zip(x, n, strict=True))
    assert np.allclose(_likelihood(x, n), expected, rtol=1e-12, atol=1e-9)


def test_two_hundred_small_segments_are_pooled_as_three_large_ones_are() -> None:
    dice = np.random.default_rng(5)
    n = dice.integers(0, 12, 200)
    reached = dice.binomial(n, 0.4)
    found = pool(reached, n)  # one count of 5,000 more, and nearly no rate changes
    beside = pool([*reached, 2000], [*n, 5000])
    assert found["pooled"].to_numpy() == pytest.approx(beside["pooled"].to_numpy()[:200], abs=0.05)
