"""A spreadsheet as the service shows it: without protobuf defaults, and only what the mask asks for."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from .a1 import Box
from .colors import rule_format
from .formats import formatted
from .formulas.evaluate import Host
from .formulas.parse import FormulaError, parse
from .masks import Mask, below, prune, select, shown
from .state import Book, Cell, Tab, extended, number

WHITE = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: dict[str, Any] = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
BY_RULE = ("backgroundColor", "backgroundColorStyle", "textFormat")
EFFECTIVE_DEFAULT = {**DEFAULT_FORMAT, "textFormat": {**DEFAULT_FORMAT["textFormat"], "fontFamily": "Arial"}}
ALIGNED: dict[type, str] = {float: "RIGHT", bool: "CENTER"}
THEME = {
    "TEXT": (0, 0, 0),
    "BACKGROUND": (255, 255, 255),
    "ACCENT1": (66, 133, 244),
    "ACCENT2": (234, 67, 53),
    "ACCENT3": (251, 188, 4),
    "ACCENT4": (52, 168, 83),
    "ACCENT5": (255, 109, 1),
    "ACCENT6": (70, 189, 198),
    "LINK": (17, 85, 204),
}


def color(red: int, green: int, blue: int) -> dict[str, float]:
    """A color of 0 to 255 as the service's fractions."""
    parts = {"red": red / 255, "green": green / 255, "blue": blue / 255}
    return dict(prune({key: value for key, value in parts.items() if value}))


def spreadsheet(
    book: Book, mask: Mask | None = None, boxes: Sequence[Box] | None = None, grid: bool = False
) -> dict[str, Any]:
    """The Spreadsheet, or what a mask asks of it; `boxes` are the ranges that were asked for."""
    grid = shown(mask, "sheets", "data") if mask else grid
    chosen = None if boxes is None else {box.sheet_id for box in boxes}
    answer: dict[str, Any] = {"spreadsheetId": book.id}
    if shown(mask, "properties"):
        answer["properties"] = book_properties(book)
    answer["sheets"] = [
        sheet(
            book,
            tab,
            below(mask, "sheets"),
            [box for box in boxes or [tab.box] if box.sheet_id == tab.id],
            grid,
        )
        for tab in book.tabs
        if chosen is None or tab.id in chosen
    ]
    if book.named:
        answer["namedRanges"] = prune(book.named)
    answer["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    wide = [item for item in book.metadata if item["location"].get("spreadsheet")]
    if wide:
        answer["developerMetadata"] = [metadata(item) for item in wide]
    answer = select(answer, mask)
    if not answer.get("sheets", True):
        del answer["sheets"]
    return answer


def book_properties(book: Book) -> dict[str, Any]:
    theme = [{"colorType": name, "color": {"rgbColor": color(*rgb)}} for name, rgb in THEME.items()]
    found = {"autoRecalc": "ON_CHANGE", **book.properties}
    found["defaultFormat"] = copy.deepcopy(DEFAULT_FORMAT)
    found["spreadsheetTheme"] = {"primaryFontFamily": "Arial", "themeColors": theme}
    return found


def sheet(book: Book, tab: Tab, mask: Mask | None, boxes: Sequence[Box], grid: bool) -> dict[str, Any]:
    """One Sheet; grid data for each box where asked for."""
    answer: dict[str, Any] = {"properties": properties(book, tab)}
    if grid:
        answer["data"] = [grid_data(book, tab, box, below(mask, "data")) for box in boxes]
    found = {
        "merges": tab.merges,
        "conditionalFormats": tab.conditional,
        "protectedRanges": [_protection(book, item) for item in tab.protected],
        "basicFilter": tab.filter,
        "charts": tab.charts,
        "bandedRanges": tab.banded,
        "rowGroups": tab.row_groups,
        "columnGroups": tab.column_groups,
    }
    answer.update({key: prune(value) for key, value in found.items() if value})
    own = [
        item
        for item in book.metadata
        if "sheetId" in item["location"] and item["location"]["sheetId"] == tab.id
    ]
    if own:
        answer["developerMetadata"] = [metadata(item) for item in own]
    return answer


def _protection(book: Book, item: dict[str, Any]) -> dict[str, Any]:
    """A ProtectedRange as the caller sees it."""
    may = (
        item.get("warningOnly")
        or book.viewer is None
        or book.viewer in item.get("editors", {}).get("users", [])
    )
    return {**item, "requestingUserCanEdit": bool(may)}


def properties(book: Book, tab: Tab) -> dict[str, Any]:
    """SheetProperties; the id and the index are told even when they are 0."""
    found = prune(tab.properties)
    height, width = tab.size
    lines = {"rowCount": height, "columnCount": width}
    rest = {
        key: value
        for key, value in found.items()
        if key not in {"sheetId", "title", "sheetType", "gridProperties"}
    }
    return {
        "sheetId": tab.id,
        "title": tab.title,
        "index": book.tabs.index(tab) if tab in book.tabs else len(book.tabs),
        "sheetType": "GRID",
        "gridProperties": {**lines, **found.get("gridProperties", {})},
        **rest,
    }


def metadata(item: dict[str, Any]) -> dict[str, Any]:
    """DeveloperMetadata with the type of its place."""
    place = item["location"]
    if place.get("spreadsheet"):
        kind = "SPREADSHEET"
    elif "dimensionRange" in place:
        kind = "ROW" if place["dimensionRange"]["dimension"] == "ROWS" else "COLUMN"
    else:
        kind = "SHEET"
    told = {"sheetId": place["sheetId"]} if "sheetId" in place else {}
    return {**prune(item), "location": {"locationType": kind, **prune(place), **told}}


# --- cells -------------------------------------------------------------------------------------------------


def grid_data(book: Book, tab: Tab, box: Box, mask: Mask | None) -> dict[str, Any]:
    """GridData of a box; rows end at their last cell, the data at the last row that has one."""
    box = box.clip(*tab.size)
    top, left = box.top or 0, box.left or 0
    answer: dict[str, Any] = {"startRow": top, "startColumn": left}
    answer = {key: value for key, value in answer.items() if value}
    if shown(mask, "rowData"):
        rows = row_data(book, tab, box, below(mask, "rowData", "values"))
        if rows:
            answer["rowData"] = rows
    if shown(mask, "rowMetadata"):
        answer["rowMetadata"] = lines(book, tab, "ROWS", range(top, box.bottom or 0))
    if shown(mask, "columnMetadata"):
        answer["columnMetadata"] = lines(book, tab, "COLUMNS", range(left, box.right or 0))
    return answer


def row_data(book: Book, tab: Tab, box: Box, mask: Mask | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    left, right = box.left or 0, box.right or 0
    for row in range(box.top or 0, box.bottom or 0):
        columns = [column for column in tab.rows[row] if left <= column < right]
        values = [
            cell_data(book, tab, row, column, mask)
            for column in range(left, max(columns, default=left - 1) + 1)
        ]
        rows.append({"values": values} if values else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def cell_data(book: Book, tab: Tab, row: int, column: int, mask: Mask | None) -> dict[str, Any]:
    """CellData, as far as the mask goes."""
    cell = tab.cell(row, column)
    if not cell and not (shown(mask, "effectiveFormat") and tab.conditional):
        return {}
    answer: dict[str, Any] = {}
    for key, value in cell.items():
        if shown(mask, key):
            answer.update({key: entered(value)} if key == "userEnteredValue" else prune({key: value}))
    if "userEnteredValue" in cell and (shown(mask, "effectiveValue") or shown(mask, "formattedValue")):
        value = book.value(tab, row, column)
        effective = extended(value)
        if effective and shown(mask, "effectiveValue"):
            answer["effectiveValue"] = effective
        if effective and shown(mask, "formattedValue"):
            answer["formattedValue"] = formatted(value, book.pattern(tab, row, column), book.locale)
    link = hyperlink(book, tab, row, column) if shown(mask, "hyperlink") else None
    if link:
        answer["hyperlink"] = link
    if shown(mask, "effectiveFormat"):
        colours = any(shown(mask, "effectiveFormat", name) for name in BY_RULE)
        answer["effectiveFormat"] = effective_format(book, tab, row, column, rules=colours)
    return answer


def hyperlink(book: Book, tab: Tab, row: int, column: int) -> str | None:
    """Where a cell with a HYPERLINK formula leads."""
    formula = tab.cell(row, column).get("userEnteredValue", {}).get("formulaValue", "")
    if not formula.upper().startswith("=HYPERLINK("):
        return None
    try:
        tree = parse(formula, book.locale)
    except FormulaError:
        return None
    host = Host(tab, row, column)
    found = (
        book.evaluator.one(book.evaluator.value(tree[2][0], host, array=False), host)
        if tree[0] == "call"
        else None
    )
    return found if isinstance(found, str) else None


def entered(value: dict[str, Any]) -> dict[str, Any]:
    """A userEnteredValue; whole numbers are told as such."""
    return {"numberValue": number(value["numberValue"])} if "numberValue" in value else value


def effective_format(book: Book, tab: Tab, row: int, column: int, rules: bool = True) -> dict[str, Any]:
    """Defaults, then the cell's own format, then the rules (where what they set is asked for)."""
    cell = tab.cell(row, column)
    found = overlaid(EFFECTIVE_DEFAULT, cell.get("userEnteredFormat", {}))
    if rules:
        found = overlaid(found, rule_format(book, tab, row, column))
    look = book.look(tab, row, column)
    if look and "numberFormat" not in found:
        found["numberFormat"] = look
    if "userEnteredValue" in cell and "horizontalAlignment" not in found:
        value = book.value(tab, row, column)
        found["horizontalAlignment"] = ALIGNED.get(type(value), "LEFT")
    found["hyperlinkDisplayType"] = found.get("hyperlinkDisplayType", "PLAIN_TEXT")
    return dict(prune({"effectiveFormat": found})["effectiveFormat"])


def overlaid(under: Cell, over: Cell) -> Cell:
    """One format over another; a color set in one notation shows in both."""
    found = copy.deepcopy(under)
    for key, value in over.items():
        deep = (
            isinstance(value, dict) and isinstance(found.get(key), dict) and key in {"textFormat", "borders"}
        )
        found[key] = overlaid(found[key], value) if deep else copy.deepcopy(value)
        if key.endswith("Color"):
            found[f"{key}Style"] = {"rgbColor": copy.deepcopy(value)}
        elif key.endswith("ColorStyle") and "rgbColor" in value:
            found[key.removesuffix("Style")] = copy.deepcopy(value["rgbColor"])
    return found


def lines(book: Book, tab: Tab, dimension: str, indexes: range) -> list[dict[str, Any]]:
    """DimensionProperties of rows or columns, with the developer metadata that lies on them."""
    own: dict[int, list[dict[str, Any]]] = {}
    for item in book.metadata:
        place = item["location"].get("dimensionRange", {})
        if place.get("dimension") == dimension and place.get("sheetId", 0) == tab.id:
            own.setdefault(place.get("startIndex", 0), []).append(metadata(item))
    known = tab.row_properties if dimension == "ROWS" else tab.column_properties
    size = 21 if dimension == "ROWS" else 100
    found = []
    for index in indexes:
        line = {"pixelSize": size, **prune(known[index])}
        if index in own:
            line["developerMetadata"] = own[index]
        found.append(line)
    return found
