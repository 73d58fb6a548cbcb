"""The event log of an engine, folded by the engine: the columns of `event_facts.event_columns`.

Events are counted by client and instant; running sums and maxima over the instants of a client give its
stages (`event_facts._fold_events` does the same on arrays). One row for each client is joined to the clients.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import narwhals as nw

from funnel.clients import Clients
from funnel.clients.frames import fetch, lazy
from funnel.journey import Journey
from funnel.journey.events import targets
from funnel.journey.rules import ANY_EVENT, comparisons
from funnel.loader.frame_clients import OWNER
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

MOVE = ("owner", "one", "two", "began", "entered", "latest")
Rows: TypeAlias = "nw.LazyFrame[Any]"
FACTS = flag("facts_owner")
_START, _BACK, _THERE, _ON, _STRETCH, _STATE = map(flag, ("start", "back", "there", "on", "stretch", "state"))
_LEAD, _BEFORE, _ENTERED, _BEGAN = map(flag, ("owner_lead", "before", "entered", "began"))
_TYPED, _LATEST, _FURTHEST = map(flag, ("typed", "latest", "furthest"))
_NO_TIME = nw.lit(None, nw.Datetime())
_SUMS = {name: flag(name) for name in ("sales", "sum", "recent", "orders", "ordered", "sold")}


def with_event_columns(clients: Clients, as_of: dt.date) -> Rows:
    """Add to the clients of an engine what the event log records about each until a date.

    Without a log, no client has an event. An event belongs to the client with its id, or, in a table
    without ids, with its name; a name of several clients belongs to none.
    """
    frame, journey = _rows(clients.table), clients.journey
    if journey.events is None:
        return frame
    frame = frame.with_columns(owner_of(clients).alias(OWNER))
    folding = _Folding(clients, journey, as_of)
    facts = folding.facts()
    columns = folding.columns(facts is not None)
    if facts is not None:
        frame = frame.join(facts, left_on=OWNER, right_on=FACTS, how="left")
    kept = [name for name in clients.columns if name not in columns]
    return frame.select(*kept, *(expr.alias(name) for name, expr in columns.items()))


def owner_of(clients: Clients) -> nw.Expr:
    """Return the text by which an event names each client."""
    return nw.col("id" if "id" in clients.columns else "client").str.strip_chars().str.to_lowercase()


def owners(clients: Clients) -> Rows:
    """Return each text that names clients, with their number, first stage, lead date and typed stage."""
    lead = nw.col("lead_date").dt.truncate("1d") if "lead_date" in clients.columns else _NO_TIME
    frame = _rows(clients.table).with_columns(
        owner_of(clients).alias(OWNER),
        _start_rank(clients).alias(_START),
        lead.alias(_LEAD),
        _typed_rank(clients).alias(_TYPED),
    )
    frame = frame.filter((nw.col(OWNER) != "").fill_null(False))
    facts = (nw.col(name).max().alias(name) for name in (_START, _LEAD, _TYPED))
    found = frame.group_by(OWNER).agg(nw.len().alias("n"), *facts)
    return found.select(nw.col(OWNER).alias(FACTS), "n", _START, _LEAD, _TYPED)


def event_pairs(clients: Clients, as_of: dt.date, ordered: bool = False) -> Rows | None:
    """Return the moves that events caused until a date, each with the stay before it.

    If the first move is after the lead date, the client began in the default stage on that date. A typed
    stage that is further than those of events was entered between the last event and `as_of`, as in a sheet.

    Parameters
    ----------
    ordered : leave out the moves to lost stages, as if they had not been.

    Returns
    -------
    A row for each move: owner, the ranks of both stages, the days on which they were entered, and the last
    day on which the second may have been (`MOVE`). None without a log of an engine, or without stages.
    """
    journey = clients.journey
    if journey.events is None or clients.events is None or not journey.stages:
        return None
    folding = _Folding(clients, journey, as_of)
    assert folding.past is not None
    rows = folding.instants(folding.past)
    rows = rows.filter((nw.col(_STATE) >= 0) & (nw.col(_STATE) != nw.col(_BEFORE)))
    default = next(i for i, stage in enumerate(journey.ordered_stages) if stage.default)
    rows = rows.with_columns(nw.col("when").min().over(OWNER).alias(_BEGAN))
    lead = nw.when(nw.col(_LEAD) <= nw.col(_BEGAN)).then(nw.col(_LEAD))
    at_first = (nw.col("when") == nw.col(_BEGAN)) & (nw.col(_STATE) == default)
    day = nw.when(at_first & ~lead.is_null()).then(lead).otherwise(nw.col("when")).dt.truncate("1d")
    rows = rows.with_columns(lead.alias(_LEAD), day.alias(_ENTERED), day.alias(_LATEST))
    rows = _with_typed(rows, journey, as_of)
    if ordered:
        rows = rows.filter(nw.col(_STATE) < len(journey.ordered_stages))
    first = nw.when(~nw.col(_LEAD).is_null()).then(nw.lit(default))
    rows = rows.with_columns(
        nw.coalesce(nw.col(_STATE).shift(1).over(OWNER, order_by="when"), first).alias(_BEFORE),
        nw.coalesce(nw.col(_ENTERED).shift(1).over(OWNER, order_by="when"), nw.col(_LEAD)).alias(_BEGAN),
    )
    rows = rows.filter(~nw.col(_BEFORE).is_null() & (nw.col(_BEFORE) != nw.col(_STATE)))
    names = dict(zip(MOVE, (OWNER, _BEFORE, _STATE, _BEGAN, _ENTERED, _LATEST), strict=True))
    return rows.select(nw.col(old).alias(new) for new, old in names.items())


def _with_typed(rows: Rows, journey: Journey, as_of: dt.date) -> Rows:
    """Add a last row for each client with a typed stage that is further than all before it."""
    default = next(i for i, stage in enumerate(journey.ordered_stages) if stage.default)
    on = nw.when(nw.col(_STATE) < len(journey.ordered_stages)).then(nw.col(_STATE)).otherwise(nw.lit(-1))
    began = nw.when(~nw.col(_LEAD).is_null()).then(nw.lit(default)).otherwise(nw.lit(-1))
    stays = rows.with_columns(on.alias(_FURTHEST), began.alias(_BEFORE))
    most = (nw.col(name).max() for name in (_LEAD, _FURTHEST, _BEFORE, "when"))
    typed = stays.group_by(OWNER, _TYPED).agg(*most)
    typed = typed.filter((nw.col(_TYPED) > nw.col(_FURTHEST)) & (nw.col(_TYPED) > nw.col(_BEFORE)))
    after, last = (nw.lit(_midnight(as_of + dt.timedelta(days=days))) for days in (1, 0))
    day = nw.col("when").dt.truncate("1d")
    typed = typed.with_columns(
        nw.col(_TYPED).alias(_STATE), day.alias(_ENTERED), last.alias(_LATEST), after.alias("when")
    )
    names = [nw.col(_STATE).cast(nw.Int64)]  # sums of DuckDB are larger
    names += [nw.col(name).cast(nw.Datetime()) for name in ("when", _LEAD, _ENTERED, _LATEST)]
    return nw.concat([each.select(OWNER, *names) for each in (rows, typed)], how="vertical")


def _typed_rank(clients: Clients) -> nw.Expr:
    """Return the rank of the stage that a cell sets; -1 for a lost stage or none, or where clients begin."""
    if clients.journey.stage_cells != "hand" or "stage" not in clients.columns:
        return nw.lit(-1).cast(nw.Int64)
    names = enumerate(stage.name for stage in clients.journey.ordered_stages)
    return _case((nw.col("stage") == name, rank) for rank, name in names).fill_null(-1).cast(nw.Int64)


def _start_rank(clients: Clients) -> nw.Expr:
    """Return the rank of the stage where each client began."""
    journey = clients.journey
    if not journey.stages:
        return nw.lit(0)
    default = next(i for i, stage in enumerate(journey.ordered_stages) if stage.default)
    if journey.stage_cells == "hand" or "stage" not in clients.columns:
        return nw.lit(default)
    return _case(
        (nw.col("stage") == name, rank) for rank, name in enumerate(stages_by_rank(journey))
    ).fill_null(default)


def _case(cases: Iterable[tuple[nw.Expr, str | int]]) -> nw.Expr:
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

    @cached_property
    def past(self) -> Rows | None:
        """The events until the date, each of one client; None without a log."""
        if self.clients.events is None:
            return None
        events = _rows(self.clients.events)
        end = dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time())
        events = events.filter((nw.col("when") < end).fill_null(False) & ~nw.col("event").is_null())
        return events.join(
            owners(self.clients).filter(nw.col("n") == 1), left_on=OWNER, right_on=FACTS, how="inner"
        )

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
        when, state, on = nw.col("when"), nw.col(_STATE), nw.col(_ON)
        last = {
            _STATE: nw.when(when == nw.col(flag("end"))).then(state),
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
        return rows.group_by(nw.col(OWNER).alias(FACTS)).agg(  # columns first: no engine misreads a plain one
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
        rank = _case((nw.col("event") == name, ranks[to.stage]) for name, to in leads.items())
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
        return self._follow(rows.group_by(OWNER, _START, _LEAD, _TYPED, "when").agg(*most, *sums))

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
        frame = frame.with_columns((height + nw.col(_THERE)).alias(_STATE))
        frame = frame.with_columns(nw.col(_STATE).cum_max().over(OWNER, order_by="when").alias(_STATE))
        frame = frame.with_columns((nw.col(_STATE) - height).alias(_STATE))
        before = nw.col(_STATE).shift(1).over(OWNER, order_by="when").fill_null(-1)
        return frame.with_columns(before.alias(_BEFORE), nw.col("when").max().over(OWNER).alias(flag("end")))

    def columns(self, logged: bool) -> dict[str, nw.Expr]:
        """Return the columns of `event_columns` from the joined facts."""
        found: dict[str, nw.Expr] = {}
        none, names = _NO_TIME, stages_by_rank(self.journey)
        if self.journey.stages:
            stage, furthest = (
                _case((nw.col(name) == i, text) for i, text in enumerate(names))
                if logged
                else nw.lit(None, nw.String)
                for name in (_STATE, _ON)
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
