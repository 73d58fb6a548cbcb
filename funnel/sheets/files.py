"""Replace a file atomically, keep backups, and restore them.

A new version is written beside the old one, flushed to the disk, checked by reading it back, and then moved
into place in one atomic step. If anything interrupts this, the old file is unchanged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from funnel.errors import WriteError

KEPT: Final = 5  # backups beside a workbook
_TAG: Final = 12  # hexadecimal digits of a version, in a backup's name
_ABANDONED: Final = 3600  # seconds after which a half-written file of ours is litter
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def version_of(path: Path) -> str:
    """Return the version of a file: the hash of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace(
    path: str | Path,
    expected: str,
    write: Callable[[BinaryIO], None],
    check: Callable[[Path], None] = lambda path: None,
) -> Path:
    """Replace a file by a new version, and return the backup of the old one.

    Mode, owner and a symbolic link stay. The backup is beside the file; the last five are kept.

    Parameters
    ----------
    expected : the version that the new one was made from.
    write : writes the new version.
    check : reads it back from a path, and raises where it is not what it should be.

    Raises
    ------
    WriteError : where the file is open elsewhere, read-only, has changed since it was read, or the disk is
        full; the file is unchanged.
    """
    target = Path(path).resolve()
    _check_writable(Path(path), target)
    with _explain_errors(target), _temporary_file(target) as fresh:
        _copy_ownership(target, fresh)
        _write(fresh, write)
        check(fresh)
        new = version_of(fresh)
        if version_of(target) != expected:
            raise WriteError(f"{path} has changed since it was read, so nothing was written. Refresh again.")
        backup = _back_up(target, new, fresh.stat().st_mtime)
        _check_unlocked(Path(path), target)
        fresh.replace(target)
        _flush_folder(target.parent)
        _delete_old_backups(target)
    return backup


def create(
    path: str | Path, write: Callable[[BinaryIO], None], check: Callable[[Path], None] = lambda path: None
) -> None:
    """Write a file that does not exist yet.

    Raises
    ------
    WriteError : where there is a file of that name, the folder is missing or cannot be written, or the disk
        is
        full.
    """
    target = Path(path)
    if target.exists() or target.is_symlink():
        raise WriteError(f"{path} exists already, so it is unchanged. Choose another name, or move it away.")
    if not target.parent.is_dir():
        raise WriteError(f"{path} cannot be written: there is no folder {target.parent}. Create it first.")
    with _explain_errors(target), _temporary_file(target) as fresh:
        fresh.chmod(0o666 & ~_umask())
        _write(fresh, write)
        check(fresh)
        fresh.replace(target)
        _flush_folder(target.parent)


def backups(path: str | Path) -> list[Path]:
    """Return the backups of a file, the latest first."""
    target = Path(path).resolve()
    found = target.parent.glob(f"{_escaped(target.stem)}.funnel-backup-*{_escaped(target.suffix)}")
    dated = len(target.stem) + len(".funnel-backup-2026-11-21T101500")
    return sorted(found, key=lambda backup: (backup.name[:dated], backup.stat().st_mtime_ns), reverse=True)


def undo(path: str | Path) -> Path:
    """Restore the version before the last one that funnel wrote, and return the backup it came from.

    Raises
    ------
    WriteError : where there is no backup, or the file has changed since it was written, so that putting the
        old
        version back would lose what somebody did.
    """
    target = Path(path).resolve()
    there = backups(target)
    if not there:
        raise WriteError(f"There is no backup of {path}, so there is nothing to undo.")
    now = version_of(target)
    backup = next((b for b in there if b.stem.endswith(now[:_TAG])), None)
    if backup is None:
        raise WriteError(
            f"{path} has changed since it was last refreshed, and undo would lose those changes, so it is "
            f"unchanged. To remove only funnel's work: funnel refresh {path} --remove. To restore the old "
            f"version anyway, copy {there[0].name} over it."
        )
    _check_writable(Path(path), target)
    with _explain_errors(target), _temporary_file(target) as fresh:
        _copy_ownership(target, fresh)
        with backup.open("rb") as old:
            _write(fresh, lambda out: shutil.copyfileobj(old, out))
        fresh.replace(target)
        backup.unlink()
        _flush_folder(target.parent)
    return backup


def _check_writable(path: Path, target: Path) -> None:
    """Raise a WriteError if a file is open in another program or read-only."""
    _check_unlocked(path, target)
    if not target.stat().st_mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise WriteError(
            f"{path} is read-only, so it is unchanged. Make it writable, or write to another file with `-o`."
        )


def _check_unlocked(path: Path, target: Path) -> None:
    """Raise a WriteError if Excel or LibreOffice has a lock file beside a file."""
    for place in {path, target}:
        signs = {f"~${place.name}": "Excel", f".~lock.{place.name}#": "LibreOffice"}
        for sign, program in signs.items():
            if (place.parent / sign).exists():
                raise WriteError(
                    f"{path} is open in {program}, so it is unchanged. Close it there and refresh again. If "
                    f"it is not open, delete the lock file {sign!r} beside it."
                )


@contextlib.contextmanager
def _explain_errors(target: Path) -> Iterator[None]:
    """Turn errors of the operating system into a WriteError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            why = "the disk is full. Free some space"
        elif isinstance(error, PermissionError):
            why = f"you have no permission to write in {target.parent}. Get the permission, or use `-o`"
        else:
            why = f"{error.strerror or error}. Correct that"
        message = f"{target} could not be written, so it is unchanged: {why}, and try again."
        raise WriteError(message) from error


@contextlib.contextmanager
def _temporary_file(target: Path) -> Iterator[Path]:
    """Create an empty temporary file beside another; delete it afterwards unless it was moved into place."""
    begins = f".{target.name}.funnel-"
    handle, name = tempfile.mkstemp(prefix=begins, suffix=".tmp", dir=target.parent)
    os.close(handle)
    fresh = Path(name)
    try:
        now = fresh.stat().st_mtime
        for other in target.parent.glob(f"{_escaped(begins)}*.tmp"):  # from a run that was killed
            with contextlib.suppress(FileNotFoundError):
                if now - other.stat().st_mtime > _ABANDONED:
                    other.unlink()
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _copy_ownership(target: Path, fresh: Path) -> None:
    """Copy mode, attributes and, if permitted, the owner of a file to another."""
    shutil.copystat(target, fresh)
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(fresh, target.stat().st_uid, target.stat().st_gid)


def _write(fresh: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file and flush it to the disk."""
    with fresh.open("wb") as out:
        write(out)
        out.flush()
        os.fsync(out.fileno())


def _back_up(target: Path, new: str, when: float) -> Path:
    """Copy a file beside itself, under a name with the time and the version that replaces it."""
    date = dt.datetime.fromtimestamp(when).strftime("%Y-%m-%dT%H%M%S")
    backup = target.with_name(f"{target.stem}.funnel-backup-{date}-{new[:_TAG]}{target.suffix}")
    with _temporary_file(backup) as copy:
        shutil.copy2(target, copy)
        copy.replace(backup)
    return backup


def _delete_old_backups(target: Path) -> None:
    """Delete all but the last five backups."""
    for backup in backups(target)[KEPT:]:
        backup.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Flush the entries of a folder to the disk, on systems that support it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Return the umask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _escaped(name: str) -> str:
    """Escape the wildcards of a name."""
    return "".join(f"[{c}]" if c in "[*?" else c for c in name)
