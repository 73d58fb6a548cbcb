"""The problems of a sheet as a table: what a person should look at, each with its cell and a way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from funnel.clients import Problem
from funnel.metrics.core.records import records
from funnel.metrics.core.result import Column, Result

IN_JSON = ["kind", "cell", "row", "message"]

RESULT = Result(
    "problems",
    "Problems",
    "What a person should look at in the sheet, each with its cell and a way out.",
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


SERIOUS_FIRST: Final = (
    # results are missing, or wrong for many clients
    *(
        "missing column",
        "no lead date column",
        "no event log",
        "events not used",
        "event not in the log",
        "not calculated",
    ),
    *("conflicting dates", "double header", "ambiguous dates", "mixed time zones"),
    # a cell, a row or an event is not counted, or is counted twice
    *("error value", "no mark", "unknown stage", "unreadable date", "wrong year", "not a number"),
    *("no lead date", "double client", "unknown client", "ambiguous client", "event without client"),
    *("event without a name", "unreadable time", "reason without date"),
    # a cell contradicts another, so one of them is wrong
    *("left before lead", "date before lead", "mark after leaving", "left after due", "date in the future"),
    *(
        "marked before due",
        "not paid",
        "older sale date",
        "colour",
        "example row",
        "possible double",
        "two spellings",
    ),
    # it is counted as it should be, or somebody has to be contacted
    *(
        "skipped step",
        "win probability",
        "target missed",
        "stage to avoid",
        "first contact missing",
        "overdue",
    ),
    *("no name", "text date", "mixed marks", "totals row", "repeated header"),
)
"""Kinds of problem by their effect on the results, the largest first; other kinds come after these."""


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Lay the problems out as a table, a row each; None where a problem has no cell, row or client."""
    rows = [[getattr(problem, name) for name in RESULT.names] for problem in problems]
    return pd.DataFrame(rows, columns=list(RESULT.names), dtype=object)


def by_kind(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Group problems by their kind, the most serious kind first; in a kind, in the order of the sheet."""
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    rank = {kind: at for at, kind in enumerate(SERIOUS_FIRST)}
    return {kind: kinds[kind] for kind in sorted(kinds, key=lambda kind: rank.get(kind, len(rank)))}
