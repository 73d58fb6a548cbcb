"""Conditions as formulas against the loader, over all that people type; LibreOffice is the judge."""

import datetime as dt

import openpyxl
import pytest

from funnel import definitions
from funnel.cells.columns import read_reason
from funnel.cells.mark_words import NO_REASON, NOT_REACHED, REACHED, reached_words
from funnel.cells.marks import read_mark
from funnel.grid import CellError, Grid
from funnel.journey.conditions import (
    NEVER,
    And,
    AnyOfCompany,
    DaysInStage,
    If,
    InRange,
    IsDate,
    IsFilled,
    IsTrue,
    Not,
    OneOf,
    Or,
    all_of,
)  # fmt: skip
from funnel.journey.model import Column, Journey, Step
from funnel.journey.rules import EventCount
from funnel.loader.load import load
from funnel.writer.condition_formulas import number, text, truth
from funnel.writer.totals import formulas

TODAY = dt.date.today()
ERRORS = {"#DIV/0!": "=1/0", "#N/A": "=NA()"}
TYPED = [
    None, 1, 1.0, 0, 2, -1, 0.5, 10, 20000, 20001, 46174, 79999, 80000, True, False, "", " ", "1", " 1 ",
    "1.0", "01", "0", "yes", "YES", " Yes ", "yes!", "y", "x", "X", "xx", "✓", "✔️", "sì", "SÌ", "si", "sí",
    "não", "-", "–", "?", "*", "~", "<x>", "x><yes", "<", ">", '"', "booked", "TRUE", "FALSE", "VERO", "no",
    "n", "None", dt.date(1999, 5, 1), dt.date(1970, 1, 1), TODAY, TODAY + dt.timedelta(1),
    dt.datetime(2026, 6, 1, 14, 30),
    CellError("#DIV/0!"), CellError("#N/A"),
]  # fmt: skip
DATED_TEXT = ["2026-06-01", "2026-06-01 14:30", "1/6/2026", "01.06.26", "1 June 2026", "12 de março de 2026"]


def shown(value):
    return ERRORS[value.code] if isinstance(value, CellError) else value


def reached(value):
    mark = read_mark(value, REACHED)
    return mark == "reached" or (isinstance(mark, dt.date) and mark <= TODAY)


@pytest.fixture
def ask(office_convert, tmp_path):
    """``ask(values, condition)``: whether a condition on a column holds, value by value and all at once."""

    def judge(values, condition):
        book = openpyxl.Workbook()
        sheet = book.active
        for row, value in enumerate(values, start=2):
            sheet.cell(row, 1).value = shown(value)
            if isinstance(value, str):
                sheet.cell(row, 1).data_type = "s"
            sheet.cell(row, 2).value = f"=--({truth(condition, lambda _, row=row: f'$A{row}')})"
        every = formulas.count_rows([(number(condition, lambda _: f"A2:A{len(values) + 1}"), None)])
        sheet.cell(1, 2).value = every
        book.save(tmp_path / "in.xlsx")
        made = office_convert(tmp_path / "in.xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
        result = openpyxl.load_workbook(made, data_only=True).active
        return result["B1"].value, [bool(result.cell(row, 2).value) for row in range(2, len(values) + 2)]

    return judge


@pytest.mark.office
def test_a_mark_is_to_the_formula_what_it_is_to_the_loader(ask):
    words = reached_words(Step(name="Met"))
    total, each = ask(TYPED, definitions.marked_cell(1, words))
    expected = [reached(value) for value in TYPED]
    assert [(value, said) for value, said in zip(TYPED, each, strict=True)] == list(
        zip(TYPED, expected, strict=True)
    )
    assert total == sum(expected)


@pytest.mark.office
def test_dates_typed_as_text_are_marks_where_a_column_has_some(ask):
    values = [*DATED_TEXT, "room 7", "no", "7", CellError("#N/A"), None, 123456]
    total, each = ask(values, definitions.marked_cell(1, ["x"], date_texts=True))
    assert each == [reached(value) for value in values]
    assert total == len(DATED_TEXT)


@pytest.mark.office
def test_a_date_is_to_the_formula_what_it_is_to_the_loader(ask):
    values = [
        dt.date(1989, 12, 31), dt.date(1990, 1, 1), dt.date(2100, 12, 31), dt.date(2101, 1, 1), TODAY, 5,
        "soon", True, None, CellError("#N/A"),
    ]  # fmt: skip
    grid = Grid("C", [["Client", *"abcdefghij"], ["Lead date", *values], ["Paid", *[1] * 10]])
    roles = {"client": Column(headers=("Client",)), "lead_date": Column(headers=("Lead date",))}
    known = load(grid, Journey(columns=roles, steps=(Step(name="Paid"),)))
    total, each = ask(values, IsDate(1))
    assert each == known.table["lead_date"].notna().tolist()
    assert total == sum(each)


@pytest.mark.office
def test_a_later_lead_is_told(ask):
    values = [TODAY, TODAY + dt.timedelta(1), dt.date(2101, 1, 1), "text", None, CellError("#N/A"), True]
    _, each = ask(values, definitions.in_funnel(1))
    assert each == [True, False, True, True, True, True, True]


@pytest.mark.office
def test_a_reason_is_to_the_formula_what_it_is_to_the_loader(ask):
    values = [None, "", " ", "-", "no", "N/A", "None", "Price", "no time", CellError("#N/A"), 0, 1, "—"]
    _, each = ask(values, definitions.left(None, 1))
    spoken = ["" if value is None or isinstance(value, CellError) else str(value) for value in values]
    assert each == [bool(read_reason(text.strip())) for text in spoken]


@pytest.mark.office
def test_a_left_date_counts_once_it_has_come(ask):
    values = [TODAY, TODAY + dt.timedelta(1), "15/05/2026", "still here", None, CellError("#N/A"), 1]
    _, each = ask(values, definitions.left(1, None))
    assert each == [True, False, True, False, False, False, False]
    _, each = ask(values, definitions.left(1, None, texts=True))
    assert each == [True, False, True, False, False, False, True]


def test_long_lists_of_words_are_cut_where_excel_cuts():
    mark = definitions.marked_cell(1, [f"word number {i}" for i in range(60)])
    condition = truth(mark, lambda _: "A1")
    literals = condition.split('"')[1::2]
    assert max(map(len, literals)) <= 255
    assert "word number 59" in condition.replace('"&"', "")


def test_words_that_are_no_reason_hold_all_that_is_no_mark():
    assert NOT_REACHED < NO_REASON
    assert "" in NO_REASON


@pytest.mark.office
def test_sums_over_several_runs_leave_out_what_is_between(recalculated):
    mark = definitions.marked_cell(1, ["yes"])
    runs = [(number(mark, lambda _, cells=cells: cells), None) for cells in ("A1:A2", "A4:A5")]
    values = [["yes", 1, 1, "no", True]]
    grid = Grid("C", [*values, [None] * 4 + ["below"]], {(5, 2): formulas.count_rows(runs)})
    assert recalculated(grid)[5, 2] == 3


def cell(field):
    return f"${field}2"


def test_the_definitions_as_formulas_on_a_row() -> None:
    """Word for word: a sheet that an earlier version refreshed has these formulas."""
    mark = definitions.marked_cell("F", ["1", "x"])
    assert number(mark, cell) == (
        'ISNUMBER(FIND("<"&LOWER(TRIM($F2&""))&">","<1><x>"))'
        "+ISNUMBER(1/(($F2=1)+($F2=TRUE())+ISNUMBER($F2)*($F2>20000)*($F2<TODAY()+1)))"
    )
    assert truth(mark, cell) == number(mark, cell) + ">0"
    typed = 'ISNUMBER(1/(ISTEXT($F2)*(LEN(TRIM($F2&""))>5)*ISNUMBER(-("1"&RIGHT(TRIM($F2&""),2)))))'
    assert number(definitions.marked_cell("F", ["1", "x"], True), cell) == f"{number(mark, cell)}+{typed}"
    in_funnel = "ISERROR(1/(ISNUMBER($B2)*($B2>=TODAY()+1)*($B2<DATE(2101,1,1))))"
    assert truth(definitions.in_funnel("B"), cell) == in_funnel
    dated = "ISNUMBER(1/(ISNUMBER($L2)*($L2>=DATE(1990,1,1))*($L2<DATE(2101,1,1))))"
    typed = 'ISNUMBER(1/(ISTEXT($L2)*(LEN(TRIM($L2&""))>5)*ISNUMBER(-("1"&RIGHT(TRIM($L2&""),2)))))'
    no_reason = text("".join(f"<{word}>" for word in sorted(NO_REASON)))
    reason = f'ISERROR(FIND("<"&LOWER(TRIM($K2&""))&">",{no_reason}))*NOT(ISERROR($K2))'
    assert truth(definitions.left("L", "K"), cell) == f"IF({dated},$L2<TODAY()+1,{typed}+{reason}>0)"
    assert truth(definitions.left("L", None), cell) == f"IF({dated},$L2<TODAY()+1,{typed})"
    assert truth(definitions.left(None, "K"), cell) == f"{reason}>0"
    shown = f"{reason.replace('K', 'L')}*ISERROR(1/(ISNUMBER($L2)*($L2>1)))"
    assert truth(definitions.left("L", None, texts=True), cell) == f"IF({dated},$L2<TODAY()+1,{shown}>0)"
    assert definitions.left(None, None) == NEVER
    lead = 'ISNUMBER(1/LEN(TRIM($A2&"")))*ISERROR(FIND("<"&LOWER(TRIM($A2&""))&">","<may 2026>"))'
    named = definitions.client_row({"A": ["may 2026"], "B": []}, None, [])
    assert number(named, cell) == lead + '+ISNUMBER(1/LEN(TRIM($B2&"")))'


def test_no_truth_value_is_compared_with_a_number() -> None:
    """In Excel and Google Sheets FALSE>0 is true: every row would have left."""
    filled, word = IsFilled("A"), OneOf("B", ("x",))
    f, w = 'ISNUMBER(1/LEN(TRIM($A2&"")))', 'ISNUMBER(FIND("<"&LOWER(TRIM($B2&""))&">","<x>"))'
    assert number(filled, cell) == f"{f}*1"
    assert number(Or((filled,)), cell) == f"{f}*1"
    assert truth(And((filled,)), cell) == f
    assert truth(Or((filled, word)), cell) == f"{f}+{w}>0"
    assert truth(And((word, Or((filled, word)))), cell) == f"{w}*({f}+{w}>0)>0"
    assert truth(Or((And((filled, word)), word)), cell) == f"{f}*{w}+{w}>0"
    assert truth(Not(Or((filled, word))), cell) == f"NOT({f}+{w}>0)"
    assert truth(Not(Not(filled)), cell) == f"NOT(ISERROR({f.removeprefix('ISNUMBER(')})"
    assert number(If(filled, word, NEVER), cell) == f"IF({f},{w},0>0)*1"
    assert number(And((filled, If(filled, word, NEVER))), cell) == f"{f}*IF({f},{w},0>0)"
    assert (number(NEVER, cell), truth(all_of(()), cell)) == ("0", "1>0")


@pytest.mark.parametrize(
    "condition", [IsTrue("Met"), DaysInStage("at_least", 3), AnyOfCompany(IsFilled("A")),
                  And((IsFilled("A"), EventCount(("Called",), "at_least", 1)))],
)  # fmt: skip
def test_what_only_the_table_knows_has_no_formula(condition) -> None:
    with pytest.raises(TypeError, match="no formula on a row can express"):
        truth(condition, cell)
    with pytest.raises(TypeError, match="no formula on a row can express"):
        number(condition, cell)


def test_an_open_range_of_dates_ends_where_the_loader_does() -> None:
    day = definitions.after("A", definitions.Day(dt.date(2026, 1, 31)))
    limits = "($A2>=DATE(2026,1,31)+1)*($A2<DATE(2101,1,1))"
    assert truth(day, cell) == f"ISNUMBER(1/(ISNUMBER($A2)*{limits}))"
    assert truth(InRange("A", at_most=3.5), cell) == "ISNUMBER(1/(ISNUMBER($A2)*($A2<=3.5)))"
