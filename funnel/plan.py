"""A `Plan`: what a refresh would change, as data, before anything is changed.

The writer makes it from a Grid and a Funnel; every adapter applies the same one. It is printable
(``--dry-run``), comparable, and empty when nothing would change. Nothing here knows a file format.

Every object of ours in a sheet can be found again: a block by its anchor, a rule by the marker in its formula
(``N("funnel:red")``, which is worth 0 in every spreadsheet), a chart by its name, one of our tabs by its
anchor, and a cell of ours on our tabs by the fingerprint that stands in the tab's hidden first column.
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
    "header_number", "rate_label",
]  # fmt: skip
"""The few looks we give a cell; each adapter knows how it renders them. `count` is ``#,##0``, `rate`
``0.0%``, `date` ``yyyy-mm-dd``, `header_number` a header over numbers. The totals block is bold:
`total_label` and `total_count` in its first row, with a line above; `rate_label` and `total_rate` below."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula with the value it has now. English function names, commas; adapters translate."""

    text: str  # begins with "="
    cached: Value = None


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to a cell of a tab."""

    text: str
    tab: str
    cell: str  # "F17"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell to write. Text is always written as text, whatever it begins with."""

    row: int
    column: int
    value: Value | Formula | Link
    style: StyleName = "plain"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a native chart, by the areas of the tab it reads its numbers from."""

    name: str
    categories: Area
    values: Area
    color: str  # RRGGBB
    error_low: Area | None = None  # how far the bound lies below the value: what an error bar needs
    error_high: Area | None = None  # how far above


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart on one of our tabs, reading from that tab's cells."""

    name: str  # "drop-off"
    kind: Literal["column", "bar", "line"]
    title: str
    series: tuple[Series, ...]
    at: Area  # cells it covers when first placed; a person may move and resize it afterwards
    y_title: str = ""
    percent: bool = True
    description: str = ""  # alternative text, for those who cannot see it

    @property
    def fingerprint(self) -> str:
        """Eight letters that change when the chart's definition changes (its place apart)."""
        facts = (self.kind, self.title, self.series, self.y_title, self.percent, self.description)
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Rule:
    """A live highlight: rows take the colour where the formula, written for the first cell, is true."""

    name: Literal["green", "red"]
    areas: tuple[Area, ...]
    formula: str  # begins with "=", carries the marker


OUR_FILLS: Mapping[Literal["green", "red"], str] = {"green": "C7EFCF", "red": "FFC8CE"}
"""Two shades that only we use; a row that holds one of them was never painted by a person."""

TOTALS_LABELS = ("Totals", "% of leads", "Drop-off from previous step")
"""The labels of the totals block's rows, by which it is recognised where its anchor is gone."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What may be typed into the cells of a tab we make; for anything else the sheet asks with `message`.

    `list` offers `words`; `date` takes dates; `custom` takes what makes `formula`, written for the first
    cell, true.
    """

    area: Area
    kind: Literal["list", "date", "custom"]
    message: str
    words: tuple[str, ...] = ()
    formula: str = ""  # begins with "="


# --- the changes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PutBlock:
    """Write a named block of cells (the totals) and remember where it is.

    Only the cells listed are written: ``Cell(value=None)`` empties one of ours where the block stood before,
    taking our own look off it and keeping any format a person gave it. `previous` says where the
    block stood; what else lies there (a note typed into the block's rows) is a person's. Rows are never
    inserted or shifted. No cells and an `area` where nothing changes: only the anchor is set (a block that
    was adopted).
    """

    tab: str
    name: str  # "totals"
    area: Area
    cells: tuple[Cell, ...]
    previous: Area | None = None

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        moved = (
            f" (moved from row {self.previous.top})"
            if self.previous and self.previous.top != self.area.top
            else ""
        )
        return [f"Tab {self.tab!r}: write the {self.name} in {self.area.a1}{moved}"]


@dataclass(frozen=True, slots=True)
class PutValue:
    """Write one cell of a person's, because they asked for it; its look stays.

    `was` holds what stands in this and other cells of the row, by column: a row is known by that, where it
    may move before it is written.
    """

    tab: str
    cell: Cell
    was: Mapping[int, Value] = field(default_factory=dict)

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        name = cell_name(self.cell.row, self.cell.column)
        value = self.cell.value
        return [f"Tab {self.tab!r}: {f'write {value!r} into' if value is not None else 'empty'} {name}"]


@dataclass(frozen=True, slots=True)
class PutRules:
    """Make `rules` the only live highlights of ours on a tab; other people's rules stay as they are."""

    tab: str
    rules: tuple[Rule, ...]

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        if not self.rules:
            return [f"Tab {self.tab!r}: remove our row colours"]
        return [
            f"Tab {self.tab!r}: {rule.name} rows by a live rule on {listed(a.a1 for a in rule.areas)}"
            for rule in self.rules
        ]


@dataclass(frozen=True, slots=True)
class PutFills:
    """Paint cells (``highlight = "fill"``), by colour; `cleared` are areas we painted that go plain."""

    tab: str
    painted: tuple[tuple[Literal["green", "red"], tuple[Area, ...]], ...]
    cleared: tuple[Area, ...] = ()

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
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
    """Write cells and charts on one of our own tabs, making the tab where it is missing.

    Only the cells listed are written; ``Cell(value=None)`` empties one. Charts that exist under the same name
    keep the size and place that a person gave them. `remove_charts` names charts of ours to take away. A
    `name` of "" makes a tab that is a person's from then on (the client tab of ``funnel new``): it
    gets no anchor.
    """

    tab: str
    name: str  # the anchor: "summary", "history", "log", "handoff"
    cells: tuple[Cell, ...]
    charts: tuple[Chart, ...] = ()
    remove_charts: tuple[str, ...] = ()
    create: bool = False
    # only when created:
    widths: Mapping[int, float] = field(default_factory=dict)  # column -> characters
    hidden_columns: tuple[int, ...] = (1,)
    freeze_row: int | None = None  # rows above stay in view
    gridlines: bool = False
    column_styles: Mapping[int, StyleName] = field(default_factory=dict)  # the look of cells yet to be typed
    validations: tuple[Validation, ...] = ()

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        what = [count(len(self.cells), "cell")] if self.cells else []
        what += [f"chart {chart.name!r}" for chart in self.charts]
        what += [f"without chart {name!r}" for name in self.remove_charts]
        return [f"Tab {self.tab!r}: {'make it, with' if self.create else 'write'} {listed(what)}"]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take our work off a tab that stays: empty cells of ours, take away our charts and the anchor.

    `cells` are emptied as `PutBlock` does. `area` is where a block stands; None for a tab of our own, which
    is a person's from then on.
    """

    tab: str
    name: str  # the anchor
    area: Area | None
    cells: tuple[Cell, ...]  # each with the value None
    charts: tuple[str, ...] = ()

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        what = [f"{count(len(self.cells), 'cell')} of ours"] if self.cells else []
        what += [f"chart {name!r}" for name in self.charts]
        block = f"the {self.name} in {self.area.a1}: " if self.area else ""
        return [f"Tab {self.tab!r}: take away {block}{listed(what)}"]


@dataclass(frozen=True, slots=True)
class DropTab:
    """Take away a tab of ours on which nothing is a person's, with all that only it uses."""

    tab: str
    name: str  # the anchor

    def describe(self) -> list[str]:
        """Say what would change, for a person."""
        lost = ", with what it recorded" if self.name in ("history", "log") else ""
        return [f"Tab {self.tab!r}: take it away{lost}"]


Change: TypeAlias = PutBlock | PutValue | PutRules | PutFills | PutTab | Withdraw | DropTab


@dataclass(frozen=True)
class Plan:
    """What a refresh would change. False when nothing would.

    Parameters
    ----------
    source : the sheet, as the person named it.
    changes : in the order in which they are applied.
    version : what the sheet was when it was read (a hash, a revision); applying refuses when it has moved on.
    kept : sentences on what a person did to our work, and that was left alone.
    weekly : what changed in the funnel since the last recorded week, as a text to be mailed or posted.
    to_do : what is to be done because clients entered stages (`funnel actions` lists it again).

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

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        if not self:
            head = f"{self.source}: nothing to change."
        else:
            lines = [line for change in self.changes for line in change.describe()]
            head = f"{self.source}: {count(len(lines), 'change')}\n" + "\n".join(
                f"  - {line}" for line in lines
            )
        more = [f"  kept: {sentence}" for sentence in self.kept]
        return "\n".join([head, *more, *(f"  to do: {sentence}" for sentence in self.to_do)])


def describe_cell(cell: Cell) -> str:
    """One cell of a plan as text, for ``--dry-run --verbose``.

    >>> describe_cell(Cell(14, 6, Formula("=SUM(F2:F13)", 7)))
    'F14 =SUM(F2:F13) (7)'
    """
    value = cell.value
    name = cell_name(cell.row, cell.column)
    if isinstance(value, Formula):
        return f"{name} {value.text} ({value.cached})"
    if isinstance(value, Link):
        return f"{name} {value.text} -> {value.cell}"
    return f"{name} {'(empty)' if value is None else value}"
