"""Read the workbook's styles: fill colour, number format, bold."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from funnel.grid import Style
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.dates import BUILTIN_FORMATS, FormatKind, format_kind
from funnel.sheets.limits import MOST_STYLES, check_most, whole_number
from funnel.sheets.xml_parts import child, children, local, true

_RGB = re.compile(r"[0-9A-F]{6}")
# The palette of Excel 97, which `indexed` colours refer to (ECMA-376 part 1, 18.8.27).
_EIGHT = "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF"
_COLORS = _EIGHT + _EIGHT + (
    "800000008000000080808000800080008080C0C0C08080809999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF"
    "000080FF00FFFFFF0000FFFF8000808000000080800000FF00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC99"
    "3366FF33CCCC99CC00FFCC00FF9900FF6600666699969696003366339966003300333300993300993366333399333333"
)  # fmt: skip
INDEXED = tuple(_COLORS[i : i + 6] for i in range(0, len(_COLORS), 6))
# A theme lists dark before light, and colours refer to light before dark.
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{i}" for i in range(1, 7)), "hlink", "folHlink")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StyleTable:
    """The styles of a workbook by index.

    Parameters
    ----------
    palette : ``palette[0]`` is the default style, of missing cells; ``palette[s + 1]`` is style `s`.
    kinds : ``kinds[s]`` is whether numbers of style `s` are shown as dates.

    >>> StyleTable().kind(7), StyleTable().index(7)
    ('number', 0)
    """

    palette: tuple[Style, ...] = (Style(), Style())
    kinds: tuple[FormatKind, ...] = ("number",)

    def kind(self, style: int) -> FormatKind:
        """Return whether numbers of a style are shown as dates; "number" for an undeclared style."""
        return self.kinds[style] if style < len(self.kinds) else "number"

    def index(self, style: int) -> int:
        """Return the index of a style in the palette."""
        return style + 1 if style + 1 < len(self.palette) else 0


def read_styles(package: Package) -> StyleTable:
    """Return the styles of a workbook; only the default style if it has no styles part."""
    parts = package.related(package.workbook, "styles")
    if not parts:
        return StyleTable()
    root = package.tree(parts[0])
    formats = BUILTIN_FORMATS | {
        _number(element, "numFmtId"): element.get("formatCode", "") for element in _listed(root, "numFmts")
    }
    bolds = [
        (bold := child(font, "b")) is not None and true(bold.get("val", "1"))
        for font in _listed(root, "fonts")
    ]
    where = f"{package.source}, part {parts[0]},"
    check_most(len(_listed(root, "cellXfs")), MOST_STYLES, "cell styles", where.removesuffix(","))
    color = _colors(package, root)
    fills = [_fill(fill, color) for fill in _listed(root, "fills")]
    palette, kinds = [Style()], []
    for xf in _listed(root, "cellXfs"):
        code = formats.get(_number(xf, "numFmtId"), "General")
        palette.append(
            Style(
                _at(fills, _number(xf, "fillId"), None),
                None if code == "General" else code,
                _at(bolds, _number(xf, "fontId"), False),
            )
        )
        kinds.append(format_kind(code))
    if not kinds:
        return StyleTable()
    return StyleTable(tuple(palette), tuple(kinds))


def tinted(rgb: str, tint: float) -> str:
    """Make a colour darker (tint below 0) or lighter, as Excel does for theme colours.

    >>> tinted("4F81BD", 0.8), tinted("FFFFFF", -0.25), tinted("FF0000", 0)
    ('DCE6F2', 'BFBFBF', 'FF0000')
    """
    red, green, blue = (int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    parts = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation)
    return "".join(f"{round(part * 255):02X}" for part in parts)


def _listed(root: etree._Element, name: str) -> list[etree._Element]:
    holder = child(root, name)
    return [] if holder is None else [element for element in holder if isinstance(element.tag, str)]


def _number(element: etree._Element, name: str) -> int:
    return whole_number(element.get(name))


def _at(items: Sequence[T], index: int, otherwise: T) -> T:
    return items[index] if index < len(items) else otherwise


def _fill(fill: etree._Element, color: Callable[[etree._Element | None], str | None]) -> str | None:
    """Return the colour of a solid fill; None for patterns and gradients."""
    pattern = child(fill, "patternFill")
    if pattern is None or pattern.get("patternType") != "solid":
        return None
    return color(child(pattern, "fgColor"))


def _colors(package: Package, root: etree._Element) -> Callable[[etree._Element | None], str | None]:
    """Return a function that resolves this workbook's colours to ``RRGGBB``."""
    own = tuple((element.get("rgb") or "")[-6:].upper() for element in _indexed(root))
    indexed, theme = own or INDEXED, _theme(package)

    def color(element: etree._Element | None) -> str | None:
        if element is None or true(element.get("auto")):
            return None
        tint = _tint(element.get("tint", "0"))
        if rgb := element.get("rgb"):
            found: str | None = rgb[-6:].upper()
        elif element.get("theme"):
            found = theme.get(_number(element, "theme"))
        else:
            index = _number(element, "indexed") if element.get("indexed") else len(indexed)
            found = indexed[index] if index < len(indexed) else None
        if not found or not _RGB.fullmatch(found):
            return None
        return tinted(found, tint) if tint else found

    return color


def _tint(text: str) -> float:
    """Parse a tint; 0 if it is not a number between -1 and 1."""
    try:
        tint = float(text)
    except ValueError:
        return 0
    return tint if -1 <= tint <= 1 else 0


def _indexed(root: etree._Element) -> list[etree._Element]:
    holder = child(root, "colors", "indexedColors")
    return [] if holder is None else children(holder, "rgbColor")


def _theme(package: Package) -> dict[int, str]:
    """Return the theme's colours by the index that cells use."""
    parts = package.related(package.workbook, "theme")
    scheme = child(package.tree(parts[0]), "themeElements", "clrScheme") if parts else None
    found = {}
    for element in () if scheme is None else scheme:
        if local(element) in _THEME_ORDER and len(element):
            rgb = element[0].get("lastClr") or element[0].get("val") or ""
            found[_THEME_ORDER.index(local(element))] = rgb.upper()
    return found
