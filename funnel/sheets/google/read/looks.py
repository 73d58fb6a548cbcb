"""Define the format of each `StyleName` in a Google Sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from funnel.plan import OUR_FILLS, StyleName

Json = dict[str, Any]
LookKey = tuple[str | None, bool, bool]


def color(rgb: str) -> Json:
    """Convert RRGGBB to Google's fractions.

    >>> color("FF0000")
    {'red': 1.0, 'green': 0.0, 'blue': 0.0}
    """
    parts = zip(("red", "green", "blue"), (0, 2, 4), strict=True)
    return {name: int(rgb[at : at + 2], 16) / 255 for name, at in parts}


def _look(
    pattern: str | None = None,
    kind: str = "NUMBER",
    fill: str | None = None,
    align: str | None = None,
    line: str | None = None,
    wrap: bool = False,
    **text: Any,
) -> Json:
    found: Json = {}
    if pattern:
        found["numberFormat"] = {"type": kind, "pattern": pattern}
    if fill:
        found["backgroundColor"] = color(fill)
    if "foreground" in text:
        text["foregroundColor"] = color(text.pop("foreground"))
    if text:
        found["textFormat"] = text
    if align:
        found["horizontalAlignment"] = align
    if line:
        found["borders"] = {line: {"style": "SOLID"}}
    if wrap:
        found["wrapStrategy"] = "WRAP"
    return found


_COUNT: Final[Json] = {"pattern": "#,##0", "align": "RIGHT"}
_RATE: Final[Json] = {"pattern": "0.0%", "kind": "PERCENT", "align": "RIGHT"}
_HEADER: Final[Json] = {"bold": True, "fill": "E7EDF3", "line": "bottom", "wrap": True}
_TOTAL: Final[Json] = {"bold": True, "line": "top"}

LOOKS: Final[Mapping[StyleName, Json]] = {
    "plain": {},
    "title": _look(bold=True, fontSize=16),
    "note": _look(italic=True, foreground="595959"),
    "header": _look(**_HEADER),
    "header_number": _look(**_HEADER, align="RIGHT"),
    "section": _look(bold=True, fill="E7EDF3", line="bottom"),
    "header_above": _look(bold=True, align="RIGHT"),
    "label": _look(wrap=True),
    "count": _look(**_COUNT),
    "rate": _look(**_RATE),
    "number": _look("0.0", align="RIGHT"),
    "p": _look("0.000", align="RIGHT"),
    "date": _look("yyyy-mm-dd", "DATE", align="LEFT"),
    "total_label": _look(**_TOTAL),
    "total_count": _look(**_TOTAL, **_COUNT),
    "rate_label": _look(bold=True),
    "total_rate": _look(**_RATE, bold=True),
    "red": _look(fill=OUR_FILLS["red"]),
    "green": _look(fill=OUR_FILLS["green"]),
    "warning": _look(bold=True, foreground="9C5700"),
    "link": _look(underline=True, foreground="0563C1"),
    "hidden": _look(fontSize=8, foreground="808080"),
    "mark": _look(align="CENTER"),
}
"""CellFormat by name."""


def look_key(look: Json) -> LookKey:
    """Return fill, bold and italic of a CellFormat, which distinguish funnel's looks from manual formats."""
    text = look.get("textFormat", {})
    return rgb(look.get("backgroundColor")), bool(text.get("bold")), bool(text.get("italic"))


def rgb(found: Json | None) -> str | None:
    """Convert Google's fractions to RRGGBB; None for None, and for white, which Google uses for no fill.

    >>> rgb({"red": 1, "green": 0.5}), rgb({"red": 1, "green": 1, "blue": 1}), rgb(None)
    ('FF8000', None, None)
    """
    if found is None:
        return None
    name = "".join(f"{round(found.get(part, 0) * 255):02X}" for part in ("red", "green", "blue"))
    return None if name == "FFFFFF" else name


OURS: Final = frozenset(look_key(look) for look in LOOKS.values())
"""Fill, bold and italic of each look; cells with other formats were formatted manually."""
