"""Parse the lists that cells of a Google Sheet offer (data validation).

They are asked for apart from the cells, and of the first rows only, because Google repeats the whole list in
each cell: six stages in 10,000 rows are 3 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from funnel.grid import Area, Dropdown, quoted

Json = dict[str, Any]

DROPDOWN_ROWS = 60
"""Rows of each tab whose lists are read."""

DROPDOWN_FIELDS = (
    "sheets(properties.title,data(startRow,startColumn,"
    "rowData.values.dataValidation.condition(type,values.userEnteredValue)))"
)


def dropdown_ranges(tabs: Iterable[str]) -> list[str]:
    """Return the ranges whose lists are read.

    >>> dropdown_ranges(["Bob's"])
    ["'Bob''s'!1:60"]
    """
    return [f"{quoted(tab)}!1:{DROPDOWN_ROWS}" for tab in tabs]


def dropdowns_of(found: Json) -> Mapping[str, tuple[Dropdown, ...]]:
    """Return the lists of each tab, from the answer to `DROPDOWN_FIELDS`.

    >>> condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": text} for text in ("New", "Won")]}
    >>> line = {"values": [{}, {"dataValidation": {"condition": condition}}]}
    >>> data = {"startRow": 1, "rowData": [line, line]}
    >>> sheet = {"properties": {"title": "Leads"}, "data": [data]}
    >>> [(found.areas[0].a1, found.options) for found in dropdowns_of({"sheets": [sheet]})["Leads"]]
    [('B2:B3', ('New', 'Won'))]
    """
    return {sheet["properties"]["title"]: tuple(_dropdowns(sheet)) for sheet in found.get("sheets", [])}


def _dropdowns(sheet: Json) -> Iterable[Dropdown]:
    rows: dict[tuple[int, tuple[str, ...], str], list[int]] = {}
    for data in sheet.get("data", []):
        for row, line in enumerate(data.get("rowData", []), start=data.get("startRow", 0) + 1):
            for column, cell in enumerate(line.get("values", []), start=data.get("startColumn", 0) + 1):
                condition = cell.get("dataValidation", {}).get("condition", {})
                texts = [str(value.get("userEnteredValue", "")) for value in condition.get("values", [])]
                if condition.get("type") == "ONE_OF_LIST":
                    options = tuple(text.strip() for text in texts if text.strip())
                    rows.setdefault((column, options, ""), []).append(row)
                elif condition.get("type") == "ONE_OF_RANGE" and texts:
                    rows.setdefault((column, (), texts[0]), []).append(row)
    for (column, options, reference), at in rows.items():
        yield Dropdown((Area(min(at), column, max(at), column),), options, reference)
