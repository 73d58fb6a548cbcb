"""Add styles to the styles part. Entries are only appended, so existing indexes stay valid.

Entries that look the same (`style_keys`) are reused, so that styles do not grow with each refresh.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal

from funnel.errors import WriteError
from funnel.plan import OUR_FILLS, StyleName
from funnel.sheets.excel.package.ooxml import (
    STYLESHEET_ORDER,
    Element,
    child_in_order,
    editable,
    make,
    serialise,
)
from funnel.sheets.excel.write.looks import LOOKS, Look
from funnel.sheets.excel.write.style_keys import (
    Key,
    border_key,
    code_key,
    color_key,
    fill_key,
    flags_key,
    font_key,
)  # fmt: skip
from funnel.sheets.xml_parts import child, children, local

MOST_FORMATS: Final = 65_490  # cell formats that Excel accepts in one workbook
_FIRST_OWN_CODE: Final = 164  # number formats below are built in
_APPLIES: Final = {
    "numFmtId": "applyNumberFormat", "fontId": "applyFont", "fillId": "applyFill", "borderId": "applyBorder",
}  # fmt: skip
_FONT_ORDER: Final = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip

BLANK: Final = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)
"""The styles of a new workbook, and of one without styles."""


class _Pool:
    """One list of the styles part, with its entries indexed by their keys."""

    def __init__(self, root: Element, name: str, key: Callable[[Element], Key]) -> None:
        self.list = child_in_order(root, name, STYLESHEET_ORDER)
        self._key = key

    def __getitem__(self, index: int) -> Element:
        """Return an entry; the first one if the index is out of range."""
        return self.list[index if 0 <= index < len(self.list) else 0]

    @cached_property
    def _index(self) -> dict[Key, int]:
        return {self._key(entry): i for i, entry in reversed(list(enumerate(self.list)))}

    def key(self, index: int) -> Key:
        """Return the key of an entry."""
        return self._key(self[index])

    def find_or_append(self, entry: Element) -> int:
        """Return the index of an entry that looks the same; append one if there is none."""
        key = self._key(entry)
        if key not in self._index:
            self.list.append(entry)
            self.list.set("count", str(len(self.list)))
            self._index[key] = len(self.list) - 1
        return self._index[key]


class Stylesheet:
    """The styles of a workbook, with methods to add looks.

    Parameters
    ----------
    data : the styles part.
    where : file and part, for messages.

    >>> styles = Stylesheet(BLANK, "styles.xml")
    >>> styles.look("plain"), styles.look("count"), styles.look("count"), styles.rule_format("red")
    (0, 1, 1, 0)
    """

    def __init__(self, data: bytes, where: str) -> None:
        self._root = editable(data, where)
        self._where = where
        _complete(self._root)
        self._codes = _codes(self._root)
        self._fonts = _Pool(self._root, "fonts", font_key)
        self._fills = _Pool(self._root, "fills", fill_key)
        self._borders = _Pool(self._root, "borders", border_key)
        self._formats = _Pool(self._root, "cellXfs", self._format_key)
        self._looks: dict[Look, int] = {Look(): 0}
        self._painted: dict[tuple[int, str | None], int] = {}
        self._before = self.data()

    @property
    def changed(self) -> bool:
        """True if anything was added."""
        return self.data() != self._before

    def data(self) -> bytes:
        """Return the bytes of the part."""
        return serialise(self._root)

    def look(self, name: StyleName, number_format: str | None = None) -> int:
        """Return the index of a look, with another number format if the look has none."""
        look = LOOKS[name]
        if number_format is not None and look.number_format == "General":
            look = replace(look, number_format=number_format)
        if look not in self._looks:
            self._looks[look] = self._look(look)
        return self._looks[look]

    @cached_property
    def ours(self) -> frozenset[int]:
        """Indexes of the formats that only funnel uses; other formats are manual."""
        probe = Stylesheet(self.data(), self._where)  # a copy, so that unused looks are not added
        wanted = {probe._formats.key(probe.look(name)) for name in LOOKS}
        dated = {probe._formats.key(probe.look(name, LOOKS["date"].number_format)) for name in LOOKS}
        return frozenset(i for i in range(len(self._formats.list)) if self._formats.key(i) in wanted | dated)

    def painted(self, index: int, shade: str | None) -> int:
        """Return the index of a format with one of funnel's fills (``RRGGBB``), or without it (None)."""
        if (index, shade) not in self._painted:
            self._painted[index, shade] = self._repainted(index, shade)
        return self._painted[index, shade]

    def dated(self, index: int, code: str) -> int:
        """Return the index of a format with this date format, if its number format is General."""
        if self._formats[index].get("numFmtId", "0") != "0":
            return index
        entry = deepcopy(self._formats[index])
        entry.set("numFmtId", str(self._code(code)))
        entry.set("applyNumberFormat", "1")
        return self._add(entry)

    def rule_format(self, name: Literal["green", "red"]) -> int:
        """Return the index of the format of a rule: only the background colour."""
        formats = child_in_order(self._root, "dxfs", STYLESHEET_ORDER)
        for index, known in enumerate(formats):
            if _only_background(known) == OUR_FILLS[name]:
                return index
        fill = make(formats, "fill")
        pattern = make(fill, "patternFill")
        pattern.append(make(pattern, "bgColor", rgb="FF" + OUR_FILLS[name]))
        fill.append(pattern)
        formats.append(make(formats, "dxf"))
        formats[-1].append(fill)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def _look(self, look: Look) -> int:
        """Return the index of a format; add it if it is new."""
        ids = {
            "numFmtId": self._code(look.number_format),
            "fontId": self._fonts.find_or_append(self._font(look)),
            "fillId": self._fills.find_or_append(self._fill(look.fill)),
            "borderId": self._borders.find_or_append(self._border(look.line)),
        }
        entry = make(self._formats.list, "xf", **{name: str(number) for name, number in ids.items()})
        entry.set("xfId", "0")
        for name, number in ids.items():
            if number:
                entry.set(_APPLIES[name], "1")
        if look.align or look.wrap:
            entry.set("applyAlignment", "1")
            facts = {"horizontal": look.align, "wrapText": "1" if look.wrap else None}
            entry.append(make(entry, "alignment", **{n: v for n, v in facts.items() if v}))
        return self._add(entry)

    def _add(self, entry: Element) -> int:
        """Return the index of a cell format; add it if it is new."""
        index = self._formats.find_or_append(entry)
        if index >= MOST_FORMATS:
            raise WriteError(
                f"{self._where} has {index:,} cell formats, the limit of Excel, so it is unchanged. Copy the "
                "clients into a new workbook (values and formats), and refresh that."
            )
        return index

    def _repainted(self, index: int, shade: str | None) -> int:
        entry = deepcopy(self._formats[index])
        ours = {fill_key(self._fill(shade)) for shade in OUR_FILLS.values()}
        if shade is None and self._fills.key(int(entry.get("fillId", "0"))) not in ours:
            return index
        entry.set("fillId", str(self._fills.find_or_append(self._fill(shade))))
        entry.set("applyFill", "1")
        return self._add(entry)

    def _font(self, look: Look) -> Element:
        """Return the workbook's default font, with the features of a look."""
        font = deepcopy(self._fonts[0])
        switches = {"b": look.bold, "i": look.italic, "u": look.underline}
        wanted: dict[str, dict[str, str]] = {name: {} for name, on in switches.items() if on}
        if look.size:
            wanted["sz"] = {"val": f"{look.size:g}"}
        if look.color:
            wanted["color"] = {"rgb": "FF" + look.color}
        for name, attributes in wanted.items():
            for old in children(font, name):
                font.remove(old)
            font.append(make(font, name, **attributes))
        for color in children(font, "color"):
            if len(color.get("rgb", "")) == 6:  # without opacity: valid in Excel, but not in the schema
                color.set("rgb", "FF" + color.get("rgb", ""))
        ranks = {name: rank for rank, name in enumerate(_FONT_ORDER)}
        font[:] = sorted(font, key=lambda fact: ranks.get(local(fact), len(ranks)))
        return font

    def _fill(self, shade: str | None) -> Element:
        """Make a solid fill, or an empty one (None)."""
        fill = make(self._fills.list, "fill")
        fill.append(make(fill, "patternFill", patternType="solid" if shade else "none"))
        if shade:
            fill[0].append(make(fill, "fgColor", rgb="FF" + shade))
            fill[0].append(make(fill, "bgColor", indexed="64"))
        return fill

    def _border(self, line: str | None) -> Element:
        """Make a border with a thin line on one edge, or without lines (None)."""
        border = make(self._borders.list, "border")
        for edge in ("left", "right", "top", "bottom", "diagonal"):
            border.append(make(border, edge))
            if edge == line:
                border[-1].set("style", "thin")
                border[-1].append(make(border, "color", rgb="FF7F7F7F"))
        return border

    def _code(self, code: str) -> int:
        """Return the number of a number format; add it if it is new."""
        wanted = code_key(code)
        if isinstance(wanted, int):
            return wanted
        known = {code_key(text): number for number, text in self._codes.items()}
        if wanted not in known:
            formats = child_in_order(self._root, "numFmts", STYLESHEET_ORDER)
            number = max([_FIRST_OWN_CODE - 1, *self._codes]) + 1
            formats.append(make(formats, "numFmt", numFmtId=str(number), formatCode=code))
            formats.set("count", str(len(formats)))
            self._codes[number] = code
            return number
        return known[wanted]

    def _format_key(self, entry: Element) -> Key:
        """Return the key of a cell format."""
        number = int(entry.get("numFmtId", "0"))
        return (
            code_key(self._codes[number]) if number in self._codes else number,
            self._fonts.key(int(entry.get("fontId", "0"))),
            self._fills.key(int(entry.get("fillId", "0"))),
            self._borders.key(int(entry.get("borderId", "0"))),
            flags_key(child(entry, "alignment")),
            flags_key(child(entry, "protection")),
            entry.get("xfId", "0"),
            entry.get("quotePrefix", "0") in ("1", "true"),
        )


def _codes(root: Element) -> dict[int, str]:
    """Return the workbook's custom number formats, by number."""
    formats = child(root, "numFmts")
    entries = [] if formats is None else children(formats, "numFmt")
    return {int(entry.get("numFmtId", "0")): entry.get("formatCode", "") for entry in entries}


def _complete(root: Element) -> None:
    """Add the lists that formats refer to, if a minimal styles part lacks them."""
    blank = editable(BLANK, "our own styles")
    for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs"):
        entries = child_in_order(root, name, STYLESHEET_ORDER)
        known = len(entries)
        for entry in list(children(blank, name)[0])[known:]:
            entries.append(_moved(entry, entries))
        if known != len(entries):
            entries.set("count", str(len(entries)))


def _moved(element: Element, parent: Element) -> Element:
    """Copy an element to its new parent's namespace."""
    made = make(parent, local(element), **{str(k): str(v) for k, v in element.attrib.items()})
    made.extend(_moved(inner, parent) for inner in element)
    return made


def _only_background(entry: Element) -> str | None:
    """Return the background (``RRGGBB``) of a rule's format, or None if it sets anything else."""
    fills = children(entry, "fill")
    pattern = child(fills[0], "patternFill") if fills and len(entry) == 1 else None
    background = child(pattern, "bgColor") if pattern is not None else None
    if background is None or (pattern is not None and pattern.get("patternType", "solid") != "solid"):
        return None
    color = color_key(background)
    return str(color[0][1]) if len(color) == 1 and color[0][0] == "rgb" else None  # type: ignore[index]
