"""The log of who moved where, as a table: from the tab `Funnel log`, or the file beside a read-only sheet.

A person may sort it, delete rows, write beside it: every row that still has its record counts, and nothing
else does. Only `When`, `Why`, `By` and `Actions` are read as they stand, so that a person can correct them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funnel.grid import Grid, Value
from funnel.history.entry import RECORD, Legend, Reader, Record, State, Who, number_of

if TYPE_CHECKING:
    import pandas as pd

TAB: Final = "Clients on tab"
HEADERS: Final = (
    "When", "Since", "Client", "Lead date", "From", "To", "What", "Why", "By", "Actions", TAB, RECORD,
)  # fmt: skip
COLUMNS: Final = (
    "row", "number", "when", "since", "client", "lead_date", "id", "from", "to", "what", "why", "by",
    "actions", "before", "after", "who", "was",
)  # fmt: skip

FIRST_SEEN, TYPED, IMPORTED, MOVED = "first seen", "typed", "imported", "moved"
GONE_AWAY, BACK, RENAMED = "gone", "back", "renamed"
EXACT: Final = frozenset({"event", IMPORTED, MOVED})
"""Why a client moved, where the log knows when to the moment."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the log stands on its tab: the header's row, the column of each header, and the legend.

    `last` is the number of the row that was written last.
    """

    header: int
    columns: dict[str, int]
    legend: Legend
    last: int = 0


def places(grid: Grid | None) -> Places | None:
    """Find the log on a tab, or in a file; None where no cell is the header of its records.

    A header that a person changed is where it always was, seen from the records. Where somebody deleted the
    headers, they were written anew below; what stands above is no longer part of the log.
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
    last = max((number_of(text)[0] for text in below), default=0)
    return Places(row, found | {RECORD: column}, legend, last)


def read_log(grid: Grid | None, tab: str = "", tabs: Iterable[str] = ()) -> pd.DataFrame | None:
    """Read the log.

    Parameters
    ----------
    grid : the tab, or the file, as read; None where there is none.
    tab : the tab with the clients; of those on another of `tabs`, all that the sheet has, nothing is read.

    Returns
    -------
    DataFrame, one row for each client of each entry, in the order of the tab: row, number (int), when, since
    (datetime64[s]; since is NaT where `when` is exact, or nothing was recorded before), client (str),
    lead_date (datetime64[s]), id (str or null), from, to, what, why, by, actions (str, "" where blank),
    before, after (the states: a stage's name, or the set of steps that are marked), who and was (the client,
    and the one whose name or date was corrected to this). None where there is no log.

    >>> table = read_log(Grid("Log", [["When", "2026-11-02"], ["To", "Won"], ["Why", "typed"],
    ...                               ["Record", "stage Lead>stage Won;Ana|2026-01-20"]]))
    >>> table[["when", "client", "before", "after", "why"]]
            when client before after    why
    0 2026-11-02    Ana   Lead   Won  typed
    """
    at = places(grid)
    if grid is None or at is None:
        return None
    import pandas as pd

    others = {name.casefold() for name in tabs} - {tab.casefold()}
    lines = list(_lines(grid, at, others))
    table = pd.DataFrame({name: _series(values) for name, values in _columns(lines).items()})
    for name in ("when", "since", "lead_date"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    for name in ("row", "number"):
        table[name] = table[name].astype("int64")
    return table


def _columns(lines: list[tuple[Any, ...]]) -> dict[str, Any]:
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(COLUMNS)
    return dict(zip(COLUMNS, columns, strict=True))


def _series(values: Any) -> Any:
    import pandas as pd

    return pd.Series(list(values), dtype=object)


def _lines(grid: Grid, at: Places, others: Container[str]) -> Iterator[tuple[Any, ...]]:
    """Each client of each entry, as a row of the table."""
    reader, when = Reader(at.legend.names), dt.datetime(1900, 1, 1)
    records = grid.values[at.columns[RECORD] - 1]
    seen: set[int] = set()
    for row in range(at.header + 1, grid.height + 1):
        record = reader.read(records[row - 1])
        if record is None:
            continue

        def cell(name: str, row: int = row) -> Value:
            return grid[row, at.columns[name]]

        when = moment(cell("When")) or when
        if str(cell(TAB) or "").casefold() in others or record.number in seen:  # a row that a person copied
            continue
        seen |= {record.number} - {0}
        texts = [str(cell(name) or "") for name in ("From", "To", "What", "Why", "By", "Actions")]
        for line in _clients(record):
            who = line[0]
            facts = (row, record.number, when, moment(cell("Since")), who.name, moment(who.lead), who.id)
            yield (*facts, *texts, *line[2:], *line[:2])


def _clients(record: Record) -> Iterator[tuple[Who, Who | None, State, State]]:
    for who, was in record.clients:
        yield who, was, record.before, record.after


def history(log: pd.DataFrame) -> pd.DataFrame:
    """The entries in the order in which clients moved, however a person sorted them.

    Within a day they stand as they were written, what was imported first: it was known before.
    """
    import pandas as pd

    imported = log["why"] == IMPORTED
    time, day = log["when"].where(imported), log["when"].dt.normalize()
    keys = pd.DataFrame({"day": day, "later": ~imported, "time": time, "number": log["number"]})
    return log.loc[keys.sort_values(["day", "later", "time", "number"], kind="stable").index]


def people_of(table: pd.DataFrame) -> list[Who]:
    """The clients of a table (`Clients.table`), as the log knows them."""
    days: list[dt.date | None] = [None] * len(table)
    if "lead_date" in table:
        days = [None if day != day else day.date() for day in table["lead_date"].dt.to_pydatetime()]
    ids = table["id"].fillna("").tolist() if "id" in table else [""] * len(table)
    names = table["client"].fillna("").tolist()
    return [Who.of(name, day, key or None) for name, day, key in zip(names, days, ids, strict=True)]


def moment(value: Value) -> dt.datetime | None:
    """A date or a time as a cell or a text file has it; None where it is none.

    >>> moment("2026-11-02 14:05"), moment(dt.date(2026, 11, 2)), moment("soon"), moment(46328)
    (datetime.datetime(2026, 11, 2, 14, 5), datetime.datetime(2026, 11, 2, 0, 0), None, None)
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
