"""Requests about the content of cells: values, formats, borders, validation, merges."""

from __future__ import annotations

from collections.abc import Iterator

from ..a1 import Box, box_of, grid_range
from ..cells import cleaned, guard, update, with_twins
from ..errors import ApiError
from ..formulas.rewrite import copied
from ..masks import update_paths
from ..state import Book, Cell, Tab
from .registry import Json, corner, handles, need, target


def _paths(body: Json, where: str) -> list[list[str]]:
    return with_twins(update_paths(body.get("fields"), "CellData", where))


@handles("updateCells")
def update_cells(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Write rows of cells; what a range covers beyond them is emptied (of the fields in the mask)."""
    paths, rows = _paths(body, where), body.get("rows", [])
    if "start" in body:
        start = body["start"]
        tab = book.tab(start.get("sheetId", 0), where)
        top, left = corner(start, where)
        width = max((len(row.get("values", [])) for row in rows), default=0)
        box = Box(tab.id, top, top + len(rows), left, left + width)
        _inside(tab.box, box, where, "sheet")
    else:
        tab, box = target(book, body, where)
        top, left = box.top or 0, box.left or 0
        width = max((len(row.get("values", [])) for row in rows), default=0)
        _inside(box, Box(tab.id, top, top + len(rows), left, left + width), where, "requested range")
    guard(tab, box, editor, where)
    for row in range(top, box.bottom or 0):
        cells = rows[row - top].get("values", []) if row - top < len(rows) else []
        right = left + len(cells) if "start" in body else box.right or 0
        for column in range(left, right):
            new = cells[column - left] if column - left < len(cells) else {}
            update(book, tab, row, column, cleaned(book, new, where), paths, where)


def _inside(limits: Box, box: Box, where: str, what: str) -> None:
    """Refuse rows and columns beyond the last one."""
    for kind, end, limit in (("row", box.bottom, limits.bottom), ("column", box.right, limits.right)):
        if (end or 0) > (limit or 0):
            told = f"beyond the last {what} {kind} of: {(limit or 0) - 1}"
            raise ApiError(f"Invalid {where}: Attempting to write {kind}: {(end or 0) - 1}, {told}")


@handles("appendCells")
def append_cells(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Write rows below the last one that holds a value; the grid grows where it must."""
    tab, paths, rows = book.tab(body.get("sheetId", 0), where), _paths(body, where), body.get("rows", [])
    if "tableId" in body:
        raise ApiError(f"Invalid {where}: this server does not know tables.")
    top, width = tab.last_row(), max((len(row.get("values", [])) for row in rows), default=0)
    tab.grow(max(0, top + len(rows) - tab.size[0]), max(0, width - tab.size[1]))
    guard(tab, Box(tab.id, top, top + len(rows), 0, width), editor, where)
    for down, row in enumerate(rows):
        for column, new in enumerate(row.get("values", [])):
            update(book, tab, top + down, column, cleaned(book, new, where), paths, where)


@handles("repeatCell")
def repeat_cell(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Write one cell all over a range; relative references of a formula follow."""
    tab, box = target(book, body, where)
    paths, new = _paths(body, where), cleaned(book, body.get("cell", {}), where)
    guard(tab, box, editor, where)
    for row, column in _each(box):
        cell: Cell = new
        formula = new.get("userEnteredValue", {}).get("formulaValue")
        if formula:
            by = row - (box.top or 0), column - (box.left or 0)
            cell = {**new, "userEnteredValue": {"formulaValue": copied(formula, book.locale, *by)}}
        update(book, tab, row, column, cell, paths, where)


def _each(box: Box) -> Iterator[tuple[int, int]]:
    for row in range(box.top or 0, box.bottom or 0):
        for column in range(box.left or 0, box.right or 0):
            yield row, column


@handles("updateBorders")
def update_borders(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Draw the borders of a range: outer sides on its edge, inner ones inside."""
    tab, box = target(book, body, where)
    guard(tab, box, editor, where)
    for row, column in _each(box):
        sides = {
            "top": "top" if row == box.top else "innerHorizontal",
            "bottom": "bottom" if row == (box.bottom or 0) - 1 else "innerHorizontal",
            "left": "left" if column == box.left else "innerVertical",
            "right": "right" if column == (box.right or 0) - 1 else "innerVertical",
        }
        drawn = {side: body[name] for side, name in sides.items() if name in body}
        if drawn:
            cell = dict(tab.cell(row, column))
            chosen = cell.get("userEnteredFormat", {})
            cell["userEnteredFormat"] = {**chosen, "borders": {**chosen.get("borders", {}), **drawn}}
            tab.put(row, column, cell)


@handles("setDataValidation")
def set_data_validation(book: Book, body: Json, where: str, editor: str | None) -> None:
    tab, box = target(book, body, where)
    guard(tab, box, editor, where)
    for row, column in _each(box):
        cell = {key: value for key, value in tab.cell(row, column).items() if key != "dataValidation"}
        if "rule" in body:
            cell["dataValidation"] = body["rule"]
        tab.put(row, column, cell)


# --- merges ------------------------------------------------------------------------------------------------


@handles("mergeCells")
def merge_cells(book: Book, body: Json, where: str, _: str | None) -> None:
    """Merge cells; values but the first are lost, merges that lie inside are swallowed."""
    tab, box = target(book, body, where)
    kind = need(body, "mergeType", where)
    _swallow(tab, box, where)
    for part in _parts(box, kind):
        tab.merges.append(grid_range(part))
        for row, column in list(_each(part))[1:]:
            cell = {key: value for key, value in tab.cell(row, column).items() if key != "userEnteredValue"}
            tab.put(row, column, cell)


def _parts(box: Box, kind: str) -> list[Box]:
    """One merge, or one for each column or row."""
    if kind == "MERGE_COLUMNS":
        return [
            Box(box.sheet_id, box.top, box.bottom, at, at + 1) for at in range(box.left or 0, box.right or 0)
        ]
    if kind == "MERGE_ROWS":
        return [
            Box(box.sheet_id, at, at + 1, box.left, box.right) for at in range(box.top or 0, box.bottom or 0)
        ]
    return [box]


@handles("unmergeCells")
def unmerge_cells(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, box = target(book, body, where)
    _swallow(tab, box, where)


def _swallow(tab: Tab, box: Box, where: str) -> None:
    """Take away the merges inside a box; ApiError at one that is only partly inside."""
    kept = []
    for merge in tab.merges:
        found = box_of(merge)
        if not found.overlaps(box):
            kept.append(merge)
        elif not (
            box.contains(found.top or 0, found.left or 0)
            and box.contains((found.bottom or 0) - 1, (found.right or 0) - 1)
        ):
            raise ApiError(
                f"Invalid {where}: You must select all cells in a merged range to merge or unmerge them."
            )
    tab.merges = kept
