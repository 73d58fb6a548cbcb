import pytest
from pydantic import ValidationError

from funnel.journey import Column, Duration, FollowUp, Journey, Step

PAID = Step(name="Paid", paid=True)


def test_the_kind_of_a_step_follows_from_its_clock():
    assert [s.kind for s in (PAID, Step(name="a", months=1), Step(name="b", after="6 weeks"))] == [
        "step", "retention", "retention",
    ]  # fmt: skip


def test_a_step_is_due_by_its_clock_its_own_time_or_the_period():
    journey = Journey(
        period="30 days",
        steps=(
            Step(name="a"),
            Step(name="b", due="7 days"),
            Step(name="c", months=3),
            Step(name="d", after="2 weeks"),
        ),
    )
    assert [journey.due(name) for name in "abcd"] == [
        Duration(days=30), Duration(days=7), Duration(months=3), Duration(days=14),
    ]  # fmt: skip


def test_headers_are_the_column_the_name_and_the_aliases_once_each():
    assert Step(name="Paid", column="First paid", aliases=("Paid", "Pagato")).headers == (
        "First paid", "Paid", "Pagato",
    )  # fmt: skip


def test_a_column_may_be_a_header_several_or_a_join():
    assert Column.model_validate("Name") == Column(headers=("Name",))
    assert Column.model_validate(["Name", "Client"]).headers == ("Name", "Client")
    assert Column.model_validate({"join": ["First", "Last"]}).join == ("First", "Last")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            (PAID, Step(name="Sold", paid=True)),
            "'Paid' and 'Sold' are both `paid = true`; only one step can be",
        ),
        ((PAID, PAID), "two steps are called 'Paid'; every step needs its own name"),
        (
            (Step(name="1m", months=1), Step(name="First month", after="1 month")),
            "the steps '1m' and 'First month' are both retention at 1 month; each needs its own time",
        ),
    ],
)
def test_journeys_that_contradict_themselves_are_refused(steps, message):
    with pytest.raises(ValidationError) as raised:
        Journey(steps=steps)
    assert raised.value.errors()[0]["ctx"]["error"].args == (message,)


def test_a_journey_is_frozen_and_prints_its_facts():
    journey = Journey(name="Gym", steps=(PAID, Step(name="6w", after="6 weeks")))
    assert repr(journey) == "Journey 'Gym': 2 steps, paid at 'Paid', retention at 42 days"
    with pytest.raises(ValidationError):
        journey.name = "Other"
    with pytest.raises(KeyError):
        journey.step("Nothing")


def test_follow_ups_remain_as_far_as_their_steps_do():
    steps = (Step(name="Met"), PAID)
    items = (
        FollowUp(name="call", after="1 day", step="Met"),
        FollowUp(name="ask", after="1 week", step=("Met", "Paid")),
        FollowUp(name="write", after="2 weeks"),
        FollowUp(name="thank", after="1 day", since="Met"),
    )
    journey = Journey(steps=steps, follow_ups=items)
    assert journey.follow_ups_of(["Met", "Paid"]) == items
    assert [(item.name, item.step) for item in journey.follow_ups_of(["Paid"])] == [
        ("ask", ("Paid",)), ("write", ()),
    ]  # fmt: skip
