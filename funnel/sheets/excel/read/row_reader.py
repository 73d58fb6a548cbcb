"""Read rows of cells into columns, fast: most cells of a sheet repeat a few others.

Each row's bytes are cut at its cells; the bytes after a cell's address (style, type, value, closing tag) are
looked up in a cache, and parsed if they are new. An unusual row (a prefix, another order of attributes, a
missing address, rich text, a comment) is read by `SlowRows`, an XML parser, with the same result.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import lru_cache

from funnel.grid import Value
from funnel.sheets.excel.read.cell_values import Contents
from funnel.sheets.excel.read.formulas import Formulas
from funnel.sheets.excel.read.sheet_xml import SheetStream
from funnel.sheets.excel.read.slow_rows import SlowRows
from funnel.sheets.excel.read.strings import plain_text
from funnel.sheets.growing_columns import BlankRow, Columns, Run
from funnel.sheets.limits import LAST_ROW, check_column, check_row, whole_number
from funnel.sheets.xml_parts import true

_ATTRIBUTES = rb'((?: [\w:]+="[^"<]*")*) ?'
_NUMBER = re.compile(rb' r="(\d{1,9})"')
_ROW = re.compile(_ATTRIBUTES + rb"(?:/>|>\s*(?:</row>)?)\s*")
_CELL = re.compile(
    _ATTRIBUTES
    + rb"(?:/>|>(?:<f" + _ATTRIBUTES + rb"(?:/>|>([^<]*)</f>))?"
    + rb'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?'
    + rb"</c>)\s*(?:</row>\s*)?"
)  # fmt: skip
_TAG = re.compile(_ATTRIBUTES)
_PLAIN, _INLINE = (b"<v>", b"</v></c>"), (b"<is><t>", b"</t></is></c>")  # around the text of a cell
_ENDS = (b"", b"</row>")
_ATTRIBUTE = re.compile(r' (\w+)="([^"]*)"')
_MOST_KNOWN = 16_384
_MOST_ALIKE = 4096


class RowReader:
    """A reader of rows into `columns`, `formulas` and `row_styles`.

    Parameters
    ----------
    contents : converts cells to values.
    stream : the sheet, before its first row.
    rows : ignore the rows below this one.
    slowly : read every row with the XML parser.
    """

    def __init__(
        self, contents: Contents, stream: SheetStream, rows: int | None = None, slowly: bool = False
    ) -> None:
        self.columns = Columns(contents.where)
        self.formulas = Formulas()
        self.row_styles: list[Run] = []
        self._contents = contents
        self._stream = stream
        self._rows = rows or LAST_ROW
        self._last = 0
        self._slowly = slowly or bool(stream.prefix)
        self._slow = SlowRows(contents, self.columns, self.formulas, stream.head, self._style_row, self._rows)
        self._known: dict[bytes, tuple[int, Value]] = {}
        self._sequences: dict[bytes, tuple[list[Value], array[int]]] = {}
        self._empty: dict[bytes, int | None] = {}  # rows without number and cells -> their style
        self._blank = b""
        self._blank_style: int | None = None
        self._blank_cells: BlankRow = ()
        self._unaddressed: dict[bytes, Sequence[tuple[int, int, Value]]] = {}

    def read(self) -> bool:
        """Read the rows; return False if it stopped at the limit before the end."""
        for block in self._stream.blocks():
            if self._last > self._rows:
                return False
            self._read_block(block)
        return True

    def _read_block(self, block: bytes) -> None:
        before, *rows = block.split(b"<row")
        # A search for one byte is the faster one.
        comment = any(mark in block and b"<" + mark in block for mark in (b"!", b"?"))
        if self._slowly or before.strip() or comment:
            self._read_slowly(block)
            return
        for row in rows:
            if not self._read_row(row):
                self._read_unusual(row)

    def _read_slowly(self, data: bytes) -> None:
        self._slow.row = self._last
        self._slow.feed(data)
        self._last = self._slow.row

    def _read_unusual(self, data: bytes) -> None:
        """Read a row with the XML parser; cache the cells of rows without addresses."""
        start = _NUMBER.match(data)
        rest = data[start.end() :] if start else data
        cells = self._unaddressed.get(rest)
        if cells is not None:
            self._last = int(start[1]) if start else self._last + 1
            check_row(self._last, self._contents.where)
            if self._last <= self._rows:
                self.columns.put(self._last, cells)
            return
        self._read_slowly(b"<row" + data)
        plain = not any(sign in rest for sign in (b"r=", b"<f", b"customFormat"))
        if plain and self._last <= self._rows and len(self._unaddressed) < _MOST_ALIKE:
            self._unaddressed[rest] = self._slow.cells

    def _read_row(self, data: bytes) -> bool:
        """Read one row, from after its ``<row``; return False if it is unusual."""
        start = _NUMBER.match(data)
        if start is None:
            return self._read_empty(data)
        digits = start[1]
        self._last = row = int(digits)
        check_row(row, self._contents.where)
        if row > self._rows:
            return True
        mark = digits + b'"'
        if b"v>" not in data:
            # Only empty cells: one angle bracket for each address and one for the end of the row.
            brackets, marks = data.count(b"<"), data.count(mark)
            if brackets <= marks:
                return self._read_blank(row, mark, data, marks == max(brackets, 1))
        head, *cells = data.split(b'<c r="')
        match = _ROW.fullmatch(head, start.end())
        if match is None:
            return False
        if b' customFormat="' in head and (style := _row_style(match[1])) is not None:
            self._style_row(row, style)
        return self._read_cells(row, mark, cells)

    def _read_empty(self, data: bytes) -> bool:
        """Read a row without a number and without cells; return False if it is another one."""
        if data not in self._empty:
            match = _ROW.fullmatch(data)
            if match is None or b" r=" in match[1]:
                return False
            if len(self._empty) >= _MOST_ALIKE:
                self._empty.clear()
            self._empty[data] = _row_style(match[1])
        self._last += 1
        check_row(self._last, self._contents.where)
        style = self._empty[data]
        if style is not None and self._last <= self._rows:
            self._style_row(self._last, style)
        return True

    def _read_cells(self, row: int, mark: bytes, cells: list[bytes]) -> bool:
        """Read the cells of a row, each from after the ``r="`` of its address."""
        self.columns.cells += len(cells)
        self.columns.reach(row)
        known, sequences, index = self._known, self._sequences, row - 1
        for cell in cells:
            letters, _, rest = cell.partition(mark)
            found = known.get(rest) or self._parse(rest, row, letters)
            if found is None:
                return False
            style, value = found
            if letters in sequences:
                values, styles = sequences[letters]
                styles[index] = style
                if value is not None:
                    values[index] = value
            elif not letters.isalpha():
                return False
            else:
                self._put_first(row, letters, style, value)
        return True

    def _put_first(self, row: int, letters: bytes, style: int, value: Value) -> None:
        """Store a cell of a column without values so far."""
        number = self._number(letters)
        if value is not None:
            column = self.columns.column(number)
            column.values[row - 1] = value
            self._sequences[letters] = (column.values, column.styles)
        self.columns.style(number, row, row, style)

    def _read_blank(self, row: int, mark: bytes, data: bytes, alone: bool) -> bool:
        """Read a row without values; skip parsing if its bytes, apart from the number, equal the last one's.

        `alone`: the row number occurs in the addresses only, not in an attribute such as ``s="6"`` in row 6.
        """
        same = data.replace(mark, b'"') if alone else b""
        if not alone or same != self._blank:
            head, *cells = data.split(b'<c r="')
            match = _ROW.fullmatch(head, head.index(mark) + len(mark))
            if match is None:
                return False
            styled = []
            for cell in cells:
                letters, _, rest = cell.partition(mark)
                found = self._known.get(rest) or self._parse(rest, row, letters)
                if found is None or not letters.isalpha():
                    return False
                styled.append((self._number(letters), found[0]))
            self._blank = same
            self._blank_style, self._blank_cells = _row_style(match[1]), tuple(styled)
        if self._blank_style is not None:
            self._style_row(row, self._blank_style)
        if self._blank_cells:
            self.columns.blank(row, row, self._blank_cells)
        return True

    def _parse(self, rest: bytes, row: int, letters: bytes) -> tuple[int, Value] | None:
        """Return style and value of a cell, from the bytes after its address; None if it is unusual."""
        if not letters.isalpha():
            return None
        tag, _, inside = rest.partition(b">")
        if start := _cell_start(tag):
            opening, closing = _INLINE if start[0] == "inlineStr" else _PLAIN
            text, _, end = inside[len(opening) :].partition(closing)
            if end in _ENDS and inside.startswith(opening) and b"<" not in text:
                return self._keep(rest, self._value(*start, text))
        match = _CELL.fullmatch(rest)
        start = _cell_start(match[1]) if match else None
        if match is None or start is None:
            return None
        _, formula, formula_text, text, inline = match.groups()
        found = self._value(*start, (inline if start[0] == "inlineStr" else text) or b"")
        if formula is None:
            return self._keep(rest, found)
        self._put_formula(row, letters, formula.decode("latin-1"), plain_text(formula_text or b""))
        if start[0] == "n" and not text:
            self.formulas.uncalculated.add((row, self._number(letters)))
        return found

    def _value(self, kind: str, style: int, text: bytes) -> tuple[int, Value]:
        """Return style and value of a cell."""
        value = self._contents.value(kind, plain_text(text), style)
        return self._contents.styles.index(style), value

    def _keep(self, rest: bytes, found: tuple[int, Value]) -> tuple[int, Value]:
        """Keep style and value of a cell for equal ones."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[rest] = found
        return found

    def _put_formula(self, row: int, letters: bytes, attributes: str, text: str) -> None:
        facts = dict(_ATTRIBUTE.findall(attributes))
        shared = facts.get("si") if facts.get("t") == "shared" else None
        self.formulas.put(row, self._number(letters), text, shared, "ref" in facts)

    def _number(self, letters: bytes) -> int:
        return check_column(letters.decode("latin-1"), self._contents.where)

    def _style_row(self, row: int, style: int) -> None:
        """Store the style of a whole row, in one run with equal rows above it."""
        index = self._contents.styles.index(style)
        if self.row_styles and self.row_styles[-1][1:] == (row - 1, index):
            self.row_styles[-1] = (self.row_styles[-1][0], row, index)
        elif index:
            self.row_styles.append((row, row, index))


@lru_cache(maxsize=4096)
def _cell_start(attributes: bytes) -> tuple[str, int] | None:
    """Return the type and the style of a cell; None if its attributes are unusual."""
    match = _TAG.fullmatch(attributes)
    facts = dict(_ATTRIBUTE.findall(match[1].decode("latin-1"))) if match else {"r": ""}
    if "r" in facts or not facts.get("s", "0").isdecimal():
        return None
    return facts.get("t", "n"), whole_number(facts.get("s"))


@lru_cache(maxsize=4096)
def _row_style(attributes: bytes) -> int | None:
    """Return the style index of a row, or None if it has none."""
    facts = dict(_ATTRIBUTE.findall(attributes.decode("latin-1")))
    style = facts.get("s", "0")
    return whole_number(style) if true(facts.get("customFormat")) and style.isdecimal() else None
