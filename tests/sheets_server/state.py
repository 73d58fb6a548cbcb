"""The spreadsheet itself: tabs, rows of cells, and the objects that lie over them.

A cell is a CellData dictionary that is never changed in place, only replaced; so a copy of a spreadsheet (for
a batch that is applied whole or not at all) copies rows, not cells.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from . import looks
from .a1 import Box, box_of
from .errors import ApiError
from .formulas.evaluate import Evaluator
from .formulas.kinds import Err, Scalar

Cell: TypeAlias = dict[str, Any]
ERRORS = {
    "#REF!": "REF", "#VALUE!": "VALUE", "#NAME?": "NAME", "#DIV/0!": "DIVIDE_BY_ZERO", "#N/A": "N_A",
    "#NUM!": "NUM", "#ERROR!": "ERROR", "#NULL!": "NULL_VALUE",
}  # fmt: skip


SAID = {
    "#DIV/0!": "Function DIVIDE parameter 2 cannot be zero.",
    "#ERROR!": "Formula parse error.",
    "#REF!": "Reference does not exist.",
}
"""What errors say of themselves, as far as a fixed sentence goes."""


@dataclass(eq=False)
class Tab:
    """One tab: its cells by row, and everything that is laid over them."""

    properties: dict[str, Any]
    rows: list[dict[int, Cell]]
    row_properties: list[dict[str, Any]]
    column_properties: list[dict[str, Any]]
    merges: list[dict[str, Any]] = field(default_factory=list)
    conditional: list[dict[str, Any]] = field(default_factory=list)
    protected: list[dict[str, Any]] = field(default_factory=list)
    charts: list[dict[str, Any]] = field(default_factory=list)
    banded: list[dict[str, Any]] = field(default_factory=list)
    row_groups: list[dict[str, Any]] = field(default_factory=list)
    column_groups: list[dict[str, Any]] = field(default_factory=list)
    filter: dict[str, Any] | None = None

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    @property
    def size(self) -> tuple[int, int]:
        return len(self.rows), len(self.column_properties)

    @property
    def box(self) -> Box:
        return Box(self.id, 0, len(self.rows), 0, len(self.column_properties))

    def cell(self, row: int, column: int) -> Cell:
        return self.rows[row].get(column, {}) if row < len(self.rows) else {}

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Replace a cell; an empty one is not kept."""
        if cell:
            self.rows[row][column] = cell
        else:
            self.rows[row].pop(column, None)

    def grow(self, rows: int = 0, columns: int = 0) -> None:
        """Add empty rows and columns at the end."""
        self.rows.extend({} for _ in range(rows))
        self.row_properties.extend({} for _ in range(rows))
        self.column_properties.extend({} for _ in range(columns))

    def filled(self, box: Box) -> Iterator[tuple[int, int, Cell]]:
        """The cells of a bounded box that hold anything at all."""
        left, right = box.left or 0, box.right or 0
        for row in range(box.top or 0, min(box.bottom or 0, len(self.rows))):
            for column in sorted(self.rows[row]):
                if left <= column < right:
                    yield row, column, self.rows[row][column]

    def has_value(self, row: int, column: int) -> bool:
        return "userEnteredValue" in self.cell(row, column)

    def last_row(self) -> int:
        """The number of rows up to the last one that holds a value."""
        for row in range(len(self.rows) - 1, -1, -1):
            if any("userEnteredValue" in cell for cell in self.rows[row].values()):
                return row + 1
        return 0

    def clone(self) -> Tab:
        overlays = (
            "merges",
            "conditional",
            "protected",
            "charts",
            "banded",
            "row_groups",
            "column_groups",
            "filter",
        )
        return Tab(
            copy.deepcopy(self.properties),
            [dict(row) for row in self.rows],
            list(self.row_properties),
            list(self.column_properties),
            **{name: copy.deepcopy(getattr(self, name)) for name in overlays},
        )


def new_tab(properties: dict[str, Any], rows: int = 1000, columns: int = 26) -> Tab:
    """An empty tab."""
    tab = Tab(properties, [], [], [])
    tab.grow(rows, columns)
    return tab


class Book:
    """A spreadsheet, and who may do what with it."""

    def __init__(self, key: str, title: str, locale: str = "en_US", time_zone: str = "Etc/GMT") -> None:
        self.id = key
        self.properties: dict[str, Any] = {"title": title, "locale": locale, "timeZone": time_zone}
        self.tabs: list[Tab] = []
        self.named: list[dict[str, Any]] = []
        self.metadata: list[dict[str, Any]] = []
        self.roles: dict[str, str] = {}
        self.viewer: str | None = None
        self.now: dt.datetime | None = None
        self.ids = random.Random(key)
        self._evaluator: Evaluator | None = None

    @property
    def locale(self) -> str:
        return str(self.properties["locale"])

    def clone(self) -> Book:
        """A copy to try a batch on; ids go on where they are."""
        twin = Book(self.id, "")
        twin.properties = copy.deepcopy(self.properties)
        twin.tabs = [tab.clone() for tab in self.tabs]
        twin.named, twin.metadata = copy.deepcopy(self.named), copy.deepcopy(self.metadata)
        twin.roles, twin.viewer, twin.now, twin.ids = self.roles, self.viewer, self.now, self.ids
        return twin

    def take(self, other: Book) -> None:
        """Become what a batch made of the copy."""
        self.properties, self.tabs = other.properties, other.tabs
        self.named, self.metadata = other.named, other.metadata
        self.touch()

    def touch(self) -> None:
        """Forget worked-out values, because something changed."""
        self._evaluator = None

    def new_id(self) -> int:
        return self.ids.randrange(1, 2**31 - 1)

    def today(self) -> dt.datetime:
        return self.now or dt.datetime.now()

    # --- finding ---------------------------------------------------------------------------------------

    def tab(self, sheet_id: int, where: str = "") -> Tab:
        """The tab with an id; ApiError where there is none."""
        for tab in self.tabs:
            if tab.id == sheet_id:
                return tab
        raise ApiError(
            f"Invalid {where}: No grid with id: {sheet_id}" if where else f"No grid with id: {sheet_id}"
        )

    def tab_with(self, sheet_id: int) -> Tab:
        return self.tab(sheet_id)

    def tab_named(self, name: str) -> Tab | None:
        """The tab of a title; the service does not mind the case."""
        exact = [tab for tab in self.tabs if tab.title == name]
        close = [tab for tab in self.tabs if tab.title.lower() == name.lower()]
        return (exact or close or [None])[0]  # type: ignore[list-item]

    def named_range(self, name: str) -> Box | None:
        for item in self.named:
            if item["name"].lower() == name.lower():
                return box_of(item["range"])
        return None

    def size(self, tab: Tab) -> tuple[int, int]:
        return tab.size

    # --- values ----------------------------------------------------------------------------------------

    def entered(self, tab: Tab, row: int, column: int) -> tuple[str, Any]:
        """What was put into a cell: a formula's text, or a value."""
        value = tab.rows[row].get(column, {}).get("userEnteredValue") if row < len(tab.rows) else None
        if not value:
            return "value", None
        if "formulaValue" in value:
            return "formula", value["formulaValue"]
        if "numberValue" in value:
            return "value", float(value["numberValue"])
        return "value", next(iter(value.values()))

    @property
    def evaluator(self) -> Evaluator:
        if self._evaluator is None:
            self._evaluator = Evaluator(self, self.today())
        return self._evaluator

    def value(self, tab: Tab, row: int, column: int) -> Scalar:
        """What a cell shows, before its format."""
        return self.evaluator.cell(tab, row, column)

    def pattern(self, tab: Tab, row: int, column: int) -> str:
        """The number format that a cell shows its value in; a formula's comes from what it looks at."""
        return looks.pattern(self, tab, row, column)

    def look(self, tab: Tab, row: int, column: int) -> dict[str, str]:
        """The NumberFormat that a cell shows its value in."""
        return looks.number_format(self, tab, row, column)


def extended(value: Scalar) -> dict[str, Any] | None:
    """A value as an ExtendedValue; an empty text shows nothing, like a blank."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, float):
        return {"numberValue": number(value)}
    if isinstance(value, Err):
        told = {"message": SAID[value.code]} if value.code in SAID else {}
        return {"errorValue": {"type": ERRORS[value.code], **told}}
    return {"stringValue": value}


def number(value: float) -> float | int:
    """A number as JSON shows it.

    >>> number(2.0), number(0.5)
    (2, 0.5)
    """
    return int(value) if value == int(value) and abs(value) < 1e15 else value
