"""Requests about rows and columns."""

from __future__ import annotations

from .. import edits
from ..a1 import Box
from ..cells import guard
from ..errors import ApiError
from ..masks import merge, update_paths
from ..state import Book, Tab
from .registry import Json, handles, need


def _lines(book: Book, body: Json, where: str, key: str = "range") -> tuple[Tab, bool, int, int]:
    """The tab, whether rows are meant, and the half-open stretch of a DimensionRange."""
    line = need(body, key, where)
    tab = book.tab(line.get("sheetId", 0), where)
    if line.get("dimension") not in {"ROWS", "COLUMNS"}:
        raise ApiError(f"Invalid {where}: No dimension specified.")
    rows = line["dimension"] == "ROWS"
    size = tab.size[0 if rows else 1]
    start, end = line.get("startIndex", 0), line.get("endIndex", size)
    if start < 0 or start >= end:
        raise ApiError(f"Invalid {where}: {key}.startIndex[{start}] must be less than {key}.endIndex[{end}]")
    return tab, rows, start, end


def _kind(rows: bool) -> str:
    return "rows" if rows else "columns"


@handles("insertDimension")
def insert_dimension(book: Book, body: Json, where: str, _: str | None) -> None:
    """Insert lines; they take the formats of the line before (`inheritFromBefore`) or after."""
    tab, rows, start, end = _lines(book, body, where)
    size, before = tab.size[0 if rows else 1], bool(body.get("inheritFromBefore"))
    if before and start == 0:
        raise ApiError(f"Invalid {where}: inheritFromBefore cannot be true if range.startIndex is 0.")
    if start > size or (start == size and not before):
        raise ApiError(
            f"Invalid {where}: range.startIndex[{start}] is after last {_kind(rows)[:-1]} in grid[{size}]"
        )
    edits.apply(book, edits.Insert(tab.id, rows, start, end - start))
    _inherit(tab, rows, start - 1 if before else end, range(start, end))


def _inherit(tab: Tab, rows: bool, source: int, new: range) -> None:
    """New lines look like their neighbour: cell formats and validation, not values."""
    if source >= tab.size[0 if rows else 1]:
        return
    keep = {"userEnteredFormat", "dataValidation"}
    if rows:
        look = {at: {k: v for k, v in cell.items() if k in keep} for at, cell in tab.rows[source].items()}
        for row in new:
            tab.rows[row] = {at: cell for at, cell in look.items() if cell}
        return
    for line in tab.rows:
        look_cell = {k: v for k, v in line.get(source, {}).items() if k in keep}
        for column in new if look_cell else ():
            line[column] = look_cell


@handles("deleteDimension")
def delete_dimension(book: Book, body: Json, where: str, editor: str | None) -> None:
    tab, rows, start, end = _lines(book, body, where)
    size = tab.size[0 if rows else 1]
    if start >= size:
        line = _kind(rows)[:-1]
        told = f"Tried to delete {line} index {start} but there are only {size} {line}s."
        raise ApiError(f"Invalid {where}: Cannot delete a {line} that doesn't exist. {told}")
    if end > size:
        raise ApiError(
            f"Invalid {where}: range.endIndex[{end}] is after last {_kind(rows)[:-1]} in grid[{size}]"
        )
    if end - start == size:
        raise ApiError(f"Invalid {where}: You can't delete all the {_kind(rows)} on the sheet.")
    frozen = tab.properties["gridProperties"].get("frozenRowCount" if rows else "frozenColumnCount", 0)
    if frozen and start <= frozen and end == size:
        raise ApiError(f"Invalid {where}: You can't delete all the non-frozen {_kind(rows)} on the sheet.")
    guard(tab, Box(tab.id, start, end) if rows else Box(tab.id, None, None, start, end), editor, where)
    edits.apply(book, edits.Delete(tab.id, rows, start, end))


@handles("moveDimension")
def move_dimension(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, rows, start, end = _lines(book, body, where, "source")
    size, to = tab.size[0 if rows else 1], body.get("destinationIndex", 0)
    if end > size or not 0 <= to <= size:
        told = f"is after last {_kind(rows)[:-1]} in grid[{size}]"
        raise ApiError(f"Invalid {where}: source or destinationIndex[{to}] {told}")
    if start < to < end:
        raise ApiError(f"Invalid {where}: destinationIndex[{to}] must not be within source.")
    edits.apply(book, edits.Move(tab.id, rows, start, end, to))


@handles("appendDimension")
def append_dimension(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, kind = book.tab(body.get("sheetId", 0), where), body.get("dimension")
    if kind not in {"ROWS", "COLUMNS"} or body.get("length", 0) < 1:
        raise ApiError(f"Invalid {where}: dimension and a positive length must be specified.")
    tab.grow(**{"rows" if kind == "ROWS" else "columns": body["length"]})


@handles("updateDimensionProperties")
def update_dimension_properties(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, rows, start, end = _lines(book, body, where)
    paths = update_paths(body.get("fields"), "DimensionProperties", where)
    known = tab.row_properties if rows else tab.column_properties
    for index in range(start, min(end, len(known))):
        known[index] = merge(known[index], need(body, "properties", where), paths)


@handles("autoResizeDimensions")
def auto_resize_dimensions(book: Book, body: Json, where: str, _: str | None) -> None:
    """Fit columns to their text, at seven pixels a letter (a guess; the real width depends on fonts)."""
    tab, rows, start, end = _lines(book, body, where, "dimensions")
    for column in range(start, min(end, tab.size[1])) if not rows else ():
        entered = [line[column].get("userEnteredValue", {}) for line in tab.rows if column in line]
        texts = [str(value) for item in entered for value in item.values()]
        tab.column_properties[column] = {
            **tab.column_properties[column],
            "pixelSize": 12 + 7 * max(map(len, texts), default=1),
        }


@handles("addDimensionGroup")
def add_dimension_group(book: Book, body: Json, where: str, _: str | None) -> Json:
    tab, rows, start, end = _lines(book, body, where)
    groups = tab.row_groups if rows else tab.column_groups
    depth = 1 + sum(g["range"]["startIndex"] <= start and end <= g["range"]["endIndex"] for g in groups)
    line = {"dimension": "ROWS" if rows else "COLUMNS", "startIndex": start, "endIndex": end}
    groups.append({"range": {**({"sheetId": tab.id} if tab.id else {}), **line}, "depth": depth})
    tab.properties["gridProperties"].setdefault(
        "rowGroupControlAfter" if rows else "columnGroupControlAfter", True
    )
    return {"dimensionGroups": groups}


@handles("deleteDimensionGroup")
def delete_dimension_group(book: Book, body: Json, where: str, _: str | None) -> Json:
    tab, rows, start, end = _lines(book, body, where)
    groups = tab.row_groups if rows else tab.column_groups
    hits = [g for g in groups if (g["range"]["startIndex"], g["range"]["endIndex"]) == (start, end)]
    if not hits:
        raise ApiError(f"Invalid {where}: No dimension group over the specified range.")
    groups.remove(max(hits, key=lambda group: group["depth"]))
    return {"dimensionGroups": groups} if groups else {}
