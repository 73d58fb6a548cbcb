"""Values of a stage column that are no stages, or perhaps no loss: "Other", "Cold", "No answer"."""

import datetime as dt

import pytest

from funnel.grid import Area, Dropdown, Grid
from funnel.reading import read_grids

AS_OF = dt.date(2026, 11, 28)
ROWS = 24
CLIENT = ["Client", *[f"Person {n}" for n in range(ROWS)]]
LEAD = ["Lead date", *[dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(ROWS)]]
LIFECYCLE = ["Subscriber", "Lead", "Opportunity", "Customer", "Evangelist"]


def read(values, offered=False, header="Status", more=()):
    """Read a sheet with a column of these values, each several times; `offered`: in a dropdown so ordered."""
    dropdowns = (Dropdown((Area(2, 3, 99, 3),), tuple(values)),) if offered else ()
    cells = [header, *(list(values) * ROWS)[:ROWS]]
    columns = [CLIENT, LEAD, cells, *more]
    return read_grids({"Leads": Grid("Leads", columns, dropdowns=dropdowns)}, AS_OF)


def seen(reading):
    """The steps, the lost stages and whether something is asked."""
    return (
        [step.step for step in reading.steps],
        [stage.stage for stage in reading.stages if stage.lost],
        reading.is_guess,
    )


@pytest.mark.parametrize("offered", [False, True])
@pytest.mark.parametrize("other", ["Other", "Andere", "Altro", "Autre", "Otros", "N/A", "Unknown", "Not set"])
def test_a_catch_all_beside_the_list_of_a_known_system_has_no_place_on_the_way(other, offered):
    reading = read([*LIFECYCLE, other], offered, "Lifecycle stage")
    assert seen(reading) == (LIFECYCLE, [], False)
    assert reading.journey.reassign == {other: "Subscriber"}


@pytest.mark.parametrize("offered", [False, True])
@pytest.mark.parametrize("other", ["Other", "Sonstige", "Altro", "Not set", "その他"])
def test_a_catch_all_of_another_list_is_asked_about(other, offered):
    reading = read(["New", "Contacted", "Won", "Lost", other], offered)
    assert seen(reading) == (["New", "Contacted", "Won"], ["Lost"], True)
    assert [question.question for question in reading.questions] == [
        f"What are clients with {other!r} in 'Status'?"
    ]


@pytest.mark.parametrize("numbered", ["6. Other", "9 - Altro"])
def test_a_numbered_catch_all_has_no_place_either(numbered):
    reading = read(["1. New", "2. Contacted", "3. Trial", "4. Won", numbered])
    assert seen(reading) == (["1. New", "2. Contacted", "3. Trial", "4. Won"], [], True)


def test_unknown_is_where_clients_begin_if_nothing_else_is():
    assert seen(read(["Unknown", "Contacted", "Won", "Lost"])) == (
        ["Unknown", "Contacted", "Won"], ["Lost"], False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "scale",
    [
        ["Cold", "Warm", "Hot", "Customer", "Lost"], ["Freddo", "Tiepido", "Caldo", "Cliente", "Perso"],
        ["Froid", "Tiède", "Chaud", "Client", "Perdu"], ["Kalt", "Warm", "Heiß", "Kunde", "Verloren"],
        ["Cold lead", "Warm lead", "Hot lead", "Client", "Lost"],
    ],
)  # fmt: skip
def test_cold_is_the_first_of_a_temperature_scale_and_no_loss(scale):
    assert seen(read(scale, offered=True)) == (scale[:4], scale[4:], False)
    steps, lost, asks = seen(read([scale[2], scale[4], scale[0], scale[3], scale[1]]))
    assert (steps, lost) == (scale[:4], scale[4:])
    assert asks  # without an order of their own, nobody knows whether these are stages


def test_a_scale_alone_is_asked_about():
    assert seen(read(["Cold", "Warm", "Hot"], offered=True)) == (["Cold", "Warm", "Hot"], [], True)
    mixed = read(["New", "Contacted", "Cold", "Warm", "Hot", "Proposal", "Won", "Lost"])
    assert mixed.questions[0].about == "order"


def test_cold_is_lost_after_others_in_an_order_or_beside_other_lost_stages():
    way = ["New", "Contacted", "Won"]
    assert seen(read([*way, "Cold"], offered=True)) == (way, ["Cold"], False)
    assert seen(read([*way, "Lost", "Cold lead"])) == (way, ["Lost", "Cold lead"], False)


def test_cold_is_asked_about_where_nothing_shows_what_it_is():
    steps, lost, asks = seen(read(["New", "Contacted", "Won", "Cold lead"]))
    assert (steps, lost, asks) == (["New", "Cold lead", "Contacted", "Won"], [], True)


@pytest.mark.parametrize("silent", ["No response", "Nicht erreicht", "Non risponde", "Нет ответа"])
def test_clients_who_do_not_answer_are_asked_about_if_they_are_most_of_the_lost(silent):
    many = ["New", silent, "Contacted", silent, "Won", silent, "Lost", silent]
    steps, lost, asks = seen(read(many))
    assert (steps, sorted(lost), asks) == (["New", "Contacted", "Won"], sorted([silent, "Lost"]), True)
    assert not read(["New", silent, "Contacted", "Won", "Lost"]).is_guess


def test_rows_that_are_lines_of_a_deal_are_asked_about():
    keys = ["Opportunity ID", *[f"CA-{n // 2}" for n in range(ROWS)]]
    lines = ["Row ID", *range(1, ROWS + 1)]
    stage = ["Deal stage", *["Proposing", "Negotiating", "Closed won", "Closed lost"] * 6]
    day = ["Created date", *[dt.date(2026, 1, 1) + dt.timedelta(days=n // 2) for n in range(ROWS)]]
    reading = read_grids({"Deals": Grid("Deals", [lines, keys, day, stage])}, AS_OF)
    assert reading.questions[0].question == (
        "'Opportunity ID' names the same client in several rows. Is each row a separate client?"
    )


def test_two_words_of_stages_under_another_header_are_no_way():
    companies = ["Company", *CLIENT[1:]]
    route = ["Route", *["Open role application", "Speculative outreach"] * 12]
    replied = ["Response date", *LEAD[1:]]
    grid = Grid("Replies", [companies, route, replied])
    assert not read_grids({"Replies": grid}, AS_OF).steps


RECRUITING = ["Applied", "Screening", "Interview", "Offer"]


def _ends(hired_from):
    """A final stage beside the outcome: who was hired was in a stage of `hired_from`."""
    stages = ["final_stage", *(RECRUITING[n % 4] for n in range(ROWS))]
    outcome = ["outcome"]
    for n, stage in enumerate(stages[1:]):
        hired = stage in hired_from and n % 3 != 1
        outcome.append("Hired" if hired else "Withdrawn" if n % 5 == 0 else "Rejected")
    return read_grids({"Leads": Grid("Leads", [CLIENT, LEAD, stages, outcome])}, AS_OF)


def test_an_outcome_beside_the_last_stage_shows_who_was_won_and_who_left():
    assert seen(_ends({"Offer"})) == ([*RECRUITING, "Hired"], ["Withdrawn", "Rejected"], False)


def test_an_outcome_that_does_not_fit_the_stages_is_asked_about():
    assert _ends({"Applied", "Interview", "Offer"}).is_guess


def test_nurturing_may_come_before_or_after_the_others():
    reading = read(["New", "Working", "Nurturing", "Qualified", "Closed Won"])
    assert [question.question for question in reading.questions] == [
        "In which order do clients go through the stages of 'Status'? "
        "'Nurturing' may come before or after the other contacts."
    ]
    assert not read(
        ["New", "Contacted", "Nurturing", "Qualified", "Converted"]
    ).is_guess  # a known system's list
    assert not read(["New", "Nurturing", "Proposal", "Closed Won", "Lost"], offered=True).is_guess


def test_an_attempt_comes_before_the_contact_and_a_later_contact_has_no_place():
    reading = read(
        ["Not Contacted", "Contacted", "Attempted to Contact", "Contact in Future", "Won", "Lost Lead"]
    )
    order = [step.step for step in reading.steps if step.step != "Contact in Future"]
    assert order == ["Not Contacted", "Attempted to Contact", "Contacted", "Won"]
    assert any("'Contact in Future'" in question.question for question in reading.questions)


def test_flags_of_a_threshold_are_no_steps():
    flags = [[f"Risk_>{days}_days", *(["yes", "no"] * ROWS)[:ROWS]] for days in (45, 60, 90)]
    reading = read(["Prospecting", "Proposal", "Negotiation", "Closed Won", "Closed Lost"], more=flags)
    assert seen(reading) == (["Prospecting", "Proposal", "Negotiation", "Closed Won"], ["Closed Lost"], False)


def test_stages_in_korean():
    reading = read(["신규", "상담 예약", "체험 완료", "등록", "연락두절", "실주"], header="진행 단계")
    assert seen(reading) == (["신규", "상담 예약", "체험 완료", "등록"], ["연락두절", "실주"], False)


def test_numbered_stages_in_unknown_words_show_more_than_a_status():
    way = ["1 - Stage 1", "2 - Stage 2", "3 - Stage 3", "4 - Stage 4"]
    status = ["Status reason", *(["Open", "Open", "Open", "Won"] * ROWS)[:ROWS]]
    reading = read(way, header="Sales stage", more=[status])
    assert [step.step for step in reading.steps] == way
    assert [belief.header for belief in reading.columns if belief.role == "stage"] == ["Sales stage"]


@pytest.mark.parametrize(
    ("stages", "steps", "lost"),
    [
        (["Agendado", "Compareceu", "Faltou"], ["Agendado", "Compareceu"], ["Faltou"]),
        (["Booked", "Attended", "Won", "Complete loss"], ["Booked", "Attended", "Won"], ["Complete loss"]),
    ],
)
def test_who_does_not_come_is_lost(stages, steps, lost):
    found = seen(read(stages))
    assert (found[0], found[1]) == (steps, lost)


def test_the_analysis_of_needs_comes_after_the_qualification():
    reading = read(["Prospect", "Needs Analysis", "Qualification", "Closed Won", "Closed Lost"])
    assert seen(reading)[0] == ["Prospect", "Qualification", "Needs Analysis", "Closed Won"]


def test_a_list_of_what_a_dropdown_offers_has_no_clients():
    columns = [["Status", "Applied", "Interview", "Offer", "Rejected"], ["Type", "Full-time", "Part-time"]]
    filled = [[*column, *[None] * (5 - len(column))] for column in columns]
    assert read_grids({"Drop Downs": Grid("Drop Downs", filled)}, AS_OF).shape == "none"


@pytest.mark.parametrize(("header", "way", "lost", "asked"), [
    ("deal_stage", "Won", "Lost", False), ("status", "Active", "Withdrawn", True),
])  # fmt: skip
def test_a_long_list_of_decided_deals_is_read_and_one_of_members_asked_about(header, way, lost, asked):
    key = ["id", *[f"K{n:03}" for n in range(120)]]
    day = ["engage_date", *[dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(120)]]
    stage = [header, *[lost if n % 3 == 0 else way for n in range(120)]]
    reading = read_grids({"Deals": Grid("Deals", [key, day, stage])}, AS_OF)
    assert reading.is_guess == asked
