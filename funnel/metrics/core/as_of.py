"""The clients' table as of a date, with columns from the event log and the move log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from funnel.clients import Clients
from funnel.history.stage_history import columns_from_log
from funnel.journey.rules import comparisons
from funnel.metrics.core.event_facts import event_columns
from funnel.schema import flag
from funnel.text import fold

COMPANY = flag("company")  # the company's folded name, null where blank


def table_as_of(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Add columns from the events and the move log to the clients' table, as of a date.

    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "step:^paid": [True]})
    >>> table_as_of(Clients(table, Journey(steps=(Step(name="Paid"),))), dt.date(2026, 11, 22)) is table
    True
    """
    added = {**_companies(clients), **columns_from_log(clients, as_of), **event_columns(clients, as_of)}
    return clients.table.assign(**added) if added else clients.table


def _companies(clients: Clients) -> dict[str, Any]:
    """Return the column of companies if the journey uses companies; else {}."""
    journey, table = clients.journey, clients.table
    in_rules = any(condition.of == "company" for rule in journey.rules for condition in comparisons(rule))
    if "company" not in table or not (journey.company.sync or in_rules):
        return {}
    folded = {name: fold(name) or None for name in table["company"].dropna().unique()}
    return {COMPANY: pd.array([folded.get(name) for name in table["company"]], dtype="str")}
