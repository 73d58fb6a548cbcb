"""Charts that openpyxl lost or renamed come back; charts that a person deleted do not."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import funnel
from funnel.sheets import open_sheet

GYM = Path(__file__).parents[4] / "sample_data" / "gym.xlsx"
DAY = "2026-11-21"
MISSING = (
    "was deleted by hand and will not be drawn again. To get it back, delete the tab; the next refresh "
    "creates it again."
)


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the refreshed sample; without its coaches and sources a refresh takes half the time."""
    folder = tmp_path_factory.mktemp("drawings")
    sample = openpyxl.load_workbook(GYM)
    for column in sample["Clients"].iter_cols():
        if column[0].value in ("Name of coach", "Source of lead"):
            for cell in column:
                cell.value = None
    sample.save(folder / "sample.xlsx")
    funnel.refresh(folder / "sample.xlsx", as_of=DAY, out=folder / "gym.xlsx")
    return folder / "gym.xlsx"


@pytest.fixture
def book(refreshed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(refreshed, tmp_path))


def with_part(path: Path, part: str, edit: Callable[[bytes], bytes | None]) -> None:
    """Edit a part of the package, or leave it out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            made = edit(data) if re.fullmatch(part, name) else data
            if made is not None:
                new.writestr(name, made)


def charts(path: Path) -> list[str]:
    return sorted(chart.name for chart in open_sheet(path).read("Funnel").charts)


def shapes(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        drawings = [book.read(name).decode() for name in book.namelist() if "drawings/drawing" in name]
    return [name for text in drawings for name in re.findall(r'cNvPr id="\d+" name="([^"]+)"', text)]


def saved_by_openpyxl(path: Path, lose: bool = False) -> None:
    book = openpyxl.load_workbook(path)
    if lose:
        book["Funnel"]._charts = []
    else:
        book["Funnel"]._charts[0].anchor._from.row = 50  # a person moved it, in a program before
    book.save(path)


def test_charts_whose_names_openpyxl_removed_are_ours_again(book: Path) -> None:
    saved_by_openpyxl(book)
    assert charts(book) == ["", ""]
    plan = funnel.refresh(book, as_of=DAY)
    assert not [sentence for sentence in plan.kept if "chart" in sentence]
    assert charts(book) == ["drop-off", "retention"]
    drawn = openpyxl.load_workbook(book)["Funnel"]._charts
    assert [chart.anchor._from.row for chart in drawn] == [50, 12]
    assert not funnel.refresh(book, as_of=DAY)


def test_charts_that_openpyxl_dropped_are_put_back(book: Path) -> None:
    saved_by_openpyxl(book, lose=True)
    assert charts(book) == []
    funnel.refresh(book, as_of=DAY)
    assert charts(book) == ["drop-off", "retention"]
    assert not funnel.refresh(book, as_of=DAY)


def test_a_chart_deleted_in_excel_stays_deleted_also_after_openpyxl(book: Path) -> None:
    one = rb"<xdr:twoCellAnchor(?:(?!</xdr:twoCellAnchor>).)*funnel:retention.*?</xdr:twoCellAnchor>"
    with_part(book, r"xl/drawings/drawing2\.xml", lambda data: re.sub(one, b"", data, flags=re.DOTALL))
    excel = b"<Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion>"
    app = rb"<Application>.*</AppVersion>"
    with_part(book, r"docProps/app\.xml", lambda data: re.sub(app, excel, data))
    assert charts(book) == ["drop-off"]
    plan = funnel.refresh(book, as_of=DAY)
    assert plan.kept[-1] == f"Tab 'Funnel': the chart 'retention' {MISSING}"
    assert charts(book) == ["drop-off"]
    assert not funnel.refresh(book, as_of=DAY)
    saved_by_openpyxl(book)
    plan = funnel.refresh(book, as_of=DAY)
    assert plan.kept[-1] == f"Tab 'Funnel': the chart 'retention' {MISSING}"
    assert charts(book) == ["drop-off"]


@pytest.mark.parametrize(
    ("name", "version", "lost"),
    [
        ("Microsoft Excel Compatible / Openpyxl 3.1.5", "3.1", True),
        ("Microsoft Excel", "3.0", True),
        ("Microsoft Excel", "12.0000", False),
        ("Microsoft Macintosh Excel", "16.0300", False),
        ("LibreOffice/7.4.7.2$Linux_X86_64", "15.0000", False),
    ],
)
def test_the_program_that_saved_last_tells_a_loss_from_a_deletion(
    book: Path, name: str, version: str, lost: bool
) -> None:
    app = f"<Application>{name}</Application><AppVersion>{version}</AppVersion>".encode()
    old = rb"<Application>.*</AppVersion>"
    with_part(book, r"docProps/app\.xml", lambda data: re.sub(old, app, data))
    assert open_sheet(book).read("Funnel").loses_charts is lost


def test_a_persons_chart_of_the_same_title_elsewhere_is_not_ours(book: Path) -> None:
    made = openpyxl.load_workbook(book)
    sheet = made["Funnel"]
    sheet._charts = []
    theirs = openpyxl.chart.BarChart()
    theirs.title = "Still here"
    theirs.add_data(openpyxl.chart.Reference(made["Clients"], range_string="Clients!$F$2:$F$9"))
    sheet.add_chart(theirs, "B200")
    made.save(book)
    assert charts(book) == []
    funnel.refresh(book, as_of=DAY)
    assert charts(book) == ["drop-off", "retention"]
    assert len(openpyxl.load_workbook(book)["Funnel"]._charts) == 3
