"""What the log tells of each client as of a date: the stage, when it was entered, how far they came.

A refresh finds that somebody moved, not when: between it and the one before. So times are intervals, and a
time in a stage is given as the least and the most that it can be.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from funnel.clients import Clients
from funnel.history.entry import GONE, NEW, State, Who
from funnel.history.read import FIRST_SEEN, history, moment, people_of
from funnel.journey import Journey
from funnel.journey.stages import names
from funnel.text import fold

LOG_STAGE, LOG_SINCE, LOG_UNTIL, LOG_FURTHEST = "log_stage·", "log_since·", "log_until·", "log_furthest·"
NEVER: Final = pd.NaT


@dataclass(slots=True)
class Stay:
    """A client's time in one stage: entered after `since` and not after `until` (NaT: not known)."""

    stage: str
    since: Any
    until: Any
    seen_first: bool = False  # nothing was recorded before


@dataclass(slots=True)
class Way:
    """One client's stays, oldest first."""

    who: Who
    stays: list[Stay] = field(default_factory=list)


def of_log(clients: Clients, as_of: dt.date) -> dict[str, Any]:
    """Tell what the log says of each client as of a date.

    Returns
    -------
    Columns, a value for each client: ``log_stage·``, ``log_since·``, ``log_until·``, ``log_furthest·`` (the
    furthest stage on the way that was ever recorded; null where none was). None without stages or a log.

    Examples
    --------
    >>> from funnel.grid import Grid
    >>> from funnel.journey import Stage
    >>> from funnel.history.read import read_log
    >>> log = read_log(Grid("Log", [["When", "2026-11-02", "2026-11-09"], ["Since", None, "2026-11-02"],
    ...                             ["Record", "1 new>stage Lead;Ana", "2 stage Lead>stage Won;Ana"]]))
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Won")))
    >>> clients = Clients(pd.DataFrame({"row": [2], "client": ["Ana"]}), journey, log=log)
    >>> found = of_log(clients, dt.date(2026, 11, 22))
    >>> found["log_stage·"][0], str(found["log_since·"][0])[:10], str(found["log_until·"][0])[:10]
    ('Won', '2026-11-02', '2026-11-09')
    """
    journey, table = clients.journey, clients.table
    if clients.log is None or not journey.stages:
        return {}
    known = ways(clients.log, journey, as_of)
    people = people_of(table)
    counted = Counter(_address(who) for who in people)
    found = [_way(known, who) if counted[_address(who)] == 1 else None for who in people]
    hands = table["stage"].notna().tolist() if "stage" in table else [False] * len(table)
    default = next(stage.name for stage in journey.stages if stage.default)
    last = [_last(way, default, hand) for way, hand in zip(found, hands, strict=True)]
    order = {stage.name: i for i, stage in enumerate(journey.way)}
    furthest = [_furthest(way, order) for way in found]
    return {
        LOG_STAGE: pd.array([stay.stage if stay else None for stay in last], dtype="str"),
        LOG_SINCE: _times(stay.since if stay else NEVER for stay in last),
        LOG_UNTIL: _times(stay.until if stay else NEVER for stay in last),
        LOG_FURTHEST: pd.array(furthest, dtype="str"),
    }


def ways(log: pd.DataFrame, journey: Journey, as_of: dt.date) -> Mapping[Hashable, Way]:
    """The stays of each client as of a date, by its id, else its name and lead date; doubles are left out."""
    said = names(journey.stages, journey.reassign)
    lines = history(log[log["when"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)])
    found: dict[Hashable, list[Way]] = defaultdict(list)
    stages: dict[State, str] = {}
    columns = ("who", "was", "before", "after", "when", "since", "why")
    for who, was, before, after, when, since, why in zip(
        *(lines[name].tolist() for name in columns), strict=True
    ):
        home = found[_address(was or who)]
        if before == NEW and why == FIRST_SEEN and home:
            before = home[0].stays[-1].stage if home[0].stays else NEW  # what was imported came before
        way = home.pop(0) if before != NEW and home else Way(who)
        way.who = who
        if after not in stages:
            stages[after] = said.get(fold(after), after) if isinstance(after, str) else GONE
        _go(way, stages[after], when, since, why)
        found[_address(who)].append(way)
    return {address: home[0] for address, home in found.items() if len(home) == 1}


def _go(way: Way, stage: str, when: Any, since: Any, why: str) -> None:
    """Let a client enter a stage, unless it is there already."""
    if way.stays and way.stays[-1].stage == stage:
        return
    lead = moment(way.who.lead) or NEVER
    if why == FIRST_SEEN:
        begin = way.stays[-1].until if way.stays else lead
    else:
        begin = when if since is NEVER or since != since else since
        begin = max(begin, lead) if lead is not NEVER and not way.stays else begin
    begin = begin if begin is NEVER or begin <= when else when
    way.stays.append(Stay(stage, begin, when, why == FIRST_SEEN))


def _last(way: Way | None, default: str, hand: bool) -> Stay | None:
    """Where a client was last seen; at the default stage since the lead, if never elsewhere."""
    if way is None or not way.stays or way.stays[-1].stage == GONE:
        return None
    stay = way.stays[-1]
    if len(way.stays) == 1 and stay.stage == default and not hand and way.who.lead:
        lead = pd.Timestamp(way.who.lead)
        return Stay(default, lead, lead)
    return stay


def _furthest(way: Way | None, order: Mapping[str, int]) -> str | None:
    seen = [stay.stage for stay in way.stays if stay.stage in order] if way else []
    return max(seen, key=lambda stage: order[stage], default=None)


def _way(known: Mapping[Hashable, Way], who: Who) -> Way | None:
    return known.get(who.id) or known.get(who.key) if who.id else known.get(who.key)


def _address(who: Who) -> Hashable:
    return who.id or who.key


def _times(moments: Iterable[Any]) -> Any:
    return pd.to_datetime(pd.Series(list(moments), dtype=object)).astype("datetime64[s]").to_numpy()


# --- how long they stayed, and how soon they went on -------------------------------------------------------


def stays_table(log: pd.DataFrame | None, journey: Journey, as_of: dt.date) -> pd.DataFrame:
    """The stays that are over: for each the stage, and how many days it lasted, at least and at most.

    Returns
    -------
    DataFrame: stage, at_least, at_most (days; at_most is NaN where nobody knows when it began).
    """
    found = [] if log is None else [_past(way.stays) for way in ways(log, journey, as_of).values()]
    lines = [line for each in found for line in each if line[0] != GONE]
    return pd.DataFrame(lines, columns=["stage", "at_least", "at_most"])


def _past(stays: Sequence[Stay]) -> list[tuple[str, float, float]]:
    return [
        (one.stage, max(days(one.until, two.since), 0.0), days(one.since, two.until))
        for one, two in pairwise(stays)
    ]


def advances(log: pd.DataFrame | None, journey: Journey, as_of: dt.date) -> pd.DataFrame:
    """How long each client took from a stage on the way to the next, or one beyond it.

    Returns
    -------
    DataFrame, a row for each client and stage that it was seen to leave forwards: stage, at_least, at_most.
    """
    order = {stage.name: i for i, stage in enumerate(journey.way)}
    lines = []
    known = {} if log is None else ways(log, journey, as_of)
    for way in known.values():
        on_way = [stay for stay in way.stays if stay.stage in order]
        for one, two in pairwise(on_way):
            if order[two.stage] > order[one.stage]:
                lines.append((one.stage, max(days(one.until, two.since), 0.0), days(one.since, two.until)))
    return pd.DataFrame(lines, columns=["stage", "at_least", "at_most"])


def days(start: Any, end: Any) -> float:
    """Whole days between two times; NaN where one is not known.

    >>> days(pd.Timestamp("2026-11-02 15:00"), pd.Timestamp("2026-11-09 10:00")), days(pd.NaT, pd.NaT)
    (7.0, nan)
    """
    if start is NEVER or end is NEVER or start != start or end != end:
        return float("nan")
    return float((end.date() - start.date()).days)
