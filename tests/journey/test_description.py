"""What a journey file means, in sentences."""

from funnel.journey import parse_journey, preset
from funnel.journey.description import describe


def test_stages_come_with_their_rules_and_events() -> None:
    assert [*describe(preset("studio"))][15:23] == [
        "  New Inquiry: a new client starts here; win probability 5 %",
        "  Booked/Drop-In: win probability 20 %",
        "    rule: `at_least = 1` on the column 'Sessions attended'",
        "  Active Trial: win probability 40 %",
        "    rule: the segment 'Introductory offer'",
        "  Decision Zone: win probability 40 %",
        "    rule: the segment 'Introductory offer' and `older_than = \"0 days\"` on the column 'Offer ends'",
        "    rule: the segment 'Introductory offer' and `at_most = 1` on the column 'Credits left'",
    ]
    assert "  'Purchased' leads to Closed Customers" in [*describe(preset("marketing"))]


def test_steps_come_with_their_times() -> None:
    said = [*describe(preset("gym"))]
    assert "  First paid session: the client has paid" in said
    assert (
        "  Client contacted: target 100 %" in said
        or "  Client contacted: due after 1 day; target 100 %" in said
    )
    assert any(line.startswith("  One month post-lead: still here after 1 month") for line in said)


def test_what_can_never_be_is_said() -> None:
    """The rule of Warm never holds, that of Hot is never used, and Hot is less likely to pay than Warm."""
    text = """
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Warm"
win_probability = 0.5
rules = [{ all = [{ column = "Score", at_least = 60 }, { column = "Score", at_most = 10 }] }]
[[stage]]
name = "Hot"
win_probability = 0.3
rules = [{ column = "Score", at_least = 50 }]
[[stage]]
name = "Won"
paid = true
rules = [{ column = "Score", at_least = 50 }]
"""
    lines = [*describe(parse_journey(text))]
    assert lines[lines.index("Correct in the journey file") + 1 :] == [
        "  A rule of the stage 'Hot' is never used: each client who meets it also meets a rule of 'Won', "
        "which is tried first (lost stages, then the furthest stage).",
        "  A rule of the stage 'Warm' never holds: `at_least = 60` and `at_most = 10` on the column 'Score'.",
        "  The win probability falls from 'Warm' (50 %) to the later stage 'Hot' (30 %); a client who "
        "advances should be more likely to pay.",
    ]
