"""What came back after a write, compared with what was planned."""

from __future__ import annotations

import math
from collections.abc import Iterator

from funnel.grid import Area, Grid, Value, cell_name
from funnel.plan import Cell, Change, DropTab, Formula, Link, Plan, PutBlock, PutRules, PutTab, Withdraw
from funnel.sheets.google.read import Snapshot


def differences(plan: Plan, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Say what does not stand as planned, in words; nothing where all does.

    Parameters
    ----------
    before : the spreadsheet as the plan was made for it.
    after : what was read back: at least the tabs that the plan changes.
    """
    for change in plan.changes:
        yield from _of(change, _blocks_on(change.tab, plan), before, after)


def _blocks_on(tab: str, plan: Plan) -> set[tuple[int, int]]:
    """The cells of the blocks that a plan puts on a tab, which may be one that it makes."""
    blocks = [change for change in plan.changes if isinstance(change, PutBlock) and change.tab == tab]
    return {(cell.row, cell.column) for block in blocks for cell in block.cells}


def _of(change: Change, blocks: set[tuple[int, int]], before: Snapshot, after: Snapshot) -> Iterator[str]:
    tab = after.tabs.get(change.tab)
    if isinstance(change, DropTab):
        yield from [f"the tab {change.tab!r} that was to go"] if tab else []
        return
    if tab is None:
        yield f"the tab {change.tab!r} is gone"
        return
    if isinstance(change, PutBlock):
        yield from _block(change, tab.grid)
    elif isinstance(change, PutRules):
        seen = [(rule.name, rule.areas, rule.formula) for rule in tab.grid.rules if rule.name]
        if len(seen) != len(change.rules) or {(r.name, r.areas, r.formula) for r in change.rules} != set(
            seen
        ):
            yield f"the row colours of tab {change.tab!r}"
    elif isinstance(change, Withdraw):
        if change.area and change.name in tab.grid.anchors:
            yield f"the {change.name} on tab {change.tab!r}"
        elif not change.area and any(tab.grid[cell.row, cell.column] is not None for cell in change.cells):
            yield f"what we wrote on tab {change.tab!r}"
    elif isinstance(change, PutTab):
        old = before.tabs.get(change.tab)
        yield from _tab(change, blocks, old.grid if old else Grid(change.tab, ()), tab.grid)


def _block(change: PutBlock, grid: Grid) -> Iterator[str]:
    """The block, wherever its rows are by now."""
    written = [cell for cell in change.cells if cell.value is not None]
    found = grid.anchors.get(change.name)
    if not written and found == change.area:
        return
    if found is None:
        yield f"the {change.name} on tab {change.tab!r}"
        return
    down = found.top - change.area.top
    for cell in written:
        at = cell.row + down, cell.column
        if isinstance(cell.value, Formula):
            stands = grid.formulas.get(at) == cell.value.text
        else:
            stands = grid[at] == cell.value
        if not stands:
            yield f"{cell_name(*at)} on tab {change.tab!r}"
            return


def _tab(change: PutTab, blocks: set[tuple[int, int]], before: Grid, after: Grid) -> Iterator[str]:
    """One of our tabs: what we wrote, blocks apart, and that nobody else wrote meanwhile."""
    written = {(cell.row, cell.column): cell for cell in change.cells}
    height, width = max(before.height, after.height), max(before.width, after.width)
    area = Area(1, 1, max([height, *(r for r, _ in written)]), max([width, *(c for _, c in written)]))
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            cell = written.get((row, column))
            if (row, column) not in blocks and not (
                _same(after[row, column], cell) if cell else same(after[row, column], before[row, column])
            ):
                yield f"{cell_name(row, column)} on tab {change.tab!r}"
                return
    charts = {(chart.name, chart.fingerprint) for chart in after.charts}
    for chart in change.charts:
        if (chart.name, chart.fingerprint) not in charts:
            yield f"the chart {chart.name!r} on tab {change.tab!r}"


def _same(seen: Value, cell: Cell) -> bool:
    value = cell.value
    if isinstance(value, Formula):
        return True  # its value is Google's to work out
    return same(seen, value.text if isinstance(value, Link) else value)


def same(one: Value, two: Value) -> bool:
    """Whether two values are the same: numbers to nine digits, blank as empty text.

    >>> same(0.1 + 0.2, 0.3), same(None, ""), same(1, "1")
    (True, True, False)
    """
    if isinstance(one, int | float) and isinstance(two, int | float):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    return (one or None) == (two or None)
