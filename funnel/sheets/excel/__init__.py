"""Excel workbooks: read as Grids by our own streamed parser, changed by patching the package in place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.grid import Grid
from funnel.sheets.excel.package.parts import SIGNED, Package
from funnel.sheets.excel.read.reader import Reader
from funnel.sheets.tabs import find_tab_name

if TYPE_CHECKING:
    from funnel.plan import Plan


class ExcelSheet:
    """A workbook on disk (.xlsx, .xlsm), read as it was when it was opened.

    Parameters
    ----------
    path : the workbook's file.
    data : its bytes, where somebody has read them already.

    Raises
    ------
    ReadError : where the file is no workbook, cannot be read, or is hostile.

    Examples
    --------
    ``ExcelSheet("clients.xlsx").read("Clients")`` is the tab `Clients` as a Grid.
    """

    def __init__(self, path: str | Path, data: bytes | None = None) -> None:
        self.path = Path(path)
        self.source = str(path)
        self.package = Package.open(path) if data is None else Package(data, self.source)
        self.version = self.package.version
        self._reader = Reader(self.package)

    def __repr__(self) -> str:
        return f"ExcelSheet({self.source!r})"

    @property
    def read_only(self) -> str | None:
        """Why the workbook cannot be written, with the way out, or None where it can."""
        if self.package.signed:
            return SIGNED.format(self.source)
        if self.path.exists() and not os.access(self.path, os.W_OK):
            new = f"funnel refresh {self.path.name} -o new{self.path.suffix}"
            return f"{self.source} is write-protected. Write into a new workbook: {new}"
        return None

    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs that hold cells, in the order a person sees them; hidden ones too."""
        return tuple(sheet.name for sheet in self.package.worksheets)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """One tab, or its first rows (then without what the file keeps after the rows, such as merges).

        Raises
        ------
        ReadError : where the tab is missing (with the nearest name), damaged or hostile.
        """
        name = find_tab_name(tab, self.tabs(), self.source)
        sheet = next(sheet for sheet in self.package.worksheets if sheet.name == name)
        return self._reader.read(sheet, rows)

    def attached(self, tab: str) -> tuple[str, ...]:
        """What a person would lose with a tab besides its cells, in words."""
        from funnel.sheets.excel.write.dependents import attached

        return attached(self.package, tab)

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make every change of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        WriteError : where the workbook cannot be written, or has changed since it was read; it is unchanged.
        """
        from funnel.sheets.excel.write.apply import apply_plan

        return apply_plan(self.path, self.package, plan)
