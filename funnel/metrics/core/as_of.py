"""The clients' table as of a date, with what the event log and the history tell of each client."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from funnel.clients import Clients
from funnel.history.stage_history import columns_from_log
from funnel.journey.rules import comparisons
from funnel.metrics.core.event_facts import of_events
from funnel.schema import flag
from funnel.text import fold

COMPANY = flag("company")  # the company's folded name, null where blank


def told(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Add to the clients' table what their events and their history say as of a date.

    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "step:^paid": [True]})
    >>> told(Clients(table, Journey(steps=(Step(name="Paid"),))), dt.date(2026, 11, 22)) is table
    True
    """
    more = {**_companies(clients), **columns_from_log(clients, as_of), **of_events(clients, as_of)}
    return clients.table.assign(**more) if more else clients.table


def _companies(clients: Clients) -> dict[str, Any]:
    """Which clients belong together, where the journey looks at that."""
    journey, table = clients.journey, clients.table
    looks = any(condition.of == "company" for rule in journey.rules for condition in comparisons(rule))
    if "company" not in table or not (journey.company.sync or looks):
        return {}
    folded = {name: fold(name) or None for name in table["company"].dropna().unique()}
    return {COMPANY: pd.array([folded.get(name) for name in table["company"]], dtype="str")}
