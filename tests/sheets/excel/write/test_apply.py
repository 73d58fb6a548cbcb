"""Apply plans to workbooks from openpyxl; read them back with openpyxl, with funnel, and as XML."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.styles import Font, PatternFill

from funnel.errors import WriteError
from funnel.grid import Area, Grid
from funnel.plan import (
    Cell,
    Change,
    Chart,
    Formula,
    Link,
    Plan,
    PutBlock,
    PutFills,
    PutRules,
    PutTab,
    Rule,
    Series,
)  # fmt: skip
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader
from funnel.sheets.excel.write import apply as write
from funnel.sheets.excel.write.apply import apply_plan

ROWS = Area(2, 1, 14, 3)
RED = Rule("red", (ROWS,), '=AND($A2="Ben",N("funnel:red")=0)')
GREEN = Rule("green", (ROWS,), '=AND($C2=1,N("funnel:green")=0)')
SERIES = Series("Lost", Area(4, 2, 5, 2), Area(4, 3, 5, 3), "3B6EA8")
CHART = Chart("drop-off", "column", "Drop-off", (SERIES,), Area(2, 7, 18, 14), description="Bars")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Clients"
    sheet.append(["Client", "Lead date", "Paid"])
    for name, paid in (("Ana", 1), ("Ben", None), ("Cat", 1)):
        sheet.append([name, dt.date(2026, 1, 5), paid])
    made.save(path)
    return path


def block(top: int = 15, previous: Area | None = None) -> PutBlock:
    cells = [
        Cell(top, 1, "Totals", "total_label"),
        Cell(top, 3, Formula(f"=SUM(C2:C{top - 1})", 2), "total_count"),
    ]
    if previous and previous.top != top:
        cells += [Cell(r, c, None) for r in range(previous.top, previous.bottom + 1) for c in (1, 3)]
    return PutBlock("Clients", "totals", Area(top, 1, top, 3), tuple(cells), previous)


def tab(create: bool = True, rate: float = 0.25, chart: Chart = CHART, **facts: object) -> PutTab:
    cells = (
        Cell(1, 2, "Funnel", "title"), Cell(2, 3, dt.date(2026, 11, 21)), Cell(4, 1, "0f0f0f0f", "hidden"),
        Cell(4, 2, "=Contacted"), Cell(4, 3, rate, "rate"), Cell(5, 2, "Met"), Cell(5, 3, 0.5, "rate"),
        Cell(8, 2, Link("A3", "Clients", "A3"), "link"),
    )  # fmt: skip
    return PutTab("Funnel", "summary", cells, (chart,), create=create, **facts)


def apply(path: Path, *changes: Change) -> tuple[str, ...]:
    package = Package.open(path)
    return apply_plan(path, package, Plan(str(path), changes, package.version))


def read(path: Path, name: str) -> Grid:
    package = Package.open(path)
    return Reader(package).read(next(s for s in package.sheets if s.name == name))


def part(path: Path, name: str) -> bytes:
    return Package.open(path).read(name)


def edit(path: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    """Make a manual change with openpyxl."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def rewrite(path: Path, parts: dict[str, Callable[[bytes], bytes]]) -> None:
    """Change parts of a package directly."""
    old, out = zipfile.ZipFile(io.BytesIO(path.read_bytes())), io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, lambda data: data)(old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name](b""))
    path.write_bytes(out.getvalue())


def test_reading_a_refreshed_workbook_finds_all_changes(book: Path) -> None:
    assert apply(book, block(), PutRules("Clients", (RED, GREEN)), tab()) == ()
    clients, funnel = read(book, "Clients"), read(book, "Funnel")
    assert clients[15, 1] == "Totals"
    assert (clients[15, 3], clients.formulas[15, 3]) == (2, "=SUM(C2:C14)")
    assert clients.anchors == {"totals": Area(15, 1, 15, 3)}
    assert [rule.name for rule in clients.rules] == ["red", "green"]
    assert funnel.anchors == {"summary": Area(1, 1, 1, 1)}
    assert (funnel[2, 3], funnel[4, 2], funnel[4, 3]) == (dt.date(2026, 11, 21), "=Contacted", 0.25)
    assert funnel.formulas == {}
    assert [(c.name, c.fingerprint) for c in funnel.charts] == [("drop-off", CHART.fingerprint)]
    assert funnel.style(4, 3).number_format == "0.0%"


def test_openpyxl_reads_a_refreshed_workbook(book: Path) -> None:
    apply(book, block(), PutRules("Clients", (RED, GREEN)), tab(freeze_row=3, widths={2: 30.0}))
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames == ["Clients", "Funnel"]
    funnel = opened["Funnel"]
    assert funnel["B8"].hyperlink is not None
    assert funnel["B8"].hyperlink.location == "'Clients'!A3"
    assert funnel.freeze_panes == "A4"
    assert funnel.column_dimensions["A"].hidden
    assert funnel.column_dimensions["B"].width == 30
    assert len(funnel._charts) == 1
    assert openpyxl.load_workbook(book, data_only=True)["Clients"]["C15"].value == 2


def test_a_second_refresh_leaves_one_copy_of_everything(book: Path) -> None:
    apply(book, block(), PutRules("Clients", (RED, GREEN)), tab())
    apply(book, block(), PutRules("Clients", (RED, GREEN)), tab(create=False))  # texts move into their cells
    once = Package.open(book)
    apply(book, block(), PutRules("Clients", (RED, GREEN)), tab(create=False))
    twice = Package.open(book)
    assert once.names == twice.names
    assert {n for n in once.names if once.read(n) != twice.read(n)} == set()


def test_nothing_is_written_without_a_change(book: Path) -> None:
    before = book.read_bytes(), book.stat().st_mtime_ns
    assert apply(book) == ()
    assert (book.read_bytes(), book.stat().st_mtime_ns) == before
    assert list(book.parent.iterdir()) == [book]


def test_unchanged_parts_keep_their_compressed_bytes(book: Path) -> None:
    before = Package.open(book)
    apply(book, block())
    after = Package.open(book)
    same = {n for n in before.names if before.raw(n)[1] == after.raw(n)[1]}
    assert set(before.names) - same == {
        "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    } - ({"[Content_Types].xml", "xl/_rels/workbook.xml.rels"} & same)  # fmt: skip
    assert [n for n in after.names if before.has(n)] == list(before.names)


def test_a_moved_block_leaves_manual_formats(book: Path) -> None:
    apply(book, block())

    def colour(opened: openpyxl.Workbook) -> None:
        opened["Clients"]["C15"].fill = PatternFill("solid", "FFFF00")
        opened["Clients"]["B15"].value = "a note"

    edit(book, colour)
    apply(book, block(19, previous=Area(15, 1, 15, 3)))
    clients = read(book, "Clients")
    assert clients[15, 2] == "a note"
    assert (clients[15, 1], clients[15, 3], clients[19, 3]) == (None, None, 2)
    assert clients.style(15, 3).fill == "FFFF00"
    assert clients.style(15, 1).bold is False
    assert clients.anchors["totals"] == Area(19, 1, 19, 3)


def test_a_block_rewritten_in_place_keeps_manual_colours(book: Path) -> None:
    apply(book, block())
    edit(book, lambda opened: setattr(opened["Clients"]["C15"], "font", Font(color="FF0000FF", bold=True)))
    styles = part(book, "xl/styles.xml")
    apply(book, block(previous=Area(15, 1, 15, 3)))
    assert openpyxl.load_workbook(book)["Clients"]["C15"].font.color.rgb == "FF0000FF"
    assert part(book, "xl/styles.xml") == styles


def test_an_adopted_block_gets_only_an_anchor(book: Path) -> None:
    sheet = part(book, "xl/worksheets/sheet1.xml")
    apply(book, PutBlock("Clients", "totals", Area(3, 1, 4, 3), ()))
    assert part(book, "xl/worksheets/sheet1.xml") == sheet
    assert read(book, "Clients").anchors == {"totals": Area(3, 1, 4, 3)}


def test_fills_are_set_and_removed(book: Path) -> None:
    edit(book, lambda opened: setattr(opened["Clients"]["A3"], "font", Font(bold=True)))
    apply(
        book,
        PutFills("Clients", (("green", (Area(2, 1, 2, 3), Area(4, 1, 4, 3))), ("red", (Area(3, 1, 3, 3),)))),
    )
    clients = read(book, "Clients")
    assert [clients.style(row, 3).fill for row in (2, 3, 4)] == ["C7EFCF", "FFC8CE", "C7EFCF"]
    assert clients.style(3, 1).bold
    assert clients[3, 2] == dt.date(2026, 1, 5)
    apply(book, PutFills("Clients", (("red", (Area(4, 1, 4, 3),)),), (Area(2, 1, 9, 3),)))
    clients = read(book, "Clients")
    assert [clients.style(row, 3).fill for row in (2, 3, 4)] == [None, None, "FFC8CE"]
    assert clients.style(3, 1).bold


def test_a_chart_that_was_moved_keeps_its_place_and_gets_the_new_numbers(book: Path) -> None:
    apply(book, tab())
    moved = b"<xdr:from><xdr:col>1</xdr:col>"
    rewrite(book, {"xl/drawings/drawing1.xml": lambda d: d.replace(b"<xdr:from><xdr:col>6</xdr:col>", moved)})
    name = f"funnel:drop-off:{CHART.fingerprint}".encode()  # LibreOffice numbers it, once its tab was copied
    rewrite(book, {"xl/drawings/drawing1.xml": lambda d: d.replace(name, name + b" 1")})
    chart = part(book, "xl/charts/chart1.xml")
    apply(book, tab(create=False, rate=0.4))
    assert moved in part(book, "xl/drawings/drawing1.xml")
    assert part(book, "xl/charts/chart1.xml") == chart.replace(b"<v>0.25</v>", b"<v>0.4</v>")
    other = replace(CHART, title="Where it leaks", at=Area(50, 1, 60, 5))
    apply(book, tab(create=False, chart=other))
    drawing = part(book, "xl/drawings/drawing1.xml")
    assert moved in drawing
    assert drawing.count(b"</xdr:twoCellAnchor>") == 1
    assert f'name="funnel:drop-off:{other.fingerprint}"'.encode() in drawing
    assert b"Where it leaks" in part(book, "xl/charts/chart1.xml")


def test_a_removed_chart_loses_its_part_and_a_manual_chart_stays(book: Path) -> None:
    apply(book, tab())
    persons = (
        b'<xdr:oneCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">'
        b'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="9" name="funnel: my own"/></xdr:nvSpPr></xdr:sp>'
        b"</xdr:oneCellAnchor>"
    )
    ends = b"</xdr:wsDr>"
    rewrite(book, {"xl/drawings/drawing1.xml": lambda d: d.replace(ends, persons + ends)})
    second = replace(CHART, name="retention")
    apply(book, tab(create=False, chart=second, remove_charts=("drop-off", "never there")))
    package = Package.open(book)
    assert not package.has("xl/charts/chart1.xml")
    assert b"chart1.xml" not in package.read("[Content_Types].xml")
    root = etree.fromstring(package.read("xl/drawings/drawing1.xml"))
    shapes = [(e.get("id"), e.get("name")) for e in root.iter("{*}cNvPr")]
    assert shapes == [("9", "funnel: my own"), ("10", f"funnel:retention:{second.fingerprint}")]
    assert [c.name for c in read(book, "Funnel").charts] == ["retention"]


def test_the_calculation_chain_is_removed_only_with_a_formula(book: Path) -> None:
    def chained(path: Path) -> bool:
        package = Package.open(path)
        named = b"calcChain" in package.read("[Content_Types].xml") + package.read(
            "xl/_rels/workbook.xml.rels"
        )
        assert named == package.has("xl/calcChain.xml")
        return named

    apply(book, block())
    link = (
        b'<Relationship Id="rId99" Target="calcChain.xml" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/'
        b'2006/relationships/calcChain"/></Relationships>'
    )
    kind = b'<Override PartName="/xl/calcChain.xml" ContentType="application/xml"/></Types>'
    chain = f'<calcChain xmlns="{MAIN}"><c r="C15" i="1"/></calcChain>'.encode()
    rewrite(
        book,
        {
            "xl/_rels/workbook.xml.rels": lambda d: d.replace(b"</Relationships>", link),
            "[Content_Types].xml": lambda d: d.replace(b"</Types>", kind),
            "xl/calcChain.xml": lambda d: chain,
        },
    )
    apply(book, block(previous=Area(15, 1, 15, 3)))
    assert chained(book)
    apply(book, block(19, previous=Area(15, 1, 15, 3)))
    assert not chained(book)


def test_a_truncated_text_is_noted(book: Path) -> None:
    notes = apply(book, PutTab("Clients", "", (Cell(9, 2, "x" * 40_000),)))
    assert notes == (
        "Tab 'Clients', cell B9: the text was cut after 32,767 characters, the limit of a cell.",
    )


def refused(path: Path, *changes: Change) -> str:
    before = path.read_bytes()
    with pytest.raises(WriteError) as refusal:
        apply(path, *changes)
    assert path.read_bytes() == before
    return str(refusal.value)


def test_a_missing_tab(book: Path) -> None:
    assert refused(book, PutRules("Clint", (RED,))) == (
        f"{book} has no tab 'Clint', so it is unchanged. Did you mean 'Clients'?"
    )


def test_a_tab_that_exists_already(book: Path) -> None:
    assert refused(book, PutTab("CLIENTS", "summary", (), create=True)) == (
        "There is a tab 'CLIENTS' already. Nothing was changed. Refresh again."
    )


def test_a_plan_for_another_version(book: Path) -> None:
    package = Package.open(book)
    with pytest.raises(WriteError) as refusal:
        apply_plan(book, package, Plan(str(book), (block(),), "another"))
    assert str(refusal.value) == (
        f"{book} has changed since it was read, so the plan is out of date. Nothing was written. Refresh "
        "again."
    )


def test_a_signed_workbook(book: Path) -> None:
    rewrite(book, {"_xmlsignatures/origin.sigs": lambda d: b""})
    assert refused(book, block()) == (
        f"{book} has a digital signature, which any change would break, so it is unchanged. Open it in "
        "Excel, choose File, Save As, and save a copy under another name, which has no signature. Refresh "
        "that copy."
    )


def test_a_failed_check_replaces_nothing(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_checksum", lambda chunks: 0)
    assert refused(book, block()).startswith(
        f"{book} is unchanged: the new version failed its check (part xl/worksheets/sheet1.xml differs from "
        "what was written). This is a fault in funnel;"
    )
    assert list(book.parent.iterdir()) == [book]


def test_writing_another_file_leaves_the_first_unchanged(book: Path, tmp_path: Path) -> None:
    before, out = book.read_bytes(), tmp_path / "new.xlsx"
    package = Package.open(book)
    apply_plan(book, package, Plan(str(book), (block(),)), out)
    assert book.read_bytes() == before
    assert read(out, "Clients")[15, 1] == "Totals"


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_a_strict_workbook_gets_strict_parts(book: Path) -> None:
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    names = {old: b"http://purl.oclc.org/ooxml/spreadsheetml/main"}
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names[office] = b"http://purl.oclc.org/ooxml/officeDocument/relationships"

    def strict(data: bytes) -> bytes:
        for transitional, other in names.items():
            data = data.replace(transitional, other)
        return data

    rewrite(book, dict.fromkeys(Package.open(book).names, strict))
    apply(book, block(), tab(), PutRules("Clients", (RED,)))
    package = Package.open(book)
    assert package.strict
    for name in package.names:
        if name.endswith((".xml", ".rels")) and not name.startswith(("docProps", "xl/theme")):
            for transitional in (old, office, b"drawingml/2006"):
                assert transitional not in package.read(name), name
    assert read(book, "Funnel").charts[0].name == "drop-off"


def test_a_workbook_without_styles_or_texts_gets_them(book: Path) -> None:
    rewrite(
        book,
        {
            "xl/worksheets/sheet1.xml": lambda d: (
                f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
            ),
            "xl/_rels/workbook.xml.rels": lambda d: (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                b'<Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml" '
                b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
                b"</Relationships>"
            ),
            "xl/workbook.xml": lambda d: (
                f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships"><sheets><sheet name="Clients" sheetId="7" r:id="rId1"/></sheets></workbook>'
            ).encode(),
        },
    )
    apply(book, block(), tab())
    assert read(book, "Clients")[15, 1] == "Totals"
    assert read(book, "Funnel").style(4, 3).number_format == "0.0%"


def test_1904_dates(book: Path) -> None:
    edit(book, lambda opened: setattr(opened, "epoch", dt.datetime(1904, 1, 1)))
    apply(book, tab())
    assert read(book, "Funnel")[2, 3] == dt.date(2026, 11, 21)
