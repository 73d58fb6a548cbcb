"""Change one sheet part: its head, its rows as they stream by, and the elements after the rows.

The elements after the rows (rules, links, drawings) stand in an order the schema prescribes; they are few,
and edited as a tree. What is not to change keeps its bytes.
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
from funnel.sheets.excel.write.rows import ATTRIBUTES, Edit, NotPlain, RowPatcher, attribute, with_attribute

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Out = TypeVar("Out")


@dataclass
class SheetPatch:
    """All that a plan changes in one sheet part.

    Parameters
    ----------
    where : file and tab, for messages.
    edits : row -> column -> what becomes of the cell.
    after_rows : functions that edit the elements after the rows; each gets the ``<worksheet>`` with an empty
        ``<sheetData/>`` in place of its head and rows.
    """

    where: str
    edits: dict[int, dict[int, Edit]] = field(default_factory=dict)
    after_rows: list[Callable[[Element], None]] = field(default_factory=list)
    lost_formula: bool = False

    def edit(self, row: int, column: int, edit: Edit) -> None:
        """Add the change of a cell, on top of one that may have been added before."""
        cells = self.edits.setdefault(row, {})
        cells[column] = _merged(cells[column], edit) if column in cells else edit

    def run(self, stream: Callable[[], Iterable[bytes]], out: Callable[[Iterator[bytes]], Out]) -> Out:
        """Hand the patched part to `out`, chunk by chunk.

        Rows that hold comments or CDATA, and parts that are not UTF-8, are first rewritten plainly, and
        whole.

        Raises
        ------
        WriteError : where the part has no rows element, or a cell cannot be changed (see `rows`).
        """
        try:
            return out(self._patched(stream()))
        except NotPlain:
            plain = _plainly(b"".join(stream()), self.where)
        try:
            return out(self._patched([plain]))
        except NotPlain:
            raise WriteError(
                f"{self.where} holds no rows that could be written to. It is unchanged. Open the workbook in "
                "Excel, save it, and refresh again."
            ) from None

    def _patched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The part from its first byte to its last."""
        stream = SheetStream(chunks, self.where)
        head, prefix = stream.head.lstrip(), stream.prefix
        closed = head.endswith(b"/>")
        if b"<!" in head or b"<?" in head or b"sheetData" not in head[head.rfind(b"<") :]:
            raise NotPlain
        worksheet = _worksheet_tag(head, prefix)
        rows = RowPatcher(self.edits, prefix, _column_styles(head, prefix))
        yield _DECLARATION + self._with_dimension(head[:-2] + b">" if closed else head, prefix)
        yield from rows.patch(stream.blocks())
        self.lost_formula = rows.lost_formula
        tail = stream.tail()
        closing = 0 if closed else tail.find(b">") + 1
        yield b"</%ssheetData>" % prefix
        yield self._tail(worksheet, prefix, tail[closing:])

    def _with_dimension(self, head: bytes, prefix: bytes) -> bytes:
        """The head with its ``<dimension>`` widened to the cells that get content; none is made."""
        found = re.search(rb"<" + re.escape(prefix) + rb"dimension(?=[\s/>])(" + ATTRIBUTES + rb")", head)
        written = [
            (r, c)
            for r, cells in self.edits.items()
            for c, e in cells.items()
            if e.content and e.content.inner
        ]
        reference = attribute(found[1], b"ref") if found else None
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
        """What follows the rows, edited as a tree where there is something to edit."""
        if not self.after_rows:
            return tail
        marker = b"<%ssheetData/>" % prefix
        root = editable(worksheet + marker + tail, self.where)
        for edit in self.after_rows:
            edit(root)
        written = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return written[written.index(marker) + len(marker) :]


def _merged(first: Edit, second: Edit) -> Edit:
    """Two changes of the same cell as one."""

    def restyle(style: int, exists: bool) -> int | None:
        between = first.restyle(style, exists)
        return second.restyle(style if between is None else between, exists or between is not None)

    return Edit(first.content if second.content is None else second.content, restyle)


def _worksheet_tag(head: bytes, prefix: bytes) -> bytes:
    """The tag that opens the part, with all its namespaces."""
    found = re.search(rb"<" + re.escape(prefix) + rb"worksheet(?=[\s/>])" + ATTRIBUTES + rb">", head)
    if found is None:
        raise NotPlain
    return found[0]


def _column_styles(head: bytes, prefix: bytes) -> Callable[[int], int]:
    """The style that each column gives to its empty cells."""
    spans = []
    for column in re.finditer(rb"<" + re.escape(prefix) + rb"col(?=[\s/>])(" + ATTRIBUTES + rb")", head):
        first, last, style = (attribute(column[1], name) for name in (b"min", b"max", b"style"))
        if first and last and style:
            spans.append((int(first), int(last), int(style)))
    return lambda column: next((style for first, last, style in spans if first <= column <= last), 0)


def _plainly(data: bytes, where: str) -> bytes:
    """The same part in UTF-8, without comments, CDATA sections and processing instructions."""
    root = editable(data, where)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
