"""Compare a plan with the spreadsheet after the write."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator
from itertools import groupby

from funnel.grid import Grid, Value, cell_name, column_letter, quoted
from funnel.plan import Cell, Change, Formula, Link, Plan, PutBlock, PutRows, PutRules, PutTab, PutValue
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab

HEAD, MORE = 60, 20
"""Rows searched for a column's first value, and rows that may be inserted above it meanwhile."""


def differences(
    plan: Plan, before: Snapshot, after: Snapshot, rewritten: Container[int] = ()
) -> Iterator[str]:
    """Describe each difference from the plan.

    Parameters
    ----------
    before : the spreadsheet before the write.
    after : the spreadsheet after it, with at least the tabs that the plan changes.
    rewritten : the ids of tabs whose block is not written yet.
    """
    for change in plan.changes:
        tab = after.tabs.get(change.tab)
        if not (isinstance(change, PutBlock | PutValue) and tab and tab.id in rewritten):
            yield from _differences_of(change, _blocks_on(change.tab, plan), before, after)


def head_address(tab: Tab) -> str:
    """Return the address of a tab's first rows, which identify its columns."""
    last = max((row for row, _ in _first_values(tab.grid).values()), default=1) + MORE
    return f"{quoted(tab.grid.tab)}!A1:{column_letter(max(tab.columns, 1))}{min(last, tab.rows)}"


def columns_moved(before: Grid, after: Grid) -> bool:
    """Return True if columns were inserted, deleted or moved: a column's first value is not in it now.

    >>> before = Grid("Clients", [["Client", "Ana"], ["Paid", 1]])
    >>> columns_moved(before, before), columns_moved(before, Grid("Clients", [["Client"], [None], ["Paid"]]))
    (False, True)
    """
    for column, (row, first) in _first_values(before).items():
        if not any(after[at, column] == first for at in range(1, row + MORE + 1)):
            return True
    return False


def _first_values(grid: Grid) -> dict[int, tuple[int, Value]]:
    """Return the first value of each column, if it is near the top, with its row."""
    found = {}
    for column in range(1, grid.width + 1):
        rows = range(1, min(HEAD, grid.height) + 1)
        row = next((row for row in rows if grid[row, column] is not None), None)
        if row is not None:
            found[column] = row, grid[row, column]
    return found


def _blocks_on(tab: str, plan: Plan) -> set[tuple[int, int]]:
    """Return the cells of a plan's blocks on a tab."""
    blocks = [change for change in plan.changes if isinstance(change, PutBlock) and change.tab == tab]
    return {(cell.row, cell.column) for block in blocks for cell in block.cells}


def _differences_of(
    change: Change, blocks: set[tuple[int, int]], before: Snapshot, after: Snapshot
) -> Iterator[str]:
    tab, old = after.tabs.get(change.tab), before.tabs.get(change.tab)
    if tab is None:
        yield f"the tab {change.tab!r}"
    elif isinstance(change, PutTab):
        yield from _tab(change, blocks, tab.grid)
    elif (
        old
        and isinstance(change, PutBlock | PutValue | PutRows | PutRules)
        and columns_moved(old.grid, tab.grid)
    ):
        yield f"the columns of tab {change.tab!r}"
    elif isinstance(change, PutBlock):
        yield from _block(change, tab.grid)
    elif isinstance(change, PutRows):
        yield from _rows(change, old.grid if old else None, tab.grid)
    elif isinstance(change, PutRules):
        seen = [(rule.name, rule.areas, rule.formula) for rule in tab.grid.rules if rule.name]
        if len(seen) != len(change.rules) or {(r.name, r.areas, r.formula) for r in change.rules} != set(
            seen
        ):
            yield f"the row colours of tab {change.tab!r}"


def _block(change: PutBlock, grid: Grid) -> Iterator[str]:
    """Describe the difference in a block, at its current rows."""
    found = grid.anchors.get(change.name)
    if found is None:
        yield f"the {change.name} on tab {change.tab!r}"
        return
    down = found.top - change.area.top
    for cell in change.cells:
        if cell.value is None:
            continue
        at = cell.row + down, cell.column
        if isinstance(cell.value, Formula):
            written = grid.formulas.get(at) == cell.value.text
        else:
            written = grid[at] == cell.value
        if not written:
            yield f"{cell_name(*at)} on tab {change.tab!r}"
            return


def _rows(change: PutRows, before: Grid | None, after: Grid) -> Iterator[str]:
    """Describe the new clients who are on no more rows than before."""
    for _, row in groupby(sorted(change.cells, key=lambda cell: cell.row), key=lambda cell: cell.row):
        cells = list(row)
        seen = [
            sum(all(_same(grid[at, cell.column], cell) for cell in cells) for at in range(1, grid.height + 1))
            for grid in (before, after)
            if grid is not None
        ]
        if seen[-1] <= (seen[0] if before else 0):
            yield f"the new client {cells[0].value!r} on tab {change.tab!r}"
            return


def _tab(change: PutTab, blocks: set[tuple[int, int]], after: Grid) -> Iterator[str]:
    """Describe the differences on one of funnel's tabs, except in blocks."""
    for cell in change.cells:
        at = cell.row, cell.column
        if at not in blocks and not _same(after[at], cell):
            yield f"{cell_name(*at)} on tab {change.tab!r}"
    charts = {(chart.name, chart.fingerprint) for chart in after.charts}
    for chart in change.charts:
        if (chart.name, chart.fingerprint) not in charts:
            yield f"the chart {chart.name!r} on tab {change.tab!r}"


def _same(seen: Value, cell: Cell) -> bool:
    value = cell.value
    if isinstance(value, Formula):
        return True  # Google calculates its value
    return same(seen, value.text if isinstance(value, Link) else value)


def same(one: Value, two: Value) -> bool:
    """Return True if two values are equal: numbers to nine digits, blank as empty text.

    >>> same(0.1 + 0.2, 0.3), same(None, ""), same(1, "1")
    (True, True, False)
    """
    if isinstance(one, int | float) and isinstance(two, int | float):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    return (one or None) == (two or None)
