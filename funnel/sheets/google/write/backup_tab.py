"""A hidden tab with copies of the cells that a batch overwrites on our own tabs, so that nothing is lost.

The service has no preconditions: a batch is applied to the rows that exist when it arrives, which may differ
from those that were read. So each cell is copied to a hidden tab just before it is written, within the batch.
The response contains that tab; if a copy differs from what was read, somebody changed the sheet meanwhile,
and their cells are pasted back (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from funnel.grid import Area, Grid, cell_name, quoted
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab
from funnel.sheets.google.write.charts import grid_range

Json = dict[str, Any]

TITLE = "Before funnel's last refresh"


@dataclass(frozen=True, slots=True)
class _Kept:
    """Cells of a tab, and the first row of their copy on the hidden tab, in the same columns.

    `whole` is the copied area: the area with all merged cells that overlap it.
    """

    tab: Tab
    area: Area
    whole: Area
    row: int

    @property
    def there(self) -> Area:
        """The area of the copy."""
        return Area(
            self.row, self.whole.left, self.row + self.whole.bottom - self.whole.top, self.whole.right
        )


class BackupTab:
    """The backup tab of one batch.

    Parameters
    ----------
    before : the spreadsheet that the plan was made for.
    """

    def __init__(self, before: Snapshot) -> None:
        existing = [key for key in ids.BACKUP_TABS if before.by_id(key)]
        self.id = next(key for key in ids.BACKUP_TABS if key not in existing[:1])
        self._old = existing
        theirs = before.titles - {before.by_id(key).grid.tab for key in existing}  # type: ignore[union-attr]
        taken = {title.casefold() for title in theirs}
        numbered = (f"{TITLE} ({n})" for n in range(2, len(taken) + 3))
        self.title = next(free for free in (TITLE, *numbered) if free.casefold() not in taken)
        self._kept: list[_Kept] = []
        self._rows = 0

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def address(self) -> str:
        """The address of the whole tab, to read it back."""
        return quoted(self.title)

    def copy_request(self, tab: Tab, area: Area) -> Json:
        """Return the request that copies an area, to be sent just before it is written."""
        kept = _Kept(tab, area, _with_merges(area, tab.grid.merges), self._rows + 1)
        self._kept.append(kept)
        self._rows = kept.there.bottom
        return _paste(tab.id, kept.whole, self.id, kept.there)

    def create_requests(self) -> list[Json]:
        """Return the requests that create the tab, for the beginning of the batch."""
        columns = max(kept.whole.right for kept in self._kept)
        properties = {
            "sheetId": self.id, "title": self.title, "hidden": True,
            "gridProperties": {"rowCount": self._rows, "columnCount": columns},
        }  # fmt: skip
        return [*self.delete_old_requests(), {"addSheet": {"properties": properties}}]

    def delete_old_requests(self) -> list[Json]:
        """Return the requests that delete the tab of an earlier batch."""
        return [{"deleteSheet": {"sheetId": key}} for key in self._old]

    def cleanup_requests(self) -> list[Json]:
        """Return the requests that delete this tab, or that of an earlier batch."""
        return [{"deleteSheet": {"sheetId": self.id}}] if self else self.delete_old_requests()

    def changed(self, after: Snapshot, some: bool = False) -> Iterator[str]:
        """Yield the names of the cells that had changed between reading and overwriting.

        Parameters
        ----------
        some : the batch may have been applied in part: cells without a copy were not overwritten.
        """
        for kept in self._written(after, some):
            aside = after.by_id(self.id)
            for row in range(kept.area.top, kept.area.bottom + 1):
                for column in range(kept.area.left, kept.area.right + 1):
                    at = kept.row + row - kept.whole.top, column
                    if aside is None or _seen(kept.tab.grid, (row, column)) != _seen(aside.grid, at):
                        yield f"{cell_name(row, column)} on tab {kept.tab.grid.tab!r}"

    def put_back(self, after: Snapshot, some: bool = False) -> list[Json]:
        """Return the requests that restore every cell, in reverse order of writing."""
        written = self._written(after, some)[::-1]
        return [_paste(self.id, kept.there, kept.tab.id, kept.whole) for kept in written]

    def _written(self, after: Snapshot, some: bool) -> list[_Kept]:
        if not some:
            return self._kept
        aside = after.by_id(self.id)
        return [kept for kept in self._kept if aside and any(_filled(aside.grid, kept.there))]


def _with_merges(area: Area, merges: tuple[Area, ...]) -> Area:
    """Extend an area to whole merged cells, which cannot be copied in part.

    >>> _with_merges(Area(2, 2, 2, 4), (Area(2, 4, 3, 5), Area(3, 5, 4, 5), Area(9, 9, 9, 10))).a1
    'B2:E4'
    """
    for merge in merges:
        if merge.overlaps(area) and not (
            area.contains(merge.top, merge.left) and area.contains(merge.bottom, merge.right)
        ):
            wider = Area(
                min(area.top, merge.top), min(area.left, merge.left),
                max(area.bottom, merge.bottom), max(area.right, merge.right),
            )  # fmt: skip
            return _with_merges(wider, merges)
    return area


def _filled(grid: Grid, area: Area) -> Iterator[bool]:
    """Yield for each cell of an area if it has content."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield grid[row, column] is not None or (row, column) in grid.formulas


def _seen(grid: Grid, at: tuple[int, int]) -> tuple[object, ...]:
    """Return the parts of a cell to compare. A copied formula refers to other cells, so all are equal."""
    formula = at in grid.formulas
    value = None if formula else grid[at]
    if value is None:
        return (formula,)
    style = grid.style(*at)
    return type(value), value, style.fill, style.bold


def _paste(sheet: int, area: Area, to_sheet: int, to: Area) -> Json:
    source, destination = grid_range(sheet, area), grid_range(to_sheet, to)
    return {"copyPaste": {"source": source, "destination": destination, "pasteType": "PASTE_NORMAL"}}
