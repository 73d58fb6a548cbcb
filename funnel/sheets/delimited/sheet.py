"""CSV and TSV files: one tab of text, whatever the delimiter and the encoding."""

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
from funnel.sheets.limits import check_area
from funnel.sheets.tabs import find_tab_name

if TYPE_CHECKING:
    import _csv

DELIMITERS = ",;\t|"
_LOOK_AT = 50  # records that decide on the delimiter
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # how Excel marks its own exports


class DelimitedSheet(ReadOnlySheet):
    """A CSV or TSV file. Every value is text (the loader knows numbers and dates), an empty one None.

    Parameters
    ----------
    path : the file.
    data : its bytes, where somebody has read them already.

    Raises
    ------
    ReadError : where the file is no text, or a quote is never closed.

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

    def tabs(self) -> tuple[str, ...]:
        """The one tab, called as the file."""
        return (self.path.stem,)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """The whole file, or its first rows.

        Raises
        ------
        ReadError : where the tab is not the file's, or a quote is never closed.
        """
        name = find_tab_name(tab, self.tabs(), self.source)
        declared = _DECLARED.match(self._text)
        text = self._text[declared.end() :] if declared else self._text
        delimiter = declared[1] if declared else find_delimiter(text)
        values = _plain(text, delimiter, self.source) if rows is None else None
        if values is None:
            values = _columns(_records(text, delimiter, rows, self.source), self.source)
        return Grid(name, values, notes=self._notes)


def decode(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and notes on what was assumed: UTF-8 or UTF-16, else Western Windows.

    Raises
    ------
    ReadError : where it is no text.

    >>> decode("Zoë".encode("utf-16"), "a.csv"), decode("Zoë".encode("cp1252"), "a.csv")
    (('Zoë', ()), ('Zoë', ('the text is not UTF-8 and was read as Windows-1252',)))
    """
    notes: tuple[str, ...] = ()
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _without_mark(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "cp1252", data.decode("cp1252", "replace")
        notes = ("the text is not UTF-8 and was read as Windows-1252",)
    if len(_CONTROL.findall(text[:4096])) > len(text[:4096]) // 100 + 3:
        raise ReadError(
            f"{source} is not a spreadsheet that funnel reads: it is neither a workbook nor text. Open it in "
            "the program that made it, save it as an Excel workbook (.xlsx) or as CSV, and use that one."
        )
    if "\0" in text:
        notes += ("null characters in the text were left out",)
    return text.replace("\0", ""), notes


def _without_mark(data: bytes) -> str:
    """UTF-16 without a byte order mark has a zero in every other byte of plain text; else UTF-8."""
    sample = data[:4096]
    for encoding, zeros, letters in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if len(sample) > 3 and zeros.count(0) > len(zeros) * 0.7 and letters.count(0) < len(letters) * 0.1:
            return encoding
    return "utf-8"


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the most alike, widest rows.

    >>> find_delimiter("name;value\\nAna;1,5\\nBen;2,5\\n"), find_delimiter("name\\tvia\\nAna\\tads, web")
    (';', '\\t')
    """
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in islice(_reader(text[:65_536], delimiter), _LOOK_AT) if row]
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if wide:
            width, times = max(wide.items(), key=lambda found: (found[1], found[0]))
            score = times / len(widths) * (width - 1)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _plain(text: str, delimiter: str, source: str) -> list[list[Value]] | None:
    """The columns of a text without quotes whose records are all as wide as the first; None of any other.

    A log of a million events is such a text: cut all at once it takes a quarter of the time. A record's first
    field keeps its line break until it is seen that every line break begins a record.
    """
    text = text.replace("\r\n", "\n").rstrip("\n")
    width = text.partition("\n")[0].count(delimiter) + 1
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
    return _trimmed(columns)


def _trimmed(columns: list[list[Value]]) -> list[list[Value]]:
    """Columns without the empty rows and columns at the end."""
    height = len(columns[0]) if columns else 0
    while height and not any(column[height - 1] for column in columns):
        height -= 1
    columns = [column if len(column) == height else column[:height] for column in columns]
    while columns and not any(columns[-1]):
        columns.pop()
    return columns


def _reader(text: str, delimiter: str, strict: bool = False) -> _csv.Reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _records(text: str, delimiter: str, rows: int | None, source: str) -> list[list[str]]:
    """The records of a file; a quote that is never closed is an error that names its line."""
    reader = _reader(text, delimiter, strict=True)
    try:
        return list(islice(reader, rows))
    except csv.Error as error:
        if "expected after" in str(error):  # text after a closing quote; whoever wrote it meant one field
            return list(islice(_reader(text, delimiter), rows))
        raise ReadError(
            f"{source} cannot be read near line {reader.line_num:,} ({error}): a quotation mark was opened "
            'and never closed. Look for a lone " in that line or above it, and double or delete it.'
        ) from error


def _columns(records: Sequence[Sequence[str]], source: str) -> list[list[Value]]:
    """Records turned into columns of equal length, without the empty rows and columns at the end."""
    height = max((i for i, record in enumerate(records, 1) if any(record)), default=0)
    width = max((len(record) for record in records[:height]), default=0)
    check_area(height, width, sum(map(len, records)), source)
    columns: list[list[Value]] = [
        [value or None for value in column] for column in zip_longest(*records[:height], fillvalue="")
    ]
    while columns and not any(columns[-1]):
        columns.pop()
    return columns
