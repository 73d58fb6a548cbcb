"""Requests about the spreadsheet and its tabs."""

from __future__ import annotations

import copy
import re
from zoneinfo import available_timezones

from .. import edits
from ..cells import mirrored, with_twins
from ..errors import ApiError
from ..masks import merge, update_paths
from ..render import properties
from ..state import Book, Tab, new_tab
from .registry import Json, fresh_id, handles, need

NO_COLOR: Json = {}
"""What an emptied tabColorStyle arrives as: no color at all."""


@handles("addSheet")
def add_sheet(book: Book, body: Json, where: str, _: str | None) -> Json:
    asked = mirrored(body.get("properties", {}))
    if asked.get("sheetType", "GRID") != "GRID":
        raise ApiError(f"Invalid {where}: this server only knows sheets of type GRID.")
    key = fresh_id(book, asked.get("sheetId"), {tab.id for tab in book.tabs}, where, "Sheet")
    title = asked.get("title") or _free_title(book)
    _check_title(book, title, where)
    grid = {"rowCount": 1000, "columnCount": 26, **asked.get("gridProperties", {})}
    rows, columns = grid.pop("rowCount"), grid.pop("columnCount")
    rest = {
        name: value
        for name, value in asked.items()
        if name in {"hidden", "tabColor", "tabColorStyle", "rightToLeft"}
    }
    tab = new_tab(
        {"sheetId": key, "title": title, "sheetType": "GRID", "gridProperties": grid, **rest}, rows, columns
    )
    book.tabs.insert(asked.get("index", len(book.tabs)), tab)
    return {"properties": properties(book, tab)}


def _free_title(book: Book) -> str:
    number = len(book.tabs) + 1
    while book.tab_named(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _check_title(book: Book, title: str, where: str) -> None:
    if book.tab_named(title):
        note = f'A sheet with the name "{title}" already exists. Please enter another name.'
        raise ApiError(f"Invalid {where}: {note}")
    if not title or len(title) > 100:
        raise ApiError(f"Invalid {where}: Sheet name must be between 1 and 100 characters.")


@handles("deleteSheet")
def delete_sheet(book: Book, body: Json, where: str, _: str | None) -> None:
    tab = book.tab(body.get("sheetId", 0), where)
    if not [other for other in book.tabs if other is not tab and not other.properties.get("hidden")]:
        raise ApiError(f"Invalid {where}: You can't remove all the visible sheets in a document.")
    book.tabs.remove(tab)
    book.named = [item for item in book.named if item["range"].get("sheetId", 0) != tab.id]
    book.metadata = [item for item in book.metadata if not _lies_on(item, tab)]
    edits.renamed(book, tab.title, None)
    for other in book.tabs:
        for chart in other.charts:
            _forget_sources(chart, tab.id)


def _lies_on(item: Json, tab: Tab) -> bool:
    place = item["location"]
    line = place.get("dimensionRange")
    return bool(place.get("sheetId") == tab.id or (line is not None and line.get("sheetId", 0) == tab.id))


def _forget_sources(node: object, sheet_id: int) -> None:
    """Empty the source ranges of a chart that lay on a deleted tab."""
    if isinstance(node, list):
        for item in node:
            _forget_sources(item, sheet_id)
    elif isinstance(node, dict):
        if "sources" in node:
            node["sources"] = [item for item in node["sources"] if item.get("sheetId", 0) != sheet_id]
        for item in node.values():
            _forget_sources(item, sheet_id)


@handles("duplicateSheet")
def duplicate_sheet(book: Book, body: Json, where: str, _: str | None) -> Json:
    tab = book.tab(body.get("sourceSheetId", 0), where)
    twin = tab.clone()
    title = body.get("newSheetName") or f"Copy of {tab.title}"
    _check_title(book, title, where)
    twin.properties["title"] = title
    twin.properties["sheetId"] = fresh_id(
        book, body.get("newSheetId"), {t.id for t in book.tabs}, where, "Sheet"
    )
    renumber(book, twin)
    book.tabs.insert(body.get("insertSheetIndex", 0), twin)
    return {"properties": properties(book, twin)}


def renumber(book: Book, twin: Tab) -> None:
    """A copied tab's objects lie on the copy and have ids of their own (charts are not copied here)."""
    twin.charts = []
    for item in [*twin.merges, *(found for rule in twin.conditional for found in rule["ranges"])]:
        item["sheetId"] = twin.id
    for protected in twin.protected:
        protected["protectedRangeId"] = book.new_id()
        protected.setdefault("range", {})["sheetId"] = twin.id
    if twin.filter:
        twin.filter["range"]["sheetId"] = twin.id


@handles("updateSheetProperties")
def update_sheet_properties(book: Book, body: Json, where: str, _: str | None) -> None:
    asked = {
        key: value for key, value in mirrored(need(body, "properties", where)).items() if value != NO_COLOR
    }
    tab = book.tab(asked.get("sheetId", 0), where)
    paths = update_paths(body.get("fields"), "SheetProperties", where)
    for path in _spelled_out(paths, asked):
        _update_property(book, tab, path, asked, where)


def _spelled_out(paths: list[list[str]], asked: Json) -> list[list[str]]:
    """Masks for whole messages as masks for their fields."""
    found: list[list[str]] = []
    for path in with_twins(paths):
        if path == ["*"]:
            found += _spelled_out([[name] for name in asked if name != "sheetId"], asked)
        elif path in (["gridProperties"], ["gridProperties", "*"]):
            found += [["gridProperties", name] for name in asked.get("gridProperties", {})]
        else:
            found.append(path)
    return found


def _update_property(book: Book, tab: Tab, path: list[str], asked: Json, where: str) -> None:
    """One property of a tab; the title, the index and the size of the grid have effects."""
    if path == ["title"]:
        title = asked.get("title", "")
        if title.lower() != tab.title.lower():
            _check_title(book, title, where)
        old, tab.properties["title"] = tab.title, title
        edits.renamed(book, old, title)
    elif path == ["index"]:
        _move_tab(book, tab, asked.get("index", 0), where)
    elif path in (["gridProperties", "rowCount"], ["gridProperties", "columnCount"]):
        _resize(book, tab, path[1] == "rowCount", asked.get("gridProperties", {}).get(path[1], 0), where)
    elif path == ["sheetId"] or path == ["sheetType"]:
        raise ApiError(f"Invalid {where}: Field {path[0]} cannot be changed.")
    else:
        tab.properties = {"gridProperties": {}, **merge(tab.properties, asked, [path])}


def _move_tab(book: Book, tab: Tab, index: int, where: str) -> None:
    """Move a tab; the index is counted before the move."""
    if not 0 <= index <= len(book.tabs):
        raise ApiError(f"Invalid {where}: Sheet index {index} is out of bounds.")
    at = book.tabs.index(tab)
    book.tabs.remove(tab)
    book.tabs.insert(index - 1 if index > at else index, tab)


def _resize(book: Book, tab: Tab, rows: bool, count: int, where: str) -> None:
    """Add lines at the end, or cut some off."""
    have = tab.size[0 if rows else 1]
    if count < 1:
        raise ApiError(f"Invalid {where}: a grid needs at least one row and one column.")
    if count > have:
        tab.grow(**{"rows" if rows else "columns": count - have})
    elif count < have:
        edits.apply(book, edits.Delete(tab.id, rows, count, have))


@handles("updateSpreadsheetProperties")
def update_spreadsheet_properties(book: Book, body: Json, where: str, _: str | None) -> None:
    asked = need(body, "properties", where)
    paths = update_paths(body.get("fields"), "SpreadsheetProperties", where)
    formulas = any(
        "formulaValue" in cell.get("userEnteredValue", {})
        for tab in book.tabs
        for row in tab.rows
        for cell in row.values()
    )
    if ["locale"] in paths and formulas:
        raise ApiError(f"Invalid {where}: this server does not translate formulas to another locale.")
    changed = merge(book.properties, copy.deepcopy(asked), paths)
    if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", changed.get("locale", "")):
        raise ApiError(f"Invalid {where}: Unsupported locale: {changed.get('locale', '')}")
    if changed.get("timeZone") not in available_timezones():
        raise ApiError(f"Invalid {where}: Invalid time zone: {changed.get('timeZone', '')}")
    if not changed.get("title"):
        raise ApiError(f"Invalid {where}: title must not be empty.")
    book.properties = changed
