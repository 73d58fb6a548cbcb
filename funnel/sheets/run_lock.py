"""Allow one run of a sheet at a time: the lock, the name of the run, and the folder for both."""

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
from funnel.text import fold, home_folder, home_path

STATE = "FUNNEL_STATE"
"""The environment variable that names another folder for locks and logs."""


def state_folder() -> Path:
    """Return the folder for locks and logs of this user.

    >>> state_folder().is_absolute()
    True
    """
    if named := os.environ.get(STATE):
        return home_path(named).absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home_folder() / "AppData" / "Local") / "funnel"
    return Path(os.environ.get("XDG_STATE_HOME") or home_folder() / ".local" / "state") / "funnel"


def run_name(source: str | os.PathLike[str]) -> str:
    """Return a name for the runs of a sheet: the same for each way to write its path or address.

    >>> run_name("https://docs.google.com/spreadsheets/d/1AbC/edit")
    'google-sheet-43218152'
    >>> run_name("Our clients!.xlsx")[:12], run_name("a.xlsx") == run_name("./a.xlsx")
    ('our-clients-', True)
    """
    label, key = adapter_of(source).identity(os.fspath(source))
    plain = re.sub(r"[^a-z0-9]+", "-", fold(label))[:40].strip("-")
    return f"{plain or 'sheet'}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"


def lock_path(source: str | os.PathLike[str]) -> Path:
    """Return the lock file of a sheet."""
    return state_folder() / "locks" / f"{run_name(source)}.lock"


@contextmanager
def lock_sheet(source: str | os.PathLike[str]) -> Iterator[None]:
    """Lock a sheet against other runs of this user on this computer, for the duration of the block.

    The operating system releases the lock when the process ends for any reason, so no stale lock remains.
    (Three lines for each system; the library for it, filelock, is half a megabyte.)

    Raises
    ------
    WriteError : another run has the lock, or the lock file cannot be created.
    """
    path = lock_path(source)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("ab")
    except OSError as error:
        raise _cannot_lock(path, error) from None
    with handle:  # closing it releases the lock
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):
            raise WriteError(
                f"{source} is being refreshed by another run of funnel on this computer, so this run has "
                "changed nothing. Try again when the other has ended."
            ) from None
        except OSError as error:
            raise _cannot_lock(path, error) from None
        yield


def _cannot_lock(path: Path, error: OSError) -> WriteError:
    return WriteError(
        f"The lock file {path} could not be created: {error.strerror}. Nothing was written. Set the "
        f"environment variable {STATE} to a folder on this computer where you can write."
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: BinaryIO) -> None:
        """Lock a file; raise a PermissionError at once if it is locked."""
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: BinaryIO) -> None:
        """Lock a file; raise a BlockingIOError at once if it is locked."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
