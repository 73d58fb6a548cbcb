"""Follow-ups: clients to contact, the question and the date, from the journey and the marks.

A mark closes an item. An item is *overdue* if its step is (docs/definitions.md#values), *open* from its own
date until its step is due, and *coming* before. Each client is in the call list once
(docs/definitions.md#call-list).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, TypeAlias, get_args

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.grid import cell_name
from funnel.history.read import client_keys
from funnel.journey import Duration, FollowUp
from funnel.metrics.core.column_lookup import check_name, where
from funnel.metrics.core.flags import LEAD, LEFT, PAID, Chain, Flagged, some, until
from funnel.metrics.core.frames import Frame, collect_page, keep_rows, length, pieces
from funnel.schema import flag, step_date, step_mark

Also: TypeAlias = Literal["overdue", "open", "coming"]
STATES = ("overdue", "open", "coming", "closed")
COLUMNS = (
    "row", "cell", "client", "coach", "follow_up", "step", "ask", "since", "days_waiting", "state",
)  # fmt: skip
ITEMS = (
    "row", "client", "id", "coach", "lead_date", "item", "follow_up", "step", "place", "ask", "since",
    "state",
)  # fmt: skip
_AT_ONCE = 50_000  # clients: the follow-ups of more at once would need too much memory
ASK = "Ask whether it happened; then mark it, or record that the client left."
ASK_STAGE = "Ask for news; then set a later stage, or a lost one if the client left."
ASK_LATER = (
    "Ask how the client is getting on. Still here: mark it. Left: record when, and why."  # retention steps
)


@dataclass(frozen=True)
class Item:
    """A follow-up, with the positions of its steps; a touch-base has none."""

    follow_up: FollowUp
    steps: tuple[int, ...]
    kind: Literal["step", "retention", "touch-base"]


def due_table(
    clients: Clients,
    flagged: Flagged,
    also: Also = "open",
    by: Mapping[str, str | None] | None = None,
    page: int = 1,
) -> pd.DataFrame:
    """List clients to follow up with, each once, at the first overdue step after the last mark.

    Retention steps are for clients who have paid. Clients who left are not listed.

    Parameters
    ----------
    also : "open" lists clients whose follow-up is due; "overdue" only those whose step is overdue;
        "coming" also adds follow-ups in the future, so that a client may be listed several times.
    by : only these values, by role or header: ``{"coach": "Zoe"}``; None or "" for a blank cell.
    page : the page of 1,000 clients of an engine's table, the oldest leads first; a sheet has one page.
        Clients of an engine have no row, and are not listed for follow-ups in the future only.

    Returns
    -------
    DataFrame, by coach (none last), the longest wait first: row, cell (of the step, or None), client, coach
    (or None), follow_up (the item's name), step (None for a touch-base), ask, since (the item's own date; the
    step's due date if that is earlier), days_waiting (int; negative in the future), state ("overdue", "open"
    or "coming").

    Raises
    ------
    UsageError : `also` is not one of the three, or there is no such column.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"row": [2], "client": ["Gus"], "step:^met": [False], "step:^paid": [False]})
    >>> table["lead_date"] = pd.to_datetime(["2026-02-20"])
    >>> clients = Clients(table, journey)
    >>> found = due_table(clients, flagged(table, journey, dt.date(2026, 7, 1)))
    >>> found[["client", "step", "since", "days_waiting"]]
      client step      since  days_waiting
    0    Gus  Met 2026-05-21            41
    """
    wanted = STATES[: STATES.index(check_name("kind of follow-up", also, get_args(Also))) + 1]
    items = _follow_ups(clients, flagged, by, page, wanted)
    items = items[items["state"].isin(wanted)]
    found = pd.concat([next_follow_ups(items), items[items["state"] == "coming"]])
    found = found.sort_values(["coach", "since", "row", "item"], na_position="last", ignore_index=True)
    found["days_waiting"] = (pd.Timestamp(flagged.as_of) - found["since"]).dt.days.astype("int64")
    found = _without_rows(found, clients)
    found["cell"] = pd.Series(_cells(clients, found), index=found.index, dtype=object)
    blank = found[["coach", "step"]].astype(object)
    found[["coach", "step"]] = blank.where(blank.notna(), None)
    return found[list(COLUMNS)]


def follow_ups_table(
    clients: Clients, flagged: Flagged, by: Mapping[str, str | None] | None = None, page: int = 1
) -> pd.DataFrame:
    """List all follow-ups of all clients, closed ones too; `by` and `page` as for `due_table`.

    Returns
    -------
    DataFrame, a row for each client and item: row, client, id (or None), coach, lead_date, item (its number),
    follow_up (its name), step (the first overdue one, else the first not reached; None for a touch-base, or
    if all are reached), place (the step's position, or -1), ask, since (NaT if unknown), state ("overdue",
    "open", "coming" or "closed").
    """
    return _without_rows(_follow_ups(clients, flagged, by, page, STATES), clients)


def count_due(clients: Clients, flagged: Flagged, by: Mapping[str, str | None] | None = None) -> int:
    """Return the number of clients on all pages of `due_table`, for a table of an engine."""
    return length(_open(clients, flagged, by, tuple(_items(flagged))))


def _open(
    clients: Clients, flagged: Flagged, by: Mapping[str, str | None] | None, items: Sequence[Item]
) -> Frame:
    """Return the clients with these values; in an engine, only those with an open or overdue follow-up."""
    frame = keep_rows(flagged.frame, where(clients, by or {}))
    if in_memory(clients.table):
        return frame
    return keep_rows(frame, some(_to_ask(flagged, item, items) for item in items))


def _without_rows(found: pd.DataFrame, clients: Clients) -> pd.DataFrame:
    """Empty the column row if the clients are in an engine, where it only keeps them apart."""
    return found if in_memory(clients.table) else found.assign(row=np.nan)


def _follow_ups(
    clients: Clients,
    flagged: Flagged,
    by: Mapping[str, str | None] | None,
    page: int,
    states: Sequence[str],
) -> pd.DataFrame:
    """Return the follow-ups of each client; in an engine, only clients with an open or overdue one.

    Those in other `states` are left out before they take memory; a touch-base that a later item or a person
    closed is listed as closed.
    """
    items = tuple(_items(flagged))
    frame = _open(clients, flagged, by, items)
    if in_memory(clients.table) and "closed" not in states:
        frame = keep_rows(frame, ~nw.col(LEFT))  # nobody asks them, so all their items are closed
    if not items:
        return pd.DataFrame(columns=list(ITEMS)).astype({"since": "datetime64[s]"})
    found = []
    for some_clients in pieces(frame, _AT_ONCE):
        wide = collect_page(
            some_clients.select(*_client(flagged), *_facts(flagged, items)), page, ("lead_date", "client")
        )
        if not in_memory(clients.table):
            wide["row"] = np.arange(len(wide))  # only to keep the clients apart
        found.append(_of_clients(wide, items, clients, flagged, states))
    table = pd.concat([table for table in found if len(table)] or found[:1])
    return table.sort_values(["row", "item"], ignore_index=True)


def _of_clients(
    wide: pd.DataFrame, items: Sequence[Item], clients: Clients, flagged: Flagged, states: Sequence[str]
) -> pd.DataFrame:
    """Return the follow-ups of some clients."""
    made = [_of_item(wide, i, item, flagged, states) for i, item in enumerate(items)]
    tables = [table for table, _ in made if len(table)] or [made[0][0]]
    table = pd.concat(tables).rename_axis("client_at").reset_index()
    latest = reduce(np.fmax, (came for _, came in made))[table["client_at"]]
    passed = table["touch"] & (table["state"] == "open") & (table["since"].to_numpy() < latest)
    table.loc[passed | _done(table, clients, flagged), "state"] = "closed"  # open until the next item
    return table[list(ITEMS)]


def _done(table: pd.DataFrame, clients: Clients, flagged: Flagged) -> npt.NDArray[np.bool_]:
    """Return which touch-bases are closed in the log (`funnel due --done`)."""
    done = {(each.client, each.follow_up) for each in clients.followed_up if each.when <= flagged.as_of}
    found = np.zeros(len(table), dtype=bool)
    if done:
        keys = zip(client_keys(table), table["follow_up"], strict=True)
        found[:] = [(key.name_and_date, name) in done for key, name in keys]
    touch: npt.NDArray[np.bool_] = table["touch"].to_numpy(dtype=bool)
    return found & touch


def next_follow_ups(items: pd.DataFrame) -> pd.DataFrame:
    """Select the next follow-up of each client: the first overdue step, else the first open item.

    Parameters
    ----------
    items : rows of `follow_ups_table`.
    """
    overdue, now = items["state"] == "overdue", items["state"].isin(("overdue", "open"))
    ranked = items.assign(later=~overdue, order=items["place"].where(overdue, items["item"]))[now]
    ranked = ranked.sort_values(["row", "later", "order"], kind="stable")
    return ranked.drop_duplicates("row").drop(columns=["later", "order"])


# --- the items ----------------------------------------------------------------------------------------------


def _items(flagged: Flagged) -> Iterator[Item]:
    """Yield the journey's follow-ups in the order of their steps, and a default for each step without one."""
    chain = flagged.chain
    at = {step.name: i for i, step in enumerate(chain.steps)}
    required = [i for i in chain.required if i in chain.cells]
    declared = [
        Item(
            item, tuple(i for i in map(at.__getitem__, item.step) if i in chain.cells), _kind(item, at, chain)
        )
        for item in flagged.journey.follow_ups
    ]
    declared = [item for item in declared if item.steps or item.kind == "touch-base"]
    covered = {i for item in declared for i in item.steps}
    places = {i: Item(_default(i, flagged), (i,), chain.steps[i].kind) for i in required if i not in covered}
    for item in declared:
        for i in sorted(i for i in places if item.steps and i < min(item.steps)):
            yield places.pop(i)
        yield item
    yield from places.values()


def _kind(item: FollowUp, at: dict[str, int], chain: Chain) -> Literal["step", "retention", "touch-base"]:
    if not item.step:
        return "touch-base"
    return chain.steps[at[item.step[0]]].kind


def _default(i: int, flagged: Flagged) -> FollowUp:
    """Return the default follow-up of a step, on its due date."""
    step = flagged.chain.steps[i]
    ask = ASK_LATER if step.kind == "retention" else ASK_STAGE if flagged.chain.staged else ASK
    return FollowUp(name=step.name, after=str(flagged.journey.due(step.name)), step=(step.name,), ask=ask)


# --- the clients --------------------------------------------------------------------------------------------


def _client(flagged: Flagged) -> list[nw.Expr]:
    """Return the columns that identify the client; null if the sheet does not have them."""
    null = nw.lit(None, nw.String)
    return [
        nw.col("row"),
        nw.col("client"),
        *((nw.col(role) if role in flagged.columns else null).alias(role) for role in ("id", "coach")),
        nw.col(LEAD).alias("lead_date"),
    ]


def _facts(flagged: Flagged, items: Sequence[Item]) -> Iterator[nw.Expr]:
    """Yield whether the client left, paid or may still pay, the date of each item, and the step values."""
    paid = flagged.chain.paid
    in_time = nw.lit(True) if paid is None else ~nw.col(flag("due", paid))
    yield nw.col(LEFT).alias(flag("left"))
    yield nw.col(PAID).alias(flag("paid"))
    yield (nw.col(PAID) | in_time).alias(flag("may_pay"))
    for n, item in enumerate(items):
        yield _day(item.follow_up, flagged).alias(flag("since", n))
    for i in sorted({i for item in items for i in item.steps}):
        due = flagged.journey.due(flagged.chain.steps[i].name)
        yield nw.col(flag("reached", i))
        yield nw.col(flag("overdue", i))
        yield nw.col(LEAD).dt.offset_by(due.offset).alias(flag("due_on", i))


def _day(item: FollowUp, flagged: Flagged) -> nw.Expr:
    """Return the date of an item; the step's due date replaces the date of an undated mark."""
    start = nw.col(LEAD)
    if item.since is not None:
        i = [step.name for step in flagged.chain.steps].index(item.since)
        start = start.dt.offset_by(flagged.journey.due(item.since).offset)
        if (column := step_date(item.since)) in flagged.columns:
            start = nw.coalesce(nw.col(column).dt.truncate("1d"), start)
        start = nw.when(nw.col(flag("reached", i))).then(start)
    return start.dt.offset_by(Duration.parse(item.after).offset)


def _of_item(
    wide: pd.DataFrame, n: int, item: Item, flagged: Flagged, states: Sequence[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.datetime64]]:
    """Return the step, date and state of an item for the clients in some states; for all, when it came."""
    step = np.full(len(wide), -1)
    for is_overdue in (False, True):  # the first step not reached; the first overdue one overrides it
        for i in reversed(item.steps):
            marks = wide[flag("overdue" if is_overdue else "reached", i)].to_numpy(dtype=bool)
            step = np.where(marks == is_overdue, i, step)
    day, overdue = _dates(wide, flag("since", n)), np.zeros(len(wide), dtype=bool)
    for i in item.steps:
        overdue_here = (step == i) & wide[flag("overdue", i)].to_numpy(dtype=bool)
        due = _dates(wide, flag("due_on", i))
        day, overdue = np.where(overdue_here & ~(day <= due), due, day), overdue | overdue_here
    come = day <= np.datetime64(flagged.as_of)
    closed = ~_should_ask(wide, item, come) | np.isnat(day) | (step < 0 if item.steps else False)
    names = np.array([*(s.name for s in flagged.chain.steps), None], dtype=object)
    state = np.select([closed, overdue, come], ["closed", "overdue", "open"], "coming")
    kept = np.flatnonzero(np.isin(state, states))
    columns = {name: wide[name].array[kept] for name in ("row", "client", "id", "coach", "lead_date")}
    item_of = {"item": n, "follow_up": item.follow_up.name, "ask": item.follow_up.ask}
    found = {"step": names[step[kept]], "place": step[kept], "since": day[kept], "state": state[kept]}
    table = pd.DataFrame(columns | item_of | found | {"touch": item.kind == "touch-base"}, index=kept)
    return table, np.where(come, day, np.datetime64("NaT"))


def _should_ask(wide: pd.DataFrame, item: Item, come: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return true for clients to ask: they have not left, and have paid or may still pay."""
    not_left: npt.NDArray[np.bool_] = ~wide[flag("left")].to_numpy(dtype=bool)
    may_pay, paid = (wide[name].to_numpy(dtype=bool) for name in (flag("may_pay"), flag("paid")))
    if item.kind == "step":
        return not_left
    return not_left & (may_pay if item.kind == "touch-base" else np.where(come, paid, may_pay))


def _to_ask(flagged: Flagged, item: Item, items: Sequence[Item]) -> nw.Expr:
    """Return true for clients with this item open or overdue, as `_follow_ups` decides for each client."""
    day = _day(item.follow_up, flagged)
    come = until(day, flagged.as_of)
    if item.kind == "touch-base":
        paid = flagged.chain.paid
        may_pay = nw.lit(True) if paid is None else nw.col(PAID) | ~nw.col(flag("due", paid))
        others = [_day(other.follow_up, flagged) for other in items if other is not item]
        later = some(until(other, flagged.as_of) & (other > day).fill_null(False) for other in others)
        return ~nw.col(LEFT) & come & may_pay & ~later
    come = come | some(nw.col(flag("overdue", i)) for i in item.steps)
    is_open = ~nw.col(LEFT) & come & some(~nw.col(flag("reached", i)) for i in item.steps)
    return is_open if item.kind == "step" else is_open & nw.col(PAID)


def _dates(wide: pd.DataFrame, name: str) -> npt.NDArray[np.datetime64]:
    """Return a column of dates."""
    return wide[name].astype("datetime64[s]").to_numpy()


def _cells(clients: Clients, found: pd.DataFrame) -> Iterator[str | None]:
    """Yield the cell of each step, or of the stage; None without a column."""
    at = clients.layout.columns if clients.layout else {}
    stage = at.get("stage") if clients.journey.staged else None
    for row, step in zip(found["row"].tolist(), found["step"].tolist(), strict=True):
        column = at.get(step_mark(step), stage) if step else stage
        yield cell_name(row, column) if column and row == row else None  # clients of an engine have no row
