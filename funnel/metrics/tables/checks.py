"""Checks of a sheet as of a date: each problem with its cell, the reason and a way out.

The loader checks what does not depend on the date: words that are not marks, reasons without a date, colours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients, Problem
from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.flags import LEAD, LEFT, LEFT_ON, PAID, Flagged, after, each, every, flag, some
from funnel.metrics.core.frames import collect, lazy
from funnel.metrics.tables.leaks import ENOUGH
from funnel.schema import parse, step_date, step_mark
from funnel.text import count, listed, percent

Row: TypeAlias = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Check:
    """A condition on a column, and the message for clients who meet it."""

    kind: str
    column: str  # of the table: a role, or the marks of a step
    found: nw.Expr
    message: Callable[[Row], str]
    way_out: str


def check(clients: Clients, flagged: Flagged) -> tuple[Problem, ...]:
    """Return all contradictions in the sheet, in sheet order.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"row": [2], "client": ["Dan"], "step:^met": [False], "step:^paid": [True]})
    >>> clients = Clients(table, journey)
    >>> check(clients, flagged(clients.table, journey, dt.date(2026, 7, 1)))[0].message
    "Dan: 'Met' is not marked, but a later step is; it counts as reached."
    """
    everything = [*_found(clients, flagged), *_later_leads(clients, flagged), *_targets(flagged)]
    everything += [*_later_events(clients, flagged), *_old_sales(clients, flagged)]
    everything += _in_stages_to_avoid(flagged)
    return tuple(sorted(everything, key=lambda p: (p.row is None, p.row or 0, p.column or 0)))


def _found(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Apply all checks to the clients of the funnel, in one pass."""
    checks = dict(enumerate(_checks(flagged)))
    shown = [nw.col("row"), nw.col("client"), nw.col(LEAD).alias("lead_date")]
    shown += [nw.col("left_date")] if "left_date" in flagged.columns else []
    dated = {step_date(step.name) for step in flagged.journey.steps} & flagged.columns
    names = {i: flag("check", i) for i in checks}
    found = [what.found.alias(names[i]) for i, what in checks.items()]
    frame = flagged.frame.select(*shown, *(nw.col(name) for name in sorted(dated)), *found)
    rows = collect(frame.filter(nw.any_horizontal(*map(nw.col, names.values()), ignore_nulls=False)))
    facts = rows.drop(columns=list(names.values()))  # few columns, as each check takes its rows of them
    for i, what in checks.items():
        found_rows = rows[names[i]].to_numpy()
        if found_rows.any():
            yield from _problems(what, facts[found_rows], clients)


def _problems(what: Check, rows: pd.DataFrame, clients: Clients) -> Iterator[Problem]:
    """Yield the problem of each client, with dates as text."""
    journey = clients.journey
    columns = clients.layout.columns if clients.layout else {}
    number = columns.get(what.column)
    if number is None and what.column == "left_date":  # of a lost stage
        number = columns.get("close_date")
    texts = {name: rows[name].tolist() for name in ("row", "client")}
    texts |= {name: days(rows[name]) for name in ("lead_date", "left_date") if name in rows}
    column = parse(what.column)
    if column.kind == "step":
        due = journey.due(column.text)
        texts["due"] = days(rows["lead_date"] + pd.DateOffset(months=due.months, days=due.days))
        if step_date(column.text) in rows:
            texts["marked_on"] = days(rows[step_date(column.text)])
    for cells in zip(*texts.values(), strict=True):
        row: Row = dict(zip(texts, cells, strict=True))
        client = row["client"] or None
        name = client or f"The client of row {row['row']}"
        yield Problem(what.kind, f"{name}: {what.message(row)}", row["row"], number, client, what.way_out)


def _checks(flagged: Flagged) -> Iterator[Check]:
    """Yield the checks that this journey and these columns allow."""
    for i in each(flagged.chain):
        yield from _step_checks(flagged, i)
        if flagged.chain.steps[i].kind == "retention" and i in flagged.chain.cells:
            yield from _retention_checks(flagged, i)
    yield from _overdue(flagged)
    yield from _left_later(flagged)


def _step_checks(flagged: Flagged, i: int) -> Iterator[Check]:
    """Yield the checks for skipped steps, and for marks before the lead, after leaving or in the future."""
    name = flagged.chain.steps[i].name
    yield Check(
        "skipped step",
        step_mark(name),
        nw.col(flag("skipped", i)),
        lambda row: f"{name!r} is not marked, but a later step is; it counts as reached.",
        "Mark it, if it happened.",
    )
    if step_date(name) not in flagged.columns:
        return
    when = nw.col(step_date(name))
    yield Check(
        "date before lead",
        step_mark(name),
        nw.col(flag("marked", i)) & _before(when, nw.col(LEAD)),
        lambda row: f"{name!r} is dated {row['marked_on']}, before the lead date {row['lead_date']}.",
        "Correct the date that is wrong.",
    )
    yield Check(
        "mark after leaving",
        step_mark(name),
        nw.col(flag("marked", i)) & _before(nw.col(LEFT_ON), when.dt.truncate("1d")),
        lambda row: f"{name!r} is dated {row['marked_on']}, after the client left on {row['left_date']}.",
        "Correct the date that is wrong, or empty the left date of a client who came back.",
    )
    yield Check(
        "date in the future",
        step_mark(name),
        after(when, flagged.as_of),
        lambda row: f"{name!r} is dated {row['marked_on']}, after {flagged.as_of}; it counts as not reached.",
        "Correct the date, or wait for the day.",
    )


def _retention_checks(flagged: Flagged, i: int) -> Iterator[Check]:
    """Yield the checks for marks that contradict the due date, leaving or paying."""
    name = flagged.chain.steps[i].name
    marked, due = nw.col(flag("marked", i)), nw.col(flag("due", i))
    due_on = nw.col(LEAD).dt.offset_by(flagged.journey.due(name).offset)
    yield Check(
        "marked before due",
        step_mark(name),
        marked & ~due & ~nw.col(LEAD).is_null(),
        lambda row: f"{name!r} is marked, but not due before {row['due']}.",
        "Take the mark out, or correct the lead date.",
    )
    yield Check(
        "left after due",
        step_mark(name),
        nw.col(flag("reached", i)) & ~nw.col(flag("passed", i)) & nw.col(LEFT),
        lambda row: (
            f"left on {row['left_date']}, after {name!r} was due on {row['due']}, but it "
            "is not marked; it counts as reached."
        ),
        "Mark it, if the client was still there.",
    )
    dated = step_date(name) in flagged.columns
    undated = marked & nw.col(step_date(name)).is_null() if dated else marked
    yield Check(
        "mark after leaving",
        step_mark(name),
        undated & _before(nw.col(LEFT_ON), due_on),
        lambda row: (
            f"{name!r} is marked, but the client left on {row['left_date']}, before it was due on "
            f"{row['due']}."
        ),
        "Take the mark out, or correct the left date.",
    )
    if flagged.chain.paid is not None:
        paid = flagged.chain.steps[flagged.chain.paid].name
        yield Check(
            "not paid",
            step_mark(name),
            marked & ~nw.col(PAID),
            lambda row: f"{name!r} is marked, but {paid!r} is not.",
            f"Mark {paid!r}, if the client paid; else take the mark out.",
        )


def _overdue(flagged: Flagged) -> Iterator[Check]:
    """Find each overdue client once, at the first overdue step; retention steps only for those who paid."""
    chain = flagged.chain
    links = [i for i in chain.links if chain.known(i)]
    for i in links:
        name = chain.steps[i].name
        found = [nw.col(flag("overdue", i)), *([nw.col(PAID)] if chain.steps[i].kind == "retention" else [])]
        if i != links[0]:
            found.append(~some(nw.col(flag("overdue", j)) for j in links if j < i))
        yield Check(
            "first contact missing" if i == chain.links[0] and chain.steps[i].kind == "step" else "overdue",
            step_mark(name),
            every(found),
            lambda row, name=name: (  # type: ignore[misc]
                f"{name!r} was due on {row['due']}, and the sheet does not say."
            ),
            "Ask; then set the stage: a further one, or a lost one where the client is gone."
            if chain.staged
            else "Ask; then mark it, or write down that the client left.",
        )


def _left_later(flagged: Flagged) -> Iterator[Check]:
    """Yield the check for left dates in the future."""
    if "left_date" in flagged.columns:
        yield Check(
            "date in the future",
            "left_date",
            after(nw.col("left_date"), flagged.as_of),
            lambda row: (
                f"the left date {row['left_date']} is after {flagged.as_of}; the client counts as here."
            ),
            "Correct the date, or wait for the day.",
        )


def _later_leads(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Yield a problem for each lead after as-of, from the whole table, since the funnel excludes them."""
    if "lead_date" not in flagged.columns:
        return
    later = lazy(clients.table).filter(after(nw.col("lead_date"), flagged.as_of))
    what = Check(
        "date in the future",
        "lead_date",
        nw.lit(True),
        lambda row: f"the lead date {row['lead_date']} is after {flagged.as_of}; the client is not counted.",
        "Correct the date, or wait for the day.",
    )
    yield from _problems(what, collect(later.select("row", "client", "lead_date")), clients)


def _later_events(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Yield one problem for the events after as-of, which are not counted."""
    events = clients.events
    if events is None or not len(events):
        return
    later = events[events["when"] >= pd.Timestamp(flagged.as_of) + pd.Timedelta(days=1)]
    if len(later):
        first = later.iloc[0]
        row = f" (row {int(first['row'])} of the log)" if "row" in later else ""
        yield Problem(
            "date in the future",
            f"{count(len(later), 'event')} in the log after {flagged.as_of}: {first['event']!r} on "
            f"{first['when']:%Y-%m-%d}{row} is the first. Not counted.",
            way_out="Correct the date, or wait for the day.",
        )


def _old_sales(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Find cells with a date of the last sale that is earlier than the last sale in the event log."""
    if clients.events is None or "last_sale" not in clients.table:
        return
    counted = collect(flagged.frame.select("row", "last_sale")).set_index("row")["last_sale"]
    typed = clients.table.set_index("row")[["client", "last_sale"]].loc[counted.index]
    older = (typed["last_sale"].dt.normalize() < counted.dt.normalize()).fillna(False)
    column = clients.layout.columns.get("last_sale") if clients.layout else None
    for row, client, cell in typed[older].sort_index().itertuples():
        yield Problem(
            "older sale date",
            f"{client or f'The client of row {row}'}: the last sale is on {cell:%Y-%m-%d} in the sheet and "
            f"on {counted[row]:%Y-%m-%d} in the log; the later date counts.",
            row, column, client or None, "Correct the cell, or empty it; the log then fills it.",
        )  # fmt: skip


def _in_stages_to_avoid(flagged: Flagged) -> Iterator[Problem]:
    """Find the clients in each stage in which no client should stay."""
    for stage in flagged.journey.ordered_stages:
        if stage.avoid:
            there = collect(flagged.frame.filter(nw.col(STAGE) == stage.name).select("row", "client"))
            for row, client in there.sort_values("row").itertuples(index=False):
                message = f"{client or f'The client of row {row}'} is in the stage {stage.name!r}."
                way_out = "Record an interaction, or set the stage."
                yield Problem("stage to avoid", message, row, None, client or None, way_out)


def _targets(flagged: Flagged) -> Iterator[Problem]:
    """Find declared targets that settled clients have missed."""
    for i in each(flagged.chain):
        step = flagged.chain.steps[i]
        if step.target is None:
            continue
        settled = flagged.frame.filter(nw.col(flag("settled_n", i)))
        reached = collect(settled.select("row", "client", nw.col(flag("reached", i)).alias("reached")))
        n, share = len(reached), float(reached["reached"].mean()) if len(reached) else 1.0
        if share < step.target and (n >= ENOUGH or step.target == 1):
            missing = reached[~reached["reached"]].sort_values("row")
            yield Problem(
                "target missed",
                f"{step.name!r} was reached by {n - len(missing):,} of {n:,} whose time was up "
                f"({percent(share, 1)}); its target is {percent(step.target)}. "
                f"Not by {listed(_named(missing))}.",
                way_out="Look at who is missing, and at what to change.",
            )


def _named(rows: pd.DataFrame) -> Iterable[str]:
    """Return the names of clients, or their rows if they have none."""
    return [str(row["client"]) or f"row {row['row']}" for row in rows.to_dict("records")]


def _before(first: nw.Expr, second: nw.Expr) -> nw.Expr:
    """Return True if both dates are known and the first is earlier."""
    return (first < second).fill_null(False)


def days(dates: pd.Series[pd.Timestamp]) -> list[str]:
    """Convert dates to text, without time of day.

    >>> days(pd.to_datetime(pd.Series(["2026-07-05 14:00"])))
    ['2026-07-05']
    """
    texts: list[str] = np.datetime_as_string(dates.to_numpy("datetime64[D]")).tolist()
    return texts
