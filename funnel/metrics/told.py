"""The clients' table as of a date, with what the event log and the history tell of each client."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from funnel.loader import Clients


def told(clients: Clients, as_of: dt.date) -> pd.DataFrame:
    """Add to the clients' table what their events and their history say as of a date.

    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "Paid": [True]})
    >>> told(Clients(table, Journey(steps=(Step(name="Paid"),))), dt.date(2026, 11, 22)) is table
    True
    """
    return clients.table
