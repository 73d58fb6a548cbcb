"""Test the real Google Sheets with a key: run manually, skipped otherwise.

1. Make an EMPTY Google Sheet that you can spare, and share it with your service account as an editor.
2. Run, with the address of that sheet and the path of the key file::

       FUNNEL_LIVE_SHEET=https://docs.google.com/spreadsheets/d/… GOOGLE_APPLICATION_CREDENTIALS=key.json \
           uv run --all-groups pytest --no-cov tests/sheets/google/test_sheet_live.py

It makes a tab of its own with invented clients, refreshes that, and deletes every tab that it made. A sheet
that holds anything is refused.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import gspread
import pytest

import funnel
from funnel.errors import SheetChanged
from funnel.grid import cell_name
from funnel.plan import PutTab
from funnel.sheets import open_sheet
from funnel.workflows.copy_sheet import copy_clients
from funnel.workflows.load import open_clients
from funnel.workflows.refresh import plan_refresh

URL = os.environ.get("FUNNEL_LIVE_SHEET", "")
TAB = "Clients of a test"
LINES = """\
Client name,Date of lead,Client contacted,First paid session,When left journey
Ana Lima,2026-01-20,1,1,
Ben Okoro,2026-02-14,x,,
00123,2026-03-13,2026-03-20,1,2026-05-01
=1+1,2026-03-14,,,
"""

pytestmark = pytest.mark.skipif(not URL, reason="FUNNEL_LIVE_SHEET names no Google Sheet to test on")


@pytest.fixture
def live() -> Iterator[gspread.Spreadsheet]:
    """Return the sheet from gspread: empty before, and without our tabs after."""
    key = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
    scope = "https://www.googleapis.com/auth/spreadsheets"
    sheet = gspread.service_account(key, scopes=[scope]).open_by_url(URL)
    before = sheet.worksheets()
    if any(tab.get_all_values() != [[]] for tab in before):
        pytest.fail("FUNNEL_LIVE_SHEET is not empty. Give it an empty sheet that you can spare.")
    yield sheet
    for tab in sheet.worksheets():
        if tab.id not in {old.id for old in before}:
            sheet.del_worksheet(tab)


def test_refresh_and_remove_on_the_real_service(live: gspread.Spreadsheet, tmp_path: Path) -> None:
    text = tmp_path / f"{TAB}.csv"
    text.write_text(LINES, "utf-8")
    assert copy_clients(text, URL, "gym") == ()
    grid = open_sheet(URL).read(TAB)
    assert [grid[row, 1] for row in range(2, 6)] == ["Ana Lima", "Ben Okoro", "00123", "=1+1"]
    assert grid[4, 5] == dt.date(2026, 5, 1)

    first = funnel.refresh(URL, journey="gym", as_of="2026-06-01")
    assert first
    second = funnel.refresh(URL, journey="gym", as_of="2026-06-01")
    assert not second, str(second)

    seen = open_sheet(URL)
    assert {"Funnel", "Funnel history"} <= set(seen.tabs())
    grid = seen.read(TAB)
    totals = grid.anchors["totals"]
    column = next(c for c in range(1, grid.width + 1) if grid[1, c] == "First paid session")
    assert grid[totals.top, column] == 2
    assert sorted(rule.name or "" for rule in grid.rules) == ["green", "red"]
    assert {chart.name for chart in seen.read("Funnel").charts} == {"drop-off", "retention"}

    tab = live.worksheet(TAB)
    tab.insert_row(["Cat Moss", "2026-04-01", 1, 1], 3, value_input_option="USER_ENTERED")
    tab.sort((1, "des"), range=f"A2:E{totals.top - 2}")
    somebody_types_while_we_write(live)
    third = funnel.refresh(URL, journey="gym", as_of="2026-06-01")
    assert third
    grid = open_sheet(URL).read(TAB)
    assert grid[grid.anchors["totals"].top, column] == 3
    assert "Cat Moss" in [grid[row, 1] for row in range(2, 7)]


def somebody_types_while_we_write(live: gspread.Spreadsheet) -> None:
    """An overwritten cell is read from the backup tab and restored."""
    opened = open_clients(URL, "gym")
    plan = plan_refresh(opened, as_of="2026-06-01")
    cells = next(
        change.cells for change in plan.changes if isinstance(change, PutTab) and change.tab == "Funnel"
    )
    cell = next(cell for cell in cells if cell.column > 1)
    at = cell_name(cell.row, cell.column)
    live.worksheet("Funnel").update_acell(at, "by hand")
    with pytest.raises(SheetChanged) as error:
        opened.sheet.apply(plan)
    assert f"{at} on tab 'Funnel' was put back as it was" in str(error.value)
    assert live.worksheet("Funnel").acell(at).value == "by hand"
