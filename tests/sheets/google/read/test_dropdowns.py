"""The order of stages from the dropdown of a Google Sheet, in one small further call."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sheets_server.server import SheetsServer

import funnel

STAGES = ("Warm", "Hot", "Proposal sent", "Signed")  # in no known order, and nobody has a proposal
ROWS = [["Name", "Created", "Status"]] + [
    [f"Client {n}", (dt.date(2026, 1, 1) + dt.timedelta(days=n)).isoformat(), STAGES[(0, 1, 3)[n % 3]]]
    for n in range(30)
]


def offer(person: Any, sheet: int, condition: dict[str, Any], column: int = 2) -> None:
    """Give the cells of a column below the header a dropdown, as a person does in the menu."""
    where = {"sheetId": sheet, "startRowIndex": 1, "startColumnIndex": column, "endColumnIndex": column + 1}
    person.ask({"setDataValidation": {"range": where, "rule": {"condition": condition}}})


@pytest.mark.parametrize("kind", ["ONE_OF_LIST", "ONE_OF_RANGE"])
def test_the_dropdown_orders_the_stages(server: SheetsServer, helpers: Any, kind: str) -> None:
    book = server.new_sheet("Deals", ROWS, tab="Deals")
    person = server.person(book)
    assert {stage.order_from for stage in funnel.read(helpers.url(book)).stages} != {"dropdown"}
    person.add_tab("Lists")
    for row, stage in enumerate(STAGES, start=2):
        person.type("Lists", f"A{row}", stage)
    texts = STAGES if kind == "ONE_OF_LIST" else ("=Lists!$A$2:$A$5",)
    offer(person, 0, {"type": kind, "values": [{"userEnteredValue": text} for text in texts]})
    server.calls.clear()
    reading = funnel.read(helpers.url(book))
    assert [(stage.stage, stage.order_from) for stage in reading.stages] == [
        ("Warm", "dropdown"), ("Hot", "dropdown"), ("Proposal sent", "dropdown"), ("Signed", "dropdown"),
    ]  # fmt: skip
    assert [call.name for call in server.calls] == ["get", "get"]


def test_tick_boxes_are_no_dropdown_and_a_sheet_without_stages_needs_one_call(gym: Any) -> None:
    offer(gym.person, 0, {"type": "BOOLEAN"}, column=3)
    assert funnel.read(gym.url).confidence == "certain"
    assert [call.name for call in gym.server.calls if call.name == "get"] == ["get"]


def test_the_bytes_of_dropdowns_do_not_grow_with_the_leads(server: SheetsServer, helpers: Any) -> None:
    rows = [ROWS[0], *ROWS[1:] * 100]
    book = server.new_sheet("Deals", rows, tab="Deals")
    offer(
        server.person(book), 0,
        {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": text} for text in STAGES]},
    )  # fmt: skip
    server.calls.clear()
    assert funnel.read(helpers.url(book)).stages[2].stage == "Proposal sent"
    assert server.calls[1].received < 20_000
