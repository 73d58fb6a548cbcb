"""Tests of chance, held to the worked example, SciPy, statsmodels and lifelines."""

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betaln, chdtrc

from funnel.metrics.statistics.tests import (
    CHI_SQUARE,
    FISHER,
    _chi_square_p,
    _log_choose,
    against_the_rest,
    compare_rates,
    holm,
    log_rank,
    newcombe,
)


def test_worked_example() -> None:
    found = against_the_rest([4, 3], [5, 6])  # Referral, Ads
    assert found["p"].tolist() == pytest.approx([0.545455, 0.545455], abs=5e-7)
    assert found["p_holm"].tolist() == [1, 1]
    assert found["test"].tolist() == [FISHER] * 2


def test_what_is_not_compared_is_in_nobodys_rest() -> None:
    found = against_the_rest([4, 3, 0], [5, 6, 1], [True, True, False])  # and (blank)
    pd.testing.assert_frame_equal(found.iloc[:2], against_the_rest([4, 3], [5, 6]))
    assert found.iloc[2].isna().all()


def test_chi_square_of_the_worked_example() -> None:
    found = compare_rates([250, 200, 200], [2504, 2504, 250], [325, 250, 250], [2500, 2500, 325])
    assert found["p"].tolist() == pytest.approx([0.000964783, 0.0147241, 0.432586], rel=5e-6)
    assert found["test"].tolist() == [CHI_SQUARE] * 3


def test_fisher_below_five_expected_and_chi_square_from_five_on() -> None:
    assert compare_rates([5], [10], [5], [10])["test"].tolist() == [CHI_SQUARE]  # 5 expected in each cell
    assert compare_rates([5], [10], [4], [10])["test"].tolist() == [FISHER]  # 4.5 expected


def test_no_comparison_where_a_side_is_empty_or_more_reached_than_were_there() -> None:
    found = compare_rates([0, 3, 4, np.nan], [0, 5, 3, 5], [3, 0, 2, 2], [5, 0, 5, 5])
    assert found["p"].isna().all()
    assert found["test"].tolist() == [None] * 4
    assert len(compare_rates([], [], [], [])) == 0


@settings(max_examples=examples(30))  # statsmodels collects garbage at each call
@given(st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=8))
def test_holm_by_statsmodels(p: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    known = [value for value in p if not np.isnan(value)]
    expected = multipletests(known, method="holm")[1].tolist() if known else []
    found = holm(p)
    assert [value for value in found if not np.isnan(value)] == pytest.approx(expected)
    assert np.isnan(found).tolist() == np.isnan(np.array(p, dtype=float)).tolist()


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (0, 5, 0, 5)])
def test_newcombe_by_statsmodels(counts: tuple[int, int, int, int]) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    x, n, y, m = counts
    low, high = newcombe([x], [n], [y], [m])
    expected = confint_proportions_2indep(y, m, x, n, method="newcomb", compare="diff")
    assert (low[0], high[0]) == pytest.approx(expected, abs=1e-9)


LIVES = st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(1, 4)), min_size=4, max_size=12)


def lifetimes(rows: list[tuple[int, bool, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["day", "left", "n"])


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines 0.30 on pandas 3
@settings(max_examples=examples(20))
@given(st.lists(LIVES, min_size=2, max_size=4))
def test_log_rank_by_lifelines(groups: list[list[tuple[int, bool, int]]]) -> None:
    from lifelines.statistics import multivariate_logrank_test

    tables = [lifetimes([*rows, (31, True, 1), (1, True, 1)]) for rows in groups]
    every = pd.concat([table.assign(group=i) for i, table in enumerate(tables)], ignore_index=True)
    every = every.loc[every.index.repeat(every["n"])].reset_index(drop=True)
    expected = multivariate_logrank_test(every["day"], every["group"], every["left"])
    found = log_rank(tables)
    assert found.chi_square == pytest.approx(expected.test_statistic, abs=1e-8)
    assert (found.degrees, found.p) == (len(groups) - 1, pytest.approx(expected.p_value, abs=1e-9))
    assert found.left.sum() == pytest.approx(found.expected.sum())


def test_log_rank_of_two_by_scipy_and_of_three_by_statsmodels() -> None:
    from statsmodels.duration.survfunc import survdiff

    random = np.random.default_rng(5)
    days = [random.integers(1, 200, 40) for _ in range(3)]
    left = [random.random(40) < share for share in (0.3, 0.6, 0.9)]
    tables = [pd.DataFrame({"day": d, "left": e, "n": 1}) for d, e in zip(days, left, strict=True)]
    samples = [
        stats.CensoredData(uncensored=d[e], right=d[~e]) for d, e in zip(days[:2], left[:2], strict=True)
    ]
    expected = stats.logrank(*samples)
    assert log_rank(tables[:2]).p == pytest.approx(expected.pvalue)
    assert log_rank(tables[:2]).chi_square == pytest.approx(expected.statistic**2)
    chi_square, p = survdiff(np.concatenate(days), np.concatenate(left).astype(int), np.repeat([0, 1, 2], 40))
    assert (log_rank(tables).chi_square, log_rank(tables).p) == pytest.approx((chi_square, p))


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 11, 24, 199])
def test_the_tail_of_chi_square_is_that_of_scipy(degrees: int) -> None:
    values = np.array([0, 1e-9, 0.3, 2, 5, 20, 80, 300])
    assert _chi_square_p(values, degrees) == pytest.approx(chdtrc(degrees, values), rel=1e-12, abs=0)
    assert np.isnan(_chi_square_p(np.nan, degrees))


def test_the_ways_to_choose_are_those_of_scipy() -> None:
    n, k = np.array([0, 5, 10, 100, 1_000, 1_000_000]), np.array([0, 2, 10, 40, 7, 50_000])
    expected = -np.log(n + 1) - betaln(n - k + 1.0, k + 1.0)
    assert _log_choose(n, k) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_log_rank_without_anybody_to_compare() -> None:
    nobody, stays = lifetimes([]), lifetimes([(10, False, 3)])
    for groups in ([], [stays], [stays, stays], [nobody, lifetimes([(3, True, 2)])]):
        assert np.isnan(log_rank(groups).p)
        assert log_rank(groups).degrees == 0


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(*[st.integers(0, 40)] * 4), min_size=1, max_size=30))
def test_fisher_of_many_tables_at_once_is_fisher_of_each(tables: list[tuple[int, int, int, int]]) -> None:
    rows = np.array(tables)
    found = compare_rates(rows[:, 0], rows[:, 0] + rows[:, 1], rows[:, 2], rows[:, 2] + rows[:, 3])
    for (a, b, c, d), p, test in zip(tables, found["p"], found["test"], strict=True):
        if test == "Fisher's exact":
            assert p == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-6)
