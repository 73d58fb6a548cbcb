"""Find the reasons to keep one of funnel's tabs: objects on it, and references to it."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName

from funnel.grid import Area
from funnel.plan import Cell, Chart, Plan, PutTab, Series
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write.apply import apply_plan
from funnel.sheets.excel.write.dependents import _reference, describe_dependents

CHART = Chart(
    "drop-off", "bar", "Drop-off", (Series("Lost", Area(4, 2, 5, 2), Area(4, 3, 5, 3), "3B6EA8"),),
    Area(2, 7, 18, 14),
)  # fmt: skip
TAB = PutTab("Funnel", "summary", (Cell(4, 2, "Met"), Cell(4, 3, 0.5)), (CHART,), create=True)


def comment(book: openpyxl.Workbook) -> None:
    book["Funnel"]["C4"].comment = Comment("why?", "Ana")


def chart_elsewhere(book: openpyxl.Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(book["Funnel"], min_col=3, min_row=4, max_row=5))
    book["Clients"].add_chart(chart, "D2")


def drawing(book: openpyxl.Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(book["Clients"], min_col=1, min_row=1, max_row=5))
    book["Funnel"].add_chart(chart, "D2")


def formula(book: openpyxl.Workbook) -> None:
    book["Clients"]["B9"] = "=1+'Funnel'!C4"


def rule(book: openpyxl.Workbook) -> None:
    rules = book["Clients"].conditional_formatting
    rules.add("A1:A9", FormulaRule(["A1>funnel!$C$4"], font=Font(bold=True)))


def name(book: openpyxl.Workbook) -> None:
    book.defined_names["worst"] = DefinedName("worst", attr_text="Funnel!$C$4")


def nothing(book: openpyxl.Workbook) -> None:
    book["Clients"]["A1"] = "Funnel is our tab; my Funnel! too"
    book["Clients"]["A2"] = "='My Funnel'!C4"
    book["Funnel"].print_area = "A1:C4"


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (nothing, ()),
        (comment, ("it has a comment", "it has a comment or a button")),
        (drawing, ("it has a drawing",)),
        (chart_elsewhere, ("a chart or table elsewhere refers to it",)),
        (formula, ("tab 'Clients' refers to it",)),
        (rule, ("tab 'Clients' refers to it",)),
        (name, ("the name 'worst' refers to it",)),
    ],
)
def test_dependents_of_a_tab(
    tmp_path: Path, edit: Callable[[openpyxl.Workbook], None], found: tuple[str, ...]
) -> None:
    path = tmp_path / "book.xlsx"
    made = openpyxl.Workbook()
    made.worksheets[0].title = "Clients"
    made.create_sheet("My Funnel")
    made.create_sheet("Funnel")
    edit(made)
    made.save(path)
    assert set(describe_dependents(Package.open(path), "Funnel")) <= set(found)
    assert bool(describe_dependents(Package.open(path), "Funnel")) == bool(found)


def test_a_copy_of_one_of_our_charts_is_a_dependent(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    made = openpyxl.Workbook()
    made.worksheets[0].title = "Clients"
    made.save(path)
    package = Package.open(path)
    apply_plan(path, package, Plan(str(path), (TAB,), package.version))
    assert describe_dependents(Package.open(path), "Funnel") == ()
    twice = tmp_path / "twice.xlsx"
    package = Package.open(path)
    drawn = next(part for part in package.names if part.startswith("xl/drawings/drawing"))
    with zipfile.ZipFile(twice, "w") as out:
        for part in package.names:
            data = package.read(part)
            if part == drawn:
                start, end = data.index(b"<xdr:twoCellAnchor"), data.rindex(b"</xdr:wsDr>")
                data = data[:end] + data[start:end] + data[end:]
            out.writestr(part, data)
    assert describe_dependents(Package.open(twice), "Funnel") == ("it has a drawing",)


@pytest.mark.parametrize(
    ("tab", "text", "refers"),
    [
        ("Funnel", "=Funnel!C5", True), ("Funnel", "&apos;Funnel&apos;!A1", True),
        ("Funnel", "SUM(Clients:Funnel!A1)", True), ("Funnel", '<s sheet="Funnel"/>', True),
        ("Funnel", "=MyFunnel!A1", False), ("Funnel", "'My Funnel'!A1", False),
        ("Funnel", "'Funnel history'!A1", False), ("Bob's & co", "'Bob''s &amp; co'!A1", True),
    ],
)  # fmt: skip
def test_references_to_a_tab(tab: str, text: str, refers: bool) -> None:
    assert bool(_reference(tab).search(text.encode())) is refers
