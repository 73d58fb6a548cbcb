"""The number format of a cell: its own, or for a formula the one of what it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .formats import is_date
from .formulas.parse import FormulaError, Ref, Tree, parse
from .locales import date_pattern

if TYPE_CHECKING:
    from .state import Book, Tab

DATES = {"TODAY": "DATE", "DATE": "DATE", "EDATE": "DATE", "NOW": "DATE_TIME"}
HANDED_ON = {"MAX", "MIN", "INDEX", "IFERROR", "ARRAYFORMULA", "MEDIAN"}
"""Functions whose result looks like their first argument."""


def pattern(book: Book, tab: Tab, row: int, column: int) -> str:
    """The pattern of a cell's number format; empty for automatic."""
    found = number_format(book, tab, row, column)
    if found.get("pattern"):
        return found["pattern"]
    day = date_pattern(book.locale)
    kinds = {"DATE": day, "DATE_TIME": f"{day} hh:mm:ss", "TIME": "hh:mm:ss", "PERCENT": "0.00%", "TEXT": "@"}
    return kinds.get(found.get("type", ""), "")


def number_format(book: Book, tab: Tab, row: int, column: int, depth: int = 0) -> dict[str, str]:
    """The NumberFormat of a cell; a formula without one of its own takes it from what it looks at."""
    cell = tab.cell(row, column)
    chosen: dict[str, str] = cell.get("userEnteredFormat", {}).get("numberFormat", {})
    formula: Any = cell.get("userEnteredValue", {}).get("formulaValue")
    if chosen or not formula or depth > 20:
        return chosen
    try:
        return _of(book, tab, parse(formula, book.locale), depth)
    except FormulaError:
        return {}


def _of(book: Book, tab: Tab, tree: Tree, depth: int) -> dict[str, str]:
    """The NumberFormat of a tree."""
    kind = tree[0]
    if kind == "ref":
        return _seen(book, tab, tree[1], depth)
    if kind == "call" and tree[1] in DATES:
        return {"type": DATES[tree[1]]}
    if kind == "call" and tree[1] in HANDED_ON and tree[2]:
        return _of(book, tab, tree[2][0], depth)
    if kind in {"+", "-"}:
        one, two = (_of(book, tab, part, depth) for part in tree[1:])
        both = kind == "-" and _is_moment(one) and _is_moment(two)  # days between two dates are a number
        return {} if both else one or two
    return {}


def _is_moment(found: dict[str, str]) -> bool:
    return found.get("type", "").startswith("DATE") or is_date(found.get("pattern", ""))


def _seen(book: Book, tab: Tab, ref: Ref, depth: int) -> dict[str, str]:
    """The NumberFormat of the first cell of a reference."""
    there = tab if ref.tab is None else book.tab_named(ref.tab)
    row, column = ref.top or 0, ref.left or 0
    if there is None or row >= there.size[0] or column >= there.size[1]:
        return {}
    return number_format(book, there, row, column, depth + 1)
