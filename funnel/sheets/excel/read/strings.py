"""Read the text of a workbook: shared strings, escapes, rich text as plain text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from funnel.sheets.excel.package.parts import Package
from funnel.sheets.limits import LONGEST_TEXT, check_count, too_long_error, whole_number
from funnel.sheets.xml_parts import document_type_error, invalid_xml_error

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN = re.compile(rb'\s*<si>\s*<t(?:(?: xml:space="preserve")?>([^<]*)</t>|/>)\s*')
_START = re.compile(rb"<((?:[\w.-]+:)?)sst\b[^>]*?(/?)>")
_UNIQUE = re.compile(rb'\suniqueCount\s*=\s*["\'](\d+)')
_REFERENCE = re.compile(r"&(\w+|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ENCODINGS = re.compile(
    r"utf-16(?:-?[lb]e)?|utf-32(?:-?[lb]e)?|iso-8859-\d+|windows-125\d|shift_jis|gb2312|gbk|gb18030|big5|"
    r"euc-(?:jp|kr)|koi8-r"
)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb'encoding\s*=\s*["\']([\w.-]+)')


def unescape(text: str) -> str:
    """Replace escapes such as ``_x000D_``, which Excel writes for characters that are invalid in XML.

    >>> unescape("a_x000D_b_x005F_c_x_")
    'a\\rb_c_x_'
    """
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def plain_text(data: bytes) -> str:
    """Decode the UTF-8 text of an element without children.

    >>> plain_text(b"Caf\\xc3\\xa9 &amp; more&#10;")
    'Café & more\\n'
    """
    text = data.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(match: re.Match[str]) -> str:
    """Return the character of a reference."""
    name = match[1]
    if name[0] != "#":
        return _NAMED.get(name, match[0])
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(code) if code < 0x110000 else match[0]


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


def utf8(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """Convert an XML part from any encoding to UTF-8, without its declaration."""
    stream = iter(chunks)
    first = next(stream, b"")
    encoding = _encoding(first)
    if encoding == "utf-8":
        yield _DECLARATION.sub(b"", first.removeprefix(codecs.BOM_UTF8), count=1)
        yield from stream
        return
    if not _ENCODINGS.fullmatch(encoding):  # others are no text, such as zlib
        raise invalid_xml_error(where, f"unknown encoding: {encoding}")
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(first).encode()
        yield _DECLARATION.sub(b"", text, count=1)
        for chunk in stream:
            yield decoder.decode(chunk).encode()
    except (LookupError, UnicodeError) as error:
        raise invalid_xml_error(where, str(error)) from error


def _encoding(first: bytes) -> str:
    """Return the encoding of a part, from its first bytes."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if first.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if first.startswith(b"<") else "utf-16-be"
    declaration = _DECLARATION.match(first.removeprefix(codecs.BOM_UTF8))
    named = _ENCODING.search(declaration[0]) if declaration else None
    name = named[1].decode().lower() if named else "utf-8"
    return "utf-8" if name in ("utf-8", "utf8", "us-ascii", "ascii") else name


def read_strings(package: Package) -> list[str]:
    """Return the shared strings of a workbook: rich text joined, without phonetic hints.

    Raises
    ------
    ReadError : the part is damaged, or declares more strings than bytes.
    """
    parts = package.related(package.workbook, "sharedStrings")
    if not parts:
        return []
    size = package.raw(parts[0])[0].file_size
    where = f"{package.source}, part {parts[0]},"
    return list(_strings(utf8(package.stream(parts[0]), where), size, where))


def _strings(chunks: Iterator[bytes], size: int, where: str) -> Iterator[str]:
    """Yield each shared string; plain ones are matched by a pattern, others parsed as XML."""
    start, rest = _list_start(chunks, where)
    unique = _UNIQUE.search(start[0])
    check_count(whole_number(unique[1]) if unique else 0, size, "strings", where)
    end = b"</" + start[1] + b"si>"
    rich = RichText(start[0], where)
    while not start[2]:
        *items, rest = rest.split(end)
        for item in items:
            if match := _PLAIN.fullmatch(item):
                yield unescape(plain_text(match[1] or b""))
            else:
                yield from rich.feed(item + end)
        if len(rest) > LONGEST_TEXT:
            raise too_long_error("a text", LONGEST_TEXT, where)
        if (piece := next(chunks, None)) is None:
            break
        rest += piece
    yield from rich.feed(rest)


def _list_start(chunks: Iterator[bytes], where: str) -> tuple[re.Match[bytes], bytes]:
    """Return the opening tag of the list of strings, and the rest of its chunk."""
    head = b""
    for piece in chunks:
        head += piece
        if b"<!DOCTYPE" in head:
            raise document_type_error(where)
        if start := _START.search(head):
            return start, head[start.end() :]
        if len(head) > LONGEST_TEXT:
            break
    raise invalid_xml_error(where, "it has no list of strings")


class RichText:
    """An incremental XML parser for strings with runs, phonetic hints, comments or prefixes.

    >>> RichText(b"<sst>", "").feed(b"<si><r><t>A</t></r><r><t>na</t></r><rPh><t>x</t></rPh></si>")
    ['Ana']
    """

    def __init__(self, start: bytes, where: str) -> None:
        self._where = where
        self._found: list[str] = []
        self._text: list[str] = []
        self._inside: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self.feed(start)

    def feed(self, data: bytes) -> list[str]:
        """Parse bytes, and return the strings that end in them."""
        try:
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            raise invalid_xml_error(self._where, str(error)) from error
        found, self._found = self._found, []
        return found

    def _start(self, name: str, _: object) -> None:
        self._inside.append(name.rpartition("}")[2])
        if self._inside[-1] == "si":
            self._text = []

    def _end(self, _: str) -> None:
        if self._inside.pop() == "si":
            self._found.append(unescape("".join(self._text)))

    def _characters(self, text: str) -> None:
        if self._inside[-1] == "t" and "rPh" not in self._inside:
            self._text.append(text)
