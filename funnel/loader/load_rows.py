"""Load a tab with a row for each client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from funnel.cells.columns import read_dates, read_marks, read_texts
from funnel.cells.date_order import DateOrders, decide_date_orders
from funnel.cells.dates import Order
from funnel.cells.times import has_zone, in_zone, read_times
from funnel.clients import Clients, Layout, Problem, Reading
from funnel.grid import Area, Grid, Value
from funnel.journey import Journey
from funnel.loader.checks import (
    cell_problems,
    client_problems,
    half_read_dates,
    mixed_marks,
    row_problems,
    uncalculated,
)
from funnel.loader.detect_journey import Choice, choose, understood
from funnel.loader.duplicates import double_problems, spelling_problems
from funnel.loader.money import read_money
from funnel.loader.paint import agreement, paint_problems, painted
from funnel.loader.rows import Rows, find_rows
from funnel.loader.rules import Bound, bind_rules
from funnel.loader.sheet_rows import DATE_ROLES, SheetRows
from funnel.loader.stages import journey_problems, read_stages, stage_notes
from funnel.loader.table import make_table
from funnel.reading.match_columns import Columns
from funnel.reading.tables.header import Header
from funnel.reading.tables.summary_rows import find_block
from funnel.text import count, listed


def load_rows(
    grid: Grid,
    journey: Journey,
    *,
    source: str = "",
    dates: Order | None = None,
    reading: Reading | None = None,
) -> Clients:
    """Read the clients of a tab with a row for each; parameters as for `load`.

    Parameters
    ----------
    reading : the reading that the journey was made from; None if it is declared.
    """
    chosen = understood(grid, reading, journey) if reading else choose(grid, journey, source)
    grid, zones = _in_business_zone(grid, chosen)
    orders = _orders(grid, chosen.header, chosen.columns, chosen.journey, dates)
    cells = _read(grid, chosen.header, chosen.journey, chosen.columns, orders, strict=dates is not None)
    block, by_labels = find_block(grid)
    rows = find_rows(cells, block)
    clients = rows.clients.tolist()
    paint = painted(cells, clients, agreement(cells, rows.clients))
    bound, money = _staged(cells, clients, source), read_money(cells, clients)
    problems = [
        *journey_problems(chosen.journey),
        *chosen.problems,
        *orders.problems,
        *cell_problems(cells, clients),
        *uncalculated(cells, clients),
        *half_read_dates(cells, clients),
        *client_problems(cells, clients),
        *money.problems,
        *mixed_marks(cells, clients),
        *double_problems(cells, clients),
        *spelling_problems(cells, clients),
        *paint_problems(cells, clients, paint),
        *row_problems(cells, rows),
        *bound.problems,
    ]
    return Clients(
        table=make_table(cells, rows.clients, paint, money.columns, bound.columns),
        journey=bound.journey,
        problems=tuple(sorted(problems, key=_place)),
        assumed=(
            *chosen.assumed,
            *orders.assumed,
            *(*zones, *money.assumed, *grid.notes),
            *_left_out(cells, rows),
            *stage_notes(cells),
        ),
        source=source,
        tab=grid.tab,
        layout=_layout(cells, rows, block, by_labels),
        reading=reading,
    )


def _staged(reading: SheetRows, clients: Sequence[int], source: str) -> Bound:
    """Read the typed stage of each client, and the columns that rules compare."""
    if not reading.journey.stages:
        return Bound(reading.journey)
    import pandas as pd

    stages, problems = read_stages(reading, clients, source)
    bound = bind_rules(reading, clients, source)
    bound.columns["stage"] = pd.array(stages, dtype="str")
    bound.problems.extend(problems)
    return bound


def _in_business_zone(grid: Grid, chosen: Choice) -> tuple[Grid, tuple[str, ...]]:
    """Replace times with a zone by the day of the business; without `timezone` the written day counts.

    Returns
    -------
    The grid, and a sentence if any time has a zone.
    """
    header, columns, journey = chosen.header, chosen.columns, chosen.journey
    at = [columns.first(role) for role in DATE_ROLES] + list(columns.steps(journey).values())
    values, found = list(grid.values), 0
    for column in dict.fromkeys(filter(None, at)):
        distinct = set(grid.values[column - 1][header.row :])
        with_zone = {cell for cell in distinct if isinstance(cell, str | dt.datetime) and has_zone(cell)}
        if not with_zone:
            continue
        cells = list(grid.values[column - 1])
        zoned = [row for row, cell in enumerate(cells) if row >= header.row and cell in with_zone]
        if journey.timezone:
            times = read_times([cells[row] for row in zoned], column, 1)
            days = in_zone(times.at, times.zoned, journey.timezone).astype("datetime64[D]").tolist()
            for row, day in zip(zoned, days, strict=True):
                cells[row] = day or cells[row]
            values[column - 1] = cells
        found += len(zoned)
    if not found:
        return grid, ()
    sentence = f"{count(found, 'time')} with a zone: "
    if journey.timezone:
        return replace(grid, values=values), (f"{sentence}the day in {journey.timezone} counts",)
    return grid, (
        f"{sentence}the day written counts; `timezone` in the journey file sets that of the business",
    )


def _orders(
    grid: Grid, header: Header, columns: Columns, journey: Journey, given: Order | None
) -> DateOrders:
    at = [columns.first(role) for role in DATE_ROLES] + list(columns.steps(journey).values())
    cells = {column: grid.values[column - 1][header.row :] for column in at if column}
    return decide_date_orders(cells, header.row + 1, given)


def _read(
    grid: Grid, header: Header, journey: Journey, columns: Columns, orders: DateOrders, strict: bool
) -> SheetRows:
    """Read the cells of every role and step."""

    def cells(column: int) -> Sequence[Value]:
        return grid.values[column - 1][header.row :]

    names = [""] * max(grid.height - header.row, 0)
    if "client" in columns.at:
        parts = [read_texts(cells(column)) for column in columns.at["client"]]
        names = (
            parts[0] if len(parts) == 1 else [" ".join(filter(None, row)) for row in zip(*parts, strict=True)]
        )
    dates = {
        role: read_dates(cells(column), column, orders.of[column], strict)
        for role in DATE_ROLES if (column := columns.first(role))
    }  # fmt: skip
    marks = {
        step: read_marks(cells(column), column, journey.step(step), orders.of[column])
        for step, column in columns.steps(journey).items()
    }
    return SheetRows(grid, header, journey, columns, header.row + 1, names, marks, dates)


def _left_out(reading: SheetRows, rows: Rows) -> Iterator[str]:
    """Yield sentences on the rows below the headers that were not counted."""
    if rows.totals:
        numbers = listed(str(reading.first + offset) for offset in rows.totals)
        rows_are = "row" if len(rows.totals) == 1 else "rows"
        yield f"{rows_are} {numbers} taken for totals that a person made, and not counted"
    if rows.headings:
        numbers = listed(str(reading.first + offset) for offset in rows.headings)
        taken = count(len(rows.headings), "row")
        yield f"{taken} taken for headings between the clients, and not counted: {numbers}"
    if rows.passed_over:
        numbers = listed(str(reading.first + offset) for offset in rows.passed_over)
        passed = count(len(rows.passed_over), "row")
        yield f"{passed} below a gap not counted, with neither lead date nor mark: {numbers}"


def _layout(reading: SheetRows, rows: Rows, block: Area | None, by_labels: bool) -> Layout:
    width = reading.grid.width
    last = reading.first + int(rows.clients[-1]) if len(rows.clients) else reading.first - 1
    apart = sorted({*rows.totals, *rows.headers})
    return Layout(
        header=reading.header.row,
        first=reading.first,
        last=last,
        columns={name: columns[0] for name, columns in reading.columns.at.items()},
        headers=dict(reading.header.names),
        totals=tuple(Area(top, 1, bottom, width) for top, bottom in _runs(reading.first, apart)),
        block=block,
        found_block=by_labels,
        headings=tuple(reading.first + offset for offset in rows.headings),
        summed=tuple(reading.first + offset for offset in rows.totals),
    )


def _runs(first: int, offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of adjacent rows, as (top, bottom)."""
    rows = [first + offset for offset in offsets]
    for row in rows:
        if row - 1 not in rows:
            bottom = row
            while bottom + 1 in rows:
                bottom += 1
            yield row, bottom


def _place(problem: Problem) -> tuple[int, int]:
    """Return the sort key of a problem: those of the whole sheet first, then in sheet order."""
    return problem.row or 0, problem.column or 0
