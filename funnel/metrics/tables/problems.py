"""The problems of a sheet as a table, and the checks of single clients in a table of an engine.

The loader makes these checks where it reads a sheet. An engine counts; a few clients of each kind are named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals as nw
import pandas as pd

from funnel.clients import Clients, Problem
from funnel.events.owner_keys import MATCHES, NAMED
from funnel.metrics.core.frames import collect, count_flags, lazy, length
from funnel.metrics.core.records import records
from funnel.metrics.core.result import Column, Result
from funnel.schema import flag, no_mark, step_mark
from funnel.text import count, listed

IN_JSON = ["kind", "cell", "row", "message"]

RESULT = Result(
    "problems",
    "Problems",
    "Problems in the sheet, each with its cell and what to do.",
    (
        Column("kind", "Kind", "text", "Kind of problem."),
        Column("cell", "Cell", "text", "The cell, if it is one."),
        Column("row", "Row", "count", "The row, if it is one."),
        Column("client", "Client", "text", "The client, if it is one."),
        Column("message", "Problem", "text", "What was found."),
        Column("way_out", "What to do", "text", "What to do about it."),
    ),
    lambda funnel: problems_table(funnel.problems),
    json=lambda funnel, _by: records(problems_table(funnel.problems)[IN_JSON]),
    review=True,
)


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return the problems as a table, a row each; None if a problem has no cell, row or client."""
    rows = [[getattr(problem, name) for name in RESULT.names] for problem in problems]
    return pd.DataFrame(rows, columns=list(RESULT.names), dtype=object)


# --- checks of an engine -----------------------------------------------------------------------------------

Row: TypeAlias = Mapping[Hashable, Any]
SAMPLE = 5
"""Clients named for each kind of problem, if the rows are in an engine."""


@dataclass(frozen=True)
class Check:
    """A condition on a column, and the message for clients who meet it; `shown` are columns it names."""

    kind: str
    column: str  # of the table: a role, or the marks of a step
    found: nw.Expr
    message: Callable[[Row], str]
    way_out: str
    shown: tuple[str, ...] = ()


def engine_checks(clients: Clients) -> Iterator[Check]:
    """Yield the checks that the columns of a table allow."""
    columns = set(clients.columns)
    if clients.layout is not None and "client" in clients.layout.columns:
        yield Check("no name", "client", nw.col("client") == "", lambda row: "its name is blank.",
                    "Add the name or id of the client.")  # fmt: skip
    if "lead_date" in columns:
        yield Check(
            "no lead date", "lead_date", nw.col("lead_date").is_null(),
            lambda row: "there is no lead date; the client is left out of results that need one.",
            "Add the date of the lead.",
        )  # fmt: skip
        for role, did in (("left_date", "left"), ("close_date", "was closed")):
            if role in columns:
                yield Check(
                    "left before lead", role, (nw.col(role) < nw.col("lead_date")).fill_null(False),
                    lambda row, role=role, did=did: (  # type: ignore[misc]
                        f"{did} on {row[role]}, before becoming a lead on {row['lead_date']}."
                    ),
                    "Correct one of the two dates.",
                )  # fmt: skip
    if {"left_date", "left_reason"} <= columns:
        yield Check(
            "reason without date", "left_date",
            ~nw.col("left_reason").is_null() & nw.col("left_date").is_null(),
            lambda row: f"there is a reason for leaving, {row['left_reason']!r}, but no date.",
            "Add the day on which the client left.", ("left_reason",),
        )  # fmt: skip
    for step in clients.journey.steps:
        if (odd := no_mark(step.name)) in columns:
            yield Check(
                "no mark", step_mark(step.name), ~nw.col(odd).is_null(),
                lambda row, step=step, odd=odd: (  # type: ignore[misc]
                    f"{row[odd]!r} is not a mark for {step.name!r}; it counts as not reached."
                ),
                "Write 1 if it was reached; or add the word to `marks` in the journey file.", (odd,),
            )  # fmt: skip


def unused_events(clients: Clients, as_of: dt.date) -> Iterator[Problem]:
    """Yield a problem for each reason why events of an engine's log are not counted."""
    if clients.events is None:
        return
    end = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time())
    blank, matches = nw.col(NAMED).is_null(), nw.col(MATCHES)
    reasons = {
        "event without client": (blank, "no client", "Enter the client."),
        "unknown client": (matches.is_null() & ~blank, "a client who is not in the table",
                           "Add the client; or give clients the same id, name or e-mail address in both."),
        "ambiguous client": ((matches > 1).fill_null(False), "a name that several clients have",
                             "Give clients an id, in the table and in the log."),
        "event without a name": (nw.col("event").is_null(), "no event", "Enter the event."),
        "unreadable time": (nw.col("when").is_null(), "no time", "Enter the time."),
        "date in the future": ((nw.col("when") >= end).fill_null(False), f"a time after {as_of}",
                               "Correct the date, or wait for the day."),
    }  # fmt: skip
    names = {kind: flag("unused", i) for i, kind in enumerate(reasons)}
    counts = count_flags(
        lazy(clients.events).select(reasons[kind][0].alias(name) for kind, name in names.items()),
        names.values(),
    )
    for kind, (_, what, way_out) in reasons.items():
        if times := int(counts[names[kind]].iloc[0]):
            text = (
                f"{count(times, 'event')} of the log {'has' if times == 1 else 'have'} {what}. Not counted."
            )
            yield Problem(kind, text, way_out=way_out, times=times)


def double_clients(clients: Clients) -> Iterator[Problem]:
    """Yield one problem if several rows are of one client."""
    key = ["id"] if "id" in clients.columns else [n for n in ("client", "lead_date") if n in clients.columns]
    named = lazy(clients.table).filter(
        nw.all_horizontal(*(~nw.col(n).is_null() for n in key), ignore_nulls=False)
    )
    named = named.filter(nw.col(key[0]) != "")
    several = named.group_by(*key).agg(nw.len().alias("n")).filter(nw.col("n") > 1)
    times = length(several)
    if times:
        shown = listed(collect(several.head(SAMPLE))[key[0]].astype(str))
        yield Problem(
            "double client",
            f"{count(times, 'client')} in several rows, each of which counts: {shown}.",
            way_out="Keep one row for each client.", times=times,
        )  # fmt: skip
