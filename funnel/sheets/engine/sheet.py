"""`EngineSheet`: a table of an engine as a sheet that is read, first rows only, and never written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import narwhals as nw

from funnel.errors import ReadError, WriteError
from funnel.grid import Grid
from funnel.sheets.dataframe import grid_of
from funnel.sheets.engine.kind import CAPABILITIES, SCHEMES
from funnel.sheets.engine.open_table import empty_files, open_table
from funnel.text import listed

FIRST_ROWS = 2000
TAB = ""


class EngineSheet:
    """A table of an engine. It has one tab, without a name.

    Parameters
    ----------
    source : a Parquet file or folder, or an address: see `open_table`.
    """

    capabilities = CAPABILITIES

    def __init__(self, source: str) -> None:
        self.source = source
        self.path = None if source.startswith(SCHEMES) else Path(source)
        self.version = ""
        self.can_write = False
        self.log_path: Path | None = None

    def __repr__(self) -> str:
        return f"EngineSheet({self.source!r})"

    @property
    def read_only_reason(self) -> str:
        """Why funnel does not write a table, and what to do instead."""
        return (
            f"{self.source} is {self.capabilities.label}, which funnel reads but does not write. Write the "
            f"results into a workbook: funnel report '{self.source}' -o summary.xlsx"
        )

    @cached_property
    def table(self) -> Any:
        """The native table: a DuckDB relation, a Polars or Spark frame."""
        return open_table(self.source)

    def tabs(self) -> tuple[str, ...]:
        """Return the one tab."""
        return (TAB,)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read the first rows of the table; there is no way to read all.

        Raises
        ------
        ReadError : another tab is named, or the table cannot be read.
        """
        if tab not in (TAB, self.source):
            raise ReadError(f"{self.source} is a table and has no tabs, so there is no tab {tab!r}.")
        frame = nw.from_native(self.table).lazy()
        grid = grid_of(frame.head(rows or FIRST_ROWS).collect().to_pandas())
        return replace(grid, notes=(*grid.notes, *self._empty_files()))

    def _empty_files(self) -> Iterator[str]:
        """Yield a sentence on files of a folder that have no rows."""
        if self.path is None or not (empty := empty_files(self.path)):
            return
        n = len(list(self.path.glob("**/*.parquet")))
        yield f"{len(empty)} of {n} files {'has' if len(empty) == 1 else 'have'} no rows: {listed(empty)}"

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Return nothing: a table has no tab of ours."""
        return ()

    def apply(self, plan: object) -> NoReturn:
        """Refuse.

        Raises
        ------
        WriteError : always, with `read_only_reason`.
        """
        raise WriteError(self.read_only_reason)
