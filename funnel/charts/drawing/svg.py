"""SVG with real text: searchable and readable aloud, with a title, a description and widths of the text.

A reader's machine may lack the font with which a text was measured, so every line of text states its width.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from funnel.charts.drawing.labels import remove_control_characters, text_width

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SIZE, _WEIGHT = re.compile(r"font(?:-size)?:[^;]*?([\d.]+)px"), re.compile(r"\b(bold|700)\b")
_FAMILY = re.compile(r"font-family:[^;]*")
_DRAWN_WITH = "'DejaVu Sans', Verdana, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def finish_svg(svg: bytes, title: str, description: str, prefix: str = "") -> str:
    """Add title, description and widths of text to a drawing of matplotlib.

    Parameters
    ----------
    title, description : alternative texts, for screen readers.
    prefix : put before every id, so that several drawings can be in one page.

    Returns
    -------
    The element `svg`, without an XML declaration.
    """
    root = ElementTree.fromstring(svg)
    for unwanted in [child for child in root if child.tag.endswith(("}title", "}metadata"))]:
        root.remove(unwanted)
    for element in root.iter():
        _prefix_ids(element, prefix)
        if element.tag == f"{{{SVG}}}text":
            _finish_text(element)
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{prefix}{tag}"})
        element.text = remove_control_characters(text)
        root.insert(at, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}title {prefix}desc")
    return ElementTree.tostring(root, encoding="unicode")


def _prefix_ids(element: ElementTree.Element, prefix: str) -> None:
    if "id" in element.attrib:
        element.set("id", prefix + element.attrib["id"])
    for key, value in element.attrib.items():
        if "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{prefix}"))
        elif key == f"{{{XLINK}}}href" and value.startswith("#"):
            element.set(key, f"#{prefix}{value[1:]}")


def _finish_text(element: ElementTree.Element) -> None:
    """State the width of a line of text, and name fonts for machines without the first."""
    style, text = element.get("style", ""), element.text or ""
    size = _SIZE.search(style)
    if size and text.strip():
        weight = "bold" if _WEIGHT.search(style) else "normal"
        width = text_width(text, float(size[1]), weight) * 72
        element.set("textLength", f"{width:.2f}")
        element.set("lengthAdjust", "spacingAndGlyphs")
    fonts = _FAMILY.search(style)
    if fonts:
        known = fonts[0].removeprefix("font-family:").strip()
        families = ", ".join(dict.fromkeys([*known.split(", "), *_DRAWN_WITH.split(", ")]))
        element.set("style", style.replace(fonts[0], f"font-family: {families}"))
