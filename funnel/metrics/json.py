"""A Funnel as the JSON object of version 1 (docs/definitions.md#json): fields are added, never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnel.metrics.tables.forecast import why_no_forecast
from funnel.text import undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.clients import Problem
    from funnel.metrics.funnel import Funnel

VERSION = 1


def funnel_json(funnel: Funnel, by: str | None = None) -> dict[str, Any]:
    """Gather every result as plain Python values; what is undefined is None.

    Parameters
    ----------
    by : a column, for the segments; leaks then take its best value as the target of a step without one.
    """
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
        "leaks": records(funnel.leaks if by is None else funnel.leaks_by(by)),
        "segments": [] if by is None else _segments(funnel, by),
        "problems": [_problem(problem) for problem in funnel.problems],
        "engagement": records(funnel.engagement),
        "gym": records(funnel.gym),
        "forecast": _forecast(funnel, by),
        "cohorts": records(funnel.cohorts()),
        "trends": records(funnel.trends()),
        "time": records(funnel.time()),
        "leavers": records(funnel.leavers()),
        "what_if": records(funnel.what_if()),
        "differences": [] if by is None else list(funnel.differences(by)),
        "stages": records(funnel.stages),
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


def _segments(funnel: Funnel, by: str) -> list[dict[str, Any]]:
    """One entry for each value: its steps, with their tests, its retention, and how long its clients stay."""
    steps, retention = funnel.by(by), funnel.retention_by(by)
    found = []
    for stay in records(funnel.survival_by(by)):
        value = stay["value"]
        clients = int(steps["clients"][steps["value"] == value].iloc[0])
        head = {"by": stay.pop("by"), "value": stay.pop("value"), "clients": clients}
        tables = {"steps": _of(steps, value), "retention": _of(retention, value)}
        found.append(head | tables | {"survival": stay})
    return found


def _of(table: pd.DataFrame, value: str) -> list[dict[str, Any]]:
    """The rows of one value, without what its entry says already."""
    return records(table[table["value"] == value].drop(columns=["by", "value", "clients"]))


def _forecast(funnel: Funnel, by: str | None) -> dict[str, Any] | None:
    """The forecast, with its steps, and each value of a column where one is asked for; None without one."""
    if why_no_forecast(funnel.flagged):
        return None
    found = vars(funnel.forecast())
    segments = [] if by is None else records(funnel.forecast_by(by))
    return found | {"steps": records(found["steps"]), "segments": segments}


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem with its cell."""
    return {"kind": problem.kind, "cell": problem.cell, "row": problem.row, "message": problem.message}
