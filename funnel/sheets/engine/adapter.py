"""The adapter for tables of an engine: Parquet files and folders, `duckdb://` and `spark://` addresses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funnel.sheets.base import FileAdapter, Identity
from funnel.sheets.engine.kind import CAPABILITIES, SCHEMES
from funnel.sheets.source_file import SourceFile

if TYPE_CHECKING:
    from funnel.sheets.engine.sheet import EngineSheet


class EngineAdapter(FileAdapter):
    """Tables of an engine, which are read and never written."""

    kind = "engine"
    capabilities = CAPABILITIES
    endings = (".parquet", ".pq")

    def is_address(self, url: str) -> bool:
        """Return True for an address of DuckDB or Spark."""
        return url.startswith(SCHEMES)

    def recognises(self, file: SourceFile) -> bool:
        """Return True for a Parquet file, or a folder that contains some."""
        if file.is_folder:
            return next(file.path.glob("**/*.parquet"), None) is not None
        return file.head.startswith(b"PAR1")

    def open(self, source: str, file: SourceFile | None) -> EngineSheet:
        """Open a table.

        Raises
        ------
        ReadError : the engine is not installed, or the table cannot be read.
        """
        from funnel.sheets.engine.sheet import EngineSheet

        return EngineSheet(source)

    def path(self, source: str) -> Path | None:
        """Return the path of a Parquet file or folder; None for an address."""
        return None if self.is_address(source) else super().path(source)

    def identity(self, source: str) -> Identity:
        """Return the address, or the absolute path with links resolved."""
        return Identity(source, source) if self.is_address(source) else super().identity(source)


adapter = EngineAdapter()
