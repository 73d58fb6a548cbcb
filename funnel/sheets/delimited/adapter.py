"""The adapter for CSV and TSV files: any file that is neither a workbook nor another document."""

from __future__ import annotations

from funnel.sheets.base import FileAdapter
from funnel.sheets.delimited.sheet import DelimitedSheet
from funnel.sheets.other_documents import WORKBOOK_ENDINGS, describe_document
from funnel.sheets.source_file import SourceFile


class DelimitedAdapter(FileAdapter):
    """CSV and TSV files, which are read and never written."""

    kind = "delimited"
    capabilities = DelimitedSheet.capabilities
    endings = (".csv", ".tsv", ".tab", ".txt")

    def recognises(self, file: SourceFile) -> bool:
        """Return True unless a file is a zip container, an old Excel workbook, a PDF, a web page or XML."""
        binary = file.head.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
        return not (binary or file.is_folder or describe_document(file))

    def open(self, source: str, file: SourceFile | None) -> DelimitedSheet:
        """Open a text file.

        Raises
        ------
        ReadError : the file is not text, or has a workbook's name and contains no table.
        """
        sheet = DelimitedSheet(source, file.data if file else None)
        if file and file.ending in WORKBOOK_ENDINGS:
            sheet.check_table()
        return sheet


adapter = DelimitedAdapter()
