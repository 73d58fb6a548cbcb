"""What a journey file means, in sentences."""

from funnel.journey import preset
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
