"""Define the format of each `StyleName`; the font is the workbook's default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from funnel.plan import OUR_FILLS, StyleName


@dataclass(frozen=True, slots=True)
class Look:
    """Differences from the workbook's default font and format. Colours are ``RRGGBB``."""

    number_format: str = "General"
    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: float | None = None
    color: str | None = None
    fill: str | None = None
    line: str | None = None  # the edge with a thin line: "top" or "bottom"
    align: str | None = None
    wrap: bool = False


_COUNT, _RATE, _DATE = "#,##0", "0.0%", "yyyy-mm-dd"

LOOKS: Final[dict[StyleName, Look]] = {
    "plain": Look(),
    "title": Look(bold=True, size=16),
    "note": Look(italic=True, color="595959"),
    "header": Look(bold=True, fill="E7EDF3", line="bottom", wrap=True),
    "label": Look(wrap=True),
    "count": Look(_COUNT, align="right"),  # also for the dash in place of a number
    "rate": Look(_RATE, align="right"),
    "number": Look("0.0", align="right"),
    "p": Look("0.000", align="right"),
    "date": Look(_DATE, align="left"),
    "total_label": Look(bold=True, line="top"),
    "total_count": Look(_COUNT, bold=True, line="top"),
    "rate_label": Look(bold=True),
    "total_rate": Look(_RATE, bold=True, align="right"),
    "red": Look(fill=OUR_FILLS["red"]),
    "green": Look(fill=OUR_FILLS["green"]),
    "warning": Look(bold=True, color="9C5700"),
    "link": Look(underline=True, color="0563C1"),
    "hidden": Look(color="808080", size=8),
    "mark": Look(align="center"),
    "section": Look(bold=True, fill="E7EDF3", line="bottom"),
    "header_above": Look(bold=True, align="right"),
    "header_number": Look(bold=True, fill="E7EDF3", line="bottom", align="right", wrap=True),
}
"""The looks, by name. Text has a contrast of at least 4.5 on white, red and green."""
