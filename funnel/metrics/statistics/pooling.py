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
FEW = 128  # counts in a table


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
    different, where = np.unique(a + 1j * b, return_inverse=True)  # small counts repeat
    low, high = (
        betaincinv(different.real, different.imag, p)[where]
        for p in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
    )
    columns = {"pooled": mean, "low": low, "high": high}
    undefined = ~known | (size.sum(axis=0) == 0)
    return pd.DataFrame({name: np.where(undefined, np.nan, each).ravel() for name, each in columns.items()})


@cache
def _priors() -> tuple[Floats, Floats]:
    """Return the strength M and a = M μ of each prior of the grid."""
    strength, whole = (side.ravel() for side in np.meshgrid(STRENGTHS, WHOLES, indexing="ij"))
    return strength, strength * whole


def _posterior(x: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of each segment's true rate, averaged over the grid of priors."""
    strength, a = _priors()
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
    """Return the logarithm of the likelihood of all counts for each prior, up to a constant.

    That of r of n is B(a + r, b + n − r) / B(a, b), for which no beta function is needed: it is
    a (a + 1) … (a + r − 1) · b (b + 1) … (b + n − r − 1), divided by M (M + 1) … (M + n − 1).
    """
    reached, others, together = (_log_rises(counts) for counts in (x, size - x, size))
    grid, strengths = slice(len(reached) - len(STRENGTHS)), slice(-len(STRENGTHS), None)
    mirrored = others[grid].reshape(len(STRENGTHS), -1)[:, ::-1]  # b is a with 1 − μ, also in the grid
    return (reached[grid].reshape(mirrored.shape) + mirrored - together[strengths, None]).ravel()


def _log_rises(counts: Floats) -> Floats:
    """Sum log(base) + log(base + 1) + …, so many factors, over all counts: for each a, then for each M."""
    different, times = np.unique(counts, return_counts=True)  # small counts repeat
    base, few = _few_rises()
    found = times @ few[np.minimum(different, FEW).astype(int)]
    many = different > FEW
    if many.any():
        above = _log_gamma(base + different[many, None]) - _log_gamma(base + FEW)
        found += times[many] @ above
    return np.asarray(found, dtype=float)


@cache
def _few_rises() -> tuple[Floats, Floats]:
    """Return the bases, and a table of the logarithms of their rises: a row for each count up to `FEW`."""
    base = np.concatenate([_priors()[1], STRENGTHS])
    factors = np.log(base + np.arange(FEW)[:, None])
    return base, np.concatenate([np.zeros((1, len(base))), factors.cumsum(axis=0)])


def _log_gamma(x: Floats) -> Floats:
    """Return log Γ(x) for x > `FEW`, up to a constant, by Stirling's series. Its error is below 1e-17."""
    return (x - 0.5) * np.log(x) - x + (1 / 12 - (1 / 360 - 1 / 1260 / x**2) / x**2) / x
