"""Where the block stands when a sheet is not the model's: no names, no free column, joined names."""

import datetime as dt

from funnel.grid import Area, Grid
from funnel.journey.model import Column, Journey, Step
from funnel.loader.load import load
from funnel.writer.totals.place import place

DAY = dt.date(2026, 1, 5)


def placed(columns, journey):
    grid = Grid("Clients", columns)
    clients = load(grid, journey)
    return place(grid, clients, clients.layout, "bottom")


def journey(**columns):
    return Journey(
        columns={role: Column.model_validate(column) for role, column in columns.items()},
        steps=(Step(name="Met"), Step(name="Paid", paid=True)),
    )


def test_the_steps_may_stand_left_of_the_client():
    spot = placed(
        [["Met", 1], ["Paid", 1], ["Client", "Ana"], ["Lead date", DAY]],
        journey(client="Client", lead_date="Lead date"),
    )
    assert spot.area == Area(6, 1, 8, 4)
    assert (spot.label, spot.leads, spot.names) == (3, 4, (3,))


def test_without_a_lead_date_the_leads_take_a_free_column():
    spot = placed(
        [["Client", "Ana"], ["Met", 1], ["Coach", "Tom"], ["Paid", 1]],
        journey(client="Client", coach="Coach"),
    )
    assert (spot.label, spot.leads, spot.dates) == (1, 3, None)


def test_without_a_free_column_the_leads_stand_beside_the_table():
    spot = placed([["Client", "Ana"], ["Met", 1], ["Paid", 1]], journey(client="Client"))
    assert (spot.label, spot.leads) == (1, 4)
    assert spot.area == Area(6, 1, 8, 4)


def test_joined_names_are_all_names():
    columns = [["First", "Ana", None], ["Last", None, "Rossi"], ["Met", 1, 1], ["Paid", 1, 1]]
    spot = placed(columns, journey(client={"join": ["First", "Last"]}))
    assert spot.names == (1, 2)


def test_below_a_gap_a_name_alone_makes_no_client():
    columns = [
        ["Client", "Ana", None, "Ben", "a note"],
        ["Lead date", DAY, None, DAY, None],
        ["Met", 1, None, 1, None],
        ["Paid", 1, None, None, None],
    ]
    spot = placed(columns, journey(client="Client", lead_date="Lead date"))
    assert spot.named_until == 3
    assert spot.rows == ((2, 8),)


def test_notes_below_the_last_client_make_no_clients():
    columns = [
        ["Client", "Ana", "Ben", None, "Prices: 100 a month"],
        ["Lead date", DAY, DAY, None, None],
        ["Met", 1, 1, None, None],
        ["Paid", 1, None, None, None],
    ]
    spot = placed(columns, journey(client="Client", lead_date="Lead date"))
    assert spot.named_until == 4


def test_without_notes_a_name_typed_anywhere_above_the_block_makes_a_client():
    columns = [
        ["Client", "Ana", None, "Total"],
        ["Lead date", DAY, None, None],
        ["Met", 1, None, 1],
        ["Paid", 1, None, 1],
    ]
    spot = placed(columns, journey(client="Client", lead_date="Lead date"))
    assert (spot.rows, spot.named_until) == (((2, 3), (5, 7)), 7)


def test_words_of_a_step_and_dates_as_text_belong_to_its_column():
    steps = (Step(name="Met", marks=("Done",)), Step(name="Paid"))
    marks = placed(
        [
            ["Client", "Ana", "Ben", "Cat"],
            ["Met", "done", "2026-01-09", None],
            ["Paid", 1, None, "2026 June 1st"],
        ],
        journey(client="Client").model_copy(update={"steps": steps}),
    ).steps
    assert marks[0].words[-1] == "done"
    assert [step.text_dates for step in marks] == [True, False]
    assert marks[1].words[-1] == "2026 june 1st"


def test_dates_with_a_comment_count_and_those_that_were_called_off_do_not():
    steps = (Step(name="Met"), Step(name="Called", marks=("*",)))
    marks = placed(
        [
            ["Client", "Ana", "Ben", "Cat"],
            ["Met", "12.03.2026 (Tel)", "13.03.2026 (cancelled)", None],
            ["Called", "MK", "n/a", "9.7 (21:00)"],
        ],
        journey(client="Client").model_copy(update={"steps": steps}),
    ).steps
    assert (marks[0].text_dates, marks[0].called_off) == (False, ("13.03.2026 (cancelled)",))
    assert ("*" in marks[1].words, marks[1].called_off) == (True, None)
