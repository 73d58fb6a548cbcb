"""How long clients are in their stage, who is stuck and by which rule, how many go on and how fast."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from tables import clients_of

from funnel.grid import Grid
from funnel.history.read import read_log
from funnel.journey import Journey, Stage
from funnel.journey.events import Events
from funnel.metrics import Funnel
from funnel.schema import step_date

DAY = "2026-11-22"
STAGES = (
    Stage(name="Lead", default=True, limit="30 days"), Stage(name="Hot"), Stage(name="Won", paid=True),
    Stage(name="Cold", lost=True),
)  # fmt: skip


def funnel(people, lines=(), stages=STAGES):
    """People of: name, lead date, stage by hand. Lines of: when, since, why, record."""
    names, leads, hands = (list(column) for column in zip(*people, strict=True))
    table = pd.DataFrame({
        "row": range(2, len(people) + 2), "client": names, "lead_date": pd.to_datetime(leads),
        "stage": pd.array(hands, dtype="str"),
    })  # fmt: skip
    columns = [list(column) for column in zip(("When", "Since", "Why", "Record"), *lines, strict=True)]
    log = read_log(Grid("Log", columns)) if lines else None
    return Funnel(clients_of(table, Journey(stages=stages), log=log), DAY)


def hot(name, lead, first, last, number=1):
    """A lead who was seen to become hot between two refreshes."""
    who = f"{name}|{lead}"
    return [(lead, None, "first seen", f"{number} new>stage Lead;{who}"),
            (last, first, "typed", f"{number + 1} stage Lead>stage Hot;{who}")]  # fmt: skip


def test_days_in_the_stage_and_what_tells():
    people = [
        ("Ana", "2026-10-01", None), ("Ben", "2026-10-01", "Hot"), ("Cat", "2026-10-01", "Won"),
        ("Dan", "2026-10-01", "Hot"),
    ]  # fmt: skip
    lines = [*hot("Ben", "2026-10-01", "2026-11-01", "2026-11-08"),
             *hot("Cat", "2026-10-01", "2026-11-01", "2026-11-08", 3)]  # fmt: skip
    result = funnel(people, lines)
    assert result.time_in_stage.replace({np.nan: None}).values.tolist() == [
        [2, "Ana", None, "Lead", 52.0, 52.0, "lead date"],
        [3, "Ben", None, "Hot", 14.0, 21.0, "log"],
        [4, "Cat", None, "Won", 0.0, 14.0, "log"],  # won since the log was last written
        [5, "Dan", None, "Hot", None, None, None],
    ]
    cards = result.stages.set_index("stage")
    shown = ["median_days", "longest_days", "median_days_at_most", "longest_days_at_most", "stuck"]
    assert cards.loc["Hot", shown].replace({np.nan: None}).tolist() == [14.0, 14.0, 21.0, 21.0, None]
    assert cards.loc["Lead", shown].tolist() == [52.0, 52.0, 52.0, 52.0, 1.0]
    assert cards.loc["Cold", shown].isna().all()


def test_stuck_by_the_limit_that_the_journey_declares():
    found = funnel([("Ana", "2026-10-22", None), ("Ben", "2026-10-23", None)]).stuck
    assert found.values.tolist() == [
        [2, "Ana", None, "Lead", 31.0, 31.0, 30.0, "longer than the 30 days that the journey allows"],
    ]


@pytest.mark.parametrize(("n", "stuck"), [(10, ["Zed"]), (9, [])])
def test_stuck_by_what_is_usual_where_enough_went_on(n, stuck):
    """Each of ten was a lead for at most ten days; Zed is one for 31, and Yan for 30."""
    stages = (STAGES[0].model_copy(update={"limit": None}), *STAGES[1:])
    people = [("Zed", "2026-10-22", None), ("Yan", "2026-10-23", None)]
    lines = []
    for i in range(n):
        people.append((f"Client {i}", "2026-06-01", "Hot"))
        lines += hot(f"Client {i}", "2026-06-01", "2026-06-04", "2026-06-11", 2 * i + 1)
    result = funnel(people, lines, stages)
    assert result.stuck["client"].tolist() == stuck
    if stuck:
        assert result.stuck["rule"][0] == "longer than 3 × the 10 days that half of 10 stayed at most"


def test_how_many_go_on_and_how_fast():
    people = [("Ana", "2026-10-01", None), ("Ben", "2026-10-01", "Hot"), ("Cat", "2026-10-01", "Won")]
    found = funnel(people, hot("Ben", "2026-10-01", "2026-11-01", "2026-11-08")).advance
    first, second = found.to_dict("records")
    assert [first[key] for key in ("stage", "next", "n", "advanced", "timed")] == ["Lead", "Hot", 3, 2, 1]
    assert first["rate"] == pytest.approx(2 / 3)
    assert (first["low"], first["high"]) == (pytest.approx(0.2077, abs=1e-4), pytest.approx(0.9385, abs=1e-4))
    assert (first["median_at_least"], first["median_at_most"]) == (31.0, 38.0)
    assert [second[key] for key in ("n", "advanced", "timed")] == [2, 1, 0]
    assert np.isnan(second["median_at_least"])


def test_a_journey_of_marks_has_none_of_it():
    from funnel.journey import Step

    table = pd.DataFrame({"row": [2], "client": ["Ana"], "Met": [True]})
    result = Funnel(clients_of(table, Journey(steps=(Step(name="Met"),))), dt.date(2026, 11, 22))
    assert result.time_in_stage.empty
    assert result.stuck.empty
    assert result.advance.empty


def test_going_on_is_dated_by_events_too_and_who_came_back_has_gone_on():
    """Ana: hot after 10 days, won after 30 more. Ben: hot after 20 days, then a lead by hand. Cat: a lead."""
    days = ["2026-06-11", "2026-07-11", "2026-06-21"]
    log = pd.DataFrame({
        "client": [0, 0, 1], "when": pd.to_datetime(days).astype("datetime64[s]"),
        "event": pd.Categorical(["Asked", "Bought", "Asked"]), "amount": [np.nan] * 3,
    }).sort_values("when", kind="stable")  # fmt: skip
    table = pd.DataFrame({
        "row": [2, 3, 4], "client": ["Ana", "Ben", "Cat"], "lead_date": pd.to_datetime(["2026-06-01"] * 3),
        "stage": pd.array([None, "Lead", None], dtype="str"),
    })  # fmt: skip
    events = Events(tab="Events", advance={"Asked": "Hot", "Bought": "Won"})
    found = Funnel(clients_of(table, Journey(stages=STAGES, events=events), events=log), DAY).advance
    shown = ["stage", "n", "advanced", "timed", "median_at_least", "median_at_most"]
    assert found[shown].values.tolist() == [["Lead", 3, 2, 2, 15.0, 15.0], ["Hot", 2, 1, 1, 30.0, 30.0]]


def test_a_typed_stage_without_a_date_was_entered_by_the_day_of_the_numbers():
    """Ana was hot on 11 June, and "Won" is typed without a day: 0 to 164 days later. Ben has no date."""
    table = pd.DataFrame({
        "row": [2, 3], "client": ["Ana", "Ben"], "lead_date": pd.to_datetime(["2026-06-01"] * 2),
        "stage": pd.array(["Won", "Won"], dtype="str"),
    })  # fmt: skip
    table[step_date("Hot")] = pd.to_datetime(["2026-06-11", None])
    found = Funnel(clients_of(table, Journey(stages=STAGES)), DAY).advance
    shown = ["stage", "n", "advanced", "timed", "median_at_least", "median_at_most"]
    assert found[shown].values.tolist() == [["Lead", 2, 2, 1, 10.0, 10.0], ["Hot", 2, 2, 1, 0.0, 164.0]]


def test_going_on_is_dated_by_dated_marks():
    """Two columns with the days on which a stage began."""
    table = pd.DataFrame({
        "row": [2, 3], "client": ["Ana", "Ben"], "lead_date": pd.to_datetime(["2026-06-01"] * 2),
        "stage": pd.array(["Won", "Hot"], dtype="str"),
    })  # fmt: skip
    table[step_date("Hot")] = pd.to_datetime(["2026-06-11", "2026-06-05"])
    table[step_date("Won")] = pd.to_datetime(["2026-06-25", None])
    found = Funnel(clients_of(table, Journey(stages=STAGES)), DAY).advance
    shown = ["stage", "n", "advanced", "timed", "median_at_least"]
    assert found[shown].values.tolist() == [["Lead", 2, 2, 2, 7.0], ["Hot", 2, 1, 1, 14.0]]
