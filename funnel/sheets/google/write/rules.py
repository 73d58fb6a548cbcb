"""Convert a plan's rules to Google's conditional formats, which are addressed by index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from funnel.grid import Area
from funnel.plan import OUR_FILLS, Rule
from funnel.sheets.google.read.formulas import to_locale
from funnel.sheets.google.read.looks import color
from funnel.sheets.google.read.spreadsheet import LAST_ROW, Snapshot, Tab
from funnel.sheets.google.write.charts import grid_range

Json = dict[str, Any]


def new_rules(rules: Iterable[Rule], sheet: int, locale: str) -> list[Json]:
    """Return the requests that add rules to a tab without any."""
    return [_add_rule(rule, sheet, at, locale) for at, rule in enumerate(rules)]


def changed_rules(rules: Iterable[Rule], tab: Tab, locale: str) -> tuple[list[Json], list[Json]]:
    """Return the requests that delete outdated rules, in descending order, and those that add missing ones.

    funnel's rules are added last, so that manual rules win.
    """
    wanted: dict[object, Rule] = {(rule.name, rule.areas, rule.formula): rule for rule in rules}
    deleted: list[Json] = []
    for index in tab.our_rules():
        seen = tab.grid.rules[index]
        if wanted.pop((seen.name, seen.areas, seen.formula), None) is None:
            deleted.append({"deleteConditionalFormatRule": {"sheetId": tab.id, "index": index}})
    left = len(tab.rules) - len(deleted)
    return deleted, [_add_rule(rule, tab.id, at, locale) for at, rule in enumerate(wanted.values(), left)]


def lost_rules(before: Snapshot, after: Snapshot, sent: Iterable[Json]) -> list[Json] | None:
    """Return requests that add rules of a person which were deleted in place of ours, without the replies.

    If some of our rules are gone and another one is still there, the request for that one deleted a rule of
    a person. None if that rule was not there when the sheet was read: nothing contains it.
    """
    numbers = [each["deleteConditionalFormatRule"] for each in sent if "deleteConditionalFormatRule" in each]
    found: list[Json] = []
    for sheet in dict.fromkeys(each["sheetId"] for each in numbers):
        old, new = before.by_id(sheet), after.by_id(sheet)
        if old is None or new is None:
            continue
        gone = [old.rules[each["index"]] for each in numbers if each["sheetId"] == sheet]
        left = sum(rule in new.rules for rule in gone)
        if left == len(gone):  # not applied
            continue
        missing = [(at, rule) for at, rule in enumerate(old.rules)
                   if rule not in gone and old.rules.count(rule) > new.rules.count(rule)]  # fmt: skip
        if left > len(missing):
            return None
        found += [{"addConditionalFormatRule": {"rule": rule, "index": at}} for at, rule in missing[:left]]
    return found


def _add_rule(rule: Rule, sheet: int, index: int, locale: str) -> Json:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": to_locale(rule.formula, locale)}]}
    look = {"backgroundColor": color(OUR_FILLS[rule.name])}
    made = {
        "ranges": [_rule_range(sheet, area) for area in rule.areas],
        "booleanRule": {"condition": condition, "format": look},
    }
    return {"addConditionalFormatRule": {"rule": made, "index": index}}


def _rule_range(sheet: int, area: Area) -> Json:
    """Return an area as a GridRange, without rows if it covers whole columns."""
    found = grid_range(sheet, area)
    if area.bottom >= LAST_ROW:
        del found["endRowIndex"]
        found = {key: value for key, value in found.items() if key != "startRowIndex" or value}
    return found
