"""Rules as expressions on a table, and what a blank, a date and a company mean there."""

import datetime as dt

import pandas as pd
import pytest

from funnel.definitions import by_rule
from funnel.journey import Journey, Stage
from funnel.journey.rules import read_rule
from funnel.metrics.core.condition_expressions import expression
from funnel.metrics.core.frames import lazy

DAY = dt.date(2026, 7, 31)
TABLE = pd.DataFrame({
    "town": ["Bath", " BATH spa ", None, "York"],
    "number:column:visits": [0.0, 3.0, None, 4.5],
    "date:column:seen": pd.to_datetime(["2026-07-01", "2026-06-30", None, "2026-08-01"]),
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
        ({"column": "number:column:visits", "at_least": 3}, "0101"),
        ({"column": "number:column:visits", "at_most": 3}, "1100"),
        ({"column": "number:column:visits", "empty": True}, "0010"),
        ({"column": "date:column:seen", "before": "2026-07-01"}, "0100"),
        ({"column": "date:column:seen", "after": "2026-06-30"}, "1001"),
        ({"column": "date:column:seen", "older_than": "30 days"}, "0100"),  # 1 July is exactly 30 days ago
        ({"column": "date:column:seen", "within_the_last": "30 days"}, "1000"),  # and 1 August is to come
        ({"column": "date:column:seen", "older_than": "1 month"}, "0100"),
        (
            {"all": [{"column": "town", "contains": "b"}, {"column": "number:column:visits", "at_least": 1}]},
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
    frame = lazy(TABLE).select(expression(by_rule(read_rule(rule), journey), DAY).alias("holds")).collect()
    assert "".join(str(int(value)) for value in frame["holds"].to_list()) == found
