"""The stage of each client: set by hand, else by an event or a rule, else by the company, else the default.

A stage typed into the sheet overrides everything until its cell is emptied; with `stage_cells = "start"` it
is where the client began, and events and rules move the client on (docs/decisions/0017). If both an event
and a rule set a stage, the further one counts. Rules of lost stages are tried first, in their order, then
those of the furthest stage, and so on back to the first (docs/decisions/0009).
"""

from __future__ import annotations

import datetime as dt
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
SET_BY = flag("set_by")  # "hand", "event", "rule", "company", "start" (by a typed start) or "default"
AUTOMATIC_STAGE = flag("automatic_stage")  # the stage that a typed one overrides, from event, rule or company
FURTHEST = flag("furthest")  # the furthest ordered stage that the client is known to have reached
FURTHEST_UNKNOWN = flag("furthest_unknown")  # lost clients whose furthest stage is unknown
HAND, START, EVENT, RULE, RULE_WINS, OWN, COMPANY_PAID = _HELPERS = tuple(
    map(flag, ("hand", "start", "event", "rule", "rule_wins", "own", "company_paid"))
)


def assign_stages(frame: Frame, columns: frozenset[str], journey: Journey, as_of: dt.date) -> Frame:
    """Assign a stage to each client as of a date, and record what set it.

    Parameters
    ----------
    frame : the clients from `table_as_of`; ``stage`` contains the typed stages, null if blank.

    Returns
    -------
    The frame with ``stage``, `SET_BY`, `AUTOMATIC_STAGE`, `FURTHEST` and `FURTHEST_UNKNOWN`. Clients in a
    lost stage get its ``left_reason``, and as ``left_date``, if the sheet has none, their ``close_date``,
    else the day of the event that moved them there.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey.stages import Stage
    >>> from funnel.metrics.core.frames import lazy
    >>> rule = {"column": "number:column:^visits", "at_least": 3}
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Regular", rules=[rule])))
    >>> table = pd.DataFrame({"stage": [None, None, "Lead"], "number:column:^visits": [1.0, 4, 4]})
    >>> table = table.astype({"stage": "str"})
    >>> found = assign_stages(lazy(table), frozenset(table), journey, dt.date(2026, 7, 1)).collect()
    >>> found["stage"].to_list(), found[SET_BY].to_list(), found[AUTOMATIC_STAGE].to_list()[2]
    (['Lead', 'Regular', 'Lead'], ['default', 'rule', 'hand'], 'Regular')
    """
    default = next(stage.name for stage in journey.stages if stage.default)
    frame = frame.with_columns(
        _text_or_null(STAGE if journey.stage_cells == "hand" else "", columns).alias(HAND),
        _text_or_null(STAGE if journey.stage_cells == "start" else "", columns).alias(START),
        _text_or_null(EVENT_STAGE, columns).alias(EVENT),
    )
    before_rules = nw.coalesce(nw.col(HAND), nw.col(EVENT), nw.col(START)).fill_null(default)
    frame = frame.with_columns(before_rules.alias(STAGE))
    if any(condition.column == DAYS_IN_STAGE for rule in journey.rules for condition in comparisons(rule)):
        frame = frame.with_columns(*_entered(columns, default))
    frame = frame.with_columns(_stage_by_rules(journey, as_of).alias(RULE))
    frame = frame.with_columns(_rule_wins(journey).alias(RULE_WINS))
    own = nw.when(nw.col(RULE_WINS)).then(nw.col(RULE)).otherwise(nw.coalesce(nw.col(EVENT), nw.col(START)))
    frame = _with_company(frame.with_columns(own.alias(OWN)), columns, journey)
    frame = frame.with_columns(*_stage_columns(default, journey))
    frame = frame.with_columns(*_furthest_columns(columns, journey))
    if leaving := _leaving_columns(columns, journey):
        frame = frame.with_columns(*leaving)
    return frame.drop(*_HELPERS)


def _text_or_null(name: str, columns: frozenset[str]) -> nw.Expr:
    return nw.col(name) if name in columns else nw.lit(None, nw.String)


def _stage_by_rules(journey: Journey, as_of: dt.date) -> nw.Expr:
    """Return the stage set by rules, null for none. The last rule of this loop overrides those before it."""
    found = nw.lit(None, nw.String)
    for stage in (*journey.ordered_stages, *reversed(journey.lost)):
        if stage.rules:
            holds = expression(in_stage_by_rules([stage], journey), as_of)
            found = nw.when(holds).then(nw.lit(stage.name)).otherwise(found)
    return found


def _rule_wins(journey: Journey) -> nw.Expr:
    """Return true if the rule overrides the event or the start: its stage is lost, or further."""
    lost, rule, event = len(journey.ordered_stages), _rank(RULE, journey), _rank(EVENT, journey)
    if journey.stage_cells == "hand":
        return (rule >= lost) | (rule > event)
    start = _rank(START, journey)
    moved = ~nw.col(EVENT).is_null()
    return (rule >= lost) | nw.when(moved).then(rule > event).otherwise(rule > start)


def _rank(column: str, journey: Journey) -> nw.Expr:
    """Return the position of a stage: -1 for none; lost stages come after all others."""
    rank = nw.lit(-1)
    for i, stage in enumerate(journey.ordered_stages):
        rank = nw.when(nw.col(column) == stage.name).then(nw.lit(i)).otherwise(rank)
    lost = nw.col(column).is_in([stage.name for stage in journey.lost])
    return nw.when(lost).then(nw.lit(len(journey.ordered_stages))).otherwise(rank) if journey.lost else rank


def _with_company(frame: Frame, columns: frozenset[str], journey: Journey) -> Frame:
    """Mark clients who become customers because another client of their company is one."""
    paid = next((i for i, stage in enumerate(journey.ordered_stages) if stage.paid), None)
    if not journey.company.sync or COMPANY not in columns or paid is None:
        return frame.with_columns(nw.lit(False).alias(COMPANY_PAID))
    customers = [stage.name for stage in journey.ordered_stages[paid:]]
    is_customer = nw.coalesce(nw.col(HAND), nw.col(OWN)).is_in(customers).fill_null(False)
    frame = frame.with_columns(is_customer.cast(nw.Int64).alias(COMPANY_PAID))
    others = nw.col(COMPANY_PAID).sum().over(COMPANY) - nw.col(COMPANY_PAID)
    joins = (others > 0).fill_null(False) & ~nw.col(COMPANY).is_null()
    return frame.with_columns((joins & ~nw.col(OWN).is_in(customers).fill_null(False)).alias(COMPANY_PAID))


def _stage_columns(default: str, journey: Journey) -> list[nw.Expr]:
    paid = next((stage.name for stage in journey.ordered_stages if stage.paid), default)
    by_hand, company = ~nw.col(HAND).is_null(), nw.col(COMPANY_PAID)
    automatic = nw.when(company).then(nw.lit(paid)).otherwise(nw.col(OWN))
    set_by = nw.when(~nw.col(START).is_null()).then(nw.lit("start")).otherwise(nw.lit("default"))
    set_by = nw.when(~nw.col(EVENT).is_null()).then(nw.lit("event")).otherwise(set_by)
    set_by = nw.when(nw.col(RULE_WINS)).then(nw.lit("rule")).otherwise(set_by)
    set_by = nw.when(company).then(nw.lit("company")).otherwise(set_by)
    return [
        nw.when(by_hand).then(nw.col(HAND)).otherwise(automatic.fill_null(default)).alias(STAGE),
        nw.when(by_hand).then(nw.lit("hand")).otherwise(set_by).alias(SET_BY),
        nw.when(by_hand).then(automatic).alias(AUTOMATIC_STAGE),
    ]


def _furthest_columns(columns: frozenset[str], journey: Journey) -> list[nw.Expr]:
    """Return the furthest stage of each client, and whether it is unknown.

    For lost clients it is the furthest of the event log, the move log and the `reached` of their stage; for
    all others their stage.
    """
    if not journey.lost:
        return [nw.col(STAGE).alias(FURTHEST), nw.lit(False).alias(FURTHEST_UNKNOWN)]
    logs = [name for name in (EVENT_FURTHEST, LOG_FURTHEST) if name in columns]
    logs += [START] if journey.stage_cells == "start" else []
    furthest = nw.lit(None, nw.String)
    for stage in journey.ordered_stages:  # ascending, so that the furthest is kept
        lost = [one.name for one in journey.lost if journey.reached_before(one.name) == stage.name]
        reached = reduce(or_, ((nw.col(name) == stage.name).fill_null(False) for name in logs), nw.lit(False))
        reached = reached | nw.col(STAGE).is_in(lost) if lost else reached
        furthest = nw.when(reached).then(nw.lit(stage.name)).otherwise(furthest)
    without_reached = [stage.name for stage in journey.lost if stage.reached is None]
    lost = [stage.name for stage in journey.lost]
    nowhere = (nw.col(name).is_null() | nw.col(name).is_in(lost) for name in logs)
    unknown = reduce(and_, nowhere, nw.col(STAGE).is_in(without_reached))
    furthest = nw.when(is_lost(journey)).then(furthest).otherwise(nw.col(STAGE))
    return [furthest.alias(FURTHEST), unknown.alias(FURTHEST_UNKNOWN)]


def _leaving_columns(columns: frozenset[str], journey: Journey) -> list[nw.Expr]:
    """Return the left reason and left date of lost clients, and the dates of steps they reached."""
    steps = [(i, step_date(step.name)) for i, step in enumerate(journey.steps) if journey.staged]
    dates: list[nw.Expr] = [
        nw.when(has_reached(journey, i)).then(nw.col(name)).alias(name)
        for i, name in steps
        if name in columns
    ]
    if not journey.lost:
        return dates
    days = [nw.col("left_date")] if "left_date" in columns else []
    if "close_date" in columns:
        days.append(nw.when(is_lost(journey)).then(nw.col("close_date")))
    if EVENT_SINCE in columns:
        days.append(nw.when(is_lost(journey) & (nw.col(SET_BY) == "event")).then(nw.col(EVENT_SINCE)))
    if days:
        dates.append(nw.coalesce(*days).alias("left_date"))
    return [*dates, _reason(columns, journey)]


def _entered(columns: frozenset[str], default: str) -> list[nw.Expr]:
    """Return the earliest and latest time of entry into the stage before rules; null if unknown.

    From the event that set the stage, else from the move log, else (for clients who have always been in the
    default stage) from the lead date.
    """
    nothing = nw.lit(None, nw.Datetime())
    at = [nothing, nothing]
    if "lead_date" in columns:
        seen = nw.col(LOG_STAGE).is_null() if LOG_STAGE in columns else nw.lit(True)
        new = (nw.col(STAGE) == default) & nw.col(HAND).is_null() & nw.col(START).is_null() & seen
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
    """Return true for clients in a lost stage."""
    return nw.col(STAGE).is_in([stage.name for stage in journey.lost])


def has_reached(journey: Journey, step: int) -> nw.Expr:
    """Return true for clients known to have reached a step's stage or a later one; always for the first."""
    if step == 0:
        return nw.col(STAGE) == nw.col(STAGE)
    return nw.col(FURTHEST).is_in([stage.name for stage in journey.ordered_stages[step:]]).fill_null(False)


def _reason(columns: frozenset[str], journey: Journey) -> nw.Expr:
    """Return the sheet's reason for leaving, else that of the lost stage."""
    own = nw.col("left_reason") if "left_reason" in columns else nw.lit(None, nw.String)
    reason = nw.lit(None, nw.String)
    for stage in journey.lost:
        reason = nw.when(nw.col(STAGE) == stage.name).then(nw.lit(stage.left_reason)).otherwise(reason)
    return nw.when(own.fill_null("") != "").then(own).otherwise(reason).alias("left_reason")
