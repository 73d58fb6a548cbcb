"""Writing cells: one value or format into one cell, as every kind of request does it."""

from __future__ import annotations

from typing import Any

from .a1 import Box, box_of
from .entering import Entered, raw, typed
from .errors import ApiError
from .formulas.rewrite import stored
from .masks import merge
from .state import Book, Cell, Tab

COLORS = ("backgroundColor", "foregroundColor", "tabColor", "color")
WRITABLE = {"userEnteredValue", "userEnteredFormat", "note", "textFormatRuns", "dataValidation"}


def enter(book: Book, tab: Tab, row: int, column: int, entered: Entered) -> None:
    """Put a value into a cell, leaving its formats; typing may bring a number format with it."""
    value, number_format = entered
    cell = dict(tab.cell(row, column))
    if value is None:
        cell.pop("userEnteredValue", None)
    else:
        cell["userEnteredValue"] = value
    chosen = cell.get("userEnteredFormat", {})
    if number_format and not chosen.get("numberFormat"):
        cell["userEnteredFormat"] = {**chosen, "numberFormat": number_format}
    tab.put(row, column, cell)


def understood(book: Book, tab: Tab, row: int, column: int, value: Any, option: str) -> Entered:
    """A value as RAW or USER_ENTERED means it; a cell formatted as text keeps what is typed."""
    plain = tab.cell(row, column).get("userEnteredFormat", {}).get("numberFormat", {}).get("type") == "TEXT"
    if option == "RAW" or (plain and isinstance(value, str) and not value.startswith("=")):
        return raw(value)
    return typed(value, book.locale)


def update(
    book: Book, tab: Tab, row: int, column: int, new: Cell, paths: list[list[str]], where: str
) -> None:
    """Take the fields at `paths` of a CellData."""
    chosen = [path for path in paths if path == ["*"] or path[0] in WRITABLE]
    if len(chosen) < len(paths):
        path = next(path for path in paths if path not in chosen)
        raise ApiError(f"Invalid {where}: Field {'.'.join(path)} is read-only.")
    new = {key: value for key, value in new.items() if key in WRITABLE}
    tab.put(row, column, merge(tab.cell(row, column), new, chosen))


def cleaned(book: Book, cell: Cell, where: str) -> Cell:
    """CellData from a request as it is kept: formulas as stored, colors in both notations."""
    found = dict(cell)
    value = found.get("userEnteredValue")
    if value is not None:
        if "errorValue" in value:
            raise ApiError(f"Invalid {where}: Cannot set an error value.")
        if "formulaValue" in value:
            text = value["formulaValue"]
            if not text.startswith("="):
                raise ApiError(f"Invalid {where}: formulaValue must begin with '='.")
            value = {"formulaValue": stored(text, book.locale)}
        if value.get("stringValue") == "":
            value = {}
        found["userEnteredValue"] = value
        if not value:
            del found["userEnteredValue"]
    if "userEnteredFormat" in found:
        found["userEnteredFormat"] = mirrored(found["userEnteredFormat"])
    return found


def mirrored(node: Any) -> Any:
    """Colors told in the old notation and in the new one, as the service shows them."""
    if isinstance(node, list):
        return [mirrored(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: mirrored(value) for key, value in node.items()}
    for name in COLORS:
        style = found.get(f"{name}Style", {})
        if "rgbColor" in style:
            found[name] = style["rgbColor"]
        elif name in found and not style:
            found[f"{name}Style"] = {"rgbColor": found[name]}
    return found


COLOR_TWINS = {name: f"{name}Style" for name in COLORS} | {f"{name}Style": name for name in COLORS}


def with_twins(paths: list[list[str]]) -> list[list[str]]:
    """A mask that names a color in one notation touches both."""
    twins = [[*path[:-1], COLOR_TWINS[path[-1]]] for path in paths if path[-1] in COLOR_TWINS]
    return paths + [twin for twin in twins if twin not in paths]


PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)


def guard(tab: Tab, box: Box, editor: str | None, where: str) -> None:
    """Refuse to write into cells that are protected (not by a mere warning) from this editor."""
    for item in tab.protected:
        if item.get("warningOnly") or editor is None or editor in item.get("editors", {}).get("users", []):
            continue
        holes = [box_of(hole) for hole in item.get("unprotectedRanges", [])]
        if box_of(item.get("range", {})).overlaps(box) and not any(hole.overlaps(box) for hole in holes):
            raise ApiError(f"Invalid {where}: {PROTECTED}")
