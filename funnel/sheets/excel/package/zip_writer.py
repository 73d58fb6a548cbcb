"""Write a package: unchanged parts are copied as compressed bytes, with their dates.

The checks of `container` keep a package under 4 GiB, so zip64 is not needed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, NamedTuple

from funnel.sheets.container import Container

LEVEL: Final = 4
"""Compression level of zlib. On a client sheet of 100,000 × 18, level 1 takes 0.16 s and 24 % more bytes than
level 6 (0.86 s); level 4 takes 0.27 s and 21 % more (`benchmarks/writing.py`)."""

FAST_LEVEL: Final = 1
"""Compression level of ISA-L: 0.04 s, and as many bytes as level 4 of zlib."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8, _DESCRIPTOR, _EFFORT = 0x800, 0x8, 0x6  # bits of a part's flags
_EPOCH: Final = 0x21  # 1980-01-01, the first date of the zip format, which Excel writes too
_DEFLATED: Final = 8
_VERSION: Final = 20  # of the zip format: deflate


class Packed(NamedTuple):
    """A compressed part."""

    data: bytes
    crc: int
    size: int


def pack(chunks: Iterable[bytes]) -> Packed:
    """Compress a part in pieces.

    >>> pack([b"ab", b"c"]).size
    3
    """
    deflater = _deflater()
    packed, crc, size = [], 0, 0
    for chunk in chunks:
        packed.append(deflater.compress(chunk))
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    packed.append(deflater.flush())
    return Packed(b"".join(packed), crc, size)


def _deflater() -> Any:
    """Return a compressor: that of ISA-L, where it is installed, else Python's."""
    try:
        from isal import isal_zlib
    except ImportError:  # Windows on ARM has none
        return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return isal_zlib.compressobj(FAST_LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS)


def unpack(packed: Packed) -> bytes:
    """Decompress a part from `pack`."""
    return zlib.decompress(packed.data, -zlib.MAX_WBITS)


@dataclass(frozen=True)
class _Record:
    """The metadata of a part, written before its bytes and again in the directory."""

    name: bytes
    flags: int
    crc: int
    packed: int
    size: int
    method: int = _DEFLATED
    time: int = 0
    date: int = _EPOCH
    version: int = _VERSION
    extra: bytes = b""
    made_by: int = _VERSION
    internal: int = 0
    external: int = 0
    central_extra: bytes = b""
    comment: bytes = b""

    def local(self) -> bytes:
        """Return the header before the part's bytes."""
        lengths = len(self.name), len(self.extra)
        return _LOCAL.pack(b"PK\3\4", *self._common(), *lengths) + self.name + self.extra

    def central(self, offset: int) -> bytes:
        """Return the entry in the directory."""
        lengths = len(self.name), len(self.central_extra), len(self.comment)
        places = 0, self.internal, self.external, offset
        head = _CENTRAL.pack(b"PK\1\2", self.made_by, *self._common(), *lengths, *places)
        return head + self.name + self.central_extra + self.comment

    def _common(self) -> tuple[int, ...]:
        return (
            self.version, self.flags, self.method, self.time, self.date, self.crc, self.packed, self.size,
        )  # fmt: skip


def write(
    out: BinaryIO, package: Container, changed: Mapping[str, Packed], removed: Collection[str] = ()
) -> None:
    """Write a package with some parts changed, added (at the end) or removed; copy the others.

    Parameters
    ----------
    changed : parts by name; a name that is not in the package is a new part.
    """
    directory = bytearray()
    offset = count = 0
    for record, data in _parts(package, changed, removed):
        directory += record.central(offset)
        count += 1
        offset += out.write(record.local()) + out.write(data)
    comment = zipfile.ZipFile(io.BytesIO(package.data)).comment
    out.write(directory)
    out.write(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, len(comment)) + comment)


def _parts(
    package: Container, changed: Mapping[str, Packed], removed: Collection[str]
) -> Iterator[tuple[_Record, bytes | memoryview]]:
    """Yield each part to write: the old ones in their order, then the new ones."""
    for name in package.names:
        if name in removed:
            continue
        info, data = package.raw(name)
        record = _existing_record(package, info)
        if name in changed:
            part = changed[name]
            record = replace(
                record, flags=record.flags & ~_EFFORT, method=_DEFLATED, crc=part.crc, packed=len(part.data),
                size=part.size,
            )  # fmt: skip
            data = memoryview(part.data)
        yield record, data
    for name, part in changed.items():
        if not package.has(name):
            flags = 0 if name.isascii() else _UTF8
            yield _Record(name.encode(), flags, part.crc, len(part.data), part.size), part.data


def _existing_record(package: Container, info: zipfile.ZipInfo) -> _Record:
    """Return the metadata of an existing part: sizes from the directory, the rest from its local header."""
    start = info.header_offset
    header = _LOCAL.unpack_from(package.data, start)
    _, version, flags, method, time, date, _, _, _, name_length, extra_length = header
    name_end = start + _LOCAL.size + name_length
    return _Record(
        name=package.data[start + _LOCAL.size : name_end],
        flags=flags & ~_DESCRIPTOR,  # the sizes are in the local header now
        crc=info.CRC,
        packed=info.compress_size,
        size=info.file_size,
        method=method,
        time=time,
        date=date,
        version=version,
        extra=_without_zip64(package.data[name_end : name_end + extra_length]),
        made_by=info.create_system << 8 | info.create_version,
        internal=info.internal_attr,
        external=info.external_attr,
        central_extra=_without_zip64(info.extra),
        comment=info.comment,
    )


def _without_zip64(extra: bytes) -> bytes:
    """Return the extra fields of a part without the zip64 sizes.

    >>> _without_zip64(b"\\1\\0\\4\\0abcd" + b"UT\\1\\0x")
    b'UT\\x01\\x00x'
    """
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]
