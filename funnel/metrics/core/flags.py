"""The value of each client at each step, one of six, as flags (booleans), which all counts use.

Definitions: docs/definitions.md#values, docs/definitions.md#due, docs/definitions.md#paid,
docs/definitions.md#settled. What *overdue* means is in `_others`; when a step is due, in `_due`.

For client i and step k exactly one of `VALUES` is true. `unknown`: in sheets of stages, a lost client whose
furthest stage is unknown; else, a client who left on an unknown day, at a retention step that only the day
could settle. Other flags: `marked`, `passed`, `nested`, `skipped`, `due`, and the settled flags for verdicts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import narwhals as nw

from funnel.definitions import left, marked, painted_as
from funnel.journey import Duration, Journey, conditions
from funnel.journey.conditions import Condition
from funnel.metrics.core.assign_stages import FURTHEST_UNKNOWN, assign_stages, has_reached
from funnel.metrics.core.chain import Chain as Chain
from funnel.metrics.core.condition_expressions import expression
from funnel.metrics.core.frames import Frame, count_flags, fetch, keep_rows, lazy
from funnel.schema import flag as flag
from funnel.schema import step_date, step_mark

VALUES = ("reached", "left", "not_due", "overdue", "undated", "unknown")
SETTLED = ("settled_n", "settled_reached", "settled_left", "settled_overdue")
FLAGS = ("marked", "passed", "nested", *VALUES, "skipped", *SETTLED)

LEAD, LEFT, LEFT_ON, PAID = flag("lead"), flag("left"), flag("left_on"), flag("paid")
LEFT_UNDATED, UNDATED = flag("left_undated"), flag("no_lead_date")
PAINTED_PAID = flag("painted_paid")  # the row is painted as paid
NOT_LEFT, NOT_LEFT_UNDATED = flag("not_left"), flag("not_left_undated")  # with a lead date, and without
NEVER = nw.lit(False)


@dataclass(frozen=True)
class Flagged:
    """A lazy frame of the clients with all flags, one row for each.

    Parameters
    ----------
    frame : the clients' columns; `LEAD` and `LEFT_ON` (dates without time; `LEFT_ON` only if usable), `LEFT`
        (known to have left), `LEFT_UNDATED` (left, without a usable date), `PAID`, and ``flag:NAME:k`` for
        each flag and step position k.
    chain : the order of the steps.
    """

    frame: Frame
    chain: Chain
    as_of: dt.date
    journey: Journey
    columns: frozenset[str] = field(repr=False)


def flagged(table: Any, journey: Journey, as_of: dt.date) -> Flagged:
    """Compute all flags of the clients whose lead date is not after `as_of` (docs/definitions.md#values).

    Parameters
    ----------
    table : the clients (`Clients.table`), as a frame of any engine that Narwhals supports.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey import Step
    >>> table = pd.DataFrame({"lead_date": pd.to_datetime(["2026-06-20"]), "step:^met": [False]})
    >>> result = flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1))
    >>> result.frame.select(flag("reached", 0), flag("not_due", 0)).collect().rows()
    [(False, True)]
    """
    frame = lazy(table)
    columns = frozenset(frame.collect_schema().names())
    if journey.stages:
        frame = assign_stages(frame, columns, journey, as_of)
        columns = frozenset(frame.collect_schema().names())
    leaving = _has_leaving_data(frame, columns, journey)  # a fact of the sheet, whatever the date
    frame = frame.with_columns(_dates(columns)).filter(nw.col(LEAD).is_null() | until(nw.col(LEAD), as_of))
    chain = _chain(frame, columns, journey, leaving)
    frame = frame.with_columns(
        *_marked(chain, columns, as_of, journey),
        *_leaving(chain, columns, journey, as_of),
        *_due(chain, journey, as_of),
        _painted_paid(chain, columns, journey).alias(PAINTED_PAID),
        nw.col(LEAD).is_null().alias(UNDATED),
    )
    return Flagged(with_values(frame, chain), chain, as_of, journey, columns)


def with_values(frame: Frame, chain: Chain) -> Frame:
    """Compute the values and all other flags from the facts: marks, dates that have passed, who left."""
    frame = frame.with_columns(*_passed(chain), *_paid_and_not_left(chain))
    frame = frame.with_columns(*_reached(chain), *_skipped(chain))
    frame = frame.with_columns(*_others(chain), *_settled(chain))
    return frame.with_columns(*_settled_values(chain))


def flags_among(flagged: Flagged, condition: nw.Expr) -> Flagged:
    """Keep the flags of some clients, as if the other clients did not exist.

    In a sheet of stages a step is unknown if nothing records whether some lost client reached it. Settled
    counts leave such steps out, so they are computed again.
    """
    frame, chain = keep_rows(flagged.frame, condition), flagged.chain
    if not chain.unknown:
        return replace(flagged, frame=frame)
    chain = replace(chain, unknown=_unknown_steps(frame, flagged.journey))
    frame = frame.with_columns(*_settled(chain)).with_columns(*_settled_values(chain))
    return replace(flagged, frame=frame, chain=chain)


def settled_of_each(flagged: Flagged) -> Flagged:
    """Compute the settled flags also at steps that are unknown for some clients, so that groups are separate.

    A caller that counts groups of clients has to leave out the steps with `unknown` clients of each group.
    """
    if not flagged.chain.unknown:
        return flagged
    chain = replace(flagged.chain, unknown=frozenset())
    frame = flagged.frame.with_columns(*_settled(chain)).with_columns(*_settled_values(chain))
    return replace(flagged, frame=frame)


def step_value(step: int) -> nw.Expr:
    """Return the value of a step, one of `VALUES`, for each client."""
    word = nw.lit(VALUES[-1])
    for name in reversed(VALUES[:-1]):
        word = nw.when(nw.col(flag(name, step))).then(nw.lit(name)).otherwise(word)
    return word


def until(date: nw.Expr, day: dt.date) -> nw.Expr:
    """Return true if a date is known and on or before a day, whatever its time."""
    return (date < dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1)).fill_null(False)


def after(date: nw.Expr, day: dt.date) -> nw.Expr:
    """Return true if a date is known and after a day."""
    return (date >= dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1)).fill_null(False)


def each(chain: Chain) -> range:
    """Return the positions of all steps."""
    return range(len(chain.steps))


def every(expressions: Iterable[nw.Expr]) -> nw.Expr:
    """Return true where all expressions are true."""
    return nw.all_horizontal(*expressions, ignore_nulls=False)


def some(expressions: Iterable[nw.Expr]) -> nw.Expr:
    """Return true where any expression is true; false if there are none."""
    found = tuple(expressions)
    return nw.any_horizontal(*found, ignore_nulls=False) if found else NEVER


def flags_of(
    steps: Iterable[int], name: str, of: str, how: Callable[[nw.Expr], nw.Expr] = lambda flags: flags
) -> list[nw.Expr]:
    """Make a flag of several steps from another flag `of` the same steps, in one expression, for speed.

    `how` transforms the values; default: copy.
    """
    names = {flag(of, i): flag(name, i) for i in steps}
    return [how(nw.col(*names)).name.map(names.__getitem__)] if names else []


# --- how each flag is made ---------------------------------------------------------------------------------


def _painted(columns: frozenset[str], journey: Journey, meaning: Literal["left", "paid"]) -> Condition:
    """Return the condition for rows painted in a colour that means left, or paid."""
    return painted_as(meaning, journey) if "painted" in columns else conditions.NEVER


def _is_painted(columns: frozenset[str], journey: Journey, meaning: Literal["left", "paid"]) -> nw.Expr:
    """Return true for rows painted in such a colour; independent of the date."""
    return expression(_painted(columns, journey, meaning), dt.date.max)


def _chain(frame: Frame, columns: frozenset[str], journey: Journey, leaving: bool) -> Chain:
    """Return the chain of a journey for a table. If the steps are stages, all of them count as cells."""
    if not journey.staged:
        cells = frozenset(i for i, step in enumerate(journey.steps) if step_mark(step.name) in columns)
        return Chain(journey.steps, cells, leaving)
    every = range(len(journey.steps))
    return Chain(journey.steps, frozenset(every), leaving, _unknown_steps(frame, journey), staged=True)


def _unknown_steps(frame: Frame, journey: Journey) -> frozenset[int]:
    """Return the positions of the steps whose value is unknown for some lost client."""
    steps = {flag("unknown_step", i): i for i in range(1, len(journey.steps))}
    if not journey.lost or not steps:
        return frozenset()
    flags = ((nw.col(FURTHEST_UNKNOWN) & ~has_reached(journey, i)).alias(name) for name, i in steps.items())
    found = count_flags(frame.with_columns(flags), steps).iloc[0]
    return frozenset(i for name, i in steps.items() if found[name])


def _has_leaving_data(frame: Frame, columns: frozenset[str], journey: Journey) -> bool:
    """Return True if there is a column for leaving, or a row painted as left."""
    if columns & {"left_date", "left_reason"}:
        return True
    if "painted" not in columns:
        return False
    painted = keep_rows(frame, _is_painted(columns, journey, "left")).select(nw.len())
    return bool(fetch(painted).item())


def _dates(columns: frozenset[str]) -> list[nw.Expr]:
    """Return lead and left dates without time of day; null if the sheet has no such column."""
    nothing = nw.lit(None, nw.Datetime())
    return [
        (nw.col(role).dt.truncate("1d") if role in columns else nothing).alias(name)
        for role, name in (("lead_date", LEAD), ("left_date", LEFT_ON))
    ]


def _marked(chain: Chain, columns: frozenset[str], as_of: dt.date, journey: Journey) -> list[nw.Expr]:
    """Return `marked`: from the cells, without marks dated after `as_of` or after the conversion window."""
    marks = []
    for i, step in enumerate(chain.steps):
        when = step_date(step.name) if step_date(step.name) in columns else None
        if journey.staged:
            mark = has_reached(journey, i)
        else:
            definition = marked(step_mark(step.name), when)
            mark = expression(definition, as_of) if i in chain.cells else NEVER
        if journey.within and when and step.kind == "step":
            mark = mark & ~after_window(when, journey)
        marks.append(mark.alias(flag("marked", i)))
    return marks


def after_window(when: str, journey: Journey) -> nw.Expr:
    """Return true if a date is after the conversion window, which starts at the lead."""
    last = nw.col(LEAD).dt.offset_by(Duration.parse(journey.within).offset)
    return (nw.col(when).dt.truncate("1d") > last).fill_null(False)


def _leaving(chain: Chain, columns: frozenset[str], journey: Journey, as_of: dt.date) -> Iterator[nw.Expr]:
    """Yield `LEFT`, `LEFT_UNDATED`, `LEFT_ON`, and `stayed`: left after the due date of a retention step.

    A left date before the lead date is not usable.
    """
    reason = "left_reason" if "left_reason" in columns else None
    known = expression(left(LEFT_ON, reason, [_painted(columns, journey, "left")]), as_of)
    usable = until(nw.col(LEFT_ON), as_of) & ~(nw.col(LEFT_ON) < nw.col(LEAD)).fill_null(False)
    yield known.alias(LEFT)
    yield (known & ~usable).alias(LEFT_UNDATED)
    yield nw.when(usable).then(nw.col(LEFT_ON)).alias(LEFT_ON)
    for i in chain.retention:
        due_on = nw.col(LEAD).dt.offset_by(journey.due(chain.steps[i].name).offset)
        later = (nw.col(LEFT_ON) > due_on).fill_null(False)  # slow, so engines compute it for leavers only
        yield nw.when(usable).then(later).otherwise(nw.lit(False)).alias(flag("stayed", i))


def _passed(chain: Chain) -> list[nw.Expr]:
    """Return `passed` and `nested`, from the marks alone."""
    flags = []
    for i in each(chain):
        passed = some(nw.col(flag("marked", j)) for j in chain.proofs(i))
        nested = every(nw.col(flag("marked", j)) for j in chain.before(i)) if i in chain.cells else NEVER
        flags += [passed.alias(flag("passed", i)), nested.alias(flag("nested", i))]
    return flags


def _due(chain: Chain, journey: Journey, as_of: dt.date) -> list[nw.Expr]:
    """Return `due`, by one comparison with the latest lead date for which the step is due."""
    return [
        until(nw.col(LEAD), journey.due(step.name).latest_start(as_of)).alias(flag("due", i))
        for i, step in enumerate(chain.steps)
    ]


def _paid_and_not_left(chain: Chain) -> list[nw.Expr]:
    """Return `PAID` (by a mark or a painted row; every client if no step is the paid one) and `NOT_LEFT`."""
    proofs = () if chain.paid is None else chain.proofs(chain.paid)
    paid = some([*(nw.col(flag("marked", j)) for j in proofs), nw.col(PAINTED_PAID)])
    not_left, undated = ~nw.col(LEFT), nw.col(UNDATED)
    return [
        (nw.lit(True) if chain.paid is None else paid).alias(PAID),
        (not_left & ~undated).alias(NOT_LEFT),
        (not_left & undated).alias(NOT_LEFT_UNDATED),
    ]


def _painted_paid(chain: Chain, columns: frozenset[str], journey: Journey) -> nw.Expr:
    """Return true if a row is painted as paid, unless its paid cell has a mark (perhaps a future date)."""
    painted = _is_painted(columns, journey, "paid")
    cell = "" if chain.paid is None else step_mark(chain.steps[chain.paid].name)
    return painted & ~nw.col(cell) if cell in columns else painted


def _reached(chain: Chain) -> list[nw.Expr]:
    """Return `reached` (docs/definitions.md#values)."""
    steps = [i for i in each(chain) if chain.steps[i].kind == "step"]
    before_paid = [i for i in steps if chain.paid is not None and i <= chain.paid and i in chain.required]
    return [
        *flags_of(before_paid, "reached", "passed", lambda passed: passed | nw.col(PAINTED_PAID)),
        *flags_of([i for i in steps if i not in before_paid], "reached", "passed"),
        *(_retained(chain, i).alias(flag("reached", i)) for i in chain.retention),
    ]


def _retained(chain: Chain, i: int) -> nw.Expr:
    """Return `reached` of a retention step: by a mark, or because the client left after the due date."""
    stayed = nw.col(flag("stayed", i))
    if i not in chain.cells:
        stayed = stayed | ~nw.col(LEFT) if chain.has_leaving_data else NEVER
    return nw.col(flag("passed", i)) | (nw.col(flag("due", i)) & nw.col(PAID) & stayed)


def _skipped(chain: Chain) -> list[nw.Expr]:
    """Return `skipped`: passed, but not marked."""
    return [
        (nw.col(flag("passed", i)) & ~nw.col(flag("marked", i)) if i in chain.cells else NEVER).alias(
            flag("skipped", i)
        )
        for i in each(chain)
    ]


def _others(chain: Chain) -> list[nw.Expr]:
    """Return the values other than `reached`, `overdue` among them (docs/definitions.md#values)."""
    not_left, left, flags = nw.col(NOT_LEFT), nw.col(LEFT), []
    known = [i for i in each(chain) if i not in chain.unknown]
    for i in known:
        some_day, reached = _left_on_unknown_day(chain, i), nw.col(flag("reached", i))
        flags += [some_day.alias(flag("unknown", i)), (~reached & left & ~some_day).alias(flag("left", i))]
    if chain.unknown:
        unknown = nw.col(FURTHEST_UNKNOWN)
        flags += flags_of(chain.unknown, "left", "reached", lambda reached: ~reached & left & ~unknown)
        flags += flags_of(chain.unknown, "unknown", "reached", lambda reached: ~reached & left & unknown)
    flags += flags_of(each(chain), "undated", "reached", lambda reached: ~reached & nw.col(NOT_LEFT_UNDATED))
    for i in each(chain):
        reached, due = nw.col(flag("reached", i)), nw.col(flag("due", i))
        flags.append((not_left & ~(reached | due)).alias(flag("not_due", i)))
        flags.append((not_left & due & ~reached).alias(flag("overdue", i)))
    return flags


def _left_on_unknown_day(chain: Chain, i: int) -> nw.Expr:
    """Return `unknown`: paid, left on an unknown day, and the retention step is due and derived from it."""
    if chain.staged or i in chain.cells or i not in chain.retention or not chain.has_leaving_data:
        return NEVER
    due, reached = nw.col(flag("due", i)), nw.col(flag("reached", i))
    return due & nw.col(PAID) & nw.col(LEFT_UNDATED) & ~reached & ~unmarked_until(chain, i)


def unmarked_until(chain: Chain, i: int) -> nw.Expr:
    """Return True if a retention step up to i has a column, is due and is not reached.

    A client who left on an unknown day then left before step i.
    """
    earlier = [j for j in chain.retention if j <= i and j in chain.cells and j in chain.required]
    return some(nw.col(flag("due", j)) & ~nw.col(flag("reached", j)) for j in earlier)


def _settled(chain: Chain) -> list[nw.Expr]:
    """Return `settled_n` (docs/definitions.md#settled): due, and the step before was reached.

    False for steps whose value is not known.
    """
    flags = []
    for i in each(chain):
        settled, previous = nw.col(flag("due", i)) if chain.known(i) else NEVER, chain.previous(i)
        if chain.known(i) and previous is not None:
            settled = settled & nw.col(flag("reached", previous))
        settled = settled & ~_left_on_unknown_day(chain, i)
        flags.append(settled.alias(flag("settled_n", i)))
    return flags


def _settled_values(chain: Chain) -> list[nw.Expr]:
    """Return which settled clients reached the step, left, or are overdue."""
    return [
        (nw.col(flag("settled_n", i)) & nw.col(flag(name, i))).alias(flag(f"settled_{name}", i))
        for i in each(chain)
        for name in ("reached", "left", "overdue")
    ]
