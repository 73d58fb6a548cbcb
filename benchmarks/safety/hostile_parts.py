"""Build hostile packages: zip files from parts, some of them gigabytes long and kilobytes packed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")


@dataclass(frozen=True)
class Swollen:
    """A part that repeats a block; it is packed once, so that gigabytes cost nothing to make."""

    start: bytes
    block: bytes
    times: int
    end: bytes

    def packed(self) -> tuple[bytes, int, int]:
        """Return the packed bytes, the size and the checksum (0 over 256 MB, where none is read)."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        head = packer.compress(self.start) + packer.flush(zlib.Z_FULL_FLUSH)
        body = packer.compress(self.block) + packer.flush(zlib.Z_FULL_FLUSH)
        tail = packer.compress(self.end) + packer.flush()
        size = len(self.start) + len(self.block) * self.times + len(self.end)
        crc = zlib.crc32(self.start)
        if size < 1 << 28:
            for _ in range(self.times):
                crc = zlib.crc32(self.block, crc)
            crc = zlib.crc32(self.end, crc)
        return head + body * self.times + tail, size, crc


@dataclass(frozen=True)
class Entry:
    """A part as its zip headers describe it, truly or not."""

    data: bytes | str | Swollen
    method: int = 8
    flags: int = 0
    size: int | None = None  # as declared
    extra: bytes = b""
    offset: int | None = None  # of its local header, as declared


Part = bytes | str | Swollen | Entry


def pack(parts: Mapping[str, Part] | list[tuple[str, Part]], comment: bytes = b"") -> bytes:
    """Return the bytes of a zip file."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, part in parts.items() if isinstance(parts, Mapping) else parts:
        entry = part if isinstance(part, Entry) else Entry(part)
        packed, size, crc = _packed(entry)
        size = size if entry.size is None else entry.size
        label = name.encode()
        offset = len(body) if entry.offset is None else entry.offset
        facts = (entry.flags, entry.method, 0, 0x21, crc, len(packed), size & 0xFFFFFFFF, len(label))
        body += _LOCAL.pack(b"PK\3\4", 20, *facts, len(entry.extra)) + label + entry.extra + packed
        directory += _CENTRAL.pack(b"PK\1\2", 20, 20, *facts, len(entry.extra), 0, 0, 0, 0, offset)
        directory += label + entry.extra
        count += 1
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, min(count, 65535), min(count, 65535),
                      len(directory), len(body), len(comment))  # fmt: skip
    return bytes(body + directory + end + comment)


def _packed(entry: Entry) -> tuple[bytes, int, int]:
    data = entry.data
    if isinstance(data, Swollen):
        return data.packed()
    raw = data.encode() if isinstance(data, str) else data
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return (raw if entry.method == 0 else packer.compress(raw) + packer.flush()), len(raw), zlib.crc32(raw)


def links(*items: tuple[str, str]) -> str:
    """Return the XML of (kind, target) links, numbered from rId1."""
    text = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(items, 1)
    )
    return f'{XML}<Relationships xmlns="{LINKS}">{text}</Relationships>'


HEADERS: Final = ("Client name", "Date of lead", "Client contacted", "First paid session")
ROWS: Final = "".join(
    f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>Client {row}</t></is></c>'
    f'<c r="B{row}"><v>{46000 + row}</v></c><c r="C{row}"><v>1</v></c></row>'
    for row in range(2, 8)
)
HEADER_ROW: Final = "".join(f'<c r="{letter}1" t="s"><v>{at}</v></c>' for at, letter in enumerate("ABCD"))


def sheet(rows: str = "", before: str = "", after: str = "") -> str:
    """Return a worksheet with four headers and six clients, and more."""
    return (
        f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData><row r="1">{HEADER_ROW}</row>'
        f"{ROWS}{rows}</sheetData>{after}</worksheet>"
    )


def workbook(**changed: Part) -> dict[str, Part]:
    """Return the parts of a whole workbook; `changed` names parts by their last name without its ending."""
    parts: dict[str, Part] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{LINKS.replace("relationships", "content-types")}"/>',
        "_rels/.rels": links(
            ("officeDocument", "xl/workbook.xml"), ("extended-properties", "docProps/app.xml")
        ),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Leads" sheetId="1" r:id="rId1"/><sheet name="Old" sheetId="2" r:id="rId5"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": links(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"), ("theme", "theme/theme1.xml"), ("worksheet", "worksheets/sheet2.xml"),
        ),
        "xl/sharedStrings.xml": f'{XML}<sst xmlns="{MAIN}">'
        + "".join(f"<si><t>{header}</t></si>" for header in HEADERS) + "</sst>",
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf/></cellXfs></styleSheet>',
        "xl/theme/theme1.xml": f'{XML}<a:theme xmlns:a="urn:a"><a:themeElements/></a:theme>',
        "xl/worksheets/sheet1.xml": sheet(),
        "xl/worksheets/_rels/sheet1.xml.rels": links(("table", "../tables/table1.xml"),
                                                     ("drawing", "../drawings/drawing1.xml")),
        "xl/worksheets/sheet2.xml": f'{XML}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        "xl/tables/table1.xml": f'{XML}<table xmlns="{MAIN}" ref="A1:D7"/>',
        "xl/drawings/drawing1.xml": f'{XML}<xdr:wsDr xmlns:xdr="urn:xdr"/>',
        "docProps/app.xml": f'{XML}<Properties xmlns="urn:p"><TitlesOfParts/></Properties>',
    }  # fmt: skip
    for name, part in changed.items():
        parts[next(known for known in parts if known.rpartition("/")[2].partition(".")[0] == name)] = part
    return parts


_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
ODS_START: Final = (
    f'{XML}<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}">'
    '<office:body><office:spreadsheet><table:table table:name="Leads">'
)
ODS_END: Final = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_cell(value: str, more: str = "") -> str:
    """Return a cell with text."""
    return f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'


def ods(content: Part | None = None, rows: str = "", **changed: Part) -> dict[str, Part]:
    """Return the parts of an OpenDocument spreadsheet with four headers and six clients, and more."""
    first = "".join(map(ods_cell, HEADERS))
    clients = "".join(
        f"<table:table-row>{ods_cell(f'Client {n}')}{ods_cell('2026-01-05')}{ods_cell('1')}</table:table-row>"
        for n in range(6)
    )
    body = f"{ODS_START}<table:table-row>{first}</table:table-row>{clients}{rows}{ODS_END}"
    return {
        "mimetype": Entry(b"application/vnd.oasis.opendocument.spreadsheet", method=0),
        "content.xml": body if content is None else content,
        "styles.xml": changed.get("styles", f'{XML}<office:document-styles xmlns:office="{_OFFICE}"/>'),
        "META-INF/manifest.xml": changed.get("manifest", f'{XML}<manifest xmlns="urn:m"/>'),
    }
