"""A `Plan` as requests: one batch, and after it, where the totals block is rewritten, values by metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from funnel.errors import WriteError
from funnel.grid import Value, quoted
from funnel.plan import (
    Cell,
    Change,
    DropTab,
    Formula,
    Link,
    Plan,
    PutBlock,
    PutFills,
    PutRows,
    PutRules,
    PutTab,
    PutValue,
    Withdraw,
)
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab
from funnel.sheets.google.write.backup_tab import BackupTab
from funnel.sheets.google.write.cells import Cells
from funnel.sheets.google.write.charts import COLUMN_WIDTH, position, spec
from funnel.sheets.google.write.inputs import prepare_blank_cells
from funnel.sheets.google.write.rules import changed_rules, new_rules
from funnel.sheets.google.write.totals_block import Rewrite, Steps, put_block, put_new_block, remove_block
from funnel.sheets.google.write.values import append_rows, put_value
from funnel.sheets.google.write.verify import head_address

Json = dict[str, Any]


class Batch:
    """The requests that apply a plan to a spreadsheet as it was read.

    Attributes
    ----------
    requests : the first batch, applied as a whole or not at all.
    rewrites : rows of the totals that are written after it, by their metadata.
    last : deletions, sent unless a person has typed there.
    backup : the hidden tab with copies of the cells that are overwritten on our own tabs.
    watched : the ranges that are read back.
    notes : what could not be written as planned.
    again : True if a new plan is needed afterwards, because the totals have moved.
    """

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self.requests: list[Json] = []
        self.rewrites: list[Rewrite] = []
        self.last: list[Json] = []
        self.backup = BackupTab(snapshot)
        self.watched: list[str] = []
        self.notes: list[str] = []
        self.again = False
        self._read = snapshot
        self._new: dict[str, int] = {}
        self._cells = Cells(snapshot.locale, self._id_of, self.notes)
        for change in plan.changes:
            self._add(change)
        if self.backup:
            self.requests = [*self.backup.create_requests(), *self.requests]
            self.watched.append(self.backup.address)
        if any(isinstance(change, Withdraw | DropTab) for change in plan.changes):
            self.last += self.backup.cleanup_requests()

    def _add(self, change: Change) -> None:
        match change:
            case PutBlock():
                self._put_block(change)
            case PutValue():
                tab = self._tab(change.tab)
                self._add_steps(put_value(tab, change))
                self.watched.append(head_address(tab))
            case PutRows():
                tab = self._tab(change.tab)
                self.requests += append_rows(tab, change, self._cells)
                self.watched += [head_address(tab), quoted(change.tab)]
            case PutRules():
                self._put_rules(change)
            case PutTab():
                self._put_tab(change)
            case Withdraw():
                self._withdraw(change)
            case DropTab():
                self._drop(change)
            case PutFills():
                raise WriteError(
                    "Rows of a Google Sheet are coloured by live rules, not painted, because a row may move "
                    'before it is painted. Choose `highlight = "rule"`. The sheet is unchanged.'
                )

    def _id_of(self, title: str) -> int:
        """The id of a tab, for a link to it."""
        found = self._read.tabs.get(title)
        return found.id if found else self._new.get(title, 0)

    def _tab(self, title: str) -> Tab:
        found = self._read.tabs.get(title)
        if found is None:
            raise WriteError(f"There is no tab {title!r} to write to. The sheet is unchanged. Refresh again.")
        return found

    # --- the client tab ------------------------------------------------------------------------------------

    def _put_block(self, change: PutBlock) -> None:
        if change.tab in self._new:
            self.requests += put_new_block(self._new[change.tab], change, self._cells)
        else:
            tab = self._tab(change.tab)
            self._add_steps(put_block(tab, change, self._cells, self._read.locale))
            self.watched.append(head_address(tab))

    def _add_steps(self, steps: Steps) -> None:
        self.requests += steps.requests
        self.rewrites += steps.rewrites
        self.watched += steps.watched
        self.last += steps.last
        self.again = self.again or steps.again

    def _put_rules(self, change: PutRules) -> None:
        locale = self._read.locale
        if change.tab in self._new:
            self.requests += new_rules(change.rules, self._new[change.tab], locale)
            return
        tab = self._tab(change.tab)
        deleted, added = changed_rules(change.rules, tab, locale)
        self.requests = [*deleted, *self.requests, *added]
        self.watched.append(head_address(tab))

    # --- our tabs ------------------------------------------------------------------------------------------

    def _put_tab(self, change: PutTab) -> None:
        tab = None if change.create else self._tab(change.tab)
        sheet = tab.id if tab else ids.tab_id(change.name) if change.name else ids.fixed_id("new", change.tab)
        if tab is None:
            self._create(change, sheet)
        else:
            self._grow(tab, change.cells)
            self.requests += [_column(sheet, column, {"hiddenByUser": True}) for column in change.hide]
        self._write(change.cells, sheet, tab)
        self._put_charts(change, sheet, tab)
        self.watched.append(quoted(change.tab))

    def _write(self, cells: Iterable[Cell], sheet: int, tab: Tab | None) -> None:
        """Write cells of a tab of ours by position, after copying their content to the backup tab."""
        for area, request in self._cells.put(sheet, cells, tab.formatted if tab else frozenset()):
            if tab:
                self.requests.append(self.backup.copy_request(tab, area))
            self.requests.append(request)

    def _create(self, change: PutTab, sheet: int) -> None:
        self._new[change.tab] = sheet
        rows = max([cell.row for cell in change.cells], default=0) + (1000 if not change.name else 100)
        rows = max([rows, *(each.area.bottom for each in change.validations)])
        last = [cell.column for cell in change.cells] + [chart.at.right for chart in change.charts]
        grid = {"rowCount": max(rows, 200), "columnCount": max([*last, *change.widths, 20]) + 2}
        grid |= {"frozenRowCount": change.freeze_row} if change.freeze_row else {}
        grid |= {} if change.gridlines else {"hideGridlines": True}
        properties = {"sheetId": sheet, "title": change.tab, "gridProperties": grid}
        self.requests.append({"addSheet": {"properties": properties}})
        for column, width in change.widths.items():
            self.requests.append(_column(sheet, column, {"pixelSize": int(width * COLUMN_WIDTH) + 5}))
        self.requests += [_column(sheet, column, {"hiddenByUser": True}) for column in change.hidden_columns]
        self.requests += prepare_blank_cells(change, sheet, self._read.locale)
        if change.name:
            protected = {
                "protectedRangeId": ids.fixed_id("protected", change.name), "range": {"sheetId": sheet},
                "description": "Written by funnel at each refresh.", "warningOnly": True,
            }  # fmt: skip
            self.requests.append({"addProtectedRange": {"protectedRange": protected}})

    def _grow(self, tab: Tab, cells: Iterable[Cell]) -> None:
        """Append the rows and columns that the cells need; people may have added some meanwhile."""
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

    # --- removal of our work -------------------------------------------------------------------------------

    def _withdraw(self, change: Withdraw) -> None:
        tab = self._tab(change.tab)
        if change.area is not None:
            self._add_steps(remove_block(tab, change.name, change.area, change.cells, self._read.locale))
            self.watched.append(head_address(tab))
            return
        self.watched.append(quoted(change.tab))
        self._write(change.cells, tab.id, tab)
        self.requests += _without(_our_charts(tab), change.charts)

    def _drop(self, change: DropTab) -> None:
        """Delete a tab last, if the result shows that no person has typed on it."""
        self.watched.append(quoted(change.tab))
        self.last.append({"deleteSheet": {"sheetId": self._tab(change.tab).id}})


def _our_charts(tab: Tab | None) -> dict[str, int]:
    """Return the ids of our charts on a tab, by name."""
    texts = tab.charts.items() if tab else ()
    return {found[1]: key for key, text in texts if (found := ids.CHART_OF_OURS.search(text))}


def _without(there: Mapping[str, int], names: Iterable[str]) -> list[Json]:
    """Return requests that delete those of the charts that exist."""
    return [{"deleteEmbeddedObject": {"objectId": there[name]}} for name in names if name in there]


def _column(sheet: int, column: int, properties: Json) -> Json:
    line = {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": column - 1, "endIndex": column}
    fields = ",".join(properties)
    return {"updateDimensionProperties": {"range": line, "properties": properties, "fields": fields}}
