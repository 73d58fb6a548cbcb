"""The adapter for OpenDocument spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel.sheets.base import FileAdapter
from funnel.sheets.ods.kind import CAPABILITIES
from funnel.sheets.source_file import SourceFile

if TYPE_CHECKING:
    from funnel.sheets.ods.sheet import OdsSheet


class OdsAdapter(FileAdapter):
    """OpenDocument spreadsheets, which are read and never written."""

    kind = "ods"
    capabilities = CAPABILITIES
    endings = (".ods",)

    def recognises(self, file: SourceFile) -> bool:
        """Return True for a zip container whose first part is an OpenDocument type."""
        kind = b"mimetypeapplication/vnd.oasis.opendocument"
        return file.head.startswith(b"PK") and kind in file.head[30:100]

    def open(self, source: str, file: SourceFile | None) -> OdsSheet:
        """Open a spreadsheet.

        Raises
        ------
        ReadError : the file is damaged, protected with a password, or hostile.
        """
        from funnel.sheets.ods.sheet import OdsSheet

        return OdsSheet(source, file.data if file else None)


adapter = OdsAdapter()
