"""The tab `Funnel log`: a row for each move, added below the others and never changed afterwards.

Text, corrections and deletions of a person on the tab stay. Up to 300 moves of one refresh have a row each;
above that, moves that differ only in the client share rows: ten thousand new leads become a few dozen rows,
small enough for one call to Google.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funnel.grid import Grid, Value, cell_name
from funnel.history.action_states import DONE, action_line, read_action_states
from funnel.history.compare_history import (
    Entry,
    LogChanges,
    add_actions,
    compare_with_log,
    describe_change,
    fold_log,
    state_label,
)
from funnel.history.entry import RECORD, ClientKey, Legend, Record, State, encode_client, parse_day
from funnel.history.read import EXACT, HEADERS, LogLayout, locate_log, read_log
from funnel.history.stage_actions import actions_text
from funnel.metrics.stages.snapshot import current_states
from funnel.plan import Cell, Formula, Link, PutTab, StyleName
from funnel.text import count, listed
from funnel.writer.history import weeks as history
from funnel.writer.ownership import changes, fingerprint, records, seen
from funnel.writer.page import FIRST

if TYPE_CHECKING:
    from funnel.journey import Journey
    from funnel.metrics import Funnel

NAME = "log"
"""The tab's anchor."""

TAB = "Funnel log"
HEADER = 3
MOST_ROWS = 300
"""With more moves in one refresh, equal ones share rows."""

_LONGEST: Final = 30_000  # characters in a cell; Excel allows 32,767
_WIDTHS: Final = (12.0, 12.0, 26.0, 12.0, 22.0, 22.0, 34.0, 11.0, 14.0, 30.0, 16.0, 10.0)
_TITLE, _NOTE = (
    "Who moved where",
    "A row for each move that a refresh found: after Since, at or before When. Your notes are kept.",
)

Line = list[Value]
"""One row of the log, in the order of `HEADERS`."""


def plan_log(
    page: Grid | None,
    past: Grid | None,
    funnel: Funnel,
    tabs: Sequence[str] = (),
    done: Sequence[Mapping[Any, Any]] = (),
    closed: Sequence[Line] = (),
) -> tuple[PutTab | None, list[str], list[str]]:
    """Plan what a refresh adds to the log.

    Parameters
    ----------
    page : the present tab; None if there is none yet.
    past : the tab `Funnel history`, which has the date of the previous refresh; None if there is none.
    funnel : the results as of today.
    tabs : the names of all tabs of the sheet.
    done : the actions that a person ticked off, as rows of `actions_table`.
    closed : rows for touch-bases that a person closed.

    Returns
    -------
    The change (None without moves), sentences on what was not written, and actions for stages entered.
    """
    name = page.tab if page else free_name(tabs)
    if changed := _legend_changed(page):
        return None, [changed], []
    before = _before(past, funnel, tabs)
    moves = find_moves(funnel, locate_log(page), before)
    if moves.other_clients:
        return (
            None,
            [
                f"Tab {name!r} contains almost none of the clients on tab {funnel.clients.tab!r}, so nothing "
                f"was added to it. If it belongs to other clients, delete tab {name!r} to start a new "
                "log."
            ],
            [],
        )
    change = put_log(page, name, moves, funnel, done, closed)
    return change, list(_not_started(page, name, moves, funnel.journey, before)), list(to_do(moves.entries))


def _not_started(
    page: Grid | None, name: str, moves: LogChanges, journey: Journey, before: dt.date | None
) -> Iterator[str]:
    """Yield sentences on actions that are not started, because they may have been started before."""
    if not any(stage.actions for stage in journey.stages):
        return
    if moves.deleted:
        added = [entry.key.name for entry in moves.entries if add_actions(entry, journey).actions]
        without = f" Not started: the actions for {listed(added)}." if added else ""
        yield (
            f"Tab {name!r}: {count(moves.deleted, 'row')} deleted by hand. The moves of this refresh start "
            f"no actions, because some may have been started before.{without}"
        )
    elif page is None and before is not None:
        yield (
            f"The sheet has no log of earlier refreshes, so a new tab {name!r} starts. Clients who are in a "
            "stage already start no actions (funnel actions --first gives them out)."
        )


def _legend_changed(page: Grid | None) -> str | None:
    """Return a sentence if a person changed the numbers of the steps, on which all rows depend; else None."""
    at = locate_log(page)
    written = records(page).get(at.header) if at else None
    if page is None or at is None or written is None or RECORD not in at.columns:
        return None
    column = at.columns[RECORD]
    before = written.cells.get(column)
    if before is None or before[0] == fingerprint(seen(page, at.header, column)):
        return None
    return (
        f"Tab {page.tab!r}: {cell_name(at.header, column)}, which numbers the steps for the rows below, was "
        "changed by hand. Nothing was added, because marks could be assigned to wrong steps. Restore the "
        "cell, or delete the tab; a new log then starts."
    )


def to_do(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield each tag, hand-off list and note with its clients."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for action in entry.actions:
            kinds = {"tag": f"tag {action.text!r}", "hand_off": f"hand off to {action.text!r}"}
            wanted[kinds.get(action.kind, f"a note for {entry.after!r}")].append(entry.key.name)
    for what, clients in wanted.items():
        yield f"{what}: {listed(clients)}"


def with_planned_log(funnel: Funnel, page: Grid | None, change: PutTab | None, tabs: Sequence[str]) -> Funnel:
    """Return the results with the planned rows in the log, so that the next refresh plans no change."""
    if change is None or not funnel.journey.stages:
        return funnel
    grid = _with(page, change.cells)
    log = read_log(grid, funnel.clients.tab, [*tabs, change.tab])
    clients = replace(funnel.clients, log=log, actions=read_action_states(grid))
    return type(funnel)(clients, funnel.as_of, funnel.counts)


def _with(page: Grid | None, cells: Sequence[Cell]) -> Grid:
    """Return a tab with some cells changed."""
    height = max([page.height if page else 0, *(cell.row for cell in cells)])
    width = max([page.width if page else 0, *(cell.column for cell in cells)])
    values: list[list[Value]] = [[None] * height for _ in range(width)]
    for column, before in enumerate(page.values if page else ()):
        values[column][: len(before)] = before
    for cell in cells:
        assert not isinstance(cell.value, Formula | Link)
        values[cell.column - 1][cell.row - 1] = cell.value
    return Grid(page.tab if page else TAB, values)


def find_moves(funnel: Funnel, at: LogLayout | None, since: dt.date | None = None) -> LogChanges:
    """Compare the log (`Clients.log`) with the present states of the clients.

    Parameters
    ----------
    at : the place of the log; None if there is none.
    since : the day of the previous refresh, if it is known from another source than the log.
    """
    log, legend = funnel.clients.log, at.legend if at else Legend()
    if log is not None and len(log):
        recorded = log["when"][~log["why"].isin(EXACT)].max()
        days = [day for day in (since, None if recorded != recorded else recorded.date()) if day]
        since = max((day for day in days if day <= funnel.as_of), default=None)
    known, now = fold_log(log), current_states(funnel.flagged)
    found = compare_with_log(known, now, funnel.journey, legend, as_of=funnel.as_of, since=since)
    return _without_repeated_actions(replace(found, entries=tuple(_by(found.entries, funnel))), at)


def _without_repeated_actions(moves: LogChanges, at: LogLayout | None) -> LogChanges:
    """Return the moves without actions if log rows were deleted, because a second mail is worse than none."""
    missing = len(at.missing) if at else 0
    deleted = max(missing - at.legend.deleted, 0) if at and at.legend.rows else 0
    legend = replace(moves.legend, deleted=missing)
    if not deleted:
        return replace(moves, legend=legend)
    entries = tuple(replace(entry, actions=()) for entry in moves.entries)
    return replace(moves, entries=entries, legend=legend, deleted=deleted)


def _before(past: Grid | None, funnel: Funnel, tabs: Iterable[str]) -> dt.date | None:
    """Return the day of the previous refresh, from the history."""
    days = [row[history.AS_OF] for row in history.recorded(past, funnel, tabs).values()]
    known = [day for day in days if isinstance(day, dt.date) and not isinstance(day, dt.datetime)]
    return max((day for day in known if day <= funnel.as_of), default=None)


def _by(entries: Iterable[Entry], funnel: Funnel) -> Iterator[Entry]:
    """Add the author of the event to entries set by an event."""
    events, authors = funnel.clients.events, None
    for entry in entries:
        if entry.why == "event" and isinstance(entry.when, dt.datetime) and events is not None:
            if authors is None:
                rows = funnel.clients.table["row"].to_numpy()[events["client"].to_numpy()]
                times = [at.to_pydatetime() for at in events["when"]]
                keys = zip(rows.tolist(), times, strict=True)
                authors = dict(zip(keys, events["by"].tolist(), strict=True))
            by = authors.get((entry.row, entry.when))
            entry = replace(entry, by=by if isinstance(by, str) else "")
        yield entry


def put_log(
    page: Grid | None,
    name: str,
    moves: LogChanges,
    funnel: Funnel,
    done: Sequence[Mapping[Any, Any]] = (),
    closed: Sequence[Line] = (),
) -> PutTab | None:
    """Plan new rows of the log; None if there are none.

    Parameters
    ----------
    page : the present tab; None if there is none yet.
    name : the name of a new tab.
    moves : the new entries, and the legend.
    done : the actions that a person ticked off, as rows of `actions_table`.
    closed : as for `plan_log`.
    """
    at = locate_log(page)
    if not (moves.entries or done or closed) and (at is None or str(at.legend) == str(moves.legend)):
        return None
    last = at.last if at else 0
    found = list(lines(moves, funnel, last))
    found += state_lines(done, DONE, funnel.as_of, "", funnel.clients.tab, last + len(found))
    return put_lines(page, name, moves.legend, [*found, *closed])


def state_lines(
    actions: Iterable[Mapping[Any, Any]], state: str, when: dt.date, by: str, tab: str, last: int
) -> list[Line]:
    """Return the rows that record a state of actions.

    Parameters
    ----------
    actions : rows of `actions_table`.
    last : the number of the last row written.
    """
    found = []
    for number, row in enumerate(actions, start=last + 1):
        client = ClientKey(str(row["client"]), parse_day(str(row["lead_date"] or "")))
        stage, action = str(row["stage"]), str(row["action"])
        found.append(action_line(number, int(row["number"]), client, stage, action, state, when, by, tab))
    return found


def put_lines(page: Grid | None, name: str, legend: Legend, found: Sequence[Line]) -> PutTab:
    """Plan new rows of the log, below the existing ones.

    Parameters
    ----------
    page, name : as for `put_log`.
    legend : the numbers of the steps.
    found : the rows, in the order of `HEADERS`.
    """
    at = locate_log(page)
    if page is None or at is None:
        at = _new_layout(page)
    header = [*HEADERS[:-1], str(legend.with_rows(at.last, found))]
    cells = [
        Cell(at.header, at.columns[name], text, "header") for name, text in zip(HEADERS, header, strict=True)
    ]
    first = max(page.height if page else HEADER, at.header) + 1
    for row, line in enumerate(found, start=first):
        cells += _cells(row, line, at)
    if page is None:
        cells += [Cell(1, FIRST, _TITLE, "title"), Cell(2, FIRST, _NOTE, "note")]
    rows = {*([1, 2] if page is None else []), at.header, *range(first, first + len(found))}
    columns = range(FIRST, FIRST + len(HEADERS))
    return PutTab(
        page.tab if page else name, NAME, changes(page, cells, rows).cells, create=page is None,
        widths={1: 4.0, **dict(zip(columns, _WIDTHS, strict=True))}, freeze_row=HEADER,
        hidden_columns=(1, columns[-1]),
    )  # fmt: skip


def free_name(tabs: Iterable[str]) -> str:
    """Return a name for the tab that none of these tabs has.

    >>> free_name(["Clients", "funnel LOG"])
    'Funnel log 2'
    """
    taken = {tab.casefold() for tab in tabs}
    numbered = (f"{TAB} {n}" for n in range(2, len(taken) + 3))
    return next(name for name in (TAB, *numbered) if name.casefold() not in taken)


def _new_layout(page: Grid | None) -> LogLayout:
    """Return the place of a new log: on a new tab, or below the content of a tab without headers."""
    columns = {name: FIRST + i for i, name in enumerate(HEADERS)}
    return LogLayout(page.height + 2 if page and page.height else HEADER, columns, Legend())


def lines(moves: LogChanges, funnel: Funnel, last: int = 0) -> Iterator[Line]:
    """Yield the rows to add, as values in the order of `HEADERS`.

    Parameters
    ----------
    last : the number of the last row written.
    """
    alike: dict[object, list[Entry]] = defaultdict(list)
    shared = len(moves.entries) > MOST_ROWS
    for entry in moves.entries:
        states = entry.before, entry.after, entry.old_key is None
        rest = entry.why, entry.by, entry.since, entry.when, entry.actions
        alike[(states, rest, None if shared else (entry.key, entry.old_key))].append(entry)
    numbers = {name: number for number, name in moves.legend.names.items()}
    chunks = (chunk for entries in alike.values() for chunk in _chunks(entries))
    for number, chunk in enumerate(chunks, start=last + 1):
        yield _line(chunk, number, numbers, funnel)


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Split entries so that the record of each part fits into one cell."""
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(encode_client((entry.key, entry.old_key))) + 1
        if chunk and size + length > _LONGEST:
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += length
    yield chunk


def _line(entries: Sequence[Entry], number: int, numbers: Mapping[str, int], funnel: Funnel) -> Line:
    """Return the row for equal entries, usually a single one."""
    entry, steps = entries[0], [step.name for step in funnel.journey.steps]
    several = len({each.key for each in entries}) > 1
    record = Record(entry.before, entry.after, tuple((each.key, each.old_key) for each in entries), number)
    facts = None if several or not entry.actions else facts_of(funnel, entry.row, entry.after)
    return [
        entry.when,
        entry.since,
        listed((each.key.name for each in entries), most=2) if several else entry.key.name,
        None if several else entry.key.lead_date,
        state_label(entry.before, steps),
        state_label(entry.after, steps),
        "" if several and entry.old_key else describe_change(entry, steps),
        entry.why,
        entry.by,
        actions_text(entry.actions, facts),
        funnel.clients.tab,
        record.encode(numbers),
    ]


def facts_of(funnel: Funnel, row: int | None, stage: State) -> dict[str, str]:
    """Return the values for a note's placeholders, for the client in a row of the sheet."""
    table = funnel.clients.table
    found = table[table["row"] == row]
    facts = {"stage": str(stage)}
    for name in ("client", "coach", "company"):
        value = found[name].iloc[0] if name in found and len(found) else None
        facts[name] = value if isinstance(value, str) else ""
    return facts


def _cells(row: int, line: Line, at: LogLayout) -> Iterator[Cell]:
    for name, value in zip(HEADERS, line, strict=True):
        if value is not None and value != "":
            yield Cell(row, at.columns[name], value, _style(name, value))


def _style(name: str, value: Value) -> StyleName:
    if name == RECORD:
        return "hidden"
    return "date" if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else "plain"
