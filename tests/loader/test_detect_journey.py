import datetime as dt

import pytest

from funnel.errors import ReadError
from funnel.grid import Grid
from funnel.journey import Journey, Step, parse_journey, preset
from funnel.loader import find_tab, load
from funnel.schema import step_mark

D = dt.date
LEAD = D(2026, 1, 5)
GYM = (
    "Client name", "Date of lead", "How did you hear about us?", "Source of lead", "Client contacted",
    "Client meeting booked", "Client meeting had", "Referred to coach", "Name of coach",
    "Coach complimentary session done", "First paid session", "One month post-lead", "Two months post-lead",
    "Three months post-lead", "Six months post-lead", "12 months post-lead", "Reason for discontinue",
    "When left journey",
)  # fmt: skip
MINE = ("Client", "Lead date", "Rang", "Seen", "Sold")
ANA = ("Ana", LEAD, 1, 1, None)


def test_the_preset_reads_its_own_sheet_even_before_the_first_client(sheet):
    clients = load(sheet(GYM))
    assert clients.journey.steps == preset("gym").steps
    assert clients.assumed == ("read by the preset 'gym', 11 of whose 11 steps have a column",)
    assert clients.layout.columns[step_mark("12 months post-lead")] == 16


def test_the_preset_leaves_out_steps_without_a_column(sheet):
    headers = [name for name in GYM if name not in ("Referred to coach", "Two months post-lead")]
    clients = load(sheet(headers, ("Ana", LEAD, None, "Ads", 1)))
    assert [step.name for step in clients.journey.steps] == [
        step.name for step in preset("gym").steps if step.name in headers
    ]
    assert clients.problems == ()


def test_the_preset_without_any_retention_column_derives_them_all(sheet):
    clients = load(sheet([name for name in GYM if "post-lead" not in name]))
    assert [step.months for step in clients.journey.retention] == [1, 2, 3, 6, 12]


def test_a_further_step_of_ones_own_is_no_preset_any_more(sheet):
    headers = (*GYM[:10], "Body scan done", *GYM[10:])
    row = ("Ana", LEAD, "Friend", "Referral", 1, 1, 1, 1, "Lia", 1, 1, 1)
    clients = load(sheet(headers, row))
    assert [step.name for step in clients.journey.steps][4:7] == [
        "Coach complimentary session done", "Body scan done", "First paid session",
    ]  # fmt: skip
    assert clients.journey.paid.name == "First paid session"
    assert clients.journey.step("Client contacted").target == 1.0


def test_columns_that_are_not_used_are_said_with_the_preset_too(sheet):
    clients = load(
        sheet((*GYM[:8], "Has insurance?", *GYM[8:]), ("Ana", LEAD, None, None, 1, 1, 1, 1, "yes"))
    )
    assert clients.assumed[1:] == (
        "column I, 'Has insurance?', is not used as a step: a fact about the person or an answer, by its "
        "header",
    )


def test_an_inferred_journey_is_named_after_its_file(sheet):
    names = ("our studio.xlsx", "", "https://docs.google.com/spreadsheets/d/a.b/edit", "DataFrame")
    found = [load(sheet(MINE, ANA), source=source).journey.name for source in names]
    assert found == ["our studio", "Clients", "Clients", "Clients"]


def test_any_sheet_is_read_by_its_headers(sheet):
    clients = load(sheet(MINE, ANA, ("Ben", LEAD, "x", None, 1)))
    assert repr(clients.journey) == "Journey 'Clients': 3 steps, paid at 'Sold'"
    assert clients.assumed == (
        "3 steps taken from the headers ('Rang', 'Seen' and 'Sold')",
        "'Sold' is taken for the step at which the client pays",
    )


def test_dates_are_said_to_be_read_where_their_header_does_not_say_it_in_full(sheet):
    header = ("Client", "Enquired on", "Rang", "Sold", "Quit on")
    clients = load(sheet(header, ("Ana", LEAD, 1, 1, None), ("Ben", LEAD, 1, None, LEAD)))
    assert clients.assumed[-2:] == (
        "'Enquired on' is read as the lead date",
        "'Quit on' is read as the date of leaving",
    )


def test_no_journey_fits(sheet):
    with pytest.raises(ReadError) as raised:
        load(
            sheet(("Item", "Prices paid", "Shop"), ("Rope", "5 for 3", "Lia's"), ("Mat", "dear", "Tom's")),
            source="a.xlsx",
        )
    assert str(raised.value) == (
        "a.xlsx has no client funnel (tab 'Clients', headers in row 1): its rows are articles or other "
        "things. If it does hold clients, name their tab with --tab, or the letters of their columns, such "
        "as: funnel init a.xlsx --answer A=client --answer D=step. `funnel new clients.xlsx` makes a sheet "
        "to begin with."
    )
    assert raised.value.exit_code == 3


def test_a_journey_of_the_caller_that_does_not_fit(sheet):
    journey = Journey(name="Studio", columns={"client": "Client"}, steps=(Step(name="Trial"),))
    with pytest.raises(ReadError) as raised:
        load(sheet(MINE, ANA), journey)
    assert str(raised.value) == (
        "No journey fits the tab 'Clients'. Its headers in row 1 are 'Client', 'Lead date', 'Rang', "
        "'Seen' and 'Sold'; none is a step of the journey 'Studio'. Try `funnel init SHEET` to write a "
        "journey file from its headers, or `funnel show SHEET --journey FILE` with one of your own "
        "(--tab NAME picks another tab)."
    )


def test_a_journey_of_retention_steps_needs_only_two_dates(sheet):
    journey = Journey(
        columns={"client": "Client", "lead_date": "In", "left_date": "Out"},
        steps=(Step(name="1m", months=1),),
    )
    clients = load(sheet(("Client", "In", "Out"), ("Ana", LEAD, None)), journey)
    assert [step.name for step in clients.journey.steps] == ["1m"]
    assert "1m" not in clients.to_frame()
    assert clients.problems == ()


def test_tabs_without_headers(sheet):
    with pytest.raises(ReadError) as raised:
        load(sheet((1, 2), (3, 4)), source="a.xlsx")
    assert str(raised.value) == (
        "a.xlsx has no table of clients: no row in tab 'Clients' looks like headers. If it does hold "
        "clients, name their tab with --tab, or the letters of their columns, such as: funnel init a.xlsx "
        "--answer A=client --answer D=step. `funnel new clients.xlsx` makes a sheet to begin with."
    )
    with pytest.raises(ReadError) as raised:
        load(sheet())
    assert str(raised.value) == "The tab 'Clients' is empty. `funnel new FILE` creates a sheet."


RANG = Journey(steps=(Step(name="Rang"),))


def test_the_tab_of_the_clients_is_found(sheet):
    tabs = {
        "Prices": sheet(("Item", "Price"), ("Rope", 5), tab="Prices"),
        "Old": sheet(MINE[:3], ("Ana", LEAD, 1), tab="Old"),
        "2026": sheet(("Iron Gym",), (), GYM, tab="2026"),
        "Funnel": sheet(("Client", "Paid"), ("Ana", 1), tab="Funnel", anchors={"summary": None}),
    }
    assert find_tab(tabs, preset("gym")) == "2026"
    assert find_tab(tabs, RANG) == "Old"


def test_of_equal_tabs_the_one_that_is_shown_then_the_first(sheet):
    hidden, shown = sheet(MINE, ANA, tab="a", hidden=True), sheet(MINE, ANA, tab="b")
    assert find_tab({"a": hidden, "b": shown}, RANG) == "b"
    assert find_tab({"x": shown, "y": shown}, RANG) == "x"


def test_a_single_tab_needs_no_search(sheet):
    assert find_tab({"Sheet1": sheet()}, RANG) == "Sheet1"


def test_no_tab_looks_like_clients(sheet):
    with pytest.raises(ReadError) as raised:
        find_tab({"a": sheet((1, 2)), "b": sheet()}, RANG)
    assert str(raised.value) == (
        "None of the tabs ('a' and 'b') seems to contain clients: their first rows have no header that is "
        "a step of the journey. Name the tab with --tab, or write a journey file with `funnel init "
        "SHEET --tab NAME`."
    )


def test_the_preset_joins_a_name_in_two_columns(sheet):
    headers = ("Nome", "Cognome", *GYM[1:])
    clients = load(
        sheet(headers, ("Ada", "Neri", LEAD, None, "Ads", 1), ("Bea", "Neri", LEAD, None, "Ads", 1))
    )
    assert clients.table["client"].tolist() == ["Ada Neri", "Bea Neri"]
    assert clients.journey.name == "Gym"


def test_the_tab_of_a_sheet_that_is_an_event_log():
    """The journey of a log names no step's column: the headers of the log show the tab."""
    journey = parse_journey("""
        [[stage]]
        name = "Applied"
        default = true
        [[stage]]
        name = "Hired"
        [events.columns]
        client = "Candidate ID"
        event = "Stage Name"
        when = "Reached on"
    """)
    log = Grid(
        "Log", [["Candidate ID", 7, 7], ["Stage Name", "Applied", "Hired"], ["Reached on", 46000, 46010]]
    )
    notes = Grid("Notes", [["Applied", "is"], ["when", "they come"]])
    assert find_tab({"Notes": notes, "Log": log}, journey) == "Log"
