"""`Clients`: the loaded rows of a sheet, one for each client, each with its row number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funnel.clients.reading import Reading
from funnel.grid import Area, cell_name
from funnel.journey import Journey
from funnel.schema import distinct, is_of_sheet, parse, shown
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the sheet that a person should check.

    Parameters
    ----------
    kind : one of `KINDS`, or of the kinds that the metrics add.
    message : what is wrong, and what it means for the numbers.
    way_out : what to do.

    >>> Problem("no mark", "'booked' is not a mark; it counts as not reached.", row=8, column=6).cell
    'F8'
    """

    kind: str
    message: str
    row: int | None = None
    column: int | None = None
    client: str | None = None
    way_out: str = ""

    @property
    def cell(self) -> str | None:
        """The cell's name ("F8"); None if the problem is not in one cell."""
        if self.row is None or self.column is None:
            return None
        return cell_name(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of the client tab, for the writer.

    Parameters
    ----------
    header : the row of the headers (the lower row if they have two levels).
    first, last : first row below the header, and last row with a client (``first - 1`` if there is none).
    columns : column numbers of roles and of steps' marks, by their names in the table (`funnel.schema`); a
        joined role has its first column.
    headers : the header text of each column number.
    totals : totals rows made by a person, and repeated headers; our ranges exclude them.
    headings : rows with a heading between clients ("January 2026").
    block : our totals block, as read.
    found_block : True if the block was recognised by its labels, not by its anchor.
    """

    header: int
    first: int
    last: int
    columns: Mapping[str, int]
    headers: Mapping[int, str] = field(default_factory=dict)
    totals: tuple[Area, ...] = ()
    block: Area | None = None
    found_block: bool = False
    headings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """A touch-base that a person has closed.

    Parameters
    ----------
    client : the folded name and the lead date.
    follow_up : the name of the touch-base.
    when : the day on which it was closed.
    """

    client: tuple[str, dt.date | None]
    follow_up: str
    when: dt.date


@dataclass(frozen=True)
class Clients:
    """The loaded rows, one for each client, with problems and assumptions.

    Parameters
    ----------
    table : DataFrame, one row for each client, in sheet order; its columns are named by `funnel.schema`, so
        that no text of a sheet can stand in the way of another, and shown to people by `schema.shown`:

        - ``row`` (int64): the row in the sheet; ``client`` (str, never null: "" where blank);
        - ``lead_date``, ``left_date`` (datetime64[s], NaT where blank or unreadable);
        - ``source``, ``heard``, ``coach``, ``left_reason``, ``company``, ``id``, ``stage`` (str or null),
          ``value``, ``lifetime_value``, ``value_30_days`` (float64): only the roles that the sheet has a
          column for; with stages, ``stage`` is the manual stage (null: none);
        - for each step with a column: `step_mark` (bool: marked) and `step_date` (datetime64[s]: when, where
          the mark is a date);
        - ``painted`` ("red", "green" or null): the row's fill by a person's hand;
        - every further column of the sheet (`header`), as text (for `by`).

    journey : the journey that the sheet was read with.
    problems : what a person should check, in sheet order.
    assumed : assumptions, as sentences ("dates read as day/month/year").
    layout : the layout of the tab; None for a table from Python.
    events : DataFrame, one row for each event, in the order of their times (None: no event log): ``client``
        (int64: the position of its client in `table`), ``when`` (datetime64[s]), ``event`` (category of
        str, as first spelled), ``by`` (str or null), ``amount`` (float64), ``row`` (int64: in the log).
    only : the filter of these clients, in words ("stage 'Hot Lead'"); "" for all clients of the sheet.
    log : DataFrame, one row for each recorded move, as `history.read.read_log` (None: no log yet).
    followed_up : the touch-bases that a person has closed, as the log has them.
    doubt : why no verdict can be given on the stages, as sentences ("" if one can): most events match no
        client, or no event has a meaning in the journey.
    reading : what is believed of the sheet, and what has to be asked; None for a table that came from Python.

    >>> import pandas as pd
    >>> from funnel.journey import Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "step:^paid": [True]})
    >>> Clients(table, Journey(steps=(Step(name="Paid"),)), source="clients.xlsx", tab="Clients")
    Clients: 1 client, 1 step, no problems (clients.xlsx, tab 'Clients')
    """

    table: pd.DataFrame
    journey: Journey
    problems: tuple[Problem, ...] = ()
    assumed: tuple[str, ...] = ()
    source: str = ""
    tab: str = ""
    layout: Layout | None = None
    events: pd.DataFrame | None = None
    log: pd.DataFrame | None = None
    only: str = ""
    reading: Reading | None = None
    followed_up: tuple[FollowedUp, ...] = ()
    doubt: str = ""

    def __len__(self) -> int:
        return len(self.table)

    @property
    def asks(self) -> bool:
        """Whether the sheet has to be understood first: then nothing is concluded from it."""
        return self.reading is not None and self.reading.asks

    def __repr__(self) -> str:
        problems = count(len(self.problems), "problem") if self.problems else "no problems"
        where = f" ({self.source}{f', tab {self.tab!r}' if self.tab else ''})" if self.source else ""
        steps = count(len(self.journey.steps), "step")
        return f"Clients: {count(len(self), 'client')}, {steps}, {problems}{where}"

    def to_frame(self) -> pd.DataFrame:
        """Return the table with the names that people know: of roles, steps, their dates and other headers.

        A name that was taken already gets a number.

        >>> import pandas as pd
        >>> from funnel.journey import Step
        >>> table = pd.DataFrame({"row": [2], "step:^paid": [True], "column:^town": ["Bath"]})
        >>> list(Clients(table, Journey(steps=(Step(name="Paid"),))).to_frame())
        ['row', 'Paid', 'Town']
        """
        columns = [name for name in self.table.columns if is_of_sheet(name) or parse(name).kind == "when"]
        dates = {name: f"{parse(name).text} · date" for name in columns if parse(name).kind == "when"}
        found = self.table[columns]
        return found.set_axis(distinct(dates.get(name, shown(name)) for name in columns), axis=1)
