"""Kinds of requests and what does them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..a1 import Box, box_of
from ..errors import ApiError
from ..state import Book, Tab

Json: TypeAlias = dict[str, Any]
Handler: TypeAlias = Callable[[Book, Json, str, str | None], Json | None]
HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register what does a kind of request: (book, body, where, editor) -> reply or None."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def need(body: Json, key: str, where: str) -> Any:
    """A field that must be there."""
    if key not in body:
        raise ApiError(f"Invalid {where}: {key} must be specified.")
    return body[key]


def target(book: Book, body: Json, where: str, key: str = "range") -> tuple[Tab, Box]:
    """The tab and the bounded box of a GridRange; ApiError beyond the grid."""
    grid_range = need(body, key, where)
    tab = book.tab(grid_range.get("sheetId", 0), where)
    box = box_of(grid_range)
    height, width = tab.size
    checks = (("endRowIndex", box.bottom, height), ("endColumnIndex", box.right, width))
    for name, value, limit in checks:
        if value is not None and value > limit:
            kind = "row" if name == "endRowIndex" else "column"
            raise ApiError(f"Invalid {where}: {key}.{name}[{value}] is after last {kind} in grid[{limit}]")
    for first, last, start, end in (
        ("startRowIndex", "endRowIndex", box.top, box.bottom),
        ("startColumnIndex", "endColumnIndex", box.left, box.right),
    ):
        if start is not None and start < 0:
            raise ApiError(f"Invalid {where}: {key}.{first}[{start}] must not be negative")
        if start is not None and end is not None and start >= end:
            raise ApiError(f"Invalid {where}: {key}.{first}[{start}] must be less than {key}.{last}[{end}]")
    return tab, box.clip(height, width)


def corner(coordinate: Json, where: str) -> tuple[int, int]:
    """Row and column of a GridCoordinate."""
    row, column = coordinate.get("rowIndex", 0), coordinate.get("columnIndex", 0)
    if row < 0 or column < 0:
        raise ApiError(f"Invalid {where}: a row or column index must not be negative.")
    return row, column


def fresh_id(book: Book, given: int | None, taken: set[int], where: str, what: str) -> int:
    """The id that was asked for, or a new one; ApiError where it is taken."""
    if given is not None and given in taken:
        raise ApiError(f"Invalid {where}: {what} with ID {given} already exists.")
    if given is not None and given < 0:
        raise ApiError(f"Invalid {where}: {what} ID must not be negative.")
    return book.new_id() if given is None else given
