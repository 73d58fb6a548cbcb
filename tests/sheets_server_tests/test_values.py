"""The values collection, typing, rendering and masks, over HTTP."""

from __future__ import annotations

import pytest
from sheets_server.build import cell, lines, mark, put


def get(api, a1: str, **query):
    status, answer = api("GET", f"/values/{a1}", **query)
    return answer.get("values") if status == 200 else answer["error"]["message"]


def test_typed_values_are_understood_by_locale(server, api, book) -> None:
    typed = [["1/2/2026", "2,5", "50%", "VERO", "TRUE", "=1,5+1", "'1", "-", "1.234,50", "31/2/2026"]]
    italian = server.new_sheet("Soci", typed, locale="it_IT")
    person = server.person(italian)
    assert list(person.entered("Sheet1").values()) == [
        46054.0, 2.5, 0.5, True, True, "=1,5+1", "1", "-", 1234.5, "31/2/2026",
    ]  # fmt: skip
    assert list(person.seen("Sheet1").values()) == [
        "1/2/2026", "2,5", "50%", "VERO", "VERO", "2,5", "1", "-", "1.234,50", "31/2/2026",
    ]  # fmt: skip


def test_how_values_are_shown(api) -> None:
    assert get(api, "Clients!A2:D2") == [["Ana Lima", "2026-01-05", "1", "1"]]
    assert get(api, "Clients!B2", valueRenderOption="UNFORMATTED_VALUE") == [[46027]]
    strings = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert get(api, "Clients!B2:C2", **strings) == [["2026-01-05", 1]]
    assert get(api, "A1:B1", majorDimension="COLUMNS") == [["Client"], ["Lead"]]


@pytest.mark.parametrize(
    ("a1", "said"),
    [
        ("Nowhere!A1", "Unable to parse range: Nowhere!A1"),
        ("Clients!oops", "Unable to parse range: Clients!oops"),
        ("Clients!AA1", "Range (Clients!AA1:AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_addresses_that_are_none(api, a1, said) -> None:
    assert get(api, a1) == said.replace("AA1:AA1", "AA1")


def test_values_must_lie_in_their_range_and_null_leaves_a_cell_alone(api, book) -> None:
    raw = {"valueInputOption": "RAW"}
    status, said = api("PUT", "/values/Clients!A2:B2", {"values": [["x"], ["y"]]}, **raw)
    within = "Requested writing within range [Clients!A2:B2], but tried writing to row [3]"
    assert (status, said["error"]["message"]) == (400, within)
    status, said = api("PUT", "/values/Clients!A2:C2", {"values": [[None, "", "=1"]]}, **raw)
    assert said["updatedCells"] == 2
    assert get(api, "Clients!A2:D2") == [["Ana Lima", "", "=1", "1"]]
    assert api("PUT", "/values/Clients!A2", {"values": [[1]]})[1]["error"]["message"] == (
        "'valueInputOption' is required but not specified"
    )


def test_append_finds_its_table_and_may_insert_rows(api, book, server) -> None:
    server.person(book).type("Clients", "A7", "a note below")
    raw = {"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS", "includeValuesInResponse": "true"}
    status, said = api("POST", "/values/Clients!A1:D3:append", {"values": [["Eve"]]}, **raw)
    assert (status, said["tableRange"], said["updates"]["updatedData"]["values"]) == (
        200,
        "Clients!A1:D5",
        [["Eve"]],
    )
    assert server.person(book).entered("Clients")["A8"] == "a note below"


def test_values_by_metadata_find_their_row_wherever_it_went(api, batch, book, server) -> None:
    batch(mark("ben", lines("ROWS", 2, 3), 5))
    server.person(book).sort("Clients", "A2:D5", 1, descending=True)
    lookup = {"developerMetadataLookup": {"metadataId": 5}}
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": lookup, "values": [[None, None, "called"]]}]}
    status, said = api("POST", "/values:batchUpdateByDataFilter", body)
    assert (status, said["totalUpdatedCells"], said["responses"][0]["updatedRange"]) == (
        200,
        1,
        "Clients!A4:C4",
    )
    assert get(api, "Clients!A4:C4") == [["Ben Okoro", "2026-01-12", "called"]]
    _, said = api("POST", "/values:batchGetByDataFilter", {"dataFilters": [lookup]})
    assert said["valueRanges"][0]["valueRange"]["range"] == "Clients!A4:Z4"
    status, said = api(
        "POST", "/values:batchClearByDataFilter", {"dataFilters": [{"a1Range": "Clients!A4:A5"}]}
    )
    assert said["clearedRanges"] == ["Clients!A4:A5"]
    assert get(api, "Clients!A4:B4") == [["", "2026-01-12"]]


def test_metadata_dies_with_its_row(api, batch, book, server) -> None:
    batch(
        mark("ben", lines("ROWS", 2, 3), 5),
        mark("tab", {"sheetId": 0}, 6),
        mark("book", {"spreadsheet": True}, 7),
    )
    server.person(book).delete_rows("Clients", 3)
    search = {"dataFilters": [{"developerMetadataLookup": {"visibility": "DOCUMENT"}}]}
    _, said = api("POST", "/developerMetadata:search", search)
    found = [item["developerMetadata"] for item in said["matchedDeveloperMetadata"]]
    assert [(item["metadataId"], item["location"]) for item in found] == [
        (6, {"locationType": "SHEET", "sheetId": 0}),
        (7, {"locationType": "SPREADSHEET", "spreadsheet": True}),
    ]
    gone = {"dataFilters": [{"developerMetadataLookup": {"metadataId": 5}}]}
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": gone["dataFilters"][0], "values": [["x"]]}]}
    assert api("POST", "/values:batchUpdateByDataFilter", body) == (200, {"spreadsheetId": book.id})
    assert api("GET", "/developerMetadata/6")[1]["metadataKey"] == "tab"
    assert api("GET", "/developerMetadata/5")[0] == 404


def test_a_mask_brings_what_it_names_and_overrides_include_grid_data(api, batch) -> None:
    batch(mark("ana", lines("ROWS", 1, 2), 5, "x"))
    values, marks = "values(effectiveValue,formattedValue)", "developerMetadata/metadataValue"
    fields = f"sheets(data(rowData/{values},rowMetadata/{marks}))"
    _, said = api("GET", "", ranges="Clients!A2:B3", includeGridData="false", fields=fields)
    assert said == {"sheets": [{"data": [{
        "rowData": [
            {"values": [{"effectiveValue": {"stringValue": "Ana Lima"}, "formattedValue": "Ana Lima"},
                        {"effectiveValue": {"numberValue": 46027}, "formattedValue": "2026-01-05"}]},
            {"values": [{"effectiveValue": {"stringValue": "Ben Okoro"}, "formattedValue": "Ben Okoro"},
                        {"effectiveValue": {"numberValue": 46034}, "formattedValue": "2026-01-12"}]},
        ],
        "rowMetadata": [{"developerMetadata": [{"metadataValue": "x"}]}, {}],
    }]}]}  # fmt: skip
    status, said = api("GET", "", fields="sheets.nothing")
    assert (status, said["error"]["message"], said["error"]["details"][0]["fieldViolations"][0]["field"]) == (
        400, "Request contains an invalid argument.", "sheets.nothing",
    )  # fmt: skip


def test_an_empty_text_has_no_effective_value(api, batch) -> None:
    batch(put("F1", [['=""', "=1/0", False, 0]]))
    fields = "sheets.data.rowData.values(userEnteredValue,effectiveValue,formattedValue)"
    _, said = api("GET", "", ranges="F1:I1", fields=fields)
    values = said["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert values[1]["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert values[0] == cell('=""')
    assert values[2:] == [
        {**cell(False), "effectiveValue": {"boolValue": False}, "formattedValue": "FALSE"},
        {**cell(0), "effectiveValue": {"numberValue": 0}, "formattedValue": "0"},
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"includeGridDatta": "true"}, 'Unknown name "includeGridDatta": Cannot bind query parameter.'),
        ({"includeGridData": "yes"}, "Invalid value at 'include_grid_data' (TYPE_BOOL), \"yes\""),
    ],
)
def test_unknown_query_parameters_are_refused(api, query, said) -> None:
    status, answer = api("GET", "", **query)
    assert (status, said in answer["error"]["message"]) == (400, True)


UNKNOWN = "Invalid JSON payload received. Unknown name"
SORT = "requests[0].sort_range.sort_specs[0]"
SHEETS = "type.googleapis.com/google.apps.sheets.v4"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (
            "updateCells",
            {"rangee": {}},
            f"{UNKNOWN} \"rangee\" at 'requests[0].update_cells': Cannot find field.",
        ),
        (
            "sortRange",
            {"sortSpecs": [{"sortOrder": "UP"}]},
            f"Invalid value at '{SORT}.sort_order' ({SHEETS}.SortOrder), \"UP\"",
        ),
        (
            "deleteSheet",
            {"sheetId": "0"},
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"0\"",
        ),
    ],
)
def test_bodies_are_held_against_the_discovery_document(batch, kind, body, said) -> None:
    assert batch({kind: body}) == said


def test_a_request_is_of_one_kind(batch) -> None:
    said = "Invalid value at 'requests[0]' (oneof), oneof field 'kind' is already set. Cannot set 'addSheet'"
    assert batch({"deleteSheet": {}, "addSheet": {}}) == said


def test_a_formula_takes_its_format_from_what_it_looks_at(batch, book, server) -> None:
    batch(put("F2", [["=B2", "=B2+7", "=B3-B2", "=TODAY()", "=F2", "=MAX(B2:B4)", "=A9"]]))
    seen = server.person(book).seen("Clients")
    assert [seen.get(f"{column}2") for column in "FGHIJKL"] == [
        "2026-01-05", "2026-01-12", "7", "6/1/2026", "2026-01-05", "2026-02-02", None,
    ]  # fmt: skip


def test_an_effective_format_and_a_link(api, batch) -> None:
    batch(put("F1", [['=HYPERLINK("#gid=0";"there")']]))
    look = "effectiveFormat(horizontalAlignment,textFormat.bold)"
    fields = f"sheets.data.rowData.values(hyperlink,formattedValue,{look})"
    _, said = api("GET", "", ranges="F1", fields=fields)
    shown = {"horizontalAlignment": "LEFT", "textFormat": {"bold": False}}
    made = {"hyperlink": "#gid=0", "formattedValue": "there", "effectiveFormat": shown}
    assert said["sheets"][0]["data"][0]["rowData"] == [{"values": [made]}]
