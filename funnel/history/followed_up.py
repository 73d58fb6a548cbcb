"""Touch-bases closed by a person: rows of the move log without a record.

Such a row is not a move, so nothing that folds the log reads it. Deleting it opens the touch-base again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from funnel.clients import FollowedUp
from funnel.grid import Grid, Value
from funnel.history.entry import RECORD, ClientKey
from funnel.history.read import HEADERS, TAB_HEADER, locate_log, parse_moment

FOLLOWED_UP: Final = "followed up"
"""The value of `Why` in such a row."""


def followed_up_line(client: ClientKey, follow_up: str, when: dt.date, by: str, tab: str) -> list[Value]:
    """Return the row for a closed touch-base, in the order of `HEADERS`.

    >>> followed_up_line(ClientKey("Ana"), "Touch-base", dt.date(2026, 7, 1), "Zoe", "Clients")[:3]
    [datetime.date(2026, 7, 1), None, 'Ana']
    """
    facts: dict[str, Value] = {
        "When": when, "Client": client.name, "Lead date": client.lead_date, "What": follow_up,
        "Why": FOLLOWED_UP, "By": by, TAB_HEADER: tab,
    }  # fmt: skip
    return [facts.get(name) for name in HEADERS]


def read_followed_up(grid: Grid | None, tab: str) -> tuple[FollowedUp, ...]:
    """Read the closed touch-bases from the tab or file with the log.

    Parameters
    ----------
    grid : the tab or the file (None: there is none).
    tab : the tab with the clients; rows about clients on another tab are skipped.
    """
    return tuple(_rows(grid, tab)) if grid else ()


def _rows(grid: Grid, tab: str) -> Iterator[FollowedUp]:
    layout = locate_log(grid)
    for row in range(layout.header + 1, grid.height + 1) if layout else ():
        cells = {name: grid[row, column] for name, column in layout.columns.items()} if layout else {}
        when, lead_date = parse_moment(cells["When"]), parse_moment(cells["Lead date"])
        if cells["Why"] != FOLLOWED_UP or cells[RECORD] or when is None or not cells["Client"]:
            continue
        if str(cells[TAB_HEADER] or tab).casefold() == tab.casefold():
            key = ClientKey.from_cells(cells["Client"], lead_date.date() if lead_date else None)
            yield FollowedUp(key.name_and_date, str(cells["What"] or ""), when.date())
