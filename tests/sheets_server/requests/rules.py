"""Requests about conditional formats (by the documentation only; recorded nowhere)."""

from __future__ import annotations

import copy

from ..a1 import box_of, grid_range
from ..cells import mirrored
from ..errors import ApiError
from ..formulas.parse import FormulaError, Tree, parse
from ..formulas.rewrite import stored
from ..masks import prune
from ..state import Book, Tab
from .registry import Json, handles, need, target

ALLOWED = {"backgroundColor", "backgroundColorStyle", "textFormat"}
ALLOWED_TEXT = {"bold", "italic", "strikethrough", "foregroundColor", "foregroundColorStyle", "underline"}


def _checked(book: Book, rule: Json, where: str) -> tuple[Tab, Json]:
    """A rule as it is kept, and its tab."""
    ranges = need(rule, "ranges", where)
    if not ranges or len({item.get("sheetId", 0) for item in ranges}) != 1:
        raise ApiError(f"Invalid {where}: ranges must be on one sheet.")
    for item in ranges:
        target(book, {"range": item}, where)
    kept = mirrored(copy.deepcopy(rule))
    kept["ranges"] = [grid_range(box_of(item)) for item in ranges]
    if "booleanRule" in kept:
        _check_condition(book, need(kept["booleanRule"], "condition", where), where)
        _check_format(kept["booleanRule"].get("format", {}), where)
    elif "gradientRule" not in kept:
        raise ApiError(f"Invalid {where}: No rule specified.")
    return book.tab(ranges[0].get("sheetId", 0), where), kept


def _check_condition(book: Book, condition: Json, where: str) -> None:
    """Formulas must be readable and stay on their own tab."""
    if condition.get("type") in {None, "CONDITION_TYPE_UNSPECIFIED"}:
        raise ApiError(f"Invalid {where}: Invalid ConditionType specified.")
    for value in condition.get("values", []):
        text = value.get("userEnteredValue", "")
        if condition["type"] == "CUSTOM_FORMULA" and not text.startswith("="):
            raise ApiError(f"Invalid {where}: Invalid ConditionValue.userEnteredValue: {text}")
        if text.startswith("="):
            value["userEnteredValue"] = stored(text, book.locale)
            try:
                tree = parse(value["userEnteredValue"], book.locale)
            except FormulaError:
                raise ApiError(f"Invalid {where}: Invalid ConditionValue.userEnteredValue: {text}") from None
            if _looks_elsewhere(tree):
                note = "Conditional format rule cannot reference a different sheet."
                raise ApiError(f"Invalid {where}: {note}")


def _looks_elsewhere(tree: Tree) -> bool:
    if tree[0] == "ref":
        return tree[1].tab is not None
    return any(isinstance(part, tuple) and bool(part) and _looks_elsewhere(part) for part in tree)


def _check_format(look: Json, where: str) -> None:
    """A rule sets colors and three text styles, nothing else."""
    wrong = sorted(set(look) - ALLOWED) + sorted(set(look.get("textFormat", {})) - ALLOWED_TEXT)
    if wrong:
        raise ApiError(f"Invalid {where}: Conditional format rules cannot set {wrong[0]}.")


def _at(tab: Tab, index: int, where: str) -> Json:
    if not 0 <= index < len(tab.conditional):
        raise ApiError(f"Invalid {where}: No conditional format on sheet: {tab.id} at index: {index}")
    return tab.conditional[index]


@handles("addConditionalFormatRule")
def add_rule(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, rule = _checked(book, need(body, "rule", where), where)
    index = body.get("index", 0)
    if not 0 <= index <= len(tab.conditional):
        raise ApiError(f"Invalid {where}: index[{index}] is after the last rule[{len(tab.conditional)}]")
    tab.conditional.insert(index, rule)


@handles("updateConditionalFormatRule")
def update_rule(book: Book, body: Json, where: str, _: str | None) -> Json:
    """Replace a rule, or move it."""
    index = body.get("index", 0)
    if "newIndex" in body:
        tab = book.tab(body.get("sheetId", 0), where)
        rule = _at(tab, index, where)
        _at(tab, body["newIndex"], where)
        tab.conditional.insert(body["newIndex"], tab.conditional.pop(index))
        return dict(prune({"newRule": rule, "oldIndex": index, "newIndex": body["newIndex"]}))
    tab, rule = _checked(book, need(body, "rule", where), where)
    old = _at(tab, index, where)
    tab.conditional[index] = rule
    return dict(prune({"newRule": rule, "newIndex": index, "oldRule": old, "oldIndex": index}))


@handles("deleteConditionalFormatRule")
def delete_rule(book: Book, body: Json, where: str, _: str | None) -> Json:
    tab = book.tab(body.get("sheetId", 0), where)
    rule = _at(tab, body.get("index", 0), where)
    del tab.conditional[body.get("index", 0)]
    return {"rule": prune(rule)}
