"""Lists written to files, for programs that import them: never over a file that is none of ours."""

from __future__ import annotations

from pathlib import Path

from funnel.errors import WriteError


def write_list(path: Path, text: str) -> None:
    """Write a list, whole or not at all; over an earlier one only, which begins with the same line.

    Raises
    ------
    WriteError : something else is there, which is left alone; or the disk will not have it.
    """
    try:
        if path.exists() and not _alike(path, text):
            raise WriteError(
                f"{path} is there already and is no list that funnel wrote; it was left alone. "
                "Name another file."
            )
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(text.encode("utf-8"))
        fresh.replace(path)
    except OSError as error:
        raise WriteError(f"{path} could not be written: {error.strerror}. Name another file.") from None


def _alike(path: Path, text: str) -> bool:
    """Whether a file begins as our text does, in its first line."""
    first = text.encode("utf-8").split(b"\n", 1)[0]
    with path.open("rb") as file:
        return file.read(len(first) + 1).rstrip(b"\n") == first
