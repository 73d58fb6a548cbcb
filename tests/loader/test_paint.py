import datetime as dt

import pytest

from funnel.grid import Style
from funnel.journey import Journey, Stage, Step
from funnel.loader import load
from funnel.loader.paint import OURS, colour_of

D = dt.date
LEAD = D(2026, 1, 5)
HEADERS = ("Client", "Lead date", "Paid", "Left date", "Reason")
RED, GREEN = "FF0000", "92D050"


def journey(**more):
    roles = {"client": "Client", "lead_date": "Lead date", "left_date": "Left date", "left_reason": "Reason"}
    return Journey(columns=roles, steps=(Step(name="Paid", paid=True),), **more)


@pytest.fixture
def painted(sheet):
    """Load clients whose name cells have the fills; the headers have the first."""

    def read(fills, *rows, by=None, headers=HEADERS):
        palette = [Style(), *(Style(fill=fill) for fill in dict.fromkeys(fills) if fill)]
        index = {style.fill: at for at, style in enumerate(palette)}
        grid = sheet(headers, *rows, palette=tuple(palette), styles=[[index[fill] for fill in fills]])
        return load(grid, by or journey())

    return read


def colours(clients):
    return [None if colour != colour else colour for colour in clients.table["painted"]]


@pytest.mark.parametrize(
    "fill",
    ["FF0000", "C00000", "FFC7CE", "F4CCCC", "EA9999", "E6B8AF", "F2DCDB", "E6B8B7", "DA9694", "C0504D",
    "FFCCCC", "ff9999"],
)  # fmt: skip
def test_any_shade_of_red(fill):
    assert colour_of(fill) == "red"


@pytest.mark.parametrize(
    "fill",
    ["00FF00", "00B050", "92D050", "C6EFCE", "D9EAD3", "B6D7A8", "E2EFDA", "C6E0B4", "70AD47", "D8E4BC",
    "9BBB59", "006100"],
)  # fmt: skip
def test_any_shade_of_green(fill):
    assert colour_of(fill) == "green"


@pytest.mark.parametrize(
    "fill",
    [None, "FFFFFF", "000000", "F2F2F2", "D9D9D9", "FFFF00", "FFEB9C", "FCE5CD", "F4B084", "ED7D31",
    "FFC000", "4472C4",
     "DDEBF7", "D0E0E3", "B7DEE8", "8064A2", "D9D2E9", "FF00FF", *sorted(OURS)],
)  # fmt: skip
def test_other_colours_and_our_own_are_no_paint(fill):
    assert colour_of(fill) is None


def test_painted_rows_are_data(painted):
    clients = painted(
        [None, RED, GREEN, None], ("Ana", LEAD, 1, D(2026, 3, 1)), ("Ben", LEAD, 1), ("Cid", LEAD)
    )
    assert colours(clients) == ["red", "green", None]
    assert clients.problems == ()


def test_colours_that_the_cells_contradict(painted):
    clients = painted(
        [None, RED, GREEN, GREEN], ("Ana", LEAD, 1), ("Ben", LEAD), ("Cid", LEAD, 1, D(2026, 3, 1), "Price")
    )
    assert [(p.kind, p.cell, p.message, p.way_out) for p in clients.problems] == [
        ("colour", "A2", "Ana: row 2 is red, but has no date of leaving.",
         "Type when the client left, or remove the colour."),
        ("colour", "A3", "Ben: row 3 is green, but 'Paid' is not marked.",
         "Mark 'Paid', or remove the colour."),
        ("colour", "A4", "Cid: row 4 is green, but the client has left.",
         "Remove the colour, or empty the date and reason of leaving."),
    ]  # fmt: skip


def test_a_reason_explains_a_red_row(painted):
    clients = painted([None, RED], ("Ana", LEAD, 1, None, "Price"))
    assert [p.kind for p in clients.problems] == ["reason without date"]


def test_the_journey_says_what_colours_mean(painted):
    rows = ("Ana", LEAD, None), ("Ben", LEAD, 1)
    assert painted([None, RED, None], *rows, by=journey(red="ignore")).problems == ()
    turned = painted([None, RED, None], *rows, by=journey(red="paid", green="left"))
    assert [p.message for p in turned.problems] == ["Ana: row 2 is red, but 'Paid' is not marked."]


def test_red_is_no_contradiction_where_the_sheet_cannot_say_who_left(painted):
    by = Journey(columns={"client": "Client"}, steps=(Step(name="Paid", paid=True),))
    clients = painted([None, RED], ("Ana", 1), by=by, headers=("Client", "Paid"))
    assert (colours(clients), clients.problems) == (["red"], ())


def test_a_coloured_column_is_no_paint(painted):
    rows = [(f"Client {n}", LEAD, None) for n in range(10)]
    assert colours(painted([GREEN] * 11, *rows)) == [None] * 10
    assert colours(painted([GREEN] * 9 + [RED] * 2, *rows)) == [None] * 8 + ["red"] * 2


def test_rows_painted_by_hand_may_be_most_of_them(painted):
    rows = [(f"Client {n}", LEAD, 1) for n in range(10)]
    assert colours(painted([None] + [GREEN] * 10, *rows)) == ["green"] * 10


def test_a_banded_table_is_no_paint(painted):
    rows = [(f"Client {n}", LEAD, None) for n in range(8)]
    assert colours(painted([None] + [GREEN, None] * 4, *rows)) == [None] * 8


def test_a_sheet_without_formats(sheet):
    assert colours(load(sheet(HEADERS, ("Ana", LEAD, 1)), journey())) == [None]


def test_a_lost_stage_says_that_the_client_left(painted):
    roles = {"client": "Client", "lead_date": "Lead date", "left_date": "Left date", "stage": "Paid"}
    stages = (Stage(name="Lead", default=True), Stage(name="Cold", lost=True, was="Gone"))
    by = Journey(columns=roles, stages=stages)
    rows = ("Ana", LEAD, "cold"), ("Ben", LEAD, "gone"), ("Cat", LEAD, "Lead"), ("Dan", LEAD, None)
    clients = painted([None, RED, RED, RED, None], *rows, by=by)
    assert [p.message for p in clients.problems] == ["Cat: row 4 is red, but has no date of leaving."]
