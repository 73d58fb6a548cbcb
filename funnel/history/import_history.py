"""Import moves from the history file of another program: client, old stage, new stage, time, author."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from funnel.cells.columns import read_text
from funnel.cells.times import read_times
from funnel.clients import Clients
from funnel.errors import ReadError
from funnel.events.event_log import columns_by_alias
from funnel.events.event_owner import AMBIGUOUS, BLANK, find_owners
from funnel.grid import Grid, Value
from funnel.journey.stages import names, nearest_stage
from funnel.reading.tables.header import find_header
from funnel.text import count, fold, listed

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("ID", "Contact ID", "Client ID", "Lead ID", "Record ID", "Customer ID"),
    "client": (
        "Client", "Client name", "Contact", "Contact name", "Name", "Full name", "Lead", "Lead name",
        "Customer", "E-mail", "Email",
    ),
    "from": ("From", "From stage", "Old stage", "Previous stage", "Old value", "Previous value"),
    "to": ("To", "To stage", "New stage", "New value", "Stage", "Status", "Lifecycle stage"),
    "when": (
        "When", "Date", "Changed at", "Changed on", "Change date", "Date changed", "Timestamp", "Time",
        "Entered", "Date entered", "Created at", "Moved at", "Moved on",
    ),
    "by": ("By", "Changed by", "Moved by", "User", "Owner", "Who", "Author"),
}  # fmt: skip
_MAX_SENTENCES = 20


@dataclass(frozen=True, slots=True)
class ImportedMove:
    """One move of a client.

    Parameters
    ----------
    client : position of the client in `Clients.table`.
    before : the old stage; None if the file does not contain it.
    row : the row in the file.
    """

    client: int
    before: str | None
    after: str
    when: dt.datetime
    by: str
    row: int


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """The moves of a file, oldest first, and a sentence for each reason to skip rows."""

    moves: tuple[ImportedMove, ...]
    problems: tuple[str, ...]


def read_moves(grid: Grid, clients: Clients, place: str, today: dt.date | None = None) -> ImportedHistory:
    """Read the moves of a file.

    Parameters
    ----------
    place : the file name for messages.
    today : moves after this day are skipped.

    Raises
    ------
    ReadError : the column of the client, the new stage or the time is missing.

    >>> from funnel.journey import Journey, Stage
    >>> from funnel.loader.load import load
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(columns={"client": "Name", "stage": "Stage"}, stages=stages)
    >>> clients = load(Grid("Clients", [["Name", "Ana", "Ben"], ["Stage", "Won", "Lead"]]), journey)
    >>> lines = [["Contact", "ana", "Bea"], ["New stage", "won", "Won"], ["Date", "2026-01-05", None]]
    >>> grid = Grid("crm", lines)
    >>> found = read_moves(grid, clients, "crm.csv")
    >>> found.moves[0].after, found.problems
    ('Won', ("crm.csv, row 3: the sheet has no client 'Bea'.",))
    """
    columns, first = _find_columns(grid, place)

    def cells(role: str) -> Sequence[Value]:
        if role not in columns:
            return [None] * (grid.height - first + 1)
        return grid.values[columns[role] - 1][first - 1 :]

    owners = find_owners(clients, cells("client"))
    positions = owners.positions
    if "id" in columns:
        by_id = find_owners(clients, cells("id")).positions
        positions = np.where(by_id >= 0, by_id, positions)
    times = read_times(cells("when"), columns["when"], first)
    stages = names(clients.journey.stages, clients.journey.reassign)
    before, after = ([stages.get(fold(read_text(cell))) for cell in cells(role)] for role in ("from", "to"))
    by = [read_text(cell) for cell in cells("by")]
    moves: list[ImportedMove] = []
    problems: dict[str, list[int]] = defaultdict(list)
    for i, position in enumerate(positions.tolist()):
        name, stage, when = (cells(role)[i] for role in ("client", "to", "when"))
        if all(cell in (None, "") for cell in (name, stage, when)):
            continue
        reason = _reason_to_skip(
            clients, position, name, after[i], stage, when, dated=not np.isnat(times.at[i])
        )
        if not reason and today and times.at[i] >= np.datetime64(today + dt.timedelta(days=1)):
            reason = f"{read_text(when)!r} is in the future"
        if reason:
            problems[reason].append(first + i)
        else:
            time = times.at[i].item()
            moves.append(ImportedMove(position, before[i], after[i] or "", time, by[i], first + i))
    moves.sort(key=lambda move: move.when)
    return ImportedHistory(tuple(moves), tuple(_sentences(problems, place)))


def _find_columns(grid: Grid, place: str) -> tuple[dict[str, int], int]:
    """Return the column number of each role, and the first row below the headers."""
    header = find_header(grid, frozenset(fold(name) for aliases in HEADERS.values() for name in aliases))
    if header is None:
        raise ReadError(f"{place} is empty or has no row of headers. No moves were read.")
    columns = columns_by_alias(header, HEADERS)
    required = {
        "client": "the client (Client, Contact …)", "to": "the new stage (To, New stage …)",
        "when": "the time (Date, Changed at …)",
    }  # fmt: skip
    if "id" in columns:
        columns.setdefault("client", columns["id"])
    missing = [text for role, text in required.items() if role not in columns]
    if missing:
        raise ReadError(
            f"{place} has no column for {listed(missing)}. The headers in row {header.row} are "
            f"{listed(map(repr, header.names.values()))}. Rename the header of that column."
        )
    return columns, header.row + 1


def _reason_to_skip(
    clients: Clients, position: int, name: Value, after: str | None, stage: Value, when: Value, *, dated: bool
) -> str | None:
    """Return the reason for skipping a row; None if it is imported."""
    if position == BLANK:
        return "the client is blank"
    if position == AMBIGUOUS:
        return f"several clients of the sheet are called {read_text(name)!r}"
    if position < 0:
        return f"the sheet has no client {read_text(name)!r}"
    if after is None:
        near = nearest_stage(read_text(stage), clients.journey.stages)
        hint = f"; did you mean {near!r}? Add it to the journey file with `was` or `reassign`" if near else ""
        return f"the journey {clients.journey.name!r} has no stage {read_text(stage)!r}{hint}"
    return None if dated else f"{read_text(when)!r} is not a time"


def _sentences(problems: dict[str, list[int]], place: str) -> Iterator[str]:
    for reason, rows in list(problems.items())[:_MAX_SENTENCES]:
        where = f"row {rows[0]}" if len(rows) == 1 else f"rows {listed(map(str, rows))}"
        yield f"{place}, {where}: {reason}."
    if len(problems) > _MAX_SENTENCES:
        more = sum(len(rows) for rows in list(problems.values())[_MAX_SENTENCES:])
        yield f"{place}: {count(more, 'more row')} skipped for similar reasons."
