"""The tab `Funnel hand-off`: a line for each client handed over by a stage action, newest last.

Lines never move, because people write notes beside them; their state shows if they are done, or if the client
has left the stage. The next refresh records a mark in the column Done in the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.cells.mark_words import NOT_REACHED
from funnel.grid import Grid, Value
from funnel.history.action_states import DONE, GIVEN_OUT, OPEN
from funnel.history.entry import State
from funnel.history.history_table import actions_of_clients
from funnel.journey.stages import names
from funnel.metrics.stages.snapshot import current_states
from funnel.plan import Cell, StyleName
from funnel.text import fold, plain_text
from funnel.writer.ownership import records
from funnel.writer.page import FIRST, Page

if TYPE_CHECKING:
    from funnel.journey import Journey
    from funnel.metrics import Funnel

NAME = "handoff"
"""The tab's anchor."""

TAB = "Funnel hand-off"
HEADER = 3
WIDTHS = {1: 4.0} | dict(enumerate((18.0, 26.0, 22.0, 18.0, 20.0, 24.0, 10.0), start=FIRST))
_HEADERS = ("List", "Client", "Stage", "Since", "Coach", "State", "Done")
_DONE = FIRST + _HEADERS.index("Done")
_STYLES: tuple[StyleName, ...] = ("label", "plain", "plain", "date", "plain", "plain")
_NOTE = "Newest last. Put a mark into Done; the next refresh records it. Notes beside a line are yours."

Row: TypeAlias = Mapping[Any, Any]
"""A hand-off, as a row of `actions_table`."""


def hand_offs(funnel: Funnel) -> list[Row]:
    """Return the hand-offs of all stages, oldest first, as rows of `actions_table`, without those offered."""
    present: dict[Hashable, State] = {
        client.key.identity: client.state for client in current_states(funnel.flagged)
    }
    found = actions_of_clients(funnel.clients, present)
    found = found[(found["kind"] == "hand_off") & (found["state"] != "offered")]
    return [*found.to_dict("records")]


def ticked(grid: Grid | None, funnel: Funnel) -> list[Row]:
    """Return the open hand-offs that a person marked as done on the tab."""
    if grid is None or not any(stage.actions for stage in funnel.journey.stages):
        return []
    lines = _lines(grid, funnel.journey, hand_offs(funnel))
    done = {row for row in lines if plain_text(grid[row, _DONE] or "").strip().lower() not in NOT_REACHED}
    return [line for row, line in lines.items() if line and row in done and line["state"] in OPEN]


def states_on_tab(grid: Grid) -> dict[tuple[str, str, str], str]:
    """Return the state of each hand-off that the tab still shows, by list, client and stage.

    A deleted log forgets who was handed over; this tab does not, and a second hand-off is worse than none.
    """
    found: dict[tuple[str, str, str], str] = {}
    for row in range(HEADER + 1, grid.height + 1):
        of_list, client, stage, _, _, state, done = (
            plain_text(grid[row, FIRST + at] or "").strip() for at in range(len(_HEADERS))
        )
        was = next((known for known in (DONE, GIVEN_OUT) if state.startswith(known)), None)
        if not (of_list and client and was):
            continue
        key, marked = (of_list, fold(client), fold(stage)), done.lower() not in NOT_REACHED
        found[key] = DONE if marked or DONE in (was, found.get(key)) else GIVEN_OUT
    return found


def page(funnel: Funnel, grid: Grid | None = None) -> tuple[Sequence[Cell], Mapping[int, str]]:
    """Return the cells of the tab, and the hand-off of each row; none if no client was ever handed over.

    Parameters
    ----------
    funnel : the results, with a current log.
    grid : the present tab, whose lines stay in their rows; None if there is none.
    """
    found = hand_offs(funnel) if funnel.journey.stages else []
    if not found and grid is None:
        return [], {}
    sheet = Page()
    sheet.text("Handed off", "title")
    sheet.text(_NOTE, "note")
    sheet.put(_HEADERS, ["header"] * len(_HEADERS))
    lines = _lines(grid, funnel.journey, found) if grid else {}
    about = {row: record.names[0] for row, record in records(grid).items() if row > HEADER and record.names}
    for row, line in lines.items():
        sheet.row = row
        sheet.put(_values(line) if line else _as_written(grid, row), _STYLES)
        about |= {row: _entry(line)} if line else {}
    there = [_key(line) for line in lines.values() if line]
    more = [line for line in found if _key(line) not in there]
    sheet.row = max([HEADER, *lines]) + 1
    if grid is not None and more:
        sheet.row = max(sheet.row, grid.height + 1)
    for line in more:
        about[sheet.row] = _entry(line)
        sheet.put(_values(line), _STYLES)
    return sheet.cells, about


def _lines(grid: Grid, journey: Journey, found: Sequence[Row]) -> dict[int, Row | None]:
    """Return the hand-off of each line that we wrote, by its row; None if it is no longer in the log.

    The record of a row contains the number of its entry in the log, because a client can be handed over twice
    on a day. A line without a number, of an older version, is found by its cells.
    """
    known = names(journey.stages, journey.reassign)
    by_key, by_cells = {_key(row): row for row in found}, {_cells(row): row for row in reversed(found)}
    lines: dict[int, Row | None] = {}
    for row, record in records(grid).items():
        if row <= HEADER or FIRST not in record.cells:
            continue
        since = grid[row, FIRST + 3]
        day = since.date() if isinstance(since, dt.datetime) else since
        of_list, client, stage = (str(grid[row, FIRST + at] or "") for at in range(3))
        if record.names:
            lines[row] = by_key.get((record.names[0], of_list, client))
        else:
            lines[row] = by_cells.get((of_list, client, known.get(fold(stage), stage), str(day)))
    return lines


def _entry(row: Row) -> str:
    return f"entry-{row['number']}"


def _key(row: Row) -> tuple[str, str, str]:
    return _entry(row), str(row["list"]), str(row["client"])


def _cells(row: Row) -> tuple[str, ...]:
    return str(row["list"]), str(row["client"]), str(row["stage"]), str(row["since"])[:10]


def _values(row: Row) -> list[Value]:
    since = dt.datetime.fromisoformat(str(row["since"])).date()
    state = f"{row['state']}, {row['state_since']}" if row["state_since"] else row["state"]
    return [row["list"], row["client"], row["stage"], since, row["coach"], state]


def _as_written(grid: Grid | None, row: int) -> list[Value]:
    """Return a line whose entry is no longer in the log."""
    assert grid is not None
    values = [grid[row, FIRST + at] for at in range(len(_STYLES))]
    return [value.date() if isinstance(value, dt.datetime) else value for value in values]
