"""Read CSV and TSV files as one tab of text, with any delimiter and encoding."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, repeat, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.errors import ReadError
from funnel.grid import Grid, Value
from funnel.sheets.base import Capabilities, ReadOnlySheet
from funnel.sheets.limits import LAST_COLUMN, check_area, check_most
from funnel.sheets.other_documents import WORKBOOK_ENDINGS
from funnel.sheets.tabs import find_tab_name

if TYPE_CHECKING:
    import _csv

DELIMITERS = ",;\t|"
_SAMPLE = 50  # records to detect the delimiter
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # written by Excel


class DelimitedSheet(ReadOnlySheet):
    """A CSV or TSV file. Values are text (the loader parses numbers and dates); empty ones are None.

    Parameters
    ----------
    path : the file.
    data : its bytes, if they have been read already.

    Raises
    ------
    ReadError : the file is not text.

    Examples
    --------
    ``DelimitedSheet("clients.csv").read("clients").values`` are its columns.
    """

    capabilities = Capabilities("a text file", text_only=True)

    def __init__(self, path: str | Path, data: bytes | None = None) -> None:
        super().__init__(path)
        data = self.path.read_bytes() if data is None else data
        self.version = hashlib.sha256(data).hexdigest()
        self._text, self._notes = decode(data, self.source)
        if self.path.suffix.lower() in WORKBOOK_ENDINGS:
            self._notes += (
                f"{self.path.name} is a text file, not a workbook; name it {self.path.stem}.csv, or save it "
                "as an Excel workbook (.xlsx)",
            )

    def tabs(self) -> tuple[str, ...]:
        """Return the only tab, which has the name of the file."""
        return (self.path.stem,)

    def check_table(self) -> None:
        """Raise a ReadError if the text is not a table: several columns in most of its rows."""
        if not _is_table(self._text):
            raise ReadError(
                f"{self.source} is a text file, not a workbook, and contains no table (it begins with "
                f"{self._text[:24].strip()!r}): export or download the sheet again, and use that file."
            )

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read the whole file, or its first rows.

        Raises
        ------
        ReadError : the tab is missing, or a quote is not closed.
        """
        name = find_tab_name(tab, self.tabs(), self.source)
        declared = _DECLARED.match(self._text)
        text = self._text[declared.end() :] if declared else self._text
        delimiter = declared[1] if declared else find_delimiter(text)
        values = _split_at_once(text, delimiter, self.source) if rows is None else None
        if values is None:
            values = _columns(_records(text, delimiter, rows, self.source), self.source)
        return Grid(name, values, notes=self._notes)


def decode(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    """Decode a file as UTF-8, UTF-16 or UTF-32, or else as Windows-1252; return the text and notes about it.

    Raises
    ------
    ReadError : the file is not text.

    >>> decode("Zoë".encode("utf-16"), "a.csv"), decode("Zoë".encode("cp1252"), "a.csv")
    (('Zoë', ()), ('Zoë', ('the text is not UTF-8 and was read as Windows-1252',)))
    """
    notes: tuple[str, ...] = ()
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _without_bom(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "cp1252", data.decode("cp1252", "replace")
        notes = ("the text is not UTF-8 and was read as Windows-1252",)
    if len(_CONTROL.findall(text[:4096])) > len(text[:4096]) // 100 + 3:
        raise ReadError(
            f"{source} is neither a workbook nor text, so funnel cannot read it. Open it in the program that "
            "made it, save it as an Excel workbook (.xlsx) or as CSV, and use that one."
        )
    if "\0" in text:
        notes += ("null characters in the text were removed",)
    return text.replace("\0", ""), notes


def _without_bom(data: bytes) -> str:
    """Return the encoding of a file without a byte order mark: UTF-16 if every other byte is 0, or UTF-8."""
    sample = data[:4096]
    for encoding, zeros, letters in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if len(sample) > 3 and zeros.count(0) > len(zeros) * 0.7 and letters.count(0) < len(letters) * 0.1:
            return encoding
    return "utf-8"


def find_delimiter(text: str) -> str:
    """Return the delimiter that splits the first records into the widest and most uniform rows.

    >>> find_delimiter("name;value\\nAna;1,5\\nBen;2,5\\n"), find_delimiter("name\\tvia\\nAna\\tads, web")
    (';', '\\t')
    """
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in islice(_reader(text[:65_536], delimiter), _SAMPLE) if row]
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if wide:
            width, times = max(wide.items(), key=lambda found: (found[1], found[0]))
            score = times / len(widths) * (width - 1)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _is_table(text: str) -> bool:
    """Return True if most of the first records have as many columns as the commonest of them, and several.

    >>> _is_table("Client,Paid\\nAna,1\\n"), _is_table('{"client": "Ana",\\n "paid": 1}')
    (True, False)
    """
    if text.lstrip().startswith(("{", "[")):
        return False
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else find_delimiter(text)
    widths = Counter(len(row) for row in islice(_reader(text[:65_536], delimiter), _SAMPLE) if any(row))
    several = max((times for width, times in widths.items() if width > 1), default=0)
    return several * 2 >= widths.total() > 0


def _split_at_once(text: str, delimiter: str, source: str) -> list[list[Value]] | None:
    """Return the columns of a text without quotes whose records have equal widths; None for other texts.

    Splitting the whole text takes a quarter of the time of reading record by record. The first field of a
    record keeps its line break until it is certain that each line break starts a record.
    """
    text = text.replace("\r\n", "\n").rstrip("\n")
    width = text.partition("\n")[0].count(delimiter) + 1
    _check_width(width, source)
    if width == 1 or '"' in text or "\r" in text:
        return None
    lines = text.count("\n")
    fields = text.replace("\n", f"{delimiter}\n").split(delimiter)
    first = fields[width::width]
    if len(fields) != (lines + 1) * width or sum(map(str.startswith, first, repeat("\n"))) != lines:
        return None
    check_area(lines + 1, width, len(fields), source)
    fields[width::width] = [field[1:] for field in first]
    columns: list[list[Value]] = [[field or None for field in fields[at::width]] for at in range(width)]
    return _trim_columns(_trim_rows(columns))


def _check_width(width: int, source: str) -> None:
    check_most(width, LAST_COLUMN, "columns", source)


def _trim_rows(columns: list[list[Value]]) -> list[list[Value]]:
    """Remove the empty rows at the end."""
    height = len(columns[0])
    while height and not any(column[height - 1] for column in columns):
        height -= 1
    return [column if len(column) == height else column[:height] for column in columns]


def _trim_columns(columns: list[list[Value]]) -> list[list[Value]]:
    """Remove the empty columns at the end."""
    while columns and not any(columns[-1]):
        columns.pop()
    return columns


def _reader(text: str, delimiter: str, strict: bool = False) -> _csv.Reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _records(text: str, delimiter: str, rows: int | None, source: str) -> list[list[str]]:
    """Return the records of a file; raise a ReadError with its line if a quote is not closed."""
    reader = _reader(text, delimiter, strict=True)
    try:
        return list(islice(reader, rows))
    except csv.Error as error:
        if "expected after" in str(error):  # text after a closing quote: one field
            return list(islice(_reader(text, delimiter), rows))
        raise ReadError(
            f"{source} cannot be read near line {reader.line_num:,} ({error}): a quotation mark is not "
            'closed. Look for a single " in that line or above it, and double or delete it.'
        ) from error


def _columns(records: Sequence[Sequence[str]], source: str) -> list[list[Value]]:
    """Convert records to columns of equal length, without the empty rows and columns at the end."""
    height = max((i for i, record in enumerate(records, 1) if any(record)), default=0)
    width = max((len(record) for record in records[:height]), default=0)
    _check_width(width, source)
    check_area(height, width, sum(map(len, records)), source)
    columns = zip_longest(*records[:height], fillvalue="")
    return _trim_columns([[value or None for value in column] for column in columns])
