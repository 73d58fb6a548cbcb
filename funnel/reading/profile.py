"""What each column of a tab holds, counted for the inference of a journey."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from funnel.cells.columns import read_text
from funnel.cells.dates import read_date
from funnel.cells.mark_words import REACHED
from funnel.cells.marks import read_mark
from funnel.grid import Grid, Value
from funnel.reading.header import Header, header_at
from funnel.reading.infer import ColumnProfile
from funnel.reading.summary_rows import find_block, summary_rows

_SAMPLE = 2000


def profile(grid: Grid, header: Header | int) -> list[ColumnProfile]:
    """Count what the columns below the headers hold, rows of totals left out; long tabs are sampled evenly.

    Parameters
    ----------
    header : the headers, or the number of their row.

    >>> profile(Grid("Clients", [["Paid", 1, "x", None, "soon"]]), 1)[0].marks
    2
    """
    header = header_at(grid, header) if isinstance(header, int) else header
    rows = _rows(grid, header)
    return [
        _profile(column, text, [grid.values[column - 1][row - 1] for row in rows])
        for column, text in sorted(header.names.items())
    ]


def _rows(grid: Grid, header: Header) -> Sequence[int]:
    """Up to 2,000 rows below the headers, spread evenly, without blank ones and totals."""
    below = range(header.row + 1, grid.height + 1)
    some = below[:: max(1, -(-len(below) // _SAMPLE))]
    block, _ = find_block(grid)
    apart = summary_rows(grid, header, block, some) | set(range(block.top, block.bottom + 1) if block else ())
    columns = [grid.values[column - 1] for column in header.names]
    return [
        row for row in some if row not in apart and any(cells[row - 1] not in (None, "") for cells in columns)
    ]


def _profile(number: int, header: str, values: Sequence[Value]) -> ColumnProfile:
    kinds: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    dates: list[dt.date] = []
    for value, n in Counter(values).items():
        kind, date = _kind(value)
        kinds[kind] += n
        if date:
            dates.append(date)
        if kind == "texts":
            texts[read_text(value)] += n
    return ColumnProfile(
        number, header, marks=kinds["marks"], noes=kinds["noes"], dates=kinds["dates"],
        numbers=kinds["numbers"], texts=kinds["texts"], blanks=kinds["blanks"], distinct=len(texts),
        oldest=min(dates, default=None),
        newest=max(dates, default=None), examples=tuple(text for text, _ in texts.most_common(3)),
    )  # fmt: skip


def _kind(value: Value) -> tuple[str, dt.date | None]:
    """What one value is to a profile, and its date if it is one."""
    mark = read_mark(value, REACHED)
    if isinstance(mark, dt.date):
        return "dates", mark
    if mark == "reached":
        return "marks", None
    if mark == "not reached":
        said = isinstance(value, str) and any(c.isalpha() for c in value)
        return ("noes" if said else "blanks"), None
    if mark == "error":
        return "blanks", None
    if isinstance(value, str):
        date = read_date(value) if any(c.isdigit() for c in value) else None
        return ("dates", date) if date else ("texts", None)
    date = read_date(value)
    return ("dates", date) if date else ("numbers", None)
