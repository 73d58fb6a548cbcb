"""The colour of each row by its own cells, and the colours that a person gave it.

A row is green once its paid step is marked, red once the client has left; red wins. A person's paint is never
covered: neither rows painted in another colour, nor single cells in a colour that means something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from funnel import definitions
from funnel.clients import Clients
from funnel.grid import Grid
from funnel.journey.conditions import Condition
from funnel.metrics.core.condition_expressions import expression
from funnel.metrics.core.frames import collect, lazy
from funnel.plan import OUR_FILLS
from funnel.schema import step_date, step_mark
from funnel.writer.areas import Span

if TYPE_CHECKING:
    from funnel.metrics import Funnel

Color: TypeAlias = Literal["green", "red"]

DECORATION = 1 / 3
"""A fill on at least this share of the rows is decoration (stripes, a shaded column)."""

_PLAIN = {None, "FFFFFF", *OUR_FILLS.values()}


def row_colors(totals: Funnel) -> dict[int, Color]:
    """Return the colour of each row by its own cells; rows without a colour are missing."""
    table, paid = totals.clients.table, totals.journey.paid
    date, reason = (name if name in table else None for name in ("left_date", "left_reason"))
    conditions: dict[Color, Condition] = {"red": definitions.left(date, reason)}
    if paid is not None and step_mark(paid.name) in table:
        when = step_date(paid.name)
        conditions["green"] = definitions.marked(step_mark(paid.name), when if when in table else None)
    holds = {color: expression(condition, totals.as_of) for color, condition in conditions.items()}
    found = collect(lazy(table).with_columns(**holds).select("row", *holds))
    colors: dict[int, Color] = {}
    for color in ("green", "red"):  # red wins
        if color in found:
            colors |= dict.fromkeys(map(int, found["row"][found[color]]), color)
    return colors


def painted_differently(clients: Clients, colors: Mapping[int, Color]) -> set[int]:
    """Return the rows that a person painted red or green, unlike their own cells' colour."""
    if "painted" not in clients.table:
        return set()
    painted = clients.table[clients.table["painted"].notna()]
    pairs = zip(map(int, painted["row"]), painted["painted"], strict=True)
    return {row for row, color in pairs if colors.get(row) != color}


def meaningful_fills(grid: Grid, clients: Clients, across: Span, rows: Span) -> dict[int, frozenset[int]]:
    """Return, by row, the columns in which a person's colour has a meaning.

    Parameters
    ----------
    across : the columns in question.
    rows : first and last row of the clients.
    """
    coloured = np.array([style.fill not in _PLAIN for style in grid.palette])
    painted = clients.table.get("painted")
    agreed = set() if painted is None else set(clients.table["row"][painted.notna()])
    found: dict[int, dict[int, str | None]] = {}
    for column in range(across[0], min(across[1], len(grid.styles)) + 1):
        styles = np.asarray(grid.styles[column - 1][rows[0] - 1 : rows[1]], dtype=np.intp)
        for at in np.flatnonzero(coloured[styles]).tolist():
            if rows[0] + at not in agreed:
                found.setdefault(rows[0] + at, {})[column] = grid.palette[styles[at]].fill
    return _without_decoration(found, rows[1] - rows[0] + 1)


def _without_decoration(
    found: Mapping[int, Mapping[int, str | None]], rows: int
) -> dict[int, frozenset[int]]:
    """Drop the fills that are decoration."""
    common = Counter(fill for cells in found.values() for fill in set(cells.values()))
    rare = {fill for fill, n in common.items() if n < DECORATION * rows}
    kept = {row: frozenset(c for c, fill in cells.items() if fill in rare) for row, cells in found.items()}
    return {row: columns for row, columns in kept.items() if columns}
