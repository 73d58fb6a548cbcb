"""The five values of every client and step, as flags that every count is made of.

Definition: docs/definitions.md#values.

For client i and step k exactly one of `reached`, `left`, `not_due`, `overdue`, `undated` is true; in a sheet
that keeps stages instead of marks, of who is lost it may not be known how far they came: then `unknown` is.
Beside them stand `marked`, `passed`, `nested`, `skipped`, `due`, and the settled flags for verdicts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import narwhals as nw

from funnel.definitions import left, marked, painted_as
from funnel.journey import Journey, Step, conditions
from funnel.journey.conditions import Condition
from funnel.metrics.core.assign_stages import UNTOLD, has_reached, stand
from funnel.metrics.core.condition_expressions import expression
from funnel.metrics.core.frames import Frame, lazy, only, totals
from funnel.schema import flag as flag
from funnel.schema import step_date, step_mark

VALUES = ("reached", "left", "not_due", "overdue", "undated", "unknown")
SETTLED = ("settled_n", "settled_reached", "settled_left", "settled_overdue")
FLAGS = ("marked", "passed", "nested", *VALUES, "skipped", *SETTLED)

LEAD, LEFT, LEFT_ON, PAID = flag("lead"), flag("left"), flag("left_on"), flag("paid")
GONE = flag("gone")
PAINTED_PAID = flag("painted_paid")  # a person painted the row so
HERE, HERE_UNDATED = flag("here"), flag("here_undated")  # not left: with a lead date, and without
NEVER = nw.lit(False)


@dataclass(frozen=True)
class Chain:
    """Which step follows which, and which of them have cells in the table.

    Optional steps are counted, but are no link: nothing is concluded from them, nor about them.

    Parameters
    ----------
    steps : the journey's steps, in order.
    cells : positions of the steps that have a column; the others are derived from the left date.
    says_who_left : whether any column says who left; without one a derived step cannot be known.
    unknown : positions of the steps of which it is not known, of somebody lost, whether they were reached.
    staged : whether the steps are stages, the first of which everybody has reached.
    """

    steps: tuple[Step, ...]
    cells: frozenset[int]
    says_who_left: bool = True
    unknown: frozenset[int] = frozenset()
    staged: bool = False

    @property
    def paid(self) -> int | None:
        """The position of the paid step, or None."""
        return next((i for i, step in enumerate(self.steps) if step.paid), None)

    @property
    def links(self) -> tuple[int, ...]:
        """Positions of the steps that are not optional."""
        return tuple(i for i, step in enumerate(self.steps) if not step.optional)

    @property
    def retention(self) -> tuple[int, ...]:
        """Positions of the retention steps."""
        return tuple(i for i, step in enumerate(self.steps) if step.kind == "retention")

    def previous(self, step: int) -> int | None:
        """The link before a step, or None for the first.

        >>> steps = (Step(name="a"), Step(name="b", optional=True), Step(name="c"))
        >>> chain = Chain(steps, frozenset({0, 1, 2}))
        >>> chain.previous(0), chain.previous(1), chain.previous(2)
        (None, 0, 0)
        """
        return max((i for i in self.links if i < step), default=None)

    def proofs(self, step: int) -> list[int]:
        """Positions whose marks prove that a step was reached: its own, and later links of the same kind."""
        if self.steps[step].optional:
            return [step] if step in self.cells else []
        kind = self.steps[step].kind
        return [i for i in self.links if i >= step and i in self.cells and self.steps[i].kind == kind]

    def before(self, step: int) -> list[int]:
        """Positions of a step and of all links before it that have cells."""
        return [i for i in (*(i for i in self.links if i < step), step) if i in self.cells]

    def known(self, step: int) -> bool:
        """Whether the table can say of everybody that a step was not reached."""
        return step not in self.unknown and (step in self.cells or self.says_who_left)


@dataclass(frozen=True)
class Flagged:
    """The clients of a funnel with every flag, one row each, lazily.

    Parameters
    ----------
    frame : the clients' own columns; `LEAD` and `LEFT_ON` (dates without time; `LEFT_ON` is null unless the
        client left on a day that can be used), `LEFT` (known to have left), `GONE` (so, but on no usable
        day), `PAID`, and ``flag:NAME:k`` for each flag and step position k.
    chain : which step follows which.
    as_of : the date of it all.
    """

    frame: Frame
    chain: Chain
    as_of: dt.date
    journey: Journey
    columns: frozenset[str] = field(repr=False)


def flagged(table: Any, journey: Journey, as_of: dt.date) -> Flagged:
    """Work out every flag of every client whose lead date is not after `as_of` (docs/definitions.md#values).

    Parameters
    ----------
    table : the clients (`Clients.table`), as a frame of any engine that Narwhals knows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"lead_date": pd.to_datetime(["2026-06-20"]), "step:^met": [False]})
    >>> result = flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1))
    >>> result.frame.select(flag("reached", 0), flag("not_due", 0)).collect().rows()
    [(False, True)]
    """
    frame = lazy(table)
    columns = frozenset(frame.collect_schema().names())
    if journey.stages:
        frame = stand(frame, columns, journey, as_of)
        columns = frozenset(frame.collect_schema().names())
    chain = _chain(frame, columns, journey)
    frame = frame.with_columns(_dates(columns)).filter(nw.col(LEAD).is_null() | until(nw.col(LEAD), as_of))
    frame = frame.with_columns(*_marked(chain, columns, as_of, journey), *_leaving(columns, journey, as_of))
    frame = frame.with_columns(
        *_passed(chain), *_due(chain, journey, as_of), *_standing(chain, columns, journey)
    )
    frame = frame.with_columns(*_reached(chain, journey), *_skipped(chain))
    frame = frame.with_columns(*_others(chain), *_settled(chain))
    frame = frame.with_columns(*_settled_values(chain))
    return Flagged(frame, chain, as_of, journey, columns)


def status(step: int) -> nw.Expr:
    """The value of a step in a word: one of `VALUES`."""
    word = nw.lit(VALUES[-1])
    for name in reversed(VALUES[:-1]):
        word = nw.when(nw.col(flag(name, step))).then(nw.lit(name)).otherwise(word)
    return word


def until(date: nw.Expr, day: dt.date) -> nw.Expr:
    """Whether a date is known, and on or before a day (whatever its time)."""
    return (date < dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1)).fill_null(False)


def after(date: nw.Expr, day: dt.date) -> nw.Expr:
    """Whether a date is known, and after a day."""
    return (date >= dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1)).fill_null(False)


def each(chain: Chain) -> range:
    """Every step's position."""
    return range(len(chain.steps))


def every(expressions: Iterable[nw.Expr]) -> nw.Expr:
    """True where all are true."""
    return nw.all_horizontal(*expressions, ignore_nulls=False)


def some(expressions: Iterable[nw.Expr]) -> nw.Expr:
    """True where any is true; never, of none."""
    found = tuple(expressions)
    return nw.any_horizontal(*found, ignore_nulls=False) if found else NEVER


def flags_of(
    steps: Iterable[int], name: str, of: str, how: Callable[[nw.Expr], nw.Expr] = lambda flags: flags
) -> list[nw.Expr]:
    """A flag of several steps, each made of another flag of that step: one expression, as each costs."""
    names = {flag(of, i): flag(name, i) for i in steps}
    return [how(nw.col(*names)).name.map(names.__getitem__)] if names else []


# --- how each flag is made ---------------------------------------------------------------------------------


def _painted(columns: frozenset[str], journey: Journey, meaning: Literal["left", "paid"]) -> Condition:
    """Rows that a person painted in a colour which the journey reads as left, or as paid."""
    return painted_as(meaning, journey) if "painted" in columns else conditions.NEVER


def _is_painted(columns: frozenset[str], journey: Journey, meaning: Literal["left", "paid"]) -> nw.Expr:
    """Return true for rows that a person painted so, which is the same on every day."""
    return expression(_painted(columns, journey, meaning), dt.date.max)


def _chain(frame: Frame, columns: frozenset[str], journey: Journey) -> Chain:
    """The chain of a journey over a table; where the steps are stages, all of them can be told from these."""
    said = _says_who_left(frame, columns, journey)
    if not journey.staged:
        cells = frozenset(i for i, step in enumerate(journey.steps) if step_mark(step.name) in columns)
        return Chain(journey.steps, cells, said)
    every = range(len(journey.steps))
    chain = Chain(journey.steps, frozenset(every), said, _untold(frame, journey), staged=True)
    return replace(chain, says_who_left=said and chain.paid not in chain.unknown)  # had they paid? who knows


def _untold(frame: Frame, journey: Journey) -> frozenset[int]:
    """Positions of the steps of which nothing tells, of somebody lost, whether they were reached."""
    steps = {flag("untold", i): i for i in range(1, len(journey.steps))}
    if not journey.lost or not steps:
        return frozenset()
    asked = (nw.col(UNTOLD) & ~has_reached(journey, i) for i in steps.values())
    found = totals(frame.with_columns(e.alias(n) for e, n in zip(asked, steps, strict=True)), steps).iloc[0]
    return frozenset(i for name, i in steps.items() if found[name])


def _says_who_left(frame: Frame, columns: frozenset[str], journey: Journey) -> bool:
    """Whether there is a column for leaving, or a row painted as left."""
    if columns & {"left_date", "left_reason"}:
        return True
    if "painted" not in columns:
        return False
    painted = only(frame, _is_painted(columns, journey, "left")).select(nw.len())
    return bool(painted.collect().item())


def _dates(columns: frozenset[str]) -> list[nw.Expr]:
    """Lead and left dates without time of day; null where the sheet has no such column."""
    nothing = nw.lit(None, nw.Datetime())
    return [
        (nw.col(role).dt.truncate("1d") if role in columns else nothing).alias(name)
        for role, name in (("lead_date", LEAD), ("left_date", LEFT_ON))
    ]


def _marked(chain: Chain, columns: frozenset[str], as_of: dt.date, journey: Journey) -> list[nw.Expr]:
    """What the cells say alone; a mark dated after `as_of` has not happened. A stage implies those before."""
    if journey.staged:
        return [has_reached(journey, i).alias(flag("marked", i)) for i in each(chain)]
    marks = []
    for i, step in enumerate(chain.steps):
        when = step_date(step.name)
        definition = marked(step_mark(step.name), when if when in columns else None)
        mark = expression(definition, as_of) if i in chain.cells else NEVER
        marks.append(mark.alias(flag("marked", i)))
    return marks


def _leaving(columns: frozenset[str], journey: Journey, as_of: dt.date) -> list[nw.Expr]:
    """Known to have left, and when: a date before the lead is known, but of no use."""
    reason = "left_reason" if "left_reason" in columns else None
    known = expression(left(LEFT_ON, reason, [_painted(columns, journey, "left")]), as_of)
    usable = until(nw.col(LEFT_ON), as_of) & ~(nw.col(LEFT_ON) < nw.col(LEAD)).fill_null(False)
    return [
        known.alias(LEFT),
        (known & ~usable).alias(GONE),
        nw.when(usable).then(nw.col(LEFT_ON)).alias(LEFT_ON),
    ]


def _passed(chain: Chain) -> list[nw.Expr]:
    """`passed` and `nested`, from the marks alone."""
    flags = []
    for i in each(chain):
        passed = some(nw.col(flag("marked", j)) for j in chain.proofs(i))
        nested = every(nw.col(flag("marked", j)) for j in chain.before(i)) if i in chain.cells else NEVER
        flags += [passed.alias(flag("passed", i)), nested.alias(flag("nested", i))]
    return flags


def _due(chain: Chain, journey: Journey, as_of: dt.date) -> list[nw.Expr]:
    """Whether a step's time is up: one comparison with the last lead date for which it is."""
    return [
        until(nw.col(LEAD), journey.due(step.name).latest_start(as_of)).alias(flag("due", i))
        for i, step in enumerate(chain.steps)
    ]


def _standing(chain: Chain, columns: frozenset[str], journey: Journey) -> list[nw.Expr]:
    """Who has paid, by a mark or painted so (everybody, where no step is the paid one), and who is here."""
    painted = _painted_paid(chain, columns, journey)
    proofs = () if chain.paid is None else chain.proofs(chain.paid)
    paid = some([*(nw.col(flag("marked", j)) for j in proofs), painted])
    here, dated = ~nw.col(LEFT), ~nw.col(LEAD).is_null()
    return [
        painted.alias(PAINTED_PAID),
        (nw.lit(True) if chain.paid is None else paid).alias(PAID),
        (here & dated).alias(HERE),
        (here & ~dated).alias(HERE_UNDATED),
    ]


def _painted_paid(chain: Chain, columns: frozenset[str], journey: Journey) -> nw.Expr:
    """Whether a row is painted as paid and its own cell says nothing: a later date there says not yet."""
    painted = _is_painted(columns, journey, "paid")
    cell = "" if chain.paid is None else step_mark(chain.steps[chain.paid].name)
    return painted & ~nw.col(cell) if cell in columns else painted


def _reached(chain: Chain, journey: Journey) -> list[nw.Expr]:
    """`reached`: docs/definitions.md#values."""
    steps = [i for i in each(chain) if chain.steps[i].kind == "step"]
    before_paid = [i for i in steps if chain.paid is not None and i <= chain.paid and i in chain.links]
    return [
        *flags_of(before_paid, "reached", "passed", lambda passed: passed | nw.col(PAINTED_PAID)),
        *flags_of([i for i in steps if i not in before_paid], "reached", "passed"),
        *(_stayed(chain, i, journey).alias(flag("reached", i)) for i in chain.retention),
    ]


def _stayed(chain: Chain, i: int, journey: Journey) -> nw.Expr:
    """`reached` of a retention step: by a mark, or by the calendar and the left date."""
    due_on = nw.col(LEAD).dt.offset_by(journey.due(chain.steps[i].name).offset)
    stayed = (nw.col(LEFT_ON) > due_on).fill_null(False)
    if i not in chain.cells:
        stayed = stayed | ~nw.col(LEFT) if chain.says_who_left else NEVER
    return nw.col(flag("passed", i)) | (nw.col(flag("due", i)) & nw.col(PAID) & stayed)


def _skipped(chain: Chain) -> list[nw.Expr]:
    """`skipped`: passed, but not marked."""
    return [
        (nw.col(flag("passed", i)) & ~nw.col(flag("marked", i)) if i in chain.cells else NEVER).alias(
            flag("skipped", i)
        )
        for i in each(chain)
    ]


def _others(chain: Chain) -> list[nw.Expr]:
    """The values beside `reached`."""
    here, left, flags = nw.col(HERE), nw.col(LEFT), []
    told = [i for i in each(chain) if i not in chain.unknown]
    flags += flags_of(told, "left", "reached", lambda reached: ~reached & left)
    flags += [NEVER.alias(flag("unknown", i)) for i in told]
    if chain.unknown:
        untold = nw.col(UNTOLD)
        flags += flags_of(chain.unknown, "left", "reached", lambda reached: ~reached & left & ~untold)
        flags += flags_of(chain.unknown, "unknown", "reached", lambda reached: ~reached & left & untold)
    flags += flags_of(each(chain), "undated", "reached", lambda reached: ~reached & nw.col(HERE_UNDATED))
    for i in each(chain):
        reached, due = nw.col(flag("reached", i)), nw.col(flag("due", i))
        flags.append((here & ~(reached | due)).alias(flag("not_due", i)))
        flags.append((here & due & ~reached).alias(flag("overdue", i)))
    return flags


def _settled(chain: Chain) -> list[nw.Expr]:
    """Those whose time is up and who reached the step before; nobody where nothing could say who left."""
    flags = []
    for i in each(chain):
        settled, previous = nw.col(flag("due", i)) if chain.known(i) else NEVER, chain.previous(i)
        if chain.known(i) and previous is not None:
            settled = settled & nw.col(flag("reached", previous))
        flags.append(settled.alias(flag("settled_n", i)))
    return flags


def _settled_values(chain: Chain) -> list[nw.Expr]:
    """What became of the settled."""
    return [
        (nw.col(flag("settled_n", i)) & nw.col(flag(name, i))).alias(flag(f"settled_{name}", i))
        for i in each(chain)
        for name in ("reached", "left", "overdue")
    ]
