"""Where the log of a sheet is kept: on a tab of its own, or in a CSV file beside a sheet that takes none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from funnel.grid import Grid, Value
from funnel.history.entry import Legend
from funnel.history.read import HEADERS, places
from funnel.sheets import Sheet, files
from funnel.sheets.run_lock import google_id
from funnel.text import inert

ANCHOR = "log"


def find_log(sheet: Sheet) -> Grid | None:
    """Read the log of a sheet; None where there is none yet.

    Raises
    ------
    ReadError : where it cannot be read.
    """
    for tab in sheet.tabs():
        if ANCHOR in sheet.read(tab, rows=1).anchors:
            return sheet.read(tab)
    path = log_path(sheet)
    if path is None or not path.is_file():
        return None
    from funnel.sheets.delimited import DelimitedSheet

    beside = DelimitedSheet(path)
    return beside.read(beside.tabs()[0])


def log_path(sheet: Sheet) -> Path | None:
    """The file that holds the log of a sheet that cannot be written; None for one that can."""
    if not sheet.read_only or google_id(sheet.source):
        return None
    path = Path(sheet.source)
    return path.with_name(f"{path.stem}.funnel-log.csv")


def write_log(path: Path, lines: Iterable[Sequence[Value]], legend: Legend) -> None:
    """Add rows to the file; what stands in it stays, also what a person wrote there.

    Parameters
    ----------
    lines : the new rows, in the order of `HEADERS`.

    Raises
    ------
    WriteError : where it cannot be written, or was saved by somebody meanwhile; it is as it was.
    """
    if not path.exists():
        files.create(path, lambda out: _put(out, _text(None, lines, legend)))
        return
    from funnel.sheets.delimited import DelimitedSheet

    beside = DelimitedSheet(path)
    before = beside.read(beside.tabs()[0])
    files.replace(path, beside.version, lambda out: _put(out, _text(before, lines, legend))).unlink()


def _put(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8"))


def _text(before: Grid | None, lines: Iterable[Sequence[Value]], legend: Legend) -> str:
    """The whole file."""
    at = places(before)
    header = [*HEADERS[:-1], str(legend)]
    columns = list(range(len(HEADERS)))
    rows: list[list[Value]] = [before.row(row) for row in range(1, before.height + 1)] if before else []
    if at is None:
        rows.append(list(header))
    else:
        columns = [at.columns[name] - 1 for name in HEADERS]
        rows[at.header - 1][columns[-1]] = header[-1]
    for line in lines:
        row: list[Value] = [None] * (max(columns) + 1)
        for column, value in zip(columns, line, strict=True):
            row[column] = value
        rows.append(row)
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([[_cell(value) for value in row] for row in rows])
    return file.getvalue()


def _cell(value: Value) -> str:
    return "" if value is None else inert(str(value))
