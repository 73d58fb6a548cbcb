"""The place of the totals block, and the rows that its formulas cover (docs/definitions.md#totals).

The block never covers anything else: at the bottom it is below all content of its columns, below tables,
filters and merged cells; at the top it takes three blank rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from funnel.cells.mark_words import normalize_word, reached_words
from funnel.clients import Clients, Layout
from funnel.definitions import marked_cell
from funnel.errors import UsageError
from funnel.grid import OUR_LABELS, TOTALS_LABELS, Area, Grid, cell_name, column_letter
from funnel.journey import Journey, Step
from funnel.journey.conditions import Condition
from funnel.schema import step_date, step_mark
from funnel.text import fold
from funnel.writer.totals.formulas import Rows
from funnel.writer.totals.rowless_formulas import RowlessFormulas, rowless_formulas, texts_in

SPACERS = 3
"""Blank rows above the block, inside its ranges: a lead typed there is counted at once."""

ROOM = 1000
"""Rows below the last client that totals at the top also cover."""

_TYPED_DATE = re.compile(r".{4,}\d\d", re.DOTALL)  # as a formula finds them (`IsDateText`)
_NAMED_DATES = 40  # maximum number of other spellings listed

HEIGHT = len(TOTALS_LABELS)
LAST_ROW = 1_048_576


@dataclass(frozen=True, slots=True)
class Marks:
    """A step's column, and the words that are marks in it.

    Parameters
    ----------
    words : the step's words, and dates that only the loader can read ("2026 June 1st").
    text_dates : whether the column contains dates typed as text.
    called_off : texts that are no marks, if there are dates with a comment; else None.
    """

    step: Step
    column: int
    words: tuple[str, ...]
    text_dates: bool = False
    called_off: tuple[str, ...] | None = None

    @property
    def condition(self) -> Condition:
        """The condition that a cell of the column is a mark."""
        return marked_cell(self.column, self.words, self.text_dates, self.called_off)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of the block, and what it counts.

    Parameters
    ----------
    area : the block; None if there is no room for it, or no step to count.
    label : column of the labels.
    leads : column that shows the number of clients.
    steps : each step that has a column.
    names : the columns of the client's name.
    named_until : last row in which a name alone makes a client; below a gap it does not.
    dates : the column of the lead date, or None.
    rows : the runs of rows that the formulas cover: clients and spacer rows, without a person's totals.
    rowless : how rows are recognised if they may move before we write; None if their numbers are certain.
    headings : for each name column the lower-case texts of headings between clients, which are not names.
    """

    area: Area | None
    label: int
    leads: int
    steps: tuple[Marks, ...]
    names: tuple[int, ...]
    named_until: int
    dates: int | None
    rows: tuple[Rows, ...]
    rowless: RowlessFormulas | None = None
    headings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def place(grid: Grid, clients: Clients, layout: Layout, at: str, rows_may_move: bool = False) -> Place:
    """Find a place for the block, at the "bottom" or the "top" of the clients.

    Parameters
    ----------
    rows_may_move : rows may move between reading and writing, so no formula may name one.

    Raises
    ------
    UsageError : totals at the top need three blank rows above the header, and there are not.
    """
    columns = layout.columns
    steps = tuple(
        _marks(grid, clients, step, columns[step_mark(step.name)])
        for step in clients.journey.steps
        if step_mark(step.name) in columns
    )
    taken = {marks.column for marks in steps}
    label, leads = _label_and_leads(layout, taken)
    across = [label, leads, *taken]
    left, right = min(across), max(across)
    row = (_row_above if at == "top" else _row_below)(grid, layout, left, right) if steps else None
    bottom = row - 1 if row and row > layout.header else min(layout.last + ROOM, LAST_ROW)
    area = Area(row, left, row + HEIGHT - 1, right) if row else None
    rows = tuple(_without(layout.totals, layout.first, bottom))
    names = _name_columns(clients.journey, layout)
    named_until = _named_until(grid, clients, layout, names, bottom)
    dates = columns.get("lead_date")
    if not rows_may_move:
        headings = texts_in(grid, layout.headings, names)
        return Place(area, label, leads, steps, names, named_until, dates, rows, headings=headings)
    rowless = rowless_formulas(grid, clients, layout, label, {leads, *taken}, names, above=at == "top")
    return Place(area, label, leads, steps, names, bottom, dates, ((layout.first, bottom),), rowless)


def own_cells(grid: Grid, layout: Layout) -> frozenset[tuple[int, int]]:
    """Return the cells of the present block that still contain what we wrote: labels and our formulas.

    Anything else in it belongs to a person: a note in a free cell, a number typed over a formula.
    """
    block = layout.block
    if block is None:
        return frozenset()
    cells = [(row, column) for row in range(block.top, block.bottom + 1) for column in _across(block)]
    return frozenset(cell for cell in cells if _is_ours(grid, cell))


def _marks(grid: Grid, clients: Clients, step: Step, column: int) -> Marks:
    """Return the words of a step's column, so that its formula counts what the loader counted."""
    words, dates = reached_words(step), clients.table.get(step_date(step.name))
    rows = clients.table["row"]
    if dates is None or not _has_text(grid, column, rows):
        return Marks(step, column, words)
    texts, others = (_texts(grid, column, rows[some]) for some in (dates.notna(), dates.isna()))
    named = sorted(text for text in texts if not _TYPED_DATE.fullmatch(text))
    first = {text for text in texts | others if _TYPED_DATE.fullmatch(text.split(" ")[0]) and " " in text}
    commented = [text for text in named if text in first]
    named = [text for text in named if text not in first][:_NAMED_DATES]
    called_off = tuple(sorted(others & first))[:_NAMED_DATES] if commented else None
    return Marks(step, column, (*words, *named), any(map(_TYPED_DATE.fullmatch, texts)), called_off)


def _has_text(grid: Grid, column: int, rows: pd.Series[int]) -> bool:
    """Return True if a column contains text in or below some rows; a quick check of a long sheet."""
    cells = grid.values[column - 1] if column <= grid.width and len(rows) else ()
    return any(isinstance(cell, str) for cell in set(cells[int(rows.min()) - 1 :] if cells else ()))


def _texts(grid: Grid, column: int, rows: pd.Series[int]) -> set[str]:
    """Return the normalized texts of some rows of a column."""
    cells = grid.values[column - 1] if column <= grid.width else ()
    distinct = set(map(cells.__getitem__, (rows[rows <= len(cells)] - 1).tolist()))
    return {normalize_word(text) for text in distinct if isinstance(text, str)}


def _across(area: Area) -> range:
    return range(area.left, area.right + 1)


def _is_ours(grid: Grid, cell: tuple[int, int]) -> bool:
    formula = grid.formulas.get(cell)
    if formula is not None:
        return formula.startswith(("=SUMPRODUCT(--((", "=IF(")) and ("TODAY()" in formula or "–" in formula)
    return grid[cell] in OUR_LABELS


def _label_and_leads(layout: Layout, taken: set[int]) -> tuple[int, int]:
    """Return the columns of the labels and of the number of clients: never a step's column."""
    beyond = max([*layout.headers, *taken, 0]) + 1
    free = [*(column for column in sorted(layout.headers) if column not in taken), beyond, beyond + 1]
    label = layout.columns.get("client", free[0])
    leads = layout.columns.get("lead_date", label)
    return label, leads if leads != label else next(column for column in free if column != label)


def _name_columns(journey: Journey, layout: Layout) -> tuple[int, ...]:
    """Return the column of the client's name, or the columns that are joined to it."""
    first = layout.columns.get("client")
    if first is None:
        return ()
    role = journey.columns.get("client")
    joined = {fold(header) for header in (role.join if role else ())}
    others = (column for column, header in layout.headers.items() if fold(header) in joined)
    return tuple(sorted({first, *others}))


def _named_until(grid: Grid, clients: Clients, layout: Layout, names: tuple[int, ...], bottom: int) -> int:
    """Return the row of the first gap between clients, or the last row if no name is below a gap."""
    rows = clients.table["row"].to_numpy()
    between = [row for row in layout.headings if len(rows) and row > rows[0]]
    rows = np.union1d(rows, between) if between else rows
    breaks = (rows[1:] - rows[:-1] > 1).nonzero()[0]
    if len(breaks):
        gap = int(rows[breaks[0]]) + 1
    elif len(rows) and _named_below(grid, layout, names, int(rows[-1]), bottom):
        gap = int(rows[-1]) + 1
    else:
        return bottom
    return gap - 1 if any(grid[gap, column] is not None for column in names) else gap


def _named_below(grid: Grid, layout: Layout, names: tuple[int, ...], row: int, bottom: int) -> bool:
    """Return true if the columns of names contain notes between a row and the block."""
    own = own_cells(grid, layout)
    rows = _without(layout.totals, row + 1, min(bottom, grid.height))
    below = ((at, column) for first, last in rows for at in range(first, last + 1) for column in names)
    return any(grid[cell] is not None for cell in below if cell not in own)


def _row_below(grid: Grid, layout: Layout, left: int, right: int) -> int | None:
    """Return the block's first row at the bottom: unchanged if possible, else below all content.

    It can stay if it is below the clients and its spacer rows are blank. None if there is no room.
    """
    old = layout.block
    if old and old.top > max(layout.last + SPACERS, layout.header) and _intact(grid, layout, left, right):
        spacers = Area(old.top - SPACERS, left, old.top - 1, right)
        if spacers.top <= layout.header or not _first_filled(grid, spacers, frozenset()):
            return old.top
    row = _last_filled(grid, layout, left, right) + SPACERS + 1
    return row if row + HEIGHT - 1 <= LAST_ROW else None


def _intact(grid: Grid, layout: Layout, left: int, right: int) -> bool:
    """Return true if each row of the block still contains a cell of ours, and nothing covers it."""
    old = layout.block
    if old is None or old.bottom - old.top + 1 != HEIGHT:
        return False
    area = Area(old.top, left, old.bottom, right)
    rows = {row for row, _ in own_cells(grid, layout)}
    return len(rows) == HEIGHT and not any(area.overlaps(other) for other in _obstacles(grid, left, right))


def _last_filled(grid: Grid, layout: Layout, left: int, right: int) -> int:
    """Return the last row with content in these columns, without our own block."""
    own = own_cells(grid, layout)
    last = max(layout.first - 1, layout.last)
    for column in range(left, min(right, grid.width) + 1):
        values = grid.values[column - 1]
        below = range(grid.height, last, -1)
        filled = (row for row in below if values[row - 1] is not None and (row, column) not in own)
        last = next(filled, last)
    for (row, column), _ in grid.formulas.items():
        if row > last and left <= column <= right and (row, column) not in own:
            last = row
    return max([last, *(area.bottom for area in _obstacles(grid, left, right))])


def _obstacles(grid: Grid, left: int, right: int) -> Iterator[Area]:
    """Yield the tables, filters and merged cells that reach into these columns."""
    areas = (*grid.tables, *grid.merges, *([grid.filtered] if grid.filtered else []))
    yield from (area for area in areas if area.left <= right and left <= area.right)


def _row_above(grid: Grid, layout: Layout, left: int, right: int) -> int:
    """Return the block's first row at the top: unchanged if possible, else the lowest free row."""
    old = layout.block
    if old and old.bottom < layout.header and _intact(grid, layout, left, right):
        return old.top
    own = own_cells(grid, layout)
    obstacles = list(_obstacles(grid, left, right))
    in_the_way = None
    for top in range(layout.header - HEIGHT, 0, -1):
        area = Area(top, left, top + HEIGHT - 1, right)
        in_the_way = _first_filled(grid, area, own) or in_the_way
        if not _first_filled(grid, area, own) and not any(area.overlaps(other) for other in obstacles):
            return top
    found = f"; {in_the_way} is not blank" if in_the_way else ""
    across = f"from column {column_letter(left)} to {column_letter(right)}"
    raise UsageError(
        f"Totals at the top of tab {grid.tab!r} need {HEIGHT} blank rows above the header in row "
        f'{layout.header}, {across}{found}. Insert {HEIGHT} rows there, or choose `totals = "bottom"`.'
    )


def _first_filled(grid: Grid, area: Area, own: frozenset[tuple[int, int]]) -> str | None:
    """Return the name of the first cell that is neither blank nor ours."""
    for row in range(area.top, area.bottom + 1):
        for column in _across(area):
            filled = grid[row, column] is not None or (row, column) in grid.formulas
            if filled and (row, column) not in own:
                return cell_name(row, column)
    return None


def _without(totals: tuple[Area, ...], top: int, bottom: int) -> Iterator[Rows]:
    """Yield runs of rows from `top` to `bottom`, without a person's totals."""
    for area in sorted(totals):
        if top <= area.bottom and area.top <= bottom:
            if top < area.top:
                yield top, area.top - 1
            top = area.bottom + 1
    if top <= bottom:
        yield top, bottom
