"""The tab `Funnel history`: one row for each ISO week, updated during the week and unchanged afterwards.

In a workbook with several tabs of clients ("2025", "2026"), each has its own row in a week. A renamed tab
keeps its rows, because no other tab has the old name.

Columns are matched by header; a renamed stage keeps the column of its former name (`was`). They follow the
order of the journey as long as all cells are ours; else a new step gets a column at the end, after any
columns of a person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

from funnel.grid import Grid, Value
from funnel.metrics.core.flags import LEFT as HAS_LEFT
from funnel.plan import Cell, StyleName
from funnel.writer.ownership import fingerprint, records, seen
from funnel.writer.page import FIRST, tidy
from funnel.writer.summary.tab import leaking

if TYPE_CHECKING:
    from funnel.journey import Journey
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
    """Return the values of the week's row, by header."""
    steps = funnel.steps
    values: dict[str, tuple[Value, StyleName]] = {
        WEEK: (week(funnel.as_of), "label"),
        AS_OF: (funnel.as_of, "date"),
        CLIENTS: (funnel.leads, "count"),
    }
    for step, marked in zip(steps["step"], steps["marked"], strict=True):
        values[str(step)] = (count_or_none(marked), "count")
    values[LEFT] = (int(funnel.tally.leads[HAS_LEFT]) if funnel.has_leaving_data else None, "count")
    worst = leaking(funnel)
    leak = steps[steps["step"] == worst].iloc[0] if worst else None
    values[LEAK] = (worst or "too few to call", "plain")
    values[DROP_OFF] = (None if leak is None else float(leak["settled_drop_off"]), "rate")
    values[OF_N] = (None if leak is None else int(leak["settled_n"]), "count")
    values[CLIENT_TAB] = (funnel.clients.tab or None, "plain")
    return values


def rows(
    grid: Grid | None, funnel: Funnel, today: dt.date, tabs: Iterable[str] = ()
) -> tuple[list[Cell], frozenset[int]]:
    """Return the cells that a refresh writes on the tab, and the rows it may change.

    Parameters
    ----------
    grid : the present tab; None if there is none yet.
    today : the rows of earlier weeks do not change.
    tabs : the names of all tabs of the sheet.
    """
    values = entry(funnel)
    at = _columns(grid, values, funnel.journey)
    others = _rows_of_other_tabs(grid, at[CLIENT_TAB], funnel, tabs)
    row, is_recorded = _row_of(grid, str(values[WEEK][0]), at[WEEK], others)
    moved, at = _in_order(grid, values, at)
    former = [] if moved else _former_headers(grid, at)
    cells = [
        Cell(1, FIRST, "Week by week", "title"),
        Cell(2, FIRST, "One row for each week, as of that week. Your notes are kept.", "note"),
        *(Cell(HEADER, at[name], name, _HEADERS.get(style, "header")) for name, (_, style) in values.items()),
        *former,
    ]
    past = frozenset(cell.row for cell in moved)
    if is_recorded and week(funnel.as_of) != week(today):
        return [*cells, *moved], frozenset(range(1, HEADER + 1)) | past
    cells += [cell for cell in moved if cell.row != row]
    cells += [
        Cell(row, at[name], tidy(value), style)
        for name, (value, style) in values.items()
        if value is not None
    ]
    return cells, frozenset([*range(1, HEADER + 1), row]) | past


def recorded(grid: Grid | None, funnel: Funnel, tabs: Iterable[str] = ()) -> dict[str, dict[str, Value]]:
    """Return the values recorded for each week, by header, the earliest week first; None for empty cells.

    Parameters
    ----------
    grid : the present tab; None if there is none yet.
    funnel : its steps are the headers, which a person may have renamed since.
    tabs : the names of all tabs of the sheet; rows of another tab of clients are skipped.
    """
    if grid is None:
        return {}
    at = _columns(grid, entry(funnel), funnel.journey)
    others = _rows_of_other_tabs(grid, at[CLIENT_TAB], funnel, tabs)
    found = {
        str(name): {header: grid[row, column] for header, column in at.items()}
        for row in range(HEADER + 1, grid.height + 1)
        if row not in others and _WEEK.fullmatch(str(name := grid[row, at[WEEK]]))
    }
    return dict(sorted(found.items()))


def new_order(grid: Grid | None, funnel: Funnel) -> list[str]:
    """Return the steps in their new order, if their columns are in another order; else an empty list."""
    if grid is None:
        return []
    at = _columns(grid, entry(funnel), funnel.journey)
    steps = [str(step) for step in funnel.steps["step"]]
    recorded = [step for step in steps if at[step] <= grid.width]
    return steps if recorded != sorted(recorded, key=lambda step: at[step]) else []


def widths(funnel: Funnel) -> dict[int, float]:
    """Return the width of each column: that of its header, or of the longest step name for the leak."""
    longest = max(map(len, funnel.steps["step"]))
    wide = {name: longest if name == LEAK else len(name) for name in entry(funnel)}
    return {1: 4.0} | {at: max(n + 3.0, 12.0) for at, n in enumerate(wide.values(), start=FIRST)}


def count_or_none(marked: float) -> int | None:
    """Convert a count to int; NaN (a step without cells) to None."""
    return None if marked != marked else int(marked)


def _columns(grid: Grid | None, values: Entry, journey: Journey) -> dict[str, int]:
    """Return the column of each header: where it is now, where we wrote it, or a new one at the end.

    A stage without a column of its name takes that of a former name.
    """
    if grid is None:
        return {name: column for column, name in enumerate(values, start=FIRST)}
    record = records(grid).get(HEADER)
    written = {print_: column for column, (print_, _) in record.cells.items()} if record else {}
    headers = {fingerprint(seen(grid, HEADER, c)): c for c in range(grid.width, FIRST - 1, -1)}
    former = {stage.name: stage.was for stage in journey.stages}
    found: dict[str, int] = {}
    free = max([grid.width, *written.values(), FIRST - 1]) + 1
    for name in values:
        prints = [fingerprint(known) for known in (name, *former.get(name, ()))]
        column = next((at[p] for p in prints for at in (headers, written) if p in at), None)
        if column is None or column in found.values():
            column, free = free, free + 1
        found[name] = column
    return found


def _in_order(grid: Grid | None, values: Entry, at: dict[str, int]) -> tuple[list[Cell], dict[str, int]]:
    """Return the cells of past rows in the order of the journey, and the columns then.

    No cells, and the columns as they are, if they are in order or a person wrote on the tab.
    """
    columns = list(at.values())
    if grid is None or columns == sorted(columns) or not _all_ours(grid):
        return [], at
    header = [seen(grid, HEADER, c) for c in range(FIRST, grid.width + 1)]
    others = [c for c, name in enumerate(header, start=FIRST) if name and c not in columns]  # of former steps
    to = {column: new for new, column in enumerate([*columns, *others], start=FIRST)}
    styles = {column: style for column, (_, style) in zip(columns, values.values(), strict=True)}
    cells = [Cell(HEADER, to[column], grid[HEADER, column], "header_number") for column in others]
    cells += [
        Cell(row, new, value, styles.get(column, "count"))
        for row in range(HEADER + 1, grid.height + 1)
        for column, new in to.items()
        if (value := grid[row, column]) not in (None, "")
    ]
    return cells, {name: to[column] for name, column in at.items()}


def _former_headers(grid: Grid | None, at: Mapping[str, int]) -> list[Cell]:
    """Return the headers of ours for steps that the journey no longer has; their past counts stay."""
    written = records(grid).get(HEADER) if grid else None
    return [
        Cell(HEADER, column, value, "header_number")
        for column in (written.cells if written else ())
        if grid and column not in at.values() and (value := grid[HEADER, column]) not in (None, "")
    ]


def _all_ours(grid: Grid) -> bool:
    """Return True if every cell from the headers down is as we wrote it."""
    written = records(grid)
    return not grid.formulas and all(
        row in written and fingerprint(grid[row, column]) == written[row].cells.get(column, ("",))[0]
        for row in range(HEADER, grid.height + 1)
        for column in range(FIRST, grid.width + 1)
        if grid[row, column] not in (None, "")
    )


def _rows_of_other_tabs(
    grid: Grid | None, column: int, funnel: Funnel, tabs: Iterable[str]
) -> frozenset[int]:
    """Return the rows for clients on another tab of the sheet."""
    others = {tab.casefold() for tab in tabs} - {funnel.clients.tab.casefold()}
    rows = range(HEADER + 1, grid.height + 1) if grid and others else ()
    return frozenset(row for row in rows if grid and str(grid[row, column]).casefold() in others)


def _row_of(grid: Grid | None, name: str, column: int, others: Container[int]) -> tuple[int, bool]:
    """Return the row of a week and True; or the first free row and False."""
    if grid is None:
        return HEADER + 1, False
    print_ = fingerprint(name)
    for row, record in records(grid).items():
        if row > HEADER and row not in others and record.cells.get(column, ("",))[0] == print_:
            return row, True
    for row in range(HEADER + 1, grid.height + 1):
        if row not in others and fingerprint(seen(grid, row, column)) == print_:
            return row, True
    return max(grid.height, HEADER) + 1, False
