import pytest
from lxml import etree

from funnel.sheets.excel.write.style_keys import border_key, code_key, fill_key, flags_key, font_key

SAME = [
    (
        font_key,
        '<font><b/><sz val="11"/></font>',
        '<font><sz val="11.0"/><b val="1"/><i val="0"/><family val="2"/></font>',
    ),
    (
        font_key,
        '<font><u/><color rgb="FF0563C1"/></font>',
        '<font><color rgb="000563c1"/><u val="single"/></font>',
    ),
    (fill_key, "<fill/>", '<fill><patternFill patternType="none"/></fill>'),
    (
        fill_key,
        '<fill><patternFill patternType="solid"><fgColor rgb="FFC7EFCF"/><bgColor indexed="64"/>'
        '</patternFill></fill>',
        '<fill><patternFill patternType="solid"><fgColor rgb="FFC7EFCF"/><bgColor rgb="FFCCFFCC"/>'
        '</patternFill></fill>',
    ),
    (border_key, "<border/>", '<border><left/><top style="none"/></border>'),
    (flags_key, '<alignment wrapText="1"/>', '<alignment wrapText="true" horizontal="general" indent="0"/>'),
]  # fmt: skip
OTHER = [
    (font_key, "<font><b/></font>", "<font><i/></font>"),
    (font_key, '<font><color rgb="FF000000"/></font>', '<font><color theme="1"/></font>'),
    (fill_key, "<fill/>", "<fill><gradientFill><stop/></gradientFill></fill>"),
    (border_key, '<border><top style="thin"/></border>', '<border><bottom style="thin"/></border>'),
    (flags_key, '<protection locked="0"/>', "<protection/>"),
]


@pytest.mark.parametrize(("key", "one", "other"), SAME)
def test_equal_looks_have_equal_keys(key, one: str, other: str) -> None:
    assert key(etree.fromstring(one)) == key(etree.fromstring(other))


@pytest.mark.parametrize(("key", "one", "other"), OTHER)
def test_different_looks_have_different_keys(key, one: str, other: str) -> None:
    assert key(etree.fromstring(one)) != key(etree.fromstring(other))


def test_a_missing_alignment_has_an_empty_key() -> None:
    assert flags_key(None) == flags_key(etree.fromstring("<alignment/>"))


def test_number_formats() -> None:
    assert code_key("General") == 0
    assert code_key("0.0%") != code_key("0.00%")
