"""Read fills as shown on screen, for each way to specify a colour."""

# ruff: noqa: E501  (tables and XML are read more easily uncut)

import pytest

from funnel.grid import Style
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.styles import StyleTable, read_styles, tinted

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
THEME = (
    f'<a:theme xmlns:a="{DRAWING}"><a:themeElements><a:clrScheme name="Office">'
    '<a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>'
    '<a:dk2><a:srgbClr val="1F497D"/></a:dk2><a:lt2><a:srgbClr val="EEECE1"/></a:lt2>'
    '<a:accent1><a:srgbClr val="4f81bd"/></a:accent1></a:clrScheme></a:themeElements></a:theme>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("color", "fill"),
    [
        ('rgb="FFC6EFCE"', "C6EFCE"), ('rgb="00c6efce"', "C6EFCE"), ('theme="4"', "4F81BD"), ('theme="0"', "FFFFFF"),
        ('theme="1"', "000000"), ('theme="3"', "1F497D"), ('theme="0" tint="-0.25"', "BFBFBF"), ('theme="9"', None),
        ('indexed="10"', "FF0000"), ('indexed="2"', "FF0000"), ('indexed="42"', "CCFFCC"), ('indexed="64"', None),
        ('auto="1"', None), ("", None), ('rgb="nonsense"', None), ('theme="4" tint="NaN"', "4F81BD"), ('theme="4" tint="x"', "4F81BD"),
    ],
)  # fmt: skip
def test_each_way_to_specify_a_colour(book, color, fill):
    styles = (
        f'<fills><fill><patternFill patternType="solid"><fgColor {color}/></patternFill></fill></fills>'
        '<cellXfs><xf fillId="0"/></cellXfs>'
    )
    table = read_styles(Package(book(styles=styles, extra={"xl/theme/theme1.xml": THEME}), "a.xlsx"))
    assert table.palette == (Style(), Style(fill))


def test_patterns_gradients_and_invalid_indexes(book):
    styles = (
        '<fonts><font><b val="0"/></font><font><b/></font></fonts>'
        '<fills><fill><patternFill patternType="gray125"><fgColor rgb="FFFF0000"/></patternFill></fill>'
        "<fill><gradientFill/></fill></fills>"
        '<cellXfs><xf fillId="0"/><xf fillId="1" fontId="1"/><xf fillId="99" fontId="99" numFmtId="999"/></cellXfs>'
    )
    table = read_styles(Package(book(styles=styles), "a.xlsx"))
    assert table.palette == (Style(), Style(), Style(bold=True), Style())
    assert (table.index(2), table.index(3), table.kind(2), table.kind(3)) == (3, 0, "number", "number")


def test_a_custom_palette(book):
    styles = (
        '<fills><fill><patternFill patternType="solid"><fgColor indexed="1"/></patternFill></fill></fills>'
        '<cellXfs><xf fillId="0"/></cellXfs><colors><indexedColors><rgbColor rgb="00111111"/>'
        '<rgbColor rgb="00222222"/></indexedColors></colors>'
    )
    assert read_styles(Package(book(styles=styles), "a.xlsx")).palette[1] == Style("222222")


def test_no_styles(parts, pack):
    made = parts()
    made.pop("xl/styles.xml")
    assert read_styles(Package(pack(made), "a.xlsx")) == StyleTable()


def test_tints_stay_valid_colours():
    assert [tinted("4F81BD", tint) for tint in (-1, 1)] == ["000000", "FFFFFF"]
