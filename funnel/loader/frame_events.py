"""The event log of an engine, beside the clients of the same engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import narwhals as nw

from funnel.clients import Clients
from funnel.clients.frames import lazy
from funnel.errors import UsageError
from funnel.events.event_log import find_event_log
from funnel.events.read import SALE
from funnel.grid import Grid
from funnel.loader.frame_clients import Cell
from funnel.schema import flag

OWNER: Final = flag("event_owner")
"""The column by which clients and events are joined: the id, else the name, in lower case."""


def add_frame_events(clients: Clients, table: Any, first: Grid) -> Clients:
    """Add an event log of the same engine to its clients; no row of it is loaded.

    Parameters
    ----------
    table : one row for each event. Times have a date type, amounts are numbers.
    first : its first rows, in which its columns are found.

    Returns
    -------
    Clients : `events` is a lazy Narwhals frame: the client as the log names it, when, event, amount.

    Raises
    ------
    UsageError : the journey has no [events], or the log is in another engine.
    ReadError : a column is missing, or has another type.
    """
    if clients.journey.events is None:
        raise UsageError(
            f"The journey {clients.journey.name!r} has no [events], so it cannot use an event log. Add "
            "[events], with `advance` for the events that move a client to a stage."
        )
    frame, own = lazy(table), lazy(clients.table)
    if frame.implementation != own.implementation:
        raise UsageError(
            f"The clients are a table of {own.implementation.name.lower()}, and the events one of "
            f"{frame.implementation.name.lower()}. Give both as tables of the same engine."
        )
    log = find_event_log(first, clients.journey.events, "the table of events")
    types = frame.collect_schema()
    cells = {
        role: Cell(nw.col(name), types[name], name)
        for role, number in log.columns.items()
        for name in [types.names()[number - 1]]
    }
    event = cells["event"].text() if "event" in cells else nw.lit(SALE)
    amount = cells["amount"].number() if "amount" in cells else nw.lit(None, nw.Float64)
    events = frame.select(
        cells["client"].text().str.to_lowercase().alias(OWNER),
        cells["when"].date().alias("when"),
        event.alias("event"),
        amount.alias("amount"),
    )
    by = "id" if "id" in clients.columns else "name"
    told = f"events belong to the client with their {by}, as it is written but for capitals"
    return replace(clients, events=events, assumed=(*clients.assumed, told))  # type: ignore[arg-type]
