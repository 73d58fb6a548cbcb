"""The live conditions against the loader, over all that people type; LibreOffice is the judge."""

import datetime as dt

import openpyxl
import pytest

from funnel.cells.columns import read_reason
from funnel.cells.mark_words import NO_REASON, NOT_REACHED, REACHED, reached_words
from funnel.cells.marks import read_mark
from funnel.grid import CellError, Grid
from funnel.journey.model import Column, Journey, Step
from funnel.loader.load import load
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
    """``ask(values, condition)``: what a condition says of each value, one by one and all at once."""

    def judge(values, condition):
        book = openpyxl.Workbook()
        sheet = book.active
        for row, value in enumerate(values, start=2):
            sheet.cell(row, 1).value = shown(value)
            if isinstance(value, str):
                sheet.cell(row, 1).data_type = "s"
            sheet.cell(row, 2).value = f"=--(({condition(f'$A{row}')})>0)"
        every = formulas.count_rows([(condition(f"A2:A{len(values) + 1}"), None)])
        sheet.cell(1, 2).value = every
        book.save(tmp_path / "in.xlsx")
        made = office_convert(tmp_path / "in.xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
        result = openpyxl.load_workbook(made, data_only=True).active
        return result["B1"].value, [bool(result.cell(row, 2).value) for row in range(2, len(values) + 2)]

    return judge


@pytest.mark.office
def test_a_mark_is_to_the_formula_what_it_is_to_the_loader(ask):
    words = reached_words(Step(name="Met"))
    total, each = ask(TYPED, lambda cells: formulas.marked(cells, words))
    expected = [reached(value) for value in TYPED]
    assert [(value, said) for value, said in zip(TYPED, each, strict=True)] == list(
        zip(TYPED, expected, strict=True)
    )
    assert total == sum(expected)


@pytest.mark.office
def test_dates_typed_as_text_are_marks_where_a_column_has_some(ask):
    values = [*DATED_TEXT, "room 7", "no", "7", CellError("#N/A"), None, 123456]
    total, each = ask(values, lambda cells: formulas.marked(cells, ["x"], text_dates=True))
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
    total, each = ask(values, formulas.dated)
    assert each == known.table["lead_date"].notna().tolist()
    assert total == sum(each)


@pytest.mark.office
def test_a_later_lead_is_told(ask):
    values = [TODAY, TODAY + dt.timedelta(1), dt.date(2101, 1, 1), "text", None, CellError("#N/A"), True]
    _, each = ask(values, formulas.not_later)
    assert each == [True, False, True, True, True, True, True]


@pytest.mark.office
def test_a_reason_is_to_the_formula_what_it_is_to_the_loader(ask):
    values = [None, "", " ", "-", "no", "N/A", "None", "Price", "no time", CellError("#N/A"), 0, 1, "—"]
    _, each = ask(values, lambda cells: formulas.left(None, cells, sorted(NO_REASON)))
    spoken = ["" if value is None or isinstance(value, CellError) else str(value) for value in values]
    assert each == [bool(read_reason(text.strip())) for text in spoken]


@pytest.mark.office
def test_a_left_date_counts_once_it_has_come(ask):
    values = [TODAY, TODAY + dt.timedelta(1), "15/05/2026", "still here", None, CellError("#N/A"), 1]
    _, each = ask(values, lambda cells: formulas.left(cells, None, ()))
    assert each == [True, False, True, False, False, False, False]


def test_long_lists_of_words_are_cut_where_excel_cuts():
    condition = formulas.marked("A1", [f"word number {i}" for i in range(60)])
    literals = condition.split('"')[1::2]
    assert max(map(len, literals)) <= 255
    assert "word number 59" in condition.replace('"&"', "")


def test_words_that_are_no_reason_hold_all_that_is_no_mark():
    assert NOT_REACHED < NO_REASON
    assert "" in NO_REASON


@pytest.mark.office
def test_sums_over_several_runs_leave_out_what_is_between(recalculated):
    runs = [(formulas.marked(cells, ["yes"]), None) for cells in ("A1:A2", "A4:A5")]
    values = [["yes", 1, 1, "no", True]]
    grid = Grid("C", [*values, [None] * 4 + ["below"]], {(5, 2): formulas.count_rows(runs)})
    assert recalculated(grid)[5, 2] == 3


def test_no_truth_value_is_held_against_a_number() -> None:
    """In Excel and Google Sheets FALSE>0 is true: every row would have left."""
    assert not formulas.left("$L2", None, ["", "no"]).endswith(">0)")
    assert formulas.left("$L2", None, ["", "no"], "$M2*1").endswith("+$M2*1>0)")
