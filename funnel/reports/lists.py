"""Write lists to files for other programs; overwrite only a file that funnel wrote."""

from __future__ import annotations

from pathlib import Path

from funnel.errors import WriteError


def write_list(path: Path, text: str) -> None:
    """Write a list, whole or not at all; an existing file must begin with the same line.

    Raises
    ------
    WriteError : another file of this name exists, which is unchanged; or the file cannot be written.
    """
    try:
        if path.exists() and not _has_same_first_line(path, text):
            raise WriteError(
                f"{path} exists and was not written by funnel, so it is unchanged. Choose another file name."
            )
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(text.encode("utf-8"))
        fresh.replace(path)
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {error.strerror}. Choose another file name."
        ) from None


def _has_same_first_line(path: Path, text: str) -> bool:
    """Return True if a file has the same first line as the text."""
    first = text.encode("utf-8").split(b"\n", 1)[0]
    with path.open("rb") as file:
        return file.read(len(first) + 1).rstrip(b"\n") == first
