"""A `Plan`: the changes that a refresh would make, as data.

The writer makes it from a Grid and a Funnel; every adapter applies the same plan. It can be printed
(``--dry-run``) and compared, and is empty if nothing would change. It is independent of file formats.

Every object of ours in a sheet can be found again: a block by its anchor, a rule by the marker in its formula
(``N("funnel:red")``, which is 0 in every spreadsheet), a chart by its name, a tab of ours by its anchor, and
a cell on our tabs by the fingerprint in the hidden first column of the tab.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from funnel.grid import Area, Value, cell_name
from funnel.text import count, listed

StyleName: TypeAlias = Literal[
    "plain", "title", "note", "header", "label", "count", "rate", "date", "total_label",
    "total_count", "total_rate", "red", "green", "warning", "link", "hidden", "mark", "number",
    "header_number", "header_above", "rate_label", "section", "p",
]  # fmt: skip
"""The styles of our cells; each adapter renders them. `count` is ``#,##0``, `rate` ``0.0%``, `p` ``0.000``,
`date` ``yyyy-mm-dd``. `section` is the title of a table; `header_number` the last line of a header over
numbers, `header_above` a line above it. The totals block is bold: `total_label` and `total_count` in its
first row, with a line above; `rate_label` and `total_rate` below."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula with its current value. English function names, commas; adapters translate."""

    text: str  # begins with "="
    cached: Value = None


@dataclass(frozen=True, slots=True)
class Link:
    """Text with a link to a cell of a tab."""

    text: str
    tab: str
    cell: str  # "F17"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell to write. Text is always written as text, even if it begins with "="."""

    row: int
    column: int
    value: Value | Formula | Link
    style: StyleName = "plain"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a native chart: the areas of the tab that contain its numbers."""

    name: str
    categories: Area
    values: Area
    color: str  # RRGGBB
    error_low: Area | None = None  # distance from the value down to the bound, for error bars
    error_high: Area | None = None  # distance up to the bound


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart on one of our tabs, drawn from cells of that tab."""

    name: str  # "drop-off"
    kind: Literal["column", "bar", "line"]
    title: str
    series: tuple[Series, ...]
    at: Area  # initial position; people may move and resize the chart
    y_title: str = ""
    percent: bool = True
    description: str = ""  # alternative text for screen readers

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with the chart's definition, but not with its position."""
        facts = (self.kind, self.title, self.series, self.y_title, self.percent, self.description)
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Rule:
    """A live highlight: colours the rows for which the formula, written for the first cell, is true."""

    name: Literal["green", "red"]
    areas: tuple[Area, ...]
    formula: str  # begins with "=", carries the marker


OUR_FILLS: Mapping[Literal["green", "red"], str] = {"green": "C7EFCF", "red": "FFC8CE"}
"""Two shades that only funnel uses: a row with one of them was not painted by a person."""


@dataclass(frozen=True, slots=True)
class Validation:
    """An input check for cells of a tab that we create; for other input the sheet shows `message`.

    `list` offers `words`; `date` accepts dates; `custom` accepts input for which `formula`, written for the
    first cell, is true.
    """

    area: Area
    kind: Literal["list", "date", "custom"]
    message: str
    words: tuple[str, ...] = ()
    formula: str = ""  # begins with "="


# --- the changes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PutBlock:
    """Write a named block of cells (the totals) and set its anchor.

    Only the cells listed are written: ``Cell(value=None)`` empties a cell of ours at the previous position,
    removes our style and keeps any format that a person gave it. `previous` is the previous position of the
    block; anything else there (a note typed into the rows of the block) is a person's. Rows are never
    inserted or shifted. Without cells only the anchor is set, at `area` (a block that was adopted).
    """

    tab: str
    name: str  # "totals"
    area: Area
    cells: tuple[Cell, ...]
    previous: Area | None = None

    def describe(self) -> list[str]:
        """Describe the change for users."""
        moved = (
            f" (moved from row {self.previous.top})"
            if self.previous and self.previous.top != self.area.top
            else ""
        )
        return [f"Tab {self.tab!r}: write the {self.name} in {self.area.a1}{moved}"]


@dataclass(frozen=True, slots=True)
class PutValue:
    """Write one cell in a person's column, at their request; its format is kept.

    `was` has the current values of this and other cells of the row, by column: they identify the row if it
    moves before it is written.
    """

    tab: str
    cell: Cell
    was: Mapping[int, Value] = field(default_factory=dict)

    def describe(self) -> list[str]:
        """Describe the change for users."""
        name = cell_name(self.cell.row, self.cell.column)
        value = self.cell.value
        return [f"Tab {self.tab!r}: {f'write {value!r} into' if value is not None else 'empty'} {name}"]


@dataclass(frozen=True, slots=True)
class PutRows:
    """Write new clients into blank rows of a client tab, at a person's request; formats are kept.

    `cells` has row numbers of the tab as it was read; where rows may move, new rows are appended instead.
    `formats` has the number format of dates in a column, as in its other rows.
    """

    tab: str
    cells: tuple[Cell, ...]
    formats: Mapping[int, str] = field(default_factory=dict)

    def describe(self) -> list[str]:
        """Describe the change for users."""
        rows = sorted({cell.row for cell in self.cells})
        where = f"row {rows[0]}" if len(rows) == 1 else f"rows {rows[0]} to {rows[-1]}"
        return [f"Tab {self.tab!r}: write {count(len(rows), 'new client')} into {where}"]


@dataclass(frozen=True, slots=True)
class PutRules:
    """Make `rules` our only live highlights on a tab; the rules of other people stay unchanged."""

    tab: str
    rules: tuple[Rule, ...]

    def describe(self) -> list[str]:
        """Describe the change for users."""
        if not self.rules:
            return [f"Tab {self.tab!r}: remove our row colours"]
        return [
            f"Tab {self.tab!r}: {rule.name} rows by a live rule on {listed(a.a1 for a in rule.areas)}"
            for rule in self.rules
        ]


@dataclass(frozen=True, slots=True)
class PutFills:
    """Paint cells (``highlight = "fill"``), by colour; our paint is removed from the `cleared` areas."""

    tab: str
    painted: tuple[tuple[Literal["green", "red"], tuple[Area, ...]], ...]
    cleared: tuple[Area, ...] = ()

    def describe(self) -> list[str]:
        """Describe the change for users."""
        lines = [
            f"Tab {self.tab!r}: paint {count(sum(a.bottom - a.top + 1 for a in areas), 'row')} {color}"
            for color, areas in self.painted
        ]
        if self.cleared:
            rows = sum(a.bottom - a.top + 1 for a in self.cleared)
            lines.append(f"Tab {self.tab!r}: take our paint off {count(rows, 'row')}")
        return lines


@dataclass(frozen=True, slots=True)
class PutTab:
    """Write cells and charts on one of our own tabs; create the tab if it is missing.

    Only the cells listed are written; ``Cell(value=None)`` empties one. Existing charts of the same name
    keep the size and position that a person gave them. `remove_charts` names charts of ours to delete. With
    the `name` "" the tab belongs to the user from then on (the client tab of ``funnel new``): it gets no
    anchor.
    """

    tab: str
    name: str  # the anchor: "summary", "history", "log", "handoff", "due"
    cells: tuple[Cell, ...]
    charts: tuple[Chart, ...] = ()
    remove_charts: tuple[str, ...] = ()
    create: bool = False
    hide: tuple[int, ...] = ()  # further columns to hide, on a tab that exists
    # only when created:
    widths: Mapping[int, float] = field(default_factory=dict)  # column -> characters
    hidden_columns: tuple[int, ...] = (1,)
    freeze_row: int | None = None  # rows above stay in view
    gridlines: bool = False
    one_page: bool = False  # on paper: the whole tab, upright, so that no chart is cut
    column_styles: Mapping[int, StyleName] = field(
        default_factory=dict
    )  # style of cells that are still blank
    validations: tuple[Validation, ...] = ()

    def describe(self) -> list[str]:
        """Describe the change for users."""
        what = [count(len(self.cells), "cell")] if self.cells else []
        what += [f"chart {chart.name!r}" for chart in self.charts]
        what += [f"without chart {name!r}" for name in self.remove_charts]
        return [f"Tab {self.tab!r}: {'make it, with' if self.create else 'write'} {listed(what)}"]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Remove our work from a tab that stays: empty our cells, delete our charts and the anchor.

    `cells` are emptied as `PutBlock` does. `area` is the position of a block; None for a tab of our own,
    which belongs to the user from then on.
    """

    tab: str
    name: str  # the anchor
    area: Area | None
    cells: tuple[Cell, ...]  # each with the value None
    charts: tuple[str, ...] = ()

    def describe(self) -> list[str]:
        """Describe the change for users."""
        what = [f"{count(len(self.cells), 'cell')} of ours"] if self.cells else []
        what += [f"chart {name!r}" for name in self.charts]
        block = f"the {self.name} in {self.area.a1}: " if self.area else ""
        return [f"Tab {self.tab!r}: take away {block}{listed(what)}"]


@dataclass(frozen=True, slots=True)
class DropTab:
    """Delete a tab of ours on which nothing is a person's, with everything that only it uses."""

    tab: str
    name: str  # the anchor

    def describe(self) -> list[str]:
        """Describe the change for users."""
        lost = ", with what it recorded" if self.name in ("history", "log") else ""
        return [f"Tab {self.tab!r}: take it away{lost}"]


Change: TypeAlias = PutBlock | PutValue | PutRows | PutRules | PutFills | PutTab | Withdraw | DropTab


@dataclass(frozen=True)
class Plan:
    """The changes that a refresh would make. False if there are none.

    Parameters
    ----------
    source : the sheet, as the user named it.
    changes : in the order in which they are applied.
    version : the version that was read (a hash, a revision); a plan is not applied to another version.
    kept : sentences on changes that people made to our work, which were left unchanged.
    weekly : what changed in the funnel since the last recorded week, as a text to mail or post.
    to_do : actions that are due because clients entered stages (`funnel actions` lists them again).
    since : when the sheet was last refreshed, if it is unchanged since then and was not read again.

    >>> plan = Plan("clients.xlsx")
    >>> bool(plan), print(plan)
    clients.xlsx: nothing to change.
    (False, None)
    """

    source: str
    changes: tuple[Change, ...] = ()
    version: str = ""
    as_of: dt.date | None = None
    kept: tuple[str, ...] = ()
    weekly: str = ""
    to_do: tuple[str, ...] = ()
    since: dt.datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        if not self:
            head = f"{self.source}: nothing to change."
            if self.since:
                head += f" Nothing has changed since the refresh of {self.since:%Y-%m-%d %H:%M}."
        else:
            lines = [line for change in self.changes for line in change.describe()]
            head = f"{self.source}: {count(len(lines), 'change')}\n" + "\n".join(
                f"  - {line}" for line in lines
            )
        more = [f"  kept: {sentence}" for sentence in self.kept]
        return "\n".join([head, *more, *(f"  to do: {sentence}" for sentence in self.to_do)])
