"""Parse the answer of `spreadsheets.get`: each tab as a Grid, with its ids and metadata."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from typing import Any

from funnel.errors import ReadError
from funnel.grid import OUR_LABELS, Area, CellError, ChartSeen, Grid, RuleSeen, Style, Value
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.formulas import from_locale
from funnel.sheets.google.read.looks import OURS, look_key, rgb

Json = dict[str, Any]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""End of an area without an end: a rule on whole columns."""

_MOST_CELLS = 20_000_000  # twice what Google allows in a spreadsheet

_CELL = (
    "userEnteredValue.formulaValue,effectiveValue,effectiveFormat.numberFormat,"
    "userEnteredFormat(backgroundColor,textFormat(bold,italic))"
)
READ_FIELDS = (
    "properties(title,locale,timeZone),"
    "sheets(properties(sheetId,title,index,sheetType,hidden,gridProperties(rowCount,columnCount)),"
    f"data(rowData.values({_CELL}),rowMetadata.developerMetadata,startRow,startColumn),"
    "merges,basicFilter.range,conditionalFormats,protectedRanges(range,warningOnly),"
    "charts(chartId,spec.altText),tables.range)"
)
"""Fields to read: only those in use, because 10,000 leads are 200,000 cells."""

_ERRORS = {
    "NULL_VALUE": "#NULL!", "DIVIDE_BY_ZERO": "#DIV/0!", "VALUE": "#VALUE!", "REF": "#REF!",
    "NAME": "#NAME?", "NUM": "#NUM!", "N_A": "#N/A", "LOADING": "#LOADING!",
}  # fmt: skip
_EPOCH = dt.datetime(1899, 12, 30)
_DATES = frozenset({"DATE", "DATE_TIME", "TIME"})


@dataclass(frozen=True)
class Tab:
    """One tab as read, with its ids.

    Parameters
    ----------
    marked : the rows (from 1) with funnel's metadata, by its id.
    rules : all conditional formats, funnel's and others, in their order.
    charts : the alternative text of each chart, by its id.
    formatted : on funnel's tabs, the cells with a manual format.
    """

    id: int
    rows: int
    columns: int
    grid: Grid
    marked: Mapping[int, int] = field(default_factory=dict)
    rules: tuple[Json, ...] = ()
    charts: Mapping[int, str] = field(default_factory=dict)
    formatted: frozenset[tuple[int, int]] = frozenset()

    def our_rules(self) -> list[int]:
        """Return the indexes of funnel's rules, in descending order."""
        return [i for i in range(len(self.rules) - 1, -1, -1) if rule_name(self.rules[i])]


class Snapshot:
    """A spreadsheet at one moment.

    Parameters
    ----------
    found : the answer of `spreadsheets.get`, or the spreadsheet in the answer of a batch.

    Raises
    ------
    ReadError : the answer is not that of a spreadsheet.
    """

    def __init__(self, found: Json) -> None:
        self.found = found
        try:
            self.locale = str(found.get("properties", {}).get("locale", "en_US"))
            self.title = str(found.get("properties", {}).get("title", ""))
            self._tabs = self._read_tabs()
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise ReadError(
                f"Google sent an answer that is no spreadsheet ({type(error).__name__}), so funnel stopped. "
                "Try again in a few minutes."
            ) from error

    def _read_tabs(self) -> dict[str, Tab]:
        sheets = [s for s in self.found.get("sheets", []) if _kind(s) == "GRID"]
        sheets.sort(key=lambda sheet: sheet["properties"].get("index", 0))
        return {str(s["properties"]["title"]): _tab(s, self.locale) for s in sheets}

    @cached_property
    def tabs(self) -> dict[str, Tab]:
        """Tabs with cells by title, in their order on screen, without the backup tab."""
        return {title: tab for title, tab in self._tabs.items() if tab.id not in ids.BACKUP_TABS}

    @property
    def titles(self) -> set[str]:
        """Titles of all tabs, of any kind."""
        return {str(sheet["properties"].get("title", "")) for sheet in self.found.get("sheets", [])}

    def by_id(self, sheet: int) -> Tab | None:
        """Return a tab by its id; the backup tab is included."""
        return next((tab for tab in self._tabs.values() if tab.id == sheet), None)


def _kind(sheet: Json) -> str:
    return str(sheet.get("properties", {}).get("sheetType", "GRID"))


def rule_name(rule: Json) -> str | None:
    """Return the name of one of funnel's rules, from its marker; None for other rules."""
    found = ids.RULE_OF_OURS.search(_formula_of(rule))
    return found[1].lower() if found else None


def _formula_of(rule: Json) -> str:
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", [])
    return str(values[0].get("userEnteredValue", "")) if values else ""


def area(found: Json, rows: int = LAST_ROW, columns: int = LAST_COLUMN) -> Area:
    """Convert a GridRange to an Area; one with all rows of its tab extends to the last row of any grid.

    >>> area({"startRowIndex": 1, "endRowIndex": 3, "endColumnIndex": 2}).a1, area({"endColumnIndex": 1}).a1
    ('A2:B3', 'A1:A1048576')
    >>> area({"endRowIndex": 1000, "endColumnIndex": 1}, rows=1000).a1
    'A1:A1048576'
    """
    top, left = index(found.get("startRowIndex", 0)), index(found.get("startColumnIndex", 0))
    bottom, right = index(found.get("endRowIndex", LAST_ROW)), index(found.get("endColumnIndex", LAST_COLUMN))
    if top == 0 and bottom >= rows:
        bottom = LAST_ROW
    return Area(top + 1, left + 1, bottom, min(right, columns if right > columns else right))


def _tab(sheet: Json, locale: str) -> Tab:
    properties = sheet["properties"]
    key = properties.get("sheetId", 0)
    size = properties.get("gridProperties", {})
    rows, columns = size.get("rowCount", 0), size.get("columnCount", 0)
    cells = _Cells(locale, ours=key in ids.TABS)
    marked: dict[int, int] = {}
    for data in sheet.get("data", []):
        cells.add(data)
        marked.update(_marked(data))
    rules = tuple(sheet.get("conditionalFormats", []))
    charts = {chart["chartId"]: chart.get("spec", {}).get("altText", "") for chart in sheet.get("charts", [])}
    bounded = [area(found, LAST_ROW + 1) for found in sheet.get("merges", [])]
    filtered = sheet.get("basicFilter", {}).get("range")
    grid = Grid(
        str(properties["title"]), cells.columns(), cells.formulas, cells.styles(), cells.palette,
        merges=tuple(bounded),
        tables=tuple(area(table["range"], LAST_ROW + 1) for table in sheet.get("tables", [])),
        filtered=_within(area(filtered, LAST_ROW + 1), rows) if filtered is not None else None,
        protected=any(_closed(found) for found in sheet.get("protectedRanges", [])),
        hidden=bool(properties.get("hidden")),
        rules=tuple(_rule(rule, locale, rows) for rule in rules),
        charts=tuple(_charts(charts.values())),
    )  # fmt: skip
    found = {ids.TABS[key]: Area(1, 1, 1, 1)} if key in ids.TABS else _anchors(grid, key, marked)
    grid = replace(grid, anchors=found)
    return Tab(key, rows, columns, grid, marked, rules, charts, frozenset(cells.formatted))


def _within(found: Area, rows: int) -> Area:
    return Area(found.top, found.left, min(found.bottom, rows), found.right)


def _closed(found: Json) -> bool:
    """Return True if a protection prevents changes to whole columns or the tab; False for a warning."""
    return not found.get("warningOnly") and not (
        {"startRowIndex", "endRowIndex"} & set(found.get("range", {}))
    )


def _rule(rule: Json, locale: str, rows: int) -> RuleSeen:
    areas = tuple(area(found, rows) for found in rule.get("ranges", []))
    return RuleSeen(areas, from_locale(_formula_of(rule), locale), rule_name(rule))


def _charts(texts: Iterable[str]) -> Iterator[ChartSeen]:
    for text in texts:
        found = ids.CHART_OF_OURS.search(text)
        if found:
            yield ChartSeen(found[1], found[2])


def _marked(data: Json) -> Iterator[tuple[int, int]]:
    """Yield the id of funnel's metadata on each row, with the row."""
    start = data.get("startRow", 0)
    for at, line in enumerate(data.get("rowMetadata", []), start=start + 1):
        for item in line.get("developerMetadata", []):
            if str(item.get("metadataKey", "")).startswith("funnel."):
                yield item["metadataId"], at


def _anchors(grid: Grid, sheet: int, marked: Mapping[int, int]) -> dict[str, Area]:
    """Return funnel's block, if its metadata is on three successive rows and each has a cell of the block."""
    for turn in (0, 1):
        rows = [marked.get(ids.row_id(sheet, "totals", at, turn)) for at in range(ids.BLOCK_HEIGHT)]
        top = rows[0]
        if top is None or rows != [top, top + 1, top + 2]:
            continue
        ours = [[c for c in range(1, grid.width + 1) if is_ours(grid, top + at, c)] for at in range(3)]
        if all(ours):
            columns = [column for row in ours for column in row]
            return {"totals": Area(top, min(columns), top + 2, max(columns))}
    return {}


def is_ours(grid: Grid, row: int, column: int) -> bool:
    """Return True if a cell has a label or a formula of the block."""
    formula = grid.formulas.get((row, column))
    if formula is not None:
        return formula.startswith(("=SUMPRODUCT(--((", "=IF(INDIRECT("))
    return grid[row, column] in OUR_LABELS


class _Cells:
    """Cells that are added by row and returned by column."""

    def __init__(self, locale: str, ours: bool) -> None:
        self.locale = locale
        self.ours = ours
        self.formatted: set[tuple[int, int]] = set()
        self.values: dict[tuple[int, int], Value] = {}
        self.looks: dict[tuple[int, int], int] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self.palette: list[Style] = [Style()]
        self.height = self.width = 0
        self._known: dict[Style, int] = {Style(): 0}

    def add(self, data: Json) -> None:
        """Add a rectangle of cells."""
        left = data.get("startColumn", 0) + 1
        for row, line in enumerate(data.get("rowData", []), start=data.get("startRow", 0) + 1):
            for column, cell in enumerate(line.get("values", []), start=left):
                if cell:
                    self._cell(row, column, cell)

    def _cell(self, row: int, column: int, cell: Json) -> None:
        look = cell.get("effectiveFormat", {}).get("numberFormat", {})
        value = value_of(cell.get("effectiveValue", {}), look.get("type", ""))
        formula = cell.get("userEnteredValue", {}).get("formulaValue")
        if formula is not None:
            self.formulas[row, column] = from_locale(str(formula), self.locale)
        if value is not None or formula is not None:
            self.values[row, column] = value
            self.height, self.width = max(self.height, row), max(self.width, column)
        own = cell.get("userEnteredFormat", {})
        if own or look:
            self.looks[row, column] = self._index(own, look)
            if self.ours and look_key(own) not in OURS:
                self.formatted.add((row, column))

    def _index(self, own: Json, look: Json) -> int:
        pattern = look.get("pattern") or look.get("type")
        style = Style(rgb(own.get("backgroundColor")), pattern, bool(own.get("textFormat", {}).get("bold")))
        if style not in self._known:
            self._known[style] = len(self.palette)
            self.palette.append(style)
        return self._known[style]

    def columns(self) -> list[list[Value]]:
        """Return the values by column."""
        if self.height * self.width > _MOST_CELLS:
            raise ValueError("more cells than a spreadsheet may have")
        found: list[list[Value]] = [[None] * self.height for _ in range(self.width)]
        for (row, column), value in self.values.items():
            found[column - 1][row - 1] = value
        return found

    def styles(self) -> list[list[int]]:
        """Return the indexes of the styles by column."""
        found = [[0] * self.height for _ in range(self.width)]
        for (row, column), look in self.looks.items():
            if row <= self.height and column <= self.width:
                found[column - 1][row - 1] = look
        return found


def value_of(found: Json, kind: str) -> Value:
    """Convert an ExtendedValue to a value, by the type of its number format.

    >>> value_of({"numberValue": 46174}, "DATE"), value_of({"numberValue": 2.0}, ""), value_of({}, "")
    (datetime.date(2026, 6, 1), 2, None)
    >>> value_of({"errorValue": {"type": "N_A"}}, "").code, value_of({"numberValue": 0.5}, "TIME")
    ('#N/A', datetime.time(12, 0))
    """
    if "numberValue" in found:
        number = found["numberValue"]
        if kind in _DATES:
            return _moment(number, kind)
        return int(number) if float(number).is_integer() and abs(number) < 1 << 53 else float(number)
    if "errorValue" in found:
        return CellError(_ERRORS.get(found["errorValue"].get("type", ""), "#ERROR!"))
    text, truth = found.get("stringValue"), found.get("boolValue")
    return str(text) if text else None if truth is None else bool(truth)


def _moment(number: float, kind: str) -> Value:
    """Convert a serial number to a date, a datetime or a time."""
    try:
        moment = _EPOCH + dt.timedelta(seconds=round(number * 86400))
    except OverflowError:
        return number
    if kind == "TIME" and 0 <= number < 1:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment


def serial(value: dt.date | dt.datetime | dt.time) -> float:
    """Convert a date or time to Google's serial number.

    >>> serial(dt.date(2026, 6, 1)), serial(dt.time(12))
    (46174, 0.5)
    """
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    if isinstance(value, dt.datetime):
        return (value - _EPOCH).total_seconds() / 86400
    return (value - _EPOCH.date()).days
