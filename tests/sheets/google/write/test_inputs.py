"""Formats and validations of the blank cells of a new sheet."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sheets_server.server import SheetsServer

import funnel
from funnel.grid import Area
from funnel.plan import PutTab, Validation
from funnel.sheets.google.write.inputs import prepare_blank_cells
from funnel.workflows import new_sheet


def test_formats_and_validations_of_blank_cells() -> None:
    area = Area(5, 2, 9, 2)
    change = PutTab(
        "Clients", "", (), create=True, freeze_row=4, column_styles={2: "mark"},
        validations=(
            Validation(area, "list", "Choose one.", words=("a", "b")),
            Validation(area, "date", "A date."),
            Validation(area, "custom", "A mark.", formula='=OR(B5=1,B5="x")'),
        ),
    )  # fmt: skip
    look, *checks = prepare_blank_cells(change, 7, "it_IT")
    assert look == {
        "repeatCell": {
            "range": {"sheetId": 7, "startColumnIndex": 1, "endColumnIndex": 2, "startRowIndex": 4},
            "cell": {"userEnteredFormat": {"horizontalAlignment": "CENTER"}},
            "fields": "userEnteredFormat",
        }
    }
    rules = [check["setDataValidation"]["rule"] for check in checks]
    assert [rule["condition"] for rule in rules] == [
        {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}, {"userEnteredValue": "b"}]},
        {"type": "DATE_IS_VALID"},
        {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=OR(B5=1;B5="x")'}]},
    ]
    assert [(rule["inputMessage"], rule["strict"]) for rule in rules] == [
        ("Choose one.", False), ("A date.", False), ("A mark.", False),
    ]  # fmt: skip
    assert all(check["setDataValidation"]["range"]["startRowIndex"] == 4 for check in checks)


def new(server: SheetsServer, helpers: Any) -> SimpleNamespace:
    book = server.new_sheet("Empty")
    url = helpers.url(book)
    new_sheet.create_client_sheet(url)
    return SimpleNamespace(book=book, url=url, person=server.person(book), server=server)


def test_a_new_sheet_validates_input(server: SheetsServer, helpers: Any) -> None:
    gym = new(server, helpers)
    tab = gym.person.tab("Clients")
    checks = {c: tab.cell(5, c).get("dataValidation", {}).get("condition", {}).get("type") for c in range(8)}
    assert checks[1] == "DATE_IS_VALID"
    assert "CUSTOM_FORMULA" in checks.values()
    look = tab.cell(5, 1)["userEnteredFormat"]["numberFormat"]
    assert look == {"type": "DATE", "pattern": "yyyy-mm-dd"}


def test_the_first_refresh_changes_neither_totals_nor_colours(server: SheetsServer, helpers: Any) -> None:
    """They do not depend on rows, as in any Google Sheet: the first clients change none of them."""
    gym = new(server, helpers)
    headers = gym.person.entered("Clients")
    paid = next(at[0] for at, name in headers.items() if name == "First paid session")
    gym.person.type("Clients", "A5", "Ana Lima")
    gym.person.type("Clients", "B5", helpers.day(100))
    gym.person.type("Clients", f"{paid}5", 1)
    totals = next(at[1:] for at, text in headers.items() if at[0] == "A" and text == "Totals")
    assert gym.person.seen("Clients")[f"{paid}{totals}"] == "1"
    assert gym.person.color("Clients", "A5") == "C7EFCF"
    plan = funnel.refresh(gym.url, dry_run=True)
    assert {change.tab for change in plan.changes} <= {"Funnel", "Funnel due", "Funnel history", "Funnel log"}
