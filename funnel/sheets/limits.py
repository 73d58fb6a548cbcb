"""The gate inside a workbook: cells, merges and counts that no honest sheet has are refused before they cost.

The container's own limits (sizes, ratios, names) stand in `funnel.sheets.container`.
"""

from __future__ import annotations

from funnel.errors import ReadError
from funnel.grid import Area, column_letter, column_number
from funnel.text import count

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
# A stray cell at the bottom of eighteen columns is honest (19 million places), a cell in every corner is not.
FREE_PLACES = 20_000_000
PLACES_PER_CELL = 16
LARGEST_MERGE = 5_000_000
LONGEST_ROW = 64 << 20
LONGEST_TEXT = 16 << 20
LONGEST_EDGE = 32 << 20  # what stands around the rows: columns, rules, links

_WAY_OUT = "Open the workbook in Excel, save it as a new workbook, and use that one."


def check_row(row: int, where: str) -> None:
    """Refuse a row outside the grid.

    >>> check_row(2_000_000, "clients.xlsx, tab 'Leads',")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx, tab 'Leads', holds a row 2,000,000, and a sheet ends ...
    """
    if not 1 <= row <= LAST_ROW:
        raise ReadError(f"{where} holds a row {row:,}, and a sheet ends at row {LAST_ROW:,}. {_WAY_OUT}")


def check_column(letters: str, where: str) -> int:
    """The number of a column; a column outside the grid is refused.

    >>> check_column("ab", "clients.xlsx, tab 'Leads',")
    28
    """
    if letters.isascii() and letters.isalpha() and len(letters) <= 3:
        number = column_number(letters)
        if number <= LAST_COLUMN:
            return number
    raise ReadError(
        f"{where} holds a cell in a column {letters[:20]!r}, and a sheet ends at column XFD. {_WAY_OUT}"
    )


def check_area(height: int, width: int, cells: int, where: str) -> None:
    """Refuse an area that is huge and all but empty: it would cost memory for nothing.

    Parameters
    ----------
    height, width : of the smallest area from A1 that holds every value.
    cells : how many cells the file holds.
    """
    if height * width > max(FREE_PLACES, PLACES_PER_CELL * cells):
        raise ReadError(
            f"{where} spreads {count(cells, 'cell')} over {height:,} rows and {width:,} columns (up to "
            f"{column_letter(width)}{height}). Delete the stray cells far from the clients (Ctrl+End leads "
            "to the last one), save, and try again."
        )


def check_merge(area: Area, where: str) -> None:
    """Refuse a merged area that covers half a sheet."""
    check_row(area.bottom, where)
    check_column(column_letter(area.right), where)
    if (area.bottom - area.top + 1) * (area.right - area.left + 1) > LARGEST_MERGE:
        raise ReadError(
            f"{where} merges the cells {area.a1}, more than {LARGEST_MERGE:,} in one. Unmerge them in Excel, "
            "save, and try again."
        )


def check_count(declared: int, size: int, what: str, where: str) -> None:
    """Refuse a declared number of things that could not fit into the part that declares it.

    >>> check_count(4_294_967_295, 200, "strings", "clients.xlsx, part sharedStrings.xml,")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx, part sharedStrings.xml, claims to hold 4,294,967,295 strings ...
    """
    if declared > size:
        raise ReadError(f"{where} claims to hold {declared:,} {what} in {size:,} bytes. {_WAY_OUT}")


def too_long(what: str, limit: int, where: str) -> ReadError:
    """The refusal of a single thing that would fill the memory: a row, a text, the rules around the rows."""
    return ReadError(f"{where} holds {what} of more than {limit >> 20} MB. {_WAY_OUT}")
