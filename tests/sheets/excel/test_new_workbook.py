from pathlib import Path

import openpyxl
import pytest

from funnel.errors import UsageError, WriteError
from funnel.grid import Area
from funnel.plan import Cell, Chart, Formula, Plan, PutBlock, PutRules, PutTab, Rule, Series, Validation
from funnel.sheets.excel.new_workbook import new_workbook
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader

CLIENTS = PutTab(
    "Clients & <co>", "", (Cell(1, 1, "Client", "header"), Cell(1, 2, "Lead date", "header")), create=True,
    widths={1: 24}, hidden_columns=(), freeze_row=1, gridlines=True, column_styles={2: "date"},
    validations=(Validation(Area(2, 2, 99, 2), "date", "A date, please."),),
)  # fmt: skip
BLOCK = PutBlock(
    CLIENTS.tab, "totals", Area(20, 1, 20, 2), (Cell(20, 1, "Totals"), Cell(20, 2, Formula("=1+1", 2)))
)
RULES = PutRules(CLIENTS.tab, (Rule("green", (Area(2, 1, 18, 2),), '=AND($B2>1,N("funnel:green")=0)'),))
CHART = Chart(
    "c", "line", "C", (Series("S", Area(1, 2, 2, 2), Area(1, 3, 2, 3), "336699"),), Area(4, 2, 9, 9)
)
FUNNEL = PutTab("Funnel", "summary", (Cell(1, 2, "a"), Cell(1, 3, 0.5)), (CHART,), create=True)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "new.xlsx"
    assert new_workbook(path, Plan(str(path), (CLIENTS, BLOCK, RULES, FUNNEL))) == ()
    return path


def test_a_plan_makes_a_workbook(book: Path) -> None:
    package = Package.open(book)
    assert [sheet.name for sheet in package.sheets] == ["Clients & <co>", "Funnel"]
    clients, funnel = (Reader(package).read(sheet) for sheet in package.sheets)
    assert clients.row(1) == ["Client", "Lead date"]
    assert clients.anchors == {"totals": Area(20, 1, 20, 2)}
    assert clients.rules[0].name == "green"
    assert funnel.charts[0].name == "c"


def test_openpyxl_reads_the_validations(book: Path) -> None:
    clients = openpyxl.load_workbook(book)["Clients & <co>"]
    assert clients.freeze_panes == "A2"
    assert clients.column_dimensions["A"].width == 24
    rule = clients.data_validations.dataValidation[0]
    assert (rule.type, str(rule.sqref), rule.error) == ("date", "B2:B99", "A date, please.")


def test_the_independent_validator_finds_no_fault(book: Path) -> None:
    from openxml_audit import OpenXmlValidator

    assert [str(error) for error in OpenXmlValidator().validate(book).errors] == []


def test_the_same_plan_makes_the_same_bytes(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    new_workbook(other, Plan(str(other), (CLIENTS, BLOCK, RULES, FUNNEL)))
    assert other.read_bytes() == book.read_bytes()


def test_an_existing_file_is_unchanged(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(WriteError, match="exists already and was not changed"):
        new_workbook(book, Plan(str(book), (CLIENTS,)))
    assert book.read_bytes() == before


def test_a_workbook_needs_a_tab(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        new_workbook(tmp_path / "new.xlsx", Plan("new.xlsx", (RULES,)))
    assert str(refused.value) == (
        f"A new workbook {tmp_path / 'new.xlsx'} needs a plan that makes at least one tab."
    )


@pytest.mark.office
def test_libreoffice_keeps_anchors_rules_and_charts(book: Path, tmp_path: Path, office_convert) -> None:
    saved = office_convert(book, "xlsx", tmp_path / "saved")
    package = Package.open(saved)
    clients, funnel = (Reader(package).read(sheet) for sheet in package.sheets)
    assert clients.anchors == {"totals": Area(20, 1, 20, 2)}
    assert [(rule.name, rule.areas) for rule in clients.rules] == [("green", (Area(2, 1, 18, 2),))]
    assert funnel.anchors == {"summary": Area(1, 1, 1, 1)}
    assert [(c.name, c.fingerprint) for c in funnel.charts] == [("c", CHART.fingerprint)]
