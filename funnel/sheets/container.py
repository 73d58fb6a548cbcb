"""A zip container (.xlsx, .ods) held in memory as it was on disk, and the gate in front of it.

The bytes are read once, so that the version (their hash) is the version of everything read afterwards, and no
open file stands in the way of replacing it. Nothing is inflated before the list of parts has passed the gate,
and a part never gives more than it declared.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from funnel.errors import ReadError
from funnel.text import count

MOST_PARTS = 10_000
MOST_BYTES = 4 << 30
# Judged by what comes out, not by the ratio alone: a million equal rows honestly reach 411:1, a client sheet
# 20:1. Up to 300 MB may come out of anything, and beyond that a hundred times what goes in.
FREE_BYTES = 300 << 20
FAIR_RATIO = 100

_LOCAL_HEADER = struct.Struct("<4s22x2H")  # signature, length of the name, length of the extra field
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """One part: its record in the central directory and where its compressed bytes lie."""

    info: zipfile.ZipInfo
    start: int

    @property
    def end(self) -> int:
        return self.start + self.info.compress_size


class Container:
    """The parts of a zip file, by their exact names.

    Parameters
    ----------
    data : the bytes of the file.
    source : the file as a person named it, for messages.

    Raises
    ------
    ReadError : for what is no zip file, is cut off, encrypted or hostile (SAFETY: total and part size, number
        of parts, duplicate and ``..`` names, parts that overlap).

    >>> buffer = io.BytesIO()
    >>> with zipfile.ZipFile(buffer, "w") as archive:
    ...     archive.writestr("xl/Workbook.xml", "<workbook/>")
    >>> container = Container(buffer.getvalue(), "clients.xlsx")
    >>> container.names, container.find("/XL/workbook.xml"), container.read("xl/Workbook.xml")
    (('xl/Workbook.xml',), 'xl/Workbook.xml', b'<workbook/>')
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.data = data
        self.source = source
        self.version = hashlib.sha256(data).hexdigest()
        self._entries = {entry.info.filename: entry for entry in _entries(data, source)}
        self._folded = {fold_part(name): name for name in self._entries}

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read a file whole. OSError where the system does not let us."""
        return cls(Path(path).read_bytes(), str(path))

    @property
    def names(self) -> tuple[str, ...]:
        """The exact names of all parts, in the order of the zip's directory."""
        return tuple(self._entries)

    def has(self, part: str) -> bool:
        """Say whether there is a part of exactly this name."""
        return part in self._entries

    def find(self, part: str) -> str | None:
        """The exact name of a part that is named in other case or with a leading slash, or None."""
        return part if part in self._entries else self._folded.get(fold_part(part))

    def raw(self, part: str) -> tuple[zipfile.ZipInfo, memoryview]:
        """A part as it stands: its record, and its bytes still compressed."""
        entry = self._entry(part)
        return entry.info, memoryview(self.data)[entry.start : entry.end]

    def read(self, part: str) -> bytes:
        """A part, inflated."""
        return b"".join(self.stream(part))

    def stream(self, part: str, size: int = 1 << 20) -> Iterator[bytes]:
        """A part, inflated, in pieces of at most `size` bytes.

        Raises
        ------
        ReadError : where the part is missing or damaged, or gives more than it declared.
        """
        info, packed = self.raw(part)
        produced = crc = 0
        try:
            for piece in _inflated(info, packed, size):
                produced += len(piece)
                crc = zlib.crc32(piece, crc)
                if produced > info.file_size:
                    break
                yield piece
        except zlib.error as error:
            raise self._damaged(part) from error
        if produced != info.file_size or crc != info.CRC:
            raise self._damaged(part)

    def _entry(self, part: str) -> _Entry:
        entry = self._entries.get(part)
        if entry is None:
            raise ReadError(f"{self.source} is damaged: its part {part!r} is missing. {_TRY_AGAIN}")
        if entry.info.flag_bits & 1:
            raise ReadError(f"{self.source} is encrypted: its part {part!r} needs a password. {_NO_PASSWORD}")
        return entry

    def _damaged(self, part: str) -> ReadError:
        return ReadError(
            f"{self.source} is damaged: its part {part!r} does not hold what it should. {_TRY_AGAIN}"
        )


_TRY_AGAIN = "Copy or download the file again, or open it in Excel, let Excel repair it, and save it."
_NO_PASSWORD = "Open it in Excel, remove the password, save it, and try again."


def fold_part(name: str) -> str:
    """The form in which part names are compared: case, backslashes and a leading slash do not count.

    >>> fold_part("/XL\\\\Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").casefold()


def _inflated(info: zipfile.ZipInfo, packed: memoryview, size: int) -> Iterator[bytes]:
    """The pieces of a part; zlib.error where they are no stream, or not a whole one."""
    if info.compress_type == _STORED:
        for start in range(0, len(packed), size):
            yield bytes(packed[start : start + size])
        return
    if info.compress_type != _DEFLATED:
        raise zlib.error(f"compression method {info.compress_type}")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), 1 << 16):
        rest: bytes | memoryview = packed[start : start + (1 << 16)]
        while rest and not inflater.eof:
            if piece := inflater.decompress(rest, size):
                yield piece
            rest = inflater.unconsumed_tail
    while not inflater.eof and (piece := inflater.decompress(b"", size)):
        yield piece
    if not inflater.eof:
        raise zlib.error("cut off")


def _entries(data: bytes, source: str) -> list[_Entry]:
    """The directory of a zip file, once it has passed the gate."""
    _refuse_other_kinds(data, source)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
        _check_sizes(infos, len(data), source)
        _check_names([info.filename for info in infos], source)
        entries = [_Entry(info, _data_start(data, info)) for info in infos]
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{source} is damaged or cut off ({error}). {_TRY_AGAIN}") from error
    _check_places(entries, len(data), source)
    return entries


def _refuse_other_kinds(data: bytes, source: str) -> None:
    """Say what a file is that is no zip file."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadError(f"{source} is protected with a password, so it cannot be read. {_NO_PASSWORD}")
        raise ReadError(
            f"{source} is an old Excel workbook (.xls), which funnel does not read. Open it in Excel or "
            "LibreOffice, save it as an Excel workbook (.xlsx), and use that one."
        )
    if b"PK\x05\x06" in data[-65_557:]:
        return
    if data.startswith(b"PK"):
        raise ReadError(f"{source} is cut off: the end of the file is missing. {_TRY_AGAIN}")
    begins = data[:24].decode("latin-1").strip()
    what = "a web page" if begins.lower().startswith(("<!doctype", "<html")) else "something else"
    raise ReadError(
        f"{source} is not a workbook but {what}: it begins with {begins!r}. Open it in Excel or LibreOffice, "
        "save it as an Excel workbook (.xlsx), and use that one."
    )


def _check_sizes(infos: list[zipfile.ZipInfo], size: int, source: str) -> None:
    """Refuse too many parts, and more bytes than a spreadsheet of this size can honestly hold."""
    if len(infos) > MOST_PARTS:
        raise ReadError(
            f"{source} is refused: it is made of {count(len(infos), 'part')}, where a workbook has a few "
            f"thousand at most. {_HOSTILE}"
        )
    judged = [(f"its part {info.filename!r}", info.file_size, info.compress_size) for info in infos]
    judged.append(("it", sum(info.file_size for info in infos), size))
    for what, inflated, packed in judged:
        if inflated > min(MOST_BYTES, FREE_BYTES + FAIR_RATIO * packed):
            raise ReadError(
                f"{source} is refused: {what} would grow from {_megabytes(packed)} to {_megabytes(inflated)} "
                f"when unpacked, which no client sheet does. {_HOSTILE}"
            )


_HOSTILE = "If you trust its sender, open it in Excel, copy the cells into a new workbook, and use that one."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _check_names(names: list[str], source: str) -> None:
    """Refuse names that point outside the container, and names that stand for two parts."""
    seen: set[str] = set()
    for name in names:
        folded = fold_part(name)
        if ".." in PurePosixPath(folded).parts or "\0" in name:
            raise ReadError(f"{source} is refused: its part {name!r} points outside the workbook. {_HOSTILE}")
        if folded in seen:
            raise ReadError(f"{source} is refused: it holds the part {name!r} twice. {_HOSTILE}")
        seen.add(folded)


def _data_start(data: bytes, info: zipfile.ZipInfo) -> int:
    """Where a part's compressed bytes begin: after its local header, whose extra field is its own."""
    signature, name, extra = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no part at {info.header_offset}")
    return int(info.header_offset + _LOCAL_HEADER.size + name + extra)


def _check_places(entries: list[_Entry], size: int, source: str) -> None:
    """Refuse parts that lie in one another or past the end: a small file that claims to be a large one."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.info.header_offset):
        if entry.info.header_offset < end or entry.end > size:
            raise ReadError(f"{source} is damaged: its part {entry.info.filename!r} is cut off. {_TRY_AGAIN}")
        end = entry.end
