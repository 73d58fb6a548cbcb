"""Read the options of dropdown cells: a list in their data validation, or cells of another tab."""

from __future__ import annotations

from collections.abc import Mapping

from funnel.grid import Area, Dropdown, Grid


def options_of(grid: Grid, header_row: int, grids: Mapping[str, Grid]) -> dict[int, tuple[str, ...]]:
    """Return the options of each column that has a dropdown below its header.

    >>> from funnel.grid import Dropdown
    >>> grid = Grid("Leads", [["Stage", None]], dropdowns=(Dropdown((Area(2, 1, 9, 1),), ("New", "Won")),))
    >>> options_of(grid, 1, {})
    {1: ('New', 'Won')}
    """
    found: dict[int, tuple[str, ...]] = {}
    for dropdown in grid.dropdowns:
        options = dropdown.options or _looked_up(dropdown, grid, grids)
        if len(options) < 2:
            continue
        for area in dropdown.areas:
            if area.bottom > header_row:
                for column in range(area.left, min(area.right, grid.width) + 1):
                    found.setdefault(column, options)
    return found


def _looked_up(dropdown: Dropdown, grid: Grid, grids: Mapping[str, Grid]) -> tuple[str, ...]:
    """Return the cells that a list refers to ("Lists!$A$2:$A$7"); empty if they cannot be found."""
    tab, _, cells = dropdown.reference.lstrip("=").rpartition("!")
    source = grids.get(tab.strip("'").replace("''", "'")) if tab else grid
    if source is None:
        return ()
    try:
        area = Area.parse(cells)
    except ValueError:
        return ()
    texts = (
        source[row, column]
        for column in range(area.left, min(area.right, source.width) + 1)
        for row in range(area.top, min(area.bottom, source.height) + 1)
    )
    return tuple(dict.fromkeys(str(text).strip() for text in texts if isinstance(text, str) and text.strip()))
