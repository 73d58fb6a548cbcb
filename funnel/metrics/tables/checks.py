"""Checks of a sheet as of a date: each problem with its cell, the reason and what to do.

The loader checks what does not depend on the date: words that are not marks, reasons without a date, colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients, Problem
from funnel.clients.frames import in_memory
from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.event_facts import logged_sales
from funnel.metrics.core.flags import LEAD, LEFT, LEFT_ON, PAID, Flagged, after, each, every, flag, some
from funnel.metrics.core.frames import Frame, collect, count_flags, lazy, length
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.problems import SAMPLE, Check, Row, double_clients, engine_checks, unused_events
from funnel.schema import parse, step_date, step_mark
from funnel.text import count, listed, percent


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
    everything = [*_found(clients, flagged), *_later_leads(clients, flagged), *_targets(clients, flagged)]
    everything += [*_in_engine(clients), *_later_events(clients, flagged), *_old_sales(clients, flagged)]
    everything += _in_stages_to_avoid(clients, flagged)
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
    if not in_memory(clients.table):
        counts: Any = count_flags(frame, names.values()).iloc[0] if names else {}
        for i, what in checks.items():
            yield from _sampled(what, frame.filter(nw.col(names[i])), int(counts[names[i]]), clients)
        return
    rows = collect(frame.filter(nw.any_horizontal(*map(nw.col, names.values()), ignore_nulls=False)))
    facts = {name: rows[name].array for name in rows.columns if name not in names.values()}
    for i, what in checks.items():
        found_rows = rows[names[i]].to_numpy(dtype=bool)
        if found_rows.any():
            few = facts.keys() & _shown(what)  # a check takes its rows of few columns
            yield from _problems(what, {name: facts[name][found_rows] for name in few}, clients)


def _all_or_some(what: Check, found: Frame, clients: Clients) -> Iterator[Problem]:
    """Yield a problem for each client of a sheet; of an engine, for the first ones and for the others."""
    if in_memory(clients.table):
        yield from _problems(what, _columns(collect(found)), clients)
    else:
        yield from _sampled(what, found, length(found), clients)


def _sampled(what: Check, found: Frame, times: int, clients: Clients) -> Iterator[Problem]:
    """Yield the problems of the first clients that an engine finds, and one for all others."""
    if not times:
        return
    rows = collect(found.head(SAMPLE))
    yield from _problems(what, _columns(rows), clients)
    if rest := times - len(rows):
        column = clients.layout.columns.get(what.column) if clients.layout else None
        yield Problem(
            what.kind, f"{rest:,} more like these.", column=column, way_out=what.way_out, times=rest
        )


def _columns(rows: pd.DataFrame) -> dict[str, Any]:
    return {str(name): rows[name].array for name in rows.columns}


def _shown(what: Check) -> set[str]:
    """Return the columns that the problems of a check may show."""
    column = parse(what.column)
    dates = {step_date(column.text)} if column.kind == "step" else set()
    return {"row", "client", *_DATES, *what.shown} | dates


_DATES = ("lead_date", "left_date", "close_date")


def _problems(what: Check, rows: Mapping[str, Any], clients: Clients) -> Iterator[Problem]:
    """Yield the problem of each client, with dates as text.

    Parameters
    ----------
    rows : by column, the values of the clients.
    """
    journey = clients.journey
    columns = clients.layout.columns if clients.layout else {}
    number = columns.get(what.column)
    if number is None and what.column == "left_date":  # of a lost stage
        number = columns.get("close_date")
    texts: dict[str, list[Any]] = {"client": rows["client"].tolist()}
    texts["row"] = [None if pd.isna(row) else int(row) for row in rows["row"].tolist()]
    texts |= {name: days(rows[name]) for name in _DATES if name in rows}
    texts |= {name: rows[name].tolist() for name in what.shown}
    column = parse(what.column)
    if column.kind == "step":
        due = journey.due(column.text)
        moved = pd.Series(rows["lead_date"]) + pd.DateOffset(months=due.months, days=due.days)
        texts["due"] = days(moved.array)
        if step_date(column.text) in rows:
            texts["marked_on"] = days(rows[step_date(column.text)])
    for cells in zip(*texts.values(), strict=True):
        row: Row = dict(zip(texts, cells, strict=True))
        client = row["client"] or None
        name = client or (f"The client of row {row['row']}" if row["row"] else "A client without a name")
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
        "Mark it if it happened.",
    )
    if step_date(name) not in flagged.columns:
        return
    when = nw.col(step_date(name))
    yield Check(
        "date before lead",
        step_mark(name),
        nw.col(flag("marked", i)) & _before(when, nw.col(LEAD)),
        lambda row: f"{name!r} is dated {row['marked_on']}, before the lead date {row['lead_date']}.",
        "Correct the wrong date.",
    )
    yield Check(
        "mark after leaving",
        step_mark(name),
        nw.col(flag("marked", i)) & _before(nw.col(LEFT_ON), when.dt.truncate("1d")),
        lambda row: f"{name!r} is dated {row['marked_on']}, after the client left on {row['left_date']}.",
        "Correct the wrong date, or empty the left date of a client who came back.",
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
        "Remove the mark, or correct the lead date.",
    )
    yield Check(
        "left after due",
        step_mark(name),
        nw.col(flag("reached", i)) & ~nw.col(flag("passed", i)) & nw.col(LEFT),
        lambda row: (
            f"left on {row['left_date']}, after {name!r} was due on {row['due']}, but it "
            "is not marked; it counts as reached."
        ),
        "Mark it if the client was still here.",
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
        "Remove the mark, or correct the left date.",
    )
    if flagged.chain.paid is not None:
        paid = flagged.chain.steps[flagged.chain.paid].name
        yield Check(
            "not paid",
            step_mark(name),
            marked & ~nw.col(PAID),
            lambda row: f"{name!r} is marked, but {paid!r} is not.",
            f"Mark {paid!r} if the client paid; else remove the mark.",
        )


def _overdue(flagged: Flagged) -> Iterator[Check]:
    """Find each overdue client once, at the first overdue step; retention steps only for those who paid."""
    chain = flagged.chain
    known = [i for i in chain.required if chain.known(i)]
    for i in known:
        name = chain.steps[i].name
        found = [nw.col(flag("overdue", i)), *([nw.col(PAID)] if chain.steps[i].kind == "retention" else [])]
        if i != known[0]:
            found.append(~some(nw.col(flag("overdue", j)) for j in known if j < i))
        yield Check(
            "first contact missing"
            if i == chain.required[0] and chain.steps[i].kind == "step"
            else "overdue",
            step_mark(name),
            every(found),
            lambda row, name=name: (  # type: ignore[misc]
                f"{name!r} was due on {row['due']}, and is not {'reached' if chain.staged else 'marked'}."
            ),
            "Ask; then set a later stage, or a lost one if the client left."
            if chain.staged
            else "Ask; then mark it, or record that the client left.",
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
    yield from _all_or_some(what, later.select("row", "client", "lead_date"), clients)


def _in_engine(clients: Clients) -> Iterator[Problem]:
    """Yield what the loader finds in a sheet, and only the engine in a table of its own."""
    if in_memory(clients.table):
        return
    yield from double_clients(clients)
    checks = list(engine_checks(clients))
    frame = lazy(clients.table).with_columns(
        *(what.found.alias(flag("check", i)) for i, what in enumerate(checks))
    )
    counts = count_flags(frame, [flag("check", i) for i in range(len(checks))]).iloc[0]
    for i, what in enumerate(checks):
        found = frame.filter(nw.col(flag("check", i)))
        yield from _sampled(what, found, int(counts[flag("check", i)]), clients)


def _later_events(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Yield one problem for the events after as-of, which are not counted."""
    events = clients.events
    if not in_memory(clients.table):
        yield from unused_events(clients, flagged.as_of)
        return
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


_SUMS = {"lifetime_value": "lifetime value", "value_30_days": "value of the last 30 days"}


def _old_sales(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Find cells that are behind the event log: an earlier last sale, or less than the sales in the log."""
    logged = logged_sales(clients, flagged.as_of)
    for role in (role for role in ("last_sale", *_SUMS) if role in logged and role in clients.columns):
        cells, log = clients.table[role], pd.Series(logged[role], index=clients.table.index)
        day = role == "last_sale"
        behind = cells.dt.normalize() < log.dt.normalize() if day else cells < log - 0.005
        column = clients.layout.columns.get(role) if clients.layout else None
        for row, client, cell, sold in zip(
            clients.table["row"][behind],
            clients.table["client"][behind],
            cells[behind],
            log[behind],
            strict=True,
        ):
            if day:
                contradiction = (
                    f"the last sale is on {cell:%Y-%m-%d} in the sheet and on {sold:%Y-%m-%d} in the log; "
                )
                contradiction += "the later date counts."
            else:
                contradiction = f"the {_SUMS[role]} is {cell:,.0f} in the sheet and {sold:,.0f} in the log; "
                contradiction += "the cell counts."
            yield Problem(
                "older sale date" if day else "smaller sum of sales",
                f"{client or f'The client of row {row}'}: {contradiction}",
                int(row), column, client or None, "Correct the cell, or empty it; the log then fills it.",
            )  # fmt: skip


def _in_stages_to_avoid(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Find the clients in the stages to avoid."""
    for stage in flagged.journey.ordered_stages:
        if stage.avoid:
            what = Check(
                "stage to avoid", "", nw.lit(True),
                lambda row, name=stage.name: f"in the stage {name!r}.",  # type: ignore[misc]
                "Record an interaction, or set the stage.",
            )  # fmt: skip
            there = flagged.frame.filter(nw.col(STAGE) == stage.name)
            yield from _all_or_some(what, there.select("row", "client"), clients)


def _targets(clients: Clients, flagged: Flagged) -> Iterator[Problem]:
    """Find declared targets that settled clients have missed."""
    for i in each(flagged.chain):
        step = flagged.chain.steps[i]
        if step.target is None:
            continue
        counts = count_flags(flagged.frame, [flag("settled_n", i), flag("settled_reached", i)]).iloc[0]
        n, reached = int(counts[flag("settled_n", i)]), int(counts[flag("settled_reached", i)])
        share = reached / n if n else 1.0
        if share < step.target and (n >= ENOUGH or step.target == 1):
            missing = flagged.frame.filter(nw.col(flag("settled_n", i)) & ~nw.col(flag("reached", i)))
            missing = missing.select("row", "client")
            complete = in_memory(clients.table)
            rows = collect(missing if complete else missing.head(SAMPLE)).sort_values("row")
            yield Problem(
                "target missed",
                f"{step.name!r} was reached by {reached:,} of {n:,} who were due "
                f"({percent(share, 1)}); its target is {percent(step.target)}. "
                f"Not by {'' if complete else 'such as '}{listed(_named(rows))}.",
                way_out="Look at the missing clients, and change the step or its target.",
            )


def _named(rows: pd.DataFrame) -> Iterable[str]:
    """Return the names of clients, or their rows if they have none."""
    return [str(row["client"]) or f"row {row['row']}" for row in rows.to_dict("records")]


def _before(first: nw.Expr, second: nw.Expr) -> nw.Expr:
    """Return True if both dates are known and the first is earlier."""
    return (first < second).fill_null(False)


def days(dates: Any) -> list[str]:
    """Convert an array of dates to text, without time of day.

    >>> days(pd.to_datetime(["2026-07-05 14:00"]))
    ['2026-07-05']
    """
    texts: list[str] = np.datetime_as_string(dates.to_numpy("datetime64[D]")).tolist()
    return texts
