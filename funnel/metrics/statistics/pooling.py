"""Partial pooling: shrink the rates of segments towards the overall rate, most where there are few clients.

Definition: docs/definitions.md#pooling.

Beta-binomial, hierarchical. Each segment's true rate comes from Beta(M μ, M (1 − μ)): μ is the overall
rate, M the strength of the prior, in clients. Both are unknown, so they are averaged over a grid, weighted by
the likelihood of the counts (priors: μ uniform; 1 / (1 + M) uniform). With M fixed at one estimate, as in
empirical Bayes, 95 % bounds covered 82 to 94 % in simulation (tests/metrics/statistics/test_pooling.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.statistics.intervals import CONFIDENCE

Floats = npt.NDArray[np.float64]
WHOLES = (np.arange(40) + 0.5) / 40  # μ
STRENGTHS = np.geomspace(0.5, 2000, 28)  # M, evenly on the scale of its logarithm

RISES = 3  # a beta function takes as long as the logarithms of so many counts


def pool(reached: npt.ArrayLike, n: npt.ArrayLike) -> pd.DataFrame:
    """Shrink the rates of segments towards the overall rate.

    Parameters
    ----------
    reached, n : counts of each segment, shape (k,), NaN where undefined; or (k, s) for s separate overall
        rates, whose results are in the order of the counts, row by row.

    Returns
    -------
    DataFrame, a row for each count: pooled (the posterior mean), low and high (95 %, from a beta distribution
    with the posterior's mean and variance); NaN where undefined.

    Examples
    --------
    >>> pool([4, 30, 60], [4, 100, 100]).round(2)
       pooled   low  high
    0    0.83  0.41  1.00
    1    0.31  0.22  0.40
    2    0.60  0.50  0.69
    """
    from scipy.special import betaincinv

    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    known = ~np.isnan(x) & ~np.isnan(size) & (x <= size)
    x, size = np.where(known, x, 0.0), np.where(known, size, 0.0)
    if x.ndim == 1:
        mean, variance = _posterior(x, size)
    else:
        mean, variance = np.stack([_posterior(*each) for each in zip(x.T, size.T, strict=True)], axis=-1)
    spread = mean * (1 - mean) / variance - 1
    a, b = mean * spread, (1 - mean) * spread
    columns = {"pooled": mean, "low": betaincinv(a, b, (1 - CONFIDENCE) / 2)}
    columns["high"] = betaincinv(a, b, (1 + CONFIDENCE) / 2)
    undefined = ~known | (size.sum(axis=0) == 0)
    return pd.DataFrame({name: np.where(undefined, np.nan, each).ravel() for name, each in columns.items()})


@cache
def _priors() -> tuple[Floats, Floats, Floats, Floats]:
    """Return the strength, a, b and log B(a, b) of each prior of the grid."""
    from scipy.special import betaln

    strength, whole = (side.ravel() for side in np.meshgrid(STRENGTHS, WHOLES, indexing="ij"))
    a, b = strength * whole, strength * (1 - whole)
    return strength, a, b, betaln(a, b)


def _posterior(x: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of each segment's true rate, averaged over the grid of priors."""
    strength, a, _, _ = _priors()
    likely = _likelihood(x, size) + np.log(strength) - 2 * np.log1p(strength)
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    # Priors of one strength share the denominators: their sums replace a table of all priors and segments.
    zeroth, first, second = (
        (weight * a**power).reshape(len(STRENGTHS), -1).sum(axis=1) for power in (0, 1, 2)
    )
    total = STRENGTHS[:, None] + size
    rate = (first[:, None] + zeroth[:, None] * x) / total
    square = (second[:, None] + 2 * first[:, None] * x + zeroth[:, None] * x**2) / total**2
    mean = rate.sum(axis=0)
    return mean, ((rate - square) / (total + 1) + square).sum(axis=0) - mean**2


def _likelihood(x: Floats, size: Floats) -> Floats:
    """Return the logarithm of the likelihood of all counts for each prior, up to a constant."""
    pairs = [(r, m) for r, m in zip(x.tolist(), size.tolist(), strict=True) if m]
    times = Counter(pairs)  # small counts repeat
    whole = all(r.is_integer() and m.is_integer() for r, m in times)
    if whole and max((m for _, m in times), default=0) < RISES * len(times):
        return likelihood_by_rises(times)
    return likelihood_by_pairs(times)


def likelihood_by_pairs(times: Mapping[tuple[float, float], int]) -> Floats:
    """Sum up one beta function for each pair of counts and prior.

    Parameters
    ----------
    times : (reached, n) -> how many segments have these counts.
    """
    from scipy.special import betaln

    _, a, b, before = _priors()
    found = np.zeros_like(a)
    for (reached, n), segments in times.items():
        found += segments * (betaln(a + reached, b + n - reached) - before)
    return found


def likelihood_by_rises(times: Mapping[tuple[float, float], int]) -> Floats:
    """Sum up the logarithms of which those beta functions consist: faster for many small counts.

    B(a + r, b + m - r) / B(a, b) is a (a + 1) … (a + r - 1) · b … (b + m - r - 1), divided by
    M (M + 1) … (M + m - 1). Each factor is computed once for all segments that have it. A test compares
    the two ways.
    """
    _, a, b, _ = _priors()
    counts = np.array(list(times), dtype=int)
    reached, n, segments = counts[:, 0], counts[:, 1], np.array(list(times.values()))
    below = np.repeat(_rises(STRENGTHS, n, segments), len(WHOLES))
    return _rises(a, reached, segments) + _rises(b, n - reached, segments) - below


def _rises(base: Floats, counts: npt.NDArray[np.int_], segments: npt.NDArray[np.int_]) -> Floats:
    """Sum log(base) + log(base + 1) + … of `count` factors, for each base, over all segments."""
    with_factor = np.bincount(counts, weights=segments)[::-1].cumsum()[::-1][1:]  # segments, by factor
    return np.asarray(np.log(base[:, None] + np.arange(len(with_factor))) @ with_factor, dtype=float)
