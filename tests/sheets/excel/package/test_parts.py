"""Read packages: each way to write a link, each kind of tab, both editions of the standard."""

import pytest

from funnel.errors import ReadError
from funnel.sheets.excel.package.parts import DefinedName, Package, Relationship

SAVE_AS = "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that one."
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def links(*items: str) -> str:
    return f'<Relationships xmlns="{LINKS}">{"".join(items)}</Relationships>'


def test_tabs_names_and_date_system(book):
    package = Package(
        book(
            properties='<workbookPr date1904="1"/>',
            names='<definedNames><definedName name="_funnel_totals" hidden="1">Leads!$A$2</definedName>'
            '<definedName name="_xlnm.Print_Area" localSheetId="0">Leads!$A$1:$C$9</definedName>'
            "</definedNames>",
        ),
        "clients.xlsx",
    )
    (sheet,) = package.sheets
    assert (sheet.name, sheet.part, sheet.kind, sheet.hidden) == (
        "Leads", "xl/worksheets/sheet1.xml", "worksheet", False,
    )  # fmt: skip
    assert package.defined_names == (
        DefinedName("_funnel_totals", "Leads!$A$2", None, True),
        DefinedName("_xlnm.Print_Area", "Leads!$A$1:$C$9", 0, False),
    )
    assert package.date1904
    assert not package.strict
    assert not package.signed


@pytest.mark.parametrize(
    "target",
    ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", "WORKSHEETS/Sheet1.XML",
     "../xl/worksheets/sheet1.xml", "./worksheets/sheet1.xml", "worksheets/sheet%31.xml"],
)  # fmt: skip
def test_each_way_to_write_a_target(book, target):
    kind = "http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet"
    rels = links(f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>')
    package = Package(book(extra={"xl/_rels/workbook.xml.rels": rels}), "clients.xlsx")
    assert package.sheets[0].part == "xl/worksheets/sheet1.xml"


def test_external_links_are_unchanged(book):
    rels = links('<Relationship Id="a" Type="t/hyperlink" Target="https://x.org/a b" TargetMode="External"/>')
    package = Package(book(extra={"xl/worksheets/_rels/sheet1.xml.rels": rels}), "clients.xlsx")
    assert package.relationships("xl/worksheets/sheet1.xml") == (
        Relationship("a", "t/hyperlink", "https://x.org/a b", True),
    )


def test_strict_edition_and_prefixes(parts, pack):
    made = parts()
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    made["xl/workbook.xml"] = (
        f'<x:workbook xmlns:x="{main}" xmlns:q="{office}"><x:sheets>'
        '<x:sheet name="A" sheetId="4" q:id="rId1" state="veryHidden"/></x:sheets></x:workbook>'
    )
    package = Package(pack(made), "clients.xlsx")
    assert package.strict
    assert [(s.name, s.sheet_id, s.hidden) for s in package.worksheets] == [("A", 4, True)]


def test_signed(book):
    assert Package(book(extra={"_xmlsignatures/origin.sigs": ""}), "clients.xlsx").signed


def test_no_worksheet_and_other_kinds_of_file(parts, pack):
    made = parts()
    made["xl/_rels/workbook.xml.rels"] = links()
    with pytest.raises(ReadError) as caught:
        Package(pack(made), "clients.xlsx")
    assert str(caught.value) == (
        "clients.xlsx has no tab with cells. Open it in Excel, add a worksheet with the clients, save it, "
        "and try again."
    )
    with pytest.raises(ReadError) as caught:
        Package(pack({"a.txt": "a"}), "clients.xlsx")
    assert str(caught.value) == f"clients.xlsx is a zip file without a workbook in it. {SAVE_AS}"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    for part, kind in [
        ("word/document.xml", "not an Excel workbook"),
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ]:
        rels = links(f'<Relationship Id="rId1" Type="{office}" Target="{part}"/>')
        with pytest.raises(ReadError) as caught:
            Package(pack({"_rels/.rels": rels, part: "<w/>"}), "clients.xlsx")
        assert str(caught.value) == f"clients.xlsx is {kind}. {SAVE_AS}"


def test_a_document_type_raises(book):
    with pytest.raises(ReadError) as caught:
        Package(book(extra={"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "clients.xlsx")
    assert str(caught.value) == (
        "clients.xlsx, part xl/workbook.xml, contains a document type (DTD), so it was not read: spreadsheet "
        "programs never write one, and it can exhaust the memory. Open the workbook in Excel, save it as a "
        "new workbook, and use that."
    )
