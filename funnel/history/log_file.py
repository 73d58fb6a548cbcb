"""Where the move log is stored: on its own tab, or in a CSV file beside a read-only sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from funnel.grid import Grid, Value
from funnel.history.entry import Legend
from funnel.history.read import HEADERS, locate_log
from funnel.sheets import Sheet, files, open_sheet
from funnel.text import csv_cell

ANCHOR = "log"


def find_move_log(sheet: Sheet) -> Grid | None:
    """Read the tab or file with the move log; return None if there is none yet.

    Raises
    ------
    ReadError : the tab or file cannot be read.
    """
    for tab in sheet.tabs():
        if ANCHOR in sheet.read(tab, rows=1).anchors:
            return sheet.read(tab)
    path = sheet.log_path
    if path is None or not files.is_there(path):
        return None
    log = open_sheet(path, "delimited")
    return log.read(log.tabs()[0])


def append_log(path: Path, lines: Iterable[Sequence[Value]], legend: Legend) -> tuple[str, ...]:
    """Append rows to the log file. Return notes on what failed afterwards.

    Parameters
    ----------
    lines : the new rows, in the order of `HEADERS`.

    Raises
    ------
    WriteError : the file cannot be written, or another program saved it in between. It is unchanged.
    """
    if not files.is_there(path):
        return files.create(path, lambda out: _write(out, _file_text(None, lines, legend))).notes
    log = open_sheet(path, "delimited")
    before = log.read(log.tabs()[0])
    text = _file_text(before, lines, legend)
    written = files.replace(path, log.version, lambda out: _write(out, text))
    assert written.backup is not None
    try:
        written.backup.unlink()  # only rows were added
    except OSError as error:
        return (*written.notes, f"The backup {written.backup} was not deleted ({error.strerror}).")
    return written.notes


def _write(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8"))


def _file_text(before: Grid | None, lines: Iterable[Sequence[Value]], legend: Legend) -> str:
    """Return the text of the whole file."""
    layout = locate_log(before)
    lines = list(lines)
    header = [*HEADERS[:-1], str(legend.with_rows(layout.last if layout else 0, lines))]
    columns = list(range(len(HEADERS)))
    rows: list[list[Value]] = [before.row(row) for row in range(1, before.height + 1)] if before else []
    if layout is None:
        rows.append(list(header))
    else:
        columns = [layout.columns[name] - 1 for name in HEADERS]
        rows[layout.header - 1][columns[-1]] = header[-1]
    for line in lines:
        row: list[Value] = [None] * (max(columns) + 1)
        for column, value in zip(columns, line, strict=True):
            row[column] = value
        rows.append(row)
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([[_cell(value) for value in row] for row in rows])
    return file.getvalue()


def _cell(value: Value) -> str:
    return "" if value is None else csv_cell(str(value))
