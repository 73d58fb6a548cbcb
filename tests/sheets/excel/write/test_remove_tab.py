"""Remove one of funnel's tabs from a workbook, with the parts that only it used."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from funnel.grid import Area
from funnel.plan import Cell, Chart, DropTab, Plan, PutTab, Series
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write.apply import apply_plan

CHART = Chart(
    "drop-off", "bar", "Drop-off", (Series("Lost", Area(4, 2, 5, 2), Area(4, 3, 5, 3), "3B6EA8"),),
    Area(2, 7, 18, 14),
)  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    made = openpyxl.Workbook()
    assert isinstance(made.active, Worksheet)
    made.active.title = "Clients"
    made.save(path)
    cells = (Cell(4, 2, "Met"), Cell(4, 3, 0.5), Cell(5, 2, "Paid"), Cell(5, 3, 0.2))
    apply(path, PutTab("Funnel", "summary", cells, (CHART,), create=True))
    edited = openpyxl.load_workbook(path)  # it forgets our chart
    later = edited.create_sheet("Later")
    later["A1"] = 1
    later.print_area = "A1:B2"
    later.defined_names["mine"] = DefinedName("mine", attr_text="Later!$A$1")
    edited["Funnel"].print_area = "A1:C9"
    edited.active = 2
    edited.save(path)
    return path


def apply(path: Path, *changes: PutTab | DropTab) -> None:
    package = Package.open(path)
    apply_plan(path, package, Plan(str(path), changes, package.version))


def test_names_and_the_active_tab_keep_referring_to_their_tabs(book: Path) -> None:
    apply(book, DropTab("Funnel", "summary"))
    package = Package.open(book)
    assert [sheet.name for sheet in package.sheets] == ["Clients", "Later"]
    names = [(name.name, name.sheet, name.text) for name in package.defined_names]
    assert sorted(names) == [("_xlnm.Print_Area", 1, "'Later'!$A$1:$B$2"), ("mine", 1, "Later!$A$1")]
    opened = openpyxl.load_workbook(book)
    assert opened.active is opened["Later"]
    titles = package.read("docProps/app.xml") if package.has("docProps/app.xml") else b""
    assert b"Funnel" not in titles


@pytest.mark.parametrize(("hidden", "front"), [((), "Clients"), (("Clients",), "Later")])
def test_a_visible_neighbour_becomes_the_active_tab(book: Path, hidden: tuple[str], front: str) -> None:
    edited = openpyxl.load_workbook(book)
    edited.active = 1
    for name in hidden:
        edited[name].sheet_state = "hidden"
    edited.save(book)
    apply(book, DropTab("Funnel", "summary"))
    opened = openpyxl.load_workbook(book)
    assert opened.active is opened[front]


def test_its_drawing_and_charts_are_removed_and_others_stay(book: Path) -> None:
    apply(book, PutTab("More", "log", (), (CHART,), create=True), PutTab("Later", "", (), (CHART,)))
    before = set(Package.open(book).names)
    apply(book, DropTab("More", "log"))
    with zipfile.ZipFile(book) as package:
        after = set(package.namelist())
        types = package.read("[Content_Types].xml").decode()
    gone = before - after
    assert gone == {
        "xl/worksheets/sheet4.xml", "xl/worksheets/_rels/sheet4.xml.rels", "xl/charts/chart2.xml",
        "xl/drawings/drawing2.xml", "xl/drawings/_rels/drawing2.xml.rels",
    }  # fmt: skip
    assert not [name for name in gone if f'"/{name}"' in types]
    apply(book, DropTab("Funnel", "summary"))
    assert [name for name in Package.open(book).names if "/charts/chart" in name] == ["xl/charts/chart3.xml"]


def test_a_view_without_an_active_tab_is_unchanged(book: Path) -> None:
    package = Package.open(book)
    data = package.read(package.workbook).replace(b'activeTab="2"', b'activeTab="-1"')
    assert b'activeTab="-1"' in data
    other = book.with_name("other.xlsx")
    with zipfile.ZipFile(other, "w") as out:
        for name in package.names:
            out.writestr(name, data if name == package.workbook else package.read(name))
    apply(other, DropTab("Funnel", "summary"))
    written = Package.open(other)
    assert b'activeTab="-1"' in written.read(written.workbook)
