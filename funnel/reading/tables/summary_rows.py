"""Find rows of totals: our own block, and a person's."""

from __future__ import annotations

import re

from funnel.grid import TOTALS_BESIDE, TOTALS_LABELS, Area, Grid, Value
from funnel.reading.tables.header import Header
from funnel.reading.words.vocabulary import words
from funnel.text import fold

SUMS = re.compile(r"\b(SUM|SUMPRODUCT|SUMIFS?|COUNT|COUNTA|COUNTIFS?|SUBTOTAL|AVERAGE|AGGREGATE)\(|/", re.I)


def find_block(grid: Grid) -> tuple[Area | None, bool]:
    """Find our totals block by its anchor, else by its labels and formulas; and whether by the latter.

    >>> find_block(Grid("Clients", [["Client", "Ana"]]))
    (None, False)
    """
    if "totals" in grid.anchors:
        return grid.anchors["totals"], False
    found = None
    rows = sorted({row for row, _ in grid.formulas if row <= grid.height})
    for column, values in enumerate(grid.values, start=1):
        for row in (row for row in rows if values[row - 1] in (TOTALS_LABELS[0], TOTALS_BESIDE)):
            labels = tuple(grid[row + below, column] for below in range(3))
            formulas = [c for c in range(column + 1, grid.width + 1) if (row, c) in grid.formulas]
            if labels[1:] == TOTALS_LABELS[1:] and formulas and (found is None or row > found.top):
                found = Area(row, column, row + 2, formulas[-1])
    return found, found is not None


def is_total_label(text: Value) -> bool:
    """Return True if a text labels a row of totals, in any of six languages.

    >>> is_total_label("TOTALE:"), is_total_label("% of leads"), is_total_label("Total leads")
    (True, True, True)
    >>> is_total_label("Sum Ting")
    False
    """
    if not isinstance(text, str):
        return False
    labels, parts = words("totals", "labels"), fold(text).split()
    return " ".join(parts) in labels or (
        len(parts) > 1 and parts[0] in labels and set(parts[1:]) <= words("totals", "of")
    )


def summing_rows(grid: Grid, header: Header, block: Area | None) -> set[int]:
    """Return rows with formulas that add up others; none if many rows have them (they are the clients' own).

    The rows of our block are not counted, because a refresh must not change the meaning of the rows above.
    """
    ours = range(block.top, block.bottom + 1) if block else ()
    rows = {
        row
        for (row, _), formula in grid.formulas.items()
        if row > header.row and row not in ours and SUMS.search(formula)
    }
    return rows if len(rows) <= max(5, (grid.height - header.row) // 10) else set()


def first_text(grid: Grid, row: int) -> str | None:
    """Return the first text in a row."""
    for column in grid.values:
        value = column[row - 1]
        if isinstance(value, str) and value.strip():
            return value
    return None
