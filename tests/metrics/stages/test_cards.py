"""Stage cards, and what the steps of a sheet of stages can and cannot say."""

import math
import random

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import clients_of

import funnel
from benchmarks.stages import AS_OF, differences, people, reckon, tables
from benchmarks.stages import JOURNEY as RECKONED
from funnel.clients import Clients
from funnel.journey import Journey, Stage
from funnel.metrics import Funnel
from funnel.metrics.core.flags import VALUES
from funnel.metrics.stages.cards import COLUMNS

STAGES = (
    Stage(name="Lead", default=True, win_probability=0.1),
    Stage(name="Hot", emoji="🔥"),
    Stage(name="Off", active=False),
    Stage(name="Customer", paid=True),
    Stage(name="Cold", lost=True, reason="No answer"),
)
JOURNEY = Journey(name="Lifecycle", stages=STAGES)


def clients(*stages: str | None, **more: object) -> Clients:
    n = len(stages)
    table = pd.DataFrame({"row": range(2, n + 2), "client": [f"Client {i}" for i in range(n)]})
    table["lead_date"] = pd.to_datetime(["2026-01-01"] * n)
    table["stage"] = pd.Series(stages, dtype="str")
    for name, values in more.items():
        table[name] = values
    return clients_of(table, JOURNEY)


KEPT = (None, "Lead", "Hot", "Hot", "Customer")


def test_a_stage_implies_those_before_it() -> None:
    funnel = Funnel(clients(*KEPT), "2026-07-01")
    assert funnel.steps["marked"].tolist() == [5, 3, 1]
    assert funnel.steps["drop_off"].tolist() == pytest.approx([0, 2 / 5, 2 / 3])
    assert funnel.steps["unknown"].tolist() == [0, 0, 0]
    assert funnel.steps["overdue"].tolist() == [0, 2, 4]
    assert funnel.steps["settled_n"].tolist() == [5, 5, 3]


def test_how_far_the_lost_came_is_not_known_and_never_zero() -> None:
    funnel = Funnel(clients(*KEPT, "Cold"), "2026-07-01")
    steps = funnel.steps
    assert steps["marked"].tolist()[0] == 6  # whoever is in the journey has reached its first stage
    assert steps["unknown"].tolist() == [0, 1, 1]
    assert steps["reached"].tolist() == [6, 3, 1]
    assert steps["left"].tolist() == [0, 0, 0]
    for name in ("marked", "drop_off", "of_leads", "lost", "settled_drop_off"):
        assert all(math.isnan(value) for value in steps[name].tolist()[1:])
    assert not funnel.has_leaving_data
    assert len(funnel.survival) == 0
    assert funnel.engagement["n"].tolist() == [0, 0, 0, 0]
    assert (
        "It is unknown how far 1 client in a lost stage came, so drop-off after 'Lead' and survival of paid "
        "clients are unknown."
    ) in funnel.assumed
    assert funnel.leavers("step").to_dict("records")[0]["step"] == "(not known)"
    assert funnel.leavers().to_dict("records")[0]["reason"] == "No answer"
    assert funnel.to_json(by="stage")["segments"][-1]["value"] == "Cold"


def test_cards() -> None:
    more = {"lifetime_value": [1.0, 2, 4, None, 100, 7], "coach": ["Zoe", None, "Zoe", "", "Kit", "Kit"]}
    funnel = Funnel(clients(*KEPT, "Cold", **more), "2026-07-01")
    assert list(funnel.stages) == list(COLUMNS)
    shown = ["stage", "lost", "clients", "share", "by_hand", "by_default", "lifetime_value", "no_coach"]
    assert funnel.stages[shown].values.tolist() == [
        ["Lead", False, 2, 2 / 6, 1, 1, 3.0, 1.0],
        ["Hot", False, 2, 2 / 6, 2, 0, 4.0, 1.0],
        ["Customer", False, 1, 1 / 6, 1, 0, 100.0, 0.0],
        ["Cold", True, 1, 1 / 6, 1, 0, 7.0, 0.0],
    ]
    assert funnel.stages["emoji"].tolist() == ["", "🔥", "", ""]
    assert funnel.to_json()["stages"][3] == {
        "stage": "Cold", "emoji": "", "lost": True, "reason": "No answer", "clients": 1, "share": 1 / 6,
        "by_hand": 1, "by_event": 0, "by_rule": 0, "by_company": 0, "by_default": 0, "win_probability": None,
        "value": None, "value_each": None,
        "lifetime_value": 7.0, "value_30_days": None, "no_coach": 0.0,
        "median_days": None, "longest_days": None, "median_days_at_most": None,
        "longest_days_at_most": None, "timed": 0.0, "stuck": None,
    }  # fmt: skip


def test_no_clients_and_no_stages(clients: Clients) -> None:
    assert len(Funnel(clients, "2026-07-01").stages) == 0
    assert Funnel(clients, "2026-07-01").to_json()["stages"] == []


def test_a_sheet_without_clients_has_empty_cards() -> None:
    nobody = clients("Lead")
    found = Funnel(Clients(nobody.table.iloc[:0], JOURNEY), "2026-07-01").stages
    assert found["clients"].tolist() == [0, 0, 0, 0]
    assert found["share"].isna().all()


@settings(max_examples=examples(12))
@given(st.lists(st.sampled_from([None, "Lead", "Hot", "Customer", "Cold"]), min_size=1, max_size=12))
def test_nobody_is_in_two_stages_or_in_none(stages: list[str | None]) -> None:
    funnel = Funnel(clients(*stages), "2026-07-01")
    assert funnel.stages["clients"].sum() == len(stages)
    assert funnel.stages[["by_hand", "by_rule", "by_default"]].sum().sum() == len(stages)
    assert funnel.steps[list(VALUES)].sum(axis=1).tolist() == [len(stages)] * 3


def test_a_lost_stage_that_says_how_far_its_clients_came_leaves_nothing_unknown() -> None:
    """Of five due, all got to Lead; four met (two of them are lost after it), and two of these paid."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True),
        Stage(name="No-show", lost=True, reached="Lead"), Stage(name="Too dear", lost=True, reached="Met"),
    )  # fmt: skip
    table = pd.DataFrame({"row": range(2, 7), "client": list("abcde"),
                          "stage": ["Won", "Won", "Too dear", "Too dear", "No-show"]})  # fmt: skip
    table["lead_date"] = pd.to_datetime(["2026-01-05"] * 5)
    table = table.astype({"stage": "str", "client": "str"})
    known = Funnel(clients_of(table, Journey(stages=stages)), "2026-07-01").steps
    assert known["marked"].tolist() == [5, 4, 2]
    assert known["unknown"].tolist() == [0, 0, 0]
    assert known["left"].tolist() == [0, 1, 3]
    assert known["settled_drop_off"].tolist() == pytest.approx([0, 0.2, 0.5])
    silent = tuple(stage.model_copy(update={"reached": None}) for stage in stages)
    unknown = Funnel(clients_of(table, Journey(stages=silent)), "2026-07-01").steps
    assert unknown["unknown"].tolist() == [0, 3, 3]
    assert unknown["settled_drop_off"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_stages_are_those_of_the_reckoning(seed: int) -> None:
    """200 clients with 1,000 events, compared with a reckoning in plain Python, client by client."""
    everybody = people(200, 1000, seed)
    reckon(everybody)
    sheet, events = tables(everybody, random.Random(seed))
    assert differences(funnel.Funnel(funnel.load(sheet, RECKONED, events=events), AS_OF), everybody) == []
