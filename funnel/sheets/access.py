"""Open, create, copy and restore sheets of any kind. Callers never name an adapter."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from funnel.errors import UsageError, WriteError
from funnel.sheets import files
from funnel.sheets.adapters import adapter_named, adapter_of, adapter_of_file, file_endings, is_url
from funnel.sheets.base import Capabilities, Sheet
from funnel.sheets.files import Written
from funnel.sheets.source_file import SourceFile
from funnel.text import home_path

if TYPE_CHECKING:
    from funnel.plan import Plan

Source: TypeAlias = "str | os.PathLike[str]"


def open_sheet(source: Source, kind: str | None = None) -> Sheet:
    """Open a sheet: a path, or the URL of a Google Sheet.

    The content decides what kind a file is; its ending counts only if the content does not decide.

    Parameters
    ----------
    kind : name of the adapter to use whatever the content, such as "delimited"; found out if None.

    Raises
    ------
    ReadError : the file is missing (with the nearest name in its folder), empty, not a sheet, or cannot be
        read.

    >>> open_sheet("no such folder/clients.xlsx")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: There is no folder 'no such folder', so 'clients.xlsx' cannot be read. ...
    """
    name = os.fspath(source)
    if is_url(name):
        return adapter_of(name).open(name, None)
    path = home_path(name)
    file = SourceFile(path, file_endings)
    adapter = adapter_named(kind) if kind else adapter_of_file(file)
    return adapter.open(str(path), file)


def capabilities_of(source: Source) -> Capabilities:
    """Return what the kind of sheet that a source names can do, without opening it.

    Raises
    ------
    ReadError : a URL that no adapter knows.

    >>> capabilities_of("clients.csv").writable, capabilities_of("clients.xlsx").writable
    (False, True)
    """
    return adapter_of(source).capabilities


def path_of(source: Source) -> Path | None:
    """Return the file on this computer that a source names; None for a service such as Google.

    Raises
    ------
    ReadError : a URL that no adapter knows.

    >>> path_of("https://docs.google.com/spreadsheets/d/1AbC-9/edit"), path_of("clients.xlsx").name
    (None, 'clients.xlsx')
    """
    return adapter_of(source).path(os.fspath(source))


def create_sheet(source: Source, plan: Plan) -> tuple[str, ...]:
    """Create a sheet from a plan: a new workbook, or new tabs of a Google Sheet; return notes.

    Raises
    ------
    UsageError : that kind of sheet cannot be created.
    ReadError : the service cannot be reached or read.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    return adapter_of(source).create(os.fspath(source), plan)


def create_titled(kind: str, title: str, plan: Plan) -> str:
    """Create a sheet at a service, in the account of the person who is signed in; return its address.

    Raises
    ------
    UsageError : the kind has no such service, or a service account is signed in.
    ReadError : not signed in.
    WriteError : the sheet could not be created.
    """
    return adapter_named(kind).create_titled(title, plan)


def save_copy(sheet: Sheet, to: Source, plan: Callable[[], Plan]) -> tuple[str, ...]:
    """Copy a sheet: the whole file if its kind allows it, otherwise by writing a new client tab.

    Returns sentences on what could not be written as planned.

    Parameters
    ----------
    to : the name of a file that does not exist yet, or the address of a Google Sheet, which gets a tab.
    plan : makes the plan that writes the client tab; called only if the file cannot be copied whole.

    Raises
    ------
    UsageError : the new name has the wrong ending.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    path = path_of(to)
    if path is None or sheet.path is None or not sheet.capabilities.copied_whole:
        return create_sheet(to, plan())
    ending = sheet.path.suffix.lower()
    if path.suffix.lower() != ending:
        raise UsageError(
            f"{path.name} cannot be written: a copy of {sheet.path.name} has to end with {ending}. Name it "
            f"{path.stem}{ending}."
        )

    def write(fresh: BinaryIO) -> None:
        with old.open("rb") as file:
            shutil.copyfileobj(file, fresh)

    def check(fresh: Path) -> None:
        if files.version_of(fresh) != sheet.version:
            raise WriteError(f"{old} has changed since it was read, so nothing was written. Try again.")

    old = sheet.path
    return files.create(path, write, check).notes


def undo(source: Source) -> Written:
    """Restore the version before the last refresh, and return the backup it came from, with notes.

    Raises
    ------
    UsageError : a Google Sheet, whose versions Google keeps.
    WriteError : there is no backup, or the file has changed since; it is unchanged.
    """
    return adapter_of(source).undo(os.fspath(source))
