"""The current state of each client, for comparison with the move log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import narwhals as nw

from funnel.history.entry import LEFT, State
from funnel.history.read import TYPED, client_keys
from funnel.history.snapshot import CurrentState
from funnel.metrics.core.assign_stages import SET_BY, STAGE
from funnel.metrics.core.event_facts import EVENT_SINCE
from funnel.metrics.core.flags import LEAD, Flagged, each, flag
from funnel.metrics.core.flags import LEFT as HAS_LEFT
from funnel.metrics.core.frames import collect

_WHY = {"hand": TYPED, "start": TYPED}


def current_states(flagged: Flagged) -> list[CurrentState]:
    """Return the state of each client of a funnel, in sheet order.

    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> import pandas as pd
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "step:^met": [True], "step:^paid": [False]})
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid")))
    >>> current_states(flagged(table, journey, dt.date(2026, 7, 1)))[0].state
    frozenset({'Met'})
    """
    staged = flagged.journey.staged
    names = ["row", "client", LEAD, *(["id"] if "id" in flagged.columns else [])]
    if staged:
        names += [STAGE, SET_BY, *([EVENT_SINCE] if EVENT_SINCE in flagged.columns else [])]
    else:
        names += [HAS_LEFT, *(flag("marked", i) for i in steps_of(flagged))]
    table = collect(flagged.frame.select(*map(nw.col, names))).sort_values("row", kind="stable")
    keys = client_keys(table.rename(columns={LEAD: "lead_date"}))
    states = _stages(table) if staged else _marks(table, flagged)
    return [
        CurrentState(row, key, state, why, at)
        for row, key, (state, why, at) in zip(table["row"].tolist(), keys, states, strict=True)
    ]


def steps_of(flagged: Flagged) -> list[int]:
    """Return the positions of the steps that have cells, whose marks the move log keeps."""
    return [i for i in each(flagged.chain) if i in flagged.chain.cells]


def _stages(table: Any) -> Iterable[tuple[State, str, dt.datetime | None]]:
    moments: list[dt.datetime | None] = [None] * len(table)
    if EVENT_SINCE in table:
        moments = [None if at != at else at for at in table[EVENT_SINCE].dt.to_pydatetime()]
    for stage, how, at in zip(table[STAGE].tolist(), table[SET_BY].tolist(), moments, strict=True):
        yield stage, _WHY.get(how, how), at if how == "event" else None


def _marks(table: Any, flagged: Flagged) -> Iterable[tuple[State, str, dt.datetime | None]]:
    """Yield the marks of each client; clients with the same marks share one set."""
    names = [flagged.chain.steps[i].name for i in steps_of(flagged)] + [LEFT]
    columns = [table[flag("marked", i)].tolist() for i in steps_of(flagged)] + [table[HAS_LEFT].tolist()]
    states: dict[tuple[bool, ...], State] = {}
    for marks in zip(*columns, strict=True):
        if marks not in states:
            states[marks] = frozenset(name for name, marked in zip(names, marks, strict=True) if marked)
        yield states[marks], TYPED, None
