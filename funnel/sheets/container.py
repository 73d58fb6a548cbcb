"""Read a zip container (.xlsx, .ods) in memory, after safety checks.

The bytes are read once: their hash is the version of all data read later, and the file is not kept open, so
it can be replaced. Nothing is decompressed until the list of parts has been checked, and no part yields more
bytes than it declares.
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
from funnel.sheets.limits import LONGEST_PART, too_long_error
from funnel.text import count

MOST_PARTS = 10_000
MOST_BYTES = 4 << 30
# Limits on the decompressed size, because a ratio alone is no evidence: a million equal rows reach 411:1, a
# client sheet 20:1. 300 MB are always allowed; beyond that, 100 times the compressed size.
FREE_BYTES = 300 << 20
FAIR_RATIO = 100

_LOCAL_HEADER = struct.Struct("<4s22x2H")  # signature, length of the name, length of the extra field
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """One part: its record in the central directory and the offset of its compressed bytes."""

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
    source : the file as the user named it, for messages.

    Raises
    ------
    ReadError : the file is not a zip file, cut off, encrypted or hostile (total and part size, number of
        parts, duplicate and ``..`` names, parts that overlap).

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
        """Read a file; raise an OSError if that fails."""
        return cls(Path(path).read_bytes(), str(path))

    @property
    def names(self) -> tuple[str, ...]:
        """Exact names of all parts, in the order of the zip's directory."""
        return tuple(self._entries)

    def has(self, part: str) -> bool:
        """Return True if there is a part of exactly this name."""
        return part in self._entries

    def find(self, part: str) -> str | None:
        """Return the exact name of a part, ignoring case and a leading slash, or None."""
        return part if part in self._entries else self._folded.get(fold_part(part))

    def raw(self, part: str) -> tuple[zipfile.ZipInfo, memoryview]:
        """Return the record of a part and its compressed bytes."""
        entry = self._entry(part)
        return entry.info, memoryview(self.data)[entry.start : entry.end]

    def read(self, part: str) -> bytes:
        """Return the decompressed bytes of a part that is parsed as a whole.

        Raises
        ------
        ReadError : the part is missing, damaged or too long for that.
        """
        if self.has(part) and self._entries[part].info.file_size > LONGEST_PART:
            raise too_long_error("XML", LONGEST_PART, f"{self.source}, part {part},")
        return b"".join(self.stream(part))

    def stream(self, part: str, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield the decompressed bytes of a part, in pieces of at most `size` bytes.

        Raises
        ------
        ReadError : the part is missing or damaged, or yields more bytes than it declares.
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
        return ReadError(f"{self.source} is damaged: its part {part!r} is corrupt. {_TRY_AGAIN}")


_TRY_AGAIN = "Copy or download the file again, or open it in Excel, let Excel repair it, and save it."
_NO_PASSWORD = "Open it in Excel, remove the password, save it, and try again."


def fold_part(name: str) -> str:
    """Normalise a part name for comparison: lower case, forward slashes, no leading slash.

    >>> fold_part("/XL\\\\Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").casefold()


def _inflated(info: zipfile.ZipInfo, packed: memoryview, size: int) -> Iterator[bytes]:
    """Yield the decompressed pieces of a part; raise a zlib.error if it is invalid or cut off."""
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
    """Return the directory of a zip file, after the safety checks."""
    _check_kind(data, source)
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


def _check_kind(data: bytes, source: str) -> None:
    """Raise a ReadError that describes a file other than a zip file."""
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
    """Raise a ReadError for too many parts, or more bytes than a genuine spreadsheet of this size has."""
    if len(infos) > MOST_PARTS:
        raise ReadError(
            f"{source} was not read: it has {count(len(infos), 'part')}, far more than a workbook. {_HOSTILE}"
        )
    sizes = [(f"its part {info.filename!r}", info.file_size, info.compress_size) for info in infos]
    sizes.append(("it", sum(info.file_size for info in infos), size))
    for what, inflated, packed in sizes:
        if inflated > min(MOST_BYTES, FREE_BYTES + FAIR_RATIO * packed):
            raise ReadError(
                f"{source} was not read: {what} would grow from {_megabytes(packed)} to "
                f"{_megabytes(inflated)} when unpacked, far more than a client sheet. {_HOSTILE}"
            )


_HOSTILE = "If you trust its sender, open it in Excel, copy the cells into a new workbook, and use that one."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _check_names(names: list[str], source: str) -> None:
    """Raise a ReadError for names that point outside the container, and for duplicate names."""
    seen: set[str] = set()
    for name in names:
        folded = fold_part(name)
        if ".." in PurePosixPath(folded).parts or "\0" in name:
            raise ReadError(
                f"{source} was not read: its part {name!r} has a path outside the workbook. {_HOSTILE}"
            )
        if folded in seen:
            raise ReadError(f"{source} was not read: it contains the part {name!r} twice. {_HOSTILE}")
        seen.add(folded)


def _data_start(data: bytes, info: zipfile.ZipInfo) -> int:
    """Return the offset of a part's compressed bytes, after its local header and extra field."""
    signature, name, extra = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no part at {info.header_offset}")
    return int(info.header_offset + _LOCAL_HEADER.size + name + extra)


def _check_places(entries: list[_Entry], size: int, source: str) -> None:
    """Raise a ReadError for parts that overlap or are past the end of the file."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.info.header_offset):
        if entry.info.header_offset < end or entry.end > size:
            raise ReadError(f"{source} is damaged: its part {entry.info.filename!r} is cut off. {_TRY_AGAIN}")
        end = entry.end
