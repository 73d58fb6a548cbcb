"""Days in the stage, stuck clients, and how many clients advance and how fast."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory, keeps_in_engine
from funnel.history.stage_history import (
    LOG_FURTHEST,
    LOG_SINCE,
    LOG_STAGE,
    LOG_UNTIL,
    Stay,
    advances,
    completed_stays,
)
from funnel.journey import Duration, Stage
from funnel.metrics.core.assign_stages import FURTHEST, FURTHEST_UNKNOWN, SET_BY, STAGE
from funnel.metrics.core.event_facts import EVENT_FURTHEST, EVENT_SINCE, EVENT_STAGE, event_moves
from funnel.metrics.core.flags import LEAD, Flagged
from funnel.metrics.core.frames import Frame, collect_page, count_groups, keep_rows
from funnel.metrics.core.result import STAGES, Column, Result, View, low_high
from funnel.metrics.stages.moves_in_engine import days_to_advance
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.leaks import ENOUGH
from funnel.schema import flag, step_date
from funnel.text import days_text

TIMES = 3
"""A client is stuck after this many times the median stay of the clients who have left the stage."""

IN_STAGE = ("row", "client", "coach", "stage", "at_least", "at_most", "known_by")
_IN = flag("in_stage_since")
STUCK = ("row", "client", "coach", "stage", "at_least", "at_most", "limit", "rule")


def _join_columns(_funnel: object, table: pd.DataFrame) -> pd.DataFrame:
    """Join both stages in one column, and both numbers of days in another."""
    pairs = [f"{stage} → {following}" for stage, following in zip(table["stage"], table["next"], strict=True)]
    days = zip(table["median_at_least"], table["median_at_most"], strict=True)
    return table.assign(stage=pairs, days=[days_text(least, most) for least, most in days])


RESULT = Result(
    "advance",
    "From stage to stage",
    "Share of clients who advance from each stage, and the median days it takes.",
    (
        Column("stage", "Stage", "text", "Name of the stage."),
        Column("next", "Next stage", "text", "Name of the next one."),
        Column("n", "Reached", "count", "Clients who reached the stage."),
        Column(
            "advanced",
            "Went on",
            "count",
            "Of them, clients who reached the next one or a later one, even if they came back.",
        ),
        Column("rate", "Share", "rate", "advanced / n.", ("low", "high"), n="n"),
        *low_high("rate"),
        Column(
            "timed",
            "With dates",
            "count",
            "Clients whose days in the stage are known: from events, dated marks or the log.",
        ),
        Column("median_at_least", "Median days, at least", "days", "Median days it took them, at least."),
        Column("median_at_most", "Median days, at most", "days", "Median days it took them, at most."),
    ),
    lambda funnel: advance_table(funnel.clients, funnel.flagged),
    needs=(STAGES,),
    review=True,
    alone=View(
        "Going on",
        ("stage", "n", "advanced", "rate", "low", "days"),
        "Share: including clients who came back later. Days: the median.",
        prepare=_join_columns,
    ),
    index=("stage",),
)
ADVANCE = RESULT.names


def time_in_stage_table(
    flagged: Flagged, more: Sequence[str] = (), page: int = 1, order: Sequence[str] = (LEAD,)
) -> pd.DataFrame:
    """Return how many days each client has been in its stage, at least and at most.

    Of an engine, a page of a thousand clients: of its columns `order`, the smallest on the first.

    From the event that set the stage; else from the move log, which has the refreshes before and after the
    move; else, for clients who have always been in the default stage, from the lead date.

    Returns
    -------
    DataFrame, in sheet order: row, client, coach (or None), stage, at_least, at_most (whole days; NaN if
    unknown), known_by ("event", "log", "lead date" or None), and the columns `more`. Empty without stages.
    """
    if not flagged.journey.stages:
        return pd.DataFrame(columns=list(IN_STAGE))
    optional = [
        n
        for n in ("coach", EVENT_STAGE, EVENT_SINCE, LOG_STAGE, LOG_SINCE, LOG_UNTIL)
        if n in flagged.columns
    ]
    wanted = [n for n in ("row", "client") if n in flagged.columns]
    frame = flagged.frame
    by = [name for name in order if name != LEAD and keeps_in_engine(frame)]
    frame = frame.select(*wanted, STAGE, SET_BY, LEAD, *optional, *more, *by)
    table = collect_page(frame, page, (*order, *wanted))
    table = table.assign(**{n: None for n in ("row", "client", "coach") if n not in table})
    table = table.sort_values("row", kind="stable", ignore_index=True)
    since, until, source = _entered(table, flagged.as_of)
    found = table[["row", "client", "coach", *more]].assign(stage=table[STAGE])
    found["coach"] = found["coach"].astype(object).where(found["coach"].notna(), None)
    as_of = pd.Timestamp(flagged.as_of)
    for name, begin in (("at_least", until), ("at_most", since)):
        found[name] = (as_of - begin.dt.normalize()).dt.days.clip(lower=0).astype(float)
    found["known_by"] = pd.Series(source, dtype=object)
    return found[[*IN_STAGE, *more]]


def _entered(table: pd.DataFrame, as_of: dt.date) -> tuple[pd.Series, pd.Series, list[str | None]]:
    """Return the earliest and latest time of entry into the stage, and the source of both."""
    unknown = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    lead = table[LEAD].astype("datetime64[s]")
    new = (table[SET_BY] == "default") & lead.notna()
    since, until = lead.where(new, unknown), lead.where(new, unknown)
    source = np.where(new, "lead date", "")
    if LOG_STAGE in table:
        known, same = table[LOG_STAGE].notna(), (table[LOG_STAGE] == table[STAGE]).fillna(False)
        moved = known & ~same  # between the last entry of the log and this day
        since = since.mask(same, table[LOG_SINCE]).mask(moved, table[LOG_UNTIL])
        until = until.mask(same, table[LOG_UNTIL]).mask(moved, pd.Timestamp(as_of))
        source = np.where(known, "log", source)
    if EVENT_STAGE in table:
        same = (table[EVENT_STAGE] == table[STAGE]).fillna(False) & table[EVENT_SINCE].notna()
        since, until = since.mask(same, table[EVENT_SINCE]), until.mask(same, table[EVENT_SINCE])
        source = np.where(same, "event", source)
    return since, until, [word or None for word in source.tolist()]


def stuck_table(flagged: Flagged, log: pd.DataFrame | None) -> pd.DataFrame:
    """List clients in a stage for longer than its declared `limit`, or else three times the median stay.

    The median is of the stays (at most) of clients who have left the stage, if there are at least ten. Lost
    stages, the paid stage and the last one have no limit. Of an engine, the thousand that are there longest;
    the stage cards count all.

    Returns
    -------
    DataFrame, the longest first: row, client, coach, stage, at_least, at_most (days in the stage so far),
    limit (days), rule (the reason for the limit).
    """
    limits = limits_of(flagged, log)
    if keeps_in_engine(flagged.frame):
        flagged = replace(flagged, frame=_longest(flagged, limits))
    return _stuck(time_in_stage_table(flagged, order=(_IN,)), limits)[list(STUCK)]


def _longest(flagged: Flagged, limits: dict[str, tuple[float, str]]) -> Frame:
    """Keep the clients of an engine over the limit of their stage, with the day they entered it."""
    entered: nw.Expr = nw.when(nw.col(SET_BY) == "default").then(nw.col(LEAD))
    if EVENT_STAGE in flagged.columns:
        same = (nw.col(EVENT_STAGE) == nw.col(STAGE)).fill_null(False) & ~nw.col(EVENT_SINCE).is_null()
        entered = nw.when(same).then(nw.col(EVENT_SINCE)).otherwise(entered)
    over = nw.lit(False)
    for stage, (days, _) in limits.items():
        first = dt.datetime.combine(flagged.as_of - dt.timedelta(days=int(days)), dt.time())
        over = over | ((nw.col(STAGE) == stage) & (nw.col(_IN) < first)).fill_null(False)
    frame = flagged.frame.with_columns(entered.dt.truncate("1d").alias(_IN))
    return keep_rows(frame, over)


def _stays_so_far(flagged: Flagged) -> pd.DataFrame:
    """Return the days in the stage so far, with n: a row for each client, or for equal ones of an engine."""
    if not flagged.journey.stages or not keeps_in_engine(flagged.frame):
        return time_in_stage_table(flagged).assign(n=1)
    # An engine has no move log: days are known from events, and from the lead for the default stage.
    events = [nw.col(EVENT_STAGE), nw.col(EVENT_SINCE).dt.truncate("1d")]
    events = events if EVENT_STAGE in flagged.columns else []
    found = count_groups(
        flagged.frame, nw.col(STAGE), nw.col(SET_BY), nw.col(LEAD).dt.truncate("1d"), *events
    )
    since, until, _ = _entered(found, flagged.as_of)
    as_of = pd.Timestamp(flagged.as_of)
    days = {name: (as_of - begin.dt.normalize()).dt.days.clip(lower=0).astype(float)
            for name, begin in (("at_least", until), ("at_most", since))}  # fmt: skip
    found = found.rename(columns={STAGE: "stage"}).assign(**days)
    return found.assign(**{name: None for name in IN_STAGE if name not in found})


def _quantile(values: pd.Series, n: pd.Series, share: float) -> float:
    """Return a quantile of values, each counted for n clients; NaN if no value is known.

    >>> _quantile(pd.Series([1.0, 5.0, 9.0]), pd.Series([1, 2, 3]), 0.5)
    7.0
    """
    known = values.notna()
    ordered = values[known].sort_values()
    until = n[known].loc[ordered.index].cumsum().to_numpy()
    if not len(until):
        return np.nan
    at = share * (until[-1] - 1)
    ends = np.searchsorted(until, [np.floor(at), np.ceil(at)], side="right")
    low, high = ordered.to_numpy()[ends]
    return float(low + (high - low) * (at - np.floor(at)))


def _stuck(found: pd.DataFrame, limits: dict[str, tuple[float, str]]) -> pd.DataFrame:
    """Return the clients over the limit of their stage."""
    found = found[found["stage"].isin(list(limits))]
    limit = found["stage"].map({stage: days for stage, (days, _) in limits.items()}).astype(float)
    rule = found["stage"].map({stage: reason for stage, (_, reason) in limits.items()}).astype(object)
    found = found.assign(limit=limit, rule=rule)
    found = found[found["at_least"] > found["limit"]]
    return found.sort_values(["at_least", "row"], ascending=[False, True], ignore_index=True)


def limits_of(flagged: Flagged, log: pd.DataFrame | None) -> dict[str, tuple[float, str]]:
    """Return the limit in days and its reason, for the stages that have one."""
    journey = flagged.journey
    needs_log = any(not stage.limit for stage in journey.ordered_stages[:-1])
    stays = completed_stays(log if needs_log else None, journey, flagged.as_of).dropna()
    found = {}
    for stage in journey.ordered_stages[:-1]:
        if stage.paid:
            continue
        if stage.limit:
            found[stage.name] = (
                _days(stage, flagged.as_of),
                f"longer than the {stage.limit} that the journey allows",
            )
            continue
        stayed = stays.loc[stays["stage"] == stage.name, "at_most"]
        if len(stayed) >= ENOUGH:
            median = float(stayed.median())
            reason = (
                f"longer than {TIMES} × the {median:,.0f} days that half of {len(stayed):,} stayed at most"
            )
            found[stage.name] = (TIMES * max(median, 1.0), reason)
    return found


def _days(stage: Stage, as_of: dt.date) -> float:
    return float((as_of - Duration.parse(stage.limit or "").latest_start(as_of)).days)


def advance_table(clients: Clients, flagged: Flagged) -> pd.DataFrame:
    """Count the clients who advance from each ordered stage, and the median days it takes.

    A client who came back to an earlier stage has advanced. Days are those of events, of dated marks and of
    the move log.

    Returns
    -------
    DataFrame, a row for each stage but the last. Columns: see `RESULT`; bounds are Wilson, 95 %.
    """
    stages = flagged.journey.ordered_stages
    if not stages:
        return pd.DataFrame(columns=list(ADVANCE))
    took = _days_to_advance(clients, flagged.as_of)
    passed = _passed(flagged)
    lines = []
    for i, (stage, following) in enumerate(pairwise(stages)):
        seen = took[took["stage"] == stage.name].dropna()
        low, high = wilson([passed[i + 1]], [passed[i]])
        rate = float(ratio([passed[i + 1]], [passed[i]])[0])
        facts = [stage.name, following.name, passed[i], passed[i + 1], rate, float(low[0]), float(high[0])]
        medians = [_quantile(seen[name], seen["n"], 0.5) for name in ("at_least", "at_most")]
        lines.append([*facts, int(seen["n"].sum()), *medians])
    return pd.DataFrame(lines, columns=list(ADVANCE))


def _days_to_advance(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Return the days from each stage to a later one; equal ones of an engine are one row."""
    if in_memory(clients.table):
        return advances(clients, as_of, dated_stays(clients, as_of)).assign(n=1)
    return days_to_advance(clients, as_of)


def _passed(flagged: Flagged) -> list[float]:
    """Count the clients who ever reached each ordered stage or a later one; NaN if that is unknown."""
    sources = [name for name in (FURTHEST, LOG_FURTHEST, EVENT_FURTHEST) if name in flagged.columns]
    table = count_groups(flagged.frame, nw.col(FURTHEST_UNKNOWN), *map(nw.col, sources))
    order = {stage.name: i for i, stage in enumerate(flagged.journey.ordered_stages)}
    furthest = table[sources].apply(lambda names: names.map(order)).max(axis=1).fillna(0)
    passed = [float(table["n"][furthest >= i].sum()) for i in order.values()]
    unknown = bool(table[FURTHEST_UNKNOWN].any())
    return [number if not i or not unknown else np.nan for i, number in enumerate(passed)]


def dated_stays(clients: Clients, as_of: dt.date) -> dict[int, list[Stay]]:
    """Return the stays that begin at an event or at a dated mark, by the client's position in the table.

    Empty for a table of an engine, whose rows have no position.
    """
    found: dict[int, list[Stay]] = defaultdict(list)
    if not in_memory(clients.table):
        return found
    moves = event_moves(clients, as_of)
    for i, when, stage in zip(moves["client"], moves["when"], moves["stage"], strict=True):
        found[int(i)].append(Stay(stage, pd.Timestamp(when), pd.Timestamp(when)))
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    for stage in clients.journey.ordered_stages:
        if (column := step_date(stage.name)) in clients.columns:
            dates = clients.table[column]
            for i in np.flatnonzero((dates < end).to_numpy()).tolist():
                found[i].append(Stay(stage.name, dates.iloc[i], dates.iloc[i]))
    return found


def cards(flagged: Flagged, log: pd.DataFrame | None) -> pd.DataFrame:
    """Return the columns on days for the stage cards.

    Returns
    -------
    DataFrame, its index the stages that have clients: median_days, longest_days (so far, at least),
    median_days_at_most, longest_days_at_most (NaN if unknown), timed (clients whose days are known), stuck
    (NaN without a limit).
    """
    limits = limits_of(flagged, log)
    people = _stays_so_far(flagged)
    found = pd.DataFrame({
        name: {stage: _quantile(rows[column], rows["n"], share) for stage, rows in people.groupby("stage")}
        for name, column, share in (
            ("median_days", "at_least", 0.5), ("longest_days", "at_least", 1.0),
            ("median_days_at_most", "at_most", 0.5), ("longest_days_at_most", "at_most", 1.0),
        )
    })  # fmt: skip
    found["timed"] = (
        people["n"].where(people["at_least"].notna(), 0).groupby(people["stage"]).sum().astype(float)
    )
    stuck = _stuck(people, limits).groupby("stage")["n"].sum()
    found["stuck"] = [float(stuck.get(name, 0)) if name in limits else np.nan for name in found.index]
    return found
