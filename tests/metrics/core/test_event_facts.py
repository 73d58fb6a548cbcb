"""Events folded into stages, sums and counts, as of a date; order within an instant makes no difference."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Stage
from funnel.journey.company import Company
from funnel.journey.events import Events
from funnel.metrics import Funnel
from funnel.metrics.core.event_facts import event_columns, event_moves
from funnel.metrics.stages.cards import SET
from funnel.schema import step_date

DAY = dt.date(2026, 7, 31)
ADVANCE = {
    "Met": "Met", "Bought": "Won", "Went cold": "Cold", "Chose another": "Rival",
    "Wrote again": {"stage": "Lead", "back": True}, "Came back": {"stage": "Won", "back": True},
}  # fmt: skip
STAGES = (
    Stage(name="Lead", default=True),
    Stage(name="Met"),
    Stage(name="Won", paid=True),
    Stage(name="Cold", lost=True),
    Stage(name="Rival", lost=True),
)
RANKS = ["Lead", "Met", "Won", "Rival", "Cold"]


def clients(*events, people=1, stages=STAGES, rules=(), table=None, **more):
    """Clients 0, 1, … with events (client, day, name, amount)."""
    if rules:
        stages = (*STAGES, Stage(name="Busy", rules=rules))
    journey = Journey(stages=stages, events=Events(**{"tab": "Log", "advance": ADVANCE, **more}))
    rows = [(*event, None)[:4] for event in events]
    log = pd.DataFrame(rows, columns=["client", "when", "event", "amount"])
    log["when"] = pd.to_datetime(log["when"], format="ISO8601").astype("datetime64[s]")
    log = log.astype({"client": "int64", "event": "category", "amount": float}).sort_values(
        "when", kind="stable"
    )
    people_ = {"row": range(2, people + 2), "client": [f"Client {i}" for i in range(people)], **(table or {})}
    return clients_of(pd.DataFrame(people_), journey, events=log)


def stage_of(*events, **more):
    found = event_columns(clients(*((0, *event) for event in events), **more), DAY)
    text = found["flag:event_stage"][0]
    since = np.datetime_as_string(found["flag:event_since"][0], "D")
    return (None if pd.isna(text) else str(text)), since, found["flag:event_furthest"][0]


@pytest.mark.parametrize(
    ("events", "stage", "since", "furthest"),
    [
        ([("2026-01-05", "met!")], "Met", "2026-01-05", "Met"),
        ([("2026-01-05", "Bought"), ("2026-02-05", "Met")], "Won", "2026-01-05", "Won"),  # never back
        ([("2026-02-05", "Bought"), ("2026-01-05", "Met")], "Won", "2026-02-05", "Won"),
        ([("2026-01-05", "Met"), ("2026-02-05", "Met")], "Met", "2026-01-05", "Met"),  # since the first
        ([("2026-01-05", "Bought"), ("2026-02-05", "Wrote again")], "Lead", "2026-02-05", "Won"),
        ([("2026-01-05", "Bought"), ("2026-02-05", "Came back")], "Won", "2026-01-05", "Won"),  # nothing new
        ([("2026-01-05", "Met"), ("2026-02-05", "Went cold")], "Cold", "2026-02-05", "Met"),
        ([("2026-02-05", "Went cold"), ("2026-03-05", "Bought")], "Cold", "2026-02-05", "Won"),
        ([("2026-02-05", "Went cold"), ("2026-03-05", "Came back")], "Won", "2026-03-05", "Won"),
        ([("2026-08-01", "Bought")], None, "NaT", None),  # has not happened yet
        ([("2026-07-31 23:59", "Bought")], "Won", "2026-07-31", "Won"),
        ([("2026-01-05", "Smiled")], None, "NaT", None),
        ([("2026-01-05", "Lead")], "Lead", "2026-01-05", "Lead"),  # a stage's own name
    ],
)
def test_where_events_bring_a_client(events, stage, since, furthest):
    found = stage_of(*events)
    assert found[:2] == (stage, since)
    assert found[2] == furthest or (furthest is None and pd.isna(found[2]))


def test_nothing_leads_back_from_where_everybody_begins():
    stages = (Stage(name="Lead"), Stage(name="Met", default=True), *STAGES[2:])
    assert stage_of(("2026-01-05", "Lead"), stages=stages)[0] is None


def test_an_event_called_as_a_stage_that_clients_were_sent_away_from():
    people = clients((0, "2026-01-05", "Haggling"))
    journey = people.journey.model_copy(update={"reassign": {"Haggling": "Met"}})
    assert (
        event_columns(clients_of(people.table, journey, events=people.events), DAY)["flag:event_stage"][0]
        == "Met"
    )


def test_when_each_stage_was_first_reached_and_every_move():
    people = clients(
        (0, "2026-01-05 10:00", "Bought"), (1, "2026-01-01", "Met"), (0, "2026-02-01", "Wrote again"),
        (0, "2026-03-01", "Bought"), people=2,
    )  # fmt: skip
    found = event_columns(people, DAY)
    assert [str(found[step_date(name)][0])[:10] for name in ("Met", "Won")] == ["2026-01-05"] * 2
    assert [str(found[step_date(name)][1])[:10] for name in ("Met", "Won")] == ["2026-01-01", "NaT"]
    assert step_date("Lead") not in found  # everybody is a lead since the lead date
    moves = event_moves(people, DAY)[["client", "when", "stage", "event"]].to_numpy()
    assert [(who, str(when)[:10], stage, event) for who, when, stage, event in moves] == [
        (0, "2026-01-05", "Won", "Bought"), (0, "2026-02-01", "Lead", "Wrote again"),
        (0, "2026-03-01", "Won", "Bought"), (1, "2026-01-01", "Met", "Met"),
    ]  # fmt: skip


def test_sales():
    people = clients(
        (0, "2026-01-05", "Bought", 100), (0, "2026-07-01", "Bought", 50), (0, "2026-07-02", "Refund", -20),
        (0, "2026-08-05", "Bought", 999), (1, "2026-06-30", "Bought", 30), (1, "2026-07-05", "Met"), people=3,
    )  # fmt: skip
    found = event_columns(people, DAY)
    assert found["lifetime_value"].tolist() == [130, 30, 0]
    assert found["value_30_days"].tolist() == [30, 0, 0]  # 1 July is the first of the last 30 days
    assert found["order_value"][:2].tolist() == [75, 30]
    assert np.isnan(found["order_value"][2])
    assert [str(day)[:10] for day in found["last_sale"]] == ["2026-07-01", "2026-06-30", "NaT"]
    named = event_columns(
        clients((0, "2026-01-05", "Bought"), (0, "2026-01-06", "Met", 7), sales="Bought"), DAY
    )
    assert (named["lifetime_value"][0], str(named["last_sale"][0])[:10]) == (0, "2026-01-05")
    own = event_columns(clients((0, "2026-01-05", "Bought", 9), table={"lifetime_value": [1.0]}), DAY)
    assert own["lifetime_value"].tolist() == [1.0]  # a typed value counts
    assert "last_sale" not in event_columns(clients((0, "2026-01-05", "Met")), DAY)  # a log without amounts


def stages_by_rule(rule, *events, people=2):
    found = Funnel(clients(*events, people=people, rules=[rule]), DAY).flagged.frame.collect().to_pandas()
    return found["stage"].tolist()


@pytest.mark.parametrize(
    ("rule", "busy"),
    [
        ({"event": "Opened", "at_least": 2}, "10"),
        ({"event": "Opened", "at_least": 2, "within_the_last": "30 days"}, "00"),
        ({"event": "opened", "within_the_last": "30 days"}, "11"),
        ({"event": ["Opened", "Clicked"], "at_least": 3}, "10"),
        ({"event": "*", "at_least": 1}, "11"),
        ({"event": "Clicked", "at_most": 0}, "01"),
        ({"event": "Never heard of", "at_most": 0}, "11"),
    ],
)
def test_rules_count_events(rule, busy):
    events = [
        (0, "2026-06-30", "Opened"), (0, "2026-07-01", "Opened"), (0, "2026-07-02", "Clicked"),
        (1, "2026-07-03", "Opened"), (1, "2026-08-03", "Opened"),
    ]  # fmt: skip
    assert stages_by_rule(rule, *events) == ["Busy" if said == "1" else "Lead" for said in busy]


def test_a_journey_whose_log_is_not_there():
    rules = [{"event": "Opened"}, {"column": "last_sale", "empty": False}]
    journey = Journey(stages=(*STAGES, Stage(name="Busy", rules=rules)), events=Events(tab="Log"))
    table = pd.DataFrame({"row": [2], "client": ["Ana"]})
    assert Funnel(clients_of(table, journey), DAY).stages["clients"].tolist() == [1, 0, 0, 0, 0, 0]


# --- properties --------------------------------------------------------------------------------------------

things = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(1, 6), st.sampled_from([*ADVANCE, "Lead", "Won", "Smiled"])
    ),
    max_size=30,
)  # fmt: skip


def fold_one(events):
    """The definition, one client, one instant after the other: (stage, since)."""
    rank, since = -1, None
    for day in sorted({day for day, _ in events}):
        targets = [ADVANCE.get(name, name if name in RANKS else None) for when, name in events if when == day]
        backs = [RANKS.index(t["stage"]) for t in targets if isinstance(t, dict)]
        forward = [RANKS.index(t) for t in targets if isinstance(t, str)]
        now = max([*(backs or [rank]), *forward])
        if now != rank:
            rank, since = now, day
    return (RANKS[rank] if rank >= 0 else None), since


@given(things, st.randoms())
def test_the_fold_is_its_definition_and_order_within_an_instant_makes_no_difference(events, dice):
    rows = [(client, f"2026-01-0{day}", name) for client, day, name in events]
    found = event_columns(clients(*rows, people=4), DAY)
    for client in range(4):
        stage, since = fold_one([(day, name) for who, day, name in events if who == client])
        told, when = found["flag:event_stage"][client], found["flag:event_since"][client]
        assert (None if pd.isna(told) else told) == stage
        assert (None if np.isnat(when) else int(str(when)[8:10])) == since
    dice.shuffle(rows)
    again = event_columns(clients(*rows, people=4), DAY)
    for name, values in found.items():
        assert pd.Series(values).equals(pd.Series(again[name])), name


@settings(max_examples=examples(15))
@given(things, st.lists(st.sampled_from([None, "Lead", "Won", "Rival"]), min_size=4, max_size=4))
def test_nobody_is_in_two_stages_or_in_none(events, hands):
    rows = [(client, f"2026-01-0{day}", name) for client, day, name in events]
    table = {"stage": pd.array(hands, dtype="str"), "company": pd.array(["A", "a", "B", None], dtype="str")}
    found = clients(*rows, people=4, table=table, rules=[{"event": "*", "at_least": 4}])
    journey = found.journey.model_copy(update={"company": Company(sync=True)})
    funnel = Funnel(Clients(found.table, journey, events=found.events), DAY)
    assert funnel.stages["clients"].sum() == 4
    assert funnel.stages[[f"by_{how}" for how in SET]].to_numpy().sum() == 4
    assert (
        funnel.steps[["reached", "left", "not_due", "overdue", "undated", "unknown"]].sum(axis=1) == 4
    ).all()
    frame = funnel.flagged.frame.collect().to_pandas()
    assert [hand in (None, stage) for hand, stage in zip(hands, frame["stage"], strict=True)] == [True] * 4
    moves = event_moves(found, DAY)
    last = moves.groupby("client")["stage"].last()
    told = pd.Series(event_columns(found, DAY)["flag:event_stage"])
    assert told.dropna().to_dict() == last.to_dict()


def test_sales_from_the_sheet_and_from_the_log():
    """Blank cells are filled from the log; the later last sale counts; a future cell does not."""
    cells = {
        "last_sale": pd.to_datetime(["2024-05-01", None, "2026-07-20", None, "2027-01-01"]),
        "lifetime_value": [900.0, None, None, None, 5.0],
    }
    days = {0: ("2026-07-28", 50), 1: ("2026-07-01", 70), 2: ("2026-07-10", 30), 4: ("2026-07-03", 20)}
    sales = [(client, day, "Bought", amount) for client, (day, amount) in days.items()]
    sheet = clients(*sales, people=5, table=cells)
    found = event_columns(sheet, DAY)
    assert np.datetime_as_string(found["last_sale"], "D").tolist() == [
        "2026-07-28", "2026-07-01", "2026-07-20", "NaT", "2026-07-03",
    ]  # fmt: skip
    assert pd.Series(found["lifetime_value"]).fillna(-1).tolist() == [900.0, 70.0, 30.0, -1.0, 5.0]
    problems = [(p.kind, p.row, p.message) for p in Funnel(sheet, DAY).problems if "sale" in p.kind]
    assert problems == [
        (
            "older sale date",
            2,
            "Client 0: the last sale is on 2024-05-01 in the sheet and on 2026-07-28 in the log; the later "
            "date counts.",
        ),
        (
            "smaller sum of sales",
            6,
            "Client 4: the lifetime value is 5 in the sheet and 20 in the log; the cell counts.",
        ),
    ]


def test_an_event_in_the_future_is_one_problem_for_all():
    sheet = clients((0, "2026-08-02", "Bought"), (0, "2026-08-01", "Met"), (0, "2026-07-01", "Met"))
    found = [p.message for p in Funnel(sheet, DAY).problems if p.kind == "date in the future"]
    assert found == ["2 events in the log after 2026-07-31: 'Met' on 2026-08-01 is the first. Not counted."]
