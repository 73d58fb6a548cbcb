"""A history that another program kept, read into moves: who, from which stage, to which, when, by whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from funnel.cells.columns import text_of
from funnel.cells.times import read_times
from funnel.clients import Clients
from funnel.errors import ReadError
from funnel.events.event_owner import AMBIGUOUS, BLANK, whose
from funnel.grid import Grid, Value
from funnel.journey.stages import names
from funnel.reading.header import find_header
from funnel.text import count, fold, listed, nearest

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
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """One move of a client, by its position in the table; `before` is None where the file does not say."""

    client: int
    before: str | None
    after: str
    when: dt.datetime
    by: str
    row: int


@dataclass(frozen=True, slots=True)
class Import:
    """The moves of a file, oldest first, and sentences on rows that were left out."""

    moves: tuple[Imported, ...]
    problems: tuple[str, ...]


def read_moves(grid: Grid, clients: Clients, place: str, today: dt.date | None = None) -> Import:
    """Read the moves of a file.

    Parameters
    ----------
    place : the file as the person named it.
    today : a move of a later day has not happened, and is left out.

    Raises
    ------
    ReadError : where a column is missing without which nothing can be told.

    >>> from funnel.journey import Journey, Stage
    >>> from funnel.loader.load import load
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(columns={"client": "Name", "stage": "Stage"}, stages=stages)
    >>> clients = load(Grid("Clients", [["Name", "Ana", "Ben"], ["Stage", "Won", "Lead"]]), journey)
    >>> lines = [["Contact", "ana", "Bea"], ["New stage", "won", "Won"], ["Date", "2026-01-05", None]]
    >>> grid = Grid("crm", lines)
    >>> found = read_moves(grid, clients, "crm.csv")
    >>> found.moves[0].after, found.problems
    ('Won', ("crm.csv, row 3: there is no client 'Bea' in the sheet.",))
    """
    at, first = _columns(grid, place)

    def cells(role: str) -> Sequence[Value]:
        return grid.values[at[role] - 1][first - 1 :] if role in at else [None] * (grid.height - first + 1)

    owners = whose(clients, cells("client"))
    positions = owners.at
    if "id" in at:
        by_id = whose(clients, cells("id")).at
        positions = np.where(by_id >= 0, by_id, positions)
    times = read_times(cells("when"), at["when"], first)
    stages = names(clients.journey.stages, clients.journey.reassign)
    before, after = ([stages.get(fold(text_of(cell))) for cell in cells(role)] for role in ("from", "to"))
    by = [text_of(cell) for cell in cells("by")]
    moves: list[Imported] = []
    problems: dict[str, list[int]] = defaultdict(list)
    for i, position in enumerate(positions.tolist()):
        name, stage, when = (cells(role)[i] for role in ("client", "to", "when"))
        if all(cell in (None, "") for cell in (name, stage, when)):
            continue
        wrong = _wrong(clients, position, name, after[i], stage, when, known=not np.isnat(times.at[i]))
        if not wrong and today and times.at[i] >= np.datetime64(today + dt.timedelta(days=1)):
            wrong = f"{text_of(when)!r} lies in the future"
        if wrong:
            problems[wrong].append(first + i)
        else:
            day = times.at[i].item()
            moves.append(Imported(position, before[i], after[i] or "", day, by[i], first + i))
    moves.sort(key=lambda move: move.when)
    return Import(tuple(moves), tuple(_sentences(problems, place)))


def _columns(grid: Grid, place: str) -> tuple[dict[str, int], int]:
    """The column of each role, by its header, and the first row below."""
    header = find_header(grid, frozenset(fold(name) for every in HEADERS.values() for name in every))
    if header is None:
        raise ReadError(f"{place} is empty, or no row of it looks like headers, so no moves were read.")
    free = {fold(name): column for column, name in reversed(list(header.names.items()))}
    at: dict[str, int] = {}
    for role, every in HEADERS.items():
        hit = next((fold(name) for name in every if fold(name) in free), None)
        if hit is not None:
            at[role] = free.pop(hit)
    missing = [
        role for role in ("client", "to", "when") if role not in at and not (role == "client" and "id" in at)
    ]
    if missing:
        wanted = {"client": "who moved (Client, Contact …)", "to": "to which stage (To, New stage …)",
                  "when": "when (Date, Changed at …)"}  # fmt: skip
        raise ReadError(
            f"{place} has no column that says {listed(wanted[role] for role in missing)}; its headers in row "
            f"{header.row} are {listed(map(repr, header.names.values()))}. Give that column such a header."
        )
    at.setdefault("client", at.get("id", 1))
    return at, header.row + 1


def _wrong(
    clients: Clients, position: int, name: Value, after: str | None, stage: Value, when: Value, *, known: bool
) -> str | None:
    """Why a row is left out, in words; None where it is not."""
    if position < 0:
        if position == BLANK:
            return "no client is named"
        if position == AMBIGUOUS:
            return f"several clients of the sheet are called {text_of(name)!r}"
        return f"there is no client {text_of(name)!r} in the sheet"
    if after is None:
        active = [each.name for each in clients.journey.stages if each.active]
        near = nearest(text_of(stage), active)
        meant = (
            f"; did you mean {near!r}? Say so in the journey file, with `was` or `reassign`" if near else ""
        )
        return f"{text_of(stage)!r} is no stage of the journey {clients.journey.name!r}{meant}"
    return None if known else f"{text_of(when)!r} is no time"


def _sentences(problems: dict[str, list[int]], place: str) -> Iterator[str]:
    for wrong, rows in list(problems.items())[:_SHOWN]:
        where = f"row {rows[0]}" if len(rows) == 1 else f"rows {listed(map(str, rows))}"
        yield f"{place}, {where}: {wrong}."
    if len(problems) > _SHOWN:
        left = sum(len(rows) for rows in list(problems.values())[_SHOWN:])
        yield f"{place}: {count(left, 'more row')} left out for reasons of this kind."
