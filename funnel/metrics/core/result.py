"""`Result`, the declaration of one result: its columns, computation, needs, and where it is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from funnel.text import capitalised

if TYPE_CHECKING:
    import pandas as pd

    from funnel.clients import Clients
    from funnel.journey import Journey
    from funnel.metrics.core.flags import Flagged

Unit: TypeAlias = Literal[
    "text",
    "count",
    "rate",
    "probability",
    "p",
    "money",
    "days",
    "months",
    "number",
    "date",
    "boolean",
    "mixed",
]
"""The unit of a column. `rate` and `probability` are fractions, shown as percentages; `p` is the p-value of a
test; the unit of a `mixed` column is in the column "unit" of the same row."""

Compute: TypeAlias = "Callable[[Any], pd.DataFrame]"
ComputeBy: TypeAlias = "Callable[[Any, str], pd.DataFrame]"
Words: TypeAlias = str | Callable[[Any], str]


class Measured(Protocol):
    """The protocol of `Funnel`, which this module cannot import; results are computed from it."""

    @property
    def clients(self) -> Clients:
        """The loaded rows."""

    @property
    def as_of(self) -> dt.date:
        """The date of all results."""

    @property
    def verdict(self) -> str:
        """The leak in a sentence or two."""

    @property
    def counts(self) -> str:
        """The count from which rates are computed."""

    @property
    def journey(self) -> Journey:
        """The journey of the clients."""

    @property
    def flagged(self) -> Flagged:
        """Clients with all flags."""

    @property
    def leads(self) -> int:
        """Number of clients in the funnel."""

    @property
    def leads_after_as_of(self) -> int:
        """Leads dated after this day."""

    @property
    def undated_leavers(self) -> int:
        """Leavers without a usable date."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """Assumptions, as sentences."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result.

    Parameters
    ----------
    name : in Python, JSON and CSV.
    title : for people. In a sheet, the part before ", " is the header of a group of columns.
    meaning : a sentence for the reference.
    bounds : the columns of the lower and upper bound of this one (95 %).
    staged : the title if the steps are stages and it differs.
    only_with : the column is omitted if this column of the result is 0 or undefined in every row.
    n : for a rate, the column with its denominator.
    quiet : omitted in the terminal.
    """

    name: str
    title: str
    unit: Unit
    meaning: str
    bounds: tuple[str, str] | None = None
    staged: str = ""
    only_with: str = ""
    n: str = ""
    quiet: bool = False

    def applies(self, rows: pd.DataFrame) -> bool:
        """Return True if people see the column of these rows.

        >>> import pandas as pd
        >>> column = Column("unknown", "Unknown", "count", "", only_with="unknown")
        >>> column.applies(pd.DataFrame({"unknown": [0]})), column.applies(pd.DataFrame({"unknown": [0, 1]}))
        (False, True)
        """
        return not self.only_with or bool(rows[self.only_with].fillna(0).any())

    def title_for(self, staged: bool, rows: pd.DataFrame | None = None) -> str:
        """Return the title for a sheet with or without stages; of compared values, the name of their column.

        >>> marked = Column("marked", "Marked", "count", "Clients marked.", staged="Reached so far")
        >>> marked.title_for(False), marked.title_for(True)
        ('Marked', 'Reached so far')
        """
        if self is VALUE and rows is not None and "by" in rows and rows["by"].nunique() == 1:
            return capitalised(str(rows["by"].iloc[0]))
        return self.staged if staged and self.staged else self.title


def low_high(of: str, prefix: str = "") -> tuple[Column, Column]:
    """Make the columns of the bounds of a rate.

    Parameters
    ----------
    of : the rate, in words.
    prefix : of the names of the columns.

    Examples
    --------
    >>> [column.name for column in low_high("the drop-off", "settled_")]
    ['settled_low', 'settled_high']
    """
    return (
        Column(f"{prefix}low", "from", "rate", f"Lower bound of {of} (95 %)."),
        Column(f"{prefix}high", "to", "rate", f"Upper bound of {of} (95 %)."),
    )


@dataclass(frozen=True, slots=True)
class Need:
    """What a sheet or journey must have for a result.

    Parameters
    ----------
    name : in one or two words, for the reference.
    met : returns True if a funnel has it.
    missing : the sentence printed otherwise; text, or a function of the funnel.
    """

    name: str
    met: Callable[[Any], bool]
    missing: Words


@dataclass(frozen=True, slots=True)
class View:
    """Some columns of a result, as a table with a title and a note: for the terminal and for notebooks.

    Parameters
    ----------
    title : above the table; `staged` if the steps are stages.
    columns : names, in the order shown. A rate whose bounds are not among them is shown with its bounds; the
        lower bound means both.
    note : how to read the table; text, or a function of the funnel that returns it.
    sentence : printed below the table, before the note.
    prepare : makes the table to show from the funnel and the table of the result.
    group : returns the heading of a row; rows with the same heading are adjacent.
    drop_first : columns to drop first if there is no room, in that order; then those to the right.
    newest_last : the columns are months; the oldest are dropped if there is no room.
    """

    title: str
    columns: tuple[str, ...]
    note: Words = ""
    staged: str = ""
    sentence: Words = ""
    prepare: Callable[[Any, pd.DataFrame], pd.DataFrame] | None = None
    group: Callable[[Mapping[Any, Any]], str] | None = None
    drop_first: tuple[str, ...] = ()
    newest_last: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of a result, named by string, so that results do not import matplotlib.

    Parameters
    ----------
    name : of the method of `Funnel.plot`, and (with hyphens) of the file.
    draw : "package.module:function"; the function takes a funnel, perhaps a column to compare, and `ax`.
    needs : further needs, besides those of the result.
    first : whether `funnel demo` draws it.
    by : whether it can also be drawn for the values of a column, side by side.
    """

    name: str
    draw: str
    needs: tuple[Need, ...] = ()
    first: bool = False
    by: bool = False

    @property
    def file(self) -> str:
        """The name of its file, without the ending."""
        return self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Result:
    """One result, with all that the terminal, JSON, CSV, sheet, notebook, charts and reference need.

    Parameters
    ----------
    name : in Python and JSON; with hyphens for the option `--table`.
    title, meaning : for people: a few words, and a sentence.
    columns : all columns of its table, in order.
    compute : makes the table from a Funnel; None if it only exists for the values of a column.
    compute_by : makes the table from a Funnel and a column whose values are compared.
    columns_by : the columns of that table, if they differ from `columns`.
    needs : see `missing`.
    chart : None if it has none; `charts` has more.
    json : makes its value in the JSON object; default: a list of its rows.
    show : its tables in `funnel show`, in order.
    tab : its table on the tab `Funnel`, if any.
    review : whether it belongs in a review.
    alone : what `--table` shows in the terminal; default: all columns.
    index : the columns that identify a row; in Python the table is indexed by them.
    """

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    compute: Compute | None
    compute_by: ComputeBy | None = None
    columns_by: tuple[Column, ...] = ()
    needs: tuple[Need, ...] = ()
    chart: Chart | None = None
    charts: tuple[Chart, ...] = ()
    json: Callable[[Any, str | None], Any] | None = None
    show: tuple[View, ...] = ()
    tab: View | None = None
    review: bool = False
    alone: View | None = None
    index: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The name for `--table`."""
        return self.name.replace("_", "-")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str, compared: bool = False) -> Column:
        """Return the column with this name; an undeclared one gets its name as title.

        Parameters
        ----------
        compared : whether the table is that of `compute_by`; a name can mean another column there.
        """
        every = (self.columns_by, self.columns) if compared else (self.columns, self.columns_by)
        declared = (column for columns in every for column in columns if column.name == name)
        return next(declared, Column(name, name.replace("_", " ").capitalize(), "number", ""))

    def missing(self, funnel: Measured) -> str:
        """Return the sentence on the first need that is not met; "" if all are."""
        return missing(self.needs, funnel)

    @property
    def every_chart(self) -> tuple[Chart, ...]:
        """All its charts."""
        return (*((self.chart,) if self.chart else ()), *self.charts)

    def has_picture(self, funnel: Measured) -> bool:
        """Return True if it has a chart whose needs are met."""
        return self.chart is not None and not self.no_picture(funnel, self.chart)

    def no_picture(self, funnel: Measured, chart: Chart) -> str:
        """Return the reason why a chart of it cannot be drawn; "" if it can."""
        return missing((*self.needs, *chart.needs), funnel)


def missing(needs: Iterable[Need], funnel: Measured) -> str:
    """Return the sentence on the first need that is not met; "" if all are."""
    return next((words(need.missing, funnel) for need in needs if not need.met(funnel)), "")


def words(text: Words, funnel: Measured) -> str:
    """Return a text, calling it with the funnel if it is a function."""
    return text if isinstance(text, str) else text(funnel)


STEP = Column("step", "Step", "text", "Name of the step.", staged="Stage")
KIND = Column("kind", "Kind", "text", "`step`, or `retention` for a step months after the lead.", quiet=True)
SETTLED = Column("n", "Settled", "count", "Clients who were due and had reached the step before.")
BY = Column("by", "By", "text", "The column whose values are compared.", quiet=True)
VALUE = Column("value", "Value", "text", "The value; `(blank)` for empty cells. Its header is the column.")

LEAD_DATES = Need(
    "lead dates",
    lambda funnel: "lead_date" in funnel.clients.columns,
    "The sheet has no column with the date of lead.",
)
STAGES = Need("stages", lambda funnel: bool(funnel.journey.stages), "The journey has no stages.")
WHO_LEFT = Need(
    "leavers",
    lambda funnel: funnel.has_leaving_data,
    "No column contains a left date or a reason for leaving.",
)
RETENTION = Need(
    "retention steps", lambda funnel: bool(funnel.journey.retention), "The journey has no retention steps."
)
