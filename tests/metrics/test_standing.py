"""Where a client stands: rules on every kind of column, the furthest first, and a hand before all of them."""

import datetime as dt

import pandas as pd
import pytest

from funnel.journey import Journey, Stage
from funnel.journey.rules import read_rule
from funnel.metrics.frames import lazy
from funnel.metrics.standing import matches, stand

DAY = dt.date(2026, 7, 31)
TABLE = pd.DataFrame({
    "town": ["Bath", " BATH spa ", None, "York"],
    "visits · number": [0.0, 3.0, None, 4.5],
    "seen · date": pd.to_datetime(["2026-07-01", "2026-06-30", None, "2026-08-01"]),
}).astype({"town": "str"})  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"column": "town", "is": "bath"}, "1000"),
        ({"column": "town", "is_not": "Bath"}, "0111"),
        ({"column": "town", "one_of": ["york", "Bath Spa"]}, "0101"),
        ({"column": "town", "contains": "BATH"}, "1100"),
        ({"column": "town", "contains": "a."}, "0000"),  # text, not a pattern
        ({"column": "town", "empty": True}, "0010"),
        ({"column": "town", "empty": False}, "1101"),
        ({"column": "visits · number", "at_least": 3}, "0101"),
        ({"column": "visits · number", "at_most": 3}, "1100"),
        ({"column": "visits · number", "empty": True}, "0010"),
        ({"column": "seen · date", "before": "2026-07-01"}, "0100"),
        ({"column": "seen · date", "after": "2026-06-30"}, "1001"),
        ({"column": "seen · date", "older_than": "30 days"}, "0100"),  # 1 July is exactly 30 days ago
        ({"column": "seen · date", "within_the_last": "30 days"}, "1000"),  # and 1 August is to come
        ({"column": "seen · date", "older_than": "1 month"}, "0100"),
        (
            {"all": [{"column": "town", "contains": "b"}, {"column": "visits · number", "at_least": 1}]},
            "0100",
        ),
        ({"any": [{"column": "town", "is": "York"}, {"column": "town", "empty": True}]}, "0011"),
        ("Bathers", "1100"),
    ],
)  # fmt: skip
def test_each_operator(rule: object, found: str) -> None:
    journey = Journey(
        stages=(Stage(name="Lead", default=True),),
        segments={"Bathers": {"column": "town", "contains": "bath"}},
    )
    frame = lazy(TABLE).select(matches(read_rule(rule), journey, DAY).alias("holds")).collect()
    assert "".join(str(int(value)) for value in frame["holds"].to_list()) == found


def journey() -> Journey:
    return Journey(
        stages=(
            Stage(name="Lead", default=True),
            Stage(
                name="Trial", rules=[{"column": "visits", "at_least": 1}, {"column": "stage", "is": "Won"}]
            ),
            Stage(name="Won", rules=[{"column": "visits", "at_least": 5}]),
            Stage(name="Cold", lost=True, rules=[{"column": "visits", "at_least": 99}]),
            Stage(name="Gone", lost=True, reason="Moved", rules=[{"column": "visits", "at_least": 98}]),
        )
    )


def stood(table: pd.DataFrame) -> list[tuple[str, ...]]:
    found = stand(lazy(table), frozenset(table), journey(), DAY).collect().to_pandas()
    return list(zip(found["stage"], found["set_by·"], found["left_reason"].fillna(""), strict=True))


def test_the_furthest_rule_wins_and_lost_stages_lie_beyond_in_their_order() -> None:
    assert stood(pd.DataFrame({"visits": [0, 1, 5, 98, 99]})) == [
        ("Lead", "default", ""), ("Trial", "rule", ""), ("Won", "rule", ""), ("Gone", "rule", "Moved"),
        ("Cold", "rule", "Cold"),
    ]  # fmt: skip


def test_a_hand_wins_until_its_cell_is_emptied() -> None:
    table = pd.DataFrame({"visits": [99, 99, 0], "stage": ["Trial", None, "Gone"]}).astype({"stage": "str"})
    table["left_reason"] = pd.Series([None, "Price", None], dtype="str")
    assert stood(table) == [("Trial", "hand", ""), ("Cold", "rule", "Price"), ("Gone", "hand", "Moved")]


def test_how_far_who_is_lost_had_come() -> None:
    """The stage's own word, unless an event or the history tells that a client had come further."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True),
        Stage(name="No-show", lost=True, reached="Met"), Stage(name="Cold", lost=True),
    )  # fmt: skip
    table = pd.DataFrame({
        "stage": ["No-show", "Cold", "No-show", "Cold", "Met"],
        "event_furthest·": [None, None, "Won", "Lead", None],
    }).astype("str")  # fmt: skip
    found = stand(lazy(table), frozenset(table), Journey(stages=stages), DAY).collect().to_pandas()
    assert found["furthest·"].fillna("").tolist() == [
        "Met", "", "Won", "Lead", "Met",
    ]  # fmt: skip
    assert found["untold·"].tolist() == [False, True, False, False, False]
