"""The registry of results, in order: the name of each, and the module that declares it as `RESULT`.

JSON, `--table`, CSV, the terminal, the tab `Funnel`, notebooks, charts, help texts and `docs/results.md` are
made from it. To add a result, write its module and name it here.

Lists of clients to act on (`people`, `due`, `stuck`, `placed`) are not results, but separate commands. The
clients of each stage are a result, because a stage card is a list of clients.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics.core.result import Chart, Measured, Result

MODULES = {
    "steps": "funnel.metrics.tables.steps",
    "retention": "funnel.metrics.tables.retention",
    "survival": "funnel.metrics.tables.survival",
    "leaks": "funnel.metrics.tables.leaks",
    "segments": "funnel.metrics.tables.segments",
    "problems": "funnel.metrics.tables.problems",
    "engagement": "funnel.metrics.tables.engagement",
    "gym": "funnel.metrics.tables.gym",
    "forecast": "funnel.metrics.tables.forecast_entry",
    "cohorts": "funnel.metrics.tables.cohorts",
    "trends": "funnel.metrics.tables.trends",
    "time": "funnel.metrics.tables.speed",
    "leavers": "funnel.metrics.tables.leavers",
    "what_if": "funnel.metrics.tables.what_if",
    "differences": "funnel.metrics.tables.differences",
    "stages": "funnel.metrics.stages.cards",
    "advance": "funnel.metrics.stages.time_in_stage",
    "stage_clients": "funnel.metrics.stages.stage_clients",
    "reasons_by_step": "funnel.metrics.tables.reasons_by_step",
    "falls": "funnel.metrics.tables.falls",
    "moves": "funnel.metrics.tables.moves",
}
"""Name of a result -> its module. The order is that of the JSON object; new results go to the end."""


def options() -> list[str]:
    """Return the names for `--table`, without loading any result.

    >>> options()[:3], "reasons-by-step" in options()
    (['steps', 'retention', 'survival'], True)
    """
    return [name.replace("_", "-") for name in MODULES]


def result(name: str) -> Result:
    """Return the entry of one result.

    >>> result("what_if").title
    'What if'
    """
    found: Result = import_module(MODULES[name]).RESULT
    return found


def results() -> list[Result]:
    """Return all entries, in order."""
    return [result(name) for name in MODULES]


def charts() -> dict[str, Chart]:
    """Return the charts of all results, by name."""
    return {chart.name: chart for found in results() for chart in found.every_chart}


def table(found: Result, funnel: Measured) -> pd.DataFrame:
    """Return the table of a result, its rows numbered: an index of two names slows every access.

    Results without a method of `Funnel` are cached as its attributes.
    """
    made = compute(found, funnel) if hasattr(type(funnel), found.name) else getattr(funnel, found.name)
    numbered: pd.DataFrame = made.reset_index(drop=True)
    return numbered


def compute(found: Result, funnel: Measured) -> pd.DataFrame:
    """Compute the table of a result; empty if it exists only for the values of a column."""
    import pandas as pd

    return found.compute(funnel) if found.compute else pd.DataFrame(columns=list(found.names))
