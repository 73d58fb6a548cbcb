"""The stages on the tab `Funnel`: what each card says, the lost apart, and whom no hand put there."""

import datetime as dt

import pytest

from funnel.journey import preset
from funnel.journey.model import Column, Journey
from funnel.journey.stages import Stage

D = dt.date
CARD = ("Stage", "Clients", "Of all", "hand", "rule", "default")
HEADERS = ("Name", "Created", "Owner", "Stage", "Visits", "Worth", "Sales")
ROWS = (
    ("Ana", D(2026, 6, 1), "Zoe", None, 0, 100, None),
    ("Ben", D(2026, 6, 2), None, None, 4, 200, None),
    ("Cat", D(2026, 6, 3), "Zoe", "Lead", 5, 300, None),  # a rule would put her to the regulars
    ("Dan", D(2026, 6, 4), "Zoe", "Customer", 1, 400, 40),
    ("Eva", D(2026, 6, 5), None, "Cold", 1, 500, 2),
)
STAGES = (
    Stage(name="Lead", emoji="🌱", default=True, win_probability=0.1),
    Stage(name="Regular", win_probability=0.5, rules=[{"column": "Visits", "at_least": 3}]),
    Stage(name="Customer", paid=True),
    Stage(name="Cold", emoji="🧊", lost=True, reason="Went cold"),
)
JOURNEY = Journey(
    name="Shop",
    columns={role: Column(headers=(header,)) for role, header in {
        "client": "Name", "lead_date": "Created", "coach": "Owner", "stage": "Stage", "value": "Worth",
        "lifetime_value": "Sales"}.items()},
    stages=STAGES,
)  # fmt: skip


def lines(grid):
    """What a person reads, row by row, blanks left out."""
    rows = ([grid[row, column] for column in range(2, grid.width + 1)] for row in range(1, grid.height + 1))
    return [said for row in rows if (said := [cell for cell in row if cell is not None])]


@pytest.fixture
def shop(book):
    made = book.Book(ROWS, HEADERS)
    made.refresh(journey=JOURNEY)
    return made


def test_a_card_for_each_stage_and_the_lost_apart(shop):
    said = lines(shop.grids["Funnel"])
    assert said[0] == ["Where the clients are"]
    assert ["Total sales", 42, "the lifetime values of all clients"] in said
    # Ana .1 × 100, Ben .5 × 200, Cat .1 × 300; the spread is sqrt(900 + 10000 + 8100)
    assert ["Conversion amount", 140, "give or take 138: value × win probability of 3 clients"] in said
    at = said.index(["Stages"])
    assert said[at + 3 : at + 8] == [
        ["Set by", "Worth", "Days"],
        [*CARD, "Win", "value", "lifetime", "median", "known of", "longest", "No owner"],
        ["🌱 Lead", 2, 0.4, 1, 0, 1, 0.1, 400, 0, 30, 1, 30, 0],  # Ana, since her lead date
        ["Regular", 1, 0.2, 0, 1, 0, 0.5, 200, 0, "–", 0, "–", 1],
        ["Customer", 1, 0.2, 1, 0, 0, "–", 400, 40, "–", 0, "–", 0],
    ]
    at = said.index(["Lost"])
    assert said[at + 2 : at + 4] == [
        [*CARD, "value", "lifetime", "median", "known of", "longest", "No owner", "Reason"],
        ["🧊 Cold", 1, 0.2, 1, 0, 0, 500, 2, "–", 0, "–", 1, "Went cold"],
    ]


def test_automatic_stages_and_manual_ones_that_override_them(shop):
    said = lines(shop.grids["Funnel"])
    at = said.index(["Stages set automatically"])
    assert said[at + 1][0].startswith("1 client by a rule or an event; 1 more overridden by hand. These")
    assert said[at + 3 :] == [
        ["Client", "Stage", "By", "Overridden"],
        ["Cat", "Lead", "by hand", "Regular, by a rule or an event"],
        ["Ben", "Regular", "a rule"],
    ]


def test_a_second_refresh_plans_nothing_and_a_hand_changes_the_cards(shop):
    assert not shop.plan(journey=JOURNEY)
    shop.type({(3, 4): "cold"})
    shop.refresh(journey=JOURNEY)
    said = lines(shop.grids["Funnel"])
    at = said.index(["Stages set automatically"])
    assert said[at + 1][0].startswith("0 clients by a rule or an event; 2 more overridden by hand.")
    assert not shop.plan(journey=JOURNEY)


def test_the_charts_show_the_stages_and_the_lost_where_there_are_several(shop):
    assert [chart.name for chart in shop.grids["Funnel"].charts] == ["stages"]
    two = JOURNEY.model_copy(update={"stages": (*STAGES, Stage(name="Too far", lost=True))})
    shop.refresh(journey=two)
    assert [chart.name for chart in shop.grids["Funnel"].charts] == ["stages", "lost"]
    for row in range(2, 7):
        shop.type({(row, 4): "Lead"})
    shop.refresh(journey=JOURNEY)
    assert [chart.name for chart in shop.grids["Funnel"].charts] == ["stages", "drop-off"]


def test_twenty_five_stages_all_by_hand(book):
    stages = [Stage(name=f"Stage {n}", default=n == 0) for n in range(25)]
    columns = {"client": Column(headers=("Name",)), "stage": Column(headers=("Stage",))}
    made = book.Book([(f"Client {n}", f"Stage {n}") for n in range(25)], ("Name", "Stage"))
    made.refresh(journey=Journey(columns=columns, stages=stages))
    said = lines(made.grids["Funnel"])
    at = said.index(["Stage", "Clients", "Of all", "hand"])
    assert said[at + 25] == ["Stage 24", 1, 0.04, 1]


def test_the_gym_has_no_stages_on_its_tab(worked):
    worked.refresh(journey=preset("gym"))
    assert ["Stages"] not in lines(worked.grids["Funnel"])
