"""Event logs in a journey file: what it may say, and what it may not; it is written as it was read."""

import pytest

from funnel.errors import JourneyError
from funnel.journey import parse_journey
from funnel.journey.events import Advance, targets
from funnel.reading.journey_file import write_toml

STAGES = """
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Customer"
was = ["Won"]
paid = true
[[stage]]
name = "Cold"
lost = true
"""
WHOLE = (
    STAGES
    + """
[company]
column = "Firm"
sync = true
[events]
file = "events.csv"
sales = ["Purchased", "Renewed"]
[events.columns]
client = ["Contact", "E-mail"]
when = "At"
[events.advance]
"Purchased" = "Customer"
"Unsubscribed" = "Cold"
"Wrote again" = { stage = "Lead", back = true }
"""
)


def test_a_whole_file():
    journey = parse_journey(WHOLE)
    events = journey.events
    assert (events.tab, events.file, events.sales) == (None, "events.csv", ("Purchased", "Renewed"))
    assert events.columns == {"client": ("Contact", "E-mail"), "when": ("At",)}
    assert events.advance["Wrote again"] == Advance(stage="Lead", back=True)
    assert (journey.company.column, journey.company.sync) == ("Firm", True)
    assert not events.is_the_sheet
    assert parse_journey(STAGES + "[events]").events.is_the_sheet


def test_what_is_written_reads_back():
    for text in (WHOLE, STAGES + "[events]", STAGES + '[events]\ntab = "Log"\nsales = "Sale"'):
        journey = parse_journey(text)
        assert parse_journey(write_toml(journey)) == journey


def test_a_stage_s_own_names_bring_a_client_there_unless_the_mapping_says_otherwise():
    journey = parse_journey(WHOLE + '"won" = { stage = "Customer", back = true }')
    found = targets(journey.events, journey.stages)
    assert found["cold"] == Advance(stage="Cold")
    assert found["customer"] == Advance(stage="Customer")
    assert found["won"].back
    assert found["wrote again"].stage == "Lead"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events = 3", "j.toml: [events] should be a table: the line [events], and keys below it."),
        (
            '[events]\ntbl = "Log"',
            "j.toml: the key `tbl` in [events] is not known. Did you mean 'tab'? Known here: tab, file, "
            "columns, sales, zone and advance.",
        ),
        (
            '[events]\ntab = "Log"\nfile = "log.csv"',
            "j.toml: `events`: [events] has both `tab` and `file`; keep one.",
        ),
        (
            '[events.columns]\nclint = "Name"',
            "j.toml: the key `clint` in [events.columns] is not known. Did you mean 'client'? Known here: "
            "client, event, when, by and amount.",
        ),
        (
            "[events.columns]\nclient = 3",
            "j.toml: `events.columns.client` should be text in quotes, or a list of such "
            '(["…", "…"]), not 3.',
        ),
        (
            '[events]\nadvance = "Customer"',
            "j.toml: [events.advance] should be a table: the line [events.advance], and keys below it.",
        ),
        (
            '[events.advance]\n"Bought" = "Custmer"',
            "j.toml: `events.advance` moves 'Bought' to 'Custmer', which is not an active stage; did you "
            "mean 'Customer'?",
        ),
        (
            '[events.advance]\n"Bought" = "Somewhere"',
            "j.toml: `events.advance` moves 'Bought' to 'Somewhere', which is not an active stage. "
            "Active stages: 'Lead', 'Customer' and 'Cold'.",
        ),
        (
            '[events.advance]\n"Bought" = "Customer"\n"bought!" = "Lead"',
            "j.toml: `events.advance` has 'Bought' and 'bought!', which are the same; keep one.",
        ),
        (
            '[events.advance]\n"Back" = { stage = "Lead", bakc = true }',
            "j.toml: the key `bakc` of 'Back' in [events.advance] is not known. Did you mean 'back'? Known "
            "here: stage and back.",
        ),
        (
            '[events.advance]\n"Back" = { stage = "Lead", back = "maybe" }',
            "j.toml: `events.advance.Back.back` should be true or false, not 'maybe'.",
        ),
        (
            '[events.advance]\n"Back" = { back = true }',
            "j.toml: `events.advance.Back.stage` is missing.",
        ),
        (
            "[company]\nsinc = true",
            "j.toml: the key `sinc` in [company] is not known. Did you mean 'sync'? Known here: column and "
            "sync.",
        ),
        (
            '[[stage]]\nname = "Busy"\nrules = [{ event = "Opened" }]',
            'j.toml: there is a rule `at_least = 1` on the event "Opened", but the journey has no event log; '
            'add it below a line [events]: tab = "Events", or file = "events.csv".',
        ),
    ],
)
def test_errors_name_the_file_and_the_key(text, message):
    with pytest.raises(JourneyError) as raised:
        parse_journey(text + STAGES if text.startswith("events") else STAGES + text, "j.toml")
    assert str(raised.value) == message
