"""Grid + Journey -> Clients: a sheet with a row for each client, or an event log."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from funnel.cells.dates import Order
from funnel.clients import Clients, Reading
from funnel.errors import Unanswered
from funnel.grid import Grid, Value
from funnel.journey import Journey
from funnel.loader.clients_from_events import is_log, log_clients
from funnel.loader.load_rows import load_rows
from funnel.reading import read_grids
from funnel.reading.choice import or_refuse
from funnel.reading.journeys import without_events
from funnel.reading.sentences import sentences, unanswered
from funnel.reading.tables.transposed import turned

if TYPE_CHECKING:
    import pandas as pd


def load(
    grid: Grid,
    journey: Journey | None = None,
    *,
    source: str = "",
    dates: Order | None = None,
    reading: Reading | None = None,
) -> Clients:
    """Read the clients of a tab.

    Parameters
    ----------
    grid : the tab as read.
    journey : the journey; None: one made from a reading.
    reading : the reading, if there is one already.
    source : the sheet as the user named it, for messages.
    dates : "dmy" or "mdy", if the order of day and month in text dates is known.

    Raises
    ------
    ReadError : no row looks like headers, no journey fits them, or a stage is unknown.
    JourneyError : a rule of the journey does not fit the sheet.

    >>> grid = Grid("Clients", [["Client", "Ana", "Ben"], ["Lead date", "2026-01-05", "2026-02-01"],
    ...                         ["Paid", 1, None], ["1 month", "x", None]])
    >>> clients = load(grid)
    >>> clients.to_frame()["Paid"].tolist(), clients.journey.retention[0].months
    ([True, False], 1)
    """
    if journey is None:
        return _as_understood(grid, reading, source, dates)
    if journey.events and not journey.events.is_the_sheet and is_log(grid):
        # The journey names another log, but this tab is the log: its rows are events, not clients.
        alone = journey.events.model_copy(update={"tab": None, "file": None})
        journey = journey.model_copy(update={"events": alone})
    if journey.events and journey.events.is_the_sheet:
        return log_clients(grid, journey, source)
    return load_rows(grid, journey, source=source, dates=dates)


def _as_understood(grid: Grid, reading: Reading | None, source: str, dates: Order | None) -> Clients:
    """Read the clients by a journey made from a reading."""
    found = or_refuse(reading or read_grids({grid.tab: grid}, dt.date.max, source=source))
    journey = found.journey
    if journey is not None and reading is None:
        journey = without_events(journey)
    reading = found
    if journey is None:
        raise Unanswered(unanswered(reading, source), reading)
    if reading.transposed:
        clients = load_rows(turned(grid) or grid, journey, source=source, dates=dates, reading=reading)
        return replace(clients, layout=None)
    if journey.events and journey.events.is_the_sheet:
        clients = log_clients(grid, journey, source)
        return replace(clients, assumed=(*sentences(reading, journey), *clients.assumed), reading=reading)
    return load_rows(grid, journey, source=source, dates=dates, reading=reading)


def from_table(table: pd.DataFrame, journey: Journey | None = None, *, source: str = "") -> Clients:
    """Read the clients of a DataFrame, like a sheet with its column names as headers.

    Parameters
    ----------
    table : one row for each client. Marks and dates may be written in any way that a sheet allows.
    journey : the journey; None: one made from a reading.

    Returns
    -------
    Clients without a layout; ``row`` is counted as if the headers were row 1.

    Raises
    ------
    ReadError : no journey fits the columns.

    >>> import pandas as pd
    >>> from funnel.journey import Step
    >>> table = pd.DataFrame({"Client": ["Ana", "Ben"], "Paid": [True, None]})
    >>> journey = Journey(columns={"client": "Client"}, steps=(Step(name="Paid"),))
    >>> from_table(table, journey).to_frame()["Paid"].tolist()
    [True, False]
    """
    return replace(load(grid_of(table), journey, source=source), layout=None)


def grid_of(table: pd.DataFrame) -> Grid:
    """Return a DataFrame as a Grid: the names of its columns in row 1, missing values as blanks."""
    columns = [[str(name), *map(_cell, table.iloc[:, at].tolist())] for at, name in enumerate(table.columns)]
    return Grid("", columns)


def _cell(value: Any) -> Value:
    """Return a value of a DataFrame as a cell value."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value if isinstance(value, bool | int | float | str | dt.date | dt.time) else str(value)
