"""Sorting a range: whole cells move, formulas follow like copies, row metadata goes with its row."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from ..a1 import Box, box_of
from ..cells import guard
from ..errors import ApiError
from ..formulas.kinds import Err, Scalar, compare
from ..formulas.rewrite import copied
from ..state import Book, Cell, Tab
from .registry import Json, handles, need, target


@handles("sortRange")
def sort_range(book: Book, body: Json, where: str, editor: str | None) -> None:
    tab, box = target(book, body, where)
    specs = need(body, "sortSpecs", where)
    guard(tab, box, editor, where)
    _refuse_merges(tab, box, where)
    for spec in specs:
        if not (box.left or 0) <= spec.get("dimensionIndex", 0) < (box.right or 0):
            raise ApiError(f"Invalid {where}: sortSpecs.dimensionIndex is outside the range.")
    sort_rows(
        book,
        tab,
        box,
        [(spec.get("dimensionIndex", 0), spec.get("sortOrder") == "DESCENDING") for spec in specs],
    )


def _refuse_merges(tab: Tab, box: Box, where: str) -> None:
    for merge in map(box_of, tab.merges):
        if merge.overlaps(box) and (merge.bottom or 0) - (merge.top or 0) > 1:
            raise ApiError(f"Invalid {where}: You can't sort a range with vertical merges.")


def sort_rows(book: Book, tab: Tab, box: Box, specs: list[tuple[int, bool]]) -> None:
    """Sort the rows of a bounded box by columns, each (index, descending); equal rows keep their order."""
    rows = list(range(box.top or 0, box.bottom or 0))
    keys = {row: [book.value(tab, row, column) for column, _ in specs] for row in rows}

    def order(one: int, two: int) -> int:
        for (_, down), first, second in zip(specs, keys[one], keys[two], strict=True):
            found = _order(first, second, down)
            if found:
                return found
        return 0

    new_order = sorted(rows, key=cmp_to_key(order))
    _rearrange(book, tab, box, dict(zip(new_order, rows, strict=True)))
    book.touch()


def _order(one: Scalar, two: Scalar, down: bool) -> int:
    """Blanks last whatever the direction; then numbers, text, truth values, errors."""
    blank_one, blank_two = one is None or one == "", two is None or two == ""
    if blank_one or blank_two:
        return int(blank_one) - int(blank_two)
    if isinstance(one, Err) or isinstance(two, Err):
        return int(isinstance(one, Err)) - int(isinstance(two, Err))
    found = compare(one, two)
    return -found if down else found


def _rearrange(book: Book, tab: Tab, box: Box, moves: dict[int, int]) -> None:
    """Carry the cells of each row (within the box) to its new row."""
    left, right = box.left or 0, box.right or 0
    taken = {row: {at: cell for at, cell in tab.rows[row].items() if left <= at < right} for row in moves}
    for row in moves:
        for column in taken[row]:
            del tab.rows[row][column]
    for old, new in moves.items():
        for column, cell in taken[old].items():
            tab.rows[new][column] = _carried(book, cell, new - old)
    for item in book.metadata:
        line = item["location"].get("dimensionRange", {})
        if (
            line.get("dimension") == "ROWS"
            and line.get("sheetId", 0) == tab.id
            and line["startIndex"] in moves
        ):
            new = moves[line["startIndex"]]
            item["location"] = {
                **item["location"],
                "dimensionRange": {**line, "startIndex": new, "endIndex": new + 1},
            }


def _carried(book: Book, cell: Cell, down: int) -> Cell:
    formula: Any = cell.get("userEnteredValue", {}).get("formulaValue")
    if not formula or not down:
        return cell
    return {**cell, "userEnteredValue": {"formulaValue": copied(formula, book.locale, down, 0)}}
