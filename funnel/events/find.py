"""The event log that goes with a sheet: a tab of it, or a file beside it."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

from funnel.clients import Clients, Problem
from funnel.errors import UsageError
from funnel.events.read import with_events
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.sheets import Sheet, file_endings, open_sheet
from funnel.text import fold, listed, nearest


def add_events(clients: Clients, sheet: Sheet, journey: object = None) -> Clients:
    """Add the events that the journey of some clients names; a problem where their log is not there.

    Parameters
    ----------
    sheet : the sheet of the clients.
    journey : what was named as the journey: beside its file, the log is looked for after the sheet's folder.

    Raises
    ------
    ReadError : the log is there, and cannot be read or lacks a column.
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
    return with_events(clients, grid, place)


def table_of_events(clients: Clients, grid: Grid) -> Clients:
    """Add events that came as a table; a journey without [events] has no use for them.

    Raises
    ------
    UsageError : the journey has no [events].
    """
    if clients.journey.events is None:
        raise UsageError(
            f"The journey {clients.journey.name!r} does not say what events mean. Add [events] to it, with "
            "`advance` for the events that move a client."
        )
    return with_events(clients, grid, "the table of events")


def no_rows(source: str) -> str:
    """Say why a sheet that is an event log cannot be refreshed, and what to do instead.

    >>> no_rows("log.csv")
    'log.csv is an event log, without a row for each client ... funnel stages log.csv...'
    """
    return (
        f"{source} is an event log, without a row for each client that totals or colours could stand on, and "
        f"was left alone. Its results: funnel show {source}, funnel stages {source}. To have them in a "
        "sheet, make one with a row for each client, and name this log in the journey file: "
        '[events] file = "…".'
    )


def is_events_tab(name: str, journey: Journey | None) -> bool:
    """Whether a tab holds the event log, and so not the clients.

    >>> is_events_tab("Events", None)
    False
    """
    tab = journey.events.tab if journey and journey.events else None
    return tab is not None and fold(name) == fold(tab)


def _tab(sheet: Sheet, tab: str) -> tuple[Grid, str] | Problem:
    """The tab; where there is none, as in a text file, the file beside the sheet that is called like both."""
    named = next((name for name in sheet.tabs() if fold(name) == fold(tab)), None)
    if named is not None:
        return sheet.read(named), f"tab {named!r}"
    path = sheet.path
    if path is not None and (other := _called_like_both(path, tab)):
        return _read(other)
    if path is None or sheet.tabs() != (path.stem,):
        near = nearest(tab, sheet.tabs(), cutoff=0.75)
        meant = f"; did you mean {near!r}?" if near else f". Its tabs are {listed(map(repr, sheet.tabs()))}."
        return _missing(f"{sheet.source} has no tab {tab!r}{meant}", "[events] tab")
    shown = f"{path.stem}-{tab.lower()}{path.suffix}"
    return _missing(
        f"{path.name} is a text file, which has no tab {tab!r}, and there is no {shown} beside it.",
        "[events] file",
    )


def _called_like_both(path: Path, tab: str) -> Path | None:
    """The file beside a sheet that is called like the sheet and a tab of it."""
    endings = file_endings()
    others = (other for other in sorted(path.parent.iterdir()) if other.suffix.lower() in endings)
    return next((other for other in others if fold(other.stem) == fold(f"{path.stem} {tab}")), None)


def _file(sheet: Sheet, file: str, folder: Path | None) -> tuple[Grid, str] | Problem:
    """The file, from the folder of the sheet, else of the journey file."""
    folders = [] if sheet.path is None else [sheet.path.parent]
    folders += [folder] if folder is not None and folder not in folders else []
    folders = folders or [Path()]
    for place in folders:
        if (place / file).is_file():
            return _read(place / file)
    files = sorted({entry.name for place in folders if place.is_dir() for entry in place.iterdir()})
    near = nearest(file, [name for name in files if name.lower().endswith(file_endings())])
    meant = f"; did you mean {near!r}?" if near else "."
    return _missing(
        f"There is no file {file!r} in {listed(repr(str(p)) for p in folders)}{meant}", "[events] file"
    )


def _read(path: Path) -> tuple[Grid, str]:
    sheet = open_sheet(path)
    return sheet.read(sheet.tabs()[0]), path.name


def _missing(what: str, key: str) -> Problem:
    """That there is no event log, and what this costs."""
    return Problem(
        "no event log",
        f"The event log is missing: {what} Stages stand without it, and rules on events count none.",
        way_out=f"Add it, or name it in the journey file (`{key}`).",
    )
