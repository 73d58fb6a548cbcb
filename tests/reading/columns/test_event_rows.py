"""Event logs by hand: a row for each event, most with an id of their own in every row."""

import datetime as dt

import pytest

from funnel.grid import Grid
from funnel.reading import read_grids

AS_OF = dt.date(2026, 11, 28)
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(80)]


def read(*columns):
    return read_grids({"log": Grid("log", columns)}, AS_OF)


def log(events, row_id=None, headers=("Client", "Event", "When"), time=lambda day, at: day, people=12):
    """A log in which the clients have one event, two, three and so on, in turns."""
    rows = [(n, event, 4 * n + at) for n in range(people) for at, event in enumerate(events[: 1 + n % 4])]
    rows.sort(key=lambda row: row[2])
    columns = [
        [headers[0], *[f"P{n}" for n, _, _ in rows]],
        [headers[1], *[event for _, event, _ in rows]],
        [headers[2], *[time(DAYS[at], at) for _, _, at in rows]],
    ]
    return [[row_id[0], *[row_id[1](n) for n in range(len(rows))]], *columns] if row_id else columns


WORDS = ("New", "Contacted", "Qualified", "Won")


@pytest.mark.parametrize(
    ("header", "make"),
    [
        ("event_id", lambda n: n + 1), ("event_id", str), ("Order number", "ORD-{:05}".format),
        ("Ticket ID", "T{}".format), ("uuid", "{:08x}-4a2b-8c1d-aaaa-0123456789ab".format),
        ("№", lambda n: n + 1), ("Zyx", "{:04}".format),
    ],
)  # fmt: skip
def test_a_row_id_is_not_the_client_of_an_event_log(header, make):
    reading = read(*log(WORDS, (header, make)))
    assert (reading.shape, reading.role("client").header) == ("events", "Client")
    assert [step.step for step in reading.steps] == list(WORDS)
    assert not reading.is_guess


def test_events_of_one_day_come_in_the_order_of_their_times():
    def at_noon(day, at):
        return dt.datetime.combine(DAYS[at // 4], dt.time(9 + at % 4, 30))

    reading = read(*log(("Wab", "Wib", "Wob", "Wub"), ("event_id", str), time=at_noon))
    assert [step.step for step in reading.steps] == ["Wab", "Wib", "Wob", "Wub"]


def test_a_log_in_no_language_is_asked_about():
    events = ("Wab", "Wib", "Wob", "Wub")
    reading = read(*log(events, ("Qwx", lambda n: n + 1), ("Zbr", "Plo", "Trd")))
    assert (reading.shape, reading.role("client").header) == ("events", "Zbr")
    assert [step.step for step in reading.steps] == list(events)
    assert reading.questions[0].question == ("Is each row an event, so that one client has several rows?")


def test_the_plans_that_a_member_had_are_no_events():
    members = ["Member no", *[n // 2 for n in range(24)]]
    plans, starts = ["Plan", *["Quarter", "Year"] * 12], ["Membership start", *DAYS[:24]]
    assert read(members, plans, starts).shape != "events"


def test_several_applications_to_one_company_are_no_sure_log():
    companies = ["Company", *[f"C{n // 2}" for n in range(24)]]
    roles = ["Position", *[f"Job {n}" for n in range(24)]]
    status = ["Status", *["Applied", "Rejected", "Applied", "Interview", "Offer", "Applied"] * 4]
    reading = read(companies, roles, ["Date applied", *DAYS[:24]], status)
    assert reading.shape != "events" or reading.is_guess


def test_rows_below_a_client_who_comes_again_are_asked_about():
    """Without a time there is no log, but a row is no client either."""
    columns = log(WORDS, ("event_id", lambda n: n + 1))[:3]
    reading = read(*columns)
    assert reading.shape == "none" or reading.is_guess


def test_visits_in_any_order_are_asked_about_by_their_customer():
    """Each customer comes many times; a page is spelled in two ways."""
    pages = ["Homepage", "ProductPage", "Checkout", "productpage", "homepage"]
    visits = ["JourneyID", *range(1, 101)]
    customers = ["CustomerID", *[1 + n % 20 for n in range(100)]]
    when = ["VisitDate", *[DAYS[(7 * n) % 80] for n in range(100)]]
    reading = read(visits, customers, when, ["Stage", *[pages[n % 3 + (n % 7 == 0) * 2] for n in range(100)]])
    assert (reading.shape, reading.role("client").header) == ("events", "CustomerID")
    assert [step.step for step in reading.steps] == ["Homepage", "ProductPage", "Checkout"]
    assert reading.is_guess


def test_a_user_and_not_the_session_is_the_client():
    events = ("view", "add_to_cart", "checkout", "purchase")
    columns = log(events, headers=("user_id", "event_type", "timestamp"), people=16)
    sessions = ["session_id", *[f"S{user}{n // 2}" for n, user in enumerate(columns[0][1:])]]
    reading = read(sessions, *columns)
    assert reading.role("client").header == "user_id"


def test_an_event_that_comes_alone_has_no_place():
    columns = log(("New", "Contacted", "Qualified", "Won"), people=20)
    alone = [(f"Q{n}", "Page viewed", DAYS[n]) for n in range(8)]
    columns = [[*column, *cells] for column, cells in zip(columns, zip(*alone, strict=True), strict=True)]
    assert [question.question for question in read(*columns).questions] == [
        "Is each row an event, so that one client has several rows? Nothing shows when 'Page viewed' comes."
    ]


def test_clients_who_failed_and_go_on_are_asked_about():
    columns = log(("Phone screen", "Technical interview", "Panel", "Offer"), people=18)
    result = ["Result", *[["Pass", "Fail"][n % 2] for n in range(len(columns[0]) - 1)]]
    assert [question.question for question in read(*columns, result).questions] == [
        "Is each row an event, so that one client has several rows? Clients who failed by 'Result' have "
        "later events."
    ]


def test_an_interviewer_is_no_event():
    columns = log(("Applied", "Interview", "Offer"), headers=("Candidate", "Event", "Date"))
    people = ["Interviewer", *[f"Interviewer_{n % 3}" for n in range(len(columns[0]) - 1)]]
    reading = read(*columns, people)
    assert [belief.header for belief in reading.columns if belief.role == "stage"] == ["Event"]


def test_a_history_of_changes_is_no_list_of_deals():
    """Most deals have one change only: what the rows are is asked, and no deal is counted twice."""
    deals = [f"006B{n:03}" for n in range(26)] + [f"006B{n:03}" for n in range(10)]
    stages = (["Prospecting", "Qualification", "Closed Lost", "Closed Won"] * 7)[:26] + ["Closed Won"] * 10
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(36)]
    columns = [
        ["OpportunityHistoryKey", *[f"K{n:04}" for n in range(36)]],
        ["OpportunityId", *deals], ["CreatedDate", *days], ["StageName", *stages],
    ]  # fmt: skip
    reading = read_grids({"History": Grid("History", columns)}, dt.date(2026, 11, 28))
    assert any("Is each row an event" in question.question for question in reading.questions)
