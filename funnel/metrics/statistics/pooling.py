"""Partial pooling: the rates of segments drawn towards the whole, so that nobody is judged on four leads.

Beta-binomial, empirical Bayes. Each segment's true rate is taken to come from Beta(M μ, M (1 − μ)): μ is the
rate of all together, and M, the strength in clients, is estimated from how far the segments lie apart beyond
chance, by the method of moments (Kleinman 1973). Segments that lie no further apart than chance would put
them give no upper limit to M; it is then the number of clients there are, since the whole is known no better.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.statistics.intervals import CONFIDENCE, ratio

Floats = npt.NDArray[np.float64]


def strength(reached: npt.ArrayLike, n: npt.ArrayLike) -> float:
    """Estimate the prior's strength M, in clients: 1 at least, and at most all the clients there are.

    Parameters
    ----------
    reached, n : counts of each segment, shape (k,).

    Examples
    --------
    >>> strength([50, 50], [100, 100]), round(strength([40, 60], [100, 100]), 1)
    (200.0, 13.1)
    """
    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    everyone, filled = float(size.sum()), int((size > 0).sum())
    whole = float(ratio(x.sum(), everyone))
    if filled < 2 or whole in (0.0, 1.0):
        return max(everyone, 1.0)
    apart = float(np.nansum(size * (ratio(x, size) - whole) ** 2)) / (whole * (1 - whole))
    overlap = (apart - (filled - 1)) / (everyone - float((size**2).sum()) / everyone - (filled - 1) or np.inf)
    if overlap <= 0:
        return max(everyone, 1.0)
    return float(np.clip((1 - overlap) / overlap, 1.0, max(everyone, 1.0)))


def pool(reached: npt.ArrayLike, n: npt.ArrayLike) -> pd.DataFrame:
    """Draw the rates of segments towards that of all together, the fewer the clients, the further.

    Parameters
    ----------
    reached, n : counts of each segment, shape (k,); NaN where undefined.

    Returns
    -------
    DataFrame of k rows: pooled (the posterior mean), low and high (its central 95 %); NaN where undefined.

    Examples
    --------
    >>> pool([4, 30, 60], [4, 100, 100]).round(2)
       pooled   low  high
    0    0.73  0.40  0.96
    1    0.31  0.22  0.40
    2    0.59  0.50  0.69
    """
    from scipy.special import betaincinv

    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    known = ~np.isnan(x) & ~np.isnan(size) & (x <= size)
    x, size = np.where(known, x, 0.0), np.where(known, size, 0.0)
    prior = strength(x, size)
    # A half more of either kind, so that a whole of 0 of 12 leaves room for doubt.
    whole = (x.sum() + 0.5) / (size.sum() + 1)
    a, b = prior * whole + x, prior * (1 - whole) + size - x
    columns = {"pooled": a / (a + b), "low": betaincinv(a, b, (1 - CONFIDENCE) / 2)}
    columns["high"] = betaincinv(a, b, (1 + CONFIDENCE) / 2)
    undefined = ~known | (size.sum() == 0)
    return pd.DataFrame({name: np.where(undefined, np.nan, column) for name, column in columns.items()})
