"""The tab `Funnel log`: a row for each move, added below what stands there, and never written again.

What a person writes on the tab, corrects or deletes there stays so. Up to three hundred moves of one refresh
have a row each; of more, those that are alike share rows: ten thousand leads that are seen for the first time
are a few dozen rows, small enough for one call to Google.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funnel.grid import Grid, Value, cell_name
from funnel.history.compare_history import (
    Entry,
    LogChanges,
    compare_with_log,
    describe_change,
    fold_log,
    state_label,
)
from funnel.history.entry import RECORD, Legend, Record, State, encode_client
from funnel.history.read import EXACT, HEADERS, LogLayout, locate_log, read_log
from funnel.history.stage_actions import actions_text
from funnel.metrics.stages.snapshot import current_states
from funnel.plan import Cell, Formula, Link, PutTab, StyleName
from funnel.text import listed
from funnel.writer.history import weeks as history
from funnel.writer.ownership import changes, fingerprint, records, seen
from funnel.writer.page import FIRST

if TYPE_CHECKING:
    from funnel.metrics import Funnel

NAME = "log"
"""The tab's anchor."""

TAB = "Funnel log"
HEADER = 3
MOST_ROWS = 300
"""Moves of one refresh that have a row each."""

_LONGEST: Final = 30_000  # letters of a cell, of the 32,767 that it holds
_WIDTHS: Final = (12.0, 12.0, 26.0, 12.0, 22.0, 22.0, 34.0, 11.0, 14.0, 30.0, 16.0, 10.0)
_TITLE, _NOTE = (
    "Who moved where",
    "A row for each move that a refresh found: after Since, and not after When. Notes beside it are yours.",
)

Line = list[Value]
"""One row of the log, as `HEADERS` has it."""


def plan_log(
    page: Grid | None, past: Grid | None, funnel: Funnel, tabs: Sequence[str] = ()
) -> tuple[PutTab | None, list[str], list[str]]:
    """Plan what a refresh adds to the log; None where nobody moved.

    With sentences on what was left alone, and on what is to be done because clients entered stages.

    Parameters
    ----------
    page : the tab as it is; None where it is still to be made.
    past : the tab `Funnel history`, which says when the refresh before was; None where there is none.
    funnel : the results as of today: what was on another day is not known any more.
    tabs : the names of all tabs of the sheet.
    """
    name = page.tab if page else free_name(tabs)
    if changed := _legend_changed(page):
        return None, [changed], []
    moves = find_moves(funnel, locate_log(page), _before(past, funnel, tabs))
    if moves.other_clients:
        return (
            None,
            [
                f"Tab {name!r}: hardly one of the clients that it follows is on tab "
                f"{funnel.clients.tab!r}, so nothing was added to it. If they are other clients altogether, "
                "delete that tab; the log then begins anew."
            ],
            [],
        )
    return put_log(page, name, moves, funnel), [], list(_to_do(moves))


def _legend_changed(page: Grid | None) -> str | None:
    """Say that a person changed the numbers of the steps: by others, every mark would be another one's."""
    at = locate_log(page)
    written = records(page).get(at.header) if at else None
    if page is None or at is None or written is None or RECORD not in at.columns:
        return None
    column = at.columns[RECORD]
    ink = written.cells.get(column)
    if ink is None or ink[0] == fingerprint(seen(page, at.header, column)):
        return None
    return (
        f"Tab {page.tab!r}: {cell_name(at.header, column)}, which numbers the steps for the rows below, was "
        "changed by hand. Nothing was added, lest ticks be taken for others. Put it back as it was, or "
        "delete the tab; the log then begins anew."
    )


def _to_do(moves: LogChanges) -> Iterator[str]:
    """Each tag, hand-off list and note, with the clients it is for."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for entry in moves.entries:
        for action in entry.actions:
            kinds = {"tag": f"tag {action.text!r}", "hand_off": f"hand off to {action.text!r}"}
            wanted[kinds.get(action.kind, f"a note for {entry.after!r}")].append(entry.key.name)
    for what, clients in wanted.items():
        yield f"{what}: {listed(clients)}"


def logged(funnel: Funnel, page: Grid | None, change: PutTab | None, tabs: Sequence[str]) -> Funnel:
    """The results once the log holds what is added to it, so that the next refresh finds nothing else."""
    if change is None or not funnel.journey.stages:
        return funnel
    grid = _with(page, change.cells)
    log = read_log(grid, funnel.clients.tab, [*tabs, change.tab])
    return type(funnel)(replace(funnel.clients, log=log), funnel.as_of, funnel.counts)


def _with(page: Grid | None, cells: Sequence[Cell]) -> Grid:
    """A tab with some cells written."""
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
    """Compare the log (`Clients.log`) with where the clients stand now.

    Parameters
    ----------
    at : where the log stands; None where there is none.
    since : the day of the refresh before, where something else than the log remembers it.
    """
    log, legend = funnel.clients.log, at.legend if at else Legend()
    if log is not None and len(log):
        recorded = log["when"][~log["why"].isin(EXACT)].max()
        days = [day for day in (since, None if recorded != recorded else recorded.date()) if day]
        since = max((day for day in days if day <= funnel.as_of), default=None)
    known, now = fold_log(log), current_states(funnel.flagged)
    found = compare_with_log(known, now, funnel.journey, legend, as_of=funnel.as_of, since=since)
    return replace(found, entries=tuple(_by(found.entries, funnel)))


def _before(past: Grid | None, funnel: Funnel, tabs: Iterable[str]) -> dt.date | None:
    """The day of the refresh before this one, as the history has it."""
    days = [row[history.AS_OF] for row in history.recorded(past, funnel, tabs).values()]
    known = [day for day in days if isinstance(day, dt.date) and not isinstance(day, dt.datetime)]
    return max((day for day in known if day <= funnel.as_of), default=None)


def _by(entries: Iterable[Entry], funnel: Funnel) -> Iterator[Entry]:
    """Entries of events, with who caused them."""
    events, who = funnel.clients.events, None
    for entry in entries:
        if entry.why == "event" and isinstance(entry.when, dt.datetime) and events is not None:
            if who is None:
                rows = funnel.clients.table["row"].to_numpy()[events["client"].to_numpy()]
                times = [at.to_pydatetime() for at in events["when"]]
                who = dict(zip(zip(rows.tolist(), times, strict=True), events["by"].tolist(), strict=True))
            by = who.get((entry.row, entry.when))
            entry = replace(entry, by=by if isinstance(by, str) else "")
        yield entry


def put_log(page: Grid | None, name: str, moves: LogChanges, funnel: Funnel) -> PutTab | None:
    """Plan new rows of the log; None where there are none.

    Parameters
    ----------
    page : the tab as it is; None where it is still to be made.
    name : what to call it then.
    moves : the new entries (`moves.compare`), and the legend.
    """
    at = locate_log(page)
    if not moves.entries and (at is None or str(at.legend) == str(moves.legend)):
        return None
    if page is None or at is None:
        at = _begun(page)
    header = [*HEADERS[:-1], str(moves.legend)]
    cells = [
        Cell(at.header, at.columns[name], text, "header") for name, text in zip(HEADERS, header, strict=True)
    ]
    first = max(page.height if page else HEADER, at.header) + 1
    found = list(lines(moves, funnel, at.last))
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
    """What to call the tab of a sheet that has these tabs.

    >>> free_name(["Clients", "funnel LOG"])
    'Funnel log 2'
    """
    taken = {tab.casefold() for tab in tabs}
    numbered = (f"{TAB} {n}" for n in range(2, len(taken) + 3))
    return next(name for name in (TAB, *numbered) if name.casefold() not in taken)


def _begun(page: Grid | None) -> LogLayout:
    """Where the log begins: on a new tab, or below what is left of one whose headers somebody deleted."""
    columns = {name: FIRST + i for i, name in enumerate(HEADERS)}
    return LogLayout(page.height + 2 if page and page.height else HEADER, columns, Legend())


def lines(moves: LogChanges, funnel: Funnel, last: int = 0) -> Iterator[Line]:
    """The rows that are added, as values in the order of `HEADERS`.

    Parameters
    ----------
    last : the number of the row that was written last.
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
    """Entries whose record fits into one cell."""
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
    """The row of entries that are alike; most often there is one."""
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
    """What can be filled into a note for the client of a row of the sheet."""
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
