"""Give out the actions that entering a stage started, each once, and record which are done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from funnel.errors import SheetChanged, UsageError, WriteError
from funnel.history.action_states import DONE, GIVEN_OUT, OPEN
from funnel.history.entry import Legend, State
from funnel.history.history_table import actions_of_clients
from funnel.history.log_file import append_log, find_move_log
from funnel.history.read import client_keys, locate_log
from funnel.metrics import Funnel
from funnel.metrics.find_client import find_client
from funnel.metrics.stages.snapshot import current_states
from funnel.plan import Plan
from funnel.sheets.run_lock import lock_sheet
from funnel.text import fold, listed
from funnel.workflows.load import JourneyLike, Opened, Source, open_clients
from funnel.writer.history.log import put_lines, state_lines
from funnel.writer.summary import hand_off

Choose: TypeAlias = "Callable[[Opened, pd.DataFrame], pd.DataFrame]"


@dataclass(frozen=True)
class Actions:
    """All actions of a sheet with their states, and those that this call gave out or closed."""

    funnel: Funnel
    every: pd.DataFrame
    chosen: pd.DataFrame


def actions_of(funnel: Funnel) -> pd.DataFrame:
    """Return the actions of the clients of a funnel, as `history_table.actions_table`."""
    states = current_states(funnel.flagged) if funnel.journey.stages else []
    present: dict[Hashable, State] = {client.key.identity: client.state for client in states}
    return actions_of_clients(funnel.clients, present)


def give_out(
    source: Source,
    *,
    first: bool = False,
    dry_run: bool = False,
    only: Mapping[str, str | None] | None = None,
    journey: JourneyLike = None,
    tab: str | None = None,
) -> Actions:
    """Return the new actions, and record in the log that they were given out.

    Parameters
    ----------
    first : also actions of clients who were in their stage when the log began.
    dry_run : record nothing.
    only : only clients with these values by role or header, as for `Funnel.where`.

    Raises
    ------
    ReadError, JourneyError, WriteError : as for `refresh`.
    """
    wanted = {"new", "offered"} if first else {"new"}

    def choose(opened: Opened, table: pd.DataFrame) -> pd.DataFrame:
        found = table[table["state"].isin(wanted)]
        if only:
            some = Funnel(opened.clients, dt.date.today()).where(**only).clients.table
            keys = {(key.name, str(key.lead_date or "")) for key in client_keys(some)}
            pairs = zip(found["client"], found["lead_date"].fillna(""), strict=True)
            found = found[[pair in keys for pair in pairs]]
        return found

    return _record(source, journey, tab, GIVEN_OUT, "", choose, dry_run=dry_run)


def close(
    source: Source,
    client: str,
    *,
    row: int | None = None,
    of_list: str | None = None,
    by: str = "",
    journey: JourneyLike = None,
    tab: str | None = None,
) -> Actions:
    """Record in the log that the open actions of a client are done.

    Parameters
    ----------
    client : a name or an id; if several clients have it, give `row`.
    of_list : only those of this hand-off list or tag.
    by : the person who did them.

    Raises
    ------
    UsageError : there is no such client, or no open action.
    """

    def choose(opened: Opened, table: pd.DataFrame) -> pd.DataFrame:
        at = find_client(opened.clients, client, row)
        name = str(opened.clients.table["client"].iloc[at])
        mine = table[table["client"].map(fold) == fold(name)]
        found = mine[mine["state"].isin(OPEN)]
        if of_list is not None:
            found = found[found["list"].fillna("").map(fold) == fold(of_list)]
        if not len(found):
            states = listed([f"{each['action']} ({each['state']})" for each in mine.to_dict("records")])
            there = f" Its actions: {states}." if len(mine) else ""
            raise UsageError(f"{name} has no open action{f' of {of_list!r}' if of_list else ''}.{there}")
        return found

    return _record(source, journey, tab, DONE, by, choose)


def _record(
    source: Source, journey: JourneyLike, tab: str | None, state: str, by: str, choose: Choose,
    *, dry_run: bool = False,
) -> Actions:  # fmt: skip
    if dry_run:
        return _chosen(open_clients(source, journey, tab), choose)
    with lock_sheet(source):
        try:
            return _write(open_clients(source, journey, tab), state, by, choose)
        except SheetChanged:  # edited in between: read and plan again, once
            return _write(open_clients(source, journey, tab), state, by, choose)


def _chosen(opened: Opened, choose: Choose) -> Actions:
    funnel = Funnel(opened.clients, dt.date.today())
    every = _handed_over(opened, actions_of(funnel))
    return Actions(funnel, every, choose(opened, every))


def _handed_over(opened: Opened, every: pd.DataFrame) -> pd.DataFrame:
    """Take the state of an offered hand-off from the tab that still shows it, after its log was deleted.

    The tags and notes of the same entry were given out with it.
    """
    if not (every["state"] == "offered").any():
        return every
    sheet = opened.sheet
    name = next((tab for tab in sheet.tabs() if hand_off.NAME in sheet.read(tab, rows=1).anchors), None)
    shown = hand_off.states_on_tab(sheet.read(name)) if name is not None else {}
    entered = {(client, stage) for _, client, stage in shown}
    rows = every[["state", "kind", "list", "client", "stage"]].itertuples(index=False, name=None)
    states = []
    for state, kind, of_list, client, stage in rows:
        entry = fold(client), fold(stage)
        now = shown.get((str(of_list), *entry)) if kind == "hand_off" else None
        states.append(now or (GIVEN_OUT if entry in entered else state) if state == "offered" else state)
    return every.assign(state=states)


def _write(opened: Opened, state: str, by: str, choose: Choose) -> Actions:
    found, sheet = _chosen(opened, choose), opened.sheet
    if not len(found.chosen):
        return found
    page = find_move_log(sheet)
    layout = locate_log(page)
    legend, last = (layout.legend, layout.last) if layout else (Legend(), 0)
    rows = found.chosen.to_dict("records")
    lines = state_lines(rows, state, found.funnel.as_of, by, opened.clients.tab, last)
    if sheet.log_path is not None:
        append_log(sheet.log_path, lines, legend)
    elif reason := sheet.read_only_reason:
        raise WriteError(reason)
    else:
        assert page is not None
        change = put_lines(page, page.tab, legend, lines)
        try:
            sheet.apply(Plan(sheet.source, (change,), sheet.version, found.funnel.as_of))
        except WriteError as error:
            if "may have been" not in str(error):
                raise
            names = listed([f"{row['client']}: {row['action']}" for row in rows])
            raise WriteError(f"{error} If it was, these are recorded as {state}: {names}.") from None
    return found
