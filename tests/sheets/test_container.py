"""The zip container: hostile and damaged files raise an error before decompression, genuine ones are read."""

import io
import struct
import zipfile

import pytest

from funnel.errors import ReadError
from funnel.sheets.container import Container

TRUSTED = "If you trust its sender, open it in Excel, copy the cells into a new workbook, and use that one."
AGAIN = "Copy or download the file again, or open it in Excel, let Excel repair it, and save it."


def refusal(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        Container(data, "clients.xlsx")
    return str(caught.value)


def test_raw_parts_are_the_compressed_bytes(book):
    container = Container(book("<row/>"), "clients.xlsx")
    info, packed = container.raw("xl/worksheets/sheet1.xml")
    assert len(packed) == info.compress_size
    assert container.read("xl/worksheets/sheet1.xml").endswith(b"</worksheet>")
    assert b"".join(container.stream("xl/worksheets/sheet1.xml", 7)) == container.read(
        "xl/worksheets/sheet1.xml"
    )
    assert max(map(len, container.stream("xl/worksheets/sheet1.xml", 7))) == 7
    assert container.find("XL\\Worksheets/sheet1.XML") == "xl/worksheets/sheet1.xml"
    assert container.find("xl/none.xml") is None


def test_version_is_the_hash_of_the_bytes():
    data = zip_of([("a", b"1")])
    assert Container(data, "a").version != Container(zip_of([("a", b"2")]), "a").version


def zip_of(parts: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return buffer.getvalue()


def test_data_before_the_zip_zip64_data_descriptors_and_stored_parts():
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    plain = zip_of([("a.xml", b"<a/>" * 99)])
    assert Container(b"#!/bin/sh\n" + plain, "a").read("a.xml") == b"<a/>" * 99
    assert Container(zip_of([("a.xml", b"<a/>")], zipfile.ZIP_STORED), "a").read("a.xml") == b"<a/>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a.xml", "w", force_zip64=True) as part:
        part.write(b"<a/>")
    assert Container(buffer.getvalue(), "a").read("a.xml") == b"<a/>"
    described = Unseekable()
    with zipfile.ZipFile(described, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"<a/>" * 9)
        archive.writestr("b.xml", b"<b/>")
    assert Container(described.getvalue(), "a").read("b.xml") == b"<b/>"


def test_files_that_are_not_zip_files():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refusal(ole) == (
        "clients.xlsx is an old Excel workbook (.xls), which funnel does not read. Open it in Excel or "
        "LibreOffice, save it as an Excel workbook (.xlsx), and use that one."
    )
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le")) == (
        "clients.xlsx is protected with a password, so it cannot be read. Open it in Excel, remove the "
        "password, save it, and try again."
    )
    assert refusal(b"<html><body>Sign in") == (
        "clients.xlsx is not a workbook but a web page: it begins with '<html><body>Sign in'. Open it in "
        "Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that one."
    )


def test_cut_off_at_any_place(book):
    data = book("<row/>" * 40)
    assert refusal(data[:-30]) == f"clients.xlsx is cut off: the end of the file is missing. {AGAIN}"
    for length in range(4, len(data) - 1, 97):
        assert AGAIN in refusal(data[:length])


def test_damaged_parts(book):
    data = bytearray(zip_of([("a.xml", bytes(range(256)) * 9)]))
    data[60] ^= 0xFF
    with pytest.raises(ReadError, match=r"its part 'a\.xml' is corrupt"):
        Container(bytes(data), "clients.xlsx").read("a.xml")


def test_names_outside_the_container_and_duplicate_names():
    assert refusal(zip_of([("xl/../../evil.xml", b"")])) == (
        f"clients.xlsx was not read: its part 'xl/../../evil.xml' has a path outside the workbook. {TRUSTED}"
    )
    assert refusal(zip_of([("xl/a.xml", b""), ("XL/A.xml", b"")])) == (
        f"clients.xlsx was not read: it contains the part 'XL/A.xml' twice. {TRUSTED}"
    )


def test_too_many_parts():
    many = zip_of([(f"{i}", b"") for i in range(10_001)], zipfile.ZIP_STORED)
    assert refusal(many) == (
        f"clients.xlsx was not read: it has 10,001 parts, far more than a workbook. {TRUSTED}"
    )


def test_a_part_with_more_bytes_than_declared():
    data = bytearray(zip_of([("a.xml", b"a" * 5_000_000)]))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    with pytest.raises(ReadError, match="is corrupt"):
        Container(bytes(data), "clients.xlsx").read("a.xml")


def test_overlapping_parts():
    data = bytearray(zip_of([("a.xml", b"a" * 99), ("b.xml", b"b" * 99)]))
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 42, 0)
    assert "is damaged" in refusal(bytes(data))


def test_encrypted_parts_and_unknown_methods():
    data = bytearray(zip_of([("a.xml", b"<a/>")]))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadError, match="needs a password"):
        Container(bytes(data), "clients.xlsx").read("a.xml")
    with pytest.raises(ReadError, match="is corrupt"):
        Container(zip_of([("a.xml", b"<a/>")], zipfile.ZIP_BZIP2), "clients.xlsx").read("a.xml")


def test_a_missing_part():
    with pytest.raises(ReadError) as caught:
        Container(zip_of([("a.xml", b"")]), "clients.xlsx").read("b.xml")
    assert str(caught.value) == f"clients.xlsx is damaged: its part 'b.xml' is missing. {AGAIN}"
