"""Where everybody stands now: the stage and what put them there, or the marks that the sheet holds."""

import datetime as dt

import pandas as pd
from tables import named

from funnel.history.entry import LEFT, ClientKey
from funnel.journey import Journey, Stage, Step
from funnel.metrics.core.flags import flagged
from funnel.metrics.stages.snapshot import current_states

DAY = dt.date(2026, 7, 1)


def test_marks_as_of_a_day_and_leaving():
    table = pd.DataFrame({
        "row": [3, 2], "client": ["Ana", None], "lead_date": pd.to_datetime(["2026-01-05", None]),
        "left_date": pd.to_datetime([None, "2026-02-01"]), "Met": [True, True], "Paid": [True, False],
        "Met · date": pd.to_datetime([None, None]), "Paid · date": pd.to_datetime(["2026-08-01", None]),
    })  # fmt: skip
    steps = (Step(name="Met"), Step(name="Paid"), Step(name="Later", months=3))
    found = current_states(flagged(named(table, Journey(steps=steps)), Journey(steps=steps), DAY))
    assert [(now.row, now.key, now.state, now.why) for now in found] == [
        (2, ClientKey("", None), {"Met", LEFT}, "typed"),
        (3, ClientKey("Ana", dt.date(2026, 1, 5)), {"Met"}, "typed"),
    ]


def test_stages_with_what_put_them_there():
    rule = {"column": "number:column:^visits", "at_least": 3}
    stages = (Stage(name="Lead", default=True), Stage(name="Hot", rules=[rule]))
    table = pd.DataFrame({
        "row": [2, 3, 4], "client": ["Ana", "Ben", "Cat"], "id": ["7", None, ""],
        "stage": pd.array([None, "Hot", None], dtype="str"), "number:column:^visits": [4.0, 1.0, 1.0],
    })  # fmt: skip
    found = current_states(flagged(table, Journey(stages=stages), DAY))
    assert [(now.state, now.why, now.key.id, now.at) for now in found] == [
        ("Hot", "rule", "7", None), ("Hot", "typed", None, None), ("Lead", "default", None, None),
    ]  # fmt: skip


def test_nobody():
    table = pd.DataFrame(
        {"row": pd.Series(dtype=int), "client": pd.Series(dtype=str), "Met": pd.Series(dtype=bool)}
    )
    assert current_states(flagged(table, Journey(steps=(Step(name="Met"),)), DAY)) == []
