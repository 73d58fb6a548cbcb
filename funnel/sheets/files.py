"""Replace a file atomically, keep backups, and restore them.

A new version is written beside the old one, flushed to the disk, checked by reading it back, and then moved
into place in one atomic step. If anything interrupts this, the old file is unchanged. What fails after that
step does not undo it: the file is written, and a note describes what failed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import glob
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from funnel.errors import WriteError
from funnel.text import count, real_path

WINDOWS: Final = os.name == "nt"
KEPT: Final = 5  # backups beside a workbook
_TAG: Final = 12  # hexadecimal digits of a version, in a backup's name
_ABANDONED: Final = 3600  # seconds after which a half-written file of ours is litter
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LONGEST_NAME: Final = 255  # bytes, on the file systems in use
_BACKUP: Final = ".funnel-backup-"
_DATE: Final = "%Y-%m-%dT%H%M%S"
_NO_OWNERS: Final = (errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    backup : the file with the old version; after an undo, the file that the version came from.
    notes : sentences on what failed after the new version was in place, and what it means.
    """

    backup: Path | None
    notes: tuple[str, ...] = ()


def is_there(path: Path) -> bool:
    """Return True if there is a file of any kind; a name that is too long does not exist.

    >>> is_there(Path("a" * 300)), is_there(Path("."))
    (False, True)
    """
    try:
        return path.exists()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


def version_of(path: Path) -> str:
    """Return the version of a file: the hash of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def version_written(path: Path) -> str | None:
    """Return the version of a file if it is the one that funnel last wrote; else None."""
    version, last = version_of(path), backups(path)[:1]
    return version if any(backup.stem.endswith(f"-{version[:_TAG]}") for backup in last) else None


def replace(
    path: str | Path,
    expected: str,
    write: Callable[[BinaryIO], object],
    check: Callable[[Path], None] = lambda path: None,
) -> Written:
    """Replace a file by a new version, and return the backup of the old one.

    Mode, owner and a symbolic link stay. The backup is beside the file; the last five are kept.

    Parameters
    ----------
    expected : the version that the new one was made from.
    write : writes the new version.
    check : reads it back from a path, and raises if it is wrong.

    Raises
    ------
    WriteError : the file is open elsewhere, read-only or changed since it was read, or the disk is full; the
        file is unchanged, and there is no new backup.
    """
    target = real_path(path)
    after = _After(target)
    with _explain_errors(target):
        _check_writable(Path(path), target)
        with temporary_file(target, after) as fresh:
            _copy_ownership(target, fresh)
            write_flushed(fresh, write)
            check(fresh)
            new = version_of(fresh)
            if version_of(target) != expected:
                raise WriteError(
                    f"{path} has changed since it was read, so nothing was written. Refresh again."
                )
            with _back_up(target, new, fresh.stat().st_mtime) as backup:
                _check_unlocked(Path(path), target)
                names = target.stat().st_nlink
                fresh.replace(target)
            after.done = True
            after.hard_links(names)
            after.attempt("what was written may be lost if the power fails now", _flush_folder, target.parent)
            after.attempt("old backups were not deleted", _delete_old_backups, target)
    return Written(backup, tuple(after.notes))


def create(
    path: str | Path, write: Callable[[BinaryIO], object], check: Callable[[Path], None] = lambda path: None
) -> Written:
    """Write a file that does not exist yet.

    Raises
    ------
    WriteError : there is a file of that name, the folder is missing or read-only, or the disk is full.
    """
    target = Path(path)
    after = _After(target)
    with _explain_errors(target, "and does not exist"):
        if is_there(target) or target.is_symlink():
            raise _exists(target)
        if not (folder := target.parent).is_dir():
            raise WriteError(f"{path} cannot be written: there is no folder {folder}. Create it first.")
        with temporary_file(target, after) as fresh:
            fresh.chmod(0o666 & ~umask())
            write_flushed(fresh, write)
            check(fresh)
            _move_to_new(fresh, target)
            after.done = True
            after.attempt("what was written may be lost if the power fails now", _flush_folder, target.parent)
    return Written(None, tuple(after.notes))


def backups(path: str | Path) -> list[Path]:
    """Return the backups of a file, the latest first."""
    target = real_path(path)
    begins = _backup_begin(target)
    found = target.parent.glob(f"{glob.escape(begins)}*{glob.escape(target.suffix)}")
    dated = len(begins) + len("2026-11-21T101500")
    return sorted(found, key=lambda backup: (backup.name[:dated], backup.stat().st_mtime_ns), reverse=True)


def undo(path: str | Path) -> Written:
    """Restore the version before the last one that funnel wrote; the backup it came from is deleted.

    Raises
    ------
    WriteError : where there is no backup, or the file has changed since it was written, so that putting the
        old version back would lose what somebody did.
    """
    target = real_path(path)
    after = _After(target)
    with _explain_errors(target):
        backup = _last_backup(Path(path), target)
        _check_writable(Path(path), target)
        with temporary_file(target, after) as fresh:
            _copy_ownership(target, fresh)
            with backup.open("rb") as old:
                write_flushed(fresh, lambda out: shutil.copyfileobj(old, out))
            _last_backup(Path(path), target)  # somebody may have saved the file meanwhile
            _check_unlocked(Path(path), target)
            names = target.stat().st_nlink
            fresh.replace(target)
            after.done = True
            after.hard_links(names)
            after.attempt(f"the backup {backup.name} was not deleted", backup.unlink)
            after.attempt("what was written may be lost if the power fails now", _flush_folder, target.parent)
    return Written(backup, tuple(after.notes))


def _last_backup(path: Path, target: Path) -> Path:
    """Return the backup that the present version of a file replaced; raise a WriteError if there is none."""
    there = backups(target)
    if not there:
        raise WriteError(f"There is no backup of {path}, so there is nothing to undo.")
    tag = version_of(target)[:_TAG] + target.suffix
    backup = next((backup for backup in there if backup.name.endswith(f"-{tag}")), None)
    if backup is None:
        raise WriteError(
            f"{path} has changed since it was last refreshed, and undo would lose those changes, so it is "
            f"unchanged. To remove only funnel's work: funnel refresh {path} --remove. To restore the old "
            f"version anyway, copy {there[0].name} over it."
        )
    return backup


class _After:
    """What fails once the new version is in place: notes, not errors."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.done = False
        self.notes: list[str] = []

    def attempt(self, failed: str, action: Callable[..., object], *args: object) -> None:
        """Do what is left; a failure becomes a note that says what failed."""
        try:
            action(*args)
        except OSError as error:
            self.notes.append(f"{self.target} was written, but {failed} ({error.strerror or error}).")

    def hard_links(self, names: int) -> None:
        """Note that a file had other names, which still have the old version."""
        if names > 1:
            self.notes.append(
                f"{self.target} was written, but it had {count(names - 1, 'other name')} (hard links), which "
                "still have the old version. Delete them, or use symbolic links instead."
            )


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
            if is_there(place.parent / sign):
                raise WriteError(
                    f"{path} is open in {program}, so it is unchanged. Close it there and refresh again. If "
                    f"it is not open, delete the lock file {sign!r} beside it."
                )


@contextlib.contextmanager
def _explain_errors(target: Path, so: str = "so it is unchanged") -> Iterator[None]:
    """Turn errors of the operating system into a WriteError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            why = "the disk is full. Free some space"
        elif isinstance(error, PermissionError):
            access = f"you have no permission to write in {target.parent}. Get the permission"
            why = f"{f'{reason(error)}. Close it there' if WINDOWS else access}, or use `-o`"
        elif error.errno == errno.ENAMETOOLONG:
            why = "its name is too long. Shorten it"
        else:
            why = f"{reason(error)}. Correct that"
        raise WriteError(f"{target} could not be written, {so}: {why}, and try again.") from error


def reason(error: OSError) -> str:
    """Return why the system refused; Windows denies access to a file that is open elsewhere."""
    why = error.strerror or str(error)
    if WINDOWS and isinstance(error, PermissionError):
        return f"{why}, perhaps because it is open in another program such as Excel"
    return why


@contextlib.contextmanager
def temporary_file(target: Path, after: _After | None = None) -> Iterator[Path]:
    """Create an empty temporary file beside another; delete it afterwards unless it was moved into place.

    Nobody else can read it until it gets the mode of the file that it replaces.
    """
    begins = f".{_shortened(target.name, _LONGEST_NAME - 24)}.funnel-"
    handle, name = tempfile.mkstemp(prefix=begins, suffix=".tmp", dir=target.parent)
    os.close(handle)
    fresh = Path(name)
    try:
        with contextlib.suppress(OSError):
            _delete_abandoned(target.parent, begins, fresh.stat().st_mtime)
        yield fresh
    finally:
        if not (after and after.done):
            with contextlib.suppress(OSError):  # the first error is the one to report
                fresh.unlink(missing_ok=True)


def _delete_abandoned(folder: Path, begins: str, now: float) -> None:
    """Delete temporary files of runs that were killed."""
    for other in folder.glob(f"{glob.escape(begins)}*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if now - other.stat().st_mtime > _ABANDONED:
                other.unlink()


def _move_to_new(fresh: Path, target: Path) -> None:
    """Give a file a name that nobody has taken meanwhile."""
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise _exists(target) from None
    except (OSError, NotImplementedError, AttributeError):  # a file system without hard links
        if is_there(target):
            raise _exists(target) from None
        fresh.replace(target)
        return
    with contextlib.suppress(OSError):
        fresh.unlink()


def _exists(target: Path) -> WriteError:
    return WriteError(f"{target} exists already and was not changed. Choose another name, or move it.")


def _copy_ownership(target: Path, fresh: Path) -> None:
    """Copy mode, attributes and, if permitted, the owner of a file to another."""
    shutil.copystat(target, fresh)
    if hasattr(os, "chown"):
        try:
            os.chown(fresh, target.stat().st_uid, target.stat().st_gid)
        except OSError as error:
            if error.errno not in _NO_OWNERS:
                raise


def write_flushed(fresh: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file and flush it to the disk."""
    with fresh.open("wb") as out:
        write(out)
        out.flush()
        os.fsync(out.fileno())


@contextlib.contextmanager
def _back_up(target: Path, new: str, when: float) -> Iterator[Path]:
    """Copy a file beside itself, under a name with the time and the version that replaces it.

    The copy has the owner and mode of the file, and is deleted if the block fails.
    """
    date = dt.datetime.fromtimestamp(when).strftime(_DATE)
    backup = target.with_name(f"{_backup_begin(target)}{date}-{new[:_TAG]}{target.suffix}")
    known = is_there(backup)  # the same version was written in this second, and undone by hand
    try:
        with temporary_file(backup) as copy:
            shutil.copyfile(target, copy)
            _copy_ownership(target, copy)
            copy.replace(backup)
        yield backup
    except BaseException:
        if not known:
            with contextlib.suppress(OSError):
                backup.unlink(missing_ok=True)
        raise


def _backup_begin(target: Path) -> str:
    """Return the first part of the names of a file's backups."""
    rest = len(f"{_BACKUP}2026-11-21T101500-{target.suffix}".encode()) + _TAG
    return _shortened(target.stem, _LONGEST_NAME - rest) + _BACKUP


def _shortened(name: str, most: int) -> str:
    """Shorten a name to a number of bytes; a hash keeps it unique.

    >>> _shortened("clients", 20), _shortened("a" * 300, 20)
    ('clients', 'aaaaaaaaaaa~9835fa6b')
    """
    data = os.fsencode(name)
    if len(data) <= most:
        return name
    return f"{data[: most - 9].decode(errors='ignore')}~{hashlib.sha256(data).hexdigest()[:8]}"


def _delete_old_backups(target: Path) -> None:
    """Delete all but the last five backups."""
    for backup in backups(target)[KEPT:]:
        backup.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Flush the entries of a folder to the disk, on systems that support it."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """Return the umask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
