"""Read the move log into a table: from the tab `Funnel log`, or from the file beside a read-only sheet.

People may sort the tab, delete rows and add notes. Every row with a record counts; other rows are ignored.
`When`, `Why`, `By` and `Actions` are read from their cells, where people can correct them; the states and the
clients are read from the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funnel.clients import Problem
from funnel.grid import Grid, Value
from funnel.history.entry import RECORD, ClientKey, Legend, RecordReader, split_number

if TYPE_CHECKING:
    import pandas as pd

TAB_HEADER: Final = "Clients on tab"
HEADERS: Final = (
    "When", "Since", "Client", "Lead date", "From", "To", "What", "Why", "By", "Actions", TAB_HEADER, RECORD,
)  # fmt: skip
LOG_COLUMNS: Final = (
    "row", "number", "when", "since", "client", "lead_date", "id", "from", "to", "what", "why", "by",
    "actions", "before", "after", "key", "old_key",
)  # fmt: skip

FIRST_SEEN, TYPED, IMPORTED, MOVED = "first seen", "typed", "imported", "moved"
ROW_REMOVED, ROW_RETURNED, RENAMED = "gone", "back", "renamed"
EXACT: Final = frozenset({"event", IMPORTED, MOVED})
"""Values of `Why` for which `When` is the exact time of the move."""


@dataclass(frozen=True, slots=True)
class LogLayout:
    """The layout of a log on its tab.

    Parameters
    ----------
    header : the row of the headers.
    columns : the column number of each header.
    last : the number of the row that was written last.
    missing : the numbers of rows that were deleted.
    """

    header: int
    columns: dict[str, int]
    legend: Legend
    last: int = 0
    missing: frozenset[int] = frozenset()


def locate_log(grid: Grid | None) -> LogLayout | None:
    """Locate the log on a tab or in a file; return None if there is no record column.

    A renamed header is found by its distance from the record column. If a person deleted the headers, a later
    refresh wrote new ones below; rows above the last header row are ignored.
    """
    if grid is None:
        return None
    headers = [
        (row, column, legend)
        for column, cells in enumerate(grid.values, start=1)
        for row, cell in enumerate(cells, start=1)
        if isinstance(cell, str) and cell.startswith(RECORD) and (legend := Legend.parse(cell))
    ]
    if not headers:
        return None
    row, column, legend = max(headers, key=lambda found: found[:2])
    named = {str(grid[row, at]): at for at in range(grid.width, 0, -1)}
    first = column - len(HEADERS) + 1
    found = {name: named.get(name, max(first + i, 1)) for i, name in enumerate(HEADERS)}
    below = (cell for cell in grid.values[column - 1][row:] if isinstance(cell, str))
    numbers = {split_number(text)[0] for text in below} - {0}
    last = max(numbers, default=0)
    if legend.rows:
        last = max(last, legend.rows)
    missing = frozenset(range(1, last + 1)) - numbers
    return LogLayout(row, found | {RECORD: column}, legend, last, missing)


def read_log(grid: Grid | None, tab: str = "", tabs: Iterable[str] = ()) -> pd.DataFrame | None:
    """Read the log into a table.

    Parameters
    ----------
    grid : the tab or the file with the log (None: there is none).
    tab : the tab with the clients.
    tabs : all tabs of the sheet; rows about clients on another of these tabs are skipped.

    Returns
    -------
    DataFrame, one row for each client of each entry, in tab order: row, number (int), when, since
    (datetime64[s]; since is NaT if `when` is exact or nothing was recorded before), client (str), lead_date
    (datetime64[s]), id (str or null), from, to, what, why, by, actions (str, "" if blank), before, after
    (states: a stage name, or the set of marked steps), key and old_key (`ClientKey`; old_key, before a
    correction, may be None). None if there is no log.

    >>> table = read_log(Grid("Log", [["When", "2026-11-02"], ["To", "Won"], ["Why", "typed"],
    ...                               ["Record", "stage Lead>stage Won;Ana|2026-01-20"]]))
    >>> table[["when", "client", "before", "after", "why"]]
            when client before after    why
    0 2026-11-02    Ana   Lead   Won  typed
    """
    layout = locate_log(grid)
    if grid is None or layout is None:
        return None
    import pandas as pd

    others = {name.casefold() for name in tabs} - {tab.casefold()}
    lines = list(_lines(grid, layout, others))
    table = pd.DataFrame({name: _series(values) for name, values in _columns(lines).items()})
    for name in ("when", "since", "lead_date"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    for name in ("row", "number"):
        table[name] = table[name].astype("int64")
    return table


def log_problems(grid: Grid | None) -> tuple[Problem, ...]:
    """Return a problem for each row of the log whose When is not a date."""
    layout = locate_log(grid)
    if grid is None or layout is None:
        return ()
    column = layout.columns["When"]
    cells = {row: grid[row, column] for row in range(layout.header + 1, grid.height + 1)}
    reader = RecordReader(layout.legend.names)
    return tuple(
        Problem(
            "unreadable time",
            f"Log {grid.tab!r}, row {row}: {str(cell)!r} in When is not a date, so this move is known only "
            "to lie between the dates of the rows above and below it.",
            way_out="Write it like 2026-11-21.",
        )
        for row, cell in cells.items()
        if cell not in (None, "") and parse_moment(cell) is None
        if reader.read(grid[row, layout.columns[RECORD]]) is not None
    )


def _columns(lines: list[tuple[Any, ...]]) -> dict[str, Any]:
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(LOG_COLUMNS)
    return dict(zip(LOG_COLUMNS, columns, strict=True))


def _series(values: Any) -> Any:
    import pandas as pd

    return pd.Series(list(values), dtype=object)


def _lines(grid: Grid, layout: LogLayout, others: Container[str]) -> Iterator[tuple[Any, ...]]:
    """Yield each client of each entry as a row of the table."""
    reader, when = RecordReader(layout.legend.names), dt.datetime(1900, 1, 1)
    records = grid.values[layout.columns[RECORD] - 1]
    seen: set[int] = set()
    below: dict[int, dt.datetime] | None = None  # found when a first cell needs it
    for row in range(layout.header + 1, grid.height + 1):
        record = reader.read(records[row - 1])
        if record is None:
            continue

        def cell(name: str, row: int = row) -> Value:
            return grid[row, layout.columns[name]]

        since = parse_moment(cell("Since"))
        if (read := parse_moment(cell("When"))) is None and cell("When") not in (None, ""):
            below = _dates_below(grid, layout) if below is None else below
            since = since or (when if seen else None)
            when = below.get(row) or since or when
        else:
            when = read or when
        copied = record.number in seen
        if copied or str(cell(TAB_HEADER) or "").casefold() in others:
            continue
        seen |= {record.number} - {0}
        texts = [str(cell(name) or "") for name in ("From", "To", "What", "Why", "By", "Actions")]
        for key, old_key in record.clients:
            client = (key.name, parse_moment(key.lead_date), key.id)
            states = (record.before, record.after)
            yield (row, record.number, when, since, *client, *texts, *states, key, old_key)


def _dates_below(grid: Grid, layout: LogLayout) -> dict[int, dt.datetime]:
    """Return for each row the first date in When below it; rows without one are left out."""
    found: dict[int, dt.datetime] = {}
    below = None
    for row in range(grid.height, layout.header, -1):
        if below is not None:
            found[row] = below
        below = parse_moment(grid[row, layout.columns["When"]]) or below
    return found


def sort_entries(log: pd.DataFrame) -> pd.DataFrame:
    """Sort entries by the time of the move, whatever the order on the tab.

    Within a day, imported entries come first, by time; the others follow in writing order.
    """
    import pandas as pd

    imported = log["why"] == IMPORTED
    time, day = log["when"].where(imported), log["when"].dt.normalize()
    keys = pd.DataFrame({"day": day, "later": ~imported, "time": time, "number": log["number"]})
    return log.loc[keys.sort_values(["day", "later", "time", "number"], kind="stable").index]


def client_keys(table: pd.DataFrame) -> list[ClientKey]:
    """Return the key of each client of a table (`Clients.table`)."""
    days: list[dt.date | None] = [None] * len(table)
    if "lead_date" in table:
        days = [None if day != day else day.date() for day in table["lead_date"].dt.to_pydatetime()]
    ids = table["id"].fillna("").tolist() if "id" in table else [""] * len(table)
    names = table["client"].fillna("").tolist()
    return [
        ClientKey.from_cells(name, day, key or None) for name, day, key in zip(names, days, ids, strict=True)
    ]


def parse_moment(value: Value) -> dt.datetime | None:
    """Parse a date or a time from a cell or a text file; return None if it is neither.

    >>> parse_moment("2026-11-02 14:05"), parse_moment(dt.date(2026, 11, 2))
    (datetime.datetime(2026, 11, 2, 14, 5), datetime.datetime(2026, 11, 2, 0, 0))
    >>> parse_moment("soon"), parse_moment(46328)
    (None, None)
    """
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if not isinstance(value, str):
        return None
    try:
        return dt.datetime.fromisoformat(value.strip()).replace(tzinfo=None)
    except ValueError:
        return None
