"""Write files for other programs and for people; replace only a file that funnel wrote and nobody changed.

A file of ours has a mark (its first line, its author …). A record of its bytes, beside the locks, shows
whether somebody has changed it since: an editor of text keeps the mark.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from funnel.errors import WriteError
from funnel.sheets import files
from funnel.sheets.run_lock import state_folder
from funnel.sheets.source_file import has_bytes
from funnel.text import listed, real_path


def write_output(path: Path, data: bytes, is_ours: Callable[[Path], bool]) -> None:
    """Write a file, whole or not at all; an existing one must be as funnel wrote it.

    Parameters
    ----------
    is_ours : returns True for a file with funnel's mark.

    Raises
    ------
    WriteError : another file of this name exists, or somebody changed it; or the file cannot be written. What
        exists is unchanged.
    """
    try:
        check_output(path, is_ours)
        _record(path, data)
        write_whole(path, data)
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {files.reason(error)}. Choose another file name."
        ) from None


def write_outputs(made: Mapping[Path, bytes], is_ours: Callable[[Path], bool]) -> list[Path]:
    """Write several files, after all were checked; missing folders are created.

    Returns
    -------
    The paths.

    Raises
    ------
    WriteError : as for `write_output`; it names the files that were written before.
    """
    for path in made:
        check_output(path, is_ours)
    written: list[Path] = []
    for path, data in made.items():
        try:
            make_folder(path.parent)
            write_output(path, data, is_ours)
        except WriteError as error:
            done = f" Written before that: {listed([each.name for each in written])}." if written else ""
            raise WriteError(f"{error}{done}") from None
        written.append(path)
    return written


def copy_new(source: Path, target: Path) -> None:
    """Copy a file to a name that does not exist yet; raises a WriteError as `files.create` does."""
    with source.open("rb") as old:
        files.create(target, lambda out: shutil.copyfileobj(old, out))


def make_folder(folder: Path) -> None:
    """Create a folder, unless it exists.

    Raises
    ------
    WriteError : it cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The folder {folder} could not be created: {error.strerror}. Name another folder."
        ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; until then, nobody else can read its temporary file.

    Raises
    ------
    OSError : it cannot be written; an existing file is unchanged.
    """
    target = real_path(path)
    with files.temporary_file(target) as fresh:
        files.write_flushed(fresh, lambda out: out.write(data))
        fresh.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~files.umask())
        fresh.replace(target)


def check_output(path: Path, is_ours: Callable[[Path], bool]) -> None:
    """Raise a WriteError for a pipe or a folder, and for a file that is not as funnel wrote it.

    Raises
    ------
    WriteError : it must not be replaced.
    """
    if not path.exists():
        return
    if not (has_bytes(path) and is_ours(path)):
        raise WriteError(
            f"{path} exists and was not written by funnel, so it is unchanged. Choose another file name."
        )
    if (known := _recorded(path)) and files.version_of(path) not in known:
        raise WriteError(
            f"{path} is not as funnel last wrote it on this computer, so it is unchanged: somebody may have "
            "edited it. Choose another file name, or delete it."
        )


def write_list(path: Path, text: str) -> None:
    """Write a list, whole or not at all; an existing file must begin with the same line.

    Raises
    ------
    WriteError : as for `write_output`.
    """
    first = text.encode("utf-8").split(b"\n", 1)[0]
    write_output(path, text.encode("utf-8"), lambda there: begins_with_line(there, first))


def write_text_file(path: Path, text: str) -> None:
    """Write a text file, whole or not at all; the caller has checked what it replaces.

    Raises
    ------
    WriteError : it cannot be written.
    """
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {files.reason(error)}. Name another file with -o."
        ) from None


def begins_with_line(path: Path, line: bytes) -> bool:
    """Return True if a line is the first one of a file."""
    with path.open("rb") as file:
        return file.read(len(line) + 1).rstrip(b"\n") == line


def begins_with(path: Path, begin: bytes) -> bool:
    """Return True if a file begins with some bytes."""
    with path.open("rb") as file:
        return file.read(len(begin)) == begin


def _record_path(path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(real_path(path))).hexdigest()[:32]
    return state_folder() / "outputs" / name


def _recorded(path: Path) -> list[str]:
    """Return the versions of a file that are funnel's; [] if it was written on another computer."""
    try:
        return _record_path(path).read_text("ascii").split()
    except (OSError, ValueError):
        return []


def _record(path: Path, data: bytes) -> None:
    """Record the version that will be written beside the present one, which stays if the writing fails."""
    versions = [hashlib.sha256(data).hexdigest()]
    with contextlib.suppress(OSError):  # without a record, the mark alone decides
        if path.exists():
            versions.append(files.version_of(path))
        record = _record_path(path)
        record.parent.mkdir(parents=True, exist_ok=True)
        write_whole(record, "\n".join(versions).encode())
