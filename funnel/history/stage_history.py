"""The stage history of each client, from the move log: current stage, entry time, furthest stage, stays.

A refresh finds that a client moved since the previous refresh, but not when. So entry times are intervals,
and a number of days in a stage has a minimum and a maximum.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.history.entry import NEW, REMOVED, ClientKey, State
from funnel.history.read import FIRST_SEEN, client_keys, parse_moment, sort_entries
from funnel.journey import Journey
from funnel.journey.stages import names
from funnel.schema import flag, step_found
from funnel.text import fold

LOG_STAGE, LOG_SINCE = flag("log_stage"), flag("log_since")
LOG_UNTIL, LOG_FURTHEST = flag("log_until"), flag("log_furthest")
NO_TIME: Final = pd.NaT


@dataclass(slots=True)
class Stay:
    """One stay of a client in a stage: entered after `since` and at or before `until` (NaT: unknown)."""

    stage: str
    since: Any
    until: Any
    first_seen: bool = False  # True if the entry is "first seen": nothing was recorded before


@dataclass(slots=True)
class StageHistory:
    """The stays of one client, oldest first."""

    key: ClientKey
    stays: list[Stay] = field(default_factory=list)


def columns_from_log(clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Return columns of the clients' table from the log, as of a date.

    Returns
    -------
    A value for each client: `LOG_STAGE`, `LOG_SINCE`, `LOG_UNTIL`, `LOG_FURTHEST` (the
    furthest stage ever recorded; null if none was). Empty without stages or a log.

    Examples
    --------
    >>> from funnel.grid import Grid
    >>> from funnel.journey import Stage
    >>> from funnel.history.read import read_log
    >>> log = read_log(Grid("Log", [["When", "2026-11-02", "2026-11-09"], ["Since", None, "2026-11-02"],
    ...                             ["Record", "1 new>stage Lead;Ana", "2 stage Lead>stage Won;Ana"]]))
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Won")))
    >>> clients = Clients(pd.DataFrame({"row": [2], "client": ["Ana"]}), journey, log=log)
    >>> found = columns_from_log(clients, dt.date(2026, 11, 22))
    >>> found[LOG_STAGE][0], str(found[LOG_SINCE][0])[:10], str(found[LOG_UNTIL][0])[:10]
    ('Won', '2026-11-02', '2026-11-09')
    """
    journey, table = clients.journey, clients.table
    if clients.log is None or not journey.staged:
        return {}
    by_identity = stage_histories(clients.log, journey, as_of)
    keys = client_keys(table)
    counted = Counter(key.identity for key in keys)
    histories = [_find(by_identity, key) if counted[key.identity] == 1 else None for key in keys]
    manual = table["stage"].notna().tolist() if "stage" in table else [False] * len(table)
    default = next(stage.name for stage in journey.stages if stage.default)
    last = [_last_stay(history, default, by_hand) for history, by_hand in zip(histories, manual, strict=True)]
    order = {stage.name: i for i, stage in enumerate(journey.ordered_stages)}
    furthest = [_furthest_stage(history, order) for history in histories]
    return {
        LOG_STAGE: pd.array([stay.stage if stay else None for stay in last], dtype="str"),
        LOG_SINCE: _times(stay.since if stay else NO_TIME for stay in last),
        LOG_UNTIL: _times(stay.until if stay else NO_TIME for stay in last),
        LOG_FURTHEST: pd.array(furthest, dtype="str"),
    }


def stage_histories(log: pd.DataFrame, journey: Journey, as_of: dt.date) -> Mapping[Hashable, StageHistory]:
    """Return the stage history of each client as of a date, by its identity.

    Clients that share an identity are left out.
    """
    current_names = names(journey.stages, journey.reassign)
    entries = sort_entries(log[log["when"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)])
    found: dict[Hashable, list[StageHistory]] = defaultdict(list)
    stages: dict[State, str] = {}
    columns = ("key", "old_key", "before", "after", "when", "since", "why")
    for key, old_key, before, after, when, since, why in zip(
        *(entries[name].tolist() for name in columns), strict=True
    ):
        group = found[(old_key or key).identity]
        if before == NEW and why == FIRST_SEEN and group:  # imported moves came before
            before = group[0].stays[-1].stage if group[0].stays else NEW
        history = group.pop(0) if before != NEW and group else StageHistory(key)
        history.key = key
        if after not in stages:
            stages[after] = current_names.get(fold(after), after) if isinstance(after, str) else REMOVED
        _enter(history, stages[after], when, since, why)
        found[key.identity].append(history)
    return {identity: group[0] for identity, group in found.items() if len(group) == 1}


def found_dates(clients: Clients, as_of: dt.date) -> pd.DataFrame | None:
    """Return the day on which a refresh first found each step reached, as of a date; None without a log.

    A client who had reached the step when the log began, or who shares an identity with another, has no day.
    A stage counts as reached with any later one.

    Returns
    -------
    DataFrame: row, and a column `step_found` for each step that has such a day.
    """
    journey, log = clients.journey, clients.log
    if log is None:
        return None
    days = _stage_days(log, journey, as_of) if journey.staged else _mark_days(log, as_of)
    keys = client_keys(clients.table)
    counted = Counter(key.identity for key in keys)
    alone = [key if counted[key.identity] == 1 else None for key in keys]
    known = [(key and (days.get(key.identity) or days.get(key.name_and_date))) or {} for key in alone]
    steps = [step.name for step in journey.steps if any(step.name in one for one in known)]
    columns = {step_found(name): _times(one.get(name, NO_TIME) for one in known) for name in steps}
    return pd.DataFrame({"row": clients.table["row"].to_numpy(), **columns})


def _stage_days(log: pd.DataFrame, journey: Journey, as_of: dt.date) -> dict[Hashable, dict[str, Any]]:
    """Return when each client was first found in each stage or a later one; NaT if in the first entry."""
    order = [stage.name for stage in journey.ordered_stages]
    found: dict[Hashable, dict[str, Any]] = {}
    for identity, history in stage_histories(log, journey, as_of).items():
        days: dict[str, Any] = {}
        for stay in history.stays:
            for name in order[: order.index(stay.stage) + 1] if stay.stage in order else ():
                days.setdefault(name, NO_TIME if stay.first_seen else stay.until)
        found[identity] = days
    return found


def _mark_days(log: pd.DataFrame, as_of: dt.date) -> dict[Hashable, dict[str, Any]]:
    """Return when each step of a client was first found marked, if it still is; NaT if in the first entry."""
    entries = sort_entries(log[log["when"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)])
    columns = (entries[name].tolist() for name in ("key", "old_key", "before", "after", "when", "why"))
    found: dict[Hashable, dict[str, Any]] = {}
    for key, old_key, before, after, when, why in zip(*columns, strict=True):
        days = found.pop((old_key or key).identity, {})
        if not isinstance(after, str):  # a row that is gone keeps its days, in case it comes back
            day = NO_TIME if why == FIRST_SEEN and before == NEW else when
            days = {name: days.get(name, day) for name in after}
        found[key.identity] = days
    return found


def _enter(history: StageHistory, stage: str, when: Any, since: Any, why: str) -> None:
    """Add a stay in a stage, if the client is not in that stage already."""
    stays = history.stays
    if stays and stays[-1].stage == stage:
        return
    lead_date = parse_moment(history.key.lead_date) or NO_TIME
    if why == FIRST_SEEN:
        begin = stays[-1].until if stays else lead_date
    else:
        begin = when if since is NO_TIME or since != since else since
        begin = max(begin, lead_date) if lead_date is not NO_TIME and not stays else begin
    begin = begin if begin is NO_TIME or begin <= when else when
    stays.append(Stay(stage, begin, when, why == FIRST_SEEN))


def _last_stay(history: StageHistory | None, default: str, by_hand: bool) -> Stay | None:
    """Return the last stay; a client that was only ever in the default stage entered it on the lead date."""
    if history is None or not history.stays or history.stays[-1].stage == REMOVED:
        return None
    stay = history.stays[-1]
    if len(history.stays) == 1 and stay.stage == default and not by_hand and history.key.lead_date:
        lead_date = pd.Timestamp(history.key.lead_date)
        return Stay(default, lead_date, lead_date)
    return stay


def _furthest_stage(history: StageHistory | None, order: Mapping[str, int]) -> str | None:
    reached = [stay.stage for stay in history.stays if stay.stage in order] if history else []
    return max(reached, key=lambda stage: order[stage], default=None)


def _find(histories: Mapping[Hashable, StageHistory], key: ClientKey) -> StageHistory | None:
    by_id = histories.get(key.id) if key.id else None
    return by_id or histories.get(key.name_and_date)


def _times(moments: Iterable[Any]) -> Any:
    return pd.to_datetime(pd.Series(list(moments), dtype=object)).astype("datetime64[s]").to_numpy()


# --- days in a stage, and days to the next one -------------------------------------------------------------


def completed_stays(log: pd.DataFrame | None, journey: Journey, as_of: dt.date) -> pd.DataFrame:
    """Return the completed stays of all clients, with their days.

    Returns
    -------
    DataFrame: stage, at_least, at_most (days; at_most is NaN if the entry time is unknown).
    """
    histories = _histories(log, journey, as_of)
    pairs = [pair for history in histories for pair in pairwise(history.stays) if pair[0].stage != REMOVED]
    return _days_table(pairs)


def advances(clients: Clients, as_of: dt.date, dated: Mapping[int, Sequence[Stay]]) -> pd.DataFrame:
    """Return the days that clients took from a stage to the next one, or to a later one.

    Parameters
    ----------
    dated : stays with known dates from other sources than the log, by the client's position in the table.

    Returns
    -------
    DataFrame, a row for each client and stage: stage, at_least, at_most (days until the client first
    advanced).
    """
    order = {stage.name: i for i, stage in enumerate(clients.journey.ordered_stages)}
    pairs: list[tuple[Stay, Stay]] = []
    for stays in stays_of_clients(clients, as_of, dated):
        first: dict[str, tuple[Stay, Stay]] = {}
        for one, two in pairwise(stay for stay in stays if stay.stage in order):
            if order[two.stage] > order[one.stage]:
                first.setdefault(one.stage, (one, two))
        pairs += first.values()
    return _days_table(pairs)


def stays_of_clients(
    clients: Clients, as_of: dt.date, dated: Mapping[int, Sequence[Stay]]
) -> Iterator[list[Stay]]:
    """Yield the stays of each client, oldest first: those of the log, and the dated ones.

    If the first stay has a date, the client began in the default stage on the lead date. A typed stage
    without a date that is further than the dated ones was entered by the as-of date, unless cells show
    where clients began before their events. Nothing for a table of an engine, which has no log.
    """
    if not in_memory(clients.table):
        return
    journey, keys = clients.journey, client_keys(clients.table)
    default = next(stage.name for stage in journey.stages if stage.default)
    by_identity = {} if clients.log is None else stage_histories(clients.log, journey, as_of)
    counted = Counter(key.identity for key in keys)
    order = {stage.name: at for at, stage in enumerate(journey.ordered_stages)}
    typed = clients.table["stage"].tolist() if "stage" in clients.table else []
    begins = journey.stage_cells == "start" and journey.events is not None  # cells are before the events
    for i, key in enumerate(keys):
        history = _find(by_identity, key) if counted[key.identity] == 1 else None
        stays = [*(history.stays if history else ()), *dated.get(i, ())]
        stays.sort(key=lambda stay: (stay.until, stay.first_seen))
        lead = NO_TIME if key.lead_date is None else pd.Timestamp(key.lead_date)
        known = stays and lead is not NO_TIME and lead <= stays[0].until
        if known and not (stays[0].first_seen and stays[0].stage != default):
            stays.insert(0, Stay(default, lead, lead))
        if i in dated and i < len(typed) and not begins:
            stays += _typed_stay(stays, typed[i], order, as_of)
        yield [stay for before, stay in pairwise([None, *stays]) if not before or before.stage != stay.stage]


def _typed_stay(stays: Sequence[Stay], typed: object, order: Mapping[str, int], as_of: dt.date) -> list[Stay]:
    """Return the stay in a typed stage that has no date, if it is further than all others."""
    furthest = max((order[stay.stage] for stay in stays if stay.stage in order), default=-1)
    if not isinstance(typed, str) or order.get(typed, -1) <= furthest:
        return []
    return [Stay(typed, stays[-1].until, max(pd.Timestamp(as_of), stays[-1].until))]


def _histories(log: pd.DataFrame | None, journey: Journey, as_of: dt.date) -> Iterable[StageHistory]:
    return () if log is None else stage_histories(log, journey, as_of).values()


def _days_table(pairs: Iterable[tuple[Stay, Stay]]) -> pd.DataFrame:
    """Return the days from the start of one stay to the start of the other, at least and at most."""
    rows = [
        (one.stage, max(days_between(one.until, two.since), 0.0), days_between(one.since, two.until))
        for one, two in pairs
    ]
    return pd.DataFrame(rows, columns=["stage", "at_least", "at_most"])


def days_between(start: Any, end: Any) -> float:
    """Return the whole days between two times; NaN if one is unknown.

    >>> days_between(pd.Timestamp("2026-11-02 15:00"), pd.Timestamp("2026-11-09 10:00"))
    7.0
    >>> days_between(pd.NaT, pd.NaT)
    nan
    """
    if start is NO_TIME or end is NO_TIME or start != start or end != end:
        return float("nan")
    return float((end.date() - start.date()).days)
