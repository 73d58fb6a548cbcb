"""Find the event log of a sheet: one of its tabs, or a file beside it."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

from funnel.clients import Clients, Problem
from funnel.errors import UsageError
from funnel.events.read import join_events
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.sheets import Sheet, file_endings, open_sheet
from funnel.text import fold, listed, nearest


def add_events(clients: Clients, sheet: Sheet, journey: object = None) -> Clients:
    """Add the events of the log named in the journey; a missing log is a problem.

    Parameters
    ----------
    sheet : the sheet of the clients.
    journey : the journey as the caller named it. If it is a file, its folder is searched after the sheet's.

    Raises
    ------
    ReadError : the log exists, but cannot be read or lacks a column.
    """
    events = clients.journey.events
    if events is None or events.is_the_sheet:
        return clients
    file = Path(journey) if isinstance(journey, str | PathLike) else None
    folder = file.parent if file is not None and file.is_file() else None
    found = _tab(sheet, events.tab) if events.tab else _file(sheet, str(events.file), folder)
    if isinstance(found, Problem):
        return replace(clients, problems=(*clients.problems, found))
    grid, place = found
    return join_events(clients, grid, place)


def has_event_log(sheet: Sheet, journey: Journey) -> bool:
    """Return True if a sheet has the event log that a preset names, as a tab or as a file beside it."""
    events = journey.events
    return events is not None and events.tab is not None and not isinstance(_tab(sheet, events.tab), Problem)


def add_events_table(clients: Clients, grid: Grid) -> Clients:
    """Add events from a table that the caller passes.

    Raises
    ------
    UsageError : the journey has no [events].
    """
    if clients.journey.events is None:
        raise UsageError(
            f"The journey {clients.journey.name!r} has no [events], so it cannot use an event log. Add "
            "[events], with `advance` for the events that move a client to a stage."
        )
    return join_events(clients, grid, "the table of events")


def explain_event_log(source: str) -> str:
    """Explain why a sheet that is an event log cannot be refreshed, and what to do instead.

    >>> explain_event_log("log.csv")
    'log.csv is an event log without a row for each client, so ...'
    """
    return (
        f"{source} is an event log without a row for each client, so totals and colours cannot be written. "
        f"To see the results: funnel show {source}, funnel stages {source}. To write them into a sheet, "
        "create one with a row for each client and name this log in the journey file: "
        '[events] file = "…".'
    )


def is_events_tab(name: str, journey: Journey | None) -> bool:
    """Return True if a tab contains the event log, not the clients.

    >>> is_events_tab("Events", None)
    False
    """
    tab = journey.events.tab if journey and journey.events else None
    return tab is not None and fold(name) == fold(tab)


def _tab(sheet: Sheet, tab: str) -> tuple[Grid, str] | Problem:
    """Read the tab; if there is none, as in a text file, read the file named after sheet and tab."""
    named = next((name for name in sheet.tabs() if fold(name) == fold(tab)), None)
    if named is not None:
        return sheet.read(named), f"tab {named!r}"
    path = sheet.path
    if path is not None and (other := _file_for_tab(path, tab)):
        return _read(other)
    if path is None or sheet.tabs() != (path.stem,):
        near = nearest(tab, sheet.tabs(), cutoff=0.75)
        hint = f"; did you mean {near!r}?" if near else f". Its tabs are {listed(map(repr, sheet.tabs()))}."
        return _missing(f"{sheet.source} has no tab {tab!r}{hint}", "[events] tab")
    expected = f"{path.stem}-{tab.lower()}{path.suffix}"
    return _missing(
        f"{path.name} is a text file without tabs, and there is no {expected} beside it.", "[events] file"
    )


def _file_for_tab(path: Path, tab: str) -> Path | None:
    """Return the file beside a sheet that is named after the sheet and the tab (clients-events.csv)."""
    endings = file_endings()
    others = (other for other in sorted(path.parent.iterdir()) if other.suffix.lower() in endings)
    return next((other for other in others if fold(other.stem) == fold(f"{path.stem} {tab}")), None)


def _file(sheet: Sheet, file: str, folder: Path | None) -> tuple[Grid, str] | Problem:
    """Read the file from the folder of the sheet, else from that of the journey file."""
    folders = [] if sheet.path is None else [sheet.path.parent]
    folders += [folder] if folder is not None and folder not in folders else []
    folders = folders or [Path()]
    for place in folders:
        if (place / file).is_file():
            return _read(place / file)
    files = sorted({entry.name for place in folders if place.is_dir() for entry in place.iterdir()})
    near = nearest(file, [name for name in files if name.lower().endswith(file_endings())])
    hint = f"; did you mean {near!r}?" if near else "."
    return _missing(
        f"There is no file {file!r} in {listed(repr(str(p)) for p in folders)}{hint}", "[events] file"
    )


def _read(path: Path) -> tuple[Grid, str]:
    sheet = open_sheet(path)
    return sheet.read(sheet.tabs()[0]), path.name


def _missing(what: str, key: str) -> Problem:
    """Return the problem of a missing event log."""
    return Problem(
        "no event log",
        f"The event log is missing: {what} Stages were set without events, and rules on events count none.",
        way_out=f"Add it, or name it in the journey file (`{key}`).",
    )
