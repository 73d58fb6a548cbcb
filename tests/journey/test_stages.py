"""Stages in a journey: in order, one the default, the lost apart; errors as sentences."""

import pytest

from funnel.errors import JourneyError
from funnel.journey import Journey, Step, parse_journey
from funnel.journey.stages import Stage, names
from funnel.reading.journey_file import write_toml

WHOLE = """
name = "Studio"
[columns]
client = "Name"
stage = ["Stage", "Status"]
[[stage]]
name = "New Inquiry"
description = "Nothing since the inquiry."
emoji = "🌱"
was = ["Inquiry", "Enquiry"]
default = true
win_probability = 0.05
[[stage]]
name = "Trial"
rules = ["Intro", { all = [{ column = "Visits", at_least = 3 }, { column = "Ends", after = 2026-01-31 }] }]
[[stage]]
name = "Old stage"
active = false
[[stage]]
name = "Active"
paid = true
rules = [{ column = "Package", one_of = ["Member", "Ten visits"] }]
[[stage]]
name = "No answer"
lost = true
reason = "No response"
reached = "Trial"
rules = [{ column = "Last seen", older_than = "24 months" }]
[reassign]
"Walk-in" = "New Inquiry"
[segment]
Intro = { column = "Package", is = "Intro" }
"""


def test_a_whole_file():
    journey = parse_journey(WHOLE)
    assert [stage.name for stage in journey.ordered_stages] == ["New Inquiry", "Trial", "Active"]
    assert [(stage.name, stage.left_reason) for stage in journey.lost] == [("No answer", "No response")]
    assert journey.staged
    assert journey.steps == (
        Step(name="New Inquiry", win_probability=0.05), Step(name="Trial"), Step(name="Active", paid=True),
    )  # fmt: skip
    assert repr(journey) == "Journey 'Studio': 3 steps, paid at 'Active'"
    assert names(journey.stages, journey.reassign) == {
        "walk in": "New Inquiry", "new inquiry": "New Inquiry", "inquiry": "New Inquiry",
        "enquiry": "New Inquiry", "trial": "Trial", "active": "Active", "no answer": "No answer",
    }  # fmt: skip


def test_what_is_written_reads_back():
    assert parse_journey(write_toml(parse_journey(WHOLE))) == parse_journey(WHOLE)


def test_steps_of_their_own_stand_beside_the_stages():
    journey = Journey(steps=(Step(name="Met"),), stages=(Stage(name="Lead", default=True),))
    assert (journey.staged, [step.name for step in journey.steps]) == (False, ["Met"])


LEAD = '[[stage]]\nname = "Lead"\ndefault = true\n'
WON = '[[stage]]\nname = "Won"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WON, "j.toml: no stage is the default; add `default = true` to the stage of a new client."),
        (
            LEAD + WON + "default = true",
            "j.toml: 'Lead' and 'Won' are all `default = true`; only one stage can be.",
        ),
        (
            LEAD + "paid = true\n" + WON + "paid = true",
            "j.toml: 'Lead' and 'Won' are all `paid = true`; only one stage can be.",
        ),
        (
            LEAD + 'was = ["Won"]\n' + WON + 'was = ["Lead"]',
            "j.toml: the stages 'Lead' and 'Won' name each other in `was`; keep only the one that was "
            "renamed.",
        ),
        (
            LEAD + WON + 'was = "Lead"',
            "j.toml: stage 'Won' has 'Lead' in `was`, but another stage has that name; "
            'use `reassign = { "Old" = "New" }` to move its clients.',
        ),
        (
            LEAD + 'was = "lead"',
            "j.toml: stage 'Lead' has its own name 'lead' in `was`; remove it there.",
        ),
        (
            LEAD + 'was = "Old"\n' + WON + 'was = "Old"',
            "j.toml: the stages 'Lead' and 'Won' both have 'Old' in `was`; keep one.",
        ),
        (
            LEAD + '[[stage]]\nname = "LEAD"',
            "j.toml: two stages are called 'LEAD'; every stage needs its own name.",
        ),
        (
            LEAD + "lost = true",
            "j.toml: stage 'Lead' is `lost` and `default`; it can only be one of them.",
        ),
        (
            LEAD + "active = false",
            "j.toml: stage 'Lead' is `default` and switched off; it can only be one of them.",
        ),
        (
            LEAD + 'reason = "x"',
            "j.toml: stage 'Lead' has a `reason`, which only a lost stage can have.",
        ),
        (
            LEAD + WON + 'reached = "Lead"',
            "j.toml: stage 'Won' has `reached`, which only a lost stage can have.",
        ),
        (
            LEAD + WON + '[[stage]]\nname = "Cold"\nlost = true\nreached = "Wonn"',
            "j.toml: stage 'Cold' has `reached` = 'Wonn', which is not an ordered stage; "
            "did you mean 'Won'?",
        ),
        (
            LEAD + '[[stage]]\nname = "Cold"\nlost = true\nreached = "Cold"',
            "j.toml: stage 'Cold' has `reached` = 'Cold', which is not an ordered stage. "
            "Those stages: 'Lead'.",
        ),
        (
            LEAD + '[[stage]]\nname = "Cold"\nlost = true\nwin_probability = 0.2',
            "j.toml: stage 'Cold' is lost, so its `win_probability` is 0; remove it.",
        ),
        (
            WON + "lost = true",
            "j.toml: every stage is lost or switched off; a journey needs at least one that is neither.",
        ),
        (
            LEAD + WON + '[reassign]\n"Old" = "Wonn"',
            "j.toml: `reassign` moves clients from 'Old' to 'Wonn', which is not an active stage; did "
            "you mean 'Won'?",
        ),
        (
            LEAD + WON + '[reassign]\n"Won" = "Lead"',
            "j.toml: `reassign` moves clients out of 'Won', which is still a stage; remove one of the two.",
        ),
        (
            LEAD + "emojy = 1",
            "j.toml: the key `emojy` in stage 1 ('Lead') is not known. Did you mean 'emoji'? Known here: "
            "name, description, emoji, was, active, default, avoid, paid, lost, reason, reached, "
            "win_probability, limit, rules and actions.",
        ),
        (
            LEAD + "win_probability = 5",
            "j.toml: `win_probability` of stage 1 ('Lead') should be 1 or less, not 5.",
        ),
        (
            '[stage]\nname = "A"',
            "j.toml: every stage begins with its own line [[stage]], in double brackets.",
        ),
        (LEAD.replace("Lead", "🔥"), "j.toml: a stage has the name '🔥'; a name needs letters or numbers."),
        (
            "segment = 3\n" + LEAD,
            "j.toml: [segment] should be a table: the line [segment], and keys below it.",
        ),
    ],
)  # fmt: skip
def test_errors_are_sentences(text, message):
    with pytest.raises(JourneyError) as raised:
        parse_journey(text, "j.toml")
    assert str(raised.value) == message
