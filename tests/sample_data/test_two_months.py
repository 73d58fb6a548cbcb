"""Eight weeks with the preset `lifecycle`, each week counted by hand: a workbook as people use it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from weeks import Week

import funnel
from funnel.errors import ReadError
from funnel.journey import Journey, Stage, preset
from funnel.journey.actions import Action
from funnel.workflows import act
from funnel.workflows import move as moving


def with_stages(journey: Journey, change: Any) -> Journey:
    hand_off = (Action(hand_off="Sales"),)
    stages = [
        stage.model_copy(update={"actions": hand_off}) if stage.name == "Hot Lead" else stage
        for stage in journey.stages
    ]
    return Journey(name=journey.name, columns=journey.columns, stages=tuple(change(stages)))


@pytest.mark.slow
def test_two_months_of_a_lifecycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = ("Contact", "Created", "Assignee", "Lifecycle stage")
    journey = with_stages(preset("lifecycle"), lambda stages: stages)
    week = Week(tmp_path, monkeypatch, headers, journey, "Lifecycle stage")
    created = dt.date(2026, 9, 28)
    # Week 1: four contacts are imported, three of them with a stage.
    week.add(("Ana", created, "Kit", None), ("Ben", created, "Kit", "Hot Lead"))
    week.add(("Cat", created, "Zoe", "Payment"), ("Dan", created, "Zoe", "Customer"))
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Hot Lead": 1, "Payment": 1, "Customer": 1}
    assert week.new_actions() == []  # Ben was there before the log began
    # Week 2: Ana is hot; a batch of two, one with a stage.
    week.next()
    week.type("Ana", "Hot Lead")
    week.add(("Eva", week.day, "Kit", "Hot Lead"), ("Fay", week.day, "Zoe", None))
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Hot Lead": 3, "Payment": 1, "Customer": 1}
    assert week.log()[4:] == [("Ana", "New Lead", "Hot Lead", "typed"), ("Eva", "", "Hot Lead", "typed"),
                              ("Fay", "", "New Lead", "default")]  # fmt: skip
    assert sorted(week.new_actions()) == ["Ana", "Eva"]
    assert week.new_actions() == []
    # Week 3: Ben goes on and comes back, by hand.
    week.next()
    moving.move(week.path, "Ben", "Payment", journey=week.journey, by="Kit")
    moving.move(week.path, "Ben", "Hot Lead", journey=week.journey, by="Kit")
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Hot Lead": 3, "Payment": 1, "Customer": 1}
    assert week.log()[7:] == [
        ("Ben", "Hot Lead", "Payment", "moved"),
        ("Ben", "Payment", "Hot Lead", "moved"),
    ]
    assert week.new_actions() == ["Ben"]
    advance = funnel.Funnel(funnel.load(week.path, week.journey), week.day).advance
    # To Hot came Ana, Ben, Cat, Dan and Eva; on went Cat, Dan and, though back now, Ben.
    assert advance[["n", "advanced"]].values.tolist() == [[6, 5], [5, 3], [3, 1]]
    # Week 4: Hot Lead is called Warm Lead from now on.
    week.next()
    week.journey = with_stages(preset("lifecycle"), renamed)
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Warm Lead": 3, "Payment": 1, "Customer": 1}
    assert len(week.log()) == 9  # a rename moves nobody
    # Week 5: a new stage Demo before Payment; Eva has one.
    week.next()
    week.journey = with_stages(preset("lifecycle"), with_demo)
    week.type("Eva", "Demo")
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Warm Lead": 2, "Demo": 1, "Payment": 1, "Customer": 1}
    # Week 6: Payment is deleted, while Cat is in it.
    week.next()
    week.journey = with_stages(preset("lifecycle"), without_payment)
    with pytest.raises(ReadError, match=r"'Payment' \(1 client, first in D4"):
        week.counts()
    week.journey = week.journey.model_copy(update={"reassign": {"Payment": "Demo"}})
    week.refresh()
    assert week.counts() == {"New Lead": 1, "Warm Lead": 2, "Demo": 2, "Customer": 1}
    # Week 7: Fay is lost. Week 8: she is back, and handed over.
    week.next()
    week.type("Fay", "Cold Lead")
    week.refresh()
    assert week.counts() == {"Warm Lead": 2, "Demo": 2, "Customer": 1, "Cold Lead": 1}
    assert funnel.Funnel(funnel.load(week.path, week.journey), week.day).steps["drop_off"].notna().all()
    week.next()
    week.type("Fay", "Warm Lead")
    assert week.refresh().to_do == ("hand off to 'Sales': Fay",)
    assert week.counts() == {"Warm Lead": 3, "Demo": 2, "Customer": 1}
    assert week.new_actions() == ["Fay"]
    assert act.close(week.path, "Fay", journey=week.journey).chosen["client"].tolist() == ["Fay"]
    # Week 9: somebody deletes Fay's last move from the log.
    week.next()
    week.delete_last_move("Fay")
    plan = week.refresh()
    assert plan.to_do == ()
    assert [sentence for sentence in plan.kept if "deleted by hand" in sentence and "log" in sentence]
    assert week.new_actions() == []
    # The history has a row for each week and its columns in the order of the stages.
    page = openpyxl.load_workbook(week.path)["Funnel history"]
    header = [cell.value for cell in page[3]][1:]
    assert header[3:8] == ["New Lead", "Warm Lead", "Demo", "Payment", "Customer"]  # Payment has its past
    warm = [page.cell(row, 6).value for row in range(4, page.max_row + 1)]
    assert warm == [3, 5, 5, 5, 5, 5, 5, 6, 6]  # Warm Lead or further, under both names


def renamed(stages: list[Stage]) -> list[Stage]:
    return [s.model_copy(update={"name": "Warm Lead", "was": ("Hot Lead",)}) if s.name == "Hot Lead" else s
            for s in stages]  # fmt: skip


def with_demo(stages: list[Stage]) -> list[Stage]:
    found = renamed(stages)
    at = next(i for i, stage in enumerate(found) if stage.name == "Payment")
    return [*found[:at], Stage(name="Demo"), *found[at:]]


def without_payment(stages: list[Stage]) -> list[Stage]:
    return [stage for stage in with_demo(stages) if stage.name != "Payment"]
