"""Make room for new clients: blank rows below the others, and the totals block below those."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.grid import Grid, cell_name
from funnel.plan import Cell, PutBlock
from funnel.text import count
from funnel.writer.totals.block import put_totals
from funnel.writer.totals.place import SPACERS, own_cells, place


def blank_rows(grid: Grid, clients: Clients, n: int, columns: Set[int]) -> list[int]:
    """Return the `n` rows below the last client; rows of our own totals count as blank, because they move.

    Parameters
    ----------
    columns : the columns that are written.

    Raises
    ------
    UsageError : one of these rows has content.
    """
    layout = clients.layout
    assert layout is not None
    own, last = own_cells(grid, layout), max(layout.last, layout.first - 1)
    like = max(last, layout.first)
    for row in range(last + 1, last + 1 + n):
        taken = next(_content(grid, row, like, own, columns), None)
        if taken:
            raise UsageError(
                f"{clients.source}, tab {grid.tab!r}: {count(n, 'new client')} would go below row {last:,}, "
                f"but {taken} is not blank. Insert {count(last + n + 1 - row, 'row')} above row {row:,}, "
                "and try again."
            )
    return list(range(last + 1, last + 1 + n))


def _content(grid: Grid, row: int, like: int, own: Set[tuple[int, int]], columns: Set[int]) -> Iterator[str]:
    """Yield the cells of a row with content, without unticked boxes and formulas that each client has."""
    for column in range(1, grid.width + 1):
        at = row, column
        if at in own:
            continue
        if at in grid.formulas:
            if column in columns or (like, column) not in grid.formulas:
                yield cell_name(row, column)
        elif grid[at] not in (None, False, ""):
            yield cell_name(row, column)


def move_totals(grid: Grid, clients: Clients, cells: Sequence[Cell], today: dt.date) -> list[PutBlock]:
    """Return the change that moves our totals below new clients; none if they are not in the way."""
    from funnel.loader import load
    from funnel.metrics import Funnel

    layout = clients.layout
    assert layout is not None
    block, last = layout.block, max(cell.row for cell in cells)
    if block is None or block.bottom < layout.header or last + SPACERS < block.top:
        return []
    own = own_cells(grid, layout)
    after = _written(grid, own, cells)
    loaded = load(after, clients.journey, source=clients.source)
    assert loaded.layout is not None
    spot = place(after, loaded, loaded.layout, "bottom")
    moved, _ = put_totals(after, loaded.layout, spot, Funnel(loaded, today))
    if moved is None:
        return []
    kept = {(cell.row, cell.column) for cell in moved.cells}
    emptied = tuple(Cell(*at, None) for at in sorted(own - kept))
    return [replace(moved, cells=(*emptied, *moved.cells), previous=block)]


def _written(grid: Grid, own: Iterable[tuple[int, int]], cells: Sequence[Cell]) -> Grid:
    """Return the grid without our totals, and with the new clients."""
    height = max([grid.height, *(cell.row for cell in cells)])
    width = max([grid.width, *(cell.column for cell in cells)])
    blank = [None] * (height - grid.height)
    values = [[*column, *blank] for column in grid.values]
    values += [[None] * height for _ in range(width - grid.width)]
    for row, column in own:
        values[column - 1][row - 1] = None
    for cell in cells:
        values[cell.column - 1][cell.row - 1] = cell.value  # type: ignore[assignment]
    formulas = {at: text for at, text in grid.formulas.items() if at not in own}
    anchors = {name: area for name, area in grid.anchors.items() if name != "totals"}
    return replace(grid, values=values, formulas=formulas, anchors=anchors)
