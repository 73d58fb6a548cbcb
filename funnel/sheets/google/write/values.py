"""Write one cell of a client's row by metadata, so that it is found after the row has moved."""

from __future__ import annotations

from funnel.grid import column_letter, quoted
from funnel.plan import PutValue
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Tab
from funnel.sheets.google.write.totals_block import ROWS_AROUND, Rewrite, Steps
from funnel.text import escape_formula

KEY = "funnel.move"


def put_value(tab: Tab, change: PutValue) -> Steps:
    """Return the steps that mark the row, and write the cell if the row has not changed since it was read."""
    row, mark = change.cell.row, ids.fixed_id("move", tab.id)
    unmark = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": mark}}}}
    line = {"sheetId": tab.id, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}
    made = {"metadataId": mark, "metadataKey": KEY, "location": {"dimensionRange": line}}
    made["visibility"] = "DOCUMENT"
    value = change.cell.value
    typed = {change.cell.column: "" if value is None else escape_formula(str(value))}
    address = f"A{max(1, row - ROWS_AROUND)}:{column_letter(tab.columns)}{row + ROWS_AROUND}"
    return Steps(
        requests=[
            *([unmark] if mark in tab.marked else []),
            {"createDeveloperMetadata": {"developerMetadata": made}},
        ],
        rewrites=[Rewrite(tab.id, mark, row, typed, change.was)],
        watched=[f"{quoted(tab.grid.tab)}!{address}"],
        last=[unmark],
    )
