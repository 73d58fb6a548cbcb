"""Partial pooling: shrink the rates of segments towards the overall rate, most where there are few clients.

Definition: docs/definitions.md#pooling.

Beta-binomial, hierarchical. Each segment's true rate comes from Beta(M μ, M (1 − μ)): μ is the overall
rate, M the strength of the prior, in clients. Both are unknown, so they are averaged over a grid, weighted by
the likelihood of the counts (priors: μ uniform; 1 / (1 + M) uniform). With M fixed at one estimate, as in
empirical Bayes, 95 % bounds covered 82 to 94 % in simulation (tests/metrics/statistics/test_pooling.py).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.statistics.intervals import CONFIDENCE

Floats = npt.NDArray[np.float64]
WHOLES = (np.arange(40) + 0.5) / 40  # μ
STRENGTHS = np.geomspace(0.5, 2000, 28)  # M, evenly on the scale of its logarithm


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
    from scipy.special import betaln

    strength, a, b, before = _priors()
    pairs = [(r, m) for r, m in zip(x.tolist(), size.tolist(), strict=True) if m]
    of_each = {(r, m): betaln(a + r, b + m - r) - before for r, m in set(pairs)}  # small counts repeat
    likely = sum(of_each[pair] for pair in pairs)
    likely = likely + np.log(strength) - 2 * np.log1p(strength)
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    total = strength[:, None] + size
    rate = (a[:, None] + x) / total
    mean = weight @ rate
    return mean, weight @ (rate * (1 - rate) / (total + 1) + rate**2) - mean**2
