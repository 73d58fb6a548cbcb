"""What an event log tells of each client as of a date: its stage, since when, its sales, how often what.

Folding (docs/decisions/0009): a client begins at the default stage; an event brings it forward, never back
unless its mapping says so. Lost stages lie beyond the way, so that only such an event leads out of one. Of
one instant, those that may lead back come first, then the furthest counts: their order makes no difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from funnel.cells.times import stable_argsort
from funnel.clients import Clients
from funnel.journey import Duration, Journey
from funnel.journey.events import targets
from funnel.journey.rules import ANY_EVENT, Happened, comparisons
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


def tally_column(asked: Happened) -> str:
    """Name the column that counts what a rule asks for.

    >>> tally_column(Happened(("Opened a mail",), "at_least", 3, Duration(days=30)))
    'events:opened a mail:30 days'
    """
    return event_count(asked.events, asked.within)


def first_day(length: Duration, as_of: dt.date) -> dt.date:
    """The first day that lies within a length of time before a date, as rules count it.

    >>> first_day(Duration(days=30), dt.date(2026, 7, 31))
    datetime.date(2026, 7, 1)
    """
    one = dt.timedelta(days=1)
    return length.latest_start(as_of - one) + one


def of_events(clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Tell what the event log says of each client as of a date.

    Returns
    -------
    Columns, a value for each client: `EVENT_STAGE`, `EVENT_SINCE`, `EVENT_FURTHEST` (where the journey
    has stages), the dates of the steps (when its events first brought a client so far, of the stages after
    the default one), the sales roles that the sheet has no column for, and a count for each rule on events.
    None where the journey has no events.

    Examples
    --------
    >>> from funnel.journey import Stage
    >>> from funnel.journey.events import Events
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    >>> journey = Journey(stages=stages, events=Events(advance={"Bought": "Won"}))
    >>> events = pd.DataFrame({"client": [0], "when": pd.to_datetime(["2026-01-05"]), "amount": [90.0],
    ...                        "event": pd.Categorical(["Bought"])})
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"]})
    >>> found = of_events(Clients(table, journey, events=events), dt.date(2026, 7, 1))
    >>> list(found[EVENT_STAGE]), found["lifetime_value"].tolist()
    (['Won', nan], [90.0, 0.0])
    """
    if clients.journey.events is None:
        return {}
    past = _past(clients, as_of)
    told: dict[str, Any] = {}
    if clients.journey.stages:
        told |= _staged(past, clients)
    told |= _sales(past, clients, as_of)
    for asked in clients.journey.happenings:
        told[tally_column(asked)] = past.counted(asked, as_of)
    return told


def event_moves(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """List every change of stage that events made until a date, client by client, in order.

    Returns
    -------
    DataFrame: client (position in the table), when, stage (where it came to), event (what brought it there),
    row (in the log), by. Empty where there are no events or no stages.
    """
    if clients.journey.events is None or not clients.journey.stages:
        return pd.DataFrame(columns=["client", "when", "stage", "event", "row", "by"])
    past = _past(clients, as_of)
    names = _names(clients.journey)
    fold_ = _fold(past, clients.journey)
    cause = past.order[fold_.cause]
    log = clients.events if clients.events is not None else _no_events()
    return pd.DataFrame({
        "client": fold_.client,
        "when": fold_.when,
        "stage": pd.array([names[rank] for rank in fold_.rank.tolist()], dtype="str"),
        "event": log["event"].iloc[cause].astype("str").to_numpy(),
        "row": log["row"].iloc[cause].to_numpy() if "row" in log else -1,
        "by": log["by"].iloc[cause].to_numpy() if "by" in log else None,
    })  # fmt: skip


# --- the events until a date -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Past:
    """The events that have happened, sorted by client and time; `order` are their places in the log."""

    client: Integers
    when: Times
    code: Integers  # which of `names` happened
    amount: NDArray[np.float64]
    order: Integers
    names: Sequence[str]  # folded
    clients: int

    def of(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which events have any of some names."""
        asked = {fold(name) for name in names}
        return np.array([ANY_EVENT in names or name in asked for name in self.names], dtype=bool)[self.code]

    def counted(self, asked: Happened, as_of: dt.date) -> NDArray[np.float64]:
        """How often each client did what a rule asks for."""
        happened = self.of(asked.events)
        if asked.within:
            happened &= self.when >= np.datetime64(first_day(asked.within, as_of), "s")
        return np.bincount(self.client[happened], minlength=self.clients).astype(float)


def _past(clients: Clients, as_of: dt.date) -> _Past:
    events = clients.events if clients.events is not None else _no_events()
    kind = events["event"].astype("category").cat
    when = events["when"].to_numpy().astype("datetime64[s]")
    client = events["client"].to_numpy().astype(np.int64)
    happened = when < np.datetime64(as_of + dt.timedelta(days=1), "s")
    order = np.flatnonzero(happened)
    if not (np.diff(when) >= np.timedelta64(0, "s")).all():  # made by hand: a loaded log is sorted
        order = order[stable_argsort(when[order].astype(np.int64))]
    order = order[stable_argsort(client[order])]
    return _Past(
        client[order], when[order], kind.codes.to_numpy().astype(np.int64)[order],
        events["amount"].to_numpy(dtype=float)[order], order,
        [fold(name) or str(name) for name in kind.categories], len(clients.table),
    )  # fmt: skip


def _no_events() -> pd.DataFrame:
    """The log of a journey whose log is not there."""
    return pd.DataFrame({
        "client": np.zeros(0, dtype=np.int64), "when": np.zeros(0, dtype="datetime64[s]"),
        "event": pd.Categorical([]), "amount": np.zeros(0),
    })  # fmt: skip


# --- stages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fold:
    """Every change of stage by events: whose, when, to which rank, and the event (its place in the past)."""

    client: Integers
    when: Times
    rank: Integers
    cause: Integers


def _names(journey: Journey) -> list[str]:
    """The stages by rank: the way, then the lost stages, the first of which lies furthest, as with rules."""
    return [stage.name for stage in (*journey.way, *reversed(journey.lost))]


def _ranks(past: _Past, journey: Journey) -> tuple[Integers, NDArray[np.bool_]]:
    """Where each event leads (-1 for nowhere), and whether it may lead back."""
    assert journey.events is not None
    known, names = targets(journey.events, journey.stages, journey.reassign), _names(journey)
    found = [known.get(name) for name in past.names]
    default = next(i for i, stage in enumerate(journey.way) if stage.default)
    back = np.array([bool(target and target.back) for target in found], dtype=bool)
    rank = np.array([names.index(target.stage) if target else -1 for target in found], dtype=np.int64)
    rank[(rank < default) & ~back] = -1  # nothing leads back from where everybody begins
    return rank[past.code], back[past.code]


def _fold(past: _Past, journey: Journey) -> _Fold:
    """Fold the events of all clients at once.

    Each event that leads back begins a new stretch, within which the furthest stage so far counts. As
    stretches are numbered in order, stretch × stages + rank only ever grows: one running maximum does it.
    """
    rank, back = _ranks(past, journey)
    leads = np.flatnonzero(rank >= 0)
    client, when, rank, back = past.client[leads], past.when[leads], rank[leads], back[leads]
    if not len(leads):
        return _Fold(client, when, rank, leads)
    begins = np.r_[True, (client[1:] != client[:-1]) | (when[1:] != when[:-1])]  # of an instant
    starts = np.flatnonzero(begins)
    base = np.maximum.reduceat(np.where(back, rank, -1), starts)
    there = np.maximum.reduceat(rank, starts)
    first = np.r_[True, client[starts][1:] != client[starts][:-1]]
    stretch = np.cumsum(first | (base >= 0))
    stages = len(_names(journey))
    state = np.maximum.accumulate(stretch * stages + there) - stretch * stages
    moved = np.flatnonzero(first | (state != np.r_[-1, state[:-1]]))
    instant = np.cumsum(begins) - 1
    hit = np.flatnonzero(rank == state[instant])  # of an instant, the first event that leads to its stage
    cause = np.full(len(starts), -1, dtype=np.int64)
    cause[instant[hit][::-1]] = hit[::-1]
    return _Fold(client[starts][moved], when[starts][moved], state[moved], leads[cause[moved]])


def _staged(past: _Past, clients: Clients) -> dict[str, Any]:
    """The stage that events brought each client to, since when, and how far it ever was."""
    journey, n = clients.journey, past.clients
    found, names = _fold(past, journey), _names(journey)
    stage, since = np.full(n, -1, dtype=np.int64), np.full(n, _NONE)
    stage[found.client], since[found.client] = found.rank, found.when  # of several, the last is kept
    told: dict[str, Any] = {EVENT_STAGE: _text(stage, names), EVENT_SINCE: since}
    rank, _ = _ranks(past, journey)
    way = len(journey.way)
    on = np.flatnonzero((rank >= 0) & (rank < way))
    assert journey.events is not None
    default = next(i for i, one in enumerate(journey.way) if one.default)
    furthest = np.full(n, default if journey.events.is_the_sheet else -1, dtype=np.int64)
    first: list[Times] = []
    if len(on):
        client, when, rank = past.client[on], past.when[on], rank[on]
        starts = np.flatnonzero(np.r_[True, client[1:] != client[:-1]])
        np.maximum.at(furthest, client[starts], np.maximum.reduceat(rank, starts))
        first = _first_times(client, when, rank, way, n)
    told[EVENT_FURTHEST] = _text(furthest, names)
    if journey.staged:
        told |= {
            step_date(names[k]): first[k] if first else np.full(n, _NONE) for k in range(default + 1, way)
        }
    return told


def _first_times(client: Integers, when: Times, rank: Integers, way: int, n: int) -> list[Times]:
    """When each client first came to each stage of the way, or to a later one."""
    stretch = np.cumsum(np.r_[True, client[1:] != client[:-1]])
    far = np.maximum.accumulate(stretch * way + rank) - stretch * way
    rises = np.flatnonzero(np.r_[True, (client[1:] != client[:-1]) | (far[1:] > far[:-1])])
    client, when, far = client[rises][::-1], when[rises][::-1], far[rises][::-1]
    times: list[Times] = []
    for k in range(way):
        time: Times = np.full(n, _NONE)
        time[client[far >= k]] = when[far >= k]  # backwards, so that the first one is kept
        times.append(time)
    return times


def _text(rank: Integers, names: Sequence[str]) -> Any:
    """Ranks as names; null for -1."""
    return pd.array(np.array([*names, None], dtype=object)[rank], dtype="str")


# --- money -------------------------------------------------------------------------------------------------


def _sales(past: _Past, clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Lifetime value, that of the last 30 days, mean order and last sale, where the sheet does not say them.

    A sale is an event with an amount; one of [events] `sales` where these are named, also without an amount.
    Money that was given back lowers the sums, and is no sale.
    """
    journey, n = clients.journey, past.clients
    assert journey.events is not None
    known = ~np.isnan(past.amount)
    is_sale = past.of(journey.events.sales) if journey.events.sales else known
    wanted = {role for role in SALES_ROLES if role not in clients.table}
    if not is_sale.any():
        wanted &= _asked_for(journey)
    amount = np.where(known, past.amount, 0.0)
    recent = is_sale & (past.when >= np.datetime64(first_day(MONTH, as_of), "s"))
    orders = is_sale & (past.amount > 0)
    sold = is_sale & ~(past.amount < 0)
    last = np.full(n, _NONE)
    last[past.client[sold]] = past.when[sold]  # in the order of time, so that the last one is kept
    with np.errstate(invalid="ignore"):
        mean = _summed(past.client, amount, orders, n) / np.bincount(past.client[orders], minlength=n)
    told: Mapping[str, Any] = {
        "lifetime_value": _summed(past.client, amount, is_sale, n),
        "value_30_days": _summed(past.client, amount, recent, n),
        "order_value": mean,
        "last_sale": last,
    }
    return {role: values for role, values in told.items() if role in wanted}


def _asked_for(journey: Journey) -> set[str]:
    """The columns that rules look at."""
    return {condition.column for rule in journey.rules for condition in comparisons(rule)}


def _summed(client: Integers, amount: NDArray[np.float64], which: NDArray[np.bool_], n: int) -> Any:
    return np.bincount(client[which], weights=amount[which], minlength=n)
