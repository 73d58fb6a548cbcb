"""Convert the type, text and style of one cell to a value."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from funnel.errors import ReadError
from funnel.grid import CellError, Value
from funnel.sheets.excel.read.dates import from_serial
from funnel.sheets.excel.read.strings import unescape
from funnel.sheets.excel.read.styles import StyleTable
from funnel.sheets.limits import LONGEST_CELL, too_long_error


@dataclass(frozen=True, slots=True)
class Contents:
    """A converter of cells to values.

    Parameters
    ----------
    strings : the workbook's shared strings.
    styles : the workbook's styles, which determine what is a date.
    date1904 : the workbook's date system.
    where : file and tab, for messages.

    >>> contents = Contents(["Ana"], StyleTable(), False, "clients.xlsx, tab 'Leads',")
    >>> contents.value("s", "0", 0), contents.value("n", "1.0", 0), contents.value("b", "1", 0)
    ('Ana', 1, True)
    >>> contents.value("e", "#REF!", 0), contents.value("str", "", 0)
    (CellError(code='#REF!'), None)
    """

    strings: list[str]
    styles: StyleTable
    date1904: bool
    where: str

    def value(self, kind: str, text: str, style: int) -> Value:
        """Return the value of a cell of a type (``n``, ``s``, ``str``, ``inlineStr``, ``b``, ``e``, ``d``).

        `text` has its XML references resolved; an empty one is a blank cell.
        """
        if len(text) > LONGEST_CELL:
            raise too_long_error("a text", LONGEST_CELL, self.where)
        if kind in ("str", "inlineStr"):
            return unescape(text) or None
        text = text.strip()
        if not text:
            return None
        if kind == "s":
            return self._shared(text) or None
        if kind == "n":
            return self._number(text, style)
        if kind == "b":
            return text in ("1", "true")
        if kind == "e":
            return CellError(text)
        return _iso(text) if kind == "d" else text

    def _shared(self, index: str) -> str:
        at = int(index) if index.isdecimal() and len(index) < 19 else len(self.strings)
        if at >= len(self.strings):
            raise ReadError(
                f"{self.where} refers to a missing text (number {index[:20]} of {len(self.strings):,}). Open "
                "the workbook in Excel, let it repair the file, and save it."
            )
        return self.strings[at]

    def _number(self, text: str, style: int) -> Value:
        """Return a number, or a date if its style is a date format; invalid numbers stay text."""
        try:
            number = int(text) if text.isdecimal() and len(text) < 300 else float(text)
        except ValueError:
            return text
        if not math.isfinite(number):
            return text
        if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
            number = int(number)
        kind = self.styles.kind(style)
        return number if kind == "number" else from_serial(number, kind, self.date1904)


def _iso(text: str) -> Value:
    """Parse an ISO date or time, as strict workbooks have them; invalid ones stay text."""
    try:
        if "T" in text:
            moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
            return moment.date() if moment.time() == dt.time() else moment
        return dt.time.fromisoformat(text) if ":" in text else dt.date.fromisoformat(text)
    except ValueError:
        return text
