"""What every sheet and every adapter can do, and defaults for files.

An adapter is one kind of sheet: it recognises a source, opens it, and creates a new one. To add a kind, write
a folder with an `Adapter` and a `Sheet`, and register the adapter in the entry point group `funnel.sheets`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from funnel.errors import UsageError, WriteError
from funnel.grid import Grid
from funnel.text import home_path, real_path

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.sheets.files import Written
    from funnel.sheets.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one kind of sheet can do; known before a sheet is opened.

    Parameters
    ----------
    label : the kind in a sentence, such as "a Google Sheet".
    writable : a refresh can write into it.
    formats : it keeps colours, number formats and conditional formats.
    charts : it keeps charts.
    text_only : its cells have no type; every value is text.
    copied_whole : a copy is made by copying the file; otherwise a new client tab is written.
    rows_may_move : other people can insert and sort rows between reading and writing.
    in_engine : its rows stay in a database or data lake; only results are read into memory.
    version_history : the menu where the service lists earlier versions; None if funnel keeps backups.
    """

    label: str
    writable: bool = False
    formats: bool = False
    charts: bool = False
    text_only: bool = False
    copied_whole: bool = False
    rows_may_move: bool = False
    in_engine: bool = False
    version_history: str | None = None


class Sheet(Protocol):
    """An Excel workbook, a Google Sheet, a CSV or ODS file."""

    capabilities: Capabilities
    """What this kind of sheet can do."""

    @property
    def source(self) -> str:
        """The sheet as the user named it: a path or a URL."""

    @property
    def path(self) -> Path | None:
        """The file on this computer; None for a service."""

    @property
    def version(self) -> str:
        """The version that was opened: a hash of the file's bytes, or a revision."""

    @property
    def can_write(self) -> bool:
        """True if this sheet can be written."""

    @property
    def read_only_reason(self) -> str | None:
        """Why this sheet cannot be written, and what to do instead; None if it can."""

    @property
    def log_path(self) -> Path | None:
        """The CSV file that keeps the log; None if the log is a tab of the sheet."""

    @property
    def table(self) -> Any:
        """The native table of an engine, for `capabilities.in_engine`; None for a sheet of cells."""

    def tabs(self) -> tuple[str, ...]:
        """Return the names of the tabs that contain cells, in the order that people see."""

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read one tab, or its first rows.

        Raises
        ------
        ReadError : the tab is missing (with the nearest name) or cannot be read.
        """

    def with_dropdowns(self, grids: Mapping[str, Grid]) -> dict[str, Grid]:
        """Return tabs with the lists that their cells offer, if `read` leaves them out to be quick."""

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Describe what would be lost with a tab of ours besides its cells: drawings, formulas."""

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make all changes of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        WriteError : the sheet cannot be written, or has changed since it was read; it is unchanged.
        """


class FileSheet:
    """Defaults for a sheet that is a file on this computer."""

    capabilities: Capabilities
    table: Any = None

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.source = str(path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"

    def with_dropdowns(self, grids: Mapping[str, Grid]) -> dict[str, Grid]:
        """Return the tabs as they are: `read` includes the lists."""
        return dict(grids)

    @property
    def read_only_reason(self) -> str | None:
        """Why this file cannot be written, and what to do instead; None if it can."""
        if self.path.exists() and not os.access(self.path, os.W_OK):
            new = f"funnel refresh {self.path.name} -o new{self.path.suffix}"
            return f"{self.source} is write-protected. Write into a new workbook: {new}"
        return None

    @property
    def can_write(self) -> bool:
        """True if this file can be written."""
        return self.read_only_reason is None

    @property
    def log_path(self) -> Path | None:
        """The CSV file beside a sheet that cannot be written; None if the log is a tab."""
        return None if self.can_write else self.path.with_name(f"{self.path.stem}.funnel-log.csv")


class ReadOnlySheet(FileSheet):
    """Defaults for a file that funnel reads and never writes."""

    @property
    def read_only_reason(self) -> str:
        """Why funnel does not write this kind of file, and what to do instead."""
        named = self.path.suffix.lower() == ".xlsx"  # whatever the file is
        new = f"{self.path.stem}-new.xlsx" if named else f"{self.path.stem}.xlsx"
        return (
            f"{self.source} is {self.capabilities.label}, which funnel reads but does not write. Write into "
            f"a workbook: funnel refresh {self.path.name} -o {new}. To keep a log of moves "
            f"in a file beside it: funnel log {self.path.name} --update"
        )

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Return nothing: such a file has no tab of ours."""
        return ()

    def apply(self, plan: Plan) -> NoReturn:
        """Refuse.

        Raises
        ------
        WriteError : always, with `read_only_reason`.
        """
        raise WriteError(self.read_only_reason)


class Identity(NamedTuple):
    """What identifies a sheet, however its path or address is written: the key of its lock and its jobs."""

    label: str  # readable, need not be unique
    key: str


class Adapter(Protocol):
    """One kind of sheet."""

    kind: str
    """Its name in the entry point group."""

    capabilities: Capabilities
    endings: tuple[str, ...]
    """Endings of its files, such as ".csv"; the first one is used for new files. Empty for a service."""

    def is_address(self, url: str) -> bool:
        """Return True if a URL is of this kind."""

    def recognises(self, file: SourceFile) -> bool:
        """Return True if a file, by its content, is of this kind."""

    def open(self, source: str, file: SourceFile | None) -> Sheet:
        """Open a sheet.

        Parameters
        ----------
        source : the path or URL as the user named it.
        file : the file as examined; None for a URL, or for a file that was not examined.

        Raises
        ------
        ReadError : the sheet cannot be read.
        """

    def create(self, source: str, plan: Plan) -> tuple[str, ...]:
        """Create a sheet from a plan: a new file, or new tabs of an empty sheet at a service.

        Returns
        -------
        Sentences on what could not be written as planned.

        Raises
        ------
        UsageError : this kind cannot be created.
        WriteError : there is a file or a tab of that name, or it cannot be written.
        """

    def create_titled(self, title: str, plan: Plan) -> str:
        """Create a sheet at a service in the user's own account, and return its address.

        Raises
        ------
        UsageError : this kind has no such service, or the account cannot own sheets.
        WriteError : the sheet could not be created.
        """

    def path(self, source: str) -> Path | None:
        """Return the file on this computer that a source names; None for a service."""

    def identity(self, source: str) -> Identity:
        """Return what identifies the sheet that a source names."""

    def undo(self, source: str) -> Written:
        """Restore the version before the last refresh, and return the backup it came from, with notes.

        Raises
        ------
        UsageError : the service keeps versions itself.
        WriteError : there is no backup, or the sheet has changed since; it is unchanged.
        """


class FileAdapter:
    """Defaults for a kind of file: opened by its ending, never created."""

    kind: str
    capabilities: Capabilities
    endings: tuple[str, ...] = ()

    def is_address(self, url: str) -> bool:
        """Return False: a file has a path."""
        return False

    def create(self, source: str, plan: Plan) -> tuple[str, ...]:
        """Refuse.

        Raises
        ------
        UsageError : always; a new sheet is a workbook.
        """
        path = Path(source)
        raise UsageError(
            f"{path.name} cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. "
            f"Name it {path.stem}.xlsx."
        )

    def create_titled(self, title: str, plan: Plan) -> NoReturn:
        """Refuse.

        Raises
        ------
        UsageError : always; a file has a path.
        """
        raise UsageError(f"{title!r} cannot be created: {self.capabilities.label} needs a path.")

    def path(self, source: str) -> Path | None:
        """Return the path that a source names."""
        return home_path(source)

    def identity(self, source: str) -> Identity:
        """Return the absolute path, with links resolved."""
        path = real_path(home_path(source))
        return Identity(path.stem, os.path.normcase(path))

    def undo(self, source: str) -> Written:
        """Restore the last backup beside the file, and return the backup, with notes.

        Raises
        ------
        WriteError : there is no backup, or the file has changed since it was written; it is unchanged.
        """
        from funnel.sheets import files

        return files.undo(home_path(source))
