"""Rows and columns inserted, deleted and moved: everything that lies over them follows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .formulas.parse import Ref
from .formulas.rewrite import rewrite
from .state import Book, Tab

Span: TypeAlias = tuple[int | None, int | None]


@dataclass(frozen=True)
class Edit:
    """A change of the rows (or columns) of one tab."""

    sheet_id: int
    rows: bool

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the half-open stretch from `start` to `end` lies afterwards; None when it is gone."""
        raise NotImplementedError


@dataclass(frozen=True)
class Insert(Edit):
    """`count` new lines before line `at`.

    >>> insert = Insert(0, True, 3, 2)
    >>> insert.span(1, 5), insert.span(3, 5), insert.span(0, 3)
    ((1, 7), (5, 7), (0, 3))
    """

    at: int
    count: int

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        by = self.count
        return start + by * (start >= self.at), end + by * (end > self.at)


@dataclass(frozen=True)
class Delete(Edit):
    """Lines from `start` to `end` (half-open) go.

    >>> delete = Delete(0, True, 2, 4)
    >>> delete.span(0, 3), delete.span(2, 4), delete.span(3, 9)
    ((0, 2), None, (2, 7))
    """

    start: int
    end: int

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        def moved(line: int) -> int:
            return line - max(0, min(line, self.end) - self.start)

        left, right = moved(start), moved(end)
        return (left, right) if left < right else None


@dataclass(frozen=True)
class Move(Edit):
    """Lines from `start` to `end` go before line `to` (counted before the move).

    A stretch inside the moved lines goes with them; one that only shares some keeps the rest.

    >>> Move(0, True, 0, 2, 5).span(0, 2), Move(0, True, 0, 2, 5).span(3, 4)
    ((3, 5), (1, 2))
    """

    start: int
    end: int
    to: int

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        count = self.end - self.start
        at = self.to - count if self.to > self.start else self.to
        if self.start <= start and end <= self.end:
            return start - self.start + at, end - self.start + at
        rest = Delete(self.sheet_id, self.rows, self.start, self.end).span(start, end)
        return Insert(self.sheet_id, self.rows, at, count).span(*rest) if rest else None


def apply(book: Book, edit: Edit) -> None:
    """Change the lines of a tab, and let every range, object, formula and anchor follow."""
    tab = book.tab(edit.sheet_id)
    extent = tab.size[0 if edit.rows else 1]
    _lines(tab, edit)
    _overlays(book, tab, edit, extent)
    _formulas(book, tab, edit, extent)
    _frozen(tab, edit, extent)
    book.touch()


def _lines(tab: Tab, edit: Edit) -> None:
    """The lines themselves."""
    if edit.rows:
        tab.rows[:] = _edited(tab.rows, edit)
        tab.row_properties[:] = _edited(tab.row_properties, edit)
        return
    tab.column_properties[:] = _edited(tab.column_properties, edit)
    for row in tab.rows:
        cells = dict(row)
        row.clear()
        for column, cell in sorted(cells.items()):
            span = edit.span(column, column + 1)
            if span:
                row[span[0]] = cell


def _edited(lines: list[Any], edit: Edit) -> list[Any]:
    if isinstance(edit, Insert):
        return lines[: edit.at] + [{} for _ in range(edit.count)] + lines[edit.at :]
    if isinstance(edit, Delete):
        return lines[: edit.start] + lines[edit.end :]
    assert isinstance(edit, Move)
    block, rest = lines[edit.start : edit.end], lines[: edit.start] + lines[edit.end :]
    at = edit.to - len(block) if edit.to > edit.start else edit.to
    return rest[:at] + block + rest[at:]


def shifted(grid_range: dict[str, Any], edit: Edit) -> dict[str, Any] | None:
    """A GridRange after an edit; None when nothing of it is left."""
    if grid_range.get("sheetId", 0) != edit.sheet_id:
        return grid_range
    first, last = ("startRowIndex", "endRowIndex") if edit.rows else ("startColumnIndex", "endColumnIndex")
    return _shifted(grid_range, edit, first, last)


def _shifted(item: dict[str, Any], edit: Edit, first: str, last: str) -> dict[str, Any] | None:
    """A dictionary with two bounds, either open, after an edit."""
    start, end = item.get(first), item.get(last)
    if start is None and end is None:
        return item
    far = 10**9
    span = edit.span(start or 0, far if end is None else end)
    if span is None:
        return None
    moved = dict(item)
    if start is not None:
        moved[first] = span[0]
    if end is not None:
        moved[last] = span[1]
    return moved


def _overlays(book: Book, tab: Tab, edit: Edit, extent: int) -> None:
    """Merges, rules, protections, filter, charts, groups, names and metadata."""
    tab.merges = [moved for merge in tab.merges if (moved := shifted(merge, edit))]
    tab.conditional = [moved for rule in tab.conditional if (moved := _rule(rule, book.locale, edit, extent))]
    tab.protected = [moved for item in tab.protected if (moved := _ranged(item, edit))]
    tab.banded = [moved for item in tab.banded if (moved := _ranged(item, edit))]
    tab.filter = _ranged(tab.filter, edit) if tab.filter else None
    book.named = [moved for item in book.named if (moved := _ranged(item, edit))]
    groups = "row_groups" if edit.rows else "column_groups"
    setattr(tab, groups, [moved for item in getattr(tab, groups) if (moved := _dimension(item, edit))])
    for each in book.tabs:
        each.charts = [_chart(chart, edit) for chart in each.charts]
    book.metadata = [moved for item in book.metadata if (moved := _metadata(item, edit))]


def _ranged(item: dict[str, Any], edit: Edit) -> dict[str, Any] | None:
    """An object with one range, and perhaps holes in it."""
    if "range" not in item:
        return item
    moved = shifted(item["range"], edit)
    if moved is None:
        return None
    found = {**item, "range": moved}
    if "unprotectedRanges" in item:
        found["unprotectedRanges"] = [r for hole in item["unprotectedRanges"] if (r := shifted(hole, edit))]
    return found


def _rule(rule: dict[str, Any], locale: str, edit: Edit, extent: int) -> dict[str, Any] | None:
    """A conditional format; gone with the last of its ranges.

    Its formula is written for its first cell: what is relative there goes where that cell goes.
    """
    left = [moved for found in rule.get("ranges", []) if (moved := shifted(found, edit))]
    if not left:
        return None
    key = "startRowIndex" if edit.rows else "startColumnIndex"
    by = left[0].get(key, 0) - rule["ranges"][0].get(key, 0)
    moved = {**copy.deepcopy(rule), "ranges": left}
    _rewrite_rule(moved, locale, lambda ref: _rule_ref(ref, edit, extent, by))
    return moved


def _rule_ref(ref: Ref, edit: Edit, extent: int, by: int) -> Ref | None:
    """A reference in a rule: fixed ends follow the edit, relative ends follow the rule's first cell."""
    first, last = ("top", "bottom") if edit.rows else ("left", "right")
    fixed = ref.fixed[0 if edit.rows else 1], ref.fixed[2 if edit.rows else 3]
    moved = moved_ref(ref, edit, extent) if any(fixed) else ref
    if moved is None:
        return None
    ends = {
        name: value + by
        for name, stays in zip((first, last), fixed, strict=True)
        if not stays and (value := getattr(ref, name)) is not None
    }
    return None if any(value < 0 for value in ends.values()) else replace(moved, **ends)


def _dimension(item: dict[str, Any], edit: Edit) -> dict[str, Any] | None:
    moved = _shifted(item["range"], edit, "startIndex", "endIndex")
    return {**item, "range": moved} if moved else None


def _metadata(item: dict[str, Any], edit: Edit) -> dict[str, Any] | None:
    """Developer metadata on a row or column moves and dies with it."""
    place = item["location"].get("dimensionRange")
    if not place or place.get("sheetId", 0) != edit.sheet_id or (place["dimension"] == "ROWS") != edit.rows:
        return item
    moved = _shifted(place, edit, "startIndex", "endIndex")
    return {**item, "location": {**item["location"], "dimensionRange": moved}} if moved else None


def _chart(chart: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """A chart: its sources (a source that is gone is empty) and its anchor."""

    def follow(node: Any) -> Any:
        if isinstance(node, list):
            return [follow(item) for item in node]
        if not isinstance(node, dict):
            return node
        found = {key: follow(item) for key, item in node.items()}
        if "sources" in node:
            found["sources"] = [moved for source in node["sources"] if (moved := shifted(source, edit))]
        return found

    moved: dict[str, Any] = follow(chart)
    anchor = moved.get("position", {}).get("overlayPosition", {}).get("anchorCell")
    if anchor is not None and anchor.get("sheetId", 0) == edit.sheet_id:
        key = "rowIndex" if edit.rows else "columnIndex"
        at = anchor.get(key, 0)
        span = edit.span(at, at + 1)
        anchor[key] = span[0] if span else getattr(edit, "start", at)
    return moved


def _frozen(tab: Tab, edit: Edit, extent: int) -> None:
    """Frozen lines grow and shrink with what happens among them."""
    key = "frozenRowCount" if edit.rows else "frozenColumnCount"
    frozen = tab.properties["gridProperties"].get(key, 0)
    if frozen and not isinstance(edit, Move):
        span = edit.span(0, frozen)
        tab.properties["gridProperties"][key] = span[1] if span else 0


# --- formulas ----------------------------------------------------------------------------------------------


def _formulas(book: Book, tab: Tab, edit: Edit, extent: int) -> None:
    """Every formula in a cell that looks at the tab."""

    def change(home: Tab) -> Callable[[Ref], Ref | None]:
        def follow(ref: Ref) -> Ref | None:
            seen = home if ref.tab is None else book.tab_named(ref.tab)
            return moved_ref(ref, edit, extent) if seen is tab else ref

        return follow

    rewrite_cells(book, change)


def rewrite_cells(book: Book, change: Callable[[Tab], Callable[[Ref], Ref | None]]) -> None:
    """Rewrite every formula in a cell."""
    for home in book.tabs:
        follow = change(home)
        for row in home.rows:
            for column, cell in row.items():
                value = cell.get("userEnteredValue")
                if value and "formulaValue" in value:
                    text = rewrite(value["formulaValue"], book.locale, follow)
                    if text != value["formulaValue"]:
                        row[column] = {**cell, "userEnteredValue": {"formulaValue": text}}


def _rewrite_rule(rule: dict[str, Any], locale: str, follow: Callable[[Ref], Ref | None]) -> None:
    for value in rule.get("booleanRule", {}).get("condition", {}).get("values", []):
        if str(value.get("userEnteredValue", "")).startswith("="):
            value["userEnteredValue"] = rewrite(value["userEnteredValue"], locale, follow)


def renamed(book: Book, old: str, new: str | None) -> None:
    """Formulas after a tab was renamed, or deleted (`new` is None)."""

    def follow(ref: Ref) -> Ref | None:
        if ref.tab is None or ref.tab.lower() != old.lower():
            return ref
        return replace(ref, tab=new) if new is not None else None

    rewrite_cells(book, lambda _: follow)


def moved_ref(ref: Ref, edit: Edit, extent: int) -> Ref | None:
    """A reference after an edit; None when its cells are gone."""
    first, last = (ref.top, ref.bottom) if edit.rows else (ref.left, ref.right)
    if first is None and last is None:
        return ref
    span = edit.span(first or 0, extent + 10**6 if last is None else last + 1)
    if span is None:
        return None
    start = None if first is None else span[0]
    end = None if last is None else span[1] - 1
    return replace(ref, top=start, bottom=end) if edit.rows else replace(ref, left=start, right=end)
