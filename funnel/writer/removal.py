"""Grids -> Plan to remove everything that we wrote, and nothing of a person's.

What is ours: docs/definitions.md#ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from funnel.clients import Layout
from funnel.grid import Grid, cell_name, cells_of
from funnel.plan import OUR_FILLS, Cell, Change, DropTab, Plan, PutFills, PutRules, Withdraw
from funnel.reading.tables.summary_rows import find_block
from funnel.text import count, listed
from funnel.writer.areas import rectangles, runs
from funnel.writer.ownership import RECORD_COLUMN, fingerprint, records, seen
from funnel.writer.totals.block import NAME as TOTALS
from funnel.writer.totals.place import own_cells

_NAMED = 5  # cells that a sentence names one by one


def plan_removal(
    grids: Mapping[str, Grid], attached: Mapping[str, Sequence[str]], *, source: str, version: str
) -> Plan:
    """Plan to remove our work from a sheet: totals, row colours, our tabs with their charts.

    A tab of ours is deleted only if it contains nothing of a person's and nothing of a person's reads it;
    else only our own cells and charts are removed from it. Our paint is removed from tabs with our totals or
    rules.

    Parameters
    ----------
    grids : every tab, by name.
    attached : for each tab of ours, descriptions of what a person would lose with it besides its cells.
    source, version : as for `Plan`.

    >>> grids = {"Clients": Grid("Clients", [["Client", "Ana"]])}
    >>> print(plan_removal(grids, {}, source="a.xlsx", version=""))
    a.xlsx: nothing to change.
    """
    own_tabs = {tab: anchor for tab, grid in grids.items() if (anchor := anchor_of(grid))}
    changes: list[Change] = []
    kept: list[str] = []
    for tab in (tab for tab in grids if tab not in own_tabs):
        found, sentences = _from_clients(grids[tab])
        changes += found
        kept += sentences
    in_view = any(not grid.hidden for tab, grid in grids.items() if tab not in own_tabs)
    for tab, anchor in own_tabs.items():
        reasons = [*_typed(grids[tab]), *attached.get(tab, ())]
        if not reasons and not in_view:
            reasons, in_view = ["every other tab is hidden"], True
        if not reasons:
            changes.append(DropTab(tab, anchor))
            continue
        kept.append(f"Tab {tab!r} stays, because {listed(reasons)}. What we wrote on it is removed.")
        changes += _withdrawn(grids[tab], anchor)
    return Plan(source, tuple(changes), version, kept=tuple(kept))


def anchor_of(grid: Grid) -> str | None:
    """Return the anchor of a tab that is ours; None for any other tab."""
    return next((name for name in grid.anchors if name != TOTALS), None)


def _from_clients(grid: Grid) -> tuple[list[Change], list[str]]:
    """Plan to remove rules, paint and totals from a person's tab; with sentences on what stays."""
    block, _ = find_block(grid)
    rules = any(rule.name for rule in grid.rules)
    if block is None and not rules:
        return [], []
    found: list[Change] = [PutRules(grid.tab, ())] if rules else []
    painted = _painted(grid)
    found += [painted] if painted else []
    if block is None:
        return found, []
    own = own_cells(grid, Layout(header=0, first=1, last=0, columns={}, block=block))
    cells = tuple(Cell(row, column, None) for row, column in sorted(own))
    if cells or TOTALS in grid.anchors:
        found.append(Withdraw(grid.tab, TOTALS, block, cells))
    inside = [(r, c) for r, c in _filled(grid) if block.contains(r, c) and (r, c) not in own]
    return found, [f"Tab {grid.tab!r}: {_cells(inside)} in the rows of the totals not removed."] * bool(
        inside
    )


def _painted(grid: Grid) -> PutFills | None:
    """Plan to clear the cells with one of our two colours; None if there are none."""
    shades = {index for index, style in enumerate(grid.palette) if style.fill in OUR_FILLS.values()}
    if not shades:
        return None
    rows: dict[int, list[int]] = {}
    for column, styles in enumerate(grid.styles, start=1):
        for row, style in enumerate(styles, start=1):
            if style in shades:
                rows.setdefault(row, []).append(column)
    areas = tuple(rectangles((row, runs(columns)) for row, columns in sorted(rows.items())))
    return PutFills(grid.tab, (), areas) if areas else None


def _withdrawn(page: Grid, anchor: str) -> Iterator[Change]:
    """Yield what to remove from a tab of ours that is not deleted."""
    cells = tuple(Cell(row, column, None) for row, column in sorted(_written(page)))
    charts = tuple(sorted({chart.name for chart in page.charts if chart.name}))
    if cells or charts:
        yield Withdraw(page.tab, anchor, None, cells, charts)


def _written(page: Grid) -> set[tuple[int, int]]:
    """Return the cells of a tab of ours that still contain what we wrote, and those of our records."""
    found = set()
    for row, record in records(page).items():
        found.add((row, RECORD_COLUMN))
        found |= {
            (row, column)
            for column, (content, _) in record.cells.items()
            if page[row, column] is not None and fingerprint(seen(page, row, column)) == content
        }
    return found


def _typed(page: Grid) -> list[str]:
    """List what a person typed on a tab of ours, and their rules that colour it."""
    own = _written(page)
    typed = [cell for cell in _filled(page) if cell not in own]
    found = [f"{_cells(typed)} typed by hand"] if typed else []
    return found + (["a rule of yours colours it"] if any(not rule.name for rule in page.rules) else [])


def _filled(grid: Grid) -> list[tuple[int, int]]:
    """Return the cells that are not blank, row by row."""
    return sorted({(row, column) for row, column, _ in cells_of(grid)} | grid.formulas.keys())


def _cells(cells: Sequence[tuple[int, int]]) -> str:
    """Name cells; only the first if there are many.

    >>> _cells([(2, 3)]), _cells([(row, 1) for row in range(1, 8)])
    ('C2', 'A1, A2, A3, A4, A5 and 2 more cells')
    """
    names = [cell_name(row, column) for row, column in cells[:_NAMED]]
    more = len(cells) - len(names)
    return listed([*names, f"{count(more, 'more cell')}"] if more else names)
