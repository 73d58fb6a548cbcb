"""Store a tab's formulas by cell; shared formulas are expanded on access."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from funnel.grid import column_letter, column_number
from funnel.sheets.limits import LAST_COLUMN, LAST_ROW, LONGEST_FORMULA

# Quoted text, quoted tab names and table columns in brackets are skipped, and so are names and functions that
# look like addresses (LOG10, Q1_2026).
_TOKEN = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[[^\[\]]*\])
    |(?<![\w.$\\])(?:(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!\\])
    |(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.(!\\$])
    |(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})(?![\w.(!\\$]))""",
    re.VERBOSE,
)


class Formulas(Mapping[tuple[int, int], str]):
    """``{(row, column): "=..."}``, filled while a tab is read.

    A cell with a shared formula is stored as one integer until its text is read.

    >>> formulas = Formulas()
    >>> formulas.put(2, 3, "A2+B$2", shared="0", master=True)
    >>> formulas.put(5, 3, "", shared="0")
    >>> dict(formulas)
    {(2, 3): '=A2+B$2', (5, 3): '=A5+B$2'}
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], str | int] = {}
        self._masters: list[Movable] = []
        self._latest: dict[str, int] = {}  # shared index -> its latest master
        self.uncalculated: set[tuple[int, int]] = set()  # cells without a cached value

    def put(self, row: int, column: int, text: str, shared: str | None = None, master: bool = False) -> None:
        """Store a formula as it is in the file, without the equals sign.

        `shared` is the index of a shared formula; its `master` has the text and the area. A formula without
        text (of a data table, or shared without a master) is skipped: the cell keeps its cached value.
        """
        if shared is not None and master and text and len(text) <= LONGEST_FORMULA:
            self._latest[shared] = len(self._masters)
            self._masters.append(Movable.parse(f"={text}", row, column))
        if text:
            self._texts[row, column] = f"={text}"
        elif shared is not None and shared in self._latest:
            self._texts[row, column] = self._latest[shared]

    def __getitem__(self, cell: tuple[int, int]) -> str:
        found = self._texts[cell]
        return self._masters[found].at(*cell) if isinstance(found, int) else found

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, cell: object) -> bool:
        return cell in self._texts

    def __repr__(self) -> str:
        return f"Formulas({len(self)})"


@dataclass(frozen=True, slots=True)
class _Reference:
    """A row or a column in a formula: its number, and whether it is absolute."""

    number: int
    fixed: bool
    is_row: bool

    def moved(self, rows: int, columns: int) -> str | None:
        """Return the reference moved by some rows and columns; None if it is outside the sheet."""
        number = self.number + (0 if self.fixed else rows if self.is_row else columns)
        if not 1 <= number <= (LAST_ROW if self.is_row else LAST_COLUMN):
            return None
        return ("$" if self.fixed else "") + (str(number) if self.is_row else column_letter(number))


@dataclass(frozen=True, slots=True)
class Movable:
    """A formula, parsed once, so that it can be moved to many cells.

    >>> Movable.parse('=SUM(A$1:A2)&"B2"&LOG10(Leads!$C3)+T[B2]', row=2, column=5).at(4, 6)
    '=SUM(B$1:B4)&"B2"&LOG10(Leads!$C5)+T[B2]'
    >>> Movable.parse("=A1+B:B", row=2, column=2).at(1, 3)
    '=#REF!+C:C'
    """

    row: int
    column: int
    parts: tuple[str | tuple[_Reference | str, ...], ...]

    @classmethod
    def parse(cls, text: str, row: int, column: int) -> Movable:
        """Parse the formula of a cell."""
        parts: list[str | tuple[_Reference | str, ...]] = []
        end = 0
        for match in _TOKEN.finditer(text):
            if match[1] is None:
                parts += [text[end : match.start()], _references(match)]
                end = match.end()
        return cls(row, column, (*parts, text[end:]))

    def at(self, row: int, column: int) -> str:
        """Return the formula as moved to another cell."""
        rows, columns = row - self.row, column - self.column
        return "".join(part if isinstance(part, str) else _moved(part, rows, columns) for part in self.parts)


def _references(match: re.Match[str]) -> tuple[_Reference | str, ...]:
    """Return the references of an address: a cell's column and row, two columns, or two rows."""
    if match[3]:
        column = _Reference(column_number(match[3]), bool(match[2]), False)
        return column, _Reference(int(match[5]), bool(match[4]), True)
    if match[7]:
        first, last = column_number(match[7]), column_number(match[9])
        return _Reference(first, bool(match[6]), False), ":", _Reference(last, bool(match[8]), False)
    first, last = int(match[11]), int(match[13])
    return _Reference(first, bool(match[10]), True), ":", _Reference(last, bool(match[12]), True)


def _moved(part: tuple[_Reference | str, ...], rows: int, columns: int) -> str:
    texts = [piece if isinstance(piece, str) else piece.moved(rows, columns) for piece in part]
    return "#REF!" if None in texts else "".join(map(str, texts))
