"""Read rows of cells with an XML parser: the reference for the fast reader, and its fallback."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from funnel.grid import Value, column_letter
from funnel.sheets.excel.read.cell_values import Contents
from funnel.sheets.excel.read.formulas import Formulas
from funnel.sheets.growing_columns import Columns
from funnel.sheets.limits import check_column, check_row, whole_number
from funnel.sheets.xml_parts import invalid_xml_error, true

_ADDRESS = re.compile(r"\$?([A-Za-z]+)\$?(\d+)")
_IGNORED = frozenset(["Choice", "extLst", "rPh"])


class SlowRows:
    """A reader of rows, in pieces of any size, into columns and formulas.

    One parser reads the whole sheet, after its head, which declares the prefixes.

    Parameters
    ----------
    head : the sheet's XML up to its first row.
    row_style : called with the number and the style index of each row with a style.
    rows : ignore the rows below this one.
    """

    def __init__(
        self,
        contents: Contents,
        columns: Columns,
        formulas: Formulas,
        head: bytes,
        row_style: Callable[[int, int], None],
        rows: int,
    ) -> None:
        self.row = 0  # the last row read
        self._contents, self._columns, self._formulas = contents, columns, formulas
        self._row_style, self._rows = row_style, rows
        self.cells: list[tuple[int, int, Value]] = []  # of the last row
        self._cell_row = self._column = self._style = 0
        self._kind = "n"
        self._formula: dict[str, str] | None = None
        self._texts: dict[str, str] = {}
        self._element = ""
        self._skipped = 0
        self._head = head
        self._parser: expat.XMLParserType | None = None

    def feed(self, data: bytes) -> None:
        """Read rows."""
        try:
            if self._parser is None:
                self._parser = self._started()
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            raise invalid_xml_error(self._contents.where, str(error)) from error

    def _started(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.Parse(self._head, False)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        return parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition("}")[2]
        if self._skipped or name in _IGNORED:
            self._skipped += 1
        elif name == "row":
            self._start_row(attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._formula = attributes
        self._element = name

    def _end(self, name: str) -> None:
        name = name.rpartition("}")[2]
        self._element = ""
        if self._skipped:
            self._skipped -= 1
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._columns.put(self.row, self.cells)

    def _characters(self, text: str) -> None:
        if not self._skipped and self._element in ("v", "f", "t"):
            self._texts[self._element] = self._texts.get(self._element, "") + text

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self.row = whole_number(number) if number.isdecimal() else self.row + 1
        check_row(self.row, self._contents.where)
        self._column, self.cells = 0, []
        if true(attributes.get("customFormat")) and self.row <= self._rows:
            self._row_style(self.row, whole_number(attributes.get("s")))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        address = _ADDRESS.fullmatch(attributes.get("r", ""))
        self._column += 1
        self._cell_row = self.row
        if address is None:
            check_column(column_letter(self._column), self._contents.where)
        else:
            self._column = check_column(address[1], self._contents.where)
            self._cell_row = int(address[2][:9])
        check_row(self._cell_row, self._contents.where)
        self._style = whole_number(attributes.get("s"))
        self._kind = attributes.get("t", "n")
        self._formula, self._texts = None, {}

    def _end_cell(self) -> None:
        if self._cell_row > self._rows:
            return
        text = self._texts.get("t" if self._kind == "inlineStr" else "v", "")
        value = self._contents.value(self._kind, text, self._style)
        cell = (self._column, self._contents.styles.index(self._style), value)
        if self._formula is not None:
            shared = self._formula.get("si") if self._formula.get("t") == "shared" else None
            self._formulas.put(
                self._cell_row, self._column, self._texts.get("f", ""), shared, "ref" in self._formula
            )
            if self._kind == "n" and not text.strip():
                self._formulas.uncalculated.add((self._cell_row, self._column))
        if self._cell_row == self.row:
            self.cells.append(cell)
        else:  # an address that contradicts its row; the address counts
            self._columns.put(self._cell_row, [cell])
