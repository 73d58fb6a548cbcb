"""Moves between stages in a table of an engine: from its event log, and from dates in columns of stages.

`history.stage_history.stays_of_clients` does the same for a sheet. The rows of an engine have no number, so
the moves of a client are found by its owner key, or else by all that decides them: clients with the same lead
date, typed stage and dates are one row with their number.
"""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import lazy
from funnel.events.owner_keys import OWNER, Rows
from funnel.metrics.core.event_facts import stages_by_rank
from funnel.metrics.core.event_frames import STATE, event_stages, first_of
from funnel.metrics.core.frames import collect
from funnel.schema import flag, step_date

_LEAD, _TYPED, _N, _PLACE = map(flag, ("lead_day", "typed", "n", "place"))
_BEFORE, _FROM, _BEGAN, _ENTERED, _LATEST, _FURTHEST = map(
    flag, ("before", "from", "began", "entered", "latest", "furthest")
)
_LAST = 1_000_000  # the place of a typed stage among those of the same time


def count_moves(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Count the moves between each two stages.

    Returns
    -------
    DataFrame: stage, next, moves, clients (who made such a move). Empty if no move is known.
    """
    moves = _Moves(clients, as_of)
    rows, names = moves.rows(), stages_by_rank(clients.journey)
    if rows is None:
        return pd.DataFrame(columns=["stage", "next", "moves", "clients"])
    made = rows.group_by(*moves.key, _N, _BEFORE, STATE).agg(nw.len().alias("times"))
    made = made.with_columns((nw.col("times") * nw.col(_N)).alias("moves"), nw.col(_N).alias("clients"))
    found = collect(made.group_by(_BEFORE, STATE).agg(nw.col("moves").sum(), nw.col("clients").sum()))
    found = found.astype("int64")  # sums of DuckDB are decimals
    stages = {"stage": found[_BEFORE].map(names.__getitem__), "next": found[STATE].map(names.__getitem__)}
    return pd.DataFrame({**stages, "moves": found["moves"], "clients": found["clients"]})


def days_to_advance(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Return the days from each ordered stage until a client first advanced.

    Returns
    -------
    DataFrame: stage, at_least, at_most, n (the clients with these days).
    """
    moves = _Moves(clients, as_of)
    rows, names = moves.rows(ordered=True), stages_by_rank(clients.journey)
    if rows is None:
        return pd.DataFrame(columns=["stage", "at_least", "at_most", "n"])
    times = (_BEGAN, _ENTERED, _LATEST)
    forward = rows.filter(nw.col(STATE) > nw.col(_BEFORE)).group_by(*moves.key, _N, _BEFORE)
    days = forward.agg(nw.col(name).min() for name in times)
    found = collect(days.group_by(_BEFORE, *times).agg(nw.col(_N).sum().alias("n")))
    least, most = ((found[name] - found[_BEGAN]).dt.days.astype(float) for name in (_ENTERED, _LATEST))
    stages = found[_BEFORE].astype("int64").map(names.__getitem__)
    n = found["n"].astype("int64")
    return pd.DataFrame({"stage": stages, "at_least": least.clip(lower=0), "at_most": most, "n": n})


class _Moves:
    """The moves of the clients of an engine until a date.

    Attributes
    ----------
    key : the columns that tell clients apart.
    """

    def __init__(self, clients: Clients, as_of: dt.date) -> None:
        self.clients, self.journey, self.as_of = clients, clients.journey, as_of
        named = {rank: step_date(stage.name) for rank, stage in enumerate(self.journey.ordered_stages)}
        self.dates = {rank: name for rank, name in named.items() if name in clients.columns}
        logged = self.journey.events is not None and clients.events is not None
        lead = nw.col("lead_date").dt.truncate("1d") if "lead_date" in clients.columns else nw.lit(None)
        self.carried = {_LEAD: lead.cast(nw.Datetime()), _TYPED: self._typed_rank()}
        self.carried |= {  # days, as in a sheet
            name: nw.col(name).dt.truncate("1d").cast(nw.Datetime()) for name in self.dates.values()
        }
        owner = [OWNER] if logged else []
        self.key = [*owner, *self.carried] if self.dates else owner

    def rows(self, ordered: bool = False) -> Rows | None:
        """Return a row for each move: the ranks of both stages, and the days on which they were entered.

        If the first dated stage is after the lead date, the client began in the default stage on that date.

        Parameters
        ----------
        ordered : leave out the moves to lost stages, as if they had not been.
        """
        if not self.journey.stages or not self.key:
            return None
        default = next(i for i, stage in enumerate(self.journey.ordered_stages) if stage.default)
        rows = self._stays()
        rows = nw.concat([rows, self._typed(rows, default)])
        rows = rows.with_columns(nw.col("when").min().over(*self.key).alias(_BEGAN))
        lead = nw.when(nw.col(_LEAD) <= nw.col(_BEGAN)).then(nw.col(_LEAD))
        day = nw.col("when").dt.truncate("1d")
        latest = nw.when(nw.col(_PLACE) == _LAST).then(nw.lit(_midnight(self.as_of))).otherwise(day)
        rows = rows.with_columns(lead.alias(_FROM), day.alias(_ENTERED), latest.alias(_LATEST))
        began_in = nw.when(~nw.col(_FROM).is_null()).then(nw.lit(default))
        same = nw.col(_BEFORE) == nw.col(STATE)
        rows = rows.with_columns(self._previous(STATE, began_in).alias(_BEFORE))
        rows = rows.filter(nw.col(_BEFORE).is_null() | ~same)
        if ordered:
            rows = rows.filter(nw.col(STATE) < len(self.journey.ordered_stages))
        rows = rows.with_columns(
            self._previous(STATE, began_in).alias(_BEFORE),
            self._previous(_ENTERED, nw.col(_FROM)).alias(_BEGAN),
        )
        return rows.filter(~nw.col(_BEFORE).is_null() & ~same)

    def _previous(self, column: str, first: nw.Expr) -> nw.Expr:
        """Return the value of the client's stay before; `first` for the first one."""
        return nw.coalesce(nw.col(column).shift(1).over(*self.key, order_by=("when", _PLACE)), first)

    def _stays(self) -> Rows:
        """Return a row for each stay in a stage that begins at an event or on a date of a column."""
        end = _midnight(self.as_of + dt.timedelta(days=1))
        every, frames = [*self.key, *(name for name in self.carried if name not in self.key)], []
        events = event_stages(self.clients, self.as_of, self.carried)
        if events is not None:
            frames.append(events.with_columns(nw.lit(1).alias(_N), nw.lit(0).alias(_PLACE)))
        if self.dates:
            alike = self._alike()
            for rank, name in self.dates.items():
                entered = alike.filter((nw.col(name) < end).fill_null(False))
                facts = {"when": nw.col(name), STATE: nw.lit(rank), _PLACE: nw.lit(rank + 1)}
                frames.append(entered.with_columns(what.alias(new) for new, what in facts.items()))
        whole = [nw.col(name).cast(nw.Int64) for name in (_N, _PLACE, STATE)]  # sums of DuckDB are larger
        time = nw.col("when").cast(nw.Datetime())
        return nw.concat([frame.select(*every, time, *whole) for frame in frames])

    def _alike(self) -> Rows:
        """Return the clients, those with the same key as one row with their number."""
        rows: Rows = lazy(self.clients.table).lazy()
        rows = rows.with_columns(what.alias(name) for name, what in self.carried.items())
        return rows.group_by(*self.key).agg(nw.len().alias(_N))

    def _typed(self, stays: Rows, default: int) -> Rows:
        """Return a last stay for each client with a typed stage that is further than all before it."""
        on = nw.when(nw.col(STATE) < len(self.journey.ordered_stages)).then(nw.col(STATE))
        every = stays.collect_schema().names()
        kept = [name for name in every if name not in ("when", _PLACE, STATE)]
        stays = stays.with_columns(on.otherwise(nw.lit(-1)).alias(_FURTHEST), nw.col("when").alias(_BEGAN))
        last = stays.group_by(*kept).agg(nw.col("when").max(), nw.col(_BEGAN).min(), nw.col(_FURTHEST).max())
        began = nw.when(nw.col(_LEAD) <= nw.col(_BEGAN)).then(nw.lit(default)).otherwise(nw.lit(-1))
        further = last.filter((nw.col(_TYPED) > nw.col(_FURTHEST)) & (nw.col(_TYPED) > began))
        place = nw.lit(_LAST).cast(nw.Int64)
        return further.with_columns(nw.col(_TYPED).alias(STATE), place.alias(_PLACE)).select(*every)

    def _typed_rank(self) -> nw.Expr:
        """Return the rank of the stage in a cell; -1 for a lost stage or none, or where clients begin."""
        begins = self.journey.stage_cells == "start" and self.journey.events is not None
        if begins or "stage" not in self.clients.columns:
            return nw.lit(-1).cast(nw.Int64)
        names = enumerate(stage.name for stage in self.journey.ordered_stages)
        return first_of((nw.col("stage") == name, rank) for rank, name in names).fill_null(-1).cast(nw.Int64)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
