"""Tests of two rates, Holm's correction, the log-rank test.

Chi-square and Fisher's exact test are formulas here: `scipy.stats` takes one table at a time, and its import
takes longer than that of pandas (that of `scipy.special`, half as long). Holm's correction and the log-rank
test of several groups are not in SciPy, and statsmodels would add 40 MB to every installation. The tests of
this module compare all with SciPy, statsmodels and lifelines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.statistics.intervals import ratio, wilson

Floats = npt.NDArray[np.float64]
FISHER, CHI_SQUARE = "Fisher's exact", "chi-square, Yates"
EXPECTED = 5  # smallest expected count for chi-square
BLOCK = 1_000  # tests in one array: with an expected count under 5, few tables have the same margins


def compare_rates(
    reached: npt.ArrayLike, n: npt.ArrayLike, others: npt.ArrayLike, m: npt.ArrayLike
) -> pd.DataFrame:
    """Test pairs of rates, two-sided (docs/definitions.md#tests).

    Fisher's exact test if an expected count is under 5, else chi-square with Yates' correction.

    Parameters
    ----------
    reached, n : counts of one side, shape (k,).
    others, m : counts of the other side, shape (k,).

    Returns
    -------
    DataFrame of k rows: p, and test (its name); NaN and None if a side is empty or has reached > n.

    Examples
    --------
    >>> compare_rates([4, 250], [5, 2504], [3, 325], [7, 2500]).round(6)
              p               test
    0  0.292929     Fisher's exact
    1  0.000965  chi-square, Yates
    """
    sides = [np.asarray(side, dtype=float) for side in (reached, n, others, m)]
    tables = np.stack([sides[0], sides[1] - sides[0], sides[2], sides[3] - sides[2]], axis=-1)
    possible = (tables >= 0).all(axis=-1) & (sides[1] > 0) & (sides[3] > 0)
    some, kinds = tables[possible], np.full(len(tables), None, dtype=object)
    sizes = np.stack([some[:, :2].sum(1), some[:, 2:].sum(1), some[:, ::2].sum(1), some[:, 1::2].sum(1)])
    large = np.minimum(*sizes[:2]) * np.minimum(*sizes[2:]) / some.sum(axis=1) >= EXPECTED
    p = np.full(len(tables), np.nan)
    p[possible] = np.where(large, _chi_square(some, sizes), 0)
    p[np.flatnonzero(possible)[~large]] = _fisher(some[~large])
    kinds[possible] = np.where(large, CHI_SQUARE, FISHER)
    return pd.DataFrame({"p": p, "test": pd.Series(kinds, dtype=object)})


def _chi_square(tables: Floats, sizes: Floats) -> Floats:
    """Return p of chi-square with Yates' correction, of 2 × 2 tables (rows of four counts)."""
    total = tables.sum(axis=1)
    apart = np.abs(tables[:, 0] * tables[:, 3] - tables[:, 1] * tables[:, 2]) - total / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return _chi_square_p(total * np.maximum(apart, 0) ** 2 / sizes.prod(axis=0), 1)


def _fisher(tables: Floats) -> Floats:
    """Return p of Fisher's exact test of 2 × 2 tables (rows of four counts)."""
    different, where = np.unique(tables.astype(int), axis=0, return_inverse=True)  # small counts repeat
    blocks = [_fisher_p(different[at : at + BLOCK]) for at in range(0, len(different), BLOCK)]
    return np.concatenate([[], *blocks])[where.ravel()]


def _fisher_p(tables: npt.NDArray[np.int_]) -> Floats:
    """Return p of Fisher's exact test: the sum over all tables with the same margins that are no likelier.

    All tables of all tests are in one array: a loop over the tests takes ten times as long.
    """
    a, b, c, d = tables.T
    one, two, reached = a + b, c + d, a + c
    least = np.maximum(0, reached - two)
    possible = np.minimum(one, reached) - least + 1
    begin = np.cumsum(possible) - possible
    test = np.repeat(np.arange(len(tables)), possible)
    k = np.arange(len(test)) - (begin - least)[test]
    p = np.exp(
        _log_choose(one[test], k) + _log_choose(two[test], reached[test] - k)
        - _log_choose(one + two, reached)[test]
    )  # fmt: skip
    counted = p <= (p[begin + a - least] * (1 + 1e-7))[test]
    first = np.cumsum(np.bincount(test[counted])) - np.bincount(test[counted])
    return np.minimum(np.add.reduceat(p[counted], first), 1.0)


def _log_choose(n: npt.ArrayLike, k: npt.ArrayLike) -> Floats:
    """Return the logarithm of the number of ways to choose k of n."""
    n, k = np.asarray(n), np.asarray(k)
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


def _log_factorial(n: npt.NDArray[np.int_]) -> Floats:
    """Return the logarithm of n!, once for each different n."""
    different, where = np.unique(n, return_inverse=True)
    return np.array([math.lgamma(each + 1) for each in different.tolist()], dtype=float)[where]


def against_the_rest(
    reached: npt.ArrayLike, n: npt.ArrayLike, compared: npt.ArrayLike = True
) -> pd.DataFrame:
    """Test each rate against all others together; return p, test, and Holm's p.

    Parameters
    ----------
    reached, n : counts, shape (k,); or (k, s) for s separate comparisons, whose results are in the order of
        the counts, row by row.
    compared : booleans of that shape. Other rates have no test and are not among the others.

    >>> against_the_rest([4, 3, 0], [5, 6, 1], [True, True, False]).round(6)
              p            test  p_holm
    0  0.545455  Fisher's exact     1.0
    1  0.545455  Fisher's exact     1.0
    2       NaN            None     NaN
    """
    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    x, size = np.where(compared, x, np.nan), np.where(compared, size, np.nan)
    others, rest = (np.nansum(side, axis=0) - side for side in (x, size))
    found = compare_rates(*(side.ravel() for side in (x, size, others, rest)))
    p = found["p"].to_numpy().reshape(len(x), -1)
    return found.assign(p_holm=np.stack([holm(each) for each in p.T], axis=-1).ravel())


def holm(p: npt.ArrayLike) -> Floats:
    """Correct p-values for multiple comparisons (Holm 1979, step-down); NaN is not a comparison.

    >>> holm([0.01, 0.04, float("nan"), 0.03]).round(3).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    values = np.asarray(p, dtype=float)
    order = [i for i in np.argsort(values) if not math.isnan(values[i])]
    corrected = np.full(len(values), np.nan)
    steps = values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return corrected


def newcombe(
    reached: npt.ArrayLike, n: npt.ArrayLike, later: npt.ArrayLike, m: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return the 95 % interval of later/m − reached/n, from both Wilson intervals (Newcombe 1998, method 10).

    >>> low, high = newcombe([56], [70], [48], [80])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([-0.3339], [-0.0524])
    """
    one, other = ratio(reached, n), ratio(later, m)
    (low, high), (low_later, high_later) = wilson(reached, n), wilson(later, m)
    difference = other - one
    below = np.sqrt((other - low_later) ** 2 + (high - one) ** 2)
    above = np.sqrt((high_later - other) ** 2 + (one - low) ** 2)
    return difference - below, difference + above


@dataclass(frozen=True)
class LogRank:
    """The result of a log-rank test.

    Parameters
    ----------
    left, expected : leavers of each group, and leavers expected if the groups did not differ; shape (k,).
    chi_square, degrees, p : of all groups together; NaN with fewer than two groups to compare.
    """

    left: Floats
    expected: Floats
    chi_square: float
    degrees: int
    p: float


def log_rank(groups: Sequence[pd.DataFrame]) -> LogRank:
    """Test whether clients of several groups stay equally long (Mantel's log-rank test).

    Parameters
    ----------
    groups : the lifetimes of each group: columns ``day``, ``left`` (bool), ``n``.

    Examples
    --------
    >>> short = pd.DataFrame({"day": [1, 2, 3], "left": [True, True, True], "n": [1, 1, 1]})
    >>> long = pd.DataFrame({"day": [4, 5, 6], "left": [True, True, False], "n": [1, 1, 1]})
    >>> found = log_rank([short, long])
    >>> round(found.chi_square, 3), found.degrees, round(found.p, 4)
    (5.052, 1, 0.0246)
    """
    leavers, risk = _by_day(groups)
    d, n = leavers.sum(axis=0), risk.sum(axis=0)
    share = risk / n
    expected = (d * share).sum(axis=1)
    spread = d * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
    variance = np.diag((spread * share).sum(axis=1)) - (spread * share) @ share.T
    left = leavers.sum(axis=1)
    compared = np.flatnonzero(expected > 0)[:-1]  # the last follows from the others
    if not len(compared):
        return LogRank(left, expected, math.nan, 0, math.nan)
    apart = (left - expected)[compared]
    chi_square = float(apart @ np.linalg.pinv(variance[np.ix_(compared, compared)]) @ apart)
    return LogRank(left, expected, chi_square, len(compared), float(_chi_square_p(chi_square, len(compared))))


def log_rank_of_each(groups: Sequence[pd.DataFrame]) -> Floats:
    """Test each group against all others together (`log_rank`); return p, NaN if there is nothing to compare.

    >>> short = pd.DataFrame({"day": [1, 2, 3], "left": [True, True, True], "n": [1, 1, 1]})
    >>> long = pd.DataFrame({"day": [4, 5, 6], "left": [True, True, False], "n": [1, 1, 1]})
    >>> log_rank_of_each([short, long]).round(4).tolist()
    [0.0246, 0.0246]
    """
    leavers, risk = _by_day(groups)
    d, n = leavers.sum(axis=0), risk.sum(axis=0)
    share = risk / n
    spread = d * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
    expected, others = (d * share).sum(axis=1), (d * (1 - share)).sum(axis=1)
    variance = (spread * share * (1 - share)).sum(axis=1)
    compared = (expected > 0) & (others > 0)
    apart = (leavers.sum(axis=1) - expected) ** 2
    chi_square = np.divide(apart, variance, out=np.zeros_like(apart), where=variance > 0)
    return np.where(compared, _chi_square_p(chi_square, 1), np.nan)


def _by_day(groups: Sequence[pd.DataFrame]) -> tuple[Floats, Floats]:
    """Return leavers and clients at risk: a row for each group, a column for each day with a leaver."""
    days = np.unique(np.concatenate([[], *(g.loc[g["left"], "day"].to_numpy(dtype=float) for g in groups)]))
    leavers, risk = np.zeros((len(groups), len(days))), np.zeros((len(groups), len(days)))
    for j, group in enumerate(groups):
        day, n = group["day"].to_numpy(dtype=float), group["n"].to_numpy(dtype=float)
        left = group["left"].to_numpy(dtype=bool)
        np.add.at(leavers[j], np.searchsorted(days, day[left]), n[left])
        order = np.argsort(day)
        already = np.concatenate([[0.0], np.cumsum(n[order])])
        risk[j] = n.sum() - already[np.searchsorted(day[order], days)]
    return leavers, risk


def _chi_square_p(chi_square: npt.ArrayLike, degrees: int) -> Floats:
    """Return the probability of a chi-square at least this large by chance."""
    half = np.asarray(chi_square, dtype=float) / 2
    p = np.zeros_like(half)
    if degrees % 2:
        p = np.reshape([math.erfc(math.sqrt(each)) for each in half.ravel()], half.shape)
    with np.errstate(divide="ignore"):  # 0: e to the minus infinity
        for i in range(degrees // 2):  # a finite sum (Abramowitz and Stegun 26.4.4 and 26.4.5)
            power = i + degrees % 2 / 2
            p = p + np.exp(power * np.log(half) - half - math.lgamma(power + 1) if power else -half)
    return p
