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
from funnel.text import fold

STATE = "FUNNEL_STATE"
"""The environment variable that names another folder for locks and logs."""

NO_UNDO = (
    "Google keeps the versions of {source} itself: open it, choose File > Version history > See version "
    "history, and restore the one from before the refresh; what anybody did since goes with it. To take out "
    "only our work: funnel refresh {source} --remove."
)

_GOOGLE = re.compile(r"docs\.google\.com/spreadsheets/(?:u/\d+/)?d/([\w-]+)")


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


def google_id(source: str | os.PathLike[str]) -> str | None:
    """Find the id of a Google Sheet in its address; None for a file.

    >>> google_id("https://docs.google.com/spreadsheets/d/1AbC-9/edit#gid=0"), google_id("clients.xlsx")
    ('1AbC-9', None)
    """
    found = _GOOGLE.search(os.fspath(source))
    return found[1] if found else None


def name_of(source: str | os.PathLike[str]) -> str:
    """Name the runs of a sheet: the same for every way to write its path or address, another for any other.

    >>> name_of("https://docs.google.com/spreadsheets/d/1AbC/edit")
    'google-sheet-43218152'
    >>> name_of("Our clients!.xlsx")[:12], name_of("a.xlsx") == name_of("./a.xlsx")
    ('our-clients-', True)
    """
    if sheet := google_id(source):
        stem, whole = "google sheet", sheet
    else:
        path = Path(source).expanduser().resolve()
        stem, whole = path.stem, os.path.normcase(path)
    plain = re.sub(r"[^a-z0-9]+", "-", fold(stem))[:40].strip("-")
    return f"{plain or 'sheet'}-{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:8]}"


@contextmanager
def alone(source: str | os.PathLike[str]) -> Iterator[None]:
    """Be the only run on a sheet, of this user on this computer, for as long as the block lasts.

    The lock is the operating system's own: it goes with the process that held it, however that ended, so
    that nothing stale is ever left to be cleaned up. (Three lines for each system; the library for it,
    filelock, is half a megabyte.)

    Raises
    ------
    WriteError : where another run has the sheet, or there is no place for the lock.
    """
    path = state_folder() / "locks" / f"{name_of(source)}.lock"
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
