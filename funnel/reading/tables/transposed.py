"""Tabs whose clients are in columns: the same tab with rows and columns turned."""

from __future__ import annotations

from funnel.grid import Grid

_WIDEST = 300
_MORE = 4  # clients below which nobody could tell rows from columns


def turned(grid: Grid) -> Grid | None:
    """Turn rows and columns; None where a tab is too long to be one of few steps and many columns.

    >>> turned(Grid("T", [["Client", "Called"], *([["Ana", 1]] * 5)])).values[0][:2]
    ('Client', 'Ana')
    """
    if not 2 <= grid.height <= 60 or not _MORE <= grid.width <= _WIDEST:
        return None
    rows = [tuple(column[row] for column in grid.values) for row in range(grid.height)]
    return Grid(grid.tab, rows, hidden=grid.hidden, anchors={})
