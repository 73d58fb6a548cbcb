"""Whatever fits the schema is answered, with 200 or 400, and a refusal changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets_server.build import append, area, chart, lines, mark, put, rule
from sheets_server.errors import ApiError
from sheets_server.oauth import SCOPE, Caller
from sheets_server.requests.batch import HANDLERS, apply_batch
from sheets_server.service import Service
from sheets_server.validate import ONE_OF, check_body, discovery

NUMBERS = st.sampled_from([-1, 0, 0, 0, 1, 2, 3, 5, 8, 13, 40])
TEXTS = st.sampled_from(["", "A1", "B2:C9", "=A1+$B$2", "=SUM(A1:A", "n", "Sheet1", "Sheet1!A2:B3", "*", "5"])
MASKS = st.sampled_from(
    ["*", "userEnteredValue", "title", "index", "gridProperties", "pixelSize", "range", "name", ""]
)


@st.composite
def message(draw: st.DrawFn, name: str, depth: int = 5) -> dict[str, Any]:
    """Any message of a schema, small; only one field of a one-of."""
    fields = discovery()["schemas"][name].get("properties", {})
    chosen = {key: schema for key, schema in fields.items() if draw(st.integers(0, 3)) or key in LIKELY}
    alternatives = [key for key in chosen if key in ONE_OF.get(name, ())]
    for key in alternatives[1:]:
        del chosen[key]
    return {key: draw(value(key, schema, depth)) for key, schema in chosen.items() if depth}


LIKELY = {"range", "ranges", "rows", "fields", "location", "spec", "position", "cell", "rule", "dimension"}


def value(key: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Any value of a field."""
    if "$ref" in schema:
        return message(schema["$ref"], depth - 1)
    if schema["type"] == "array":
        return st.lists(value(key, schema["items"], depth - 1), max_size=2)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if key == "fields":
        return MASKS
    simple = {"boolean": st.booleans(), "string": TEXTS, "integer": NUMBERS, "number": NUMBERS}
    return simple.get(schema["type"], st.just({}))


REQUESTS = st.sampled_from(sorted(HANDLERS)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {kind: message(discovery()["schemas"]["Request"]["properties"][kind]["$ref"])}
    )
)


SMALL = {"rowCount": 12, "columnCount": 8}


def laden() -> tuple[Service, Any]:
    """A small sheet with one of everything."""
    service = Service()
    book = service.new_book("t", key="k")
    book.roles["me"] = "owner"
    service.accounts.tokens["token"] = Caller("me", frozenset([SCOPE]))
    apply_batch(
        book,
        [
            {"updateSheetProperties": {"properties": {"gridProperties": SMALL}, "fields": "gridProperties"}},
            put("A1", [["a", "b", "c"], [1, True, "=SUM(A2:A4)"], [2, "x", "=B2"]]),
            rule("=$A1>1", "A1:C9"),
            mark("m", lines("ROWS", 1, 2), 5),
            chart("c", "A2:A4", "E1", 5),
            {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "n", "range": area("A1:B2")}}},
            {"addProtectedRange": {"protectedRange": {"protectedRangeId": 5, "range": area("A9:B9")}}},
            {"mergeCells": {"range": area("E9:F10"), "mergeType": "MERGE_ALL"}},
            append([["end"]]),
        ],
        "me",
    )  # fmt: skip
    return service, book


@settings(max_examples=examples(150))
@given(found=st.lists(REQUESTS, min_size=1, max_size=3))
def test_any_request_is_applied_or_refused_whole(found: list[dict[str, Any]]) -> None:
    service, book = laden()
    before = copy.deepcopy(service.call("GET", "/v4/spreadsheets/k?includeGridData=true", "token", b""))
    try:
        apply_batch(book, check_body("BatchUpdateSpreadsheetRequest", {"requests": found})["requests"], "me")
    except ApiError:
        after = service.call("GET", "/v4/spreadsheets/k?includeGridData=true", "token", b"")
        assert after == before
    else:
        service.call("GET", "/v4/spreadsheets/k?includeGridData=true", "token", b"")


def test_a_range_without_cells_is_no_place_to_paste() -> None:
    _, book = laden()
    nothing = {"copyPaste": {"source": {"endRowIndex": 0}, "destination": {}}}
    with pytest.raises(ApiError, match="a range without cells"):
        apply_batch(book, [nothing], "me")
