"""Requests about names, protection and the filter."""

from __future__ import annotations

import re

from ..a1 import Box, box_of, grid_range, parse_cells
from ..errors import ApiError
from ..formats import formatted
from ..masks import merge, update_paths
from ..state import Book, Tab
from .registry import Json, fresh_id, handles, need, target

# --- named ranges ------------------------------------------------------------------------------------------


def _lean(item: Json) -> Json:
    """A GridRange without its default sheetId."""
    return grid_range(box_of(item))


def _check_name(book: Book, name: str, where: str, but: Json | None = None) -> None:
    if (
        not re.fullmatch(r"[A-Za-z_]\w{0,249}", name)
        or parse_cells(name)
        or name.upper() in {"TRUE", "FALSE"}
    ):
        raise ApiError(f"Invalid {where}: Invalid name: {name}")
    if any(item is not but and item["name"].lower() == name.lower() for item in book.named):
        told = f"Cannot add named range with name: {name}, as one already exists with that name."
        raise ApiError(f"Invalid {where}: {told}")


@handles("addNamedRange")
def add_named_range(book: Book, body: Json, where: str, _: str | None) -> Json:
    asked = need(body, "namedRange", where)
    _check_name(book, asked.get("name", ""), where)
    target(book, asked, where)
    key = asked.get("namedRangeId") or str(book.new_id())
    if any(item["namedRangeId"] == key for item in book.named):
        raise ApiError(
            f"Invalid {where}: Cannot add named range with ID: {key}, as one already exists with that ID."
        )
    made = {"namedRangeId": key, "name": asked["name"], "range": _lean(asked["range"])}
    book.named.append(made)
    return {"namedRange": made}


def _named(book: Book, key: str, where: str) -> Json:
    for item in book.named:
        if item["namedRangeId"] == key:
            return item
    raise ApiError(f"Invalid {where}: No named range with ID: {key}")


@handles("updateNamedRange")
def update_named_range(book: Book, body: Json, where: str, _: str | None) -> None:
    asked = need(body, "namedRange", where)
    item = _named(book, asked.get("namedRangeId", ""), where)
    paths = update_paths(body.get("fields"), "NamedRange", where)
    if ["name"] in paths or ["*"] in paths:
        _check_name(book, asked.get("name", ""), where, item)
    changed = merge(item, {**asked, "namedRangeId": item["namedRangeId"]}, paths)
    target(book, changed, where)
    item.update({**changed, "range": _lean(changed["range"])})


@handles("deleteNamedRange")
def delete_named_range(book: Book, body: Json, where: str, _: str | None) -> None:
    book.named.remove(_named(book, body.get("namedRangeId", ""), where))


# --- protection --------------------------------------------------------------------------------------------


@handles("addProtectedRange")
def add_protected_range(book: Book, body: Json, where: str, editor: str | None) -> Json:
    """Protect cells; whoever does it stays an editor (the reply does not say so, a later read does)."""
    asked = dict(need(body, "protectedRange", where))
    if "namedRangeId" in asked:
        asked["range"] = _named(book, asked["namedRangeId"], where)["range"]
    tab, _ = target(book, asked, where)
    taken = {item["protectedRangeId"] for each in book.tabs for item in each.protected}
    asked["protectedRangeId"] = fresh_id(book, asked.get("protectedRangeId"), taken, where, "Protected range")
    asked["range"] = _lean(asked["range"])
    asked.pop("requestingUserCanEdit", None)
    tab.protected.append(asked)
    reply = {"protectedRangeId": asked["protectedRangeId"], **asked, "requestingUserCanEdit": True}
    if asked.get("warningOnly"):
        asked.pop("editors", None)
        reply.pop("editors", None)
        return {"protectedRange": {**reply, "warningOnly": True}}
    users = list(asked.get("editors", {}).get("users", []))
    asked["editors"] = {
        **asked.get("editors", {}),
        "users": users + [user for user in [editor] if user and user not in users],
    }
    kept = {key: value for key, value in reply.get("editors", {}).items() if value}
    order = ("protectedRangeId", "range", "description", "requestingUserCanEdit")
    shown = {key: reply[key] for key in order if reply.get(key) not in (None, "")}
    return {"protectedRange": {**shown, "editors": kept}}


def _protected(book: Book, key: int, where: str) -> tuple[Tab, Json]:
    for tab in book.tabs:
        for item in tab.protected:
            if item["protectedRangeId"] == key:
                return tab, item
    raise ApiError(f"Invalid {where}: No protected range with ID: {key}")


@handles("updateProtectedRange")
def update_protected_range(book: Book, body: Json, where: str, editor: str | None) -> None:
    asked = need(body, "protectedRange", where)
    _, item = _protected(book, asked.get("protectedRangeId", 0), where)
    changed = merge(item, asked, update_paths(body.get("fields"), "ProtectedRange", where))
    changed["protectedRangeId"] = item["protectedRangeId"]
    item.clear()
    item.update(changed)


@handles("deleteProtectedRange")
def delete_protected_range(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, item = _protected(book, body.get("protectedRangeId", 0), where)
    tab.protected.remove(item)


# --- the filter --------------------------------------------------------------------------------------------


@handles("setBasicFilter")
def set_basic_filter(book: Book, body: Json, where: str, _: str | None) -> None:
    """Put the tab's filter over a range (open ends become the grid's) and hide what it hides."""
    asked = need(body, "filter", where)
    tab, box = target(book, asked, where)
    _show_all(tab)
    tab.filter = {**asked, "range": grid_range(box)}
    for column, criteria in _criteria(asked).items():
        for row in range((box.top or 0) + 1, box.bottom or 0):
            if _hidden(book, tab, row, column, criteria):
                tab.row_properties[row] = {**tab.row_properties[row], "hiddenByFilter": True}


def _criteria(asked: Json) -> dict[int, Json]:
    """Criteria by column, from either of the two notations."""
    found = {int(column): criteria for column, criteria in asked.get("criteria", {}).items()}
    for spec in asked.get("filterSpecs", []):
        found[spec.get("columnIndex", 0)] = spec.get("filterCriteria", {})
    return found


def _hidden(book: Book, tab: Tab, row: int, column: int, criteria: Json) -> bool:
    from ..colors import holds

    shown = formatted(book.value(tab, row, column), book.pattern(tab, row, column), book.locale)
    condition = criteria.get("condition")
    at = Box(tab.id, row, row + 1, column, column + 1)
    return shown in criteria.get("hiddenValues", []) or bool(
        condition and not holds(book, tab, condition, at, row, column)
    )


def _show_all(tab: Tab) -> None:
    tab.row_properties[:] = [
        {key: value for key, value in line.items() if key != "hiddenByFilter"} for line in tab.row_properties
    ]


@handles("clearBasicFilter")
def clear_basic_filter(book: Book, body: Json, where: str, _: str | None) -> None:
    tab = book.tab(body.get("sheetId", 0), where)
    tab.filter = None
    _show_all(tab)
