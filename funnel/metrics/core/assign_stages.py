"""Where each client stands: by hand, else by events and rules, else with its company, else at the default.

A hand (the sheet's own stage cell) wins over everything until its cell is emptied. Of event and rule the
further one counts. Of the rules, those of lost stages are tried first, in their order, then those of the
furthest stage, and so on back to the first (docs/decisions/0009).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

import narwhals as nw

from funnel.definitions import in_stage_by_rules
from funnel.history.stage_history import LOG_FURTHEST, LOG_SINCE, LOG_STAGE, LOG_UNTIL
from funnel.journey import Journey
from funnel.journey.rules import DAYS_IN_STAGE, comparisons
from funnel.metrics.core.as_of import COMPANY
from funnel.metrics.core.condition_expressions import ENTERED_FIRST, ENTERED_LAST, expression
from funnel.metrics.core.event_facts import EVENT_FURTHEST, EVENT_SINCE, EVENT_STAGE
from funnel.metrics.core.frames import Frame
from funnel.schema import flag, step_date

STAGE = "stage"
SET_BY = flag("set_by")  # "hand", "event", "rule", "company" or "default"
RULED = flag("ruled")  # where a hand overrules: the stage that event, rule or company would give
FURTHEST = flag("furthest")  # the furthest stage on the way that a client is known to have come to
UNTOLD = flag("untold")  # who is lost, and nothing says how far they came
HAND, EVENT, RULE, BY_RULE, OWN, COMPANY_PAID = map(
    flag, ("hand", "event", "rule", "by_rule", "own", "company_paid")
)


def stand(frame: Frame, columns: frozenset[str], journey: Journey, as_of: dt.date) -> Frame:
    """Say of each client in which stage it is as of a date, and what put it there.

    Parameters
    ----------
    frame : the clients as `told` gives them; the column ``stage`` is what the hand says, null where blank.

    Returns
    -------
    The same with ``stage`` (where the client is), `SET_BY`, `RULED` (where a hand overrules: what event or
    rule would say), `FURTHEST`, `UNTOLD`; and, of who is in a lost stage and has none of its own,
    ``left_reason`` (that of the stage) and ``left_date`` (the day of the event that brought it there).

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey.stages import Stage
    >>> from funnel.metrics.core.frames import lazy
    >>> rule = {"column": "number:column:^visits", "at_least": 3}
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Regular", rules=[rule])))
    >>> table = pd.DataFrame({"stage": [None, None, "Lead"], "number:column:^visits": [1.0, 4, 4]})
    >>> table = table.astype({"stage": "str"})
    >>> stood = stand(lazy(table), frozenset(table), journey, dt.date(2026, 7, 1)).collect()
    >>> stood["stage"].to_list(), stood[SET_BY].to_list(), stood[RULED].to_list()[2]
    (['Lead', 'Regular', 'Lead'], ['default', 'rule', 'hand'], 'Regular')
    """
    default = next(stage.name for stage in journey.stages if stage.default)
    frame = frame.with_columns(_known(STAGE, columns).alias(HAND), _known(EVENT_STAGE, columns).alias(EVENT))
    before = nw.coalesce(nw.col(HAND), nw.col(EVENT)).fill_null(default)
    frame = frame.with_columns(before.alias(STAGE))
    if any(asked.column == DAYS_IN_STAGE for rule in journey.rules for asked in comparisons(rule)):
        frame = frame.with_columns(*_entered(columns, default))
    frame = frame.with_columns(_ruled(journey, as_of).alias(RULE))
    frame = frame.with_columns(_by_rule(journey).alias(BY_RULE))
    own = nw.when(nw.col(BY_RULE)).then(nw.col(RULE)).otherwise(nw.col(EVENT))
    frame = _with_company(frame.with_columns(own.alias(OWN)), columns, journey)
    frame = frame.with_columns(*_placed(default, journey))
    frame = frame.with_columns(*_ways(columns, journey))
    if dated := _dated(columns, journey):
        frame = frame.with_columns(*dated)
    helping = (HAND, EVENT, RULE, BY_RULE, OWN, COMPANY_PAID)
    return frame.drop(*helping)


def _known(name: str, columns: frozenset[str]) -> nw.Expr:
    """A column of text, null where the table has none."""
    return nw.col(name) if name in columns else nw.lit(None, nw.String)


def _ruled(journey: Journey, as_of: dt.date) -> nw.Expr:
    """The stage that rules give, null for none: the last one that is looked at is tried first."""
    ruled = nw.lit(None, nw.String)
    for stage in (*journey.way, *reversed(journey.lost)):
        if stage.rules:
            holds = expression(in_stage_by_rules([stage], journey), as_of)
            ruled = nw.when(holds).then(nw.lit(stage.name)).otherwise(ruled)
    return ruled


def _by_rule(journey: Journey) -> nw.Expr:
    """Whether the rule counts rather than the event: it says lost, or leads further on the way."""
    rule, event = _rank(RULE, journey), _rank(EVENT, journey)
    beyond = len(journey.way)
    return (rule >= beyond) | (rule > event)


def _rank(column: str, journey: Journey) -> nw.Expr:
    """How far on the way a stage is; lost stages lie beyond it, no stage before it."""
    rank = nw.lit(-1)
    for i, stage in enumerate(journey.way):
        rank = nw.when(nw.col(column) == stage.name).then(nw.lit(i)).otherwise(rank)
    lost = nw.col(column).is_in([stage.name for stage in journey.lost])
    return nw.when(lost).then(nw.lit(len(journey.way))).otherwise(rank) if journey.lost else rank


def _with_company(frame: Frame, columns: frozenset[str], journey: Journey) -> Frame:
    """Say who becomes a customer with the company: where a contact is one, and no hand says otherwise."""
    paid = next((i for i, stage in enumerate(journey.way) if stage.paid), None)
    if not journey.company.sync or COMPANY not in columns or paid is None:
        return frame.with_columns(nw.lit(False).alias(COMPANY_PAID))
    customers = [stage.name for stage in journey.way[paid:]]
    stands = nw.coalesce(nw.col(HAND), nw.col(OWN)).is_in(customers).fill_null(False)
    frame = frame.with_columns(stands.cast(nw.Int64).alias(COMPANY_PAID))
    others = nw.col(COMPANY_PAID).sum().over(COMPANY) - nw.col(COMPANY_PAID)
    joins = (others > 0).fill_null(False) & ~nw.col(COMPANY).is_null()
    return frame.with_columns((joins & ~nw.col(OWN).is_in(customers).fill_null(False)).alias(COMPANY_PAID))


def _placed(default: str, journey: Journey) -> list[nw.Expr]:
    """The stage of each client, what set it, and what a hand overrules."""
    paid = next((stage.name for stage in journey.way if stage.paid), default)
    by_hand, company = ~nw.col(HAND).is_null(), nw.col(COMPANY_PAID)
    given = nw.when(company).then(nw.lit(paid)).otherwise(nw.col(OWN))
    set_by = nw.when(~nw.col(EVENT).is_null()).then(nw.lit("event")).otherwise(nw.lit("default"))
    set_by = nw.when(nw.col(BY_RULE)).then(nw.lit("rule")).otherwise(set_by)
    set_by = nw.when(company).then(nw.lit("company")).otherwise(set_by)
    return [
        nw.when(by_hand).then(nw.col(HAND)).otherwise(given.fill_null(default)).alias(STAGE),
        nw.when(by_hand).then(nw.lit("hand")).otherwise(set_by).alias(SET_BY),
        nw.when(by_hand).then(given).alias(RULED),
    ]


def _ways(columns: frozenset[str], journey: Journey) -> list[nw.Expr]:
    """How far each client is known to have come, and of whom that is not told.

    On the way the stage says it; of who is lost, events and history do, or the stage's `reached`, whichever
    is further.
    """
    if not journey.lost:
        return [nw.col(STAGE).alias(FURTHEST), nw.lit(False).alias(UNTOLD)]
    told = [name for name in (EVENT_FURTHEST, LOG_FURTHEST) if name in columns]
    furthest = nw.lit(None, nw.String)
    for stage in journey.way:  # ascending, so that the furthest is kept
        lost = [one.name for one in journey.lost if journey.came_as_far(one.name) == stage.name]
        here = _some([(nw.col(name) == stage.name).fill_null(False) for name in told] or [nw.lit(False)])
        here = here | nw.col(STAGE).is_in(lost) if lost else here
        furthest = nw.when(here).then(nw.lit(stage.name)).otherwise(furthest)
    silent = [stage.name for stage in journey.lost if stage.reached is None]
    untold = reduce(and_, (nw.col(name).is_null() for name in told), nw.col(STAGE).is_in(silent))
    on_the_way = nw.when(is_lost(journey)).then(furthest).otherwise(nw.col(STAGE))
    return [on_the_way.alias(FURTHEST), untold.alias(UNTOLD)]


def _dated(columns: frozenset[str], journey: Journey) -> list[nw.Expr]:
    """Why and when those left who are lost; and of the steps, only the dates of those that are reached."""
    steps = [(i, step_date(step.name)) for i, step in enumerate(journey.steps) if journey.staged]
    dates: list[nw.Expr] = [
        nw.when(has_reached(journey, i)).then(nw.col(name)).alias(name)
        for i, name in steps
        if name in columns
    ]
    if not journey.lost:
        return dates
    if EVENT_SINCE in columns:
        by_event = is_lost(journey) & (nw.col(SET_BY) == "event")
        day = nw.when(by_event).then(nw.col(EVENT_SINCE))
        dates.append(
            (nw.coalesce(nw.col("left_date"), day) if "left_date" in columns else day).alias("left_date")
        )
    return [*dates, _reason(columns, journey)]


def _entered(columns: frozenset[str], default: str) -> list[nw.Expr]:
    """Between which two times each client entered the stage it is in before rules; null where not known.

    By the event that brought it there; else as the history has it; who is at the default stage and was never
    seen elsewhere, since the lead date.
    """
    nothing = nw.lit(None, nw.Datetime())
    at = [nothing, nothing]
    if "lead_date" in columns:
        seen = nw.col(LOG_STAGE).is_null() if LOG_STAGE in columns else nw.lit(True)
        new = (nw.col(STAGE) == default) & nw.col(HAND).is_null() & seen
        at = [nw.when(new).then(nw.col("lead_date"))] * 2
    if LOG_STAGE in columns:
        same = nw.col(LOG_STAGE) == nw.col(STAGE)
        at = [
            nw.when(same).then(nw.col(name)).otherwise(other)
            for name, other in zip((LOG_SINCE, LOG_UNTIL), at, strict=True)
        ]
    if EVENT_STAGE in columns:
        same = nw.col(EVENT) == nw.col(STAGE)
        at = [nw.when(same).then(nw.col(EVENT_SINCE)).otherwise(other) for other in at]
    return [at[0].alias(ENTERED_FIRST), at[1].alias(ENTERED_LAST)]


def is_lost(journey: Journey) -> nw.Expr:
    """Whether a client is in a lost stage."""
    return nw.col(STAGE).is_in([stage.name for stage in journey.lost])


def has_reached(journey: Journey, step: int) -> nw.Expr:
    """Whether a client is known to have come to a step's stage, or further; everybody has to the first."""
    if step == 0:
        return nw.col(STAGE) == nw.col(STAGE)
    return nw.col(FURTHEST).is_in([stage.name for stage in journey.way[step:]]).fill_null(False)


def _reason(columns: frozenset[str], journey: Journey) -> nw.Expr:
    """The sheet's own reason for leaving, else that of the lost stage."""
    own = nw.col("left_reason") if "left_reason" in columns else nw.lit(None, nw.String)
    why = nw.lit(None, nw.String)
    for stage in journey.lost:
        why = nw.when(nw.col(STAGE) == stage.name).then(nw.lit(stage.why)).otherwise(why)
    return nw.when(own.fill_null("") != "").then(own).otherwise(why).alias("left_reason")


def _some(expressions: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(or_, expressions)
