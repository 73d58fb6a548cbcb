"""Open a sheet, find the tab with the clients, and load them.

Only `workflows`, the command line and notebooks read the clock; elsewhere the date is a parameter.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.cells.dates import read_day
from funnel.clients import Clients, Problem, Reading
from funnel.clients.reading import Question
from funnel.errors import ReadError, UsageError
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.journey.events import Events
from funnel.loader.declared_reading import reading_of_clients
from funnel.reading.answers import Answers, way_of
from funnel.sheets.base import Sheet
from funnel.text import listed

if TYPE_CHECKING:
    import pandas as pd

Source: TypeAlias = "str | PathLike[str]"
JourneyLike: TypeAlias = "Journey | str | PathLike[str] | None"
"""A Journey, the path of a journey file, the name of a preset; or None for the reading of the sheet."""

PREVIEW = 60  # rows of each tab read to find the client tab


@dataclass(frozen=True)
class Opened:
    """An open sheet with its client tab, as read and as loaded."""

    sheet: Sheet
    grid: Grid
    clients: Clients


def open_clients(
    source: Source | Sheet,
    journey: JourneyLike = None,
    tab: str | None = None,
    log_of: Sheet | None = None,
    as_of: str | dt.date | None = None,
) -> Opened:
    """Open a sheet, and load its clients by its journey or by a reading of the sheet.

    Parameters
    ----------
    source : a path, a URL, or an open sheet.
    journey : a Journey, a journey file, the name of a preset. None: the journey file of the sheet if there is
        one, else a reading of the sheet.
    tab : name of the tab with the clients; found by its headers if None.
    log_of : the sheet that has the event log, if this one is a copy of it.
    as_of : later dates are in the future; today if None.

    Raises
    ------
    ReadError : the sheet cannot be read, contains no clients, or no journey fits it.
    JourneyError : the journey file is wrong.
    """
    from funnel.events.find import add_events, has_event_log
    from funnel.history.action_states import read_action_states
    from funnel.history.followed_up import read_followed_up
    from funnel.history.log_file import find_move_log
    from funnel.history.read import log_problems, read_log
    from funnel.loader import load as load_grid
    from funnel.reading.journeys import without_events
    from funnel.sheets import open_sheet
    from funnel.workflows.journey_files import find_journey_file

    sheet = open_sheet(source) if isinstance(source, str | PathLike) else source
    if journey is None:
        journey = find_journey_file(sheet, tab)
    declared = as_journey(journey)
    if sheet.capabilities.in_engine:
        return _open_table(sheet, journey, as_of)
    if declared is None:
        reading, grid = _understand(sheet, tab, as_of)
        if reading.journey is not None and not has_event_log(sheet, reading.journey):
            reading = replace(reading, journey=without_events(reading.journey))
        clients = load_grid(grid, source=sheet.source, reading=reading)
    else:
        grid = _declared_tab(sheet, declared, tab)
        clients = load_grid(grid, declared, source=sheet.source)
        clients = replace(clients, reading=reading_of_clients(clients, grid))
        if declared.unanswered:
            clients = _with_open_questions(clients, declared, sheet, tab, as_of)
        if isinstance(journey, Path):
            clients = replace(clients, assumed=(f"read by the journey file {journey}", *clients.assumed))
    page = find_move_log(sheet)
    clients = replace(
        add_events(clients, log_of or sheet, journey),
        followed_up=read_followed_up(page, grid.tab),
        actions=read_action_states(page),
    )
    problems = (*clients.problems, *log_problems(page))
    return Opened(
        sheet, grid, replace(clients, problems=problems, log=read_log(page, grid.tab, sheet.tabs()))
    )


def open_questions(reading: Reading, journey: Journey) -> tuple[Question, ...]:
    """Return the questions of a reading that a journey file lists as unanswered."""
    return tuple(q for q in reading.questions if {q.key, q.about} & {*journey.unanswered})


def _with_open_questions(
    clients: Clients, journey: Journey, sheet: Sheet, tab: str | None, as_of: str | dt.date | None
) -> Clients:
    """Mark the reading as a guess while the journey file has open questions."""
    found = open_questions(_understand(sheet, tab, as_of, [way_of(journey)])[0], journey)
    if not found or clients.reading is None:
        return clients
    return replace(clients, reading=replace(clients.reading, confidence="guess", questions=found))


def _open_table(sheet: Sheet, journey: JourneyLike, as_of: str | dt.date | None) -> Opened:
    """Open a table of an engine: the reading uses its first rows, and all rows are clients."""
    from funnel.loader.frame_clients import add_frame_events, first_rows, load_frame

    declared = as_journey(journey)
    reading, first = (None, sheet.read("")) if declared else _understand(sheet, None, as_of)
    clients = load_frame(sheet.table, first, declared, source=sheet.source, reading=reading)
    if clients.journey.events is not None:
        events = _events_beside(sheet, clients.journey.events, journey)
        if isinstance(events, Problem):
            clients = replace(clients, problems=(*clients.problems, events))
        else:
            clients = add_frame_events(clients, events, first_rows(events))
    return Opened(sheet, first, clients)


def _events_beside(sheet: Sheet, events: Events, journey: JourneyLike) -> Any:
    """Return the event log beside a table: a Parquet file, or a table of the database; else a Problem."""
    from funnel.clients.frames import table_beside

    if events.file is None:
        if sheet.path is not None or events.tab is None:
            return _no_events(f"{sheet.source} is one table without an event log beside it")
        try:
            return table_beside(sheet.table, events.tab)
        except ReadError as error:
            return _no_events(str(error).rstrip("."))
    named = Path(journey) if isinstance(journey, str | PathLike) else None
    folders = [sheet.path.parent] if sheet.path is not None else []
    folders += [named.parent] if named is not None and named.is_file() else []
    folders = list(dict.fromkeys(folders or [Path()]))
    path = next((at for at in (each / events.file for each in folders) if at.is_file()), None)
    if path is None:
        return _no_events(f"there is no file {events.file!r} in {listed(repr(str(p)) for p in folders)}")
    if path.suffix.lower() != ".parquet":
        return _no_events(f"{events.file!r} is no Parquet file, so the engine cannot join it to the clients")
    return table_beside(sheet.table, path)


def _no_events(why: str) -> Problem:
    """Return the problem of a table that is opened by its name without an event log."""
    return Problem(
        "no event log",
        f"The event log is missing: {why}. Stages are those of the table and of rules without events.",
        way_out="Name a Parquet file beside the clients ([events] file), or, in a database, another table "
        "([events] tab). In Python: funnel.load(clients, journey=…, events=events).",
    )


def read(
    source: Source,
    journey: JourneyLike = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
    *,
    journey_file: bool = True,
    answers: Answers = (),
) -> Reading:
    """Return the reading of a sheet: tab, client, steps and other columns, with confidence and questions.

    Parameters
    ----------
    source, journey, tab, as_of : as for `open_clients`.
    journey_file : use the journey file of the sheet, if there is one.
    answers : the answers to its questions so far.

    Returns
    -------
    A Reading; if the sheet contains no clients, its `shape` is "none" and `refusal` is the reason.

    Raises
    ------
    ReadError, JourneyError : the sheet or the journey cannot be read.
    """
    from funnel.sheets import open_sheet
    from funnel.workflows.journey_files import find_journey_file

    sheet = open_sheet(source)
    if journey is None and journey_file:
        journey = find_journey_file(sheet, tab)
    if journey is None:
        return _understand(sheet, tab, as_of, answers)[0]
    found = open_clients(source, journey, tab).clients.reading
    assert found is not None
    return found


def _understand(
    sheet: Sheet, tab: str | None, as_of: str | dt.date | None, answers: Answers = ()
) -> tuple[Reading, Grid]:
    """Return the reading of a sheet, and the tab with the clients."""
    from funnel.reading import read_grids

    today = dt.date.today()
    day = max(as_date(as_of), today) if as_of is not None else today  # a date before today is not a plan
    names = sheet.tabs()
    grids = {name: sheet.read(name) for name in names}
    if tab is not None:
        grids[tab] = sheet.read(tab)
    named = grids[tab].tab if tab is not None else None
    reading = read_grids(grids, day, source=sheet.source, tab=named, answers=answers)
    if reading.shape == "none" or reading.stages or reading.role("stage"):
        offered = sheet.with_dropdowns(grids)
        if any(offered[name].dropdowns != grid.dropdowns for name, grid in grids.items()):
            grids = offered
            reading = read_grids(grids, day, source=sheet.source, tab=named, answers=answers)
    if day > today:
        reading = replace(reading, for_today=True)
    return reading, grids.get(reading.tab) or next(iter(grids.values()))


def _declared_tab(sheet: Sheet, journey: Journey, tab: str | None) -> Grid:
    """Read the tab with the clients: the named one, the journey's, or the one whose headers fit it best.

    Raises
    ------
    ReadError : the sheet has several tabs, and none with the journey's name.
    """
    from funnel.events.find import is_events_tab
    from funnel.loader import find_tab

    there = sheet.tabs()
    if tab is None and journey.tab is not None and len(there) > 1:
        if journey.tab not in there:
            raise ReadError(
                f"{sheet.source} has no tab {journey.tab!r}, which the journey file names. Its tabs: "
                f"{listed(map(repr, there), most=12)}. Correct `tab` in the journey file, or name one with "
                "--tab."
            )
        tab = journey.tab
    if tab is None:
        tabs = [name for name in there if not is_events_tab(name, journey)]
        tab = find_tab({name: sheet.read(name, rows=PREVIEW) for name in tabs or there}, journey)
    return sheet.read(tab)


def load(
    source: Source | pd.DataFrame,
    journey: JourneyLike = None,
    tab: str | None = None,
    events: Any = None,
    as_of: str | dt.date | None = None,
) -> Clients:
    """Load the clients of a sheet or of a DataFrame.

    Parameters
    ----------
    source : a path, a URL, or a table with one row for each client: of pandas, Polars (eager or lazy),
        pyarrow, DuckDB, PySpark or Ibis. Only pandas and pyarrow are read into memory as a whole.
    journey, tab, as_of : as for `open_clients`.
    events : the event log, one row for each event (a journey with [events]): beside clients of an engine, a
        table of the same engine, which stays there; else of any of these kinds, and read as a whole.

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
        return open_clients(source, journey, tab, as_of=as_of).clients
    from funnel.clients.frames import as_pandas
    from funnel.events.find import add_events_table
    from funnel.loader import load as load_grid
    from funnel.sheets.dataframe import grid_of

    table = as_pandas(source)
    if table is None:
        return _load_frame(source, as_journey(journey), events)
    clients = load_grid(grid_of(table), as_journey(journey), source="DataFrame")
    return clients if events is None else add_events_table(clients, grid_of(_collected(events)))


def _collected(table: Any) -> pd.DataFrame:
    """Return a table of any kind as pandas."""
    from funnel.clients.frames import as_pandas, fetch, lazy

    found = as_pandas(table)
    return fetch(lazy(table)).to_pandas() if found is None else found


def _load_frame(table: Any, journey: Journey | None, events: Any) -> Clients:
    """Load the clients of a frame, and their events, without moving their rows out of the engine."""
    from funnel.loader.frame_clients import add_frame_events, first_rows, load_frame

    clients = load_frame(table, first_rows(table), journey, source="DataFrame")
    return clients if events is None else add_frame_events(clients, events, first_rows(events))


def as_journey(journey: JourneyLike) -> Journey | None:
    """Return the Journey for a path, the name of a preset, or a Journey.

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
    """Parse a date in any common form whose order is certain.

    Raises
    ------
    UsageError : it is not a date.

    >>> as_date("2026-11-21") == as_date("21 Nov 2026") == as_date("21.11.2026")
    True
    """
    if isinstance(day, dt.date):
        from funnel.metrics.core.date_ranges import as_day

        return as_day(day)
    if found := read_day(day):
        return found
    raise UsageError(f"{day!r} is not a date. Write it as year-month-day, such as 2026-11-21.")
