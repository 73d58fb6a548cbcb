"""The totals block: `Totals`, `% of leads` and `Drop-off from previous step`, live, under the steps' columns.

`funnel.writer.totals.place` chooses its rows. It counts what the loader counts as of today
(docs/definitions.md#totals): the formulas recognise words, ticked boxes and dates, and ignore future leads
and marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from funnel import definitions
from funnel.clients import Layout
from funnel.grid import TOTALS_BESIDE, TOTALS_LABELS, Area, Grid, cell_name
from funnel.journey.conditions import Condition
from funnel.plan import Cell, Formula, PutBlock, StyleName
from funnel.text import DASH, listed
from funnel.writer.condition_formulas import Address, number, truth
from funnel.writer.ownership import same
from funnel.writer.totals import formulas
from funnel.writer.totals.place import Marks, Place, own_cells
from funnel.writer.totals.rowless_formulas import LONGEST, RowlessFormulas

if TYPE_CHECKING:
    from funnel.metrics import Funnel

NAME = "totals"
"""The block's anchor."""


def put_totals(grid: Grid, layout: Layout, place: Place, totals: Funnel) -> tuple[PutBlock | None, list[str]]:
    """Plan the totals block, or None if nothing changes; with sentences on cells that we do not overwrite.

    Parameters
    ----------
    totals : the funnel as of today, because the formulas use TODAY().
    """
    own_now = own_cells(grid, layout)
    wanted = cells(place, totals)
    kept = [cell for cell in wanted if _typed_over(grid, (cell.row, cell.column), own_now)]
    written = tuple(cell for cell in wanted if cell not in kept)
    places = {(cell.row, cell.column) for cell in wanted}
    emptied = tuple(Cell(row, column, None) for row, column in sorted(own_now - places))
    sentences = [_no_room(grid)] if place.area is None and place.steps else []
    sentences += [_too_long(grid)] if _lacking(place, wanted) else []
    sentences += [_left_alone(grid, kept)] if kept else []
    sentences += [_beside(grid, layout)] if layout.summed and layout.block is None and place.area else []
    area = place.area or layout.block
    anchored = place.area is None or grid.anchors.get(NAME) == place.area
    if area is None or (
        anchored
        and not emptied
        and all(_needs_no_change(grid, cell, live=place.rowless is not None) for cell in written)
    ):
        return None, sentences
    return PutBlock(grid.tab, NAME, area, (*emptied, *written), layout.block), sentences


def cells(place: Place, totals: Funnel) -> list[Cell]:
    """Return every cell of the block, with its formula and present value."""
    if place.area is None:
        return []
    marked = dict(zip(totals.steps["step"], totals.steps["marked"], strict=True))
    rows = range(place.area.top, place.area.bottom + 1)
    looks: tuple[StyleName, ...] = ("total_label", "rate_label", "rate_label")
    layout = totals.clients.layout
    beside = layout is not None and layout.summed
    labels = zip(rows, (TOTALS_BESIDE, *TOTALS_LABELS[1:]) if beside else TOTALS_LABELS, looks, strict=True)
    written = [Cell(row, place.label, label, look) for row, label, look in labels]
    leads = leads_formula(place)
    if leads:
        written.append(Cell(rows[0], place.leads, Formula(leads, totals.leads), "total_count"))
    whole = previous = place.leads if leads else None
    before = totals.leads
    for marks in place.steps:
        count, column = int(marked[marks.step.name]), marks.column
        live = step_formula(place, marks)
        if live:
            written.append(Cell(rows[0], column, Formula(live, count), "total_count"))
            written += _rates(rows, column, whole, previous, (count, totals.leads, before), place.rowless)
        if not marks.step.optional:
            previous, before = column if live else None, count
    return written


def _rates(
    rows: range,
    column: int,
    leads: int | None,
    previous: int | None,
    counts: tuple[int, int, int],
    rowless: RowlessFormulas | None,
) -> Iterator[Cell]:
    """Yield the two rates below a total: of the leads, and of the previous step, if those are shown."""
    count, of_leads, of_previous = counts

    def total(at: int, down: int) -> str:
        return rowless.total(at, column, down) if rowless else cell_name(rows[0], at)

    if leads is not None:
        share = formulas.share(total(column, 1), total(leads, 1))
        yield Cell(rows[1], column, Formula(share, count / of_leads if of_leads else DASH), "total_rate")
    if previous is not None:
        lost = formulas.drop_off(total(column, 2), total(previous, 2))
        rate = 1 - count / of_previous if of_previous else DASH
        yield Cell(rows[2], column, Formula(lost, rate), "total_rate")


def _lacking(place: Place, wanted: Sequence[Cell]) -> bool:
    """Return true if the block lacks a number because its formula would be too long."""
    shown = {cell.column for cell in wanted if place.area and cell.row == place.area.top}
    return place.area is not None and not shown >= {place.leads, *(marks.column for marks in place.steps)}


def step_formula(place: Place, marks: Marks) -> str | None:
    """Return the formula of a step's total; None if it would be too long for a spreadsheet."""
    own = marks.column
    runs = [
        (number(marks.condition, _address(place, rows, own)), _in_funnel(place, rows, own))
        for rows in place.rows
    ]
    return _short(formulas.count_rows(runs, _guards(place, own)), place)


def leads_formula(place: Place) -> str | None:
    """Return the formula of the number of clients: rows with a name, a lead date or a mark.

    If that is too long (many steps, or many runs of rows), a mark alone does not make a client.
    """
    return _short(_leads(place, by_marks=True), place) or _short(_leads(place, by_marks=False), place)


def _leads(place: Place, by_marks: bool) -> str:
    own, runs = place.leads, []
    for first, last in place.rows:
        named = (first, min(last, place.named_until)), place.names
        rest = (max(first, place.named_until + 1), last), ()
        runs += [
            (
                number(_is_client(place, names, by_marks), _address(place, rows, own)),
                _in_funnel(place, rows, own),
            )
            for rows, names in (named, rest)
            if rows[0] <= rows[1]
        ]
    return formulas.count_rows(runs, _guards(place, own))


def _is_client(place: Place, names: Sequence[int], by_marks: bool) -> Condition:
    """Build the condition that a row is a client; if `by_marks` is false, a mark alone is not enough."""
    others = place.rowless.not_clients if place.rowless else place.headings
    marks = place.steps if by_marks or not (names or place.dates) else ()
    return definitions.client_row(
        {column: others.get(column, ()) for column in names}, place.dates, (step.condition for step in marks)
    )


def _short(formula: str, place: Place) -> str | None:
    return formula if len(formula) <= (LONGEST if place.rowless else formulas.LONGEST) else None


def _address(place: Place, rows: formulas.Rows, own: int) -> Address:
    """Return the addresses of columns, for a formula in the column `own`."""
    if place.rowless:
        rowless = place.rowless
        return lambda column: rowless.cells(int(column), own)
    return lambda column: Area(rows[0], int(column), rows[1], int(column)).a1


def _in_funnel(place: Place, rows: formulas.Rows, own: int) -> str | None:
    """Print the condition that a lead date is not in the future; None without a lead date column."""
    return truth(definitions.in_funnel(place.dates), _address(place, rows, own)) if place.dates else None


def _guards(place: Place, own: int) -> list[str]:
    """Return the conditions that select the rows of clients, if rows are not known by number."""
    rowless = place.rowless
    return rowless.guards(lambda column: rowless.cells(column, own)) if rowless else []


def _needs_no_change(grid: Grid, cell: Cell, live: bool) -> bool:
    """Return true if a cell of the block needs no change; a live sheet calculates its values itself."""
    at = (cell.row, cell.column)
    if isinstance(cell.value, Formula):
        same_formula = grid.formulas.get(at) == cell.value.text
        return same_formula and (live or same(grid[at], cell.value.cached))
    return at not in grid.formulas and grid[at] == cell.value


def _typed_over(grid: Grid, at: tuple[int, int], own_now: frozenset[tuple[int, int]]) -> bool:
    """Return true if a person's value is in the place of ours."""
    return at not in own_now and (grid[at] is not None or at in grid.formulas)


def _no_room(grid: Grid) -> str:
    return (
        f"Tab {grid.tab!r} has no totals: a filter, a table or a filled column reaches its last row, so "
        "there is no room below. End it earlier to get totals."
    )


def _too_long(grid: Grid) -> str:
    return (
        f"In the totals of tab {grid.tab!r}, numbers are missing: with so many other rows between the "
        "clients, a live formula would be too long. Move those rows below the clients to get all totals; the "
        "tab 'Funnel' has every number."
    )


def _beside(grid: Grid, layout: Layout) -> str:
    one = len(layout.summed) == 1
    rows = f"Row{'' if one else 's'} {listed(map(str, layout.summed))} contain{'s' if one else ''}"
    return (
        f"Tab {grid.tab!r}: {rows} totals of your own, which stay. The totals by funnel count clients "
        "only, as of today."
    )


def _left_alone(grid: Grid, kept: Sequence[Cell]) -> str:
    names = listed(cell_name(cell.row, cell.column) for cell in kept)
    return f"In the totals of tab {grid.tab!r}, {names} was typed by hand. Clear it to get the formula back."
