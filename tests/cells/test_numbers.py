import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.cells.numbers import read_amounts, read_number, read_numbers


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


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [("1,5k", 1500, ""), ("€1.5K", 1500, "EUR"), ("$1.2k/month", 1200, "$"), ("5万円", 50_000, "JPY"),
     ("5 тыс. руб.", 5000, "RUB"), ("Rp 150 ribu", 150_000, "IDR"), ("50,000원", 50_000, "KRW"),
     ("5,000元", 5000, "CNY"), ("1.200 TL", 1200, "TRY"), ("￥5000", 5000, "¥"), ("25 kr", 25, "kr")],
)  # fmt: skip
def test_thousands_in_words_and_currencies_as_people_write_them(text, number, currency):
    found = read_amounts([text])
    assert (found.numbers[0], found.currencies) == (number, [currency])


@pytest.mark.parametrize(
    "text", ["2M", "1.5 mln", "3 million", "2 lakh", "1 crore", "5 mil", "3 juta", "2億円"]
)
def test_a_number_with_a_word_of_several_meanings_is_unreadable(text):
    """5 mil is 5,000 in Madrid and 5,000,000 in London."""
    assert read_number(text) is None
    assert read_amounts([text]).unreadable == [0]


def test_a_currency_without_decimals_has_thousands_only():
    assert read_amounts(["50,000원", "Rp 150.000"]).ambiguous == []
    assert read_amounts(["5,000元"]).ambiguous == [0]
