"""Businesses against each other, by hand."""

import math

import pytest
from businesses import business

from funnel.portfolios.benchmark import COLUMNS, benchmark, common_leak, gaps
from funnel.portfolios.numbers import BusinessNumbers

A = business("A", (100, 90), (90, 45), (45, 36))
B = business("B", (50, 45), (45, 36), (36, 27))
FEW = business("Few", (5, 5), (5, 1), (1, 1), leads=5)


def test_a_step_by_hand() -> None:
    table = benchmark([A, B, FEW])
    assert list(table) == list(COLUMNS)
    met = table[table["step"] == "Client meeting had"].set_index("business")
    assert met["rate"].tolist() == [0.5, 0.8, 0.2]
    assert met["centre"].iloc[0] == pytest.approx(82 / 140)
    assert met.loc["A", "others"] == pytest.approx(37 / 50)
    assert met.loc["A", "gap"] == pytest.approx(0.5 - 0.74)
    # 36 of 100 leads pay; if the step rose from .5 to .74, 36 × (.74/.5 − 1) = 17.28 more would
    assert met.loc["A", "regained_per_100"] == pytest.approx(17.28)
    assert math.isnan(met.loc["B", "regained_per_100"])  # above the others
    assert math.isnan(met.loc["Few", "regained_per_100"])  # too few to say
    # z is -1.65, 2.94 and -1.75; winsorised, all count as -1.65: spread 2.7, so that 2.94 / 1.65 is inside
    assert met["outside"].tolist() == ["", "", ""]


def test_the_biggest_gap_of_each() -> None:
    found = gaps(benchmark([A, B]))
    assert found[["business", "step"]].to_numpy().tolist() == [
        ["A", "Client meeting had"], ["B", "First paid session"],
    ]  # fmt: skip


def test_what_most_have_in_common() -> None:
    assert common_leak([A, B, FEW]) == ("Client meeting had", 1, 2)
    assert common_leak([FEW]) is None


def test_who_is_left_out_takes_no_part() -> None:
    broken = BusinessNumbers("Broken", A.as_of, problem="It is cut off.")
    assert set(benchmark([A, B, broken])["business"]) == {"A", "B"}
    assert benchmark([broken]).empty
    assert gaps(benchmark([broken])).empty


def test_a_step_that_only_some_have() -> None:
    short = business("Short", (20, 10))
    table = benchmark([A, short])
    assert set(table[table["step"] == "First paid session"]["business"]) == {"A"}
