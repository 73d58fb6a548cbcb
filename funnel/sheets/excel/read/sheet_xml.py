"""Stream a worksheet part: the XML before the rows, the rows in blocks, the XML after them.

The rows are most of a sheet: they stay bytes, cut at the start of a row, and are not parsed into a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from funnel.sheets.excel.read.strings import utf8
from funnel.sheets.limits import LONGEST_EDGE, LONGEST_ROW, too_long_error
from funnel.sheets.xml_parts import document_type_error

_ROOT = re.compile(rb"<([\w.:-]+)")
_LONGEST_TAG = 4096
_ROWS_START = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^<>]*?)?(/?)>")


class SheetStream:
    """A worksheet part, read once from front to back: `head`, then `blocks`, then `tail`.

    Parameters
    ----------
    chunks : the part's bytes.
    where : file and tab, for messages.

    >>> chunks = [b'<worksheet><sheetData><row r="1"/><ro', b'w r="2"/></sheetData><x/></worksheet>']
    >>> stream = SheetStream(chunks, "clients.xlsx")
    >>> stream.head, list(stream.blocks()), stream.tail()
    (b'<worksheet><sheetData>', [b'<row r="1"/><row r="2"/>'], b'</sheetData><x/></worksheet>')
    """

    def __init__(self, chunks: Iterable[bytes], where: str) -> None:
        self._chunks = utf8(chunks, where)
        self._where = where
        self.head, rest, self.prefix, self._has_rows = self._read_head()
        self._rest = rest

    def _read_head(self) -> tuple[bytes, bytes, bytes, bool]:
        """Return the XML up to the first row, the rest of that chunk, the prefix, and if rows follow."""
        data, looked = b"", 0
        for chunk in self._chunks:
            data += chunk
            if data.find(b"<!DOCTYPE", looked) >= 0:
                raise document_type_error(self._where)
            if start := _ROWS_START.search(data, looked):
                return data[: start.end()], data[start.end() :], start[1], not start[2]
            if len(data) > LONGEST_EDGE:
                raise too_long_error("columns and settings", LONGEST_EDGE, self._where)
            looked = max(0, len(data) - _LONGEST_TAG)
        return data, b"", b"", False

    def blocks(self) -> Iterator[bytes]:
        """Yield the rows, in blocks of whole rows of about a megabyte."""
        if not self._has_rows:
            return
        row, end = b"<" + self.prefix + b"row", b"</" + self.prefix + b"sheetData"
        rest, looked = self._rest, 0
        while True:
            # A tag may be split between two chunks, so search from a little before.
            stop = rest.find(end, max(0, looked - len(end)))
            if stop >= 0:
                self._rest = rest[stop:]
                yield rest[:stop]
                return
            cut = rest.rfind(row, max(0, looked - len(row)))
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > LONGEST_ROW:
                raise too_long_error("a row", LONGEST_ROW, self._where)
            chunk = next(self._chunks, None)
            if chunk is None:
                self._rest = b""
                yield rest
                return
            looked = len(rest)
            rest += chunk

    def without_rows(self, finished: bool) -> bytes:
        """Return the sheet's XML without its rows.

        `finished`: the blocks have been read to their end; otherwise the XML after them is omitted.
        """
        if finished:
            return self.head + self.tail()
        root = _ROOT.search(self.head)
        return self.head + b"</" + self.prefix + b"sheetData></" + (root[1] if root else b"") + b">"

    def tail(self) -> bytes:
        """Return the XML after the rows; call this after reading all blocks."""
        pieces, size = [self._rest], len(self._rest)
        for chunk in self._chunks:
            pieces.append(chunk)
            size += len(chunk)
            if size > LONGEST_EDGE:
                raise too_long_error("rules and links", LONGEST_EDGE, self._where)
        return b"".join(pieces)
