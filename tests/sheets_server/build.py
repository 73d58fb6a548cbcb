"""Request bodies in few words, for tests that talk to the server without the product."""

from __future__ import annotations

from typing import Any

from .a1 import Box, grid_range, parse_cells

Json = dict[str, Any]


def area(address: str, sheet_id: int = 0) -> Json:
    """A GridRange.

    >>> area("B2:C3"), area("A:A", 7)
    ({'startRowIndex': 1, 'endRowIndex': 3, 'startColumnIndex': 1, 'endColumnIndex': 3},
     {'sheetId': 7, 'startColumnIndex': 0, 'endColumnIndex': 1})
    """
    ends = parse_cells(address)
    assert ends is not None, address
    return grid_range(Box(sheet_id, *ends))


def lines(dimension: str, start: int, end: int, sheet_id: int = 0) -> Json:
    """A DimensionRange, half-open, from 0."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def cell(value: Any) -> Json:
    """CellData of a value; text that begins with = is a formula, None an empty cell.

    >>> cell("=A1"), cell(1), cell(True), cell(None)
    ({'userEnteredValue': {'formulaValue': '=A1'}}, {'userEnteredValue': {'numberValue': 1}},
     {'userEnteredValue': {'boolValue': True}}, {})
    """
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, (int, float)):
        return {"userEnteredValue": {"numberValue": value}}
    return {"userEnteredValue": {"formulaValue" if value.startswith("=") else "stringValue": value}}


def rows(values: list[list[Any]]) -> list[Json]:
    """RowData."""
    return [{"values": [cell(value) for value in line]} for line in values]


def put(at: str, values: list[list[Any]], sheet_id: int = 0) -> Json:
    """An updateCells request that writes values from a cell on, leaving formats."""
    box = area(at, sheet_id)
    start = {"sheetId": sheet_id, "rowIndex": box["startRowIndex"], "columnIndex": box["startColumnIndex"]}
    return {"updateCells": {"start": start, "rows": rows(values), "fields": "userEnteredValue"}}


def append(values: list[list[Any]], sheet_id: int = 0) -> Json:
    """An appendCells request."""
    return {"appendCells": {"sheetId": sheet_id, "rows": rows(values), "fields": "userEnteredValue"}}


def rule(
    formula: str, *addresses: str, color: tuple[float, float, float] = (0, 1, 0), index: int = 0
) -> Json:
    """An addConditionalFormatRule request that fills cells where a formula holds."""
    fill = dict(zip(("red", "green", "blue"), color, strict=True))
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
    made = {"condition": condition, "format": {"backgroundColor": fill}}
    ranges = [area(address) for address in addresses]
    return {"addConditionalFormatRule": {"rule": {"ranges": ranges, "booleanRule": made}, "index": index}}


def mark(key: str, place: Json, metadata_id: int | None = None, value: str = "") -> Json:
    """A createDeveloperMetadata request; `place`: a DimensionRange, {"sheetId": …}, {"spreadsheet": True}."""
    location = {"dimensionRange": place} if "dimension" in place else place
    made: Json = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}
    if metadata_id:
        made["metadataId"] = metadata_id
    return {"createDeveloperMetadata": {"developerMetadata": made}}


def chart(title: str, source: str, anchor: str, chart_id: int | None = None) -> Json:
    """An addChart request: one column series of one source column."""
    at = area(anchor)
    series = {"series": {"sourceRange": {"sources": [area(source)]}}}
    spec = {"title": title, "basicChart": {"chartType": "COLUMN", "series": [series]}}
    overlay = {"anchorCell": {"rowIndex": at["startRowIndex"], "columnIndex": at["startColumnIndex"]}}
    made = {"spec": spec, "position": {"overlayPosition": overlay}}
    return {"addChart": {"chart": {**made, **({"chartId": chart_id} if chart_id else {})}}}
