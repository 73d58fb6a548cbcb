"""What we write over on our own tabs, kept aside in the same batch: nothing a person types there is lost.

The service knows no precondition: a batch is applied to the rows that are there when it arrives, which may
be others than those that were read. So each cell is copied to a hidden tab just before it is written, in
order, within the batch. Its answer brings that tab along; where it holds other than what was read, somebody
was at the sheet meanwhile, and their cells are pasted back (docs/decisions/0011).
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
    """Cells of a tab, and the row of the hidden tab where they are kept from, in the same columns.

    `whole` is what is copied: the area, with all of the merged cells that reach into it.
    """

    tab: Tab
    area: Area
    whole: Area
    row: int

    @property
    def there(self) -> Area:
        """The area where they are kept."""
        return Area(
            self.row, self.whole.left, self.row + self.whole.bottom - self.whole.top, self.whole.right
        )


class Aside:
    """The hidden tab of one batch.

    Parameters
    ----------
    before : the spreadsheet as the plan was made for it.
    """

    def __init__(self, before: Snapshot) -> None:
        standing = [key for key in ids.ASIDE if before.by_id(key)]
        self.id = next(key for key in ids.ASIDE if key not in standing[:1])
        self._old = standing
        theirs = before.titles - {before.by_id(key).grid.tab for key in standing}  # type: ignore[union-attr]
        taken = {title.casefold() for title in theirs}
        numbered = (f"{TITLE} ({n})" for n in range(2, len(taken) + 3))
        self.title = next(free for free in (TITLE, *numbered) if free.casefold() not in taken)
        self._kept: list[_Kept] = []
        self._rows = 0

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def address(self) -> str:
        """All of it, for reading it back."""
        return quoted(self.title)

    def keep(self, tab: Tab, area: Area) -> Json:
        """The request that copies an area, for just before it is written."""
        kept = _Kept(tab, area, _with_merges(area, tab.grid.merges), self._rows + 1)
        self._kept.append(kept)
        self._rows = kept.there.bottom
        return _paste(tab.id, kept.whole, self.id, kept.there)

    def made(self) -> list[Json]:
        """The requests that make the tab anew, for the beginning of the batch."""
        columns = max(kept.whole.right for kept in self._kept)
        properties = {
            "sheetId": self.id, "title": self.title, "hidden": True,
            "gridProperties": {"rowCount": self._rows, "columnCount": columns},
        }  # fmt: skip
        return [*self.gone(), {"addSheet": {"properties": properties}}]

    def gone(self) -> list[Json]:
        """The requests that take away what an earlier batch left."""
        return [{"deleteSheet": {"sheetId": key}} for key in self._old]

    def left(self) -> list[Json]:
        """The requests that take away the tab itself, or else what an earlier batch left."""
        return [{"deleteSheet": {"sheetId": self.id}}] if self else self.gone()

    def changed(self, after: Snapshot, some: bool = False) -> Iterator[str]:
        """Name the cells that held other than what was read when we wrote them.

        Parameters
        ----------
        some : the batch may have been applied in part: what is not kept was not written over.
        """
        for kept in self._written(after, some):
            aside = after.by_id(self.id)
            for row in range(kept.area.top, kept.area.bottom + 1):
                for column in range(kept.area.left, kept.area.right + 1):
                    at = kept.row + row - kept.whole.top, column
                    if aside is None or _seen(kept.tab.grid, (row, column)) != _seen(aside.grid, at):
                        yield f"{cell_name(row, column)} on tab {kept.tab.grid.tab!r}"

    def put_back(self, after: Snapshot, some: bool = False) -> list[Json]:
        """The requests that give every cell back as it was, the last that was written first."""
        written = self._written(after, some)[::-1]
        return [_paste(self.id, kept.there, kept.tab.id, kept.whole) for kept in written]

    def _written(self, after: Snapshot, some: bool) -> list[_Kept]:
        if not some:
            return self._kept
        aside = after.by_id(self.id)
        return [kept for kept in self._kept if aside and any(_filled(aside.grid, kept.there))]


def _with_merges(area: Area, merges: tuple[Area, ...]) -> Area:
    """An area that cuts no merged cells, which cannot be copied in part.

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
    """Whether each cell of an area holds anything."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield grid[row, column] is not None or (row, column) in grid.formulas


def _seen(grid: Grid, at: tuple[int, int]) -> tuple[object, ...]:
    """What of a cell a person could have changed. A copied formula names other cells: it counts as one."""
    formula = at in grid.formulas
    value = None if formula else grid[at]
    if value is None:
        return (formula,)
    style = grid.style(*at)
    return type(value), value, style.fill, style.bold


def _paste(sheet: int, area: Area, to_sheet: int, to: Area) -> Json:
    source, destination = grid_range(sheet, area), grid_range(to_sheet, to)
    return {"copyPaste": {"source": source, "destination": destination, "pasteType": "PASTE_NORMAL"}}
