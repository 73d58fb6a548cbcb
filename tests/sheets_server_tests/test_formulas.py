"""The small spreadsheet language: what our formulas are worth, cell by cell."""

from __future__ import annotations

import datetime as dt

import pytest
from sheets_server.cells import enter
from sheets_server.entering import typed
from sheets_server.formulas.kinds import Err
from sheets_server.formulas.rewrite import copied, stored
from sheets_server.state import Book, new_tab

COLUMN = ["1", "x", " Yes ", "2026-02-01", "TRUE", "", "=1/0", "no"]


def sheet(locale: str = "en_US", column: list[str] = COLUMN) -> Book:
    book = Book("k", "t", locale)
    book.now = dt.datetime(2026, 6, 1)
    book.tabs = [new_tab({"sheetId": 0, "title": "S", "gridProperties": {}}, 20, 5)]
    for row, value in enumerate(column):
        enter(book, book.tabs[0], row, 0, typed(value, locale))
    return book


def worth(formula: str, locale: str = "en_US", column: list[str] = COLUMN) -> object:
    """The value of a formula standing in C3."""
    book = sheet(locale, column)
    enter(book, book.tabs[0], 2, 2, ({"formulaValue": formula}, None))
    return book.value(book.tabs[0], 2, 2)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3^2", 19.0),
        ("=-2^2", 4.0),  # unary minus binds tighter, as in every spreadsheet
        ("=10%", 0.1),
        ('="a"&1&TRUE', "a1TRUE"),
        ('="YES"="yes"', True),
        ('=1="1"', False),
        ('="a">99', True),
        ("=TRUE>99", True),
        ("=B1=0", True),
        ('=B1=""', True),
        ("=SUM(A1:A6)", 1.0 + 46054),
        ("=COUNT(A1:A8)", 2.0),
        ("=COUNTA(A1:A8)", 7.0),
        ("=COUNTBLANK(A1:A6)", 1.0),
        ("=ISBLANK(A6)", True),
        ("=ISERROR(A7)", True),
        ("=IFERROR(A7,5)", 5.0),
        ('=IF(A2="X","yes","no")', "yes"),
        ("=AND(A1=1,A5)", True),
        ("=OR(FALSE,A1>5)", False),
        ("=NOT(A1)", False),
        ('=LEN(TRIM("  a  b "))', 3.0),
        ("=N(A1)+N(A2)", 1.0),
        ('=N("funnel:red")', 0.0),
        ('=MATCH("no",A1:A8,0)', 8.0),
        ("=INDEX(A1:A8,2)", "x"),
        ("=ROW()+COLUMN()", 6.0),
        ("=ROWS(A1:B4)*COLUMNS(A1:B4)", 8.0),
        ('=COUNTIF(A1:A8,"x")', 1.0),
        ('=COUNTIF(A1:A8,">5")', 1.0),
        ("=TODAY()-DATE(2026,5,1)", 31.0),
        ("=MAX(A1:A4)-MIN(A1:A4)", 46053.0),
        ("=SUM(INDIRECT(\"A1:A2\"))", 1.0),
        ("=SUM(INDIRECT(\"'S'!A1\"))", 1.0),
        ('=HYPERLINK("#gid=0","there")', "there"),
        ('=TEXT(0.256,"0.0%")', "25.6%"),
        ('=FIND("b","abc")', 2.0),
        ('=ISNUMBER(FIND("B","abc"))', False),
        ('=ISNUMBER(-RIGHT("2026-06-01",2))', True),
        ("=NOSUCH(1)", Err("#NAME?")),
        ("=A7+1", Err("#DIV/0!")),
        ('="a"*1', Err("#VALUE!")),
        ("=INDIRECT(\"Nowhere!A1\")", Err("#REF!")),
        ("=C3", Err("#REF!")),  # itself
        ("=1+", Err("#ERROR!")),
        ("=SUM(A1;A1)", 2.0),
        ('=SUMPRODUCT((TRIM(LOWER(A1:A3&""))="yes")*1)', 1.0),
        ('=SUMPRODUCT(--ISNUMBER(A1:A8))', 2.0),
        ('=SUMPRODUCT(--(((A1:A8=1)+(A1:A8="x"))>0))', Err("#DIV/0!")),
        ("=SUMPRODUCT(ISNUMBER(A1:A8)*(N(+A1:A8)>20000))", Err("#DIV/0!")),
        ('=SUMPRODUCT(--ISNUMBER(FIND("<"&LOWER(TRIM(A1:A8&""))&">","<1><x><yes>")))', 3.0),
        ('=SUM((A1:A6="x")*1)', 0.0),  # no array formula: cut to the formula's own row, A3
        ('=ARRAYFORMULA(SUM((A1:A6="x")*1))', 1.0),
        ("=A1:A6", " Yes "),
        ('=SUMPRODUCT(--(INDIRECT("R1C1:R[-1]C1",FALSE)="x"))', 1.0),
        ('=SUMPRODUCT((ROW(INDIRECT("R1C1:R[3]C1",FALSE()))>1)*1)', 5.0),
        ('=SUMPRODUCT(--(INDIRECT("R1C"&COLUMN($A:$A)&":R[3]C1",FALSE)="x"))', 1.0),
        ('=INDIRECT("R[-1]C[-2]",FALSE)', "x"),
    ],
)  # fmt: skip
def test_formula(formula: str, value: object) -> None:
    assert worth(formula) == value


def test_a_formula_that_finds_a_blank_is_blank() -> None:
    assert (worth("=A6"), worth('=A6&""'), worth("=A6+1")) == (None, "", 1.0)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A1;A1)", 2.0),
        ("=1,5*2", 3.0),
        ("=IF(A1=1,2,3)", Err("#ERROR!")),  # commas are decimals here
        ('=TRUE&""', "VERO"),
        ('=1,5&""', "1,5"),
    ],
)
def test_formula_where_commas_are_decimals(formula: str, value: object) -> None:
    assert worth(formula, "it_IT") == value


def test_array_and_row_by_row_agree() -> None:
    """The short way (one result for each distinct row) and the long way count the same."""
    test = '(A1:A8="x")+ISNUMBER(A1:A8)*(A1:A8>20000)'
    short = worth(f"=SUMPRODUCT(--(IFERROR({test},0)>0))")
    long = worth(f"=SUMPRODUCT(--(IFERROR(INDEX({test},0),0)>0))")
    assert short == long == 2.0


def test_a_copied_formula_follows_and_a_stored_one_keeps_its_spaces() -> None:
    assert copied("= SUM( $A2:A$9 )", "en_US", 1, 1) == "= SUM( $A3:B$9 )"
    assert copied("=A1", "en_US", -1, 0) == "=#REF!"
    assert stored('=IF( A1;"x;y";2 )', "en_US") == '=IF( A1,"x;y",2 )'
    assert stored("=IF(A1;1;2)", "it_IT") == "=IF(A1;1;2)"
