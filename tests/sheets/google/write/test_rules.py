"""Find funnel's rules among others by their marker, and delete them by index."""

from __future__ import annotations

from typing import Any

import pytest

from funnel.grid import Area
from funnel.plan import OUR_FILLS, Rule
from funnel.sheets.google.read.looks import color
from funnel.sheets.google.read.spreadsheet import LAST_ROW, Snapshot
from funnel.sheets.google.write.rules import changed_rules, lost_rules, new_rules

WHOLE = Area(1, 1, LAST_ROW, 3)
RED = Rule("red", (WHOLE,), '=AND(N("funnel:red")=0,$C1=1)')
GREEN = Rule("green", (WHOLE,), '=AND(N("funnel:green")=0,$B1=1)')


def tab(*formulas: str) -> Any:
    whole = {"sheetId": 4, "startColumnIndex": 0, "endColumnIndex": 3}
    seen = [
        {"ranges": [whole], "booleanRule": {"condition": {"values": [{"userEnteredValue": formula}]}}}
        for formula in formulas
    ]
    sheet = {"properties": {"sheetId": 4, "title": "Clients"}, "conditionalFormats": seen}
    return Snapshot({"sheets": [sheet]}).tabs["Clients"]


def test_a_new_rule_covers_whole_columns() -> None:
    assert new_rules([RED], 4, "it_IT") == [
        {
            "addConditionalFormatRule": {
                "index": 0,
                "rule": {
                    "ranges": [{"sheetId": 4, "startColumnIndex": 0, "endColumnIndex": 3}],
                    "booleanRule": {
                        "condition": {
                            "type": "CUSTOM_FORMULA",
                            "values": [{"userEnteredValue": '=AND(N("funnel:red")=0;$C1=1)'}],
                        },
                        "format": {"backgroundColor": color(OUR_FILLS["red"])},
                    },
                },
            }
        }
    ]


def test_current_rules_are_unchanged() -> None:
    assert changed_rules([RED, GREEN], tab(GREEN.formula, "=$A1=1", RED.formula), "en_US") == ([], [])


def test_copies_and_old_rules_are_deleted_in_descending_order() -> None:
    """Each deletion changes the indexes of later rules."""
    there = tab(RED.formula, "=$A1=1", RED.formula, '=AND(N("funnel:green")=0,$B1=2)')
    deleted, added = changed_rules([RED, GREEN], there, "en_US")
    assert [each["deleteConditionalFormatRule"]["index"] for each in deleted] == [3, 0]
    assert [each["addConditionalFormatRule"]["index"] for each in added] == [2]


def test_no_rules() -> None:
    deleted, added = changed_rules([], tab("=$A1=1", RED.formula), "en_US")
    assert [each["deleteConditionalFormatRule"]["index"] for each in deleted] == [1]
    assert added == []


FORMULAS = {name: f'=AND(N("funnel:{name}")=0,$A1=1)' for name in ("paid", "left")}
RULES = {
    name: {"booleanRule": {"condition": {"values": [{"userEnteredValue": FORMULAS.get(name, f"={name}=1")}]}}}
    for name in ("paid", "left", "A1", "B1", "C1")
}


def with_rules(*names: str) -> Snapshot:
    sheet = {"properties": {"sheetId": 3, "title": "T"}, "conditionalFormats": [RULES[n] for n in names]}
    return Snapshot({"sheets": [sheet]})


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (("A1", "B1"), []),  # as planned
        (("A1", "paid", "left", "B1"), []),  # not applied
        (("C1", "left", "B1"), [("A1", 0)]),  # C1 was put first: the numbers hit A1 and "paid"
        (("A1", "left", "B1"), None),  # a rule was put first, and nothing contains it
    ],
)
def test_rules_deleted_in_place_of_ours(after: tuple[str, ...], expected: Any) -> None:
    """The batch deletes numbers 2 and 1, and its answer is lost."""
    sent = [{"deleteConditionalFormatRule": {"sheetId": 3, "index": at}} for at in (2, 1)]
    lost = lost_rules(with_rules("A1", "paid", "left", "B1"), with_rules(*after), sent)
    made = (
        None
        if expected is None
        else [{"addConditionalFormatRule": {"rule": RULES[name], "index": at}} for name, at in expected]
    )
    assert lost == made
