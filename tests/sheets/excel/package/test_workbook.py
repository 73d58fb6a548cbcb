from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.workbook.defined_name import DefinedName

from funnel.grid import Area
from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.package.workbook import add_tab, set_anchor

SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)
PROPERTIES = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><HeadingPairs>'
    '<vt:vector size="4" baseType="variant"><vt:variant><vt:lpstr>Arbeitsblätter</vt:lpstr></vt:variant>'
    "<vt:variant><vt:i4>{count}</vt:i4></vt:variant><vt:variant><vt:lpstr>Namen</vt:lpstr></vt:variant>"
    "<vt:variant><vt:i4>1</vt:i4></vt:variant></vt:vector></HeadingPairs><TitlesOfParts><vt:vector "
    'size="{size}" '
    'baseType="lpstr">{titles}</vt:vector></TitlesOfParts><Company>Gym</Company></Properties>'
)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Clients"
    for name in ("_alpha", "zulu"):
        book.defined_names[name] = DefinedName(name, attr_text="Clients!$A$1")
    book.active.defined_names["_funnel_totals"] = DefinedName("_funnel_totals", attr_text="Clients!$B$2")
    book.save(tmp_path / "clients.xlsx")
    return Draft(Package.open(tmp_path / "clients.xlsx"))


def names(draft: Draft) -> list[tuple[str | None, str | None, str | None]]:
    root = draft.tree(draft.package.workbook)
    return [(n.get("name"), n.get("localSheetId"), n.text) for n in root.iter("{*}definedName")]


def test_anchors_are_sorted_and_moved(draft: Draft) -> None:
    set_anchor(draft, "totals", "Bob's", Area(15, 1, 17, 18))
    set_anchor(draft, "summary", "Funnel", Area(1, 1, 1, 1))
    set_anchor(draft, "totals", "Clients", Area(19, 1, 21, 18))
    assert set(names(draft)) == {
        ("_alpha", None, "Clients!$A$1"),
        ("_funnel_summary", None, "'Funnel'!$A$1"),
        ("_funnel_totals", None, "'Clients'!$A$19:$R$21"),
        ("_funnel_totals", "0", "Clients!$B$2"),  # a person's own, of one tab
        ("zulu", None, "Clients!$A$1"),
    }
    ours = [n for n, local, _ in names(draft) if local is None]
    assert ours == ["_alpha", "_funnel_summary", "_funnel_totals", "zulu"]


def test_a_new_tab_is_last_and_has_a_new_id(draft: Draft) -> None:
    draft.tree(draft.package.workbook).find("{*}sheets")[0].set("sheetId", "41")
    part = add_tab(draft, "Funnel", SHEET)
    assert part == "xl/worksheets/sheet2.xml"
    tabs = list(draft.tree(draft.package.workbook).find("{*}sheets"))
    assert [(tab.get("name"), tab.get("sheetId")) for tab in tabs] == [("Clients", "41"), ("Funnel", "42")]


def properties(draft: Draft, count: int, *titles: str) -> str:
    """Return the document properties with these titles after a tab is added."""
    listed = "".join(f"<vt:lpstr>{title}</vt:lpstr>" for title in titles)
    data = PROPERTIES.format(count=count, size=len(titles), titles=listed)
    draft.replace("docProps/app.xml", data.encode())
    add_tab(draft, "Funnel", SHEET)
    return etree.tostring(draft.tree("docProps/app.xml"), encoding="unicode")


def test_the_titles_include_the_new_tab(draft: Draft) -> None:
    assert properties(draft, 1, "Clients", "Clients!Print_Area") == PROPERTIES.format(
        count=2,
        size=3,
        titles="<vt:lpstr>Clients</vt:lpstr><vt:lpstr>Funnel</vt:lpstr><vt:lpstr>Clients!Print_Area</vt:lpstr>",
    )


def test_titles_in_another_form_are_unchanged(draft: Draft) -> None:
    assert "Funnel" not in properties(draft, 9, "Clients", "Clients!Print_Area")


def test_no_titles_are_added_to_none(draft: Draft) -> None:
    assert "Funnel" not in properties(draft, 0)
