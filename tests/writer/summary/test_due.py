"""The tab `Funnel due`: the call list by hand, notes that stay beside their client, ticks that close."""

import datetime as dt

import openpyxl
import pytest

import funnel
from funnel.clients import FollowedUp
from funnel.history.followed_up import read_followed_up
from funnel.journey.model import Column, FollowUp, Journey, Step
from funnel.plan import Link
from funnel.sheets import open_sheet

D = dt.date
HEADERS = ("Name", "Date", "Coach", "Met", "Paid", "Worth")
ROWS = (
    ("Ana", D(2026, 2, 1), "Zoe", None, None, 100),  # 90 days end on 2 May
    ("Ben", D(2026, 3, 1), "Max", 1, None, 200),  # 90 days end on 30 May
    ("Cat", D(2026, 1, 5), "Zoe", 1, D(2026, 5, 20), 300),  # thirty days after paying: 19 June
    ("Dan", D(2026, 6, 25), "Zoe", None, None, 400),  # has time
    ("Eva", D(2026, 3, 15), None, None, None, None),  # 90 days end on 13 June
)
JOURNEY = Journey(
    name="Gym",
    columns={role: Column(headers=(header,)) for role, header in {
        "client": "Name", "lead_date": "Date", "coach": "Coach", "value": "Worth"}.items()},
    steps=(Step(name="Met"), Step(name="Paid", paid=True)),
    follow_ups=(FollowUp(name="Touch-base", after="30 days", since="Paid", ask="Write to the client."),),
)  # fmt: skip
ASK = "Ask whether it happened; then mark it, or record that the client left."


def lines(book):
    """The lines of the list, without what to ask."""
    grid = book.grids["Funnel due"]
    return [tuple(grid.row(row)[1:10]) for row in range(5, grid.height + 1)]


def shown(book):
    return [tuple(line[1:3]) for line in lines(book)]


@pytest.fixture
def gym(book):
    made = book.Book(ROWS, HEADERS)
    made.refresh(journey=JOURNEY)
    return made


def note(book, gym, row, column, text):
    gym.grids["Funnel due"] = book.typed(gym.grids["Funnel due"], {(row, column): text})


def test_the_list_stands_as_counted_by_hand(gym):
    grid = gym.grids["Funnel due"]
    assert grid[1, 2] == "To ask: 4 clients"
    assert grid.row(4)[1:] == [
        "Coach", "Client", "Ask about", "Since", "Days", "State", "Value", "Mark in", "Done", "What to ask",
    ]  # fmt: skip
    assert lines(gym) == [
        ("Max", "Ben", "Paid", D(2026, 5, 30), 32, "overdue", 200, "E3", None),
        ("Zoe", "Ana", "Met", D(2026, 5, 2), 60, "overdue", 100, "D2", None),
        ("Zoe", "Cat", "Touch-base", D(2026, 6, 19), 12, "open", 300, None, None),
        ("No coach yet", "Eva", "Met", D(2026, 6, 13), 18, "overdue", None, "D6", None),
    ]
    assert [grid[row, 11] for row in (5, 7)] == [ASK, "Write to the client."]


def test_a_line_leads_to_the_client_and_to_the_cell(book):
    change = next(c for c in book.Book(ROWS, HEADERS).plan(journey=JOURNEY).changes if c.tab == "Funnel due")
    links = [cell.value for cell in change.cells if isinstance(cell.value, Link)]
    assert links[:2] == [Link("Ben", "Clients", "A3"), Link("E3", "Clients", "E3")]


def test_nothing_changes_until_the_next_day(gym):
    assert not gym.plan(journey=JOURNEY)
    assert gym.plan(D(2026, 7, 2), journey=JOURNEY)


def test_a_note_stays_beside_its_client(gym, book):
    note(book, gym, 7, 12, "on holiday until the 9th")  # beside Cat, in the third line
    gym.type({(3, 2): None})  # nobody knows when Ben came
    gym.refresh(journey=JOURNEY)
    assert shown(gym) == [("Ana", "Met"), ("Eva", "Met"), ("Cat", "Touch-base")]
    assert gym.grids["Funnel due"][7, 12] == "on holiday until the 9th"
    assert not gym.plan(journey=JOURNEY)


def test_a_line_with_a_note_says_that_nothing_is_due_any_more(gym, book):
    note(book, gym, 5, 12, "called twice")  # beside Ben
    gym.type({(3, 2): None})
    gym.refresh(journey=JOURNEY)
    assert lines(gym)[0] == ("Max", "Ben", "Paid", None, None, "nothing due", None, None, None)
    assert shown(gym)[1:] == [("Ana", "Met"), ("Cat", "Touch-base"), ("Eva", "Met")]
    assert not gym.plan(journey=JOURNEY)
    note(book, gym, 5, 12, None)
    gym.refresh(journey=JOURNEY)
    assert shown(gym) == [("Ana", "Met"), ("Cat", "Touch-base"), ("Eva", "Met")]


def test_a_long_list_has_the_longest_waits_of_each_coach(book):
    rows = [(f"Lead {n:03}", D(2026, 2, 1), "Max" if n < 300 else "Zoe", None, None, 1) for n in range(310)]
    made = book.Book(rows, HEADERS)
    made.refresh(journey=JOURNEY)
    found = lines(made)
    assert [line[0] for line in found[:250]] == ["Max"] * 240 + ["Zoe"] * 10
    assert [line[1] for line in (found[0], found[239], found[240])] == ["Lead 000", "Lead 239", "Lead 300"]
    assert found[250:] == [("and 60 more: see `funnel due`.", *[None] * 8)]
    assert not made.plan(journey=JOURNEY)


TODAY = dt.date.today()


@pytest.fixture
def book_of_today(tmp_path):
    """A workbook in which Cat paid forty days ago."""
    path = tmp_path / "gym.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Clients"
    paid, lead = TODAY - dt.timedelta(days=40), TODAY - dt.timedelta(days=50)
    for row in [HEADERS, ("Ana", lead, "Zoe", None, None, 1), ("Cat", lead, "Zoe", 1, paid, 300)]:
        sheet.append(row)
    workbook.save(path)
    funnel.refresh(path, journey=JOURNEY)
    return path


def type_into(path, cell, value):
    workbook = openpyxl.load_workbook(path)
    workbook["Funnel due"][cell] = value
    workbook.save(path)


def due_tab(path):
    return open_sheet(path).read("Funnel due")


@pytest.mark.parametrize("tick", ["x", 1, True, "done"])
def test_a_tick_closes_a_touch_base_in_the_log(book_of_today, tick):
    assert due_tab(book_of_today).row(5)[1:4] == ["Zoe", "Cat", "Touch-base"]
    type_into(book_of_today, "J5", tick)
    funnel.refresh(book_of_today, journey=JOURNEY)
    sheet = open_sheet(book_of_today)
    lead = TODAY - dt.timedelta(days=50)
    assert read_followed_up(sheet.read("Funnel log"), "Clients") == (
        FollowedUp(("cat", lead), "Touch-base", TODAY),
    )
    assert due_tab(book_of_today).row(5)[1:10] == [
        "Zoe", "Cat", "Touch-base", None, None, "nothing due", None, None, tick,
    ]  # fmt: skip
    assert not funnel.refresh(book_of_today, journey=JOURNEY)
    type_into(book_of_today, "J5", None)
    funnel.refresh(book_of_today, journey=JOURNEY)
    assert due_tab(book_of_today)[1, 2] == "To ask: no client"
    assert due_tab(book_of_today)[5, 3] is None


@pytest.mark.parametrize("tick", ["no", "later", 0])
def test_another_word_under_done_closes_nothing(book_of_today, tick):
    type_into(book_of_today, "J5", tick)
    funnel.refresh(book_of_today, journey=JOURNEY)
    assert due_tab(book_of_today).row(5)[2:7:4] == ["Cat", "open"]
    assert "nothing due" not in due_tab(book_of_today).row(5)
