"""Tabs whose clients are in columns: swap rows and columns."""

from __future__ import annotations

from funnel.grid import Grid

_WIDEST = 300
_MORE = 4  # clients; with fewer, rows and columns cannot be told apart


def turned(grid: Grid) -> Grid | None:
    """Swap rows and columns; None if a tab has too many rows for a list of steps.

    >>> turned(Grid("T", [["Client", "Called"], *([["Ana", 1]] * 5)])).values[0][:2]
    ('Client', 'Ana')
    """
    if not 2 <= grid.height <= 60 or not _MORE <= grid.width <= _WIDEST:
        return None
    rows = [tuple(column[row] for column in grid.values) for row in range(grid.height)]
    return Grid(grid.tab, rows, hidden=grid.hidden, anchors={})
