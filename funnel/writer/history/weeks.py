"""The tab `Funnel history`: one row for each ISO week, written anew within the week, then left for good.

Where a workbook has several tabs of clients ("2025", "2026"), each has its own row in a week; one that a
person renamed meanwhile keeps its row, for no tab has the old name.

Columns are known by their header, so that a journey that gains a step gains a column at the end, beyond
whatever a person wrote beside.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

from funnel.grid import Grid, Value
from funnel.metrics.core.flags import LEFT as GONE_BY
from funnel.plan import Cell, StyleName
from funnel.writer.ownership import fingerprint, records, seen
from funnel.writer.page import FIRST, tidy
from funnel.writer.summary.tab import leaking

if TYPE_CHECKING:
    from funnel.metrics import Funnel

NAME = "history"
"""The tab's anchor."""

TAB = "Funnel history"
HEADER = 3
WEEK, LEAK = "Week", "The leak"
AS_OF, CLIENTS, LEFT = "As of", "Clients", "Left the journey"
DROP_OFF, OF_N = "Settled drop-off", "of n"
CLIENT_TAB = "Clients on tab"

_HEADERS: dict[StyleName, StyleName] = {"count": "header_number", "rate": "header_number"}

_WEEK = re.compile(r"\d{4}-W\d\d")

Entry = Mapping[str, tuple[Value, StyleName]]


def week(day: dt.date) -> str:
    """Name the ISO week of a day.

    >>> week(dt.date(2026, 7, 1)), week(dt.date(2027, 1, 1))
    ('2026-W27', '2026-W53')
    """
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def entry(funnel: Funnel) -> dict[str, tuple[Value, StyleName]]:
    """What the week's row says, by header."""
    steps = funnel.steps
    said: dict[str, tuple[Value, StyleName]] = {
        WEEK: (week(funnel.as_of), "label"),
        AS_OF: (funnel.as_of, "date"),
        CLIENTS: (funnel.leads, "count"),
    }
    for step, marked in zip(steps["step"], steps["marked"], strict=True):
        said[str(step)] = (tidy_count(marked), "count")
    said[LEFT] = (int(funnel.tally.leads[GONE_BY]) if funnel.has_leaving_data else None, "count")
    worst = leaking(funnel)
    leak = steps[steps["step"] == worst].iloc[0] if worst else None
    said[LEAK] = (worst or "too few to call", "plain")
    said[DROP_OFF] = (None if leak is None else float(leak["settled_drop_off"]), "rate")
    said[OF_N] = (None if leak is None else int(leak["settled_n"]), "count")
    said[CLIENT_TAB] = (funnel.clients.tab or None, "plain")
    return said


def rows(
    grid: Grid | None, funnel: Funnel, today: dt.date, tabs: Iterable[str] = ()
) -> tuple[list[Cell], frozenset[int]]:
    """The cells of the tab that a refresh writes, and the rows it may touch.

    Parameters
    ----------
    grid : the tab as it is; None where it is still to be made.
    today : a week that is over by then stays as it was recorded.
    tabs : the names of all tabs of the sheet.
    """
    said = entry(funnel)
    at = _columns(grid, said)
    apart = _of_others(grid, at[CLIENT_TAB], funnel, tabs)
    row, recorded = _row_of(grid, str(said[WEEK][0]), at[WEEK], apart)
    cells = [
        Cell(1, FIRST, "Week by week", "title"),
        Cell(2, FIRST, "One row a week, as the sheet stood then. Notes beside it are yours.", "note"),
        *(Cell(HEADER, at[name], name, _HEADERS.get(style, "header")) for name, (_, style) in said.items()),
    ]
    if recorded and week(funnel.as_of) != week(today):
        return cells, frozenset(range(1, HEADER + 1))
    cells += [
        Cell(row, at[name], tidy(value), style) for name, (value, style) in said.items() if value is not None
    ]
    return cells, frozenset([*range(1, HEADER + 1), row])


def recorded(grid: Grid | None, funnel: Funnel, tabs: Iterable[str] = ()) -> dict[str, dict[str, Value]]:
    """What the tab says of each week, the earliest first, by header; None where nothing is recorded.

    Parameters
    ----------
    grid : the tab as it is; None where there is none yet.
    funnel : its steps name the columns, under whatever header a person gave them meanwhile.
    tabs : the names of all tabs of the sheet: what is recorded of the clients on another one is left out.
    """
    if grid is None:
        return {}
    at = _columns(grid, entry(funnel))
    apart = _of_others(grid, at[CLIENT_TAB], funnel, tabs)
    found = {
        str(name): {header: grid[row, column] for header, column in at.items()}
        for row in range(HEADER + 1, grid.height + 1)
        if row not in apart and _WEEK.fullmatch(str(name := grid[row, at[WEEK]]))
    }
    return dict(sorted(found.items()))


def widths(funnel: Funnel) -> dict[int, float]:
    """Columns as wide as their headers, and that of the leak as wide as the name of a step."""
    longest = max(map(len, funnel.steps["step"]))
    wide = {name: longest if name == LEAK else len(name) for name in entry(funnel)}
    return {1: 4.0} | {at: max(n + 3.0, 12.0) for at, n in enumerate(wide.values(), start=FIRST)}


def tidy_count(marked: float) -> int | None:
    """A count, or nothing where a step has no cells to count."""
    return None if marked != marked else int(marked)


def _columns(grid: Grid | None, said: Entry) -> dict[str, int]:
    """The column of each header: where it stands, where we wrote it, or a new one at the end."""
    if grid is None:
        return {name: column for column, name in enumerate(said, start=FIRST)}
    written = records(grid).get(HEADER)
    ink = {before: column for column, (before, _) in written.cells.items()} if written else {}
    found: dict[str, int] = {}
    free = max([grid.width, *ink.values(), FIRST - 1]) + 1
    for name in said:
        mark = fingerprint(name)
        standing = (c for c in range(FIRST, grid.width + 1) if fingerprint(seen(grid, HEADER, c)) == mark)
        column = next(standing, None) or ink.get(mark)
        if column is None or column in found.values():
            column, free = free, free + 1
        found[name] = column
    return found


def _of_others(grid: Grid | None, column: int, funnel: Funnel, tabs: Iterable[str]) -> frozenset[int]:
    """The rows that tell of the clients on another tab that the sheet has."""
    others = {tab.casefold() for tab in tabs} - {funnel.clients.tab.casefold()}
    rows = range(HEADER + 1, grid.height + 1) if grid and others else ()
    return frozenset(row for row in rows if grid and str(grid[row, column]).casefold() in others)


def _row_of(grid: Grid | None, name: str, column: int, apart: Container[int]) -> tuple[int, bool]:
    """The row of a week and whether it has one; else the first row below all that the tab holds."""
    if grid is None:
        return HEADER + 1, False
    mark = fingerprint(name)
    for row, record in records(grid).items():
        if row > HEADER and row not in apart and record.cells.get(column, ("",))[0] == mark:
            return row, True
    for row in range(HEADER + 1, grid.height + 1):
        if row not in apart and fingerprint(seen(grid, row, column)) == mark:
            return row, True
    return max(grid.height, HEADER) + 1, False
