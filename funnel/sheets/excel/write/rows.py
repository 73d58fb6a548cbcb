"""Change some cells in the rows of a sheet, and copy all other bytes.

A client sheet of a million rows is 500 MB of XML. Its rows are streamed as bytes, and only rows with a cell
to change are parsed. In XML, ``<`` occurs at the start of a tag only (except in comments and CDATA sections,
which raise `NotPlain`), so searching for ``<row`` finds rows only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from funnel.errors import WriteError
from funnel.grid import Area, cell_name, column_number
from funnel.sheets.excel.write.cells import Content, with_prefix

ATTRIBUTES = rb"[^>\"'/]*(?:(?:\"[^\"]*\"|'[^']*')[^>\"'/]*)*"  # quotes may contain a `>`

Restyle: TypeAlias = Callable[[int, bool], int | None]
"""(style of the cell, or of its row or column if it does not exist; whether it exists) -> its new style.
None: a cell without content needs no element."""


class NotPlain(Exception):  # noqa: N818  (a signal to start again, not an error that users see)
    """The rows contain comments, CDATA or processing instructions; they must be normalised first."""


class Edit(NamedTuple):
    """The change of one cell: its content (None: unchanged) and its style."""

    content: Content | None
    restyle: Restyle


RowEdits: TypeAlias = Mapping[int, Edit]
"""column -> edit"""


def tag_attribute(attributes: bytes, name: bytes) -> bytes | None:
    """Return the value of an attribute, without resolving references.

    >>> tag_attribute(b' r="A1" s = \\'3\\'', b"s"), tag_attribute(b' rs="1"', b"s")
    (b'3', None)
    """
    found = _named(name).search(attributes)
    if found is None:
        return None
    return found[2] if found[1] is None else found[1]


def with_attribute(attributes: bytes, name: bytes, value: bytes | None) -> bytes:
    """Return the attributes with one of them set, or removed (None).

    >>> with_attribute(b' r="A1" s="3" t="s"', b"s", b"7"), with_attribute(b' r="A1" t="s"', b"t", None)
    (b' r="A1" s="7" t="s"', b' r="A1"')
    """
    written = b"" if value is None else b' %s="%s"' % (name, value)
    found = _named(name).search(attributes)
    if found is None:
        return attributes.rstrip() + written
    return attributes[: found.start()] + written + attributes[found.end() :]


@cache
def _named(name: bytes) -> re.Pattern[bytes]:
    """Return a pattern for an attribute, with its value in either kind of quotes."""
    return re.compile(rb"\s+" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@cache
def _column_number(letters: bytes) -> int:
    """Return the number of a column, from a cache, because there are few columns and many cells."""
    return column_number(letters.decode())


class RowPatcher:
    """A patcher of the streamed rows of one sheet.

    Parameters
    ----------
    edits : row -> column -> change of the cell.
    prefix : the prefix of the sheet's tags with its colon (``b"x:"``), or empty.
    column_style : the style of a column's empty cells.

    Attributes
    ----------
    lost_formula : True if a formula was replaced by a value, so that the calculation chain is out of date.
    """

    def __init__(
        self,
        edits: Mapping[int, RowEdits],
        prefix: bytes = b"",
        column_style: Callable[[int], int] = lambda column: 0,
    ) -> None:
        self.lost_formula = False
        self._edits = edits
        self._waiting = sorted(edits, reverse=True)  # the next row to change is the last of the list
        self._prefix = prefix
        self._column_style = column_style
        self._previous = 0  # number of the last row
        self._open = b"<" + prefix + b"row"
        tag = re.escape(prefix)
        self._row = re.compile(rb"<" + tag + rb"row(?=[\s/>])(" + ATTRIBUTES + rb")(/?)>")
        self._row_end = re.compile(rb"</" + tag + rb"row\s*>")
        self._cell = re.compile(
            rb"<" + tag + rb"c(?=[\s/>])(" + ATTRIBUTES + rb")(?:/>|>(.*?)</" + tag + rb"c\s*>)", re.DOTALL
        )
        self._formula = re.compile(rb"<" + tag + rb"f(?=[\s/>])(" + ATTRIBUTES + rb")")

    def patch(self, blocks: Iterable[bytes], see: Callable[[bytes], object] = len) -> Iterator[bytes]:
        """Yield the patched rows, and then the new rows after them.

        Parameters
        ----------
        blocks : the old rows, in blocks of whole rows (`SheetStream.blocks`).
        see : also called with the pieces of each block that is not copied as it is.

        Raises
        ------
        NotPlain : the rows are not plain elements.
        WriteError : a cell to change has an array or shared formula of cells that do not change.
        """
        for block in blocks:
            if self._is_unchanged(block):
                yield block
                continue
            for piece in self._block(block):
                see(piece)
                yield piece
        for piece in self._appended(None):
            see(piece)
            yield piece

    def _is_unchanged(self, block: bytes) -> bool:
        """Return True if no row of a block of whole rows changes, and pass over it."""
        if any(mark in block and b"<" + mark in block for mark in (b"!", b"?")):  # one byte is faster to find
            raise NotPlain
        last = block.rfind(self._open)
        number = self._number(block, last) if last >= 0 else None
        unchanged = last < 0 or (number is not None and (not self._waiting or number < self._waiting[-1]))
        if unchanged:
            self._previous = number or self._previous
        return unchanged

    def _block(self, block: bytes) -> Iterator[bytes]:
        """Patch a block of whole rows."""
        done = 0
        for start, end in self._spans(block):
            self._previous = self._number(block, start) or self._previous + 1
            if not self._waiting or self._previous < self._waiting[-1]:
                continue
            yield block[done:start]
            yield from self._appended(self._previous)
            done = start
            if self._waiting and self._waiting[-1] == self._previous:
                yield self._patched(block[start:end], self._edits[self._waiting.pop()])
                done = end
        yield block[done:]

    def _spans(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each row."""
        start = block.find(self._open)
        while start >= 0:
            opening = self._opening(block, start)
            closing = None if opening[2] else self._row_end.search(block, opening.end())
            if not opening[2] and closing is None:
                raise NotPlain
            end = closing.end() if closing else opening.end()
            yield start, end
            start = block.find(self._open, end)

    def _opening(self, block: bytes, start: int) -> re.Match[bytes]:
        """Match a row's opening tag."""
        opening = self._row.match(block, start)
        if opening is None:
            raise NotPlain
        return opening

    def _number(self, block: bytes, start: int) -> int | None:
        """Return the number of a row, or None if it is omitted."""
        number = tag_attribute(self._opening(block, start)[1], b"r")
        return int(number) if number else None

    def _appended(self, before: int | None) -> Iterator[bytes]:
        """Yield the new rows before an existing one, or all remaining (None)."""
        while self._waiting and (before is None or self._waiting[-1] < before):
            number = self._waiting.pop()
            cells = b"".join(
                self._new(number, column, edit, self._column_style(column))
                for column, edit in sorted(self._edits[number].items())
            )
            if cells:
                yield b'<%srow r="%d">%s</%srow>' % (self._prefix, number, cells, self._prefix)

    def _new(self, row: int, column: int, edit: Edit, base: int) -> bytes:
        """Return the XML of a new cell."""
        return self._element(b' r="%s"' % cell_name(row, column).encode(), edit, edit.restyle(base, False))

    def _element(self, attributes: bytes, edit: Edit, style: int | None) -> bytes:
        """Return the XML of a cell with new content."""
        kind, inner = edit.content or ("", b"")
        if style is None and not inner:
            return b""
        if style:
            attributes += b' s="%d"' % style
        if kind:
            attributes += b' t="%s"' % kind.encode()
        p = self._prefix
        if not inner:
            return b"<%sc%s/>" % (p, attributes)
        return b"<%sc%s>%s</%sc>" % (p, attributes, with_prefix(inner, p), p)

    def _patched(self, row: bytes, edits: RowEdits) -> bytes:
        """Return a row with cells changed and inserted, in order."""
        opening = self._opening(row, 0)
        closed = bool(opening[2])
        body = b"" if closed else row[opening.end() : row.rfind(b"</")]
        end = b"</%srow>" % self._prefix if closed else row[row.rfind(b"</") :]
        base = (
            tag_attribute(opening[1], b"s")
            if tag_attribute(opening[1], b"customFormat") in (b"1", b"true")
            else None
        )
        waiting = sorted(edits, reverse=True)
        parts: list[bytes] = []
        done = column = 0

        def fill_up(before: int | None) -> None:
            while waiting and (before is None or waiting[-1] < before):
                at = waiting.pop()
                style = self._column_style(at) if base is None else int(base)
                parts.append(self._new(self._previous, at, edits[at], style))

        for cell in self._cell.finditer(body):
            column = self._column(cell[1], column)
            parts.append(body[done : cell.start()])
            fill_up(column)
            done = cell.end()
            if waiting and waiting[-1] == column:
                parts.append(self._changed(cell, column, edits, waiting.pop()))
            else:
                parts.append(cell[0])
        fill_up(None)
        inner = b"".join([*parts, body[done:]])
        attributes = _with_spans(opening[1], edits)
        if inner == body:
            return row
        return b"<%srow%s>%s%s" % (self._prefix, attributes, inner, end)

    def _column(self, attributes: bytes, previous: int) -> int:
        """Return the column of a cell; a cell without an address follows the previous one."""
        name = tag_attribute(attributes, b"r")
        return _column_number(name.rstrip(b"0123456789")) if name else previous + 1

    def _changed(self, cell: re.Match[bytes], column: int, edits: RowEdits, at: int) -> bytes:
        """Return the XML of a changed cell."""
        edit, attributes, inner = edits[at], cell[1], cell[2] or b""
        had = int(tag_attribute(attributes, b"s") or 0)
        style = edit.restyle(had, True)
        if edit.content is None:
            changed = with_attribute(attributes, b"s", b"%d" % style if style else None)
            head = b"<" + self._prefix + b"c"
            return head + changed + cell[0][len(head) + len(attributes) :]
        formula = self._formula.search(inner)
        if formula is not None:
            self._check_whole_formula(formula[1], column)
            self.lost_formula |= b"<f>" not in edit.content.inner
        return self._element(b' r="%s"' % cell_name(self._previous, column).encode(), edit, style)

    def _check_whole_formula(self, attributes: bytes, column: int) -> None:
        """Raise a WriteError if a formula belongs to several cells and not all of them change."""
        reach = tag_attribute(attributes, b"ref")
        if reach is None:
            return
        area = Area.parse(reach.decode())
        cells = ((r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1))
        if all(column in self._edits.get(row, {}) for row, column in cells):
            return
        raise WriteError(
            f"Cell {cell_name(self._previous, column)} contains the formula of all cells {area.a1}, and only "
            "some of them would be replaced. Nothing was changed. Enter a formula in each cell of "
            f"{area.a1}, and refresh again."
        )


def _with_spans(attributes: bytes, edits: RowEdits) -> bytes:
    """Extend a row's `spans`, its first and last column, to the new cells."""
    spans = tag_attribute(attributes, b"spans")
    if spans is None or spans.count(b":") != 1:
        return attributes
    first, last = (int(part) for part in spans.split(b":"))
    return with_attribute(attributes, b"spans", b"%d:%d" % (min(first, *edits), max(last, *edits)))
