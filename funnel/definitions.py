"""What a mark, a client, leaving and a stage mean: each definition once, as a tree of conditions.

Expressions on the clients' table (`funnel.metrics.core.condition_expressions`) and formulas in a sheet
(`funnel.writer.condition_formulas`) are printed from these trees. The table has values that the loader has
parsed; a formula reads the cell itself. If this differs, there are two trees here, which share their words
and limits (docs/decisions/0013).

In words: docs/definitions.md#marks, docs/definitions.md#clients, docs/definitions.md#left,
docs/definitions.md#stages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, cast

from funnel.cells.dates import SERIALS
from funnel.cells.mark_words import ANY_TEXT, NO_REASON, NO_TEXT
from funnel.journey import Duration, Journey, Stage
from funnel.journey.conditions import (
    NEVER,
    TODAY,
    TOMORROW,
    And,
    AnyOfCompany,
    Condition,
    Contains,
    Day,
    DaysInStage,
    Equals,
    Field,
    HasReason,
    If,
    InRange,
    IsDate,
    IsDateText,
    IsFilled,
    IsTrue,
    Not,
    OlderThan,
    OneOf,
    Or,
    WithinTheLast,
    after,
    all_of,
    any_of,
    before,
    on_or_before,
)
from funnel.journey.rules import DAYS_IN_STAGE, Comparison, EventCount, Group, Rule

BLANK_STAGE = ("", "-", "–", "—")
"""Texts of a stage cell that count as blank."""


# --- marks and clients -------------------------------------------------------------------------------------


def marked(field: Field, date: Field | None = None) -> Condition:
    """Define a mark in the table: the step is marked, and its date, if it has one, is not in the future."""
    return And((IsTrue(field), Not(after(date, TODAY)))) if date is not None else IsTrue(field)


def marked_cell(
    field: Field, words: Sequence[str], date_texts: bool = False, called_off: Sequence[str] | None = None
) -> Condition:
    """Define a mark in a cell: a word, 1, TRUE, or a date that is not in the future.

    Parameters
    ----------
    words : the words that mean reached (`funnel.cells.mark_words.reached_words`); with `ANY_TEXT`, any
        text that does not mean "none".
    date_texts : whether dates typed as text are marks too, whatever their day.
    called_off : texts that are no marks among the dates with a comment ("12.03.25 (Tel)"); None without any.
    """
    value = Or((
        Equals(field, 1),
        Equals(field, True),
        InRange(field, above=SERIALS.start - 1, below=TOMORROW),
    ))  # fmt: skip
    if ANY_TEXT in words:
        return Or((value, And((Not(IsDate(field)), HasReason(field, tuple(sorted(NO_TEXT)))))))
    texts: list[Condition] = [IsDateText(field)] if date_texts else []
    if called_off is not None:
        commented = IsDateText(field, commented=True)
        texts.append(And((commented, Not(OneOf(field, tuple(called_off))))) if called_off else commented)
    return Or((OneOf(field, tuple(words)), value, *texts))


def in_funnel(lead_date: Field) -> Condition:
    """Define who is in the funnel: clients whose lead date is not in the future."""
    return Not(after(lead_date, TODAY))


def client_row(
    names: Mapping[int, Sequence[str]], lead_date: Field | None, marks: Iterable[Condition]
) -> Condition:
    """Define which rows are clients: those with a name, a lead date or a mark.

    Parameters
    ----------
    names : the columns of the client's name, each with lower-case texts that are not names.
    """
    parts: list[Condition] = []
    for column, others in names.items():
        filled = IsFilled(column)
        parts.append(And((filled, Not(OneOf(column, tuple(others))))) if others else filled)
    if lead_date is not None:
        parts += [IsDate(lead_date), IsDateText(lead_date)]
    return any_of([*parts, *marks])


# --- leaving -----------------------------------------------------------------------------------------------


def left(
    date: Field | None, reason: Field | None, others: Iterable[Condition] = (), texts: bool = False
) -> Condition:
    """Define who is known to have left; no client, if no column shows it.

    With a left date: from that day on. Without one: with a reason, or by any of `others` (a lost stage, or a
    row that a person painted). A date typed as text counts, whatever its day.

    Parameters
    ----------
    texts : whether the column of the date also has marks and texts, which count too.
    """
    undated: list[Condition] = []
    if date is not None and texts:
        undated = [And((HasReason(date, tuple(sorted(NO_REASON))), Not(InRange(date, above=1))))]
    elif date is not None:
        undated = [IsDateText(date)]
    undated += [HasReason(reason, tuple(sorted(NO_REASON)))] if reason is not None else []
    undated += (other for other in others if other != NEVER)
    if date is not None:
        return If(IsDate(date), on_or_before(date, TODAY), any_of(undated))
    return any_of(undated)


def painted_as(meaning: Literal["left", "paid"], journey: Journey) -> Condition:
    """Define which rows a person painted in a colour that the journey reads as left, or as paid."""
    colors = [color for color in ("red", "green") if getattr(journey, color) == meaning]
    return OneOf("painted", tuple(colors)) if colors else NEVER


# --- stages ------------------------------------------------------------------------------------------------


def in_stage_by_rules(stages: Iterable[Stage], journey: Journey) -> Condition:
    """Define who belongs in a stage by the journey's rules: any rule of any of the stages holds."""
    return any_of(by_rule(rule, journey) for stage in stages for rule in stage.rules)


def by_rule(rule: Rule, journey: Journey) -> Condition:
    """Build the condition of a rule; on a blank cell only `empty = true` and `is_not` hold.

    >>> by_rule(Comparison("Visits", "at_least", 3), Journey(steps=[{"name": "Met"}])).limits
    (('>=', 3),)
    """
    if isinstance(rule, str):
        return by_rule(journey.segments[rule], journey)
    if isinstance(rule, Group):
        return (all_of if rule.joined == "all" else any_of)(by_rule(part, journey) for part in rule.rules)
    if isinstance(rule, EventCount):
        return rule
    found = _compared(rule)
    return AnyOfCompany(found) if rule.of == "company" else found


def _compared(rule: Comparison) -> Condition:
    """Build the condition of one comparison."""
    column, operand = rule.column, rule.operand
    if rule.operator == "empty":
        return Not(IsFilled(column)) if operand else IsFilled(column)
    if rule.kind == "text":
        return _text(rule)
    if rule.kind == "number":
        assert isinstance(operand, int | float)
        if column == DAYS_IN_STAGE:
            return DaysInStage(cast(Literal["at_least", "at_most"], rule.operator), operand)
        return InRange(column, **{rule.operator: operand})
    if isinstance(operand, Duration):
        return (OlderThan if rule.operator == "older_than" else WithinTheLast)(column, operand)
    assert isinstance(operand, dt.date)
    return (before if rule.operator == "before" else after)(column, Day(operand))


def _text(rule: Comparison) -> Condition:
    operand = rule.operand if isinstance(rule.operand, tuple) else (str(rule.operand),)
    texts = tuple(text.lower() for text in operand)
    if rule.operator == "contains":
        return Contains(rule.column, texts[0])
    return Not(OneOf(rule.column, texts)) if rule.operator == "is_not" else OneOf(rule.column, texts)
