from collections.abc import Sequence

from lxml import etree

from funnel.grid import Area
from funnel.plan import Link, Rule
from funnel.sheets.excel.write.tail_elements import put_drawing, put_links, put_rules

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
A, B = Area(2, 1, 14, 18), Area(18, 1, 99, 18)
RED = Rule("red", (A, B), '=AND(1,N("funnel:red")=0)')
GREEN = Rule("green", (A, B), '=AND(2,N("funnel:green")=0)')
FORMATS = {"red": 5, "green": 6}


def sheet(after: str) -> etree._Element:
    return etree.fromstring(f'<worksheet xmlns="{MAIN}"><sheetData/>{after}</worksheet>')


def shown(root: etree._Element) -> str:
    return etree.tostring(root).decode().partition("<sheetData/>")[2].removesuffix("</worksheet>")


def put(root: etree._Element, rules: Sequence[Rule]) -> str:
    put_rules(root, rules, FORMATS.__getitem__)
    return shown(root)


OURS = (
    '<conditionalFormatting sqref="A2:R14 A18:R99">'
    '<cfRule type="expression" dxfId="5" priority="{0}"><formula>AND(1,N("funnel:red")=0)</formula></cfRule>'
    '<cfRule type="expression" dxfId="6" priority="{1}"><formula>AND(2,N("funnel:green")=0)</formula>'
    "</cfRule>"
    "</conditionalFormatting>"
)
PERSONS = (
    '<conditionalFormatting sqref="C1:C9"><cfRule type="cellIs" priority="1"><formula>3</formula></cfRule>'
    '<cfRule type="dataBar" priority="7"/></conditionalFormatting>'
)


def test_red_comes_before_green_in_one_element() -> None:
    assert put(sheet(""), [GREEN, RED]) == OURS.format(1, 2)


def test_our_rules_come_after_manual_ones_in_the_file_and_in_priority() -> None:
    root = sheet("<autoFilter/><mergeCells/>" + PERSONS + "<dataValidations/><drawing/><extLst/>")
    assert put(root, [RED, GREEN]) == (
        "<autoFilter/><mergeCells/>" + PERSONS + OURS.format(8, 9) + "<dataValidations/><drawing/><extLst/>"
    )


def test_priorities_in_extensions_count() -> None:
    x14 = '<extLst><ext xmlns:y="urn:y"><y:cfRule type="iconSet" priority="40"/></ext></extLst>'
    assert put(sheet(x14), [RED, GREEN]) == OURS.format(41, 42) + x14


def test_a_second_refresh_leaves_one_copy() -> None:
    root = sheet(PERSONS)
    once = put(root, [RED, GREEN])
    assert put(root, [RED, GREEN]) == once
    assert put(root, []) == PERSONS


def test_a_manual_rule_in_our_element_stays() -> None:
    mixed = OURS.format(1, 2).replace(
        "</conditionalFormatting>",
        '<cfRule type="expression" priority="3"><formula>1</formula></cfRule></conditionalFormatting>',
    )
    assert put(sheet(mixed), []) == (
        '<conditionalFormatting sqref="A2:R14 A18:R99"><cfRule type="expression" priority="3">'
        "<formula>1</formula></cfRule></conditionalFormatting>"
    )


def test_links() -> None:
    persons = (
        '<hyperlinks xmlns:r="urn:r"><hyperlink ref="B2" r:id="rId1" location="x"/>'
        '<hyperlink ref="B9" location="Mine!A1"/><hyperlink ref="B3" location="\'Clients\'!F1" '
        'display="old"/>'
        "</hyperlinks>"
    )
    root = sheet(persons + "<pageMargins/>")
    links = {(4, 2): Link("F17", "Bob's", "F17")}
    put_links(root, {(2, 2), (3, 2), (4, 2)}, links)
    expected = (
        '<hyperlinks xmlns:r="urn:r"><hyperlink ref="B2" r:id="rId1" location="x"/>'
        '<hyperlink ref="B9" location="Mine!A1"/>'
        '<hyperlink ref="B4" location="\'Bob\'\'s\'!F17" display="F17"/></hyperlinks><pageMargins/>'
    )
    assert shown(root) == expected
    put_links(root, {(2, 2), (3, 2), (4, 2)}, links)
    assert shown(root) == expected


def test_removing_the_last_link_removes_the_list() -> None:
    root = sheet("")
    put_links(root, {(4, 2)}, {(4, 2): Link("F17", "Clients", "F17")})
    put_links(root, {(4, 2)}, {})
    assert shown(root) == ""


def test_the_drawing_is_in_the_order_of_the_schema() -> None:
    for strict, namespace in (
        (False, "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        (True, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    ):
        root = sheet("<pageMargins/><legacyDrawing/><tableParts/>")
        put_drawing(root, "rId3", strict)
        assert [etree.QName(e).localname for e in root] == [
            "sheetData", "pageMargins", "drawing", "legacyDrawing", "tableParts",
        ]  # fmt: skip
        assert root[2].get(f"{{{namespace}}}id") == "rId3"
