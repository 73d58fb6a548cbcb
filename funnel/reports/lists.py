"""Write files for other programs and for people; overwrite only a file that funnel wrote."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from funnel.errors import WriteError
from funnel.sheets import files


def write_output(path: Path, data: bytes, is_ours: Callable[[Path], bool]) -> None:
    """Write a file, whole or not at all; an existing one must be funnel's own.

    Parameters
    ----------
    is_ours : returns True for a file that funnel wrote.

    Raises
    ------
    WriteError : another file of this name exists, which is unchanged; or the file cannot be written.
    """
    try:
        check_output(path, is_ours)
        write_whole(path, data)
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {error.strerror}. Choose another file name."
        ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; until then, nobody else can read its temporary file.

    Raises
    ------
    OSError : it cannot be written; an existing file is unchanged.
    """
    target = path.resolve()
    with files.temporary_file(target) as fresh:
        with fresh.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~files.umask())
        fresh.replace(target)


def check_output(path: Path, is_ours: Callable[[Path], bool]) -> None:
    """Raise a WriteError if a path is a pipe or a folder, or a file that funnel did not write.

    Raises
    ------
    WriteError : it must not be overwritten.
    """
    if path.exists() and not (path.is_file() and is_ours(path)):
        raise WriteError(
            f"{path} exists and was not written by funnel, so it is unchanged. Choose another file name."
        )


def write_list(path: Path, text: str) -> None:
    """Write a list, whole or not at all; an existing file must begin with the same line.

    Raises
    ------
    WriteError : another file of this name exists, which is unchanged; or the file cannot be written.
    """
    first = text.encode("utf-8").split(b"\n", 1)[0]
    write_output(path, text.encode("utf-8"), lambda there: begins_with_line(there, first))


def begins_with_line(path: Path, line: bytes) -> bool:
    """Return True if a line is the first one of a file."""
    with path.open("rb") as file:
        return file.read(len(line) + 1).rstrip(b"\n") == line
