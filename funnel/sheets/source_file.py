"""A file before it is opened as a sheet: its bytes, or a clear error if it cannot be read."""

from __future__ import annotations

import stat
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

from funnel.errors import ReadError
from funnel.sheets.limits import LONGEST_ROW, MOST_LINES, check_most
from funnel.text import listed, nearest

LARGEST_FILE: Final = 1 << 30
LARGEST_TEXT: Final = 256 << 20  # a million rows of 18 columns have 150 MB
_SMALL_TEXT: Final = 8 << 20
_CONTAINERS: Final = (b"PK", b"\xd0\xcf\x11\xe0")
_BLANK: Final = b"\0 \t\r\n,;|\"'"
_SPARSE: Final = 10  # a tenth of a table at least is content
_HEAD: Final = 4096
_SPECIAL: Final = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

Result = TypeVar("Result")


def has_bytes(path: Path) -> bool:
    """Return True for a regular file that is not empty.

    Pipes, devices and files of the system such as /proc/kmsg (of size 0) may never end.

    Raises
    ------
    OSError : there is no such file.
    """
    facts = path.stat()
    return stat.S_ISREG(facts.st_mode) and facts.st_size > 0


class SourceFile:
    """A file, or a folder, that may be a sheet.

    Parameters
    ----------
    path : where it is.
    endings : returns the endings of sheet files, to suggest another file if this one is missing.
    """

    def __init__(self, path: Path, endings: Callable[[], tuple[str, ...]] = tuple) -> None:
        self.path = path
        self._endings = endings

    @property
    def ending(self) -> str:
        """The ending of the name, in lower case."""
        return self.path.suffix.lower()

    @cached_property
    def is_folder(self) -> bool:
        """True for a folder, whose `head` is empty."""
        return self._explained(self.path.is_dir)

    @cached_property
    def head(self) -> bytes:
        """The first 4 KB; empty for a folder.

        Raises
        ------
        ReadError : the file is missing (with the nearest name) or cannot be read.
        """
        return b"" if self.is_folder else self._explained(self._read_head)

    @cached_property
    def data(self) -> bytes:
        """All bytes.

        Raises
        ------
        ReadError : the file is missing, a folder, too large, empty, or cannot be read.
        """
        if self.is_folder:
            raise ReadError(f"{self.path} is a folder. Name the file in it{self._example(self.path)}.")
        data = self._explained(self._read_all)
        if not data.strip(b"\0 \r\n\t"):
            raise ReadError(
                f"{self.path} is empty. If it is in a synchronised folder, open it once so that it is "
                "downloaded, and try again."
            )
        return data

    def _read_head(self) -> bytes:
        self._check_kind()
        if not has_bytes(self.path):
            return b""
        with self.path.open("rb") as file:
            return file.read(_HEAD)

    def _read_all(self) -> bytes:
        self._check_kind()
        if not has_bytes(self.path):
            return b""
        if self.path.stat().st_size > LARGEST_FILE:
            raise self._too_large(LARGEST_FILE)
        if not self.head.startswith(_CONTAINERS):
            self._check_text()
        return self.path.read_bytes()

    def _check_text(self) -> None:
        """Raise a ReadError for a large file that is no table of text, before it is in the memory."""
        size = self.path.stat().st_size
        if size <= _SMALL_TEXT:
            return
        if size > LARGEST_TEXT:
            raise self._too_large(LARGEST_TEXT)
        content = length = lines = 0
        with self.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                content += len(chunk.translate(None, _BLANK))
                lines += chunk.count(b"\n")
                last = chunk.rfind(b"\n")
                length = len(chunk) - last - 1 if last >= 0 else length + len(chunk)
                if length > LONGEST_ROW:
                    raise ReadError(
                        f"{self.path} has a line of more than {LONGEST_ROW >> 20} MB, so it is no table. "
                        "Export the clients again, and use that file."
                    )
                check_most(lines, MOST_LINES, "lines", str(self.path))
        if content < size // _SPARSE:
            raise ReadError(
                f"{self.path} contains almost nothing but separators and blanks, so it was not read. Export "
                "the clients again, without the empty rows and columns, and use that file."
            )

    def _too_large(self, most: int) -> ReadError:
        return ReadError(
            f"{self.path} is larger than {most >> 20:,} MB, too large for a client sheet. Copy the clients "
            "into a new workbook, and use that one."
        )

    def _check_kind(self) -> None:
        """Raise a ReadError for a pipe, a device or a socket, which could have no end."""
        mode = self.path.stat().st_mode
        for is_kind, what in _SPECIAL:
            if is_kind(mode):
                raise ReadError(
                    f"{self.path} is {what}, not a file. Save what it contains in a file, and name that one."
                )

    def _explained(self, read: Callable[[], Result]) -> Result:
        try:
            return read()
        except FileNotFoundError as error:
            raise self._missing() from error
        except PermissionError as error:
            raise ReadError(
                f"{self.path} cannot be read: this account has no permission. Ask its owner for permission, "
                "or copy it to a folder of your own."
            ) from error
        except OSError as error:
            raise ReadError(
                f"{self.path} cannot be read ({error.strerror or error}). Check the path and the disk."
            ) from error
        except ValueError as error:  # a null character
            raise ReadError(f"{str(self.path)!r} is not a valid path ({error}).") from error

    def _missing(self) -> ReadError:
        """The error for a missing file, with the nearest name in its folder."""
        path, folder = self.path, self.path.parent
        if not self._explained(folder.is_dir):
            return ReadError(
                f"There is no folder {str(folder)!r}, so {path.name!r} cannot be read. Check the path; the "
                f"current folder is {str(Path.cwd())!r}."
            )
        names = self._sheets_in(folder)
        ending = path.suffix.strip().lower()  # of two names that are as near, the one with this ending
        by_ending = sorted(names, key=lambda name: Path(name).suffix.lower().startswith(ending or "."))
        stems = {Path(name).stem: name for name in by_ending}
        if near := nearest(path.stem, list(stems)):
            return ReadError(f"There is no file {str(path)!r}; did you mean {str(folder / stems[near])!r}?")
        are = "sheets in its folder are" if len(names) > 1 else "only sheet in its folder is"
        there = f"The {are} {listed(names, most=5)}." if names else "Check the path."
        return ReadError(f"There is no file {str(path)!r}. {there}")

    def _sheets_in(self, folder: Path) -> list[str]:
        """The names in a folder that may be sheets."""
        try:
            names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
        except OSError:
            return []
        endings = self._endings()
        return [n for n in names if n.lower().endswith(endings) and not n.startswith(("~$", "."))]

    def _example(self, folder: Path) -> str:
        names = self._sheets_in(folder)
        return f", such as {str(folder / names[0])!r}" if names else ""
