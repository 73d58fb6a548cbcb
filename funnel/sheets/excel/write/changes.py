"""Turn the changes of a plan into changes of a package: a `SheetPatch` for each tab, and other parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from funnel.errors import WriteError
from funnel.grid import Area, Grid, Value, cell_name
from funnel.plan import (
    OUR_FILLS,
    Cell,
    Change,
    DropTab,
    Formula,
    Link,
    PutBlock,
    PutFills,
    PutRows,
    PutRules,
    PutTab,
    PutValue,
    Withdraw,
)
from funnel.sheets.excel.package import workbook
from funnel.sheets.excel.package import zip_writer as zipwriter
from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.ooxml import SPREADSHEET_TYPE
from funnel.sheets.excel.read.reader import Reader
from funnel.sheets.excel.write import drawings, tail_elements
from funnel.sheets.excel.write.cells import EMPTY, LONGEST_TEXT, encode, too_long
from funnel.sheets.excel.write.charts import fill_caches
from funnel.sheets.excel.write.new_tab import new_sheet
from funnel.sheets.excel.write.patch import SheetPatch
from funnel.sheets.excel.write.remove_tab import drop_tab
from funnel.sheets.excel.write.rows import Edit, Restyle
from funnel.sheets.excel.write.stylesheet import BLANK, Stylesheet
from funnel.sheets.excel.write.texts import Texts
from funnel.text import nearest

_DATE, _TIME, _CLOCK = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"


class Changes:
    """The changes of a plan, to be made in a draft.

    Attributes
    ----------
    notes : sentences about the changes that could not be made as planned.
    """

    def __init__(self, draft: Draft) -> None:
        self.notes: list[str] = []
        self._draft = draft
        self._parts = {sheet.name: sheet.part for sheet in draft.package.sheets if sheet.kind == "worksheet"}
        self._texts = Texts(draft)
        self._patches: dict[str, SheetPatch] = {}
        self._charted: dict[str, str] = {}  # tab -> its drawing part
        self._written: dict[str, dict[tuple[int, int], Value]] = {}

    def add(self, change: Change) -> None:
        """Add one change."""
        match change:
            case PutBlock():
                self._put_block(change)
            case PutValue():
                self._write(change.tab, change.cell, _unchanged)
            case PutRows():
                for cell in change.cells:
                    date = change.formats.get(cell.column, _DATE) if isinstance(cell.value, dt.date) else ""
                    self._write(change.tab, cell, partial(self._client_look, date=date))
            case PutRules():
                format_of = self._styles.rule_format
                rules = partial(tail_elements.put_rules, rules=change.rules, format_of=format_of)
                self._patch(change.tab).tail_edits.append(rules)
            case PutFills():
                self._put_fills(change)
            case PutTab():
                self._put_tab(change)
            case Withdraw():
                self._withdraw(change)
            case DropTab():
                drop_tab(self._draft, change.tab, self._parts.pop(self._tab(change.tab)))
                workbook.drop_anchor(self._draft, change.name)

    def finish(self) -> None:
        """Make the changes in the draft: first the tabs, then the parts that depend on them."""
        lost_formula = False
        for tab, patch in self._patches.items():
            part = self._parts[tab]
            self._draft.packed[part] = patch.run(partial(self._draft.stream, part), zipwriter.pack)
            lost_formula |= patch.lost_formula
        if lost_formula:
            workbook.drop_calculation_chain(self._draft)
        for tab, drawing in self._charted.items():
            for chart in drawings.our_charts(self._draft, drawing):
                fill_caches(self._draft.tree(chart.part), self._value_of(tab))
        self._texts.save()
        if "_styles" in self.__dict__:
            self._save_styles()

    def patches(self) -> Iterator[tuple[str, SheetPatch]]:
        """Yield each patched part, with a patch of its cells only."""
        for tab, patch in self._patches.items():
            yield self._parts[tab], replace(patch, tail_edits=[])

    # --- styles ------------------------------------------------------------------------------------------

    @cached_property
    def _styles_part(self) -> str | None:
        return next(iter(self._draft.related(self._draft.package.workbook, "styles")), None)

    @cached_property
    def _styles(self) -> Stylesheet:
        part = self._styles_part
        data = BLANK if part is None else self._draft.package.read(part)
        return Stylesheet(data, self._draft.where(part or "xl/styles.xml"))

    def _save_styles(self) -> None:
        """Save the styles; add a part for them if the workbook has none."""
        book = self._draft.package.workbook
        if self._styles_part is not None:
            if self._styles.changed:
                self._draft.replace(self._styles_part, self._styles.data())
            return
        part = self._draft.unused_name(book.rpartition("/")[0] + "/styles{}.xml", first="")
        self._draft.add(part, self._styles.data(), SPREADSHEET_TYPE + "styles+xml")
        self._draft.relate(book, "styles", part)

    # --- the changes -------------------------------------------------------------------------------------

    def _put_block(self, change: PutBlock) -> None:
        """Write a block of funnel's cells on a client tab, and its anchor."""
        ours = self._styles.ours
        before = change.previous
        for cell in change.cells:
            mine = before is not None and before.contains(cell.row, cell.column)
            look = self._look(cell)
            if cell.value is None:
                restyle = _remove_look(ours)
            else:
                restyle = _keep_manual(look, ours) if mine else _set_look(look)
            self._write(change.tab, cell, restyle)
        workbook.set_anchor(self._draft, change.name, self._tab(change.tab), change.area)

    def _put_fills(self, change: PutFills) -> None:
        """Set and remove fills; the rest of each cell's format is kept."""
        patch = self._patch(change.tab)
        strokes: list[tuple[Sequence[Area], str | None]] = [(change.cleared, None)]
        strokes += [(areas, OUR_FILLS[color]) for color, areas in change.painted]
        for areas, shade in strokes:
            edit = Edit(None, partial(self._painted, shade=shade))
            for area in areas:
                for row in range(area.top, area.bottom + 1):
                    for column in range(area.left, area.right + 1):
                        patch.edit(row, column, edit)

    def _client_look(self, style: int, exists: bool, date: str) -> int | None:
        """Keep the style of a client's cell, without a look of ours; a date needs a date format."""
        kept = 0 if style in self._styles.ours else style
        return (self._styles.dated(kept, date) if date else kept) or (0 if exists else None)

    def _painted(self, style: int, exists: bool, shade: str | None) -> int | None:
        return self._styles.painted(style, shade) if exists or shade else None

    def _put_tab(self, change: PutTab) -> None:
        """Write cells, links and charts on one of funnel's tabs."""
        if change.create:
            self._create(change)
        else:
            self._patch(change.tab).hidden = change.hide
        ours = self._styles.ours
        links: dict[tuple[int, int], Link] = {}
        for cell in change.cells:
            look = self._look(cell)
            if cell.value is None and not (change.create and look):
                restyle = _remove_look(ours)
            else:
                restyle = _keep_manual(look, ours)
            if isinstance(cell.value, Link):
                links[cell.row, cell.column] = cell.value
            self._write(change.tab, cell, restyle)
        self._put_links(change, links)
        self._put_charts(change)
        if change.name:
            workbook.set_anchor(self._draft, change.name, self._tab(change.tab), Area(1, 1, 1, 1))

    def _create(self, change: PutTab) -> None:
        """Add a new tab as the last one."""
        if any(name.casefold() == change.tab.casefold() for name in self._parts):
            raise WriteError(f"There is a tab {change.tab!r} already. Nothing was changed. Refresh again.")
        data = new_sheet(change, self._styles.look)
        self._parts[change.tab] = workbook.add_tab(self._draft, change.tab, data)

    def _put_charts(self, change: PutTab) -> None:
        part = self._parts[self._tab(change.tab)]
        drawing = drawings.drawing_of(self._draft, part)
        if drawing is None and not change.charts:
            return
        if drawing is None:
            link = drawings.new_drawing(self._draft, part)
            drawing = drawings.drawing_of(self._draft, part)
            strict = self._draft.package.strict
            put = partial(tail_elements.put_drawing, link=link, strict=strict)
            self._patch(change.tab).tail_edits.append(put)
        assert drawing is not None
        drawings.put_charts(self._draft, drawing, change.tab, change.charts, change.remove_charts)
        self._charted[change.tab] = drawing

    def _withdraw(self, change: Withdraw) -> None:
        """Remove funnel's cells, links and charts from a tab that stays."""
        for cell in change.cells:
            self._write(change.tab, cell, _remove_look(self._styles.ours))
        if change.area is None:
            self._put_links(change, {})
        drawing = drawings.drawing_of(self._draft, self._parts[self._tab(change.tab)])
        if drawing is not None:
            drawings.put_charts(self._draft, drawing, change.tab, (), change.charts)
        workbook.drop_anchor(self._draft, change.name)

    def _put_links(self, change: PutTab | Withdraw, links: Mapping[tuple[int, int], Link]) -> None:
        """Replace the links of the cells of a change."""
        written = {(cell.row, cell.column) for cell in change.cells}
        put = partial(tail_elements.put_links, written=written, links=links)
        self._patch(change.tab).tail_edits.append(put)

    # --- cells -------------------------------------------------------------------------------------------

    def _tab(self, name: str) -> str:
        """Return the name of a tab; raise a WriteError if there is none."""
        if name not in self._parts:
            near = nearest(name, list(self._parts))
            hint = f" Did you mean {near!r}?" if near else ""
            raise WriteError(f"{self._draft.package.source} has no tab {name!r}, so it is unchanged.{hint}")
        return name

    def _patch(self, tab: str) -> SheetPatch:
        """Return the patch of a tab."""
        if tab not in self._patches:
            self._patches[tab] = SheetPatch(f"{self._draft.package.source}, tab {self._tab(tab)!r},")
        return self._patches[tab]

    def _write(self, tab: str, cell: Cell, restyle: Restyle) -> None:
        """Add a cell to the patch of its tab, and a note if its text has to be truncated."""
        if isinstance(cell.value, str) and too_long(cell.value):
            where = f"Tab {tab!r}, cell {cell_name(cell.row, cell.column)}"
            self.notes.append(
                f"{where}: the text was cut after {LONGEST_TEXT:,} characters, the limit of a cell."
            )
        content = (
            EMPTY
            if cell.value is None
            else encode(cell.value, self._draft.package.date1904, self._texts.content)
        )
        self._patch(tab).edit(cell.row, cell.column, Edit(content, restyle))
        self._written.setdefault(tab, {})[cell.row, cell.column] = _value(cell)

    def _look(self, cell: Cell) -> int:
        """Return the index of a cell's look; a date always has a date format."""
        value = _value(cell)
        formats: dict[type, str] = {dt.date: _DATE, dt.datetime: _TIME, dt.time: _CLOCK}
        return self._styles.look(cell.style, formats.get(type(value)))

    def _value_of(self, tab: str) -> Callable[[int, int], Value]:
        """Return a function that gives the values of a tab's cells after the plan is applied."""
        written = self._written.get(tab, {})
        sheets = {sheet.name: sheet for sheet in self._draft.package.sheets}
        old = Reader(self._draft.package).read(sheets[tab]) if tab in sheets else Grid(tab, ())
        return lambda row, column: written[row, column] if (row, column) in written else old[row, column]


def _value(cell: Cell) -> Value:
    """Return the value that a cell shows."""
    if isinstance(cell.value, Formula):
        return cell.value.cached
    return cell.value.text if isinstance(cell.value, Link) else cell.value


def _unchanged(style: int, exists: bool) -> int | None:
    """Keep the style of a cell."""
    return style or None if not exists else style


def _set_look(look: int) -> Restyle:
    """Set a look, whatever the cell's style: blank cells may be formatted as dates."""
    return lambda style, exists: look


def _keep_manual(look: int, ours: frozenset[int]) -> Restyle:
    """Set a look, unless the cell was formatted manually."""
    return lambda style, exists: look if not exists or style in ours else style


def _remove_look(ours: frozenset[int]) -> Restyle:
    """Remove funnel's look, unless the cell was formatted manually."""
    return lambda style, exists: style if exists and style not in ours else None
