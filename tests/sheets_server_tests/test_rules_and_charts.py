"""Conditional formats and charts, as Google's documentation tells them (they are recorded nowhere)."""

from __future__ import annotations

import pytest
from sheets_server.build import area, chart, rule

PAID = '=AND(N("funnel:green")=0,$D2=1)'


def formulas(book) -> list[str]:
    return [
        item["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for item in book.tabs[0].conditional
    ]


def test_a_rule_colors_each_row_by_its_own_cells(book, batch, server) -> None:
    batch(rule(PAID, "A2:D5"), rule('=$A2="Ana Lima"', "A2:D5", color=(1, 0, 0)))
    person = server.person(book)
    assert [person.color("Clients", f"B{row}") for row in range(1, 6)] == [
        None,
        "FF0000",
        None,
        "00FF00",
        None,
    ]
    person.type("Clients", "D3", 1)
    person.sort("Clients", "A2:D5", 1)
    assert [person.color("Clients", f"B{row}") for row in range(2, 6)] == ["FF0000", "00FF00", "00FF00", None]


def test_rules_are_addressed_by_index(book, batch) -> None:
    batch(rule("=A2=1", "A2:D5"), rule("=A2=2", "A2:D5"), rule("=A2=3", "A2:D5", index=2))
    assert formulas(book) == ["=A2=2", "=A2=1", "=A2=3"]
    moved = batch({"updateConditionalFormatRule": {"sheetId": 0, "index": 2, "newIndex": 0}})
    assert [moved[0]["updateConditionalFormatRule"][key] for key in ("oldIndex",)] == [2]
    replies = batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}})
    assert replies[0]["deleteConditionalFormatRule"]["rule"]["ranges"] == [area("A2:D5")]
    assert formulas(book) == ["=A2=3", "=A2=1"]
    assert batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 2}}) == (
        "Invalid requests[0].deleteConditionalFormatRule: No conditional format on sheet: 0 at index: 2"
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("=Other!A1=1", "Conditional format rule cannot reference a different sheet."),
        ("=A1=", "Invalid ConditionValue.userEnteredValue: =A1="),
        ("A1=1", "Invalid ConditionValue.userEnteredValue: A1=1"),
    ],
)
def test_formulas_that_a_rule_cannot_have(batch, formula, said) -> None:
    assert batch(rule(formula, "A2:D5")) == f"Invalid requests[0].addConditionalFormatRule: {said}"


def test_a_rule_sets_colors_and_little_else(batch) -> None:
    made = rule("=A2=1", "A2:D5")
    made["addConditionalFormatRule"]["rule"]["booleanRule"]["format"]["borders"] = {}
    said = "Conditional format rules cannot set borders."
    assert batch(made) == f"Invalid requests[0].addConditionalFormatRule: {said}"


def test_semicolons_separate_arguments_everywhere_and_commas_not_in_italy(server, book) -> None:
    italian = server.new_sheet("Soci", [["Nome"], ["Ana"]], locale="it_IT")
    person = server.person(italian)
    person.ask(rule('=AND(N("x")=0;$A2="Ana")', "A2:B2"))
    assert person.color("Sheet1", "A2") == "00FF00"
    with pytest.raises(Exception, match="Invalid ConditionValue"):
        person.ask(rule('=AND(N("x")=0,$A2="Ana")', "A2:B2"))
    server.person(book).ask(rule('=AND(N("x")=0;$D2=1)', "A2:D5"))
    assert formulas(book) == ['=AND(N("x")=0,$D2=1)']


def test_pasted_rows_fragment_rules(book, batch, server) -> None:
    batch(rule(PAID, "A2:D5"))
    person = server.person(book)
    person.copy_paste("Clients", "A2:D2", "A9:D9")
    person.duplicate_rule("Clients", 0, "A20:D20")
    assert [item["ranges"] for item in book.tabs[0].conditional] == [
        [area("A2:D5"), area("A9:D9")],
        [area("A20:D20")],
    ]
    assert person.color("Clients", "A9") == "00FF00"


def test_a_chart_keeps_the_place_that_a_person_gave_it(book, batch, server, api) -> None:
    batch(chart("Paid", "D2:D5", "F3", 13))
    assert (
        batch(chart("Paid", "D2:D5", "F3", 13))
        == "Invalid requests[0].addChart: Chart with ID 13 already exists."
    )
    server.person(book).move_chart("Clients", 0, "H9", 300, 200)
    spec = chart("Paid clients", "D2:D5", "A1")["addChart"]["chart"]["spec"]
    assert batch({"updateChartSpec": {"chartId": 13, "spec": spec}}) == [{}]
    _, said = api("GET", "", fields="sheets.charts(chartId,spec.title,position)")
    overlay = {"anchorCell": {"rowIndex": 8, "columnIndex": 7}, "widthPixels": 300, "heightPixels": 200}
    made = {"chartId": 13, "spec": {"title": "Paid clients"}, "position": {"overlayPosition": overlay}}
    assert said == {"sheets": [{"charts": [made]}]}
    assert batch({"deleteEmbeddedObject": {"objectId": 13}}) == [{}]


def test_a_chart_reads_single_columns_or_rows(batch) -> None:
    said = "Invalid requests[0].addChart: a source range must have a width or height of 1."
    assert batch(chart("Wide", "C2:D5", "F3")) == said
