"""The tab `Funnel due`, the call list: by coach, each client to ask, the step, since when, and the value.

A line with a person's note keeps its row, so that the note stays beside its client; if nothing is due any
more, its state is "nothing due". A tick beside a touch-base closes it in the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from funnel.cells.mark_words import REACHED
from funnel.cells.marks import read_mark
from funnel.clients import FollowedUp
from funnel.grid import Grid, Value
from funnel.history.followed_up import followed_up_line
from funnel.history.read import client_keys
from funnel.plan import Cell, Link, StyleName
from funnel.text import count
from funnel.writer.ownership import Written, fingerprint, records, seen
from funnel.writer.page import FIRST, Page, tidy

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NAME = "due"
"""The tab's anchor."""

TAB = "Funnel due"
HEADER = 4
MOST = 250  # lines, as many of each coach; `funnel due` lists all
_NO_COACH = "No coach yet"
_TICKS: Final = REACHED | {"done"}
NOT_DUE: Final = "nothing due"  # the state of a line kept only because of a person's note
CLIENT, ABOUT, STATE, VALUE, DONE = "Client", "Ask about", "State", "Value", "Done"
_HEADERS: Mapping[str, tuple[float, StyleName, StyleName]] = {
    "Coach": (18.0, "header", "label"),
    CLIENT: (26.0, "header", "link"),
    ABOUT: (30.0, "header", "plain"),
    "Since": (12.0, "header", "date"),
    "Days": (8.0, "header_number", "count"),
    STATE: (12.0, "header", "plain"),
    VALUE: (12.0, "header_number", "count"),
    "Mark in": (10.0, "header", "link"),
    DONE: (8.0, "header", "plain"),
    "What to ask": (60.0, "header", "plain"),
}
"""Width, style of the header, and style of the cells of each column."""


@dataclass(frozen=True, slots=True)
class Line:
    """A client to ask. `row` is the one on the client tab; `item` the touch-base, "" for a step."""

    row: int
    item: str
    cells: Mapping[str, Value | Link]

    @property
    def key(self) -> tuple[str, str]:
        """The key of the line on the tab: client and step."""
        return _shown(self.cells.get(CLIENT)), _shown(self.cells.get(ABOUT))


def widths(funnel: Funnel) -> dict[int, float]:
    """Return the width of each column."""
    return {1: 4.0} | {at: _HEADERS[name][0] for name, at in _columns(funnel).items()}


def page(old: Grid | None, funnel: Funnel) -> list[Cell]:
    """Return the cells of the tab; none if no client is to be asked and there is no such tab.

    Parameters
    ----------
    old : the present tab; None if there is none yet.
    funnel : the results, in which the ticks of the tab are closed already (`close_ticked`).
    """
    found = funnel.due()
    if found.empty and old is None:
        return []
    at = _columns(funnel)
    sheet = Page()
    sheet.text(f"To ask: {count(len(found), 'client')}" if len(found) else "To ask: no client", "title")
    hint = " Type x under Done to close a touch-base." if DONE in at else ""
    note = f"As of {funnel.as_of}, by coach, the longest wait first. Mark a step on the client tab."
    sheet.text(note + hint, "note")
    sheet.text("A line beside which you type a note keeps its row; clear the note, and it may move.", "note")
    sheet.put(list(at), [_HEADERS[name][1] for name in at])
    return [*sheet.cells, *_placed(old, list(_lines(funnel, _first(found))), at, len(found))]


def close_ticked(old: Grid | None, funnel: Funnel) -> tuple[Funnel, list[list[Value]]]:
    """Close the touch-bases that a person ticked on the tab; return their rows for the log."""
    ticked = list(_ticked(old, funnel)) if old else []
    if not ticked:
        return funnel, []
    clients = funnel.clients
    keys = dict(zip(clients.table["row"].tolist(), client_keys(clients.table), strict=True))
    closed = [FollowedUp(keys[line.row].name_and_date, line.item, funnel.as_of) for line in ticked]
    rows = [followed_up_line(keys[line.row], line.item, funnel.as_of, "", clients.tab) for line in ticked]
    made = type(funnel)(
        replace(clients, followed_up=(*clients.followed_up, *closed)), funnel.as_of, funnel.counts
    )
    return made, rows


def _columns(funnel: Funnel) -> dict[str, int]:
    """Return the columns of the tab: coaches, values and ticks only if there are any."""
    touch = any(not item.step for item in funnel.journey.follow_ups)
    known = set(funnel.clients.table.columns)
    has = {"Coach": "coach" in known, VALUE: "value" in known, DONE: touch}
    return {name: at for at, name in enumerate((n for n in _HEADERS if has.get(n, True)), start=FIRST)}


def _lines(funnel: Funnel, found: pd.DataFrame) -> Iterator[Line]:
    """Yield the lines of some rows of the call list, in its order."""
    table, tab = funnel.clients.table, funnel.clients.tab
    values = dict(zip(table["row"], table["value"], strict=True)) if "value" in table.columns else {}
    for row in found.to_dict("records"):
        at, step = int(row["row"]), row["step"]
        since, value = row["since"], values.get(at)
        cells: dict[str, Value | Link] = {
            "Coach": row["coach"] or _NO_COACH,
            CLIENT: Link(row["client"] or f"row {at}", tab, f"A{at}"),
            ABOUT: step or row["follow_up"],
            "Since": since.date() if since == since else None,
            "Days": int(row["days_waiting"]),
            STATE: row["state"],
            VALUE: None if value is None or value != value else float(value),
            "Mark in": Link(row["cell"], tab, row["cell"]) if step and row["cell"] else None,
            "What to ask": row["ask"],
        }
        yield Line(at, "" if step else row["follow_up"], cells)


def _first(found: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows of the call list, up to `MOST`: for each coach those who have waited longest."""
    coach = found["coach"].fillna("").replace("", _NO_COACH)
    ranks = coach.groupby(coach).cumcount().sort_values(kind="stable")
    return found.loc[sorted(ranks.index[:MOST])]


def _placed(old: Grid | None, lines: list[Line], at: Mapping[str, int], total: int) -> Iterator[Cell]:
    """Yield the cells of the lines: those with a note in their rows, the others in order between them."""
    waiting = list(lines)
    kept: dict[int, Mapping[str, Value | Link]] = {}
    for row, cells in _annotated(old, at):
        line = next(
            (line for line in waiting if line.key == (_shown(cells[CLIENT]), _shown(cells[ABOUT]))), None
        )
        if line is None:
            kept[row] = {name: cells[name] for name in ("Coach", CLIENT, ABOUT)} | {STATE: NOT_DUE}
        else:
            waiting.remove(line)
            kept[row] = line.cells
    row = HEADER + 1
    for line in waiting:
        while row in kept:
            row += 1
        kept[row] = line.cells
    for row, shown in sorted(kept.items()):
        for name, column in at.items():
            if shown.get(name) is not None:
                yield Cell(row, column, tidy(shown[name]), _HEADERS[name][2])
    if total > len(lines):
        after = max(kept) + 1
        yield Cell(after, FIRST, f"and {total - len(lines):,} more: see `funnel due`.", "note")


def _annotated(old: Grid | None, at: Mapping[str, int]) -> Iterator[tuple[int, dict[str, Value]]]:
    """Yield the rows of lines with a person's text, with what we wrote there."""
    for row, record in sorted(records(old).items()):
        if old is None or row <= HEADER or at[CLIENT] not in record.cells:
            continue
        if any(_is_a_persons(old, row, column, record) for column in range(FIRST, old.width + 1)):
            yield row, {name: old[row, column] for name, column in at.items()}


def _is_a_persons(old: Grid, row: int, column: int, record: Written) -> bool:
    """Return True if a cell contains something that we did not write."""
    filled = old[row, column] not in (None, "") or (row, column) in old.formulas
    before = record.cells.get(column)
    return filled and (before is None or before[0] != fingerprint(seen(old, row, column)))


def _ticked(old: Grid, funnel: Funnel) -> Iterator[Line]:
    """Yield the touch-bases that a person ticked."""
    at = _columns(funnel)
    if DONE not in at:
        return
    open_now = [line for line in _lines(funnel, funnel.due()) if line.item]
    for _, cells in _annotated(old, at):
        ticked = read_mark(cells[DONE], _TICKS)
        if ticked == "reached" or isinstance(ticked, dt.date):
            key = _shown(cells[CLIENT]), _shown(cells[ABOUT])
            yield from [line for line in open_now if line.key == key][:1]
            open_now = [line for line in open_now if line.key != key]


def _shown(value: Value | Link) -> str:
    return str(value.text if isinstance(value, Link) else value or "")
