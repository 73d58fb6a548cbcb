"""Who stands where without a hand, and whom a hand keeps from where a rule would put them."""

import datetime as dt

import pandas as pd
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Stage, Step
from funnel.metrics import Funnel

STAGES = (
    Stage(name="Lead", default=True),
    Stage(name="Regular", rules=[{"column": "number:column:^visits", "at_least": 3}]),
    Stage(name="Cold", lost=True, rules=[{"column": "number:column:^visits", "at_most": 0}]),
)
TABLE = pd.DataFrame({
    "row": [2, 3, 4, 5, 6], "client": ["Ana", "Ben", "Cat", "Dan", "Eva"],
    "coach": ["Zoe", None, "Zoe", None, "Zoe"], "stage": [None, None, None, "Lead", "Regular"],
    "number:column:^visits": [0.0, 4.0, 1.0, 5.0, 9.0],
}).astype({"stage": "str", "coach": "str"})  # fmt: skip


def placed(table: pd.DataFrame, stages: tuple[Stage, ...] = STAGES) -> list[list[object]]:
    found = Funnel(clients_of(table, Journey(stages=stages)), dt.date(2026, 7, 1)).automatic_stages
    return found[["row", "client", "coach", "stage", "set_by", "overruled"]].to_numpy().tolist()


def test_the_way_first_then_the_lost_and_whom_a_hand_overrules() -> None:
    assert placed(TABLE) == [
        [5, "Dan", None, "Lead", "hand", "Regular"],  # and not Eva, whose hand says what the rule says
        [3, "Ben", None, "Regular", "rule", None],
        [2, "Ana", "Zoe", "Cold", "rule", None],
    ]


def test_nobody_where_all_is_typed_or_there_are_no_stages() -> None:
    assert placed(TABLE.assign(stage="Lead", **{"number:column:^visits": 1.0})) == []
    without = Clients(TABLE.drop(columns="stage").assign(Met=True), Journey(steps=(Step(name="Met"),)))
    assert not len(Funnel(without, "2026-07-01").automatic_stages)
