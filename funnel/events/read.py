"""An event log read into `Clients`: whose event, what, when, by whom, what it brought in.

A client is found by id, else by name, else by an e-mail address of the sheet. An event whose client or time
cannot be told is left out, which is a problem that names its row; nobody is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from funnel.cells.columns import ParseCache, encode_column, read_text
from funnel.cells.numbers import read_numbers
from funnel.cells.times import Times, read_times, stable_argsort
from funnel.clients import Clients, Problem
from funnel.errors import ReadError
from funnel.events.event_owner import AMBIGUOUS, BLANK, UNKNOWN, Whose, whose
from funnel.grid import Grid, Value
from funnel.journey.events import EVENT_ROLES, EventRole, Events
from funnel.journey.model import Journey
from funnel.journey.rules import ANY_EVENT
from funnel.reading.header import find_header
from funnel.reading.match_columns import nearest_header
from funnel.reading.vocabulary import vocabulary
from funnel.text import count, fold, listed, nearest

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Integers: TypeAlias = "NDArray[np.int64]"

SALE = "Sale"
"""What the events of a log are called that has amounts, and no column for what happened."""

_WHAT: dict[EventRole, str] = {
    "client": "which client (Client, Contact, E-mail …)",
    "event": "what happened (Event, Stage …)",
    "when": "when (Date, Time …)",
}
_SHOWN = 20  # problems of one kind that are told one by one


@dataclass(frozen=True, slots=True)
class Log:
    """An event log as it stands in a tab: its columns by role, and the row of the first event.

    Parameters
    ----------
    clock : the column of the time of day, where it stands apart from the date.
    """

    grid: Grid
    at: dict[EventRole, int]
    first: int
    place: str
    clock: int | None = None

    def cells(self, role: EventRole) -> Sequence[Value] | None:
        """The cells of a role; None where it has no column."""
        if role not in self.at:
            return None
        found = self._below(self.at[role])
        if role == "when" and self.clock:
            return list(map(_joined, found, self._below(self.clock)))
        return found

    def _below(self, column: int) -> Sequence[Value]:
        return self.grid.values[column - 1][self.first - 1 :]

    def __len__(self) -> int:
        return max(self.grid.height - self.first + 1, 0)


def find_log(grid: Grid, events: Events, place: str) -> Log:
    """Find the columns of an event log by their headers.

    Parameters
    ----------
    place : what messages call it: "tab 'Events'", "events.csv".

    Raises
    ------
    ReadError : a column that it cannot do without is missing.

    >>> grid = Grid("Log", [["Contact", "Ana"], ["Activity", "Bought"], ["Date", "2026-01-05"]])
    >>> find_log(grid, Events(), "log.csv").at
    {'client': 1, 'event': 2, 'when': 3}
    """
    wanted = {role: [*events.columns.get(role, ()), *vocabulary()["events"][role]] for role in EVENT_ROLES}
    header = find_header(grid, frozenset(fold(name) for names in wanted.values() for name in names))
    if header is None:
        raise ReadError(f"The event log ({place}) is empty, or no row of it looks like headers.")
    free = {fold(name): column for column, name in reversed(list(header.names.items()))}
    at: dict[EventRole, int] = {}
    for role, names in wanted.items():
        said = events.columns.get(role)
        hit = next((fold(name) for name in (said or names) if fold(name) in free), None)
        if hit is not None:
            at[role] = free.pop(hit)
        elif said or role in ("client", "when") or (role == "event" and not _has_amount(wanted, free)):
            raise ReadError(_no_column(role, said, list(header.names.values()), header.row, place))
    clock = next((free[name] for name in vocabulary()["events"]["clock"] if name in free), None)
    return Log(grid, at, header.row + 1, place, clock)


def _joined(date: Value, clock: Value) -> Value:
    """A date and a time of day in cells of their own; a date that has its time already stays as it is."""
    timed = isinstance(date, dt.datetime) or (isinstance(date, str) and ":" in date)
    if timed or date in (None, "") or clock in (None, ""):
        return date
    if isinstance(date, dt.date) and isinstance(clock, dt.time):
        return dt.datetime.combine(date, clock)
    return f"{date} {clock}"


def with_events(clients: Clients, grid: Grid, place: str) -> Clients:
    """Add the events of a log to clients, and what was noticed in it.

    Parameters
    ----------
    grid : the log as read; its columns are found by the journey's [events].
    place : what messages call it: "tab 'Events'", "events.csv".

    Raises
    ------
    ReadError : as `find_log`.

    >>> from funnel.journey import Stage
    >>> from funnel.loader.load import load
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(columns={"client": "Name"}, stages=stages, events=Events(tab="Log"))
    >>> clients = load(Grid("Clients", [["Name", "Ana", "Ben"], ["Town", "Bath", "York"]]), journey)
    >>> log = Grid("Log", [["Client", "Ben", "Bea"], ["Stage", "Won", "Won"], ["When", "2026-01-05", None]])
    >>> found = with_events(clients, log, "tab 'Log'")
    >>> found.events[["client", "when", "event", "row"]].values.tolist()
    [[1, Timestamp('2026-01-05 00:00:00'), 'Won', 2]]
    """
    assert clients.journey.events is not None
    log = find_log(grid, clients.journey.events, place)
    owners = whose(clients, log.cells("client") or ())
    times = read_times(log.cells("when") or (), log.at["when"], log.first)
    codes, names = _names(log)
    amounts, no_numbers = read_numbers(log.cells("amount") or [None] * len(log))
    kept = np.flatnonzero((owners.at >= 0) & ~np.isnat(times.at) & (codes >= 0))
    kept = kept[stable_argsort(times.at[kept].astype(np.int64))]
    table = _table(log, kept, owners.at, times, codes, names, amounts)
    problems = [
        *_nobody(log, owners, codes),
        *_strangers(log, owners, clients),
        *_nothing(log, owners, codes),
        *_timeless(log, owners, times, codes),
        *_zones(log, times, kept),
        *_no_amounts(log, no_numbers, kept),
        *_unheard(clients.journey, names, place),
    ]
    read = f"{count(len(kept), 'event')} read from {place}"
    zone = ("times of events with a zone are read as UTC",) if times.zoned[kept].any() else ()
    assumed = (*clients.assumed, read, *zone, *(f"{place}: {said}" for said in times.assumed))
    return replace(clients, events=table, problems=(*clients.problems, *problems), assumed=assumed)


def _has_amount(wanted: dict[EventRole, list[str]], free: dict[str, int]) -> bool:
    return any(fold(name) in free for name in wanted["amount"])


def _names(log: Log) -> tuple[Integers, list[str]]:
    """What happened, as a code for each row (-1 where blank), and the name of each code as first spelled."""
    cells = log.cells("event")
    if cells is None:
        return np.zeros(len(log), dtype=np.int64), [SALE]
    names: list[str] = []
    known: dict[str, int] = {}

    def code(value: Value) -> int:
        text = read_text(value)
        if not text:
            return -1
        found = known.setdefault(fold(text) or text, len(names))
        if found == len(names):
            names.append(text)
        return found

    return encode_column(cells, code, -1), names


def _table(
    log: Log,
    kept: Integers,
    owners: Integers,
    times: Times,
    codes: Integers,
    names: Sequence[str],
    amounts: NDArray[np.float64],
) -> pd.DataFrame:
    """The events as `Clients` holds them: in the order of their times, those of one instant as they stand."""
    import pandas as pd

    cells, texts = log.cells("by"), ParseCache(read_text)
    by = None if cells is None else [texts[cells[i]] or None for i in kept.tolist()]
    return pd.DataFrame({
        "client": owners[kept],
        "when": times.at[kept],
        "event": pd.Categorical.from_codes(codes[kept], categories=pd.Index(list(names), dtype="str")),
        "by": pd.Series(by, index=range(len(kept)), dtype="str"),
        "amount": amounts[kept],
        "row": kept + log.first,
    })  # fmt: skip


# --- what a person should look at -------------------------------------------------------------------------


def _told(kind: str, log: Log, found: Sequence[tuple[str, str]], rest: str) -> Iterator[Problem]:
    """The first problems of a kind, each with its way out; and how many more there are."""
    place = f"{log.place[:1].upper()}{log.place[1:]}"
    for message, way_out in found[:_SHOWN]:
        joint = "," if message.startswith("row") else ":"
        yield Problem(kind, f"{place}{joint} {message}", way_out=way_out)
    if len(found) > _SHOWN:
        yield Problem(kind, f"{place}: {len(found) - _SHOWN:,} more {rest}.")


def _rows(log: Log, offsets: Integers) -> str:
    """The rows of some events: the first ones, and how many more."""
    said = [str(int(i) + log.first) for i in offsets[:4]]
    more = [f"{len(offsets) - 3:,} more"] if len(offsets) > 4 else said[3:]
    return f"{'row' if len(offsets) == 1 else 'rows'} {listed([*said[:3], *more])}"


def _nobody(log: Log, owners: Whose, codes: Integers) -> Iterator[Problem]:
    """Events without a client; a row that says nothing at all is none."""
    when = log.cells("when") or ()
    nobody = np.flatnonzero(owners.at == BLANK)
    found = np.array(
        [i for i in nobody.tolist() if codes[i] >= 0 and when[i] not in (None, "")], dtype=np.int64
    )
    if len(found):
        said = f"{_rows(log, found)}: no client is named; {_left_out(len(found))}."
        yield from _told("event without client", log, [(said, "Type whose event it is.")], "")


def _strangers(log: Log, owners: Whose, clients: Clients) -> Iterator[Problem]:
    """Names that are no client's, or several clients'."""
    cells = log.cells("client") or ()
    for kind, code in (("unknown client", UNKNOWN), ("ambiguous client", AMBIGUOUS)):
        rows: dict[str, list[int]] = {}
        for i in np.flatnonzero(owners.at == code).tolist():
            rows.setdefault(read_text(cells[i]), []).append(i)
        said: list[tuple[str, str]] = []
        for name, at in rows.items():
            where = _rows(log, np.array(at))
            if code == UNKNOWN:
                near = owners.nearest(name) if len(said) < _SHOWN else None
                meant = f"; did you mean {near!r}?" if near else "."
                text = f"{where}: {name!r} is no client of the sheet, and {_left_out(len(at))}{meant}"
                said.append((text, "Add the client to the sheet, or correct the name in the log."))
            else:
                text = f"{where}: {name!r} may be any of {owners.several(name)}; {_left_out(len(at))}."
                said.append((text, "Name clients by an id, in the sheet (`columns.id`) and in the log."))
        yield from _told(kind, log, said, f"names are of an {kind}")


def _nothing(log: Log, owners: Whose, codes: Integers) -> Iterator[Problem]:
    """Rows with a client and no event."""
    found = np.flatnonzero((owners.at >= 0) & (codes < 0))
    if len(found):
        said = f"{_rows(log, found)}: no event is named; {_left_out(len(found))}."
        yield from _told("event without a name", log, [(said, "Type what happened.")], "")


def _timeless(log: Log, owners: Whose, times: Times, codes: Integers) -> Iterator[Problem]:
    """Events of clients whose time is blank, unreadable, or of a year that cannot be."""
    cells, ours = log.cells("when") or (), (owners.at >= 0) & (codes >= 0)
    wrong = [i for i in (*times.unreadable, *times.wrong_year) if ours[i]]
    said = [
        (
            f"row {i + log.first}: {read_text(cells[i])!r} is no time; the event is left out.",
            "Type it like 2026-11-21 14:30.",
        )
        for i in sorted(wrong)
    ]
    yield from _told("unreadable time", log, said, "times cannot be read")
    blank = np.isnat(times.at) & ours
    blank[wrong] = False
    found = np.flatnonzero(blank)
    if len(found):
        text = f"{_rows(log, found)}: there is no time; {_left_out(len(found))}."
        yield from _told("unreadable time", log, [(text, "Type when it happened.")], "")
    for problem in times.problems:
        yield from _told(problem.kind, log, [(problem.message, problem.way_out)], "")


def _zones(log: Log, times: Times, kept: Integers) -> Iterator[Problem]:
    """Times with and without a zone in one log: the fewer ones are named."""
    zoned = times.zoned[kept]
    if zoned.all() or not zoned.any():
        return
    few = np.sort(kept[zoned] if 2 * zoned.sum() <= len(kept) else kept[~zoned])
    have, others = ("a zone", "have none") if times.zoned[few[0]] else ("no zone", "have one")
    said = (
        f"{_rows(log, few)}: the time has {have}, and others {others}. Those with a zone are read as UTC, "
        "the others as they stand, so that their order may be wrong."
    )
    yield from _told("mixed time zones", log, [(said, "Write all times with a zone, or none.")], "")


def _no_amounts(log: Log, bad: Sequence[int], kept: Integers) -> Iterator[Problem]:
    """Amounts that are no numbers."""
    if not bad:
        return
    cells, ours = log.cells("amount") or (), set(kept.tolist())
    said = [
        (f"row {i + log.first}: {read_text(cells[i])!r} is no amount; it counts as blank.", "Type a number.")
        for i in bad
        if i in ours
    ]
    yield from _told("not a number", log, said, "amounts are no numbers")


def _unheard(journey: Journey, names: Iterable[str], place: str) -> Iterator[Problem]:
    """Events that the journey names and the log never has, where it has one nearly so."""
    assert journey.events is not None
    heard = {fold(name): name for name in names}
    asked = dict.fromkeys(journey.events.advance, "`events.advance`")
    asked |= dict.fromkeys(journey.events.sales, "`events.sales`")
    asked |= {name: f"the rule {rule}" for rule in journey.happenings for name in rule.events}
    mapped = set(map(fold, asked))
    for name, owner in asked.items():
        others = [other for folded, other in heard.items() if folded not in mapped]
        near = nearest(name, others, cutoff=0.8)
        if name != ANY_EVENT and fold(name) not in heard and near:
            yield Problem(
                "unheard event",
                f"{owner} names the event {name!r}, which {place} never has; did you mean {near!r}?",
                way_out="Write it in the journey file as the log does.",
            )


def _left_out(n: int) -> str:
    return "the event is left out" if n == 1 else f"the {n:,} events are left out"


def _no_column(
    role: EventRole, said: Sequence[str] | None, headers: Sequence[str], row: int, place: str
) -> str:
    """That a log lacks a column, with its headers, the nearest, and how to name it."""
    near = nearest_header(said, headers) if said else None
    meant = f"; did you mean {near!r}?" if near else "."
    wanted = f"column {said[0]!r} for `{role}`" if said else f"column that says {_WHAT[role]}"
    return (
        f"The event log ({place}) has no {wanted}{meant} Its headers in row {row} are "
        f"{listed(map(repr, headers), most=20)}. Name it in the journey file, below [events.columns]: "
        f'{role} = "…".'
    )
