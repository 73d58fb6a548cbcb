"""What can never be in a journey: rules that contradict themselves or are never used, stages alike."""

from __future__ import annotations

import pytest

from funnel.journey import Stage, preset, presets
from funnel.journey.contradictions import contradictions
from funnel.journey.rules import read_rule
from funnel.journey.stages import nearest_stage

LEAD = Stage(name="Lead", default=True)


def said(*stages: Stage, **segments: object) -> list[str]:
    return list(contradictions((LEAD, *stages), {name: read_rule(rule) for name, rule in segments.items()}))


def rule(column: str, **comparison: object) -> dict[str, object]:
    return {"column": column, **comparison}


@pytest.mark.parametrize(
    ("parts", "clash"),
    [
        ([rule("Score", at_least=60), rule("Score", at_most=10)], True),
        ([rule("Score", at_least=10), rule("Score", at_most=10)], False),
        ([rule("Town", **{"is": "Bath"}), rule("town", **{"is": "York"})], True),
        ([rule("Town", **{"is": "Bath"}), rule("Town", one_of=["York", "Hull"])], True),
        ([rule("Town", **{"is": "Bath"}), rule("Town", is_not="bath")], True),
        ([rule("Town", **{"is": "Bath"}), rule("County", **{"is": "York"})], False),
        ([rule("Town", empty=True), rule("Town", contains="ath")], True),
        ([rule("Town", empty=True), rule("Town", is_not="Bath")], False),
        ([rule("Seen", older_than="3 months"), rule("Seen", within_the_last="30 days")], True),
        ([rule("Seen", older_than="30 days"), rule("Seen", within_the_last="3 months")], False),
        ([rule("Seen", after="2026-02-01"), rule("Seen", before="2026-02-02")], True),
        ([{"event": "Opened", "at_least": 3}, {"event": "opened", "at_most": 1}], True),
    ],
)
def test_a_rule_that_contradicts_itself(parts: list[object], clash: bool) -> None:
    found = said(Stage(name="Hot", rules=[{"all": parts}]))
    assert len(found) == clash
    assert all(sentence.startswith("A rule of the stage 'Hot' never holds: ") for sentence in found)


def test_a_contradiction_is_found_through_a_segment() -> None:
    hot = Stage(name="Hot", rules=[{"all": ["Busy", rule("Visits", at_most=2)]}])
    assert said(hot, Busy=rule("Visits", at_least=5)) == [
        "A rule of the stage 'Hot' never holds: `at_least = 5` and `at_most = 2` on the column 'Visits'."
    ]


def test_a_rule_that_is_never_used() -> None:
    """The further stage is tried first: whoever has 5 visits has 3."""
    hot = Stage(name="Hot", rules=[rule("Visits", at_least=5)])
    won = Stage(name="Won", rules=[rule("Visits", at_least=3)])
    sentence = (
        "A rule of the stage 'Hot' is never used: each client who meets it also meets a rule of 'Won', which "
        "is tried first (lost stages, then the furthest stage)."
    )
    assert said(hot, won) == [sentence]
    assert said(won.model_copy(update={"name": "Warm"}), hot) == []
    same = [rule("Visits", at_least=3)]
    assert said(Stage(name="Hot", rules=same), won) == [sentence]
    lost = Stage(name="Cold", lost=True, rules=[rule("Seen", empty=False)])
    seen = Stage(name="Seen", rules=[rule("Seen", within_the_last="30 days")])
    assert said(seen, lost)[0].startswith("A rule of the stage 'Seen' is never used")
    either = Stage(
        name="Either", rules=[{"any": [rule("Visits", at_least=9), rule("Town", **{"is": "Bath"})]}]
    )
    assert said(either, won) == []  # somebody of Bath with few visits uses it


def test_stages_alike_and_a_win_probability_that_falls() -> None:
    names = ("Active Client", "Active Clients", "Call 1", "Call 2")
    assert said(*(Stage(name=name) for name in names)) == [
        "The stages 'Active Client' and 'Active Clients' have nearly the same name; rename one."
    ]
    chances = [Stage(name="Trial", win_probability=0.4), Stage(name="Offer", win_probability=0.2)]
    assert said(*chances) == [
        "The win probability falls from 'Trial' (40 %) to the later stage 'Offer' (20 %); a client who "
        "advances should be more likely to pay."
    ]


def test_the_presets_have_none_of_it() -> None:
    for name in presets():
        journey = preset(name)
        assert list(contradictions(journey.stages, journey.segments)) == [], name


def test_a_lost_stage_is_not_suggested_for_a_live_one() -> None:
    stages = preset("sales").stages
    assert nearest_stage("Custmer", stages) == "Customer"
    assert nearest_stage("Lost Custmer", stages) == "Lost Customer"
    assert nearest_stage("Qualified", preset("lifecycle").stages) is None
