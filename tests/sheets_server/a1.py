"""Addresses: A1 notation to half-open, zero-based rectangles and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

PART = re.compile(r"^\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?$")


@dataclass(frozen=True)
class Box:
    """Cells of a tab: ``rows[top:bottom]``, ``columns[left:right]``; None is the grid's edge."""

    sheet_id: int
    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    def clip(self, rows: int, columns: int) -> Box:
        """Put numbers where bounds are open, and nothing beyond the grid."""
        return Box(
            self.sheet_id,
            min(self.top or 0, rows),
            rows if self.bottom is None else min(self.bottom, rows),
            min(self.left or 0, columns),
            columns if self.right is None else min(self.right, columns),
        )

    def contains(self, row: int, column: int) -> bool:
        return (
            (self.top or 0) <= row
            and (self.bottom is None or row < self.bottom)
            and (self.left or 0) <= column
            and (self.right is None or column < self.right)
        )

    def overlaps(self, other: Box) -> bool:
        def apart(end: int | None, start: int | None) -> bool:
            return end is not None and end <= (start or 0)

        return self.sheet_id == other.sheet_id and not (
            apart(self.bottom, other.top)
            or apart(other.bottom, self.top)
            or apart(self.right, other.left)
            or apart(other.right, self.left)
        )


def letters(column: int) -> str:
    """Name a zero-based column.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text, column = "", column + 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(text: str) -> int:
    """Zero-based number of a column's letters.

    >>> number("A"), number("aa")
    (0, 26)
    """
    value = 0
    for letter in text.upper():
        value = value * 26 + ord(letter) - 64
    return value - 1


def cell(row: int, column: int) -> str:
    """Name a zero-based cell.

    >>> cell(0, 25)
    'Z1'
    """
    return f"{letters(column)}{row + 1}"


def parse_cells(text: str) -> tuple[int | None, int | None, int | None, int | None] | None:
    """(top, bottom, left, right) of an address without its tab; None where it is no address.

    >>> parse_cells("B2:C3"), parse_cells("A:B"), parse_cells("A2:2"), parse_cells("A1:A"), parse_cells("D4")
    ((1, 3, 1, 3), (None, None, 0, 2), (1, 2, 0, None), (0, None, 0, 1), (3, 4, 3, 4))
    >>> parse_cells("Budget") is None, parse_cells("C3:A1")
    (True, (0, 3, 0, 3))
    """
    first, colon, last = text.partition(":")
    one, two = PART.match(first), PART.match(last if colon else first)
    if not (first and one and two and (last or not colon)):
        return None
    if not colon and not (one[1] and one[2]):
        return None
    columns = [number(part[1]) if part[1] else None for part in (one, two)]
    rows = [int(part[2]) - 1 if part[2] else None for part in (one, two)]
    top, bottom = order(*rows)
    left, right = order(*columns)
    return top, bottom, left, right


def order(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Half-open bounds of two inclusive ends, of which either may be open."""
    if first is None or last is None:
        known = last if first is None else first
        return (known, None) if known is not None else (None, None)
    return min(first, last), max(first, last) + 1


def split_tab(text: str) -> tuple[str | None, str | None]:
    """(tab, address) of ``'My tab'!A1:B2``; either may be missing.

    >>> split_tab("'Bob''s'!A1"), split_tab("Sheet1"), split_tab("'My tab'")
    (("Bob's", 'A1'), (None, 'Sheet1'), ('My tab', None))
    """
    if text.startswith("'"):
        match = re.match(r"^'((?:[^']|'')*)'(?:!(.*))?$", text, re.DOTALL)
        if match:
            return match[1].replace("''", "'"), match[2]
        return None, text
    tab, mark, address = text.rpartition("!")
    return (tab, address) if mark else (None, text)


def quote(tab: str) -> str:
    """Quote a tab's name where the service does.

    >>> quote("Sheet1"), quote("My tab"), quote("A1")
    ('Sheet1', "'My tab'", "'A1'")
    """
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", tab) and not parse_cells(tab)
    return tab if plain else "'" + tab.replace("'", "''") + "'"


def a1(tab: str, box: Box) -> str:
    """Write a bounded box with its tab's name."""
    assert box.bottom is not None
    assert box.right is not None
    first, last = cell(box.top or 0, box.left or 0), cell(box.bottom - 1, box.right - 1)
    return f"{quote(tab)}!{first}" + (f":{last}" if last != first else "")


def box_of(grid_range: dict[str, Any]) -> Box:
    """A GridRange as a Box."""
    keys = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return Box(grid_range.get("sheetId", 0), *(grid_range.get(key) for key in keys))


def grid_range(box: Box) -> dict[str, Any]:
    """A Box as a GridRange; open bounds are left out, sheetId 0 is a protobuf default and left out too."""
    values = {
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }
    found = {key: value for key, value in values.items() if value is not None}
    return {"sheetId": box.sheet_id, **found} if box.sheet_id else found
