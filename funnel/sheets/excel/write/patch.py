"""Change one sheet part: its head, its streamed rows, and the elements after the rows.

The elements after the rows (rules, links, drawings) are few, in the order of the schema, and edited as a
tree. Unchanged rows keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from funnel.errors import WriteError
from funnel.grid import Area
from funnel.sheets.excel.package.ooxml import Element, editable
from funnel.sheets.excel.read.sheet_xml import SheetStream
from funnel.sheets.excel.write.rows import (
    ATTRIBUTES,
    Edit,
    NotPlain,
    RowPatcher,
    tag_attribute,
    with_attribute,
)

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Out = TypeVar("Out")


@dataclass
class SheetPatch:
    """The changes of a plan in one sheet part.

    Parameters
    ----------
    where : file and tab, for messages.
    edits : row -> column -> change of the cell.
    tail_edits : functions that edit the elements after the rows; each gets the ``<worksheet>`` with an empty
        ``<sheetData/>`` in place of its head and rows.
    hidden : columns to hide.
    """

    where: str
    edits: dict[int, dict[int, Edit]] = field(default_factory=dict)
    tail_edits: list[Callable[[Element], None]] = field(default_factory=list)
    hidden: tuple[int, ...] = ()
    lost_formula: bool = False

    def edit(self, row: int, column: int, edit: Edit) -> None:
        """Add the change of a cell, after any earlier change of it."""
        cells = self.edits.setdefault(row, {})
        cells[column] = _merged(cells[column], edit) if column in cells else edit

    def run(
        self,
        stream: Callable[[], Iterable[bytes]],
        out: Callable[[Iterator[bytes]], Out],
        see: Callable[[bytes], object] = len,
    ) -> Out:
        """Pass the patched part to `out`, chunk by chunk.

        Parts with comments or CDATA among the rows, or in another encoding than UTF-8, are normalised first.

        Parameters
        ----------
        see : also called with each chunk, but for the blocks of whole rows that are copied.

        Raises
        ------
        WriteError : the part has no rows element, or a cell cannot be changed (see `rows`).
        """
        try:
            return out(self._patched(stream(), see))
        except NotPlain:
            plain = _normalised(b"".join(stream()), self.where)
        try:
            return out(self._patched([plain], see))
        except NotPlain:
            raise WriteError(
                f"{self.where} has no rows element, so it is unchanged. Open the workbook in Excel, save it, "
                "and refresh again."
            ) from None

    def _patched(self, chunks: Iterable[bytes], see: Callable[[bytes], object]) -> Iterator[bytes]:
        """Yield the patched part."""
        stream = SheetStream(chunks, self.where)
        head, prefix = stream.head.lstrip(), stream.prefix
        closed = head.endswith(b"/>")
        if b"<!" in head or b"<?" in head or b"sheetData" not in head[head.rfind(b"<") :]:
            raise NotPlain
        worksheet = _worksheet_tag(head, prefix)
        head = hide_columns(head, prefix, self.hidden)
        rows = RowPatcher(self.edits, prefix, _column_styles(head, prefix))
        written = _DECLARATION + self._with_dimension(head[:-2] + b">" if closed else head, prefix)
        see(written)
        yield written
        yield from rows.patch(stream.blocks(), see)
        self.lost_formula = rows.lost_formula
        tail = stream.tail()
        closing = 0 if closed else tail.find(b">") + 1
        written = b"</%ssheetData>" % prefix + self._tail(worksheet, prefix, tail[closing:])
        see(written)
        yield written

    def _with_dimension(self, head: bytes, prefix: bytes) -> bytes:
        """Return the head with its ``<dimension>``, if any, extended to the cells that get content."""
        found = re.search(rb"<" + re.escape(prefix) + rb"dimension(?=[\s/>])(" + ATTRIBUTES + rb")", head)
        written = [
            (r, c)
            for r, cells in self.edits.items()
            for c, e in cells.items()
            if e.content and e.content.inner
        ]
        reference = tag_attribute(found[1], b"ref") if found else None
        if found is None or reference is None or not written:
            return head
        try:
            old = Area.parse(reference.decode())
        except ValueError:
            return head
        rows, columns = zip(*written, strict=True)
        new = Area(
            min(old.top, *rows), min(old.left, *columns), max(old.bottom, *rows), max(old.right, *columns)
        )
        if new == old:
            return head
        changed = with_attribute(found[1], b"ref", new.a1.encode())
        return head[: found.start(1)] + changed + head[found.end(1) :]

    def _tail(self, worksheet: bytes, prefix: bytes, tail: bytes) -> bytes:
        """Return the XML after the rows, with its edits."""
        if not self.tail_edits:
            return tail
        marker = b"<%ssheetData/>" % prefix
        root = editable(worksheet + marker + tail, self.where)
        for edit in self.tail_edits:
            edit(root)
        written = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return written[written.index(marker) + len(marker) :]


def _merged(first: Edit, second: Edit) -> Edit:
    """Merge two changes of the same cell."""

    def restyle(style: int, exists: bool) -> int | None:
        between = first.restyle(style, exists)
        return second.restyle(style if between is None else between, exists or between is not None)

    return Edit(first.content if second.content is None else second.content, restyle)


def _worksheet_tag(head: bytes, prefix: bytes) -> bytes:
    """Return the opening tag of the part, with its namespaces."""
    found = re.search(rb"<" + re.escape(prefix) + rb"worksheet(?=[\s/>])" + ATTRIBUTES + rb">", head)
    if found is None:
        raise NotPlain
    return found[0]


def _column_styles(head: bytes, prefix: bytes) -> Callable[[int], int]:
    """Return a function that gives the style of a column's empty cells."""
    spans = []
    for column in re.finditer(rb"<" + re.escape(prefix) + rb"col(?=[\s/>])(" + ATTRIBUTES + rb")", head):
        first, last, style = (tag_attribute(column[1], name) for name in (b"min", b"max", b"style"))
        if first and last and style:
            spans.append((int(first), int(last), int(style)))
    return lambda column: next((style for first, last, style in spans if first <= column <= last), 0)


def hide_columns(head: bytes, prefix: bytes, hidden: Iterable[int]) -> bytes:
    """Return the head with columns hidden; a ``<col>`` of several columns is divided.

    >>> hide_columns(b'<cols><col min="2" max="9"/></cols><sheetData>', b"", [3])
    b'<cols><col min="2" max="2"/><col min="3" max="3" hidden="1"/><col min="4" max="9"/></cols><sheetData>'
    """
    tag, left = re.escape(prefix), set(hidden)
    if not left:
        return head
    written: list[tuple[int, int, bytes]] = []
    found = re.search(rb"<" + tag + rb"cols\s*>(.*?)</" + tag + rb"cols\s*>", head, re.DOTALL)
    for column in re.finditer(
        rb"<" + tag + rb"col(?=[\s/>])(" + ATTRIBUTES + rb")", found[1] if found else b""
    ):
        first, last = (int(tag_attribute(column[1], name) or 0) for name in (b"min", b"max"))
        for at in sorted(at for at in left if first <= at <= last):
            written += [(first, at - 1, column[1])] if first < at else []
            written.append((at, at, with_attribute(column[1], b"hidden", b"1")))
            left.remove(at)
            first = at + 1
        written += [(first, last, column[1])] if first <= last else []
    written += [(at, at, b' min="" max="" width="11" customWidth="1" hidden="1"') for at in left]
    columns = b"".join(
        b"<%scol%s/>" % (prefix, with_attribute(with_attribute(facts, b"min", b"%d" % a), b"max", b"%d" % b))
        for a, b, facts in sorted(written)
    )
    made = b"<%scols>%s</%scols>" % (prefix, columns, prefix)
    if found:
        return head[: found.start()] + made + head[found.end() :]
    at = head.rindex(b"<%ssheetData" % prefix)
    return head[:at] + made + head[at:]


def _normalised(data: bytes, where: str) -> bytes:
    """Return a part in UTF-8, without comments, CDATA sections and processing instructions."""
    root = editable(data, where)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
