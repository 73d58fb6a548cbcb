"""`Review`: the review of a sheet as frozen data; HTML, PDF, PPTX and XLSX are made from it.

`make_review` makes it. Its sections, in order: what was understood, verdict, funnel, leaks, still here,
cohorts, comparison, reasons, follow-ups, changes, data problems, definitions. Without `names`
it contains no client's name.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from funnel.errors import JourneyError
from funnel.sheets.source_file import has_bytes
from funnel.text import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics.core.result import Unit

Size: TypeAlias = Literal["slide", "page", "phone"]
ACCENT = "#2B6CA3"
LOGO_BYTES = 2_000_000
_LOGOS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for the cover: its bytes, and "png" or "jpeg"."""

    data: bytes = field(repr=False)
    kind: str

    @classmethod
    def read(cls, path: str | Path) -> Logo:
        """Read the logo that a journey file names.

        Raises
        ------
        JourneyError : there is no such file, it is too large, or it is neither PNG nor JPEG.
        """
        path = Path(path)
        try:
            with path.open("rb") if has_bytes(path) else io.BytesIO() as file:
                data = file.read(LOGO_BYTES + 1)
        except ValueError:  # a NUL in the name
            raise JourneyError(f"{str(path)!r}, the logo, is not a valid path.") from None
        except OSError as error:
            raise JourneyError(
                f"The logo {path} could not be read: {error.strerror}. Correct `business.logo` in the "
                "journey file; the name is relative to that file."
            ) from None
        kind = next((kind for head, kind in _LOGOS.items() if data.startswith(head)), None)
        if kind is None or len(data) > LOGO_BYTES:
            what = "is larger than 2 MB" if kind else "is neither a PNG nor a JPEG picture"
            raise JourneyError(f"The logo {path} {what}. Save it as a small PNG, and name that.")
        return cls(data, kind)


@dataclass(frozen=True, slots=True)
class Cover:
    """The facts of the first page.

    Parameters
    ----------
    business : the name from the journey file, or that of the sheet.
    first, last : the first and last lead date; None if the sheet has none.
    clients : the number of clients.
    source, tab : where they were read from.
    only : the filter, if only some clients are reviewed.
    accent : the colour of lines, as "#RRGGBB".
    stated : facts that replace these, for a portfolio.
    """

    business: str
    as_of: dt.date
    first: dt.date | None
    last: dt.date | None
    clients: int
    source: str
    tab: str
    only: str = ""
    logo: Logo | None = None
    accent: str = ACCENT
    stated: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of the review."""
        return f"{self.business}: review of the client journey"

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts below the title, one line each."""
        if self.stated:
            return self.stated
        leads = f"Leads from {self.first} to {self.last}" if self.first else "The clients have no lead dates"
        of = f"{count(self.clients, 'client')}{f', only {self.only}' if self.only else ''}"
        where = f"{self.source}, tab {self.tab}" if self.tab else self.source
        return f"As of {self.as_of}", leads, of, f"Counted from {where}"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title and unit of a column of a table; `text` if its cells are words, which are left-aligned."""

    title: str
    unit: Unit
    text: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table for people: each cell as text and as its value.

    Parameters
    ----------
    title : unique in the review.
    columns : the headings.
    texts, values : the rows, as shown and as numbers (rates are fractions; None is undefined).
    groups : the heading above each row, "" where there is none.
    note : how to read it.
    source : the cells it was counted from.
    formulas : for a workbook: position of a column, and the formula of its values. ``{1}`` is the cell of
        column 1 in the same row, ``{up1}`` the one above it, ``{all1}`` the whole column, ``{so1}`` the
        column down to this row, ``{leads}`` the number of clients.
    """

    title: str
    columns: tuple[Heading, ...]
    texts: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    groups: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    formulas: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A series of bars: its name, the column with its values, and its first and last row (None: all)."""

    name: str
    column: int
    rows: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart that an office program draws itself, from columns of the figure's table.

    Parameters
    ----------
    series : the series; the names of the bars are in the first column, in the rows of the first series.
    n : the column with the n of each rate; None for counts.
    percent : True if the values are rates.
    upright : True for vertical bars, False for horizontal ones.
    """

    series: tuple[Series, ...]
    n: int | None = None
    percent: bool = True
    upright: bool = False

    def labels(self, table: Table) -> list[str]:
        """Return the names of the bars, with the n of their rates."""
        every = [series.rows or (0, len(table.texts) - 1) for series in self.series]
        first, last = every[0]
        names = [table.texts[at][0] for at in range(first, last + 1)]
        if self.n is None:
            return names
        counts = [
            " and ".join(table.texts[start + at][self.n] for start, end in every if start + at <= end)
            for at in range(len(names))
        ]
        return [f"{name} (n = {n})" for name, n in zip(names, counts, strict=True)]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart of the registry, with the table whose numbers it draws.

    Parameters
    ----------
    chart : its name in `Funnel.plot`.
    title : what it shows.
    table : title of the table with its numbers, in the same section.
    options : further arguments of the chart.
    bars : the same as a native chart of an office program; None if there is no such chart.
    """

    chart: str
    title: str
    table: str
    options: tuple[tuple[str, Any], ...] = ()
    bars: Bars | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the review: sentences, figures and tables."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    bullets: tuple[str, ...] = ()

    def caption(self, figure: Figure) -> str:
        """Return the caption of a figure: what it shows, with its table and source cells."""
        source = self.table(figure.table).source
        counted = f" Counted from {source}." if source else ""
        return f"{figure.title}. Numbers: table “{figure.table}”.{counted}"

    def table(self, title: str) -> Table:
        """Return the table with this title."""
        return next(table for table in self.tables if table.title == title)


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a sheet.

    Parameters
    ----------
    cover : the facts of the first page.
    sections : in order.
    draw : draws a figure for a slide, a page or a phone; None: as large as it needs to be.
    names : whether it contains names of clients.
    problems : the number of problems in the sheet.
    """

    cover: Cover
    sections: tuple[Section, ...]
    names: bool = False
    problems: int = 0
    draw: Callable[[Figure, Size | None], Axes] = field(compare=False, repr=False, default=None)  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Review of {self.cover.business} as of {self.cover.as_of}: {len(self.sections)} sections"

    def __getitem__(self, name: str) -> Section:
        """Return a section by its name: ``review["leaks"]``."""
        found = {section.name: section for section in self.sections}
        if name not in found:
            raise KeyError(f"There is no section {name!r}; there are {', '.join(found)}.")
        return found[name]

    def save(self, path: str | Path) -> list[Path]:
        """Write the review as .html, .pdf, .pptx or .xlsx; a name without an ending is a folder for all four.

        Returns
        -------
        The paths written.

        Raises
        ------
        UsageError : the name has another ending.
        WriteError : a file cannot be written; or a library for this kind of file is missing.
        """
        written: list[Path] = import_module("funnel.reports.documents.formats").save(self, Path(path))
        return written

    def _repr_html_(self) -> str:
        return str(import_module("funnel.reports.documents.html").notebook_html(self))
