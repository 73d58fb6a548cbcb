import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.cells.dates import (
    NumericDate,
    collect_evidence,
    has_comment,
    month_heading,
    read_date,
    read_date_text,
    read_serial,
    to_serial,
)
from funnel.grid import CellError

D = dt.date
dates = st.dates(D(1990, 1, 1), D(2068, 12, 31))


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (D(2026, 3, 1), D(2026, 3, 1)),
        (dt.datetime(2026, 3, 1, 9, 30), D(2026, 3, 1)),
        (46174, D(2026, 6, 1)),
        (46174.75, D(2026, 6, 1)),
        ("46174", D(2026, 6, 1)),
        (20260601, D(2026, 6, 1)),
        ("20260601", D(2026, 6, 1)),
        ("2026-06-01", D(2026, 6, 1)),
        (" 2026/6/1 ", D(2026, 6, 1)),
        ("2026.06.01", D(2026, 6, 1)),
        ("2026-06-01T14:30:00Z", D(2026, 6, 1)),
        ("2026-06-01 14:30", D(2026, 6, 1)),
        ("01/06/2026 2:30 PM", D(2026, 6, 1)),
        ("1/6/26", D(2026, 6, 1)),
        ("1-6-99", D(1999, 6, 1)),
        ("1. 6. 2026", D(2026, 6, 1)),
        ("01.06.2026.", D(2026, 6, 1)),
        ("01.06.26 (Tel)", D(2026, 6, 1)),
        ("2026-06-01 - called", D(2026, 6, 1)),
        ("1 June 2026, WhatsApp", D(2026, 6, 1)),
        ("01/06/2026 14:30 (in the gym)", D(2026, 6, 1)),
        ("01.06.26 (abgesagt)", None),
        ("01.06.26 no show", None),
        ("01.06.26 (?)", None),
        ("01.06.2026 - 05.06.2026", None),
        ("12/31/2026", D(2026, 12, 31)),
        ("2026年6月1日", D(2026, 6, 1)),
        ("2026年6月1日（月）14:30", D(2026, 6, 1)),
        ("2026年6月1日月曜日", D(2026, 6, 1)),
        ("2026年6月1日 午後2時30分", D(2026, 6, 1)),
        ("2026年6月1日(電話)", D(2026, 6, 1)),
        ("2026年6月1日 キャンセル", None),
        ("2026年6月1日(面談キャンセル)", None),
        ("2026年6月1日 一次面接", D(2026, 6, 1)),
        ("令和8年6月1日", D(2026, 6, 1)),
        ("令和元年6月1日", D(2019, 6, 1)),
        ("2026/6/1(月)", D(2026, 6, 1)),
        ("2026年6月1日星期一", D(2026, 6, 1)),
        ("2026년 6월 1일 (월)", D(2026, 6, 1)),
        ("2026. 6. 1.", D(2026, 6, 1)),
        ("٠١/٠٦/٢٠٢٦", D(2026, 6, 1)),
        ("Mon, 1 June 2026", D(2026, 6, 1)),
        ("Monday, June 1, 2026", D(2026, 6, 1)),
        ("Mon Jun 01 2026 10:00:00 GMT+0100", D(2026, 6, 1)),
        ("lun. 01/06/2026", D(2026, 6, 1)),
        ("Mo, 01.06.2026", D(2026, 6, 1)),
        ("01.06.2026 (Mo)", D(2026, 6, 1)),
        ("segunda-feira, 1 de junho de 2026", D(2026, 6, 1)),
        ("mar 2 jun 2026", D(2026, 6, 2)),
        ("mar 12 2026", D(2026, 3, 12)),
        ("room 12 2026", None),
    ],
)
def test_dates(value, date):
    assert read_date(value) == date


@pytest.mark.parametrize(
    "text",
    ["12 March 2026", "March 12, 2026", "12-Mar-26", "12th of march 2026", "12 marzo 2026",
     "12 de marzo de 2026", "12 mar 2026", "12 de março de 2026", "12. März 2026", "12 Mrz 2026",
     "12 maart 2026", "12 mrt 2026", "12 marca 2026", "12 марта 2026 г.", "12 мар. 2026", "12 Mart 2026",
     "12 Maret 2026", "12 مارس 2026", "12 آذار 2026", "12 mars 2026", "2026 March 12",
     "March 12, 2026 9:15"],
)  # fmt: skip
def test_months_by_name_in_fifteen_languages(text):
    assert read_date(text) == D(2026, 3, 12)


@pytest.mark.parametrize(
    "value",
    ["soon", "2026", "March 2026", "03/2026", "31/02/2026", "12.3.", "2026-13-01", "29/02/2027",
    "call 12 May 2026 or June",
     True, 12, 0.5, -3, 99999999, float("nan"), CellError("#REF!"), dt.time(9, 0),
     "", "1/2/3/4", "May be 3 of 2026 or 4"],
)  # fmt: skip
def test_not_dates(value):
    assert read_date(value) is None


def test_the_first_of_the_month_in_french_and_italian():
    assert read_date("1er août 2026") == read_date("1º agosto 2026") == D(2026, 8, 1)


def test_order_applies_only_to_ambiguous_dates():
    assert read_date("03/04/2026", "dmy") == D(2026, 4, 3)
    assert read_date("03/04/2026", "mdy") == D(2026, 3, 4)
    assert read_date("25/12/2026", "mdy") == D(2026, 12, 25)
    assert read_date("25/12/2026", "mdy", strict=True) is None
    assert read_date("03.04.2026", "mdy") == D(2026, 4, 3)


def test_possible_orders_of_three_numbers():
    assert [NumericDate(*three).order for three in ((25, 12, 2026), (12, 25, 2026), (3, 4, 2026),
    (3, 3, 2026))] == [
        "dmy", "mdy", None, None,
    ]  # fmt: skip
    assert [NumericDate(3, n, 2026).open for n in (3, 4, 13)] == [False, True, False]


def test_evidence_of_a_column():
    seen = collect_evidence(["2026-01-01", "3/3/2026", "03/04/2026", "25/12/2026", "soon"])
    assert (seen.dmy, seen.mdy, seen.open, seen.order, seen.conflict) == (
        "25/12/2026", None, "03/04/2026", "dmy", False,
    )  # fmt: skip
    assert collect_evidence(["25/12/2026", "12/25/2026"]).conflict
    assert collect_evidence(["25/12/2026", "12/25/2026"]).order is None


@given(dates, st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y", "%d %B %Y", "%Y-%m-%d", "%d/%m/%Y %H:%M"]))
def test_dates_written_day_first_read_back(date, pattern):
    assert read_date(date.strftime(pattern), "dmy") == date


@given(dates, st.sampled_from(["%m/%d/%Y", "%m-%d-%y", "%B %d, %Y", "%Y%m%d"]))
def test_dates_written_month_first_read_back(date, pattern):
    assert read_date(date.strftime(pattern), "mdy") == date


@given(st.dates(D(1954, 10, 4), D(2119, 1, 9)))
def test_serials_read_back(date):
    assert read_serial(to_serial(date)) == date


@given(st.text(max_size=20))
def test_any_text_parses(text):
    read = read_date_text(text)
    assert read is None or isinstance(read, NumericDate | dt.date)


@given(st.floats())
def test_any_number_parses(number):
    read = read_date(number)
    assert read is None or isinstance(read, dt.date)


@pytest.mark.parametrize(
    "text", ["Mon, 1 June 2026", "01.06.2026 (Mo)", "2026/6/1(月)", "1 июня 2026 г.", "2 jun 2026"]
)
def test_a_weekday_or_a_word_for_year_is_no_comment(text):
    assert not has_comment(text)


def test_a_comment_after_a_weekday():
    assert has_comment("Mon, 1 June 2026 (Tel)")
    assert read_date("Mon, 01.06.2026 (Tel)") == D(2026, 6, 1)
    assert read_date("Mon, 01.06.2026 (cancelled)") is None


@pytest.mark.parametrize(
    ("text", "what"),
    [("Marzec 2026", "month and year"), ("март", "month"), ("كانون الثاني 2026", "month and year"),
     ("Maja", ""), ("Nisan", ""), ("Kasım", ""), ("Kasım 2026", "month and year")],
)  # fmt: skip
def test_a_first_name_is_no_heading(text, what):
    assert month_heading(text) == what
