"""Write the log outside a refresh: move a client manually, update a log file, import a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from funnel.clients import Clients
from funnel.errors import ReadError, SheetChanged, UsageError, WriteError
from funnel.grid import Value, cell_name
from funnel.history.compare_history import Entry, LogChanges, add_actions
from funnel.history.entry import NEW
from funnel.history.import_history import ImportedMove, read_moves
from funnel.history.log_file import append_log, find_move_log
from funnel.history.read import IMPORTED, MOVED, client_keys, locate_log
from funnel.history.snapshot import CurrentState
from funnel.journey.stages import find_stage
from funnel.metrics import Funnel
from funnel.metrics.find_client import find_client
from funnel.metrics.stages.snapshot import current_states
from funnel.plan import Cell, Change, Plan, PutValue
from funnel.sheets import open_sheet
from funnel.sheets.run_lock import lock_sheet
from funnel.text import typed_path
from funnel.workflows.load import JourneyLike, Opened, Source, open_clients
from funnel.writer.history import log as logs


@dataclass(frozen=True)
class ManualMove:
    """A client moved manually: the plan that was applied (or would be), and the stages before and after."""

    plan: Plan
    client: str
    before: str
    after: str


def move(
    source: Source,
    client: str,
    stage: str | None,
    *,
    row: int | None = None,
    by: str = "",
    journey: JourneyLike = None,
    tab: str | None = None,
    dry_run: bool = False,
) -> ManualMove:
    """Write a client's stage into the sheet's own stage column, and the move into the log.

    Parameters
    ----------
    source, journey, tab : as for `load.open_clients`.
    client : a name or an id; if several clients have it, give `row`.
    stage : None empties the cell, so that rules and events decide again.
    by : the person who moves the client.
    dry_run : only plan; change nothing.

    Raises
    ------
    UsageError : there is no such client, stage or stage column.
    ReadError, JourneyError, WriteError : as for `refresh`.
    """
    now = dt.datetime.now().replace(second=0, microsecond=0)

    def planned() -> tuple[Opened, ManualMove]:
        opened = open_clients(source, journey, tab)
        return opened, _plan(opened, client, stage, row, by, now)

    if dry_run:
        opened, moving = planned()
        if todo := _by_hand(moving, opened):
            return replace(moving, plan=replace(moving.plan, changes=(), kept=(todo, *moving.plan.kept)))
        return moving
    with lock_sheet(source):
        opened, moving = planned()
        if todo := _by_hand(moving, opened):
            raise WriteError(todo)
        try:
            return _apply(opened, moving)
        except SheetChanged:  # edited in between: read and plan again, once
            return _apply(*planned())


def _by_hand(moving: ManualMove, opened: Opened) -> str:
    """Return what to type into a sheet that cannot be written; "" if it can be."""
    reason = opened.sheet.read_only_reason
    put = next((change for change in moving.plan.changes if isinstance(change, PutValue)), None)
    if reason is None or put is None:
        return reason or ""
    cell = cell_name(put.cell.row, put.cell.column)
    what = f"Type {put.cell.value!r} into {cell}" if put.cell.value else f"Empty {cell}"
    log = f"; then: funnel log {typed_path(opened.sheet.source)} --update"
    return f"{reason.partition('. ')[0]}. {what} yourself{log if opened.sheet.log_path else ''}"


def _apply(opened: Opened, moving: ManualMove) -> ManualMove:
    """Write the cell and the log; if rows may move, one after the other, each on the current version."""
    plan, notes = moving.plan, moving.plan.kept
    if not opened.sheet.capabilities.rows_may_move:
        notes += opened.sheet.apply(plan) if plan else ()
        return replace(moving, plan=replace(plan, kept=notes))
    for number, change in enumerate(plan.changes):
        one = replace(plan, changes=(change,), version=opened.sheet.version)
        try:
            notes += opened.sheet.apply(one)
        except (ReadError, WriteError) as error:
            if not number:
                raise
            notes += (f"The stage was written, but the log was not: {error} The next refresh logs the move.",)
    return replace(moving, plan=replace(plan, kept=notes))


def _plan(
    opened: Opened, client: str, stage: str | None, row: int | None, by: str, now: dt.datetime
) -> ManualMove:
    clients = opened.clients
    column = _stage_column(clients)
    at = find_client(clients, client, row)
    line = int(clients.table["row"].iloc[at])
    name = str(clients.table["client"].iloc[at])
    wanted = None if stage is None else find_stage(clients.journey.stages, stage)
    if (line, column) in opened.grid.formulas:
        raise UsageError(
            f"{clients.source}, tab {opened.grid.tab!r}: the stage of {name!r} in {cell_name(line, column)} "
            "comes from a formula, which was not changed. Change the formula, or empty the cell first."
        )
    today = now.date()
    before, after = Funnel(clients, today), Funnel(_clients_after(opened, line, column, wanted), today)
    was, is_ = _state_of_row(before, line), _state_of_row(after, line)
    changes: list[Change] = []
    starts: list[Entry] = []
    cell = opened.grid[line, column]
    if _blank_as_none(cell) != wanted:
        seen = {
            each: _blank_as_none(opened.grid[line, each]) for each in _identifying_columns(clients, column)
        }
        changes.append(PutValue(opened.grid.tab, Cell(line, column, wanted), seen))
        entry = _entry(clients, was, is_, by, now, lifted=wanted is None)
        changes += _log(opened, before, entry)
        starts = [entry] if entry.before != entry.after else []
    to_do = tuple(logs.to_do(starts))
    plan = Plan(clients.source, tuple(changes), opened.sheet.version, today, to_do=to_do)
    return ManualMove(plan, name, str(was.state), str(is_.state))


def _stage_column(clients: Clients) -> int:
    journey, layout = clients.journey, clients.layout
    if not journey.stages:
        raise UsageError(
            f"The journey {journey.name!r} has no stages. Mark the client's steps in the sheet; the next "
            "refresh logs it."
        )
    if layout is None or "stage" not in layout.columns:
        raise UsageError(
            f"{clients.source}, tab {clients.tab!r} has no stage column: its stages come from rules and "
            "events. Add a column with the header 'Stage', and try again."
        )
    return layout.columns["stage"]


def _clients_after(opened: Opened, row: int, column: int, stage: str | None) -> Clients:
    """Return the clients as they will be after the cell is written."""
    table = opened.clients.table.copy()
    table.loc[table["row"] == row, "stage"] = stage
    return replace(opened.clients, table=table)


def _state_of_row(funnel: Funnel, row: int) -> CurrentState:
    found = next((now for now in current_states(funnel.flagged) if now.row == row), None)
    if found is None:
        raise UsageError(
            f"The lead date in row {row} is in the future: the client is not in the funnel yet. "
            "Correct the date first."
        )
    return found


def _blank_as_none(value: Value) -> Value:
    return None if value == "" else value


def _identifying_columns(clients: Clients, column: int) -> Sequence[int]:
    """Return the columns that identify a row, and the stage column."""
    columns = clients.layout.columns if clients.layout else {}
    return sorted({columns[role] for role in ("client", "lead_date", "id") if role in columns} | {column})


def _entry(
    clients: Clients, was: CurrentState, now: CurrentState, by: str, at: dt.datetime, *, lifted: bool
) -> Entry:
    """Return the log entry of the move; with `lifted`, rules and events decide the stage again."""
    entry = Entry(now.key, was.state, now.state, now.why if lifted else MOVED, at, by=by, row=now.row)
    if lifted:
        entry = replace(entry, when=at.date())
    return add_actions(entry, clients.journey)


def _log(opened: Opened, before: Funnel, entry: Entry) -> list[Change]:
    """Plan the change of the log: earlier changes not logged yet, and this move."""
    page = find_move_log(opened.sheet)
    at = locate_log(page)
    pending = logs.find_moves(before, at)
    if pending.other_clients:
        return []
    entries = (*pending.entries, *([entry] if entry.before != entry.after else []))
    tabs = opened.sheet.tabs()
    change = logs.put_log(page, logs.free_name(tabs), LogChanges(entries, pending.legend), before)
    return [change] if change else []


def update(
    source: Source, *, journey: JourneyLike = None, tab: str | None = None, dry_run: bool = False
) -> tuple[str, int, tuple[str, ...]]:
    """Update the log file of a read-only sheet; return its path, the number of rows added, and notes.

    Raises
    ------
    UsageError : the sheet keeps its log on a tab, which each refresh updates.
    ReadError, JourneyError, WriteError : the sheet cannot be read, or the file cannot be written.
    """
    with lock_sheet(source):
        opened = open_clients(source, journey, tab)
        path = opened.sheet.log_path
        if path is None:
            raise UsageError(
                f"{opened.sheet.source} keeps its log on a tab, which each refresh updates: "
                f"funnel refresh {opened.sheet.source}"
            )
        funnel = Funnel(opened.clients, dt.date.today())
        moves = logs.find_moves(funnel, locate_log(find_move_log(opened.sheet)))
        return str(path), *_add(opened, funnel, moves, dry_run=dry_run)


def import_log(
    source: Source,
    file: Source,
    *,
    journey: JourneyLike = None,
    tab: str | None = None,
    dry_run: bool = False,
) -> tuple[int, tuple[str, ...]]:
    """Import the history of another program into the log; skip moves that the log contains.

    Parameters
    ----------
    file : a CSV file or a workbook with a row for each move.

    Returns
    -------
    The number of moves added (or to be added), and sentences on rows that were skipped.

    Raises
    ------
    UsageError : the journey has no stages.
    ReadError, JourneyError, WriteError : a file cannot be read, or the sheet cannot be written.
    """
    with lock_sheet(source):
        opened = open_clients(source, journey, tab)
        if not opened.clients.journey.stages:
            raise UsageError(
                f"The journey {opened.clients.journey.name!r} has no stages, so there is no history "
                "to import. The log of a journey of marks begins with the first refresh."
            )
        other = open_sheet(file)
        today = dt.date.today()
        found = read_moves(other.read(other.tabs()[0]), opened.clients, other.source, today)
        funnel = Funnel(opened.clients, today)
        pending = logs.find_moves(funnel, locate_log(find_move_log(opened.sheet)))
        entries = tuple(_imported(opened.clients, found.moves))
        if entries:
            moves = LogChanges((*pending.entries, *entries), pending.legend)
            _, notes = _add(opened, funnel, moves, dry_run=dry_run)
            return len(entries), (*found.problems, *notes)
        return 0, found.problems


def _imported(clients: Clients, moves: Sequence[ImportedMove]) -> Iterator[Entry]:
    """Make entries for moves that the log does not have yet."""
    people = client_keys(clients.table)
    log = clients.log
    known: set[tuple[object, dt.datetime, object]] = set()
    if log is not None:
        there = log[log["why"] == IMPORTED]
        times = [at.to_pydatetime() for at in there["when"]]
        known = set(zip([who.identity for who in there["key"]], times, there["after"], strict=True))
    last: dict[int, str] = {}
    for move in moves:
        who = people[move.client]
        before = move.before or last.get(move.client, NEW)
        last[move.client] = move.after
        key = (who.identity, move.when, move.after)
        if key not in known:
            known.add(key)
            yield Entry(who, before, move.after, IMPORTED, move.when, by=move.by)


def _add(opened: Opened, funnel: Funnel, moves: LogChanges, *, dry_run: bool) -> tuple[int, tuple[str, ...]]:
    """Add moves to the log, on its tab or in its file; return the number of rows added, and notes."""
    sheet, page = opened.sheet, find_move_log(opened.sheet)
    path, at = sheet.log_path, locate_log(page)
    found: list[list[Value]] = list(logs.lines(moves, funnel, at.last if at else 0))
    same = at is not None and str(at.legend) == str(moves.legend)
    if dry_run or (same and not found):
        return len(found), ()
    notes: tuple[str, ...] = ()
    if path is not None:
        notes = append_log(path, found, moves.legend)
    elif change := logs.put_log(page, logs.free_name(sheet.tabs()), moves, funnel):
        notes = sheet.apply(Plan(sheet.source, (change,), sheet.version, funnel.as_of))
    return len(found), notes
