import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.cells.numbers import read_number, read_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100", 100), ("1,200.50", 1200.5), ("1.200,50", 1200.5), ("€ 90", 90), ("90 €", 90),
        ("90,5 EUR", 90.5),
        ("1 200,50", 1200.5), ("1'200.50", 1200.5), ("-5", -5), ("(5)", -5), ("1,234,567", 1234567),
        ("0,5", 0.5),
        ("$1,200", 1200), ("12.", 12),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["lots", "", "12a3", "3 or 4", "€"])
def test_not_numbers(text):
    assert read_number(text) is None


def test_column_decides_the_decimal_separator():
    assert read_numbers(["1.200", "99,50"])[0].tolist() == [1200, 99.5]
    assert read_numbers(["1.200", "99.50"])[0].tolist() == [1.2, 99.5]


def test_blank_and_unreadable_cells():
    numbers, bad = read_numbers([5, None, "-", " ", "lots", True, "7"])
    assert [None if math.isnan(n) else n for n in numbers] == [5, None, None, None, None, None, 7]
    assert bad == [4]


@given(st.decimals(0, 10**7, places=2))
def test_both_conventions_read_back(amount):
    english = f"{amount:,.2f}"
    assert read_number(english) == float(amount)
    assert read_number(english.translate(str.maketrans(",.", ".,"))) == float(amount)
