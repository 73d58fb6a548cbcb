"""Change some cells in the rows of a sheet, and let every other byte pass as it is.

A client sheet of a million rows is 500 MB of XML. Its rows are never turned into a tree: they stream through
as bytes, and only a row that holds a cell to change is taken apart. ``<`` stands in XML only where a tag
begins (comments and CDATA sections apart, which raise `NotPlain`), so searching for ``<row`` finds rows and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from funnel.errors import WriteError
from funnel.grid import Area, cell_name, column_number
from funnel.sheets.excel.write.cells import Content, with_prefix

ATTRIBUTES = rb"[^>\"'/]*(?:(?:\"[^\"]*\"|'[^']*')[^>\"'/]*)*"  # a `>` may stand inside quotes

Restyle: TypeAlias = Callable[[int, bool], int | None]
"""From the style a cell has (where it doesn't exist, that of its row or column) and whether it exists, to the
style it gets. None: a cell without content needs no element at all."""


class NotPlain(Exception):  # noqa: N818  (a signal to start again, not an error a person sees)
    """The rows hold comments, CDATA or processing instructions; they must be rewritten plainly first."""


class Edit(NamedTuple):
    """What becomes of one cell: its content (None: stays as it is) and its style."""

    content: Content | None
    restyle: Restyle


RowEdits: TypeAlias = Mapping[int, Edit]
"""column -> edit"""


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """The value of an attribute as it stands there.

    >>> attribute(b' r="A1" s = \\'3\\'', b"s"), attribute(b' rs="1"', b"s")
    (b'3', None)
    """
    found = _named(name).search(attributes)
    if found is None:
        return None
    return found[2] if found[1] is None else found[1]


def with_attribute(attributes: bytes, name: bytes, value: bytes | None) -> bytes:
    """The attributes with one of them set, or taken away (None).

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
    """An attribute of a name, with its value in one of the two kinds of quotes."""
    return re.compile(rb"\s+" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@cache
def _column_number(letters: bytes) -> int:
    """The number of a column; there are few columns and many cells."""
    return column_number(letters.decode())


class RowPatcher:
    """Patches the rows of one sheet as they stream by.

    Parameters
    ----------
    edits : row -> column -> what becomes of the cell.
    prefix : the prefix of the sheet's tags with its colon (``b"x:"``), or nothing.
    column_style : the style of a column's empty cells.

    Attributes
    ----------
    lost_formula : whether a formula gave way to something else, so that the calculation chain must go.
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
        self._previous = 0  # number of the last row that went by
        self._open = b"<" + prefix + b"row"
        tag = re.escape(prefix)
        self._row = re.compile(rb"<" + tag + rb"row(?=[\s/>])(" + ATTRIBUTES + rb")(/?)>")
        self._row_end = re.compile(rb"</" + tag + rb"row\s*>")
        self._cell = re.compile(
            rb"<" + tag + rb"c(?=[\s/>])(" + ATTRIBUTES + rb")(?:/>|>(.*?)</" + tag + rb"c\s*>)", re.DOTALL
        )
        self._formula = re.compile(rb"<" + tag + rb"f(?=[\s/>])(" + ATTRIBUTES + rb")")

    def patch(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the rows, patched, and after them the rows that did not exist.

        Parameters
        ----------
        blocks : the rows as they are, in blocks of whole rows (`sheetxml.SheetStream.blocks`).

        Raises
        ------
        NotPlain : where the rows are not plain elements.
        WriteError : where a cell to change holds part of an array or shared formula that reaches further.
        """
        for block in blocks:
            yield from self._block(block)
        yield from self._appended(None)

    def _block(self, block: bytes) -> Iterator[bytes]:
        """Whole rows: passed on at once where none of them is to change."""
        if any(mark in block and b"<" + mark in block for mark in (b"!", b"?")):  # one byte is found faster
            raise NotPlain
        last = block.rfind(self._open)
        number = self._number(block, last) if last >= 0 else None
        if last < 0 or (number is not None and (not self._waiting or number < self._waiting[-1])):
            self._previous = number or self._previous
            yield block
            return
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
        """Where each row begins and ends."""
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
        """The row's opening tag."""
        opening = self._row.match(block, start)
        if opening is None:
            raise NotPlain
        return opening

    def _number(self, block: bytes, start: int) -> int | None:
        """The number a row says it has; it may leave it out."""
        number = attribute(self._opening(block, start)[1], b"r")
        return int(number) if number else None

    def _appended(self, before: int | None) -> Iterator[bytes]:
        """Rows that did not exist, up to the next one that does."""
        while self._waiting and (before is None or self._waiting[-1] < before):
            number = self._waiting.pop()
            cells = b"".join(
                self._new(number, column, edit, self._column_style(column))
                for column, edit in sorted(self._edits[number].items())
            )
            if cells:
                yield b'<%srow r="%d">%s</%srow>' % (self._prefix, number, cells, self._prefix)

    def _new(self, row: int, column: int, edit: Edit, base: int) -> bytes:
        """A cell that did not exist."""
        return self._element(b' r="%s"' % cell_name(row, column).encode(), edit, edit.restyle(base, False))

    def _element(self, attributes: bytes, edit: Edit, style: int | None) -> bytes:
        """The XML of a cell whose content is written."""
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
        """One row with some of its cells changed and others put in between, in order."""
        opening = self._opening(row, 0)
        closed = bool(opening[2])
        body = b"" if closed else row[opening.end() : row.rfind(b"</")]
        end = b"</%srow>" % self._prefix if closed else row[row.rfind(b"</") :]
        base = (
            attribute(opening[1], b"s") if attribute(opening[1], b"customFormat") in (b"1", b"true") else None
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
        """The column of a cell; a cell without an address follows the one before."""
        name = attribute(attributes, b"r")
        return _column_number(name.rstrip(b"0123456789")) if name else previous + 1

    def _changed(self, cell: re.Match[bytes], column: int, edits: RowEdits, at: int) -> bytes:
        """One existing cell, changed."""
        edit, attributes, inner = edits[at], cell[1], cell[2] or b""
        had = int(attribute(attributes, b"s") or 0)
        style = edit.restyle(had, True)
        if edit.content is None:
            changed = with_attribute(attributes, b"s", b"%d" % style if style else None)
            head = b"<" + self._prefix + b"c"
            return head + changed + cell[0][len(head) + len(attributes) :]
        formula = self._formula.search(inner)
        if formula is not None:
            self._refuse_parted(formula[1], column)
            self.lost_formula |= b"<f>" not in edit.content.inner
        return self._element(b' r="%s"' % cell_name(self._previous, column).encode(), edit, style)

    def _refuse_parted(self, attributes: bytes, column: int) -> None:
        """Refuse to take the one cell that holds a formula for others which are not changed too."""
        reach = attribute(attributes, b"ref")
        if reach is None:
            return
        area = Area.parse(reach.decode())
        cells = ((r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1))
        if all(column in self._edits.get(row, {}) for row, column in cells):
            return
        raise WriteError(
            f"Cell {cell_name(self._previous, column)} holds the formula of {area.a1}, of which only a part "
            f"would be written anew. Nothing was changed. Type the formulas of {area.a1} into their own "
            "cells, and refresh again."
        )


def _with_spans(attributes: bytes, edits: RowEdits) -> bytes:
    """Widen a row's `spans`, a hint on its first and last column, to the cells put into it."""
    spans = attribute(attributes, b"spans")
    if spans is None or spans.count(b":") != 1:
        return attributes
    first, last = (int(part) for part in spans.split(b":"))
    return with_attribute(attributes, b"spans", b"%d:%d" % (min(first, *edits), max(last, *edits)))
