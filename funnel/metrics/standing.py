"""Where each client stands: by hand (the sheet's own stage cell), else by a rule, else at the default stage.

A hand wins over every rule until its cell is emptied. Of the rules, those of lost stages are tried first, in
their order, then those of the furthest stage, and so on back to the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

import narwhals as nw

from funnel.journey import Duration, Journey
from funnel.journey.rules import Condition, Group, Rule
from funnel.metrics.frames import Frame

DAY = dt.timedelta(days=1)
STAGE = "stage"
SET_BY = "set_by·"  # "hand", "rule" or "default"


def stand(frame: Frame, columns: frozenset[str], journey: Journey, as_of: dt.date) -> Frame:
    """Say of each client in which stage it is as of a date, and what put it there.

    Parameters
    ----------
    frame : the clients (`Clients.table`); its column ``stage`` is what the hand says, null where blank.

    Returns
    -------
    The same with ``stage`` (where the client is), ``set_by·``, ``ruled·`` (where the rules alone would put
    the client, null for nowhere), and ``left_reason``, which is the reason of the lost stage for who is in
    one and has none of its own.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey.stages import Stage
    >>> from funnel.metrics.frames import lazy
    >>> rule = {"column": "Visits · number", "at_least": 3}
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Regular", rules=[rule])))
    >>> table = pd.DataFrame({"stage": [None, None, "Lead"], "Visits · number": [1.0, 4, 4]})
    >>> table = table.astype({"stage": "str"})
    >>> stood = stand(lazy(table), frozenset(table), journey, dt.date(2026, 7, 1)).collect()
    >>> stood["stage"].to_list(), stood["set_by·"].to_list()
    (['Lead', 'Regular', 'Lead'], ['default', 'rule', 'hand'])
    """
    default = next(stage.name for stage in journey.stages if stage.default)
    hand = nw.col(STAGE) if STAGE in columns else nw.lit(None, nw.String)
    frame = frame.with_columns(hand.alias("hand·"), hand.fill_null(default).alias(STAGE))
    ruled = nw.lit(None, nw.String)
    for stage in (*journey.way, *reversed(journey.lost)):  # the last one is tried first
        if stage.rules:
            holds = _some(matches(rule, journey, as_of) for rule in stage.rules)
            ruled = nw.when(holds).then(nw.lit(stage.name)).otherwise(ruled)
    frame = frame.with_columns(ruled.alias("ruled·"))
    by_hand, by_rule = ~nw.col("hand·").is_null(), ~nw.col("ruled·").is_null()
    set_by = nw.when(by_rule).then(nw.lit("rule")).otherwise(nw.lit("default"))
    frame = frame.with_columns(
        nw.when(by_hand).then(nw.col("hand·")).otherwise(nw.col("ruled·").fill_null(default)).alias(STAGE),
        nw.when(by_hand).then(nw.lit("hand")).otherwise(set_by).alias(SET_BY),
    ).drop("hand·")
    return frame.with_columns(_reason(columns, journey)) if journey.lost else frame


def matches(rule: Rule, journey: Journey, as_of: dt.date) -> nw.Expr:
    """Whether a rule holds for a client; on a blank cell only `empty = true` and `is_not` do."""
    if isinstance(rule, str):
        return matches(journey.segments[rule], journey, as_of)
    if isinstance(rule, Group):
        parts = [matches(part, journey, as_of) for part in rule.rules]
        return reduce(and_ if rule.joined == "all" else or_, parts)
    return _holds(rule, as_of)


def is_lost(journey: Journey) -> nw.Expr:
    """Whether a client is in a lost stage."""
    return nw.col(STAGE).is_in([stage.name for stage in journey.lost])


def has_reached(journey: Journey, step: int) -> nw.Expr:
    """Whether a client's stage is a step's, or a later one; every client has reached the first."""
    if step == 0:
        return nw.col(STAGE) == nw.col(STAGE)
    return nw.col(STAGE).is_in([stage.name for stage in journey.way[step:]])


def _reason(columns: frozenset[str], journey: Journey) -> nw.Expr:
    """The sheet's own reason for leaving, else that of the lost stage."""
    own = nw.col("left_reason") if "left_reason" in columns else nw.lit(None, nw.String)
    why = nw.lit(None, nw.String)
    for stage in journey.lost:
        why = nw.when(nw.col(STAGE) == stage.name).then(nw.lit(stage.why)).otherwise(why)
    return nw.when(own.fill_null("") != "").then(own).otherwise(why).alias("left_reason")


def _holds(condition: Condition, as_of: dt.date) -> nw.Expr:
    """One condition; never null."""
    cell, operand = nw.col(condition.column), condition.operand
    if condition.operator == "empty":
        return cell.is_null() if operand else ~cell.is_null()
    found = {"text": _text, "number": _number, "date": _date}[condition.kind](condition, cell, as_of)
    return found.fill_null(condition.operator == "is_not")


def _text(condition: Condition, cell: nw.Expr, as_of: dt.date) -> nw.Expr:
    typed, operand = cell.str.strip_chars().str.to_lowercase(), condition.operand
    if condition.operator == "one_of":
        assert isinstance(operand, tuple)
        return typed.is_in([text.lower() for text in operand])
    said = str(operand).lower()
    if condition.operator == "contains":
        return typed.str.contains(said, literal=True)
    return typed == said if condition.operator == "is" else typed != said


def _number(condition: Condition, cell: nw.Expr, as_of: dt.date) -> nw.Expr:
    assert isinstance(condition.operand, int | float)
    return cell >= condition.operand if condition.operator == "at_least" else cell <= condition.operand


def _date(condition: Condition, cell: nw.Expr, as_of: dt.date) -> nw.Expr:
    """Dates by their day: `before` and `after` leave the day itself out; a length reaches back from as-of."""
    operand, operator = condition.operand, condition.operator
    if isinstance(operand, Duration):
        first = _midnight(operand.latest_start(as_of - DAY) + DAY)  # of those that are not older
        if operator == "older_than":
            return cell < first
        return (cell >= first) & (cell < _midnight(as_of + DAY))
    assert isinstance(operand, dt.date)
    if operator == "before":
        return cell < _midnight(operand)
    return cell >= _midnight(operand + DAY)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _some(expressions: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(or_, expressions)
