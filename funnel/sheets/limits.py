"""Check the limits of a sheet, before absurd cells, merges or counts use up memory.

The limits of the container (sizes, ratios, names) are in `funnel.sheets.container`.
"""

from __future__ import annotations

from funnel.errors import ReadError
from funnel.grid import Area, column_letter, column_number
from funnel.text import count

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
# A stray cell at the bottom of 18 columns is plausible (19 million places), a cell in each corner is not.
FREE_PLACES = 20_000_000
PLACES_PER_CELL = 16
LARGEST_MERGE = 5_000_000
LONGEST_ROW = 16 << 20
MOST_LINES = 4 << 20  # of a text file
LONGEST_TEXT = 4 << 20  # the XML of one cell; Excel's longest text has 32,767 characters
LONGEST_CELL = 1 << 20  # characters
LONGEST_FORMULA = 8_192
LONGEST_PART = 64 << 20  # a part that is parsed as a whole
LONGEST_EDGE = 32 << 20  # the XML before or after the rows: columns, rules, links
MOST_TABS = 500
MOST_NAMES = 65_536
MOST_STYLES = 65_536  # Excel: 65,490
MOST_RULES = 20_000
MOST_ELEMENTS = 600_000  # tags of a part that is parsed as a whole
# Cells that a few elements repeat: a genuine sheet repeats equal neighbours, not whole rows.
FREE_REPEATS = 300_000
REPEATS_PER_ELEMENT = 64
_ENDLESS = 10**18

_SAVE_AS_NEW = "Open the workbook in Excel, save it as a new workbook, and use that one."


def check_row(row: int, where: str) -> None:
    """Raise a ReadError for a row outside the grid.

    >>> check_row(2_000_000, "clients.xlsx, tab 'Leads',")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx, tab 'Leads', has a row 2,000,000, but the last row of a ...
    """
    if not 1 <= row <= LAST_ROW:
        raise ReadError(
            f"{where} has a row {row:,}, but the last row of a sheet is {LAST_ROW:,}. {_SAVE_AS_NEW}"
        )


def check_column(letters: str, where: str) -> int:
    """Return the number of a column; raise a ReadError if it is outside the grid.

    >>> check_column("ab", "clients.xlsx, tab 'Leads',")
    28
    """
    if letters.isascii() and letters.isalpha() and len(letters) <= 3:
        number = column_number(letters)
        if number <= LAST_COLUMN:
            return number
    raise ReadError(
        f"{where} has a cell in column {letters[:20]!r}, but the last column of a sheet is XFD. "
        + _SAVE_AS_NEW
    )


def check_area(height: int, width: int, cells: int, where: str) -> None:
    """Raise a ReadError for an area that is huge and almost empty, because it would waste memory.

    Parameters
    ----------
    height, width : of the smallest area from A1 with all values.
    cells : number of cells in the file.
    """
    if height * width > max(FREE_PLACES, PLACES_PER_CELL * cells):
        raise ReadError(
            f"{where} has {count(cells, 'cell')} in {height:,} rows and {width:,} columns (up to "
            f"{column_letter(width)}{height}), too sparse to read. Delete the stray cells far from the "
            "clients (Ctrl+End goes to the last one), save, and try again."
        )


def check_merge(area: Area, where: str) -> None:
    """Raise a ReadError for a merged area that covers a large part of a sheet."""
    check_row(area.bottom, where)
    check_column(column_letter(area.right), where)
    if (area.bottom - area.top + 1) * (area.right - area.left + 1) > LARGEST_MERGE:
        raise ReadError(
            f"{where} has the merged cells {area.a1}, more than the {LARGEST_MERGE:,} that funnel reads. "
            "Unmerge them in Excel, save, and try again."
        )


def check_count(declared: int, size: int, what: str, where: str) -> None:
    """Raise a ReadError if a part declares more items than it has bytes.

    >>> check_count(4_294_967_295, 200, "strings", "clients.xlsx, part sharedStrings.xml,")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx, part sharedStrings.xml, declares 4,294,967,295 strings in ...
    """
    if declared > size:
        raise ReadError(f"{where} declares {declared:,} {what} in {size:,} bytes. {_SAVE_AS_NEW}")


def whole_number(text: str | bytes | None) -> int:
    """Parse a whole number without a sign; 0 for other text, and 10**18 for a number of more digits.

    >>> whole_number("17"), whole_number(b"17"), whole_number("-1"), whole_number(None)
    (17, 17, 0, 0)
    >>> whole_number("9" * 5000) == 10**18
    True
    """
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not text or not text.isdecimal():
        return 0
    return int(text) if len(text) < 19 else _ENDLESS


def check_most(found: int, most: int, what: str, where: str) -> None:
    """Raise a ReadError for more items than any genuine sheet has.

    >>> check_most(5000, MOST_TABS, "tabs", "clients.xlsx")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx has 5,000 tabs, more than the 500 that funnel reads. Copy the ...
    """
    if found > most:
        raise ReadError(
            f"{where} has {found:,} {what}, more than the {most:,} that funnel reads. Copy the clients into "
            "a new workbook, and use that one."
        )


def check_elements(data: bytes, where: str) -> None:
    """Raise a ReadError for a part with more XML elements than can be parsed as a whole."""
    check_most(data.count(b"<"), MOST_ELEMENTS, "XML tags", where)


def check_repeats(cells: int, elements: int, where: str) -> None:
    """Raise a ReadError if a few elements are repeated to many cells."""
    if cells > max(FREE_REPEATS, REPEATS_PER_ELEMENT * elements):
        raise ReadError(
            f"{where} repeats {count(elements, 'cell')} to more than {FREE_REPEATS:,}, far more than a "
            "client sheet. Delete the cells beside and below the clients, save, and try again."
        )


def too_long_error(what: str, limit: int, where: str) -> ReadError:
    """Return the error for a row, a text or other element that is too long for the memory."""
    return ReadError(f"{where} has {what} of more than {limit >> 20} MB. {_SAVE_AS_NEW}")
