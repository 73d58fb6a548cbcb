"""The state of each stage action: new, given out or done, kept in rows of the move log.

Such a row is not a move, so nothing that folds the log reads it. It names the number of the row in which the
client entered the stage. Deleting rows never starts an action again: an action that may have lost its row is
"not certain", and is not given out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from funnel.clients import ActionLog
from funnel.grid import Grid, Value
from funnel.history.entry import RECORD, ClientKey
from funnel.history.read import HEADERS, TAB_HEADER, locate_log, parse_moment
from funnel.text import fold

ActionState: TypeAlias = Literal["new", "given out", "done", "left the stage", "not certain"]
GIVEN_OUT: Final = "given out"
DONE: Final = "done"
OPEN: Final = ("new", GIVEN_OUT)
"""States of open actions."""

_OF = re.compile(r"\d+ of (\d+)")


def action_line(
    number: int, entry: int, client: ClientKey, stage: str, action: str, state: str, when: dt.date, by: str,
    tab: str,
) -> list[Value]:  # fmt: skip
    """Return the row for the state of one action, in the order of `HEADERS`.

    Parameters
    ----------
    number : of this row.
    entry : number of the row in which the client entered the stage.
    action : as `stage_actions.action_name`.

    >>> day = dt.date(2026, 7, 1)
    >>> line = action_line(9, 4, ClientKey("Ana"), "Hot", "hand off: Sales", "done", day, "", "")
    >>> line[2], line[6], line[7], line[-1]
    ('Ana', 'hand off: Sales', 'done', '9 of 4')
    """
    facts: dict[str, Value] = {
        "When": when, "Client": client.name, "Lead date": client.lead_date, "To": stage, "What": action,
        "Why": state, "By": by, TAB_HEADER: tab, RECORD: f"{number} of {entry}",
    }  # fmt: skip
    return [facts.get(name) for name in HEADERS]


def read_action_states(grid: Grid | None) -> ActionLog:
    """Read the states of actions, and the numbers of deleted rows, from the tab or file with the log."""
    layout = locate_log(grid)
    if grid is None or layout is None:
        return ActionLog()
    states = dict(_rows(grid, layout.header, layout.columns))
    return ActionLog(states, layout.missing)


def _rows(
    grid: Grid, header: int, columns: dict[str, int]
) -> Iterator[tuple[tuple[int, str, str], tuple[str, dt.date]]]:
    for row in range(header + 1, grid.height + 1):
        found = _OF.fullmatch(str(grid[row, columns[RECORD]] or ""))
        when = parse_moment(grid[row, columns["When"]])
        state = grid[row, columns["Why"]]
        if found and when and state in (GIVEN_OUT, DONE):
            client, action = grid[row, columns["Client"]], grid[row, columns["What"]]
            yield (int(found[1]), fold(client), str(action or "")), (str(state), when.date())
