"""The layout of an event log on its tab: the row of headers, and the column of each role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funnel.errors import ReadError
from funnel.grid import Grid, Value
from funnel.journey.events import EVENT_ROLES, EventRole, Events
from funnel.reading.match_columns import nearest_header
from funnel.reading.tables.header import Header, find_header
from funnel.reading.words.vocabulary import vocabulary
from funnel.text import fold, listed

if TYPE_CHECKING:
    pass

_MEANING: dict[EventRole, str] = {
    "client": "the client (Client, Contact, E-mail …)",
    "event": "the event (Event, Stage …)",
    "when": "the time (Date, Time …)",
}


@dataclass(frozen=True, slots=True)
class EventLog:
    """The layout of an event log on its tab.

    Parameters
    ----------
    columns : column numbers by role.
    first : the row of the first event.
    place : its name in messages: "tab 'Events'", "events.csv".
    clock : the column of the time of day, if it is not in the date's column.
    """

    grid: Grid
    columns: dict[EventRole, int]
    first: int
    place: str
    clock: int | None = None

    def cells(self, role: EventRole) -> Sequence[Value] | None:
        """Return the cells of a role; None if it has no column."""
        if role not in self.columns:
            return None
        found = self._below(self.columns[role])
        if role == "when" and self.clock:
            return list(map(_join_date_and_time, found, self._below(self.clock)))
        return found

    def _below(self, column: int) -> Sequence[Value]:
        return self.grid.values[column - 1][self.first - 1 :]

    def __len__(self) -> int:
        return max(self.grid.height - self.first + 1, 0)


def find_event_log(grid: Grid, events: Events, place: str) -> EventLog:
    """Find the columns of an event log by their headers.

    Parameters
    ----------
    place : its name in messages: "tab 'Events'", "events.csv".

    Raises
    ------
    ReadError : a required column is missing.

    >>> grid = Grid("Log", [["Contact", "Ana"], ["Activity", "Bought"], ["Date", "2026-01-05"]])
    >>> find_event_log(grid, Events(), "log.csv").columns
    {'client': 1, 'event': 2, 'when': 3}
    """
    wanted = {role: [*events.columns.get(role, ()), *vocabulary()["events"][role]] for role in EVENT_ROLES}
    header = find_header(grid, frozenset(fold(name) for names in wanted.values() for name in names))
    if header is None:
        raise ReadError(f"The event log ({place}) is empty or has no row of headers.")
    aliases: dict[str, Sequence[str]] = {
        role: events.columns.get(role) or wanted[role] for role in EVENT_ROLES
    }
    found = columns_by_alias(header, aliases | {"clock": vocabulary()["events"]["clock"]})
    declared = {role for role, names in events.columns.items() if names}
    required = declared | {"client", "when"} | (set() if "amount" in found else {"event"})
    for role in EVENT_ROLES:
        if role in required and role not in found:
            headers = list(header.names.values())
            raise ReadError(_missing_column(role, events.columns.get(role), headers, header.row, place))
    columns = {role: found[role] for role in EVENT_ROLES if role in found}
    return EventLog(grid, columns, header.row + 1, place, found.get("clock"))


def columns_by_alias(header: Header, aliases: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the column number of each role: the first of its aliases among the headers, each column once."""
    free = {fold(name): column for column, name in reversed(list(header.names.items()))}
    columns = {}
    for role, names in aliases.items():
        hit = next((fold(name) for name in names if fold(name) in free), None)
        if hit is not None:
            columns[role] = free.pop(hit)
    return columns


def _join_date_and_time(date: Value, clock: Value) -> Value:
    """Join a date and a time of day from two cells; a date that contains a time is returned unchanged."""
    timed = isinstance(date, dt.datetime) or (isinstance(date, str) and ":" in date)
    if timed or date in (None, "") or clock in (None, ""):
        return date
    if isinstance(date, dt.date) and isinstance(clock, dt.time):
        return dt.datetime.combine(date, clock)
    return f"{date} {clock}"


def _missing_column(
    role: EventRole, declared: Sequence[str] | None, headers: Sequence[str], row: int, place: str
) -> str:
    """Return the message for a missing column: the headers, the nearest one, and how to declare it."""
    near = nearest_header(declared, headers) if declared else None
    hint = f"; did you mean {near!r}?" if near else "."
    wanted = f"column {declared[0]!r} for `{role}`" if declared else f"column for {_MEANING[role]}"
    return (
        f"The event log ({place}) has no {wanted}{hint} The headers in row {row} are "
        f"{listed(map(repr, headers), most=20)}. Name the column in the journey file, under "
        f'[events.columns]: {role} = "…".'
    )
