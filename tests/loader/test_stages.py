"""One stage column: names, former names, blanks; what the journey does not have is refused."""

import pytest

from funnel.errors import ReadError
from funnel.journey import Journey, Stage
from funnel.loader import load

STAGES = (
    Stage(name="New Lead", default=True, was="Enquiry"),
    Stage(name="Hot Lead", emoji="🔥"),
    Stage(name="Off", active=False),
    Stage(name="Customer", paid=True),
    Stage(name="Cold Lead", lost=True),
)
JOURNEY = Journey(
    name="Lifecycle", columns={"client": "Name"}, stages=STAGES, reassign={"Walk-in": "New Lead"}
)


def test_names_former_names_and_blanks(sheet):
    clients = load(
        sheet(
            ["Name", "Status", "Town"], ["Ana", "NEW LEAD", "Bath"], ["Ben", "🔥 Hot Lead", None],
            ["Cat", "enquiry"], ["Dan", None], ["Eva", "walk in"], ["Fay", "-"], ["Gus", "Cold lead"],
            [None, "Customer"],
        ),
        JOURNEY,
    )  # fmt: skip
    assert clients.table["stage"].astype(object).where(clients.table["stage"].notna(), None).tolist() == [
        "New Lead", "Hot Lead", "New Lead", None, "New Lead", None, "Cold Lead", "Customer",
    ]  # fmt: skip
    assert list(clients.to_frame()) == ["row", "client", "stage", "painted", "Town"]
    assert [problem.kind for problem in clients.problems] == ["no name"]


def test_a_stage_below_a_gap_is_a_client(sheet):
    clients = load(
        sheet(["Name", "Stage"], ["Ana", "Customer"], [], ["Ben", "Hot Lead"], ["Note", None]), JOURNEY
    )
    assert clients.table["client"].tolist() == ["Ana", "Ben"]


def test_what_the_journey_does_not_have_is_refused(sheet):
    rows = [["Name", "Stage"], ["Ana", "Costumer"], ["Ben", "Frozen"], ["Cat", "costumer"],
            ["Dan", "Costumer"], ["Eva", "off"], ["Fay", "Customer"]]  # fmt: skip
    with pytest.raises(ReadError) as raised:
        load(sheet(*rows), JOURNEY, source="clients.csv")
    assert str(raised.value) == (
        "clients.csv, tab 'Clients': the column 'Stage' contains 4 stages that the journey "
        "'Lifecycle' does not have: 'Costumer' (2 clients, first in B2, did you mean 'Customer'?), 'Frozen' "
        "(1 client, first in B3), "
        "'costumer' (1 client, first in B4, did you mean 'Customer'?) and 'off' (1 client, first in B6, "
        "switched "
        "off by `active = false`). Nothing was counted, so that no client is left out. Correct the cells; or "
        "add the stage to the journey file as a [[stage]]; or reassign its clients: "
        'reassign = { "Costumer" = "Customer" }.'
    )


def test_a_sheet_without_the_column(sheet):
    with pytest.raises(ReadError) as raised:
        load(sheet(["Name", "Town"], ["Ana", "Bath"]), JOURNEY, source="clients.csv")
    assert str(raised.value) == (
        "The journey 'Lifecycle' has stages, and the tab 'Clients' of clients.csv has no column for them. "
        "Its "
        "headers in row 1 are 'Name' and 'Town'. Name the column in the journey file: [columns] stage = "
        '"…".'
    )


def test_a_column_called_like_a_stage_is_no_stage(sheet):
    clients = load(sheet(["Name", "Stage", "Customer"], ["Ana", "Hot Lead", "since 2024"]), JOURNEY)
    assert clients.to_frame()["Customer"].tolist() == ["since 2024"]


def test_past_twenty_a_journey_is_warned_about(sheet):
    many = [Stage(name=f"S{i}", default=i == 0) for i in range(21)]
    clients = load(
        sheet(["Name", "Stage"], ["Ana", "S3"]), Journey(columns={"client": "Name"}, stages=tuple(many))
    )
    assert "the journey has 21 stages; more than 20 are hard to keep apart" in clients.assumed


def test_a_stage_column_is_inferred_where_the_sheet_keeps_nothing_else(sheet):
    rows = [["Client", "Status", "Lead date"], ["Ana", "Call", "2026-01-05"], ["Ben", "Won", "2026-01-06"],
            ["Cat", "New", "2026-01-07"], ["Dan", "Lost", "2026-01-08"],
            ["Eva", None, "2026-01-09"]]  # fmt: skip
    clients = load(sheet(*rows))
    assert [step.name for step in clients.journey.steps] == ["New", "Call", "Won"]
    assert clients.journey.paid.name == "Won"
    assert clients.assumed[0] == (
        "stages taken from the column 'Status', in the order of their words: 'New' → 'Call' → 'Won', and "
        "lost: 'Lost'; a blank cell is 'New'"
    )
    assert clients.table["stage"].notna().sum() == 4


def test_marks_and_dates_of_leaving_say_more_than_active_and_cancelled(sheet):
    marks = load(sheet(["Client", "Status", "Called", "Paid"], ["Ana", "New", 1, 1], ["Ben", "Won", 1, None]))
    assert not marks.journey.stages
    rows = [["Client", "Status", "Lead date", "Left date"], ["Ana", "Active", "2026-01-05", None],
            ["Ben", "Cancelled", "2026-01-06", "2026-03-01"]]  # fmt: skip
    assert [step.months for step in load(sheet(*rows)).journey.steps] == [1, 2, 3, 6, 12]
