"""The definitions suffice for a third printer: SQL, as an engine without Narwhals would need it."""

import datetime as dt
import sqlite3

import pandas as pd
import pytest

from funnel import definitions
from funnel.journey import Journey, preset
from funnel.journey.conditions import (
    TODAY,
    And,
    Condition,
    Contains,
    Day,
    Equals,
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
    on_or_before,
)
from funnel.journey.rules import read_rule
from funnel.metrics.core.condition_expressions import expression
from funnel.metrics.core.event_facts import first_day_within
from funnel.metrics.core.frames import collect, lazy

AS_OF = dt.date(2026, 7, 1)
JOURNEY = Journey(steps=[{"name": "Met"}], green="left")


def sql(condition: Condition) -> str:
    """A condition as SQL of the kind that SQLite and DuckDB share."""
    match condition:
        case And(parts) | Or(parts):
            word = " AND " if isinstance(condition, And) else " OR "
            return f"({word.join(map(sql, parts))})" if parts else str(isinstance(condition, And))
        case Not(part):
            return f"NOT {sql(part)}"
        case If(test, then, otherwise):
            return f"CASE WHEN {sql(test)} THEN {sql(then)} ELSE {sql(otherwise)} END"
        case IsDateText():
            return "FALSE"
    return sql_on_a_cell(condition, f'"{condition.field}"')


def sql_on_a_cell(condition: Condition, cell: str) -> str:
    match condition:
        case IsTrue():
            return cell
        case IsFilled() | IsDate():
            return f"{cell} IS NOT NULL"
        case HasReason():
            found = f"{cell} <> ''"
        case Equals(_, value):
            found = f"{cell} = {value}"
        case OneOf(_, texts):
            found = f"lower(trim({cell})) IN ({', '.join(map(literal, texts))})"
        case Contains(_, text):
            found = f"instr(lower({cell}), {literal(text)}) > 0"
        case InRange():
            found = " AND ".join(f"{cell} {sign} {literal(value)}" for sign, value in condition.limits)
        case OlderThan(_, length):
            found = f"{cell} < '{first_day_within(length, AS_OF)}'"
        case WithinTheLast(_, length):
            not_in_future = sql(on_or_before(condition.field, TODAY))
            found = f"{cell} >= '{first_day_within(length, AS_OF)}' AND {not_in_future}"
    return f"coalesce({found}, FALSE)"


def literal(value):
    if isinstance(value, Day):
        value = str(value.on(AS_OF))
    return "'{}'".format(value.replace("'", "''")) if isinstance(value, str) else str(value)


DAYS = [None, "2026-06-30", "2026-07-01 18:00", "2026-07-02", "2024-01-31", "2026-04-02", "2026-04-03"]
TABLE = pd.DataFrame({
    "lead_date": pd.to_datetime(pd.Series(DAYS), format="mixed"),
    "left_date": pd.to_datetime(pd.Series([*DAYS[2:], None, None]), format="mixed"),
    "left_reason": ["Price", "", None, "Moved", None, "", "Price"],
    "painted": [None, "red", "green", None, "green", None, None],
    "town": ["Bath", " BATH spa ", None, "York", "O'Hare", "", "bath"],
    "visits": [0.0, 3.0, None, 4.5, 1.0, 3.0, 2.9],
    "Met": [True, False, True, True, False, True, True],
}).astype({"left_reason": "str", "painted": "str", "town": "str"})  # fmt: skip

RULES = [
    {"column": "town", "is": "bath"}, {"column": "town", "is_not": "O'Hare"},
    {"column": "town", "contains": "AT"}, {"column": "town", "one_of": ["york", "bath spa"]},
    {"column": "town", "empty": True},
    {"column": "visits", "at_least": 3}, {"column": "visits", "at_most": 2.95},
    {"column": "lead_date", "before": "2026-07-01"}, {"column": "lead_date", "after": "2026-07-01"},
    {"column": "lead_date", "older_than": "3 months"}, {"column": "lead_date", "within_the_last": "90 days"},
    {"any": [{"column": "town", "is": "york"},
             {"all": [{"column": "visits", "at_least": 1}, {"column": "lead_date", "empty": False}]}]},
]  # fmt: skip
CONDITIONS = {
    "a mark": definitions.marked("Met", "left_date"),
    "in the funnel": definitions.in_funnel("lead_date"),
    "left": definitions.left("left_date", "left_reason", [definitions.painted_as("left", JOURNEY)]),
    "left by a reason alone": definitions.left(None, "left_reason"),
    "nobody": definitions.left(None, None),
    **{str(rule): definitions.by_rule(read_rule(rule), JOURNEY) for rule in RULES},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_in_sql_holds_for_the_same_clients(name: str) -> None:
    condition = CONDITIONS[name]
    frame = lazy(TABLE).with_columns(expression(condition, AS_OF).alias("holds"))
    expected = collect(frame.select("holds"))["holds"].astype(bool).tolist()
    with sqlite3.connect(":memory:") as database:
        TABLE.to_sql("clients", database, index=False)
        found = database.execute(f"SELECT {sql(condition)} FROM clients").fetchall()
    database.close()
    assert [bool(row[0]) for row in found] == expected


def test_the_rules_of_stages_are_a_tree_of_the_same_conditions() -> None:
    studio = preset("studio")
    lost = definitions.in_stage_by_rules(studio.lost, studio)
    assert isinstance(lost, And)
    assert [type(part) for part in lost.parts] == [OlderThan, Not, Or]
    assert definitions.in_stage_by_rules([], studio) == Or(())
