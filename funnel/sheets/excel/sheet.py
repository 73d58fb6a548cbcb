"""Read a workbook on disk tab by tab, and change it by patching its package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funnel.grid import Grid
from funnel.sheets.base import FileSheet
from funnel.sheets.excel.kind import CAPABILITIES
from funnel.sheets.excel.package.parts import SIGNED, Package
from funnel.sheets.excel.read.reader import Reader
from funnel.sheets.tabs import find_tab_name

if TYPE_CHECKING:
    from funnel.plan import Plan


class ExcelSheet(FileSheet):
    """A workbook on disk (.xlsx, .xlsm), as it was when it was opened.

    Parameters
    ----------
    path : the workbook's file.
    data : its bytes, if they have been read already.

    Raises
    ------
    ReadError : the file is not a workbook, not readable, or hostile.

    Examples
    --------
    ``ExcelSheet("clients.xlsx").read("Clients")`` is the tab `Clients` as a Grid.
    """

    capabilities = CAPABILITIES

    def __init__(self, path: str | Path, data: bytes | None = None) -> None:
        super().__init__(path)
        self.package = Package.open(path) if data is None else Package(data, self.source)
        self.version = self.package.version
        self._reader = Reader(self.package)

    @property
    def read_only_reason(self) -> str | None:
        """Why the workbook cannot be written, and what to do instead; None if it can."""
        return SIGNED.format(self.source) if self.package.signed else super().read_only_reason

    def tabs(self) -> tuple[str, ...]:
        """Return the names of the tabs with cells, in their order on screen; with hidden ones."""
        return tuple(sheet.name for sheet in self.package.worksheets)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read one tab, or its first rows (then without the features after the rows, such as merges).

        Raises
        ------
        ReadError : the tab is missing (with the nearest name), damaged or hostile.
        """
        name = find_tab_name(tab, self.tabs(), self.source)
        sheet = next(sheet for sheet in self.package.worksheets if sheet.name == name)
        return self._reader.read(sheet, rows)

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Describe what a user would lose with a tab besides its cells."""
        from funnel.sheets.excel.write.dependents import describe_dependents

        return describe_dependents(self.package, tab)

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make all changes of a plan, or none; return sentences about those not made as planned.

        Raises
        ------
        WriteError : the workbook cannot be written, or has changed since it was read; it is unchanged.
        """
        from funnel.sheets.excel.write.apply import apply_plan

        return apply_plan(self.path, self.package, plan)
