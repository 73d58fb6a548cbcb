"""Requests of batchUpdate: what they do, what they answer, what they refuse."""

from __future__ import annotations

import pytest
from sheets_server.build import append, area, cell, lines, put


def texts(book, tab=0):
    """Entered values by row, as a plain table."""
    found = book.tabs[tab]
    cells = [[item for _, item in sorted(row.items())] for row in found.rows[: found.last_row()]]
    return [
        [next(iter(item["userEnteredValue"].values())) for item in row if "userEnteredValue" in item]
        for row in cells
    ]


def test_a_batch_is_applied_whole_or_not_at_all(book, batch) -> None:
    before = texts(book)
    said = batch({"deleteDimension": {"range": lines("ROWS", 0, 2)}}, {"deleteSheet": {"sheetId": 99}})
    assert said == "Invalid requests[1].deleteSheet: No grid with id: 99"
    assert texts(book) == before


def test_an_empty_batch_and_an_unknown_request_are_refused(batch) -> None:
    assert batch() == "Must specify at least one request."
    assert batch({"addSlicer": {}}) == "Invalid requests[0].addSlicer: this server does not know the request."
    unknown = (
        "Invalid JSON payload received. Unknown name \"frobnicate\" at 'requests[0]': Cannot find field."
    )
    assert batch({"frobnicate": {}}) == unknown


def test_update_cells_touches_what_the_mask_says(book, batch) -> None:
    look = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    fields = "userEnteredFormat.textFormat.bold"
    batch({"updateCells": {"range": area("C2"), "rows": [{"values": [look]}], "fields": fields}})
    text = {"userEnteredValue": {"stringValue": "=1+1"}}
    batch({"updateCells": {"range": area("C2"), "rows": [{"values": [text]}], "fields": "userEnteredValue"}})
    assert book.tabs[0].cell(1, 2) == {**text, **look}


def test_update_cells_empties_the_rest_of_its_range(book, batch) -> None:
    fields = "userEnteredValue"
    batch({"updateCells": {"range": area("A2:B3"), "rows": [{"values": [cell(7)]}], "fields": fields}})
    assert texts(book)[1:3] == [[7, 1, 1], ["x"]]


NO_FIELDS = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
TAKEN = 'A sheet with the name "clients" already exists. Please enter another name.'
LAST_TAB = "You can't remove all the visible sheets in a document."
AFTER = "range.endRowIndex[1001] is after last row in grid[1000]"
OUTSIDE = "sortSpecs.dimensionIndex is outside the range."
START = "inheritFromBefore cannot be true if range.startIndex is 0."
BEYOND = "Attempting to write row: 1000, beyond the last sheet row of: 999"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("updateCells", {"range": {}, "fields": ""}, NO_FIELDS),
        ("updateCells", {"range": {}, "fields": "effectiveValue"}, "Field effectiveValue is read-only."),
        ("updateCells", {"start": {"rowIndex": 999}, "rows": [{}, {}], "fields": "*"}, BEYOND),
        ("repeatCell", {"range": {"sheetId": 4}, "fields": "*"}, "No grid with id: 4"),
        ("repeatCell", {"range": area("A1:A1001"), "fields": "*"}, AFTER),
        ("addSheet", {"properties": {"title": "clients"}}, TAKEN),
        ("addSheet", {"properties": {"sheetId": 0}}, "Sheet with ID 0 already exists."),
        ("deleteSheet", {"sheetId": 0}, LAST_TAB),
        ("deleteDimension", {"range": {"dimension": "ROWS"}}, "You can't delete all the rows on the sheet."),
        ("insertDimension", {"range": lines("ROWS", 0, 1), "inheritFromBefore": True}, START),
        ("deleteNamedRange", {"namedRangeId": "x"}, "No named range with ID: x"),
        ("deleteEmbeddedObject", {"objectId": 5}, "No object with ID: 5"),
        ("sortRange", {"range": {}, "sortSpecs": [{"dimensionIndex": 26}]}, OUTSIDE),
        ("addNamedRange", {"namedRange": {"name": "A1", "range": {}}}, "Invalid name: A1"),
    ],
)  # fmt: skip
def test_refusals(batch, kind, body, said) -> None:
    assert batch({kind: body}) == f"Invalid requests[0].{kind}: {said}"


def test_append_cells_goes_below_the_last_value_and_grows_the_grid(book, batch) -> None:
    batch(append([[], [None, None, "=SUM(C2:C5)"]]))
    assert book.tabs[0].cell(6, 2) == cell("=SUM(C2:C5)")
    size = {"properties": {"gridProperties": {"rowCount": 7}}, "fields": "gridProperties.rowCount"}
    batch({"updateSheetProperties": size})
    batch(append([[1]]))
    assert book.tabs[0].size == (8, 26)


def test_repeat_cell_lets_relative_references_follow(book, batch) -> None:
    fields = "userEnteredValue"
    batch({"repeatCell": {"range": area("E2:E3"), "cell": cell("=A2&$A$1"), "fields": fields}})
    assert [book.tabs[0].cell(row, 4) for row in (1, 2)] == [cell("=A2&$A$1"), cell("=A3&$A$1")]


def test_borders_outside_and_inside(book, batch) -> None:
    line, thin = {"style": "SOLID"}, {"style": "DOTTED"}
    batch({"updateBorders": {"range": area("A1:A2"), "top": line, "innerHorizontal": thin}})
    drawn = [book.tabs[0].cell(row, 0)["userEnteredFormat"]["borders"] for row in (0, 1)]
    assert drawn == [{"top": line, "bottom": thin}, {"top": thin}]


def test_merges_drop_values_and_must_be_undone_whole(book, batch) -> None:
    batch({"mergeCells": {"range": area("A2:A3"), "mergeType": "MERGE_ALL"}})
    assert texts(book)[2][0] == 46034.0
    whole = "You must select all cells in a merged range to merge or unmerge them."
    assert batch({"unmergeCells": {"range": area("A2")}}) == f"Invalid requests[0].unmergeCells: {whole}"
    sort = {"range": area("A1:A5"), "sortSpecs": [{"dimensionIndex": 0}]}
    vertical = "You can't sort a range with vertical merges."
    assert batch({"sortRange": sort}) == f"Invalid requests[0].sortRange: {vertical}"
    batch({"unmergeCells": {"range": area("A2:A3")}})
    assert book.tabs[0].merges == []


def test_protected_cells_are_refused_to_others_but_a_warning_lets_through(book, batch, server) -> None:
    person = server.person(book)
    person.ask({"addProtectedRange": {"protectedRange": {"range": area("A1:D1"), "warningOnly": True}}})
    assert batch(put("A1", [["Name"]])) == [{}]
    person.ask({"addProtectedRange": {"protectedRange": {"range": area("A1:D1")}}})
    assert "protected cell or object" in batch(put("A1", [["Client"]]))
    assert batch(put("A2", [["Ana"]])) == [{}]


def test_a_tab_keeps_its_formulas_when_renamed_and_breaks_them_when_deleted(book, batch, server) -> None:
    batch(
        {"addSheet": {"properties": {"title": "Sums", "sheetId": 7}}},
        put("A1", [["=COUNTA(Clients!A2:A)"]], 7),
    )
    person = server.person(book)
    person.rename_tab("Clients", "My leads")
    assert (person.entered("Sums"), person.seen("Sums")) == ({"A1": "=COUNTA('My leads'!A2:A)"}, {"A1": "4"})
    person.delete_tab("My leads")
    assert (person.entered("Sums"), person.seen("Sums")) == ({"A1": "=COUNTA(#REF!)"}, {"A1": "1"})


def test_updated_spreadsheet_in_the_answer(api) -> None:
    body = {
        "requests": [append([["Eve"]])],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["Clients!A6:A6"],
        "responseIncludeGridData": True,
    }
    values = "data.rowData.values(userEnteredValue,formattedValue)"
    shown = [{"values": [{**cell("Eve"), "formattedValue": "Eve"}]}]
    expected = {
        "updatedSpreadsheet": {"sheets": [{"properties": {"title": "Clients"}, "data": [{"rowData": shown}]}]}
    }
    fields = f"updatedSpreadsheet.sheets(properties.title,{values})"
    assert api("POST", ":batchUpdate", body, fields=fields) == (200, expected)


def test_create_makes_tabs_cells_rules_and_marks(server) -> None:
    client = server.client()
    grid = {"rowCount": 50, "columnCount": 4, "frozenRowCount": 1}
    body = {
        "properties": {"title": "New", "locale": "it_IT"},
        "sheets": [{
            "properties": {"title": "Clienti", "gridProperties": grid},
            "data": [{"rowData": [{"values": [cell("Cliente")]}], "columnMetadata": [{"pixelSize": 180}]}],
        }],
    }  # fmt: skip
    made = client.http_client.request(
        "post", "https://sheets.googleapis.com/v4/spreadsheets", json=body
    ).json()
    book = server.service.books[made["spreadsheetId"]]
    assert (book.locale, book.roles) == ("it_IT", {"robot@funnel-test.iam.gserviceaccount.com": "owner"})
    assert (book.tabs[0].id, book.tabs[0].size, book.tabs[0].column_properties[0]) == (
        0,
        (50, 4),
        {"pixelSize": 180},
    )
    assert made["sheets"][0]["properties"]["gridProperties"] == {
        "rowCount": 50,
        "columnCount": 4,
        "frozenRowCount": 1,
    }
