"""`Clients`: the loaded rows of a sheet, one for each client, each with its row number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funnel import html
from funnel.clients.frames import columns_of, head_of, length
from funnel.clients.problems import Problem, Problems
from funnel.clients.reading import Reading
from funnel.grid import Area
from funnel.journey import Journey
from funnel.schema import distinct, is_of_sheet, parse, shown
from funnel.text import cell_text, count

if TYPE_CHECKING:
    import pandas as pd


FIRST = 10  # clients that a notebook shows


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
    summed : the totals rows made by a person.
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
    summed: tuple[int, ...] = ()


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


@dataclass(frozen=True, slots=True)
class ActionLog:
    """The states of actions in the move log, and the rows that a person deleted there.

    Parameters
    ----------
    states : number of the row that started the action, folded client name, action -> state, and since when.
    missing : the numbers of deleted rows.
    """

    states: Mapping[tuple[int, str, str], tuple[str, dt.date]] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Clients:
    """The loaded rows, one for each client, with problems and assumptions.

    Parameters
    ----------
    table : DataFrame, one row for each client, in sheet order; `funnel.schema` names its columns, so that no
        two texts of a sheet can clash, and `schema.shown` returns their names for people:

        - ``row`` (int64): the row in the sheet; ``client`` (str, never null: "" if blank);
        - ``lead_date``, ``left_date`` (datetime64[s], NaT if blank or unreadable);
        - ``source``, ``heard``, ``coach``, ``left_reason``, ``company``, ``id``, ``stage`` (str or null),
          ``value``, ``lifetime_value``, ``value_30_days`` (float64): only the roles that the sheet has a
          column for; with stages, ``stage`` is the manual stage (null: none);
        - for each step with a column: `step_mark` (bool: marked) and `step_date` (datetime64[s]: when, where
          the mark is a date);
        - ``painted`` ("red", "green" or null): the colour in which a person painted the row;
        - every other column of the sheet (`header`), as text (for `by`).

    journey : the journey that the sheet was read with.
    problems : the problems, in sheet order.
    assumed : assumptions, as sentences ("dates read as day/month/year").
    layout : the layout of the tab; None for a table from Python.
    events : DataFrame, one row for each event, in the order of their times (None: no event log): ``client``
        (int64: the position of its client in `table`), ``when`` (datetime64[s]), ``event`` (category of
        str, as first spelled), ``by`` (str or null), ``amount`` (float64), ``row`` (int64: in the log).
    only : the filter of these clients, in words ("stage 'Hot Lead'"); "" for all clients of the sheet.
    log : DataFrame, one row for each recorded move, as `history.read.read_log` (None: no log yet).
    followed_up : the touch-bases closed in the log.
    actions : the states of the stage actions in the log.
    doubt : the reason why no verdict can be given on the stages ("" if one can): most events match no
        client, or no event is in the journey.
    reading : the reading of the sheet with its questions; None for a table from Python.

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
    actions: ActionLog = ActionLog()

    def __post_init__(self) -> None:
        object.__setattr__(self, "problems", Problems(self.problems))

    def __len__(self) -> int:
        return length(self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the table's columns."""
        return columns_of(self.table)

    @property
    def is_guess(self) -> bool:
        """True if the reading has open questions; then no verdict is given."""
        return self.reading is not None and self.reading.is_guess

    def __repr__(self) -> str:
        problems = count(len(self.problems), "problem") if self.problems else "no problems"
        where = f" ({self.source}{f', tab {self.tab!r}' if self.tab else ''})" if self.source else ""
        steps = count(len(self.journey.steps), "step")
        return f"Clients: {count(len(self), 'client')}, {steps}, {problems}{where}"

    def _repr_html_(self) -> str:
        every = self.to_frame()
        some = every.loc[:, every.notna().any()].head(FIRST)
        rows = [[cell_text(value) for value in row] for row in some.itertuples(index=False)]
        texts = [at for at, name in enumerate(some) if some[name].dtype.kind not in "if"]
        more = len(self) - len(some)
        notes = (f"… and {count(more, 'client')} more." if more > 0 else "", *self.assumed)
        head = html.paragraphs(repr(self))
        return head + html.table([str(name) for name in some], rows, texts=texts, notes=notes)

    def to_frame(self) -> pd.DataFrame:
        """Return the table with column names for people: roles, steps, their dates and other headers.

        A repeated name gets a number. For a table of an engine: the first 1,000 rows.

        >>> import pandas as pd
        >>> from funnel.journey import Step
        >>> table = pd.DataFrame({"row": [2], "step:^paid": [True], "column:^town": ["Bath"]})
        >>> list(Clients(table, Journey(steps=(Step(name="Paid"),))).to_frame())
        ['row', 'Paid', 'Town']
        """
        columns = [name for name in self.columns if is_of_sheet(name) or parse(name).kind == "when"]
        dates = {name: f"{parse(name).text} · date" for name in columns if parse(name).kind == "when"}
        found = head_of(self.table)[columns]
        return found.set_axis(distinct(dates.get(name, shown(name)) for name in columns), axis=1)
