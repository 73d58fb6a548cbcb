"""Requests that copy and move cells: copyPaste, cutPaste."""

from __future__ import annotations

from ..a1 import Box, box_of, grid_range
from ..cells import guard
from ..errors import ApiError
from ..formulas.rewrite import copied
from ..state import Book, Cell, Tab, extended
from .registry import Json, corner, handles, need, target

KEPT = {
    "PASTE_NORMAL": {"userEnteredValue", "userEnteredFormat", "note", "textFormatRuns", "dataValidation"},
    "PASTE_VALUES": {"userEnteredValue"},
    "PASTE_FORMULA": {"userEnteredValue"},
    "PASTE_FORMAT": {"userEnteredFormat"},
    "PASTE_NO_BORDERS": {"userEnteredValue", "userEnteredFormat", "note", "textFormatRuns", "dataValidation"},
    "PASTE_DATA_VALIDATION": {"dataValidation"},
    "PASTE_CONDITIONAL_FORMATTING": set[str](),
}
WITH_RULES = {"PASTE_NORMAL", "PASTE_FORMAT", "PASTE_NO_BORDERS", "PASTE_CONDITIONAL_FORMATTING"}


@handles("copyPaste")
def copy_paste(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Paste a source all over a destination, as often as it fits (once at least)."""
    tab, source = target(book, body, where, "source")
    to_tab, to = target(book, body, where, "destination")
    kind, turned = body.get("pasteType", "PASTE_NORMAL"), body.get("pasteOrientation") == "TRANSPOSE"
    high, wide = _size(source, where)
    if turned:
        high, wide = wide, high
    down, across = (max(1, size // unit) for size, unit in zip(_size(to, where), (high, wide), strict=True))
    top, left = to.top or 0, to.left or 0
    whole = Box(to_tab.id, top, top + down * high, left, left + across * wide)
    if (whole.bottom or 0) > to_tab.size[0] or (whole.right or 0) > to_tab.size[1]:
        raise ApiError(f"Invalid {where}: the pasted cells do not fit into the grid.")
    guard(to_tab, whole, editor, where)
    cells = _picked(book, tab, source, kind)
    for row in range(whole.top or 0, whole.bottom or 0):
        for column in range(whole.left or 0, whole.right or 0):
            at = (row - top) % high, (column - left) % wide
            one = (at[1], at[0]) if turned else at
            by = row - (source.top or 0) - one[0], column - (source.left or 0) - one[1]
            _put(book, to_tab, row, column, _moved(book, cells.get(one, {}), *by), KEPT[kind])
    if kind in WITH_RULES and tab is to_tab:
        extend_rules(tab, source, whole)


@handles("cutPaste")
def cut_paste(book: Book, body: Json, where: str, editor: str | None) -> None:
    """Move cells: they leave their place, and formulas come along as they are."""
    tab, source = target(book, body, where, "source")
    start, kind = need(body, "destination", where), body.get("pasteType", "PASTE_NORMAL")
    to_tab = book.tab(start.get("sheetId", 0), where)
    top, left = corner(start, where)
    high, wide = _size(source, where)
    if top + high > to_tab.size[0] or left + wide > to_tab.size[1]:
        raise ApiError(f"Invalid {where}: the pasted cells do not fit into the grid.")
    guard(tab, source, editor, where)
    guard(to_tab, Box(to_tab.id, top, top + high, left, left + wide), editor, where)
    cells = _picked(book, tab, source, kind)
    for row, column, cell in list(tab.filled(source)):
        tab.put(row, column, {key: value for key, value in cell.items() if key not in KEPT[kind]})
    for row in range(high):
        for column in range(wide):
            _put(book, to_tab, top + row, left + column, cells.get((row, column), {}), KEPT[kind])


def _size(box: Box, where: str) -> tuple[int, int]:
    """Rows and columns of a range; one without any cell can't be pasted."""
    high, wide = (box.bottom or 0) - (box.top or 0), (box.right or 0) - (box.left or 0)
    if high < 1 or wide < 1:
        raise ApiError(f"Invalid {where}: a range without cells.")
    return high, wide


def _picked(book: Book, tab: Tab, source: Box, kind: str) -> dict[tuple[int, int], Cell]:
    """The cells of a source by place in it; PASTE_VALUES takes what formulas are worth."""
    found = {}
    for row, column, cell in tab.filled(source):
        taken = {key: value for key, value in cell.items() if key in KEPT[kind]}
        if kind == "PASTE_VALUES" and "userEnteredValue" in taken:
            taken["userEnteredValue"] = extended(book.value(tab, row, column)) or {}
        if kind == "PASTE_NO_BORDERS" and "userEnteredFormat" in taken:
            look = taken["userEnteredFormat"]
            taken["userEnteredFormat"] = {key: value for key, value in look.items() if key != "borders"}
        found[row - (source.top or 0), column - (source.left or 0)] = {k: v for k, v in taken.items() if v}
    return found


def _moved(book: Book, cell: Cell, down: int, across: int) -> Cell:
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    if not formula:
        return cell
    return {**cell, "userEnteredValue": {"formulaValue": copied(formula, book.locale, down, across)}}


def _put(book: Book, tab: Tab, row: int, column: int, new: Cell, kept: set[str]) -> None:
    """Replace the pasted fields of a cell."""
    rest = {key: value for key, value in tab.cell(row, column).items() if key not in kept}
    tab.put(row, column, {**rest, **new})


def extend_rules(tab: Tab, source: Box, to: Box) -> None:
    """Rules come along, and fragment: cells outside a rule's ranges become one more range of it."""
    for rule in tab.conditional:
        boxes = [box_of(item) for item in rule["ranges"]]
        inside = any(box.contains(source.top or 0, source.left or 0) for box in boxes)
        there = any(box.contains(to.top or 0, to.left or 0) for box in boxes)
        if inside and not there:
            rule["ranges"] = [*rule["ranges"], grid_range(to)]
