"""A `Plan` as requests: one batch, and before it, where the totals block is rewritten, values by metadata.

On a client tab nothing is written or deleted by row number, because rows move under us: a block is appended
below all that the tab holds, or written into the rows that carry its metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from funnel.errors import WriteError
from funnel.grid import Area, Value, column_letter, quoted
from funnel.plan import (
    OUR_FILLS,
    Cell,
    Change,
    DropTab,
    Formula,
    Link,
    Plan,
    PutBlock,
    PutFills,
    PutRules,
    PutTab,
    Rule,
    Withdraw,
)
from funnel.sheets.google import ids
from funnel.sheets.google.cells import Cells
from funnel.sheets.google.charts import COLUMN_WIDTH, grid_range, position, spec
from funnel.sheets.google.formulas import to_locale
from funnel.sheets.google.looks import color
from funnel.sheets.google.read import LAST_ROW, Snapshot, Tab, is_ours

Json = dict[str, Any]

SPACERS = 3
LOOK_ABOVE = 200  # rows that may be deleted meanwhile and the block still be found
_BLOCK_FIELDS = ",".join(
    f"userEntered{name}"
    for name in ("Value", "Format.numberFormat", "Format.textFormat.bold", "Format.borders.top")
)


class Batch:
    """What applies a plan to a spreadsheet as it was read.

    Attributes
    ----------
    values : cells by metadata, sent before the rest.
    requests : the rest, applied whole or not at all.
    watched : the ranges that are read back.
    again : why the plan is made a second time after this batch; None where it is not.
    notes : what could not be written as planned.
    """

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self.values: list[Json] = []
        self.requests: list[Json] = []
        self.watched: list[str] = []
        self.again: str | None = None
        self.notes: list[str] = []
        self._read = snapshot
        self._new: dict[str, int] = {}
        self._cells = Cells(snapshot.locale, self._id_of, self.notes)
        for change in plan.changes:
            self._add(change)

    def _add(self, change: Change) -> None:
        match change:
            case PutBlock():
                self._put_block(change)
            case PutRules():
                self._put_rules(change)
            case PutTab():
                self._put_tab(change)
            case Withdraw():
                self._withdraw(change)
            case DropTab():
                self.requests.append({"deleteSheet": {"sheetId": self._tab(change.tab).id}})
            case PutFills():
                raise WriteError(
                    "Rows of a Google Sheet are coloured by live rules, not painted, because a row may move "
                    'before it is painted. Choose `highlight = "rule"`. The sheet is as it was.'
                )

    def _id_of(self, title: str) -> int:
        """The id of a tab, for a link to it."""
        found = self._read.tabs.get(title)
        return found.id if found else self._new.get(title, 0)

    def _tab(self, title: str) -> Tab:
        found = self._read.tabs.get(title)
        if found is None:
            raise WriteError(f"There is no tab {title!r} to write to. The sheet is as it was. Refresh again.")
        return found

    # --- the totals block ----------------------------------------------------------------------------------

    def _put_block(self, change: PutBlock) -> None:
        if change.tab in self._new:
            sheet = self._new[change.tab]
            self.requests += self._cells.put(sheet, change.cells)
            self.requests += _marks(sheet, change.name, change.area.top)
            return
        tab = self._tab(change.tab)
        self.watched.append(_around(tab, change.area))
        rows = {k: tab.marked.get(ids.row_id(tab.id, change.name, k)) for k in range(ids.BLOCK_HEIGHT)}
        if _stand(rows, change.area):
            self._write_rows(tab, change.name, change.area, change.cells)
            return
        old = change.previous
        emptied = [cell for cell in change.cells if cell.value is None]
        if old and _stand(rows, old):
            self._write_rows(tab, change.name, old, [c for c in emptied if old.contains(c.row, c.column)])
        elif emptied and old:
            self._mark(tab, change.name, old.top)
            self.again = "the totals had lost their anchor"
            return
        else:
            emptied += self._clear_strays(tab, rows)
        written = [cell for cell in change.cells if cell.value is not None]
        gone = {(cell.row, cell.column) for cell in emptied}
        if written and _last_row(tab, gone, change.area) < change.area.top:
            self._append(tab, change, written, _last_row(tab, gone))
        else:
            self._mark(tab, change.name, change.area.top)
            self.again = "the totals are written into rows by their anchor" if written else None

    def _clear_strays(self, tab: Tab, rows: dict[int, int | None]) -> list[Cell]:
        """Empty what is left of a block whose rows were sorted apart: cells of ours in rows of ours."""
        found = []
        for k, row in rows.items():
            cells = (
                [Cell(row, c, None) for c in range(1, tab.grid.width + 1) if is_ours(tab.grid, row, c)]
                if row
                else []
            )
            if row and cells:
                self._write_rows(tab, "totals", Area(row - k, 1, row - k + 2, 1), cells)
            found += cells
        return found

    def _append(self, tab: Tab, change: PutBlock, written: Sequence[Cell], last: int) -> None:
        """A new block, below all that the tab holds."""
        blank = max(change.area.top - 1 - last, SPACERS)
        lines: list[Json] = [{} for _ in range(blank)]
        for at in range(change.area.top, change.area.bottom + 1):
            here = {cell.column: cell for cell in written if cell.row == at}
            columns = range(1, max(here, default=0) + 1)
            lines.append({"values": [self._cells.data(here[c]) if c in here else {} for c in columns]})
        self.requests.append(
            {"appendCells": {"sheetId": tab.id, "rows": lines, "fields": _BLOCK_FIELDS}}
        )  # fmt: skip
        self._mark(tab, change.name, last + blank + 1)

    def _mark(self, tab: Tab, block: str, top: int) -> None:
        """Put the block's metadata on three rows, wherever it lay before."""
        self._unmark(tab, block)
        self.requests += _marks(tab.id, block, top)

    def _unmark(self, tab: Tab, block: str) -> None:
        """Take the block's metadata away."""
        for k in range(ids.BLOCK_HEIGHT):
            key = ids.row_id(tab.id, block, k)
            if key in tab.marked:
                lookup = {"developerMetadataLookup": {"metadataId": key}}
                self.requests.append({"deleteDeveloperMetadata": {"dataFilter": lookup}})

    def _write_rows(self, tab: Tab, block: str, area: Area, cells: Iterable[Cell]) -> None:
        """Cells of a block that stands, by its metadata: the rows may be elsewhere by now."""
        for row, line in groupby(sorted(cells, key=lambda cell: cell.row), key=lambda cell: cell.row):
            here = {cell.column: self._typed(cell) for cell in line}
            values = [here.get(column) for column in range(1, max(here) + 1)]
            lookup = {"metadataId": ids.row_id(tab.id, block, row - area.top)}
            self.values.append(
                {
                    "dataFilter": {"developerMetadataLookup": lookup},
                    "majorDimension": "ROWS",
                    "values": [values],
                }
            )

    def _typed(self, cell: Cell) -> str | float | bool:
        """A cell as a person would type it: our formulas, labels and numbers, and "" to empty it."""
        value = cell.value
        if isinstance(value, Formula):
            return to_locale(value.text, self._read.locale)
        assert value is None or isinstance(value, str | int | float | bool)
        return "" if value is None else value

    # --- rules ---------------------------------------------------------------------------------------------

    def _put_rules(self, change: PutRules) -> None:
        """Ours that are missing come last, so that a person's own rules win; others of ours go."""
        sheet = self._new.get(change.tab)
        if sheet is not None:
            self.requests += [
                _add_rule(rule, sheet, at, self._read.locale) for at, rule in enumerate(change.rules)
            ]
            return
        tab = self._tab(change.tab)
        wanted: dict[object, Rule] = {(rule.name, rule.areas, rule.formula): rule for rule in change.rules}
        left = len(tab.rules)
        for index in sorted(tab.our_rules()):
            seen = tab.grid.rules[index]
            if wanted.pop((seen.name, seen.areas, seen.formula), None) is None:
                where = {"sheetId": tab.id, "index": index}
                self.requests.insert(0, {"deleteConditionalFormatRule": where})
                left -= 1
        for at, rule in enumerate(wanted.values(), start=left):
            self.requests.append(_add_rule(rule, tab.id, at, self._read.locale))
        self.watched.append(f"{quoted(change.tab)}!A1")

    # --- our tabs ------------------------------------------------------------------------------------------

    def _put_tab(self, change: PutTab) -> None:
        tab = None if change.create else self._tab(change.tab)
        sheet = tab.id if tab else ids.tab_id(change.name) if change.name else ids.fixed("new", change.tab)
        if tab is None:
            self._create(change, sheet)
        else:
            self._grow(tab, change.cells)
        self.requests += self._cells.put(sheet, change.cells, tab.formatted if tab else frozenset())
        self._put_charts(change, sheet, tab)
        self.watched.append(quoted(change.tab))

    def _create(self, change: PutTab, sheet: int) -> None:
        self._new[change.tab] = sheet
        rows = max([cell.row for cell in change.cells], default=0) + (1000 if not change.name else 100)
        last = [cell.column for cell in change.cells] + [chart.at.right for chart in change.charts]
        grid = {"rowCount": max(rows, 200), "columnCount": max([*last, *change.widths, 20]) + 2}
        grid |= {"frozenRowCount": change.freeze_row} if change.freeze_row else {}
        grid |= {} if change.gridlines else {"hideGridlines": True}
        properties = {"sheetId": sheet, "title": change.tab, "gridProperties": grid}
        self.requests.append({"addSheet": {"properties": properties}})
        for column, width in change.widths.items():
            self.requests.append(_column(sheet, column, {"pixelSize": int(width * COLUMN_WIDTH) + 5}))
        self.requests += [_column(sheet, column, {"hiddenByUser": True}) for column in change.hidden_columns]
        if change.name:
            protected = {
                "protectedRangeId": ids.fixed("protected", change.name), "range": {"sheetId": sheet},
                "description": "Written by funnel at each refresh.", "warningOnly": True,
            }  # fmt: skip
            self.requests.append({"addProtectedRange": {"protectedRange": protected}})

    def _grow(self, tab: Tab, cells: Iterable[Cell]) -> None:
        """Rows and columns that the cells need; appended, because a person may have added some meanwhile."""
        places = [(cell.row, cell.column) for cell in cells]
        for dimension, has, needs in (
            ("ROWS", tab.rows, max((row for row, _ in places), default=0)),
            ("COLUMNS", tab.columns, max((column for _, column in places), default=0)),
        ):
            if needs > has:
                more = {"sheetId": tab.id, "dimension": dimension, "length": needs - has}
                self.requests.append({"appendDimension": more})

    def _put_charts(self, change: PutTab, sheet: int, tab: Tab | None) -> None:
        written = {(cell.row, cell.column): cell.value for cell in change.cells}

        def value_at(row: int, column: int) -> Value:
            value = written.get((row, column), tab.grid[row, column] if tab else None)
            return (
                value.text
                if isinstance(value, Link)
                else value.cached
                if isinstance(value, Formula)
                else value
            )

        there = _our_charts(tab)
        for chart in change.charts:
            made = spec(chart, sheet, value_at)
            if chart.name in there:
                self.requests.append({"updateChartSpec": {"chartId": there[chart.name], "spec": made}})
            else:
                at = position(chart, sheet, dict(change.widths))
                new = {"chartId": ids.chart_id(change.name, chart.name), "spec": made, "position": at}
                self.requests.append({"addChart": {"chart": new}})
        self.requests += _without(there, change.remove_charts)

    # --- our work taken away -------------------------------------------------------------------------------

    def _withdraw(self, change: Withdraw) -> None:
        tab = self._tab(change.tab)
        self.watched.append(quoted(change.tab))
        if change.area is None:
            self.requests += self._cells.put(tab.id, change.cells, tab.formatted)
            self.requests += _without(_our_charts(tab), change.charts)
            return
        rows = {k: tab.marked.get(ids.row_id(tab.id, change.name, k)) for k in range(ids.BLOCK_HEIGHT)}
        if _stand(rows, change.area):
            self._write_rows(tab, change.name, change.area, change.cells)
            self._unmark(tab, change.name)
        else:
            self._mark(tab, change.name, change.area.top)
            self.again = "the totals had lost their anchor"


def _around(tab: Tab, area: Area) -> str:
    """The rows from well above a block to the end of its tab, as an address: where it will be found."""
    top = max(1, min(area.top, tab.grid.height) - LOOK_ABOVE)
    return f"{quoted(tab.grid.tab)}!A{top}:{column_letter(max(tab.columns, area.right))}"


def _our_charts(tab: Tab | None) -> dict[str, int]:
    """The charts of ours on a tab: their ids by name."""
    texts = tab.charts.items() if tab else ()
    return {found[1]: key for key, text in texts if (found := ids.CHART_OF_OURS.search(text))}


def _without(there: Mapping[str, int], names: Iterable[str]) -> list[Json]:
    """Requests that take charts away, of those that are there."""
    return [{"deleteEmbeddedObject": {"objectId": there[name]}} for name in names if name in there]


def _stand(rows: dict[int, int | None], area: Area) -> bool:
    """Whether the metadata lies on the rows of an area."""
    return all(row == area.top + k for k, row in rows.items())


def _last_row(tab: Tab, without: set[tuple[int, int]], across: Area | None = None) -> int:
    """The last row of a tab that holds anything, in the columns of an area or in all, some cells apart."""
    grid = tab.grid
    columns = range(across.left, across.right + 1) if across else range(1, grid.width + 1)
    for row in range(grid.height, 0, -1):
        for column in columns:
            filled = grid[row, column] is not None or (row, column) in grid.formulas
            if filled and (row, column) not in without:
                return row
    return 0


def _marks(sheet: int, block: str, top: int) -> list[Json]:
    """Metadata on the three rows of a block."""
    found = []
    for k in range(ids.BLOCK_HEIGHT):
        line = {"sheetId": sheet, "dimension": "ROWS", "startIndex": top - 1 + k, "endIndex": top + k}
        made = {
            "metadataId": ids.row_id(sheet, block, k), "metadataKey": ids.row_key(block),
            "metadataValue": str(k), "location": {"dimensionRange": line}, "visibility": "DOCUMENT",
        }  # fmt: skip
        found.append({"createDeveloperMetadata": {"developerMetadata": made}})
    return found


def _add_rule(rule: Rule, sheet: int, index: int, locale: str) -> Json:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": to_locale(rule.formula, locale)}]}
    look = {"backgroundColor": color(OUR_FILLS[rule.name])}
    made = {
        "ranges": [_rule_range(sheet, area) for area in rule.areas],
        "booleanRule": {"condition": condition, "format": look},
    }
    return {"addConditionalFormatRule": {"rule": made, "index": index}}


def _rule_range(sheet: int, area: Area) -> Json:
    """A GridRange, without rows where an area stands on whole columns."""
    found = grid_range(sheet, area)
    if area.bottom >= LAST_ROW:
        del found["endRowIndex"]
        found = {key: value for key, value in found.items() if key != "startRowIndex" or value}
    return found


def _column(sheet: int, column: int, properties: Json) -> Json:
    line = {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": column - 1, "endIndex": column}
    fields = ",".join(properties)
    return {"updateDimensionProperties": {"range": line, "properties": properties, "fields": fields}}
