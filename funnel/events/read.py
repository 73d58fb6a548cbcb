"""Read an event log and add its events to `Clients`: client, event, time, author, amount.

A client is found by id, else by name, else by e-mail address. An event with an unknown client or time is
skipped, and reported as a problem with its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from funnel.cells.columns import ParseCache, encode_column, read_text
from funnel.cells.numbers import currency_of, most_frequent, read_amounts, same_currency
from funnel.cells.times import Times, in_zone, read_times, stable_argsort
from funnel.clients import Clients, Problem
from funnel.events.event_log import EventLog, find_event_log
from funnel.events.event_owner import find_owners
from funnel.events.problems import amount_problems, event_problems, why_not_used, without_meaning
from funnel.grid import Grid, Value
from funnel.text import count, fold

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Integers: TypeAlias = "NDArray[np.int64]"

SALE = "Sale"
"""The name of all events in a log with amounts and no event column."""


def join_events(clients: Clients, grid: Grid, place: str) -> Clients:
    """Add the events of a log to clients, with its problems and assumptions.

    Parameters
    ----------
    grid : the log; its columns are found by the journey's [events].
    place : its name in messages: "tab 'Events'", "events.csv".

    Raises
    ------
    ReadError : a required column is missing.

    >>> from funnel.journey import Journey, Stage
    >>> from funnel.journey.events import Events
    >>> from funnel.loader.load import load
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(columns={"client": "Name"}, stages=stages, events=Events(tab="Log"))
    >>> clients = load(Grid("Clients", [["Name", "Ana", "Ben"], ["Town", "Bath", "York"]]), journey)
    >>> log = Grid("Log", [["Client", "Ben", "Bea"], ["Stage", "Won", "Won"], ["When", "2026-01-05", None]])
    >>> found = join_events(clients, log, "tab 'Log'")
    >>> found.events[["client", "when", "event", "row"]].values.tolist()
    [[1, Timestamp('2026-01-05 00:00:00'), 'Won', 2]]
    """
    assert clients.journey.events is not None
    log = find_event_log(grid, clients.journey.events, place)
    owners = find_owners(clients, log.cells("client") or ())
    zone = clients.journey.events.zone or clients.journey.timezone
    times = read_times(log.cells("when") or (), log.columns["when"], log.first)
    if zone:
        times = replace(times, at=in_zone(times.at, times.zoned, zone))
    codes, names = _encode_events(log)
    amounts = read_amounts(log.cells("amount") or [None] * len(log))
    kept = np.flatnonzero((owners.positions >= 0) & ~np.isnat(times.at) & (codes >= 0))
    kept = kept[stable_argsort(times.at[kept].astype(np.int64))]
    used = [amounts.currencies[i] for i in kept.tolist()]
    main = currency_of(clients.journey.currency) or clients.journey.currency or most_frequent(used)
    others = [i for i, c in zip(kept.tolist(), used, strict=True) if c and not same_currency(c, main)]
    amounts.numbers[others] = np.nan
    table = _table(log, kept, owners.positions, times, codes, names, amounts.numbers)
    problems = [
        *event_problems(clients, log, owners, times, kept, codes, names),
        *amount_problems(log, amounts, others, main, kept),
    ]
    read = f"{count(len(kept), 'event')} read from {place}"
    zoned = (
        (f"times of events with a zone are converted to {zone or 'UTC'}",) if times.zoned[kept].any() else ()
    )
    assumed = (*clients.assumed, read, *zoned, *(f"{place}: {sentence}" for sentence in times.assumed))
    doubt = why_not_used(clients, log, owners, codes, names) if clients.journey.staged else ""
    if clients.journey.staged and not doubt and log.cells("event") is not None:
        assumed += tuple(without_meaning(clients.journey, codes, names, place))
    if doubt:
        problems = [Problem("events not used", doubt), *problems]
    return replace(
        clients, events=table, problems=(*clients.problems, *problems), assumed=assumed, doubt=doubt
    )


def _encode_events(log: EventLog) -> tuple[Integers, list[str]]:
    """Return a code for the event of each row (-1 if blank), and the name of each code as first spelled."""
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
    log: EventLog,
    kept: Integers,
    owners: Integers,
    times: Times,
    codes: Integers,
    names: Sequence[str],
    amounts: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the events as in `Clients.events`: sorted by time, then in log order."""
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
