import pytest
from lxml import etree

from funnel.errors import WriteError
from funnel.plan import OUR_FILLS
from funnel.sheets.excel.write import stylesheet
from funnel.sheets.excel.write.looks import LOOKS
from funnel.sheets.excel.write.stylesheet import BLANK, Stylesheet

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PERSONS = (
    b"<x:styleSheet " + MAIN.replace(b"xmlns=", b"xmlns:x=") + b"><x:fonts><x:font><x:name val='Arial'/>"
    b"<x:color rgb='112233'/><x:sz val='9'/></x:font></x:fonts><x:fills count='2'><x:fill/><x:fill/>"
    b"</x:fills>"
    b"<x:borders><x:border/></x:borders><x:cellStyleXfs><x:xf/></x:cellStyleXfs><x:cellXfs>"
    b"<x:xf numFmtId='0'/><x:xf numFmtId='14' fontId='0' quotePrefix='1'><x:protection locked='0'/></x:xf>"
    b"</x:cellXfs><x:colors/><x:extLst><x:ext uri='u'/></x:extLst></x:styleSheet>"
)


def elements(styles: Stylesheet) -> etree._Element:
    return etree.fromstring(styles.data())


def test_looks_are_appended_once() -> None:
    styles = Stylesheet(BLANK, "styles.xml")
    first = {name: styles.look(name) for name in LOOKS}
    again = Stylesheet(styles.data(), "styles.xml")
    assert {name: again.look(name) for name in LOOKS} == first
    assert not again.changed
    assert styles.changed
    assert again.ours >= set(first.values())


def test_existing_entries_keep_their_indexes() -> None:
    styles = Stylesheet(PERSONS, "styles.xml")
    assert styles.look("total_rate") == 2
    assert styles.rule_format("red") == 0
    root = elements(styles)
    names = [etree.QName(e).localname for e in root]
    assert names == [
        "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "colors", "extLst",
    ]  # fmt: skip
    assert {e.prefix for e in root} == {"x"}
    before = etree.fromstring(PERSONS)
    for old in before:
        new = root.find(old.tag)
        assert new is not None
        assert [etree.tostring(e) for e in old] == [etree.tostring(e) for e in new][: len(old)]


def test_a_look_uses_the_default_font_of_the_workbook() -> None:
    styles = Stylesheet(PERSONS, "styles.xml")
    styles.look("total_label")
    font = elements(styles)[0][1]
    assert [(etree.QName(e).localname, dict(e.attrib)) for e in font] == [
        ("b", {}), ("sz", {"val": "9"}), ("color", {"rgb": "FF112233"}), ("name", {"val": "Arial"}),
    ]  # fmt: skip


def test_manual_formats_are_not_ours() -> None:
    assert Stylesheet(PERSONS, "styles.xml").ours == {0}  # the plain one, which is nobody's


def test_our_looks_are_still_ours_after_saving_in_libreoffice() -> None:
    other = BLANK.replace(
        b"</cellXfs>",
        b'<xf numFmtId="165" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="true"><alignment '
        b'horizontal="general" vertical="bottom" wrapText="false" indent="0"/><protection locked="true" '
        b'hidden="false"/></xf></cellXfs>',
    )
    other = other.replace(
        b"<fonts",
        b'<numFmts><numFmt numFmtId="165" formatCode="#,##0"/></numFmts><fonts',
    ).replace(
        b"</fonts>",
        b'<font><b val="true"/><sz val="11"/><name val="Calibri"/><family val="2"/><charset val="1"/>'
        b"</font></fonts>",
    )
    other = other.replace(
        b"</borders>",
        b'<border diagonalUp="false"><left/><right/><top style="thin"><color rgb="FF7F7F7F"/></top>'
        b"<bottom/><diagonal/></border></borders>",
    )
    styles = Stylesheet(other, "styles.xml")
    assert styles.look("total_count") == 1
    assert not styles.changed
    assert 1 in styles.ours


def test_a_fill_keeps_the_rest_of_a_format_and_can_be_removed() -> None:
    styles = Stylesheet(PERSONS, "styles.xml")
    red = styles.painted(1, OUR_FILLS["red"])
    entry = elements(styles).find("{*}cellXfs")[red]
    assert entry.get("numFmtId") == "14"
    assert entry.get("quotePrefix") == "1"
    assert entry[0].get("locked") == "0"
    assert styles.painted(1, OUR_FILLS["red"]) == red
    assert styles.painted(red, None) == 1
    assert styles.painted(red, OUR_FILLS["green"]) == red + 1
    assert styles.painted(red + 1, None) == 1


def test_a_manual_fill_is_not_removed() -> None:
    yellow = b'<fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/></patternFill></fill></fills>'
    other = BLANK.replace(b"</fills>", yellow).replace(
        b"</cellXfs>", b'<xf numFmtId="0" fontId="0" fillId="2" borderId="0" xfId="0"/></cellXfs>'
    )
    styles = Stylesheet(other, "styles.xml")
    assert styles.painted(1, None) == 1
    assert not styles.changed


def test_rule_formats_are_appended_once() -> None:
    bold = b'<dxfs count="1"><dxf><font><b/></font></dxf></dxfs></styleSheet>'
    styles = Stylesheet(BLANK.replace(b"</styleSheet>", bold), "styles.xml")
    assert [styles.rule_format(name) for name in ("red", "green", "red")] == [1, 2, 1]
    again = Stylesheet(styles.data(), "styles.xml")
    assert [again.rule_format(name) for name in ("red", "green")] == [1, 2]
    assert etree.tostring(elements(again).find("{*}dxfs")[1]) == (
        b"<dxf " + MAIN + b'><fill><patternFill><bgColor rgb="FFFFC8CE"/></patternFill></fill></dxf>'
    )


def test_a_minimal_part_gets_the_missing_lists() -> None:
    styles = Stylesheet(b"<styleSheet " + MAIN + b"/>", "styles.xml")
    assert styles.look("date") == 1
    assert [etree.QName(e).localname for e in elements(styles)] == [
        "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs",
    ]  # fmt: skip


def test_too_many_formats_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stylesheet, "MOST_FORMATS", 1)
    with pytest.raises(WriteError) as refused:
        Stylesheet(BLANK, "clients.xlsx, part xl/styles.xml,").look("count")
    assert str(refused.value) == (
        "clients.xlsx, part xl/styles.xml, has 1 cell formats, the limit of Excel, so it is unchanged. Copy "
        "the clients into a new workbook (values and formats), and refresh that."
    )
