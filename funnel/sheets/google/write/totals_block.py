"""Write the totals block on a client tab, where rows may move meanwhile: nothing is written by row number.

A new block is appended below the last row. An existing block is rewritten through its metadata, which moves
with its rows. If a block moves, its new rows get metadata first; then the old and the new rows are written
together in a separate call, after a check that they have not changed since they were read.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from funnel.grid import Area, Grid, Value, column_letter, quoted
from funnel.plan import Cell, Formula, PutBlock
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.formulas import to_locale
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab, is_ours
from funnel.sheets.google.write.cells import Cells

Json = dict[str, Any]
Typed = str | float | bool

SPACER_ROWS = 3
ROWS_AROUND = 200  # rows that may be inserted or deleted meanwhile without losing the block
_LOOK = ",".join(f"userEnteredFormat.{name}" for name in ("numberFormat", "textFormat.bold", "borders.top"))


@dataclass(frozen=True, slots=True)
class Rewrite:
    """New values for a row with metadata.

    Parameters
    ----------
    sheet : the tab's id.
    mark : the metadata's id.
    row : its row when it was read.
    values : new values by column; "" empties a cell.
    was : values and formulas as read, by column.
    """

    sheet: int
    mark: int
    row: int
    values: Mapping[int, Typed]
    was: Mapping[int, Value]

    def request(self) -> Json:
        """Return its part of a `values:batchUpdateByDataFilter`; a cell with null is unchanged."""
        lookup = {"developerMetadataLookup": {"metadataId": self.mark}}
        values = [self.values.get(column) for column in range(1, max(self.values) + 1)]
        return {"dataFilter": lookup, "majorDimension": "ROWS", "values": [values]}

    def cells_on(self, tab: Tab) -> list[tuple[int, int]]:
        """Return the cells to change on a tab, at their row when it was read."""
        return [(self.row, column) for column in self.values] if tab.id == self.sheet else []

    def is_current(self, now: Snapshot) -> bool:
        """Return True if the row exists, and its cells have not changed since they were read."""
        tab = now.by_id(self.sheet)
        row = tab.marked.get(self.mark) if tab else None
        return tab is not None and row is not None and all(
            _cell_content(tab.grid, row, column) == was for column, was in self.was.items()
        )  # fmt: skip


@dataclass
class Steps:
    """The steps that write a block: requests of the batch, rows rewritten after it, and last requests.

    `again`: the plan must be made again afterwards, because the rows of the old block were separated and are
    emptied, or because other cells stay in its rows, which may be clients now.
    """

    requests: list[Json] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    last: list[Json] = field(default_factory=list)
    again: bool = False


def put_new_block(sheet: int, change: PutBlock, cells: Cells) -> list[Json]:
    """Return the requests that write a block on a tab created by the same batch."""
    written = [request for _, request in cells.put(sheet, change.cells)]
    return [*written, *_create_metadata(sheet, change.name, change.area.top)]


def put_block(tab: Tab, change: PutBlock, cells: Cells, locale: str) -> Steps:
    """Return the steps that write a block on an existing tab."""
    steps, old = Steps(), change.previous
    written = [cell for cell in change.cells if cell.value is not None]
    steps.watched += [_around(tab, area) for area in (change.area, old) if area]
    if old is None:
        steps.rewrites += _scattered_cells(tab, change.name)
        steps.again = bool(steps.rewrites)
        if not steps.again:
            _put_at_new_position(tab, change, written, 0, cells, locale, steps)
        return steps
    turn = _ensure_metadata(tab, change.name, old, steps)
    if old.top == change.area.top or not written:
        steps.rewrites += _rewrites(tab, change.name, (turn, old.top), change.cells, locale)
        return steps
    places = {(cell.row, cell.column) for cell in written}
    stale = [cell for cell in change.cells if cell.value is None]
    stale += [Cell(*at, None) for at in sorted(places) if old.contains(*at) and _filled(tab.grid, *at)]
    steps.rewrites += _rewrites(tab, change.name, (turn, old.top), stale, locale)
    steps.again = _has_other_cells(tab.grid, old)
    _put_at_new_position(tab, change, written, 1 - turn, cells, locale, steps)
    return steps


def remove_block(tab: Tab, name: str, area: Area, cells: Iterable[Cell], locale: str) -> Steps:
    """Return the steps that empty a block's cells and then delete its metadata."""
    steps = Steps(watched=[_around(tab, area)])
    turn = _ensure_metadata(tab, name, area, steps)
    steps.rewrites += _rewrites(tab, name, (turn, area.top), cells, locale)
    keys = {ids.row_id(tab.id, name, k, each): each for each in (0, 1) for k in range(ids.BLOCK_HEIGHT)}
    steps.last += [_delete_metadata(key) for key, each in keys.items() if each == turn or key in tab.marked]
    return steps


def _ensure_metadata(tab: Tab, name: str, area: Area, steps: Steps) -> int:
    """Return the turn of the metadata on a block's rows; if there is none, add requests that create it."""
    for turn in (0, 1):
        if all(row == area.top + k for k, row in enumerate(_marked(tab, name, turn))):
            return turn
    steps.requests += [*_delete_block_metadata(tab, name, 0), *_create_metadata(tab.id, name, area.top)]
    return 0


def _put_at_new_position(
    tab: Tab, change: PutBlock, written: Sequence[Cell], turn: int, cells: Cells, locale: str, steps: Steps
) -> None:
    """Add the steps that write a block to new rows: in the batch, or if there are rewrites, with those.

    Below the last row it is appended, with its look; only a look is written without a check.
    """
    stale = {at for each in steps.rewrites for at in each.cells_on(tab)}
    last, top = _last_row(tab), change.area.top
    below = _last_row(tab, change.area, stale) < top
    later = bool(steps.rewrites) or not below
    steps.requests += _delete_block_metadata(tab, change.name, turn)
    if below:
        blank = max(top - 1 - last, 0 if stale else SPACER_ROWS)
        top = last + blank + 1
        lines: list[Json] = [{} for _ in range(blank)]
        for row in range(change.area.top, change.area.bottom + 1):
            lines.append(_line([cell for cell in written if cell.row == row], cells, later))
        fields = _LOOK if later else f"userEnteredValue,{_LOOK}"
        steps.requests.append({"appendCells": {"sheetId": tab.id, "rows": lines, "fields": fields}})
    steps.requests += _create_metadata(tab.id, change.name, top, turn)
    if later:
        down = top - change.area.top
        moved = [replace(cell, row=cell.row + down) for cell in written]
        steps.rewrites += _rewrites(tab, change.name, (turn, top), moved, locale)


def _line(here: Sequence[Cell], cells: Cells, look_only: bool) -> Json:
    """Return a row to append."""
    at = {cell.column: cells.data(cell) for cell in here}
    if look_only:
        at = {c: {k: v for k, v in data.items() if k != "userEnteredValue"} for c, data in at.items()}
    return {"values": [at.get(column, {}) for column in range(1, max(at, default=0) + 1)]}


def _rewrites(
    tab: Tab, name: str, held: tuple[int, int], cells: Iterable[Cell], locale: str
) -> Iterator[Rewrite]:
    """Yield the rewrites of the cells that change, row by row.

    Parameters
    ----------
    held : the turn of the metadata on the block's rows, and the first row.
    """
    turn, top = held
    changing = [cell for cell in cells if not _is_up_to_date(tab.grid, cell)]
    changing.sort(key=lambda cell: (cell.row, cell.column))
    for row, line in groupby(changing, key=lambda cell: cell.row):
        here = list(line)
        values = {cell.column: _typed(cell, locale) for cell in here}
        was = {cell.column: _cell_content(tab.grid, row, cell.column) for cell in here}
        yield Rewrite(tab.id, ids.row_id(tab.id, name, row - top, turn), row, values, was)


def _scattered_cells(tab: Tab, name: str) -> Iterator[Rewrite]:
    """Yield rewrites that empty the cells of a block whose rows were separated by sorting."""
    for turn in (0, 1):
        for k, row in enumerate(_marked(tab, name, turn)):
            here = [c for c in range(1, tab.grid.width + 1) if row and is_ours(tab.grid, row, c)]
            if row and here:
                was = {column: _cell_content(tab.grid, row, column) for column in here}
                yield Rewrite(tab.id, ids.row_id(tab.id, name, k, turn), row, dict.fromkeys(here, ""), was)


def _has_other_cells(grid: Grid, block: Area) -> bool:
    """Return True if there are other cells in the rows of a block."""
    cells = ((row, c) for row in range(block.top, block.bottom + 1) for c in range(1, grid.width + 1))
    return any(_filled(grid, *at) and not is_ours(grid, *at) for at in cells)


def _typed(cell: Cell, locale: str) -> Typed:
    """Return the input of a cell: a formula, a label or a number, or "" to empty it."""
    value = cell.value
    if isinstance(value, Formula):
        return to_locale(value.text, locale)
    assert value is None or isinstance(value, str | int | float | bool)
    return "" if value is None else value


def _cell_content(grid: Grid, row: int, column: int) -> Value:
    """Return a cell's formula if it has one, or its value; None if it is blank."""
    value = grid.formulas.get((row, column), grid[row, column])
    return None if value == "" else value


def _is_up_to_date(grid: Grid, cell: Cell) -> bool:
    value = cell.value.text if isinstance(cell.value, Formula) else cell.value
    return _cell_content(grid, cell.row, cell.column) == value


def _filled(grid: Grid, row: int, column: int) -> bool:
    return grid[row, column] is not None or (row, column) in grid.formulas


def _last_row(tab: Tab, across: Area | None = None, without: Container[tuple[int, int]] = ()) -> int:
    """Return the last row of a tab with content, in the columns of an area or in all, ignoring some cells."""
    columns = range(across.left, across.right + 1) if across else range(1, tab.grid.width + 1)
    for row in range(tab.grid.height, 0, -1):
        if any(_filled(tab.grid, row, c) and (row, c) not in without for c in columns):
            return row
    return 0


def _around(tab: Tab, area: Area) -> str:
    """Return the address of the rows around a block, up to the end of its tab if that is near."""
    top = max(1, min(area.top, tab.grid.height) - ROWS_AROUND)
    bottom = area.bottom + ROWS_AROUND
    right = column_letter(max(tab.columns, area.right))
    return f"{quoted(tab.grid.tab)}!A{top}:{right}{bottom if bottom < tab.grid.height else ''}"


# --- metadata ----------------------------------------------------------------------------------------------


def _marked(tab: Tab, name: str, turn: int) -> list[int | None]:
    """Return the rows with a block's metadata."""
    return [tab.marked.get(ids.row_id(tab.id, name, k, turn)) for k in range(ids.BLOCK_HEIGHT)]


def _create_metadata(sheet: int, name: str, top: int, turn: int = 0) -> list[Json]:
    """Return the requests that create metadata on the three rows of a block."""
    found = []
    for k in range(ids.BLOCK_HEIGHT):
        line = {"sheetId": sheet, "dimension": "ROWS", "startIndex": top - 1 + k, "endIndex": top + k}
        made = {
            "metadataId": ids.row_id(sheet, name, k, turn), "metadataKey": ids.row_key(name),
            "metadataValue": str(k), "location": {"dimensionRange": line}, "visibility": "DOCUMENT",
        }  # fmt: skip
        found.append({"createDeveloperMetadata": {"developerMetadata": made}})
    return found


def _delete_block_metadata(tab: Tab, name: str, turn: int) -> list[Json]:
    """Return the requests that delete a block's metadata."""
    keys = [ids.row_id(tab.id, name, k, turn) for k in range(ids.BLOCK_HEIGHT)]
    return [_delete_metadata(key) for key in keys if key in tab.marked]


def _delete_metadata(key: int) -> Json:
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": key}}}}
