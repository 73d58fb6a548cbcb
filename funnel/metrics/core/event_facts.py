"""Facts from the event log about each client as of a date: stage, time of entry, sales, counts of events.

Folding (docs/decisions/0009): a client begins at the default stage, or with `stage_cells = "start"` at the
stage in its cell (docs/decisions/0017). An event moves it forward; only an event with `back = true` moves it
back, or out of a lost stage. Of several events at the same time, those with `back` are applied first,
then the furthest stage counts, so their order in the log does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from funnel.cells.times import stable_argsort
from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.journey import Duration, Journey
from funnel.journey.events import targets
from funnel.journey.rules import ANY_EVENT, EventCount, comparisons
from funnel.loader.sheet_rows import SALES_ROLES
from funnel.schema import event_count, flag, step_date
from funnel.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

Integers: TypeAlias = "NDArray[np.int64]"
Times: TypeAlias = "NDArray[np.datetime64]"

EVENT_STAGE, EVENT_SINCE, EVENT_FURTHEST = map(flag, ("event_stage", "event_since", "event_furthest"))
MONTH = Duration(days=30)
_NONE = np.datetime64("NaT", "s")


def event_count_column(condition: EventCount) -> str:
    """Return the name of the column that counts the events of a rule.

    >>> event_count_column(EventCount(("Opened a mail",), "at_least", 3, Duration(days=30)))
    'events:opened a mail:30 days'
    """
    return event_count(condition.events, condition.within)


def first_day_within(length: Duration, as_of: dt.date) -> dt.date:
    """Return the first day that a rule counts as within this length of time before a date.

    >>> first_day_within(Duration(days=30), dt.date(2026, 7, 31))
    datetime.date(2026, 7, 1)
    """
    one = dt.timedelta(days=1)
    return length.latest_start(as_of - one) + one


def event_columns(clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Return the columns that the event log adds to the clients' table as of a date.

    Returns
    -------
    dict of columns with one value for each client: `EVENT_STAGE`, `EVENT_SINCE` and `EVENT_FURTHEST` if the
    journey has stages; the date of each step after the default one (when an event first moved the client that
    far); the sales roles; a count for each rule on events. Empty if the journey has no events.

    Examples
    --------
    >>> from funnel.journey import Stage
    >>> from funnel.journey.events import Events
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(stages=stages, events=Events(advance={"Bought": "Won"}))
    >>> events = pd.DataFrame({"client": [0], "when": pd.to_datetime(["2026-01-05"]), "amount": [90.0],
    ...                        "event": pd.Categorical(["Bought"])})
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"]})
    >>> found = event_columns(Clients(table, journey, events=events), dt.date(2026, 7, 1))
    >>> list(found[EVENT_STAGE]), found["lifetime_value"].tolist()
    (['Won', nan], [90.0, 0.0])
    """
    if clients.journey.events is None:
        return {}
    past = _past(clients, as_of)
    columns: dict[str, Any] = {}
    if clients.journey.stages:
        columns |= _stage_columns(past, clients)
    columns |= _sales_columns(past, clients, as_of)
    for condition in clients.journey.event_counts:
        columns[event_count_column(condition)] = past.count(condition, as_of)
    return columns


def logged_sales(clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Return what the event log alone has for each sales role until a date, one value for each client."""
    if clients.journey.events is None or clients.events is None or not in_memory(clients.table):
        return {}
    own = clients.table.drop(columns=[role for role in SALES_ROLES if role in clients.table])
    return _sales_columns(_past(clients, as_of), replace(clients, table=own), as_of)


def event_moves(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """List the moves that events caused until a date, by client, in order.

    Returns
    -------
    DataFrame: client (position in the table), when, stage (the new one), event, row (in the log), by. Empty
    without events or stages.
    """
    if clients.journey.events is None or not clients.journey.stages:
        return pd.DataFrame(columns=["client", "when", "stage", "event", "row", "by"])
    past = _past(clients, as_of)
    names = stages_by_rank(clients.journey)
    moves = _fold_events(past, clients.journey)
    cause = past.order[moves.cause]
    log = clients.events if clients.events is not None else _no_events()
    return pd.DataFrame({
        "client": moves.client,
        "when": moves.when,
        "stage": pd.array([names[rank] for rank in moves.rank.tolist()], dtype="str"),
        "event": log["event"].iloc[cause].astype("str").to_numpy(),
        "row": log["row"].iloc[cause].to_numpy() if "row" in log else -1,
        "by": log["by"].iloc[cause].to_numpy() if "by" in log else None,
    })  # fmt: skip


# --- the events until a date -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _PastEvents:
    """The events until the as-of date, sorted by client and time; `order` is their position in the log."""

    client: Integers
    when: Times
    code: Integers  # which of `names` happened
    amount: NDArray[np.float64]
    order: Integers
    names: Sequence[str]  # folded
    clients: int
    start: Integers  # the rank of the stage where each client began

    def has_name(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return true for the events with any of these names."""
        folded = {fold(name) for name in names}
        return np.array([ANY_EVENT in names or name in folded for name in self.names], dtype=bool)[self.code]

    def count(self, condition: EventCount, as_of: dt.date) -> NDArray[np.float64]:
        """Count the events of a rule, for each client."""
        counted = self.has_name(condition.events)
        if condition.within:
            counted &= self.when >= np.datetime64(first_day_within(condition.within, as_of), "s")
        return np.bincount(self.client[counted], minlength=self.clients).astype(float)


def _past(clients: Clients, as_of: dt.date) -> _PastEvents:
    events = clients.events if clients.events is not None else _no_events()
    kind = events["event"].astype("category").cat
    when = events["when"].to_numpy().astype("datetime64[s]")
    client = events["client"].to_numpy().astype(np.int64)
    happened = when < np.datetime64(as_of + dt.timedelta(days=1), "s")
    order = np.flatnonzero(happened)
    if not (np.diff(when) >= np.timedelta64(0, "s")).all():  # not from the loader, which sorts
        order = order[stable_argsort(when[order].astype(np.int64))]
    order = order[stable_argsort(client[order])]
    return _PastEvents(
        client[order], when[order], kind.codes.to_numpy().astype(np.int64)[order],
        events["amount"].to_numpy(dtype=float)[order], order,
        [fold(name) or str(name) for name in kind.categories], len(clients.table), _start_ranks(clients),
    )  # fmt: skip


def _start_ranks(clients: Clients) -> Integers:
    """Return the rank of the stage where each client began: that of its cell, if cells are starts."""
    journey, n = clients.journey, len(clients.table)
    if not journey.stages:
        return np.zeros(n, dtype=np.int64)
    default = next(i for i, stage in enumerate(journey.ordered_stages) if stage.default)
    if journey.stage_cells == "hand" or "stage" not in clients.table:
        return np.full(n, default, dtype=np.int64)
    ranks = {name: rank for rank, name in enumerate(stages_by_rank(journey))}
    return np.array([ranks.get(stage, default) for stage in clients.table["stage"]], dtype=np.int64)


def _no_events() -> pd.DataFrame:
    """Return an empty event log."""
    return pd.DataFrame({
        "client": np.zeros(0, dtype=np.int64), "when": np.zeros(0, dtype="datetime64[s]"),
        "event": pd.Categorical([]), "amount": np.zeros(0),
    })  # fmt: skip


# --- stages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Moves:
    """The moves that events caused: client, time, rank of the new stage, and position of the event."""

    client: Integers
    when: Times
    rank: Integers
    cause: Integers


def stages_by_rank(journey: Journey) -> list[str]:
    """Return the ordered stages, then the lost ones, of which the first has the highest rank, as in rules."""
    return [stage.name for stage in (*journey.ordered_stages, *reversed(journey.lost))]


def _ranks(past: _PastEvents, journey: Journey) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the rank of the stage of each event (-1 for none), and whether it may move a client back."""
    assert journey.events is not None
    known, names = targets(journey.events, journey.stages, journey.reassign), stages_by_rank(journey)
    found = [known.get(name) for name in past.names]
    back = np.array([bool(target and target.back) for target in found], dtype=bool)
    rank = np.array([names.index(target.stage) if target else -1 for target in found], dtype=np.int64)
    rank, back = rank[past.code], back[past.code]
    led_back = np.cumsum(back) - back
    first = np.searchsorted(past.client, past.client)  # the first event of the same client
    never_back = (led_back == led_back[first]) & ~back
    rank[(rank < past.start[past.client]) & never_back] = -1  # not before the client's first stage
    return rank, back


def _fold_events(past: _PastEvents, journey: Journey) -> _Moves:
    """Fold the events of all clients at once.

    Each event with `back` begins a new stretch, within which the furthest stage so far counts. Stretches are
    numbered in order, so stretch × stages + rank never decreases, and one running maximum is enough.
    """
    rank, back = _ranks(past, journey)
    leads = np.flatnonzero(rank >= 0)
    client, when, rank, back = past.client[leads], past.when[leads], rank[leads], back[leads]
    if not len(leads):
        return _Moves(client, when, rank, leads)
    begins = np.r_[True, (client[1:] != client[:-1]) | (when[1:] != when[:-1])]  # a new instant
    starts = np.flatnonzero(begins)
    base = np.maximum.reduceat(np.where(back, rank, -1), starts)
    there = np.maximum.reduceat(rank, starts)
    first = np.r_[True, client[starts][1:] != client[starts][:-1]]
    stretch = np.cumsum(first | (base >= 0))
    stages = len(stages_by_rank(journey))
    state = np.maximum.accumulate(stretch * stages + there) - stretch * stages
    moved = np.flatnonzero(first | (state != np.r_[-1, state[:-1]]))
    instant = np.cumsum(begins) - 1
    hit = np.flatnonzero(rank == state[instant])  # the events that lead to the stage of their instant
    cause = np.full(len(starts), -1, dtype=np.int64)
    cause[instant[hit][::-1]] = hit[::-1]
    return _Moves(client[starts][moved], when[starts][moved], state[moved], leads[cause[moved]])


def _stage_columns(past: _PastEvents, clients: Clients) -> dict[str, Any]:
    """Return each client's stage by events, since when, the furthest ever, and the dates of steps."""
    journey, n = clients.journey, past.clients
    found, names = _fold_events(past, journey), stages_by_rank(journey)
    stage, since = np.full(n, -1, dtype=np.int64), np.full(n, _NONE)
    stage[found.client], since[found.client] = found.rank, found.when  # the last move of each client is kept
    columns: dict[str, Any] = {EVENT_STAGE: _text(stage, names), EVENT_SINCE: since}
    rank, _ = _ranks(past, journey)
    stages = len(journey.ordered_stages)
    on = np.flatnonzero((rank >= 0) & (rank < stages))
    assert journey.events is not None
    default = next(i for i, one in enumerate(journey.ordered_stages) if one.default)
    furthest = np.full(n, default if journey.events.is_the_sheet else -1, dtype=np.int64)
    first: list[Times] = []
    if len(on):
        client, when, rank = past.client[on], past.when[on], rank[on]
        starts = np.flatnonzero(np.r_[True, client[1:] != client[:-1]])
        np.maximum.at(furthest, client[starts], np.maximum.reduceat(rank, starts))
        first = _first_times(client, when, rank, stages, n)
        for k, time in enumerate(first):
            time[past.start >= k] = _NONE  # the client began there, on an unknown day
    columns[EVENT_FURTHEST] = _text(furthest, names)
    if journey.staged:
        columns |= {
            step_date(names[k]): first[k] if first else np.full(n, _NONE) for k in range(default + 1, stages)
        }
    return columns


def _first_times(client: Integers, when: Times, rank: Integers, stages: int, n: int) -> list[Times]:
    """Return, for each ordered stage, when each client first reached it or a later one."""
    stretch = np.cumsum(np.r_[True, client[1:] != client[:-1]])
    far = np.maximum.accumulate(stretch * stages + rank) - stretch * stages
    rises = np.flatnonzero(np.r_[True, (client[1:] != client[:-1]) | (far[1:] > far[:-1])])
    client, when, far = client[rises][::-1], when[rises][::-1], far[rises][::-1]
    times: list[Times] = []
    for k in range(stages):
        time: Times = np.full(n, _NONE)
        time[client[far >= k]] = when[far >= k]  # in reverse order, so that the first one is kept
        times.append(time)
    return times


def _text(rank: Integers, names: Sequence[str]) -> Any:
    """Convert ranks to names; null for -1."""
    return pd.array(np.array([*names, None], dtype=object)[rank], dtype="str")


# --- money -------------------------------------------------------------------------------------------------


def _sales_columns(past: _PastEvents, clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Return lifetime value, value of the last 30 days, mean order and last sale.

    If the sheet has the column, blank cells are filled from the log, and the later last sale counts. A
    sale is an event with an amount, or an event named in [events] `sales` if the journey names some.
    Refunds lower the sums and are not sales.
    """
    journey, n = clients.journey, past.clients
    assert journey.events is not None
    known = ~np.isnan(past.amount)
    is_sale = past.has_name(journey.events.sales) if journey.events.sales else known
    wanted = {role for role in SALES_ROLES if role not in clients.table}
    if not is_sale.any():
        wanted &= _columns_in_rules(journey)
    amount = np.where(known, past.amount, 0.0)
    recent = is_sale & (past.when >= np.datetime64(first_day_within(MONTH, as_of), "s"))
    orders = is_sale & (past.amount > 0)
    sold = is_sale & ~(past.amount < 0)
    last = np.full(n, _NONE)
    last[past.client[sold]] = past.when[sold]  # in order of time, so that the last one is kept
    with np.errstate(invalid="ignore"):
        mean = _summed(past.client, amount, orders, n) / np.bincount(past.client[orders], minlength=n)
    columns: Mapping[str, Any] = {
        "lifetime_value": _summed(past.client, amount, is_sale, n),
        "value_30_days": _summed(past.client, amount, recent, n),
        "order_value": mean,
        "last_sale": last,
    }
    found = {role: values for role, values in columns.items() if role in wanted}
    if is_sale.any():
        sold_to = np.bincount(past.client[is_sale], minlength=n) > 0
        in_both = [role for role in SALES_ROLES if role in clients.table]
        found |= {role: _from_both(clients.table[role], columns[role], sold_to, as_of) for role in in_both}
    return found


def _from_both(cells: pd.Series[Any], log: Any, sold_to: NDArray[np.bool_], as_of: dt.date) -> Any:
    """Return the cells, blank ones filled from the log; of two dates the later one, if it has come."""
    typed = cells.to_numpy()
    if cells.dtype.kind == "M":
        typed = typed.astype("datetime64[s]")
        earlier = ~(typed > np.where(np.isnat(log), typed, log)) | (typed > np.datetime64(as_of, "s"))
        return np.where(sold_to & ~np.isnat(log) & earlier, log, typed)
    return np.where(sold_to & np.isnan(typed.astype(float)), log, typed)


def _columns_in_rules(journey: Journey) -> set[str]:
    return {condition.column for rule in journey.rules for condition in comparisons(rule)}


def _summed(client: Integers, amount: NDArray[np.float64], which: NDArray[np.bool_], n: int) -> Any:
    return np.bincount(client[which], weights=amount[which], minlength=n)
