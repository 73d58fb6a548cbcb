"""The problems of a sheet as a table, each with its cell and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from funnel.clients import Problem
from funnel.metrics.core.records import records
from funnel.metrics.core.result import Column, Result

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
