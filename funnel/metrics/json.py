"""A Funnel as the JSON object of version 1 (docs/definitions.md#json): fields are added, never renamed.

After the facts of the funnel it has an entry for each result of the registry, in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnel.metrics.core.records import records
from funnel.metrics.results import results, table

if TYPE_CHECKING:
    from funnel.metrics.core.result import Measured, Result

VERSION = 1


def funnel_json(funnel: Measured, by: str | None = None) -> dict[str, Any]:
    """Return all results as plain Python values; undefined values are None.

    Parameters
    ----------
    by : a column, for the segments; the leaks then use its best value as the target of steps without one.
    """
    clients = funnel.clients
    facts = {
        "version": VERSION,
        "source": clients.source,
        "tab": clients.tab,
        "as_of": funnel.as_of.isoformat(),
        "journey": clients.journey.name,
        "counts": funnel.counts,
        "within": clients.journey.within or None,
        "reading": None if clients.reading is None else clients.reading.to_json(),
        "verdict": funnel.verdict,
        "clients": funnel.leads,
        "leads_after_as_of": funnel.leads_after_as_of,
        "undated_leavers": funnel.undated_leavers,
        "assumed": list(funnel.assumed),
        "missing": {found.name: reason for found in results() if (reason := found.missing(funnel))},
    }
    return facts | {result.name: _entry(result, funnel, by) for result in results()}


def _entry(result: Result, funnel: Measured, by: str | None) -> Any:
    """Return one result: in its own form, or as a list of its rows."""
    return result.json(funnel, by) if result.json else records(table(result, funnel))
