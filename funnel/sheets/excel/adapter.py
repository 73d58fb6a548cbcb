"""The adapter for Excel workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from funnel.sheets.base import FileAdapter
from funnel.sheets.excel.kind import CAPABILITIES
from funnel.sheets.source_file import SourceFile

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.sheets.excel.sheet import ExcelSheet

_END_OF_ZIP: Final = b"PK\x05\x06"
_LONGEST_ZIP_END: Final = 65_557  # bytes: the record and a comment of 64 KB


class ExcelAdapter(FileAdapter):
    """Excel workbooks (.xlsx, .xlsm), which are read, changed in place and created."""

    kind = "excel"
    capabilities = CAPABILITIES
    endings = (".xlsx", ".xlsm", ".xls")

    def recognises(self, file: SourceFile) -> bool:
        """Return True for a zip container, and for an old workbook, which is refused when it is opened."""
        return not file.is_folder and (
            file.head.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or _END_OF_ZIP in file.data[-_LONGEST_ZIP_END:]
        )

    def open(self, source: str, file: SourceFile | None) -> ExcelSheet:
        """Open a workbook.

        Raises
        ------
        ReadError : the file is not a workbook, cannot be read, or is hostile.
        """
        from funnel.sheets.excel.sheet import ExcelSheet

        return ExcelSheet(source, file.data if file else None)

    def create(self, source: str, plan: Plan) -> tuple[str, ...]:
        """Create a workbook; return sentences on what could not be written as planned.

        Raises
        ------
        UsageError : the name does not end with .xlsx.
        WriteError : there is a file of that name, or it cannot be written.
        """
        from funnel.sheets.excel.new_workbook import new_workbook

        path = Path(source)
        if path.suffix.lower() != ".xlsx":
            super().create(source, plan)
        return new_workbook(path, plan)


adapter = ExcelAdapter()
