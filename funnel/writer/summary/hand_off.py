"""The tab `Funnel hand-off`: a line for each client whom a stage handed over, newest last.

From the log (an action `hand_off` of the stage that was entered). Lines never move, because people write
beside them: a line stays where it is, and its state says that it is done, or that the client left the stage.
A mark in the column Done is recorded in the log by the next refresh.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.cells.mark_words import NOT_REACHED
from funnel.grid import Grid, Value
from funnel.history.action_states import OPEN
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

Key: TypeAlias = tuple[str, ...]
"""List, client, stage and day of a line, as text."""


def hand_offs(funnel: Funnel) -> list[Mapping[Any, Any]]:
    """Return the hand-offs of all stages, oldest first, as rows of `actions_table`, without those offered."""
    present: dict[Hashable, State] = {
        client.key.identity: client.state for client in current_states(funnel.flagged)
    }
    found = actions_of_clients(funnel.clients, present)
    found = found[(found["kind"] == "hand_off") & (found["state"] != "offered")]
    return [*found.to_dict("records")]


def ticked(grid: Grid | None, funnel: Funnel) -> list[Mapping[Any, Any]]:
    """Return the open hand-offs that a person marked as done on the tab."""
    if grid is None or not any(stage.actions for stage in funnel.journey.stages):
        return []
    marked = {
        key
        for row, key in _lines(grid, funnel.journey)
        if plain_text(grid[row, _DONE] or "").strip().lower() not in NOT_REACHED
    }
    return [row for row in hand_offs(funnel) if row["state"] in OPEN and _key(row) in marked]


def page(funnel: Funnel, grid: Grid | None = None) -> Sequence[Cell]:
    """Return the cells of the tab; none if no client was ever handed over.

    Parameters
    ----------
    funnel : the results, whose log contains all that was found until now.
    grid : the present tab, whose lines stay in their rows; None if there is none.
    """
    found = {_key(row): row for row in hand_offs(funnel)} if funnel.journey.stages else {}
    if not found and grid is None:
        return []
    sheet = Page()
    sheet.text("Handed off", "title")
    sheet.text(_NOTE, "note")
    sheet.put(_HEADERS, ["header"] * len(_HEADERS))
    there = dict(_lines(grid, funnel.journey)) if grid else {}
    for row, key in there.items():
        sheet.row = row
        values = _values(found.pop(key)) if key in found else _as_written(grid, row)
        sheet.put(values, _STYLES)
    sheet.row = max([HEADER, *there]) + 1
    if grid is not None and found:
        sheet.row = max(sheet.row, grid.height + 1)
    for line in found.values():
        sheet.put(_values(line), _STYLES)
    return sheet.cells


def _lines(grid: Grid, journey: Journey) -> Iterator[tuple[int, Key]]:
    """Yield the row and the key of each line that we wrote; stages by their present names."""
    known = names(journey.stages, journey.reassign)
    for row, record in records(grid).items():
        if row > HEADER and FIRST in record.cells:
            since = grid[row, FIRST + 3]
            day = since.date() if isinstance(since, dt.datetime) else since
            of_list, client, stage = (str(grid[row, FIRST + at] or "") for at in range(3))
            yield row, (of_list, client, known.get(fold(stage), stage), str(day))


def _key(row: Mapping[Any, Any]) -> Key:
    return str(row["list"]), str(row["client"]), str(row["stage"]), str(row["since"])[:10]


def _values(row: Mapping[Any, Any]) -> list[Value]:
    since = dt.datetime.fromisoformat(str(row["since"])).date()
    state = f"{row['state']}, {row['state_since']}" if row["state_since"] else row["state"]
    return [row["list"], row["client"], row["stage"], since, row["coach"], state]


def _as_written(grid: Grid | None, row: int) -> list[Value]:
    """Return a line whose entry is no longer in the log."""
    assert grid is not None
    values = [grid[row, FIRST + at] for at in range(len(_STYLES))]
    return [value.date() if isinstance(value, dt.datetime) else value for value in values]
