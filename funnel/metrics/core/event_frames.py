"""The event log of an engine, folded by the engine: the columns of `event_facts.event_columns`.

Events are counted by client and instant; running sums and maxima over the instants of a client give its
stages (`event_facts._fold_events` does the same on arrays). One row for each client is joined to the clients.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw

from funnel.clients import Clients
from funnel.clients.frames import fetch, lazy
from funnel.events.owner_keys import MATCHES, OWNER, Rows
from funnel.journey import Journey
from funnel.journey.events import targets
from funnel.journey.rules import ANY_EVENT, comparisons
from funnel.loader.sheet_rows import SALES_ROLES
from funnel.metrics.core.event_facts import (
    EVENT_FURTHEST,
    EVENT_SINCE,
    EVENT_STAGE,
    MONTH,
    event_count_column,
    first_day_within,
    stages_by_rank,
)
from funnel.schema import flag, step_date
from funnel.text import fold

_FACTS = flag("facts_owner")
STATE = flag("state")
"""The rank of a stage in `stages_by_rank`."""
_START, _BACK, _THERE, _ON, _STRETCH, _BEFORE = map(
    flag, ("start", "back", "there", "on", "stretch", "before")
)
_NO_TIME = nw.lit(None, nw.Datetime())
_SUMS = {name: flag(name) for name in ("sales", "sum", "recent", "orders", "ordered", "sold")}


def with_event_columns(clients: Clients, as_of: dt.date) -> Rows:
    """Add to the clients of an engine what the event log records about each until a date.

    Without a log, no client has an event. The loader has found the owner of each (`events.owner_keys`).
    """
    frame, journey = _rows(clients.table), clients.journey
    if journey.events is None:
        return frame
    folding = _Folding(clients, journey, as_of)
    facts = folding.facts()
    columns = folding.columns(facts is not None)
    if facts is not None:
        frame = frame.join(facts, left_on=OWNER, right_on=_FACTS, how="left")
    kept = [name for name in clients.columns if name not in columns]
    return frame.select(*kept, *(expr.alias(name) for name, expr in columns.items()))


def event_stages(clients: Clients, as_of: dt.date, carried: Mapping[str, nw.Expr]) -> Rows | None:
    """Return a row for each event that changed a client's stage until a date; None without a log.

    Parameters
    ----------
    carried : columns of the clients that each row has, too.

    Returns
    -------
    Frame: `OWNER`, the carried columns, ``when``, and `STATE` (the rank of the new stage).
    """
    if clients.journey.events is None or clients.events is None:
        return None
    folding = _Folding(clients, clients.journey, as_of, carried)
    assert folding.past is not None
    rows = folding.instants(folding.past)
    rows = rows.filter((nw.col(STATE) >= 0) & (nw.col(STATE) != nw.col(_BEFORE)))
    return rows.select(OWNER, *carried, "when", STATE)


def _start_rank(clients: Clients) -> nw.Expr:
    """Return the rank of the stage where each client began."""
    journey = clients.journey
    if not journey.stages:
        return nw.lit(0)
    default = next(i for i, stage in enumerate(journey.ordered_stages) if stage.default)
    if journey.stage_cells == "hand" or "stage" not in clients.columns:
        return nw.lit(default)
    return first_of(
        (nw.col("stage") == name, rank) for rank, name in enumerate(stages_by_rank(journey))
    ).fill_null(default)


def first_of(cases: Iterable[tuple[nw.Expr, str | int]]) -> nw.Expr:
    """Return the value of the condition that holds; null if none does."""
    found: nw.Expr | None = None
    for holds, value in cases:
        found = (nw.when(holds).then(nw.lit(value)) if found is None
                 else nw.when(holds).then(nw.lit(value)).otherwise(found))  # fmt: skip
    return nw.lit(None) if found is None else found


@dataclass(frozen=True)
class _Folding:
    """The events of a log until a date."""

    clients: Clients
    journey: Journey
    as_of: dt.date
    carried: Mapping[str, nw.Expr] = field(default_factory=dict)

    @cached_property
    def past(self) -> Rows | None:
        """The events until the date, each of one client; None without a log."""
        if self.clients.events is None:
            return None
        events = _rows(self.clients.events)
        end = dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time())
        happened = (nw.col("when") < end).fill_null(False) & ~nw.col("event").is_null()
        events = events.filter(happened & (nw.col(MATCHES) == 1))
        facts = {_FACTS: nw.col(OWNER), _START: _start_rank(self.clients), **self.carried}
        known = _rows(self.clients.table).select(expr.alias(name) for name, expr in facts.items())
        return events.join(known, left_on=OWNER, right_on=_FACTS, how="inner")

    @cached_property
    def spellings(self) -> Mapping[str, int]:
        """Each name of an event as it is written, and how many of them have an amount."""
        if self.past is None:
            return {}
        counted = self.past.group_by("event").agg(nw.col("amount").count().alias("n"))
        return dict(fetch(counted.select("event", "n")).iter_rows())

    def has_name(self, names: Sequence[str]) -> nw.Expr:
        """Return true for events with any of these names."""
        if ANY_EVENT in names:
            return nw.lit(True)
        folded = {fold(name) for name in names}
        return nw.col("event").is_in([name for name in self.spellings if fold(name) in folded])

    @cached_property
    def any_sale(self) -> bool:
        """Whether the log has a sale."""
        assert self.journey.events is not None
        if names := {fold(name) for name in self.journey.events.sales}:
            return any(fold(name) in names for name in self.spellings)
        return any(self.spellings.values())

    def facts(self) -> Rows | None:
        """Return one row for each client with events; None without a log."""
        if self.past is None:
            return None
        when, state, on = nw.col("when"), nw.col(STATE), nw.col(_ON)
        last = {
            STATE: nw.when(when == nw.col(flag("end"))).then(state),
            EVENT_SINCE: nw.when((state >= 0) & (state != nw.col(_BEFORE))).then(when),
            flag("last_sale"): nw.when(nw.col(_SUMS["sold"]) > 0).then(when),
        }
        first = {
            flag("first", k): nw.when((on >= k) & (nw.col(_START) < k)).then(when)
            for k in range(len(self.journey.ordered_stages))
        }
        rows = self.instants(self.past).with_columns(
            expr.alias(name) for name, expr in (*last.items(), *first.items())
        )
        return rows.group_by(
            nw.col(OWNER).alias(_FACTS)
        ).agg(  # columns first: no engine misreads a plain one
            *(nw.col(name).sum() for name in (*_SUMS.values(), *self._counts())),
            *(nw.col(name).max() for name in (*last, _ON)),
            *(nw.col(name).min() for name in first),
        )

    def _counts(self) -> dict[str, nw.Expr]:
        """Return which events each rule on events counts."""
        found = {}
        for condition in self.journey.event_counts:
            counted = self.has_name(condition.events)
            if condition.within:
                counted = counted & (
                    nw.col("when") >= _midnight(first_day_within(condition.within, self.as_of))
                )
            found[event_count_column(condition)] = counted
        return found

    def _amounts(self) -> dict[str, nw.Expr]:
        """Return the amounts of sales, and which events are sales."""
        assert self.journey.events is not None
        amount = nw.col("amount")
        known, names = ~amount.is_null(), self.journey.events.sales
        sale = self.has_name(names) if names else known
        recent = sale & (nw.col("when") >= _midnight(first_day_within(MONTH, self.as_of)))
        order, sold = sale & (amount > 0).fill_null(False), sale & ~(amount < 0).fill_null(False)
        paid = amount.fill_null(0.0)

        def where(condition: nw.Expr) -> nw.Expr:
            return nw.when(condition).then(paid).otherwise(nw.lit(0.0))

        one = {"sales": sale, "ordered": order, "sold": sold}
        sums = {"sum": where(sale), "recent": where(recent), "orders": where(order)}
        return {name: expr.cast(nw.Int64) for name, expr in one.items()} | sums

    def instants(self, past: Rows) -> Rows:
        """Count the events of each client and instant, and follow its stage from one to the next."""
        assert self.journey.events is not None
        known = targets(self.journey.events, self.journey.stages, self.journey.reassign)
        ranks = {name: rank for rank, name in enumerate(stages_by_rank(self.journey))}
        leads = {name: known[fold(name)] for name in self.spellings if fold(name) in known}
        rank = first_of((nw.col("event") == name, ranks[to.stage]) for name, to in leads.items())
        back = [name for name, to in leads.items() if to.back]
        rank = rank.fill_null(-1).cast(nw.Int64) if leads else nw.lit(-1).cast(nw.Int64)
        ordered = len(self.journey.ordered_stages)
        rows = past.with_columns(rank.alias(_THERE))
        rows = rows.with_columns(
            nw.when(nw.col("event").is_in(back)).then(nw.col(_THERE)).otherwise(nw.lit(-1)).alias(_BACK),
            nw.when(nw.col(_THERE) < ordered).then(nw.col(_THERE)).otherwise(nw.lit(-1)).alias(_ON),
            *(expr.alias(_SUMS[name]) for name, expr in self._amounts().items()),
            *(expr.cast(nw.Int64).alias(name) for name, expr in self._counts().items()),
        )
        sums = [nw.col(name).sum() for name in (*_SUMS.values(), *self._counts())]
        most = [nw.col(name).max() for name in (_THERE, _BACK, _ON)]
        return self._follow(rows.group_by(OWNER, _START, *self.carried, "when").agg(*most, *sums))

    def _follow(self, instants: Rows) -> Rows:
        """Add the stage of each client after each instant, and the one before (-1: no event has set one).

        An instant with an event that leads back begins a new stretch, within which the furthest stage counts.
        """
        stages = len(stages_by_rank(self.journey))
        led = (nw.col(_BACK) >= 0).cast(nw.Int64).cum_sum().over(OWNER, order_by="when")
        frame = instants.with_columns(led.alias(_STRETCH))
        never_back = nw.col(_STRETCH) == 0
        frame = frame.with_columns(  # not before the client's first stage
            nw.when((nw.col(name) < nw.col(_START)) & never_back)
            .then(nw.lit(-1))
            .otherwise(nw.col(name))
            .alias(name)
            for name in (_THERE, _ON)
        )
        height = nw.col(_STRETCH) * stages
        frame = frame.with_columns((height + nw.col(_THERE)).alias(STATE))
        frame = frame.with_columns(nw.col(STATE).cum_max().over(OWNER, order_by="when").alias(STATE))
        frame = frame.with_columns((nw.col(STATE) - height).alias(STATE))
        before = nw.col(STATE).shift(1).over(OWNER, order_by="when").fill_null(-1)
        return frame.with_columns(before.alias(_BEFORE), nw.col("when").max().over(OWNER).alias(flag("end")))

    def columns(self, logged: bool) -> dict[str, nw.Expr]:
        """Return the columns of `event_columns` from the joined facts."""
        found: dict[str, nw.Expr] = {}
        none, names = _NO_TIME, stages_by_rank(self.journey)
        if self.journey.stages:
            stage, furthest = (
                first_of((nw.col(name) == i, text) for i, text in enumerate(names))
                if logged
                else nw.lit(None, nw.String)
                for name in (STATE, _ON)
            )
            since = nw.col(EVENT_SINCE) if logged else none
            found |= {EVENT_STAGE: stage, EVENT_SINCE: since, EVENT_FURTHEST: furthest}
        if self.journey.staged:
            default = next(i for i, one in enumerate(self.journey.ordered_stages) if one.default)
            for k in range(default + 1, len(self.journey.ordered_stages)):
                found[step_date(names[k])] = nw.col(flag("first", k)) if logged else none
        found |= self._sales(logged)
        for name in map(event_count_column, self.journey.event_counts):
            found[name] = nw.col(name).cast(nw.Float64).fill_null(0.0) if logged else nw.lit(0.0)
        return found

    def _sales(self, logged: bool) -> dict[str, nw.Expr]:
        """Return the sales roles; blank cells of the table are filled from the log."""
        sums, has = _SUMS, nw.col(_SUMS["sales"]).fill_null(0) > 0
        log = {
            "lifetime_value": nw.col(sums["sum"]).fill_null(0.0),
            "value_30_days": nw.col(sums["recent"]).fill_null(0.0),
            "order_value": nw.when(nw.col(sums["ordered"]) > 0).then(
                nw.col(sums["orders"]) / nw.col(sums["ordered"])
            ),
            "last_sale": nw.col(flag("last_sale")),
        }
        none = {name: nw.lit(0.0) for name in ("lifetime_value", "value_30_days")} | {
            "order_value": nw.lit(None, nw.Float64), "last_sale": _NO_TIME,
        }  # fmt: skip
        log = log if logged else none
        wanted = {role for role in SALES_ROLES if role not in self.clients.columns}
        if not self.any_sale:
            wanted &= {condition.column for rule in self.journey.rules for condition in comparisons(rule)}
        found = {role: expr for role, expr in log.items() if role in wanted}
        if not self.any_sale:
            return found
        for role in (role for role in SALES_ROLES if role in self.clients.columns):
            cell, better = nw.col(role), nw.col(role).is_null()
            if role == "last_sale":
                later = (cell > log[role]).fill_null(False)
                future = (cell > _midnight(self.as_of)).fill_null(False)
                better = ~log[role].is_null() & (~later | future)
            found[role] = nw.when(has & better).then(log[role]).otherwise(cell)
        return found


def _rows(table: Any) -> Rows:
    """Return a table of an engine as a lazy frame."""
    rows: Rows = lazy(table).lazy()
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
