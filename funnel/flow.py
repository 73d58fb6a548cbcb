"""The one place that runs the whole way: open, load, measure, plan, apply.

Called flow and not refresh, because `funnel.refresh` is the public function (docs/decisions/0002). Here, in
the command line and in notebooks the clock may be read; everywhere else the date is given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from funnel.errors import FunnelError, Moved, UsageError, WriteError
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.loader import Clients
from funnel.runs import NO_UNDO, alone, google_id
from funnel.sheets.base import Sheet

if TYPE_CHECKING:
    import pandas as pd

    from funnel.plan import Plan

Source: TypeAlias = "str | PathLike[str]"
JourneyLike: TypeAlias = "Journey | str | PathLike[str] | None"
"""A Journey, the path of a journey file, the name of a preset, or None: inferred from the headers."""

PREVIEW = 60  # rows of each tab that are looked at to find the one with the clients


@dataclass(frozen=True)
class Opened:
    """A sheet with its client tab, as read and as loaded."""

    sheet: Sheet
    grid: Grid
    clients: Clients


def open_clients(
    source: Source, journey: JourneyLike = None, tab: str | None = None, log_of: Sheet | None = None
) -> Opened:
    """Open a sheet, find the tab with the clients and load it.

    Parameters
    ----------
    source : a path or a URL.
    journey : a Journey, a journey file, the name of a preset; inferred from the headers where None.
    tab : name of the tab with the clients; found by its headers where None.
    log_of : the sheet whose event log it is, where this one is a copy of it.

    Raises
    ------
    ReadError : where the sheet cannot be read, or no journey fits it.
    JourneyError : where the journey file is wrong.
    """
    from funnel.eventlog import add_events, is_events_tab
    from funnel.loader import find_tab
    from funnel.loader import load as load_grid
    from funnel.loader.log import read_log
    from funnel.logfile import find_log
    from funnel.sheets import open_sheet

    declared = as_journey(journey)
    sheet = open_sheet(source)
    if tab is None:
        tabs = [name for name in sheet.tabs() if not is_events_tab(name, declared)]
        tab = find_tab({name: sheet.read(name, rows=PREVIEW) for name in tabs or sheet.tabs()}, declared)
    grid = sheet.read(tab)
    log = read_log(find_log(sheet), grid.tab, sheet.tabs())
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
    from funnel.eventlog import table_of_events
    from funnel.loader import load as load_grid
    from funnel.tables import grid_of

    clients = load_grid(grid_of(source), as_journey(journey), source="DataFrame")
    return clients if events is None else table_of_events(clients, grid_of(events))


def as_journey(journey: JourneyLike) -> Journey | None:
    """Turn what a caller named into a Journey: a file's path, a preset's name, or one already made.

    Raises
    ------
    JourneyError : where there is no such file or preset, or the file is wrong.

    >>> as_journey("gym").paid.name, as_journey(None)
    ('First paid session', None)
    """
    if journey is None or isinstance(journey, Journey):
        return journey
    from funnel.journey import preset, presets, read_journey

    if str(journey) in presets() and not Path(journey).is_file():
        return preset(str(journey))
    return read_journey(Path(journey))


def refresh(
    source: Source,
    *,
    journey: JourneyLike = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
    dry_run: bool = False,
    out: Source | None = None,
    totals: Literal["bottom", "top"] | None = None,
    highlight: Literal["rule", "fill", "none"] | None = None,
) -> Plan:
    """Write totals, row colours, the tab `Funnel` with charts, and the history into a sheet (DESIGN 7).

    Parameters
    ----------
    source : a path or a URL.
    journey, tab : as for `open_clients`.
    as_of : the day that results stand for; today where None.
    dry_run : say what would change, and change nothing.
    out : write into this new file instead, and leave the source as it is.
    totals : where the totals stand, "bottom" or "top"; as the journey says where None.
    highlight : "rule" for live colours, "fill" for painted rows, "none"; as the journey says where None.

    Returns
    -------
    The plan that was applied (or would be); false where there was nothing to change. Its `weekly` says what
    changed in the funnel since the last recorded week.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    UsageError : where `out` is no new file.
    WriteError : where the sheet cannot be written, or another run is writing it; it is unchanged.
    """
    options = _Options(as_of, totals, highlight)
    if dry_run:
        return options.plan(open_clients(source, journey, tab))
    with alone(out or source):
        if out is not None:
            return _refresh_copy(open_clients(source, journey, tab), out, journey, options)
        opened = open_clients(source, journey, tab)
        plan = options.plan(opened)
        try:
            return _applied(opened.sheet, plan)
        except Moved:  # people type while we write: look again, once
            opened = open_clients(source, journey, tab)
            again = options.plan(opened)
            return _applied(opened.sheet, again) if again else plan


@dataclass(frozen=True, slots=True)
class _Options:
    """How a refresh was asked for."""

    as_of: str | dt.date | None
    totals: Literal["bottom", "top"] | None
    highlight: Literal["rule", "fill", "none"] | None

    def plan(self, opened: Opened) -> Plan:
        return plan_of(opened, as_of=self.as_of, totals=self.totals, highlight=self.highlight)


def _refresh_copy(opened: Opened, out: Source, journey: JourneyLike, options: _Options) -> Plan:
    """Refresh a copy in a new file; where that fails, there is no new file."""
    from funnel.copies import copy_to

    if google_id(out):
        raise UsageError(
            f"-o takes a new file, and {out} is a Google Sheet. Copy the clients there first, then refresh "
            f"it: funnel copy {opened.sheet.source} {out}"
        )
    copy_to(opened.sheet, opened.grid, opened.clients, out)
    try:
        made = open_clients(out, journey, opened.grid.tab, log_of=opened.sheet)
        if made.sheet.read_only and opened.sheet.read_only:  # a signature, which a copy carries on
            raise WriteError(opened.sheet.read_only)
        return _applied(made.sheet, options.plan(made))
    except FunnelError:
        Path(out).unlink()
        raise


def _applied(sheet: Sheet, plan: Plan) -> Plan:
    """Apply a plan; what could not be written as planned is told in the plan that comes back."""
    if sheet.read_only:
        raise WriteError(sheet.read_only)
    if not plan:
        return plan
    return replace(plan, kept=(*plan.kept, *sheet.apply(plan)))


def copy(source: Source, to: Source, journey: JourneyLike = None, tab: str | None = None) -> tuple[str, ...]:
    """Copy the clients of a sheet into a new workbook, or into a new tab of a Google Sheet.

    Values stand where they stood: marks, dates and text, all of their type. A workbook that becomes a
    workbook is copied as it is.

    Parameters
    ----------
    source : a path or a URL.
    to : the name of a workbook that does not exist yet, or the URL of a Google Sheet.
    journey, tab : as for `open_clients`.

    Returns
    -------
    Sentences on what did not come along; the copy was read back to find out.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    UsageError : where the new file's name has the wrong ending.
    WriteError : where there is a file or a tab of that name, or it cannot be written.
    """
    from funnel import copies

    opened = open_clients(source, journey, tab)
    with alone(to):
        copies.copy_to(opened.sheet, opened.grid, opened.clients, to)
    made = open_clients(to, journey or opened.clients.journey, opened.grid.tab or None, opened.sheet)
    return tuple(copies.left_behind(opened.grid, opened.clients, made.grid, made.clients))


def weekly_text(
    source: Source, *, journey: JourneyLike = None, tab: str | None = None, as_of: str | dt.date | None = None
) -> str:
    """Say what changed in a sheet since the last recorded week; nothing is written.

    Parameters
    ----------
    source, journey, tab, as_of : as for `refresh`.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    """
    return plan_of(open_clients(source, journey, tab), as_of=as_of).weekly


def schedulable(source: Source, journey: JourneyLike = None) -> None:
    """Make sure that a job would find what it needs. A Google Sheet is not looked at.

    Raises
    ------
    ReadError, JourneyError : where the sheet or the journey cannot be read.
    WriteError : where the sheet cannot be written at all.
    """
    from funnel.sheets import open_sheet

    as_journey(journey)
    if not google_id(source) and (why := open_sheet(source).read_only):
        raise WriteError(why)


def undo(source: Source) -> Path:
    """Put back a workbook as it was before the last refresh, and return the backup it came from.

    Raises
    ------
    UsageError : for a Google Sheet, which keeps its own versions.
    WriteError : where there is no backup, or the workbook has changed since; it is unchanged.
    """
    from funnel.sheets import files

    if google_id(source):
        raise UsageError(NO_UNDO.format(source=source))
    with alone(source):
        return files.undo(Path(source))


def remove(source: Source, *, dry_run: bool = False) -> Plan:
    """Take only our work out of a sheet; what a person typed, drew or formatted stays (DESIGN section 7).

    Parameters
    ----------
    source : a path or a URL.
    dry_run : say what would go, and change nothing.

    Returns
    -------
    The plan that was applied (or would be); false where nothing of ours was there.

    Raises
    ------
    ReadError : where the sheet cannot be read.
    WriteError : where it cannot be written, or another run is writing it; it is unchanged.
    """
    from funnel.sheets import open_sheet

    if dry_run:
        return _removal(open_sheet(source))
    with alone(source):
        sheet = open_sheet(source)
        plan = _removal(sheet)
        try:
            return _applied(sheet, plan)
        except Moved:  # people type while we write: look again, once
            sheet = open_sheet(source)
            again = _removal(sheet)
            return _applied(sheet, again) if again else plan


def _removal(sheet: Sheet) -> Plan:
    from funnel.writer import anchor_of, plan_removal

    grids = {tab: sheet.read(tab) for tab in sheet.tabs()}
    attached = {tab: sheet.attached(tab) for tab, grid in grids.items() if anchor_of(grid)}
    return plan_removal(grids, attached, source=sheet.source, version=sheet.version)


def plan_of(
    opened: Opened,
    *,
    as_of: str | dt.date | None = None,
    totals: Literal["bottom", "top"] | None = None,
    highlight: Literal["rule", "fill", "none"] | None = None,
) -> Plan:
    """Plan what a refresh would change in an opened sheet; parameters as for `refresh`."""
    from funnel.eventlog import no_rows
    from funnel.metrics import Funnel
    from funnel.report.weekly import weekly_text
    from funnel.writer import make_plan

    if opened.clients.layout is None:
        raise UsageError(no_rows(opened.sheet.source))
    today = dt.date.today()
    day = as_date(as_of) if as_of is not None else today
    funnel = Funnel(opened.clients, day)
    # The totals are live formulas: their cached values stand for the day on which they are next calculated.
    live = funnel if day >= today else Funnel(opened.clients, today)
    tabs = opened.sheet.tabs()
    moving = getattr(opened.sheet, "moving", False)
    ours = {name: grid for name in tabs if (grid := _ours(opened.sheet, name, moving))}
    plan = make_plan(
        opened.grid, funnel, live, ours, tabs, source=opened.sheet.source, version=opened.sheet.version,
        highlight=highlight, totals_at=totals, moving=moving, today=day == today,
    )  # fmt: skip
    history = next((grid for grid in ours.values() if "history" in grid.anchors), None)
    return replace(plan, weekly=weekly_text(funnel, history, tabs))


def _ours(sheet: Sheet, tab: str, moving: bool) -> Grid | None:
    """A tab of ours, whatever a person calls it by now, or one that has the name of ours."""
    named = tab.startswith("Funnel")
    if not (named or moving or _anchored(sheet.read(tab, rows=1))):
        return None
    grid = sheet.read(tab)
    return grid if named or _anchored(grid) else None


def _anchored(grid: Grid) -> bool:
    """Whether a tab as a whole is ours."""
    return bool(grid.anchors.keys() - {"totals"})


def as_date(day: str | dt.date) -> dt.date:
    """Read a day.

    Raises
    ------
    UsageError : where it is none.

    >>> as_date("2026-11-21")
    datetime.date(2026, 11, 21)
    """
    if isinstance(day, dt.date):
        return day.date() if isinstance(day, dt.datetime) else day
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is no day; write it as year-month-day, like 2026-11-21.") from None
