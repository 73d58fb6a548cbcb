"""Write a cell of a client's row by metadata, which moves with the row; append the rows of new clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from funnel.grid import column_letter, quoted
from funnel.plan import Cell, PutRows, PutValue
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Tab
from funnel.sheets.google.write.cells import ROWS_AT_ONCE, Cells
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


def append_rows(tab: Tab, change: PutRows, cells: Cells) -> Iterator[dict[str, Any]]:
    """Yield the requests that append new clients below the last row of a tab."""
    lines = []
    for _, row in groupby(sorted(change.cells, key=lambda cell: cell.row), key=lambda cell: cell.row):
        data = {cell.column: _data(cell, cells, change.formats) for cell in row}
        lines.append({"values": [data.get(column, {}) for column in range(1, max(data) + 1)]})
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    for first in range(0, len(lines), ROWS_AT_ONCE):
        some = lines[first : first + ROWS_AT_ONCE]
        yield {"appendCells": {"sheetId": tab.id, "rows": some, "fields": fields}}


def _data(cell: Cell, cells: Cells, formats: Mapping[int, str]) -> dict[str, Any]:
    """Return the CellData of a client's cell; a date has the date format of its column."""
    if not isinstance(cell.value, dt.date):
        return cells.data(cell, look=False)
    data = cells.data(cell)
    if cell.column in formats:
        pattern = {"type": "DATE", "pattern": formats[cell.column]}
        return {**data, "userEnteredFormat": {"numberFormat": pattern}}
    return data
