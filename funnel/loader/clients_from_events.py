"""Make clients from an event log alone: a sheet with many rows for each client.

A client's lead date is that of the first event; of any other column, the client's first value counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from funnel.cells.columns import ParseCache, read_text
from funnel.cells.times import read_times
from funnel.clients import Clients
from funnel.errors import ReadError
from funnel.events.event_log import EventLog, find_event_log
from funnel.events.read import Integers, join_events
from funnel.grid import Grid, Value
from funnel.journey import Column, Journey, Role
from funnel.journey.events import Events
from funnel.loader.load_rows import load_rows
from funnel.reading.tables.header import find_header
from funnel.reading.words.thresholds import FEW
from funnel.reading.words.vocabulary import step_headers
from funnel.text import count, fold

LEAD = "Date of the first event"
_OFTEN = 1.3  # rows per client; with more, a tab is a log, not a list of clients
_LOOK_AT = 2000


def log_clients(grid: Grid, journey: Journey, source: str = "") -> Clients:
    """Read the clients of an event log, each once, and their events.

    Parameters
    ----------
    journey : its [events] name neither a tab nor a file.

    Returns
    -------
    Clients : without a layout; ``row`` is that of the client's first event.

    Raises
    ------
    ReadError : the tab is not an event log.

    >>> from funnel.journey import Stage
    >>> stages = (Stage(name="New", default=True), Stage(name="Won", paid=True))
    >>> log = Grid("Log", [["Client", "Ana", "Ben", "Ana"], ["Stage", "New", "New", "Won"],
    ...                    ["When", "2026-01-05", "2026-01-06", "2026-02-01"]])
    >>> found = log_clients(log, Journey(stages=stages, events=Events()))
    >>> found.table["client"].tolist(), len(found.events)
    (['Ana', 'Ben'], 3)
    """
    assert journey.events is not None
    place = f"tab {grid.tab!r}" if grid.tab else source
    log = find_event_log(grid, journey.events, place)
    owner, first = _owners(log)
    times = read_times(log.cells("when") or (), log.columns["when"], log.first)
    lead = np.full(len(first), np.datetime64("NaT", "s"))
    for i in np.argsort(times.at, kind="stable")[::-1].tolist():  # the earliest last; NaT sorts to the end
        if owner[i] >= 0 and not np.isnat(times.at[i]):
            lead[owner[i]] = times.at[i]
    people = Grid(grid.tab, [*_columns(log, owner, first), [LEAD, *lead.astype("datetime64[D]").tolist()]])
    name = str(grid[log.first - 1, log.columns["client"]])
    columns = {**journey.columns, "client": Column(headers=(name,)), "lead_date": Column(headers=(LEAD,))}
    clients = load_rows(people, journey.model_copy(update={"columns": columns}), source=source)
    return join_events(_placed(clients, [at + log.first for at in first], journey.columns), grid, place)


def is_log(grid: Grid) -> bool:
    """Return True if a tab is an event log: headers name client, event and time, and clients come often."""
    header = find_header(grid)
    if header is None or set(map(fold, header.names.values())) & step_headers().keys():
        return False
    try:
        log = find_event_log(grid, Events(), grid.tab)
    except ReadError:
        return False
    cells = log.cells("event")
    some = range(0, len(log), max(1, len(log) // _LOOK_AT))
    when = read_times([(log.cells("when") or ())[i] for i in some], log.columns["when"], log.first)
    owner, first = _owners(log)
    often = len(first) > 0 and (owner >= 0).sum() >= _OFTEN * len(first)
    if cells is None or not often or np.isnat(when.at).sum() * 2 > len(when.at):
        return False
    return 2 <= len({fold(read_text(value)) for value in cells} - {""}) <= FEW


def _owners(log: EventLog) -> tuple[Integers, list[int]]:
    """Return the client of each row (-1 for none), numbered by first appearance, and their first rows."""
    cells = log.cells("client") or ()
    first: list[int] = []
    known: dict[str, int] = {}
    keys: ParseCache[Value, str] = ParseCache(lambda value: fold(read_text(value)) or read_text(value))
    owner = np.full(len(cells), -1, dtype=np.int64)
    for i, value in enumerate(cells):
        if key := keys[value]:
            owner[i] = known.setdefault(key, len(first))
            if owner[i] == len(first):
                first.append(i)
    return owner, first


def _columns(log: EventLog, owner: Integers, first: Sequence[int]) -> list[list[Value]]:
    """Return the columns of the clients, each with the first value of each client."""
    events = {log.clock, *(column for role, column in log.columns.items() if role != "client")}
    made: list[list[Value]] = []
    for number, column in enumerate(log.grid.values, start=1):
        header, cells = column[log.first - 2], column[log.first - 1 :]
        if number in events or header in (None, ""):
            continue
        values: list[Value] = [cells[at] for at in first]
        for i, value in enumerate(cells):
            if value not in (None, "") and owner[i] >= 0 and values[owner[i]] in (None, ""):
                values[owner[i]] = value
        made.append([header, *values])
    return made


def _placed(clients: Clients, rows: Sequence[int], columns: dict[Role, Column]) -> Clients:
    """Return the clients and problems with the rows of the first events, and the journey as declared."""
    journey = clients.journey.model_copy(update={"columns": columns})
    table = clients.table.assign(row=[rows[row - 2] for row in clients.table["row"].tolist()])
    problems = tuple(
        replace(problem, row=rows[problem.row - 2] if problem.row and problem.row > 1 else None, column=None)
        for problem in clients.problems
    )
    assumption = f"read as an event log: {count(len(table), 'client')}, each a lead since the first event"
    return replace(
        clients, table=table, journey=journey, problems=problems, layout=None,
        assumed=(assumption, *clients.assumed),
    )  # fmt: skip
