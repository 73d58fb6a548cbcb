"""Copy the clients of a sheet into another sheet: a new workbook, or a new tab of a Google Sheet."""

from __future__ import annotations

import datetime as dt
from os import fspath
from typing import TYPE_CHECKING

from funnel.clients import Clients
from funnel.errors import FunnelError, UsageError
from funnel.grid import OUR_LABELS, CellError, Grid, Value, cells_of
from funnel.plan import Cell, Plan, PutTab, StyleName
from funnel.schema import parse, shown, step_date
from funnel.sheets import Sheet, save_copy
from funnel.sheets.run_lock import lock_sheet
from funnel.text import count, listed
from funnel.workflows.load import JourneyLike, Source, open_clients

if TYPE_CHECKING:
    import pandas as pd


_LOOKS: dict[type, StyleName] = {dt.date: "date", dt.datetime: "date"}


def copy_clients(
    source: Source, to: Source, journey: JourneyLike = None, tab: str | None = None
) -> tuple[str, ...]:
    """Copy the clients of a sheet into a new workbook, or into a new tab of a Google Sheet.

    Marks, dates and text keep their cell and their type. A workbook is copied to a workbook byte for byte.

    Parameters
    ----------
    source : a path or a URL.
    to : the name of a new workbook, or the URL of a Google Sheet.
    journey, tab : as for `open_clients`.

    Returns
    -------
    Sentences on what was not copied, from a comparison of the copy with the original.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    UsageError : the new name has the wrong ending.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    opened = open_clients(source, journey, tab)
    if opened.sheet.capabilities.in_engine:
        raise UsageError(
            f"{source} is {opened.sheet.capabilities.label}: its rows are not copied. Write the results into "
            f"a workbook instead: funnel report '{source}' -o summary.xlsx"
        )
    with lock_sheet(to):
        notes = copy_to(opened.sheet, opened.grid, opened.clients, to)
    try:
        made = open_clients(to, journey or opened.clients.journey, opened.grid.tab or None, opened.sheet)
    except (FunnelError, OSError) as error:
        return (*notes, f"The copy was written, but could not be compared with the original: {error}")
    return (*notes, *describe_losses(opened.grid, opened.clients, made.grid, made.clients))


def copy_to(sheet: Sheet, grid: Grid, clients: Clients, to: Source) -> tuple[str, ...]:
    """Copy a sheet into a new workbook or a Google Sheet: a workbook as it is, otherwise its client tab.

    Returns sentences on what could not be written as planned.

    Parameters
    ----------
    grid, clients : the client tab as read and as loaded.
    to : the name of a new workbook, or the address of a Google Sheet, which gets a tab.

    Raises
    ------
    UsageError : the new name has the wrong ending.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    return save_copy(sheet, to, lambda: Plan(fspath(to), (plan_client_tab(sheet, grid, clients),)))


def plan_client_tab(sheet: Sheet, grid: Grid, clients: Clients) -> PutTab:
    """Plan a client tab with every value in its original cell; from then on the tab belongs to the user."""
    header = clients.layout.header if clients.layout else 1
    typed = _typed(clients, grid) if sheet.capabilities.text_only else {}
    ours = our_totals(grid)
    cells = tuple(
        Cell(row, column, value, "header" if row == header else _LOOKS.get(type(value), "plain"))
        for row, column, value in (
            (row, column, typed.get((row, column), value)) for row, column, value in cells_of(grid)
        )
        if not isinstance(value, CellError) and (row, column) not in ours
    )
    return PutTab(
        grid.tab or "Clients", "", cells, create=True, hidden_columns=(), freeze_row=header, gridlines=True,
        widths=dict.fromkeys(range(1, grid.width + 1), 16.0),
    )  # fmt: skip


def our_totals(grid: Grid) -> set[tuple[int, int]]:
    """Return the cells of our totals block, without notes that people typed between them."""
    block = grid.anchors.get("totals")
    cells = cells_of(grid) if block else ()
    return {
        (row, column)
        for row, column, value in cells
        if block and block.contains(row, column)
        and ((row, column) in grid.formulas or value in OUR_LABELS)
    }  # fmt: skip


def _typed(clients: Clients, grid: Grid) -> dict[tuple[int, int], Value]:
    """Return typed values for the cells of a text file: dates, numbers and each `1`."""
    layout, table = clients.layout, clients.table
    found: dict[tuple[int, int], Value] = {}
    if layout is None:
        return found
    headers = {header: column for column, header in layout.headers.items()}
    for name in table:  # columns that rules compare
        read, column = parse(str(name)), headers.get(shown(str(name)))
        if read.kind in ("number", "date") and parse(read.text).kind == "column" and column:
            found |= _values(table, str(name), column, grid)
    for name, column in layout.columns.items():
        dates = step_date(shown(name)) if parse(name).kind == "step" else name
        if dates == name and name not in ("lead_date", "left_date"):
            dates = ""
        if name in table and table[name].dtype == float:
            found |= _values(table, name, column, grid)
        if name in table and table[name].dtype == bool:
            rows = [int(row) for row in table.loc[table[name], "row"]]
            found |= {(row, column): 1 for row in rows if grid[row, column] == "1"}
        if dates in table:
            found |= _values(table, dates, column, grid)
    return found


def _values(table: pd.DataFrame, name: str, column: int, grid: Grid) -> dict[tuple[int, int], Value]:
    """Return the dates or numbers read from a column; other spellings ("1,200", "007") stay text."""
    known = table.loc[table[name].notna(), ["row", name]]
    rows = [int(row) for row in known["row"]]
    if known[name].dtype != float:
        return {(row, column): day for row, day in zip(rows, known[name].dt.date, strict=True)}
    return {
        (row, column): int(number) if number.is_integer() else number
        for row, number in zip(rows, map(float, known[name]), strict=True)
        if str(grid[row, column]).strip() in (f"{number:.15g}", f"{number:.2f}")
    }


def describe_losses(before: Grid, clients: Clients, after: Grid, copied: Clients) -> list[str]:
    """Describe what was not copied, by comparing the copy with the original.

    Parameters
    ----------
    before, clients : the client tab that was copied, as read and as loaded.
    after, copied : the copy.
    """
    formulas = len(before.formulas.keys() - after.formulas.keys() - our_totals(before))
    errors = sum(isinstance(value, CellError) for _, _, value in cells_of(before))
    found = []
    if formulas:
        found.append(f"Formulas were copied as values: {formulas:,}.")
    if errors:
        found.append(f"Cells with an error such as #REF! are empty in the copy: {errors:,}.")
    columns = [str(name) for name in clients.table if name not in ("row", "painted")]
    changed = [
        name for name in columns
        if name not in copied.table or not copied.table[name].equals(clients.table[name])
    ]  # fmt: skip
    if changed:
        found.append(f"{listed(changed)} are read differently in the copy. Compare them.")
    if "painted" in clients.table and (painted := int(clients.table["painted"].notna().sum())):
        found.append(f"Colours were not copied: {count(painted, 'painted row')}.")
    return found
