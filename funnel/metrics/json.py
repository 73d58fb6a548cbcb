"""A Funnel as the JSON object of version 1 (DESIGN section 6): fields are added, never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnel.text import undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.loader import Problem
    from funnel.metrics.funnel import Funnel

VERSION = 1


def funnel_json(funnel: Funnel) -> dict[str, Any]:
    """Gather every result as plain Python values; what is undefined is None."""
    clients = funnel.clients
    return {
        "version": VERSION,
        "source": clients.source,
        "tab": clients.tab,
        "as_of": funnel.as_of.isoformat(),
        "journey": clients.journey.name,
        "counts": funnel.counts,
        "clients": funnel.leads,
        "leads_after_as_of": funnel.leads_after_as_of,
        "undated_leavers": funnel.undated_leavers,
        "assumed": list(funnel.assumed),
        "steps": records(funnel.steps),
        "retention": records(funnel.retention),
        "survival": records(funnel.survival) if funnel.says_who_left else None,
        "leaks": records(funnel.leaks),
        "segments": [],
        "problems": [_problem(problem) for problem in funnel.problems],
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict for each row; counts as integers, undefined as None.

    >>> import pandas as pd
    >>> records(pd.DataFrame({"step": ["Met", None], "n": [2, 0], "rate": [0.5, float("nan")]}))
    [{'step': 'Met', 'n': 2, 'rate': 0.5}, {'step': None, 'n': 0, 'rate': None}]
    """
    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def plain(value: Any) -> Any:
    """Turn one value into what JSON knows: None where undefined."""
    return None if undefined(value) else value


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem with its cell."""
    return {"kind": problem.kind, "cell": problem.cell, "row": problem.row, "message": problem.message}
