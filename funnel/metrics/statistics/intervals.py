"""Bounds of a proportion: the Wilson score interval.

Without SciPy, whose import takes longer than all computations of `funnel show`.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)  # 1.959964


def wilson(
    reached: npt.ArrayLike, n: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the 95 % Wilson score interval of proportions (docs/definitions.md#intervals).

    Parameters
    ----------
    reached, n : counts, shape (k,); the bounds are NaN if `n` is 0 or NaN.

    Returns
    -------
    low, high : fractions, shape (k,), each within 0 to 1.

    Examples
    --------
    >>> low, high = wilson([100, 0], [200, 0])
    >>> low.round(7).tolist(), high.round(7).tolist()
    ([0.4313609, nan], [0.5686391, nan])
    """
    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    rate = ratio(x, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (rate + Z**2 / (2 * size)) / (1 + Z**2 / size)
        half = Z * np.sqrt(rate * (1 - rate) / size + Z**2 / (4 * size**2)) / (1 + Z**2 / size)
    # At 0 and 1 the bound is the rate itself; rounding must not move it outside.
    return np.where(rate == 0, 0.0, centre - half), np.where(rate == 1, 1.0, centre + half)


def ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Divide counts; 0/0 is NaN.

    >>> ratio([1, 0, 3], [2, 0, 0]).tolist()
    [0.5, nan, nan]
    """
    x, size = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    undefined = np.full(np.broadcast(x, size).shape, np.nan)
    return np.asarray(np.divide(x, size, out=undefined, where=size > 0), dtype=float)
