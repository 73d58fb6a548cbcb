"""Expand shared formulas as openpyxl's translator does."""

# ruff: noqa: E501  (tables and XML are read more easily uncut)

import pytest
from openpyxl.formula.translate import Translator

from funnel.grid import cell_name
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.formulas import Formulas, Movable
from funnel.sheets.excel.read.reader import Reader

FORMULAS = [
    "=A5+$A5+A$5+$A$5", "=SUM(A5:B$9)", "=SUM(C:C)+SUM($C:D)", "=SUM(5:7)+SUM($5:7)", '="A5"&A5', "='A5 B6'!A5",
    "=Leads!A5:B6", "=[1]Leads!A5", "=LOG10(A5)", "=Q1_2026+A5.x+_A5", "=Table1[A5]+A5", "=IF(A5>=1E5,A5%,-A5)",
    "=SUM(A5 B6,C7)", "=XFD5", "=TRUE()+A5^2",
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("to", [(5, 2), (8, 2), (5, 4), (30, 30)])
def test_moves_formulas_as_openpyxl_does(formula, to):
    if formula == "=XFD5" and to[1] > 2:
        assert Movable.parse(formula, 5, 2).at(*to) == "=#REF!"
    else:
        theirs = Translator(formula, origin="B5").translate_formula(cell_name(*to))
        assert Movable.parse(formula, 5, 2).at(*to) == theirs


def test_a_reference_off_the_sheet_is_an_error():
    assert Movable.parse("=A1+A2+A:B+1:2+$A$1", 2, 2).at(1, 1) == "=#REF!+#REF!+#REF!+#REF!+$A$1"


def test_a_shared_index_is_reused():
    formulas = Formulas()
    formulas.put(1, 1, "B1", "0", master=True)
    formulas.put(2, 1, "", "0")
    formulas.put(5, 1, "C5", "0", master=True)
    formulas.put(6, 1, "", "0")
    formulas.put(7, 1, "", "9")  # a share of nothing
    assert dict(formulas) == {(1, 1): "=B1", (2, 1): "=B2", (5, 1): "=C5", (6, 1): "=C6"}
    assert len(formulas) == 4
    assert (7, 1) not in formulas
    assert repr(formulas) == "Formulas(4)"


@pytest.mark.corpus
def test_formulas_of_real_workbooks(shared):
    seen = 0
    for path in sorted(shared("workbooks").glob("*Formula*.xlsx")):
        package = Package.open(path)
        for sheet in package.worksheets:
            formulas = Reader(package).read(sheet).formulas
            for (row, column), text in list(formulas.items())[:200]:
                theirs = Translator(text, origin=cell_name(row, column))
                moved = theirs.translate_formula(cell_name(row + 2, column + 1))
                assert Movable.parse(text, row, column).at(row + 2, column + 1) == moved
                seen += 1
    assert seen > 100
