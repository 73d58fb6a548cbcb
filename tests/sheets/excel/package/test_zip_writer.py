import io
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from funnel.sheets.container import Container
from funnel.sheets.excel.package.zip_writer import pack, unpack, write


def archive(descriptors: bool = False) -> bytes:
    """Return a zip of three parts with dates, an extra field, a comment; optionally sizes after the parts."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not descriptors

    out = Pipe()
    with zipfile.ZipFile(out, "w") as made:
        for name, method in (("[Content_Types].xml", 8), ("xl/Größe.xml", 8), ("a.png", 0)):
            info = zipfile.ZipInfo(name, (2021, 3, 4, 5, 6, 8))
            info.extra, info.comment, info.external_attr = b"UT\x01\x00x", b"note", 0o600 << 16
            made.writestr(info, name.encode() * 50, method)
        made.comment = b"by hand"
    return out.getvalue()


def written(data: bytes, changed: dict[str, bytes], removed: tuple[str, ...] = ()) -> zipfile.ZipFile:
    out = io.BytesIO()
    parts = {name: pack([part]) for name, part in changed.items()}
    write(out, Container(data, "clients.xlsx"), parts, removed)
    return zipfile.ZipFile(out)


def facts(info: zipfile.ZipInfo) -> tuple[object, ...]:
    return info.date_time, info.compress_type, info.CRC, info.extra, info.comment, info.external_attr


def test_a_part_is_packed_with_and_without_isal(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [b"<row/>" * 9_000, b"", b"<row>1</row>" * 9_000]
    fast = pack(pieces)
    monkeypatch.setitem(sys.modules, "isal", None)
    usual = pack(pieces)
    assert unpack(fast) == unpack(usual) == b"".join(pieces)
    assert (fast.crc, fast.size) == (usual.crc, usual.size)


def test_unchanged_parts_are_copied_with_their_metadata() -> None:
    for data in (archive(), archive(descriptors=True)):
        old, new = zipfile.ZipFile(io.BytesIO(data)), written(data, {})
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        assert list(map(facts, new.infolist())) == list(map(facts, old.infolist()))
        assert new.comment == b"by hand"
        container = Container(data, "old"), Container(new.fp.getvalue(), "new")
        for name in old.namelist():
            assert container[0].raw(name)[1] == container[1].raw(name)[1]


def test_a_changed_part_keeps_its_place_and_its_date() -> None:
    new = written(archive(), {"a.png": b"changed", "xl/new.xml": b"<new/>"}, ("xl/Größe.xml",))
    assert new.namelist() == ["[Content_Types].xml", "a.png", "xl/new.xml"]
    assert new.read("a.png") == b"changed"
    assert new.getinfo("a.png").date_time == (2021, 3, 4, 5, 6, 8)
    assert new.getinfo("xl/new.xml").date_time == (1980, 1, 1, 0, 0, 0)
    assert new.testzip() is None


def test_sizes_are_written_before_the_parts() -> None:
    new = written(archive(descriptors=True), {})
    data = new.fp.getvalue()
    for info in new.infolist():
        assert not info.flag_bits & 8
        assert struct.unpack_from("<L", data, info.header_offset + 18)[0] == info.compress_size


def test_zip64_fields_and_bytes_before_the_zip_are_dropped(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("a.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<a/>")
    new = written(b"#!/bin/sh\n" + out.getvalue(), {})
    assert new.read("a.xml") == b"<a/>"
    assert new.getinfo("a.xml").extra == b""
    assert new.infolist()[0].header_offset == 0


def test_packing_in_pieces() -> None:
    packed = pack([b"ab" * 1000, b"", b"c"])
    assert (unpack(packed), packed.size) == (b"ab" * 1000 + b"c", 2001)
