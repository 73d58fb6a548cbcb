"""Where `values.append` appends: below the last table that a range meets.

A table is a block of cells with values, closed off by blank rows and columns.
"""

from __future__ import annotations

from .a1 import Box
from .ranges import Found


def last_table(found: Found) -> Box | None:
    """The last (lowest, then rightmost) block of touching cells that lies in or reaches into a range."""
    tab, box = found.tab, found.box
    seeds = [(row, column) for row, column, cell in tab.filled(box) if "userEnteredValue" in cell]
    if not seeds:
        return None
    row, column = max(seeds)
    block = Box(tab.id, row, row + 1, column, column + 1)
    while True:
        wider = _grown(found, block)
        if wider == block:
            return block
        block = wider


def _grown(found: Found, block: Box) -> Box:
    """The block with every touching cell that holds a value (a diagonal touch counts)."""
    top, bottom, left, right = block.top or 0, block.bottom or 0, block.left or 0, block.right or 0
    height, width = found.tab.size
    around = Box(
        block.sheet_id, max(0, top - 1), min(height, bottom + 1), max(0, left - 1), min(width, right + 1)
    )
    cells = [(row, column) for row, column, cell in found.tab.filled(around) if "userEnteredValue" in cell]
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    return Box(
        block.sheet_id,
        min(top, *rows), max(bottom, *(row + 1 for row in rows)),
        min(left, *columns), max(right, *(column + 1 for column in columns)),
    )  # fmt: skip
