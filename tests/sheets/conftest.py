"""Build small workbooks from XML, so that each test contains its special case of the format."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

import pytest

from funnel.grid import Grid
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
Book = Callable[..., bytes]


def relationships(*links: tuple[str, str, str]) -> str:
    """Return the XML of (id, kind, target) links."""
    items = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{k}" Target="{t}"/>' for i, k, t in links)
    return f'<Relationships xmlns="{LINKS}">{items}</Relationships>'


def worksheet(rows: str, before: str = "", after: str = "") -> str:
    data = f"{before}<sheetData>{rows}</sheetData>{after}"
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{data}</worksheet>'


def parts_of(
    rows: str = "",
    *,
    sheet: str | bytes | None = None,
    before: str = "",
    after: str = "",
    strings: Iterable[str] = (),
    shared: str | bytes | None = None,
    styles: str = "",
    properties: str = "",
    names: str = "",
    extra: Mapping[str, str | bytes] | None = None,
) -> dict[str, str | bytes]:
    """Return the parts of a workbook with one tab, `Leads`."""
    items = "".join(f"<si>{text}</si>" for text in strings)
    return {
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
            ("rId4", "theme", "theme/theme1.xml"),
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>'
        f'<sheet name="Leads" sheetId="1" r:id="rId1"/></sheets>{names}</workbook>',
        "xl/worksheets/sheet1.xml": sheet if sheet is not None else worksheet(rows, before, after),
        "xl/sharedStrings.xml": shared if shared is not None else f'<sst xmlns="{MAIN}">{items}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        **(extra or {}),
    }


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def parts() -> Callable[..., dict[str, str | bytes]]:
    """``parts(rows, ...)``: the parts of a small workbook."""
    return parts_of


@pytest.fixture(scope="session")
def pack() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """``pack(parts)``: the bytes of a package."""
    return zipped


@pytest.fixture(scope="session")
def book() -> Book:
    """``book(rows, ...)``: the bytes of a small workbook."""
    return lambda *args, **options: zipped(parts_of(*args, **options))


@pytest.fixture(scope="session")
def read() -> Callable[..., Grid]:
    """``read(rows, ...)``: the tab of a small workbook, read both ways, which must give the same."""

    def reading(*args: str, limit: int | None = None, **options: object) -> Grid:
        package = Package(zipped(parts_of(*args, **options)), "clients.xlsx")  # type: ignore[arg-type]
        fast = Reader(package).read(package.worksheets[0], limit)
        slow = Reader(package, slowly=True).read(package.worksheets[0], limit)
        assert fast.values == slow.values
        assert dict(fast.formulas) == dict(slow.formulas)
        assert list(map(list, fast.styles)) == list(map(list, slow.styles))
        return fast

    return reading


@pytest.fixture(scope="session")
def swollen() -> Callable[..., bytes]:
    """``swollen(parts, name, start, block, times, end)``: a package with a part of a repeated block.

    The block is packed once and its packed bytes are repeated, so that gigabytes cost nothing to make.
    """

    def make(
        parts: Mapping[str, str | bytes], name: str, start: bytes, block: bytes, times: int, end: bytes
    ) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
        body = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
        tail = packer.compress(end) + packer.flush()
        packed = head + body * times + tail
        size, crc = len(start) + len(block) * times + len(end), zlib.crc32(start)
        if size < 1 << 29:
            for _ in range(times):
                crc = zlib.crc32(block, crc)
            crc = zlib.crc32(end, crc)
        others = {part: data for part, data in parts.items() if part != name}
        return _with_entry(zipped({**others, name: b""}), name, packed, size, crc)

    return make


def _with_entry(data: bytes, name: str, packed: bytes, size: int, crc: int) -> bytes:
    """Replace the last, empty part of a package by packed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        directory = archive.start_dir
    info = infos[-1]
    assert info.filename == name
    local = bytearray(data[: info.header_offset + 30 + len(name)])
    struct.pack_into("<HIII", local, info.header_offset + 8, 0, 0, 0, 0)
    struct.pack_into("<H", local, info.header_offset + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<III", local, info.header_offset + 14, crc, len(packed), size)
    central = bytearray(data[directory:])
    at = central.rindex(b"PK\x01\x02")
    struct.pack_into("<H", central, at + 10, zipfile.ZIP_DEFLATED)
    struct.pack_into("<III", central, at + 16, crc, len(packed), size)
    struct.pack_into("<I", central, central.rindex(b"PK\x05\x06") + 16, len(local) + len(packed))
    return bytes(local) + packed + bytes(central)
