"""Make comparable keys of fonts, fills, borders and formats.

Excel and LibreOffice write the same look in different ways (order, defaults, flags). Two entries with the
same key look the same.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from funnel.sheets.excel.package.ooxml import Element
from funnel.sheets.xml_parts import child, children, local, true

Key: TypeAlias = tuple[object, ...]

BUILT_IN: Final = {"general": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10}
"""Built-in number formats."""

_SWITCHES: Final = ("b", "i", "strike", "outline", "shadow", "condense", "extend")
_DEFAULTS: Final = frozenset(
    {
        ("horizontal", "general"),
        ("vertical", "bottom"),
        ("textRotation", "0"),
        ("indent", "0"),
        ("locked", "1"),
    }
    | {("locked", "true"), ("readingOrder", "0")}
    | {(n, v) for n in ("wrapText", "shrinkToFit", "justifyLastLine", "hidden") for v in ("0", "false")}
)
"""Default alignment and protection, which LibreOffice writes explicitly."""


def font_key(font: Element) -> Key:
    """Return the key of a font: name, size, colour and switches."""
    facts: dict[str, object] = {}
    for fact in font:
        name, value = local(fact), fact.get("val")
        if name in _SWITCHES:
            facts[name] = value is None or true(value)
        elif name == "u":
            facts[name] = value or "single"
        elif name == "color":
            facts[name] = color_key(fact)
        elif name == "sz":
            facts[name] = float(value or 0)
        elif name in ("name", "vertAlign"):
            facts[name] = value
    return tuple(sorted((n, v) for n, v in facts.items() if v not in (False, "none", "baseline")))


def fill_key(fill: Element) -> Key:
    """Return the key of a fill: pattern and colours; of a solid one the foreground only."""
    pattern = child(fill, "patternFill")
    if len(fill) == 0:
        return ("none",)
    if pattern is None:
        return tuple((local(e), tuple(sorted(e.attrib.items())), len(e)) for e in fill)
    kind = pattern.get("patternType", "none")
    if kind == "none":
        return ("none",)
    colors = ("fgColor",) if kind == "solid" else ("fgColor", "bgColor")
    return (kind, *(color_key(e) for name in colors for e in children(pattern, name)))


def border_key(border: Element) -> Key:
    """Return the key of a border: the edges with a line."""
    return tuple(
        (local(edge), edge.get("style"), *(color_key(e) for e in children(edge, "color")))
        for edge in border
        if edge.get("style", "none") != "none"
    )


def color_key(color: Element) -> Key:
    """Return the key of a colour, without its opacity."""
    return tuple(
        (str(name), str(value).upper()[-6:] if name == "rgb" else str(value))
        for name, value in sorted(color.attrib.items())
    )


def flags_key(element: Element | None) -> frozenset[tuple[str, str]]:
    """Return the key of an alignment or a protection: attributes other than the defaults."""
    if element is None:
        return frozenset()
    return frozenset(
        (str(name), {"true": "1", "false": "0"}.get(str(value), str(value)))
        for name, value in element.attrib.items()
        if (name, value) not in _DEFAULTS
    )


def code_key(code: str) -> int | str:
    """Return the key of a number format: its number if it is built in.

    >>> code_key("#,##0"), code_key('yyyy\\\\-mm\\\\-dd') == code_key("YYYY-MM-DD")
    (3, True)
    """
    plain = code.replace("\\", "").replace('"', "").lower()
    return BUILT_IN.get(plain, plain)
