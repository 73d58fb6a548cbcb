"""Some of the clients: by stage, lost stage and any other column, standing where they stand among all."""

import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients, Problem
from funnel.errors import UsageError
from funnel.journey import Journey, Stage, Step
from funnel.journey.company import Company
from funnel.metrics import Funnel

STAGES = (
    Stage(name="Lead", default=True), Stage(name="Hot Lead", was="Warm"), Stage(name="Won", paid=True),
    Stage(name="Cold", lost=True), Stage(name="Too dear", lost=True),
)  # fmt: skip
TABLE = pd.DataFrame({
    "row": range(2, 8), "client": list("abcdef"), "coach": ["Zoe", "Zoe", "Kit", None, "Kit", "Zoe"],
    "stage": [None, "Hot Lead", "Won", "Cold", "Too dear", "Hot Lead"],
    "company": ["Elm", "Oak", "Elm", "Oak", None, None], "value": [1.0, 2, 4, 8, 16, 32],
}).astype({"client": "str", "coach": "str", "stage": "str", "company": "str"})  # fmt: skip
TABLE["lead_date"] = pd.to_datetime(["2026-05-01"] * 6)


def whole(**more: object) -> Funnel:
    problems = (Problem("colour", "…", row=2), Problem("colour", "…", row=5), Problem("sheet", "…"))
    return Funnel(Clients(TABLE, Journey(stages=STAGES), problems, **more), "2026-06-01")  # type: ignore[arg-type]


def names(funnel: Funnel) -> str:
    return "".join(funnel.clients.table["client"])


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({"stage": "Hot Lead"}, "bf"), ({"stage": "warm"}, "bf"), ({"stage": "Lead"}, "a"),
        ({"stage": "(lost)"}, "de"), ({"stage": "Too dear"}, "e"), ({"coach": "Zoe"}, "abf"),
        ({"coach": None}, "d"), ({"coach": "Zoe", "stage": "Hot Lead"}, "bf"), ({"company": "Oak"}, "bd"),
        ({"coach": "Kit", "stage": "Cold"}, ""),
    ],
)  # fmt: skip
def test_who_is_chosen(by: dict[str, str | None], found: str) -> None:
    some = whole().where(**by)
    assert names(some) == found
    assert some.leads == some.stages["clients"].sum() == len(found)
    assert some.leads_after_as_of == 0


def test_all_that_is_said_is_of_them_alone() -> None:
    some = whole().where(stage="(lost)")
    assert some.clients.only == "stage '(lost)'"
    assert some.assumed[0] == "Only stage '(lost)': 2 of 6 clients."
    assert [problem.row for problem in some.clients.problems] == [5, None]
    assert some.stages.set_index("stage")["clients"].to_dict() == {
        "Lead": 0, "Hot Lead": 0, "Won": 0, "Cold": 1, "Too dear": 1,
    }  # fmt: skip
    assert some.leavers()["n"].sum() == 2
    again = some.where(coach="Kit")
    assert (names(again), again.clients.only) == ("e", "stage '(lost)' and coach 'Kit'")


def test_who_stands_where_by_a_company_still_does_without_its_others() -> None:
    journey = Journey(stages=STAGES, company=Company(sync=True))
    funnel = Funnel(Clients(TABLE, journey), "2026-06-01")
    assert names(funnel.where(stage="Won")) == "ac"  # a by the company of c
    assert funnel.where(stage="Won").where(coach="Zoe").stages["by_company"].sum() == 1


def test_events_stay_with_their_clients() -> None:
    events = pd.DataFrame({"client": [0, 4, 4, 5], "event": ["w", "x", "y", "z"],
                           "when": pd.to_datetime(["2026-05-02"] * 4), "by": None, "amount": 1.0,
                           "row": [2, 3, 4, 5]})  # fmt: skip
    some = whole(events=events).where(coach="Kit").clients
    assert some.table["client"].tolist() == ["c", "e"]
    assert some.events is not None
    assert some.events[["client", "event"]].values.tolist() == [[1, "x"], [1, "y"]]


def test_of_a_sheet_without_a_stage_column_too() -> None:
    stages = (Stage(name="Lead", default=True), Stage(name="Won", rules=[{"column": "value", "at_least": 8}]))
    funnel = Funnel(Clients(TABLE.drop(columns="stage"), Journey(stages=stages)), "2026-06-01")
    assert names(funnel.where(stage="Won")) == "def"
    assert funnel.by("stage").groupby("value", sort=False)["clients"].first().to_dict() == {
        "Lead": 3,
        "Won": 3,
    }


def test_a_gym_has_no_stage_but_other_columns() -> None:
    table = TABLE.drop(columns="stage").assign(Met=True)
    funnel = Funnel(clients_of(table, Journey(steps=(Step(name="Met"),))), "2026-06-01")
    assert names(funnel.where(coach="Kit")) == "ce"
    with pytest.raises(UsageError, match="There is no column 'stage'"):
        funnel.where(stage="Lead")


def test_a_stage_that_there_is_not() -> None:
    with pytest.raises(UsageError) as raised:
        whole().where(stage="Hot Leed")
    assert str(raised.value) == (
        "There is no stage 'Hot Leed'; did you mean 'Hot Lead'? There are 'Lead', 'Hot Lead', 'Won', 'Cold', "
        "'Too dear' and '(lost)'."
    )


def test_segments_by_stage_stand_in_the_journeys_order() -> None:
    assert list(dict.fromkeys(whole().by("stage")["value"])) == [
        "Lead",
        "Hot Lead",
        "Won",
        "Cold",
        "Too dear",
    ]
    cards = whole().stages_by("coach")
    zoe = cards[cards["value_of"] == "Zoe"].set_index("stage")
    assert zoe["clients"].to_dict() == {"Lead": 1, "Hot Lead": 2, "Won": 0, "Cold": 0, "Too dear": 0}
    assert zoe["of"].tolist() == [3] * 5
    assert list(dict.fromkeys(cards["value_of"])) == ["Kit", "Zoe", "(blank)"]


def test_a_lost_client_of_another_coach_leaves_the_numbers_of_this_one_known() -> None:
    """Zoe's a is a Lead, b and f are Hot Leads; the lost d and e are others'."""
    zoe = whole().where(coach="Zoe")
    steps = zoe.steps.set_index("step")
    assert steps["marked"].to_dict() == {"Lead": 3, "Hot Lead": 2, "Won": 0}
    assert steps["unknown"].sum() == 0
    assert not any("not known" in sentence for sentence in zoe.assumed)
    as_of = Funnel(whole().clients, "2026-09-01").where(coach="Zoe").steps.set_index("step")
    assert as_of["settled_n"].to_dict() == {"Lead": 3, "Hot Lead": 3, "Won": 2}  # all three due after 90 days
    assert as_of["settled_overdue"].to_dict() == {"Lead": 0, "Hot Lead": 1, "Won": 2}
    assert as_of["settled_drop_off"].tolist() == [0, pytest.approx(1 / 3), 1]
    assert zoe.has_leaving_data
    assert not whole().has_leaving_data  # whether d and e had paid is unknown


def test_the_lost_clients_themselves_stay_unknown() -> None:
    kit = Funnel(whole().clients, "2026-09-01").where(coach="Kit")  # c is Won, e lost
    steps = kit.steps.set_index("step")
    assert steps["unknown"].to_dict() == {"Lead": 0, "Hot Lead": 1, "Won": 1}
    assert steps["settled_n"].to_dict() == {"Lead": 2, "Hot Lead": 0, "Won": 0}
    assert any(
        sentence.startswith("It is unknown how far 1 client in a lost stage came") for sentence in kit.assumed
    )


def test_a_filter_of_a_filter_is_counted_alone_too() -> None:
    assert whole().where(coach="Kit").where(stage="Won").steps["unknown"].sum() == 0


def test_a_lost_client_of_a_later_day_makes_nothing_unknown() -> None:
    table = TABLE.assign(lead_date=pd.to_datetime(["2026-01-01"] * 3 + ["2026-08-01"] * 2 + ["2026-01-01"]))
    funnel = Funnel(Clients(table, Journey(stages=STAGES)), "2026-06-01")
    assert funnel.leads == 4
    assert funnel.steps["unknown"].sum() == 0
    assert funnel.steps["marked"].tolist() == [4, 3, 1]
