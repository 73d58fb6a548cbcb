"""The one place that runs the whole way: open, load, measure, plan, apply.

Called flow and not refresh, because `funnel.refresh` is the public function (docs/decisions/0002). Here, in
the command line and in notebooks the clock may be read; everywhere else the date is given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from funnel.errors import UsageError
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.loader import Clients
from funnel.plan import Plan
from funnel.sheets.base import Sheet

if TYPE_CHECKING:
    import pandas as pd

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


def open_clients(source: Source, journey: JourneyLike = None, tab: str | None = None) -> Opened:
    """Open a sheet, find the tab with the clients and load it.

    Parameters
    ----------
    source : a path or a URL.
    journey : a Journey, a journey file, the name of a preset; inferred from the headers where None.
    tab : name of the tab with the clients; found by its headers where None.

    Raises
    ------
    ReadError : where the sheet cannot be read, or no journey fits it.
    JourneyError : where the journey file is wrong.
    """
    from funnel.loader import find_tab
    from funnel.loader import load as load_grid
    from funnel.sheets import open_sheet

    declared = as_journey(journey)
    sheet = open_sheet(source)
    if tab is None:
        tab = find_tab({name: sheet.read(name, rows=PREVIEW) for name in sheet.tabs()}, declared)
    grid = sheet.read(tab)
    return Opened(sheet, grid, load_grid(grid, declared, source=sheet.source))


def load(source: Source | pd.DataFrame, journey: JourneyLike = None, tab: str | None = None) -> Clients:
    """Load the clients of a sheet: a path, a URL, or a DataFrame with its columns under the sheet's headers.

    Parameters
    ----------
    source : a path, a URL, or a DataFrame with one row for each client.
    journey, tab : as for `open_clients`.

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
    from funnel.loader import load as load_grid

    return load_grid(grid_of(source), as_journey(journey), source="DataFrame")


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
    from funnel.journey.toml import preset, presets, read_journey

    if str(journey) in presets() and not Path(journey).is_file():
        return preset(str(journey))
    return read_journey(Path(journey))


def grid_of(table: pd.DataFrame) -> Grid:
    """A DataFrame as a Grid: its column names as the header in row 1, missing values as blanks.

    >>> import pandas as pd
    >>> grid_of(pd.DataFrame({"Client": ["Ana", None], "Paid": [1.0, float("nan")]})).values
    [['Client', 'Ana', None], ['Paid', 1.0, None]]
    """
    return Grid("", values=[[str(name), *map(_plain, table[name])] for name in table.columns])


def _plain(value: Any) -> Any:
    """A DataFrame's value as a cell would hold it."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or value != value:  # NaN alone differs from itself
        return None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    elif hasattr(value, "item"):
        value = value.item()
    midnight = isinstance(value, dt.datetime) and value.time() == dt.time()
    return value.date() if midnight else value


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
    The plan that was applied (or would be); false where there was nothing to change.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    WriteError : where the sheet cannot be written; it is unchanged.
    """
    if out is not None:
        return _refresh_copy(source, out, journey=journey, tab=tab, as_of=as_of, dry_run=dry_run,
                             totals=totals, highlight=highlight)  # fmt: skip
    opened = open_clients(source, journey, tab)
    plan = plan_of(opened, as_of=as_of, totals=totals, highlight=highlight)
    if plan and not dry_run:
        opened.sheet.apply(plan)
    return plan


def plan_of(
    opened: Opened,
    *,
    as_of: str | dt.date | None = None,
    totals: Literal["bottom", "top"] | None = None,
    highlight: Literal["rule", "fill", "none"] | None = None,
) -> Plan:
    """Plan what a refresh would change in an opened sheet; parameters as for `refresh`."""
    from funnel.metrics import Funnel
    from funnel.writer import make_plan

    today = dt.date.today()
    day = as_date(as_of) if as_of is not None else today
    funnel = Funnel(opened.clients, day)
    # The totals are live formulas: their cached values stand for the day on which they are next calculated.
    live = funnel if day >= today else Funnel(opened.clients, today)
    tabs = opened.sheet.tabs()
    ours = {name: opened.sheet.read(name) for name in tabs if name.startswith("Funnel")}
    return make_plan(
        opened.grid, funnel, live, ours, tabs, source=opened.sheet.source, version=opened.sheet.version,
        highlight=highlight, totals_at=totals,
    )  # fmt: skip


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
