"""Conditional formats at work: which format a cell takes from the rules (read in the documentation only)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .a1 import Box, box_of
from .formulas import kinds
from .formulas.evaluate import Host
from .formulas.kinds import Err, Scalar
from .masks import shade
from .state import Book, Tab

COMPARED: dict[str, Callable[[int], bool]] = {
    "NUMBER_GREATER": lambda order: order > 0,
    "NUMBER_GREATER_THAN_EQ": lambda order: order >= 0,
    "NUMBER_LESS": lambda order: order < 0,
    "NUMBER_LESS_THAN_EQ": lambda order: order <= 0,
    "NUMBER_EQ": lambda order: order == 0,
    "NUMBER_NOT_EQ": lambda order: order != 0,
}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, part: part in text,
    "TEXT_NOT_CONTAINS": lambda text, part: part not in text,
    "TEXT_STARTS_WITH": str.startswith,
    "TEXT_ENDS_WITH": str.endswith,
    "TEXT_EQ": str.__eq__,
}


def rule_format(book: Book, tab: Tab, row: int, column: int) -> dict[str, Any]:
    """The format that the first fitting rule gives a cell (earlier rules win, property by property)."""
    found: dict[str, Any] = {}
    for rule in tab.conditional:
        boxes = [box_of(item) for item in rule["ranges"]]
        if "booleanRule" in rule and any(box.contains(row, column) for box in boxes):
            condition = rule["booleanRule"]["condition"]
            if holds(book, tab, condition, boxes[0], row, column):
                for key, value in rule["booleanRule"].get("format", {}).items():
                    found.setdefault(key, value)
    return found


def holds(book: Book, tab: Tab, condition: dict[str, Any], first: Box, row: int, column: int) -> bool:
    """Say whether a condition holds for a cell; its formula is written for the first range's first cell."""
    kind = condition["type"]
    value = book.value(tab, row, column)
    texts = [str(item.get("userEnteredValue", "")) for item in condition.get("values", [])]
    host = Host(tab, row, column, row - (first.top or 0), column - (first.left or 0))
    if kind == "CUSTOM_FORMULA":
        found = kinds.to_bool(book.evaluator.formula(texts[0], host))
        return found is True
    if kind in {"BLANK", "NOT_BLANK"}:
        return (value is None or value == "") == (kind == "BLANK")
    if kind in TEXTS:
        text = kinds.to_text(value, book.locale)
        return not isinstance(text, Err) and TEXTS[kind](text.lower(), texts[0].lower())
    if kind in COMPARED and isinstance(value, float):
        return bool(COMPARED[kind](kinds.compare(value, _operand(book, texts[0], host))))
    return False


def _operand(book: Book, text: str, host: Host) -> Scalar:
    if text.startswith("="):
        return book.evaluator.formula(text, host)
    found = kinds.to_number(text)
    return text if isinstance(found, Err) else found


def background(found: dict[str, Any]) -> str | None:
    """The background of a format as RRGGBB.

    >>> background({"backgroundColor": {"red": 1, "green": 0.5}})
    'FF7F00'
    """
    color = found.get("backgroundColorStyle", {}).get("rgbColor") or found.get("backgroundColor")
    if color is None:
        return None
    return "".join(f"{shade(color.get(part, 0)):02X}" for part in ("red", "green", "blue"))
