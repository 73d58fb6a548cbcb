"""Compare a plan with the spreadsheet after the write; each difference is described."""

from __future__ import annotations

from typing import Any

from funnel.grid import Area
from funnel.plan import Cell, Chart, Formula, Plan, PutBlock, PutRules, PutTab, Rule, Series
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import LAST_ROW, Snapshot
from funnel.sheets.google.write.verify import differences, head_address

LABELS = ("Totals", "% of leads", "Drop-off from previous step")


def cell(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, str) and value.startswith("="):
        return {"userEnteredValue": {"formulaValue": value}, "effectiveValue": {"numberValue": 1}}
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    return {"effectiveValue": {kind: value}}


def sheet(title: str, rows: list[list[Any]], key: int = 0, **more: Any) -> Any:
    data: Any = {"rowData": [{"values": [cell(value) for value in row]} for row in rows]}
    if marks := more.pop("marks", None):
        data["rowMetadata"] = [
            {"developerMetadata": [{"metadataId": marks[at], "metadataKey": "funnel.totals"}]}
            if at in marks
            else {}
            for at in range(1, max(marks) + 1)
        ]
    grid = {"rowCount": 1000, "columnCount": 26}
    return {"properties": {"sheetId": key, "title": title, "gridProperties": grid}, "data": [data], **more}


def book(*sheets: Any) -> Snapshot:
    return Snapshot({"sheets": list(sheets)})


def told(change: Any, after: Snapshot, before: Snapshot | None = None) -> list[str]:
    return list(differences(Plan("x", (change,)), before or after, after))


def test_a_missing_tab() -> None:
    assert told(PutTab("Funnel", "summary", ()), book()) == ["the tab 'Funnel'"]


def test_only_our_cells_on_our_tabs_are_compared() -> None:
    change = PutTab("Funnel", "summary", (Cell(1, 2, "a"), Cell(2, 2, 0.3), Cell(3, 2, None)))
    assert told(change, book(sheet("Funnel", [[None, "a", "a note"], [None, 0.1 + 0.2]]))) == []
    assert told(change, book(sheet("Funnel", [[None, "b"], [None, 0.4], [None, "typed"]]))) == [
        "B1 on tab 'Funnel'", "B2 on tab 'Funnel'", "B3 on tab 'Funnel'",
    ]  # fmt: skip


def test_a_missing_chart() -> None:
    series = Series("a", Area(2, 2, 3, 2), Area(2, 3, 3, 3), "000000")
    chart = Chart("drop-off", "bar", "Drop-off", (series,), Area(1, 1, 9, 9))
    change = PutTab("Funnel", "summary", (), charts=(chart,))
    there = {"chartId": 5, "spec": {"altText": f"[funnel drop-off {chart.fingerprint}]"}}
    assert told(change, book(sheet("Funnel", [], charts=[there]))) == []
    assert told(change, book(sheet("Funnel", []))) == ["the chart 'drop-off' on tab 'Funnel'"]


def block(down: int = 0) -> Any:
    rows = [["Client", "Paid"], ["Ana", 1], *[[None, None]] * (2 + down)]
    rows += [[LABELS[0], "=SUMPRODUCT(--((1)))"], [LABELS[1], None], [LABELS[2], None]]
    marks = {5 + down + k: ids.row_id(0, "totals", k) for k in range(3)}
    return sheet("Clients", rows, marks=marks)


PUT = PutBlock(
    "Clients", "totals", Area(5, 1, 7, 2),
    (*(Cell(5 + k, 1, label) for k, label in enumerate(LABELS)), Cell(5, 2, Formula("=SUMPRODUCT(--((1)))"))),
)  # fmt: skip


def test_a_block_is_compared_at_its_current_rows() -> None:
    before = book(sheet("Clients", [["Client", "Paid"], ["Ana", 1]]))
    assert told(PUT, book(block()), before) == []
    assert told(PUT, book(block(down=3)), before) == []
    assert told(PUT, before, before) == ["the totals on tab 'Clients'"]


def test_a_changed_cell_of_a_block() -> None:
    after = block()
    after["data"][0]["rowData"][4]["values"][1] = cell(7)
    assert told(PUT, book(after)) == ["B5 on tab 'Clients'"]


def test_a_block_that_is_not_written_yet_is_ignored() -> None:
    after = book(sheet("Clients", [["Client", "Paid"]]))
    assert list(differences(Plan("x", (PUT,)), after, after, rewritten={0})) == []


def test_columns_that_moved() -> None:
    before = book(sheet("Clients", [["Client", "Paid"], ["Ana", 1]]))
    after = book(sheet("Clients", [["Client", None, "Paid"], ["Ana", None, 1]]))
    assert told(PUT, after, before) == ["the columns of tab 'Clients'"]
    rows_only = book(sheet("Clients", [[], [], ["Client", "Paid"], ["Ana", 1]]))
    assert told(PutRules("Clients", ()), rows_only, before) == []


def test_rules() -> None:
    rule = Rule("red", (Area(1, 1, LAST_ROW, 2),), '=AND(N("funnel:red")=0,$A1=1)')
    condition = {"values": [{"userEnteredValue": rule.formula}]}
    seen = {"ranges": [{"endColumnIndex": 2}], "booleanRule": {"condition": condition}}
    change = PutRules("Clients", (rule,))
    assert told(change, book(sheet("Clients", [], conditionalFormats=[seen]))) == []
    for there in ([], [seen, seen]):
        wrong = told(change, book(sheet("Clients", [], conditionalFormats=there)))
        assert wrong == ["the row colours of tab 'Clients'"]


def test_head_covers_the_first_value_of_each_column() -> None:
    found = book(sheet("Our clients", [[], ["Client"], ["Ana", 1]]))
    assert head_address(found.tabs["Our clients"]) == "'Our clients'!A1:Z23"
