"""One run at a time: the name of a sheet's runs, where their state is kept, and the lock between them."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from funnel.errors import WriteError
from funnel.sheets.adapters import adapter_of
from funnel.text import fold

STATE = "FUNNEL_STATE"
"""The environment variable that names another folder for locks and logs."""


def state_folder() -> Path:
    """Where this user's programs keep what is no document: locks and logs.

    >>> state_folder().is_absolute()
    True
    """
    if named := os.environ.get(STATE):
        return Path(named).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "funnel"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "funnel"


def run_name(source: str | os.PathLike[str]) -> str:
    """Name the runs of a sheet: the same for every way to write its path or address, another for any other.

    >>> run_name("https://docs.google.com/spreadsheets/d/1AbC/edit")
    'google-sheet-43218152'
    >>> run_name("Our clients!.xlsx")[:12], run_name("a.xlsx") == run_name("./a.xlsx")
    ('our-clients-', True)
    """
    label, key = adapter_of(source).identity(os.fspath(source))
    plain = re.sub(r"[^a-z0-9]+", "-", fold(label))[:40].strip("-")
    return f"{plain or 'sheet'}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"


@contextmanager
def lock_sheet(source: str | os.PathLike[str]) -> Iterator[None]:
    """Be the only run on a sheet, of this user on this computer, for as long as the block lasts.

    The lock is the operating system's own: it goes with the process that held it, however that ended, so
    that nothing stale is ever left to be cleaned up. (Three lines for each system; the library for it,
    filelock, is half a megabyte.)

    Raises
    ------
    WriteError : where another run has the sheet, or there is no place for the lock.
    """
    path = state_folder() / "locks" / f"{run_name(source)}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("ab")
    except OSError as error:
        raise _no_place(path, error) from None
    with handle:  # closing it lets go
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):
            raise WriteError(
                f"{source} is being refreshed by another run of funnel on this computer, and was left to it. "
                "Try again when that has ended; two at once would write over each other."
            ) from None
        except OSError as error:
            raise _no_place(path, error) from None
        yield


def _no_place(path: Path, error: OSError) -> WriteError:
    return WriteError(
        f"The lock {path}, which keeps two runs apart, could not be set: {error.strerror}. Nothing was "
        f"written. Name a folder of yours on this computer in the environment variable {STATE}."
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: BinaryIO) -> None:
        """Lock a file, or raise a PermissionError at once where it is locked."""
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: BinaryIO) -> None:
        """Lock a file, or raise a BlockingIOError at once where it is locked."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
