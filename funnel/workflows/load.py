"""Open a sheet, find the tab with the clients, and load them.

Only `workflows`, the command line and notebooks read the clock; everywhere else the date is a parameter.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.sheets.base import Sheet

if TYPE_CHECKING:
    import pandas as pd

Source: TypeAlias = "str | PathLike[str]"
JourneyLike: TypeAlias = "Journey | str | PathLike[str] | None"
"""A Journey, the path of a journey file, the name of a preset, or None to infer it from the headers."""

PREVIEW = 60  # rows of each tab read to find the client tab


@dataclass(frozen=True)
class Opened:
    """An open sheet with its client tab, as read and as loaded."""

    sheet: Sheet
    grid: Grid
    clients: Clients


def open_clients(
    source: Source, journey: JourneyLike = None, tab: str | None = None, log_of: Sheet | None = None
) -> Opened:
    """Open a sheet, find the client tab and load it.

    Parameters
    ----------
    source : a path or a URL.
    journey : a Journey, a journey file, the name of a preset; inferred from the headers if None.
    tab : name of the client tab; found by its headers if None.
    log_of : the sheet whose event log is used, if this sheet is a copy of it.

    Raises
    ------
    ReadError : the sheet cannot be read, or no journey fits it.
    JourneyError : the journey file is wrong.
    """
    from funnel.events.find import add_events, is_events_tab
    from funnel.history.log_file import find_move_log
    from funnel.history.read import read_log
    from funnel.loader import find_tab
    from funnel.loader import load as load_grid
    from funnel.sheets import open_sheet

    declared = as_journey(journey)
    sheet = open_sheet(source)
    if tab is None:
        tabs = [name for name in sheet.tabs() if not is_events_tab(name, declared)]
        tab = find_tab({name: sheet.read(name, rows=PREVIEW) for name in tabs or sheet.tabs()}, declared)
    grid = sheet.read(tab)
    log = read_log(find_move_log(sheet), grid.tab, sheet.tabs())
    clients = add_events(load_grid(grid, declared, source=sheet.source), log_of or sheet, journey)
    return Opened(sheet, grid, replace(clients, log=log))


def load(
    source: Source | pd.DataFrame,
    journey: JourneyLike = None,
    tab: str | None = None,
    events: pd.DataFrame | None = None,
) -> Clients:
    """Load the clients of a sheet: a path, a URL, or a DataFrame with its columns under the sheet's headers.

    Parameters
    ----------
    source : a path, a URL, or a DataFrame with one row for each client.
    journey, tab : as for `open_clients`.
    events : the event log of clients in a DataFrame, one row for each event (a journey with [events]).

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"Client name": ["Ana", "Ben"], "Date of lead": ["2026-01-05", "2026-02-03"],
    ...                       "Client contacted": [1, 1], "First paid session": [1, None]})
    >>> load(table, journey="gym")
    Clients: 2 clients, ...
    """
    if isinstance(source, str | PathLike):
        return open_clients(source, journey, tab).clients
    from funnel.events.find import add_events_table
    from funnel.loader import load as load_grid
    from funnel.sheets.dataframe import grid_of

    clients = load_grid(grid_of(source), as_journey(journey), source="DataFrame")
    return clients if events is None else add_events_table(clients, grid_of(events))


def as_journey(journey: JourneyLike) -> Journey | None:
    """Return the Journey that a caller named: by a file's path, by a preset's name, or as a Journey.

    Raises
    ------
    JourneyError : there is no such file or preset, or the file is wrong.

    >>> as_journey("gym").paid.name, as_journey(None)
    ('First paid session', None)
    """
    if journey is None or isinstance(journey, Journey):
        return journey
    from funnel.journey import preset, presets, read_journey

    if str(journey) in presets() and not Path(journey).is_file():
        return preset(str(journey))
    return read_journey(Path(journey))


def as_date(day: str | dt.date) -> dt.date:
    """Parse a date.

    Raises
    ------
    UsageError : it is not a date.

    >>> as_date("2026-11-21")
    datetime.date(2026, 11, 21)
    """
    if isinstance(day, dt.date):
        return day.date() if isinstance(day, dt.datetime) else day
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is not a date. Write it as year-month-day, such as 2026-11-21.") from None
