"""The clients' table as of a date (docs/definitions.md#as-of-date), with columns from both logs.

The event log comes from the business; funnel keeps the move log.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.history.stage_history import columns_from_log
from funnel.journey.rules import comparisons
from funnel.metrics.core.event_facts import event_columns
from funnel.metrics.core.event_frames import with_event_columns
from funnel.schema import flag
from funnel.text import fold

COMPANY = flag("company")  # the company's folded name, null if blank
AS_READ = {name: flag("as_read", i) for i, name in enumerate(("stage", "left_date", "left_reason"))}
"""Columns that stages replace -> their cells as read from a table of an engine, for clients of a filter."""


def table_as_of(clients: Clients, as_of: dt.date) -> Any:
    """Add columns from the events and the move log to the clients' table, as of a date.

    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "step:^paid": [True]})
    >>> table_as_of(Clients(table, Journey(steps=(Step(name="Paid"),))), dt.date(2026, 11, 22)) is table
    True
    """
    companies = _uses_companies(clients)
    if not in_memory(clients.table):
        folded = nw.col("company").str.strip_chars().str.to_lowercase()
        frame = with_event_columns(clients, as_of)
        kept = [name for name in AS_READ if clients.journey.stages and name in clients.columns]
        frame = frame.with_columns(nw.col(name).alias(AS_READ[name]) for name in kept)
        return frame.with_columns(folded.alias(COMPANY)) if companies else frame
    added = {**columns_from_log(clients, as_of), **event_columns(clients, as_of)}
    if companies:
        added[COMPANY] = _folded(clients.table["company"])
    return clients.table.assign(**added) if added else clients.table


def _uses_companies(clients: Clients) -> bool:
    """Return True if the journey compares or synchronizes the clients of a company."""
    journey = clients.journey
    in_rules = any(condition.of == "company" for rule in journey.rules for condition in comparisons(rule))
    return "company" in clients.columns and (journey.company.sync or in_rules)


def _folded(companies: pd.Series[str]) -> Any:
    """Return the folded name of each company, null if blank."""
    folded = {name: fold(name) or None for name in companies.dropna().unique()}
    return pd.array([folded.get(name) for name in companies], dtype="str")
