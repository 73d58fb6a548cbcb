import io
import zipfile

from lxml import etree

from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.parts import Package

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
LINK = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
BOOK = f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}" xmlns:z="urn:z">{{}}</workbook>'
PARTS = {
    "[content_types].xml": TYPES.format('<Override PartName="/XL/Sheet.xml" ContentType="x"/>'),
    "_rels/.rels": LINKS.format(LINK.format("a", "officeDocument", "/XL/Book.xml")),
    "XL/Book.xml": BOOK.format('<sheets><sheet name="S" r:id="rId7"/></sheets>'),
    "XL/_rels/book.xml.rels": LINKS.format(
        LINK.format("rId7", "worksheet", "sheet.xml") + LINK.format("x", "calcChain", "gone.xml")
    ),
    "XL/Sheet.xml": f'<worksheet xmlns="{SHEET}"><sheetData/></worksheet>',
}


def draft(parts: dict[str, str] = PARTS) -> Draft:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return Draft(Package(out.getvalue(), "odd.xlsx"))


def written(made: Draft) -> zipfile.ZipFile:
    out = io.BytesIO()
    made.write(out)
    return zipfile.ZipFile(out)


def attributes(part: bytes) -> list[dict[str, str]]:
    return [dict(e.attrib) for e in etree.fromstring(part)]


def test_a_draft_without_changes_copies_each_part() -> None:
    made = draft()
    made.tree("XL/Book.xml")
    made.relationships("XL/Book.xml")
    new = written(made)
    assert {name: new.read(name).decode() for name in new.namelist()} == PARTS


def test_a_new_part_gets_a_type_and_a_link() -> None:
    made = draft()
    made.add("XL/new.xml", b"<new/>", "the/type")
    assert made.relate("XL/Book.xml", "styles", "XL/new.xml") == "rId8"
    assert made.related("XL/Book.xml", "styles") == ["XL/new.xml"]
    new = written(made)
    assert attributes(new.read("[content_types].xml"))[-1] == {
        "PartName": "/XL/new.xml",
        "ContentType": "the/type",
    }
    assert attributes(new.read("XL/_rels/book.xml.rels"))[-1] == {
        "Id": "rId8", "Type": f"{OFFICE}/styles", "Target": "new.xml",
    }  # fmt: skip
    assert new.read("XL/new.xml").endswith(b"<new/>")


def test_the_first_link_of_a_part_declares_the_type_of_links() -> None:
    made = draft()
    made.add("XL/drawings/d.xml", b"<d/>", "the/type")
    assert made.relate("XL/Sheet.xml", "drawing", "XL/drawings/d.xml") == "rId1"
    new = written(made)
    assert attributes(new.read("[content_types].xml"))[0]["Extension"] == "rels"
    assert attributes(new.read("XL/_rels/Sheet.xml.rels"))[0]["Target"] == "drawings/d.xml"


def test_removing_a_part_removes_its_links_and_its_type() -> None:
    made = draft({**PARTS, "XL/_rels/sheet.xml.rels": LINKS.format("")})
    made.remove("XL/Sheet.xml")
    made.unrelate("XL/Book.xml", "XL/Sheet.xml")
    new = written(made)
    assert "XL/Sheet.xml" not in new.namelist()
    assert "XL/_rels/sheet.xml.rels" not in new.namelist()
    assert attributes(new.read("[content_types].xml")) == []
    assert [a["Id"] for a in attributes(new.read("XL/_rels/book.xml.rels"))] == ["x"]


def test_links_to_missing_parts_are_ignored() -> None:
    assert draft().related("XL/Book.xml", "calcChain") == []


def test_unused_names_ignore_case() -> None:
    made = draft()
    assert made.unused_name("xl/sheet{}.xml", first="") == "xl/sheet2.xml"
    assert made.unused_name("xl/new{}.xml", first="") == "xl/new.xml"
    made.add("xl/charts/chart1.xml", b"<c/>", "t")
    assert made.unused_name("xl/charts/chart{}.xml") == "xl/charts/chart2.xml"


def test_comments_and_unknown_elements_of_a_part_stay() -> None:
    odd = "<!-- by hand -->" + BOOK.format(
        '<!-- a --><sheets><sheet name="S" r:id="rId7"/></sheets><z:own z:a="1">text</z:own>'
    )
    made = draft({**PARTS, "XL/Book.xml": odd})
    made.tree("XL/Book.xml").set("conformance", "transitional")
    new = written(made).read("XL/Book.xml").decode()
    assert "<!-- by hand -->" in new
    assert '<!-- a --><sheets><sheet name="S" r:id="rId7"/></sheets><z:own z:a="1">text</z:own>' in new
