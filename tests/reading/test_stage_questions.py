"""Sheets on which two columns, or two words, say different things: the right one is read, or it is asked."""

import datetime as dt
from itertools import cycle, islice

import pytest

from funnel.grid import Area, Dropdown, Grid
from funnel.reading import read_grids

AS_OF = dt.date(2026, 11, 28)
N = 24
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(N)]
CLIENT, LEAD = ["Client", *[f"Person {n}" for n in range(N)]], ["Lead date", *DAYS]


def read(*columns, rows=N):
    filled = [[*column, *[None] * (rows + 1 - len(column))] for column in columns]
    return read_grids({"Leads": Grid("Leads", filled)}, AS_OF)


def often(header, *values, rows=N):
    return [header, *islice(cycle(values), rows)]


def later(header, n, days, rows=N):
    """A date of the first n clients, some days after they came."""
    return [header, *[DAYS[at] + dt.timedelta(days=days) for at in range(n)], *[None] * (rows - n)]


def steps(reading):
    return [step.step for step in reading.steps]


def lost(reading):
    return [stage.stage for stage in reading.stages if stage.lost]


def asked(reading):
    return [question.question for question in reading.questions]


def test_how_far_somebody_got_beside_how_it_ended():
    rounds = often("Round", "Applied", "Phone screen", "First interview", "Final interview", "Offer", "Hired")
    status = often("Status", "Applicant rejected", "Applicant active", "Applicant withdrawn")
    reading = read(CLIENT, LEAD, status, rounds)
    assert steps(reading) == rounds[1:7]
    assert asked(reading) == [
        "Have the clients with 'Applicant rejected' or 'Applicant withdrawn' in 'Status' left?"
    ]


def test_the_status_of_one_step_beside_the_stage_of_the_client():
    offer = often("Offer status", "Offered", "Not offered", "Declined")
    stage = often("Stage", "Eligibility", "Interview", "Selection", "Enrolled")
    assert steps(read(CLIENT, LEAD, offer, stage)) == stage[1:5]


def test_numbers_under_stage_are_stages_without_names():
    reading = read(["Client", *CLIENT[1:]], LEAD, often("Stage", 0, 1, 2, 3))
    assert (steps(reading), reading.confidence) == (["0", "1", "2", "3"], "guess")
    assert asked(reading)[0] == "Does 'Stage' show how far a client got?"


@pytest.mark.parametrize("header", ["Grade", "Visits", "Age"])
def test_numbers_under_another_header_are_none(header):
    assert read(CLIENT, LEAD, often(header, 0, 1, 2, 3)).shape == "none"


def test_a_number_of_days_is_no_stage():
    stage = often("Stage", "New", "Qualified", "Proposal", "Won")
    reading = read(CLIENT, LEAD, stage, ["Days in pipeline", *range(1, N + 1)])
    assert (steps(reading), asked(reading)) == (["New", "Qualified", "Proposal", "Won"], [])


def test_the_stages_of_a_known_system_under_sales_stage():
    kind = often("Deal category", "New business", "Upsell", "Renewal")
    stage = often("Sales stage", "Propose", "Qualify", "Close", "Develop")
    reading = read(CLIENT, kind, stage)
    assert (steps(reading), asked(reading)) == (["Qualify", "Develop", "Propose", "Close"], [])


def test_a_planned_next_step_is_no_stage():
    note = often("Next step", "Call on Monday and ask for the quote", "Send the contract before Friday noon")
    stage = often("Status", "New", "Contacted", "Proposal", "Won")
    assert steps(read(CLIENT, LEAD, note, stage)) == ["New", "Contacted", "Proposal", "Won"]


@pytest.mark.parametrize("word", ["Unqualified lead", "Nicht qualifiziert", "No calificado"])
def test_unqualified_is_lost_or_where_all_begin(word):
    stages = often("Status", "MQL", "SQL", "Opportunity", word)
    assert asked(read(CLIENT, stages)) == [f"Have the clients in {word!r} left?"]
    assert not asked(read(CLIENT, often("Status", "New", "MQL", "SQL", "Opportunity", word)))


def test_what_is_worked_on_has_no_place_of_its_own():
    reading = read(CLIENT, often("Status", "Not started", "Applied", "Working on", "Denied"))
    assert "Is 'Working on' a stage on the way, or have its clients left?" in asked(reading)


def test_a_stage_in_unknown_words_is_offered_before_the_end():
    reading = read(CLIENT, often("Stage", "New", "Closed won", "Zyx", "Contacted", "Proposal"))
    assert steps(reading) == ["New", "Contacted", "Proposal", "Zyx", "Closed won"]


def test_a_date_in_every_row_says_nothing_beside_its_flag():
    dates = [[f"{word}_date", *[day + dt.timedelta(days=n) for day in DAYS]] for n, word in
             enumerate(["signup", "trial", "paid"], 1)]  # fmt: skip
    flags = [[header, *[at < n for at in range(N)]] for header, n in
             (("signed_up", 18), ("started_trial", 12), ("converted_paid", 6))]  # fmt: skip
    reading = read(["user_id", *range(N)], ["ad_date", *DAYS], *flags, *dates)
    assert steps(reading) == ["signed_up", "started_trial", "converted_paid"]
    assert reading.columns[1].header == "ad_date"


def test_a_figure_of_some_time_beside_others_is_no_step():
    marks = [[header, *[int(at < n) for at in range(N)]] for header, n in
             (("contacted", 18), ("trial", 12), ("paid", 8), ("product upsell 90d", 4))]  # fmt: skip
    amounts = [[header, *[at % 7 * 10 for at in range(N)]] for header in ("visits 90d", "balance 90d eur")]
    assert steps(read(CLIENT, LEAD, *marks, *amounts)) == ["contacted", "trial", "paid"]


def test_two_flags_that_never_differ_in_many_rows_are_one_step():
    rows = 160
    client = ["Client", *[f"Person {n}" for n in range(rows)]]
    reached = [["reached step 1", 120], ["reached step 2", 90], ["reached step 3", 60], ["completed", 60]]
    reading = read(
        client, *[[header, *[int(at < n) for at in range(rows)]] for header, n in reached], rows=rows
    )
    assert [step.headers for step in reading.steps][-1] == ("reached step 3", "completed")


def test_a_date_of_who_did_not_get_through():
    date = later("interview date", 18, 5)
    status = [
        "interview status",
        *["Selected"] * 9,
        *["No show"] * 4,
        *["Rejected"] * 5,
        *["Not scheduled"] * 6,
    ]
    reading = read(CLIENT, LEAD, date, status, later("offer date", 9, 9), later("joining date", 5, 30))
    assert asked(reading) == [
        "Does a date in 'interview date' show that a client took this step? 'interview status' is 'Rejected' "
        "in 5 of these rows."
    ]


def test_a_closing_date_that_the_lost_have_too():
    dates = [later("Qualified date", 20, 3), later("Demo date", 16, 6), later("Proposal date", 12, 9)]
    status = ["Status", *["Won"] * 5, *["Lost"] * (N - 5)]
    reading = read(CLIENT, LEAD, *dates, later("Closed date", 12, 20), status)
    assert "What is the date in 'Closed date'? Lost clients have one too." in asked(reading)


def test_a_default_in_many_rows_is_no_client_of_events():
    system = ["Client CRM", *["No CRM"] * 40, *[f"System {n % 20}" for n in range(60)]]
    stage = often("Stage", "Trial", "Negotiation", "Closed won", "Closed lost", rows=100)
    day = ["Date", *[DAYS[n % N] for n in range(100)]]
    assert read(day, system, stage, rows=100).shape != "events"


def test_movements_of_revenue_may_be_no_way():
    owner = ["account_id", *[n // 4 for n in range(4 * N)]]
    kind = often("movement_type", "New", "Expansion", "Renewal", "Expansion", rows=4 * N)
    month = ["event_month", *[dt.date(2026, 1 + n % 4, 1) for n in range(4 * N)]]
    assert asked(read(owner, month, kind, rows=4 * N))


def test_steps_that_hardly_anybody_has_beside_a_stage_column():
    rows = 200
    client = ["Client", *[f"Person {n}" for n in range(rows)]]
    stage = often("Application status", "Applied", "Screening", "Interview", "Rejected", rows=rows)
    flags = [
        ["Offer sent", *[int(n < 6) for n in range(rows)]],
        ["Hired", *[int(n < 3) for n in range(rows)]],
    ]
    assert steps(read(client, stage, *flags, rows=rows)) == ["Applied", "Screening", "Interview"]


@pytest.mark.parametrize("told", ["status", "reason"])
def test_how_long_clients_stay_needs_no_question_where_two_columns_say_who_left(told):
    left = ["Cancelled on", *[DAYS[n] + dt.timedelta(days=90) if n % 3 == 0 else None for n in range(N)]]
    column = {
        "status": ["Status", *["churned" if n % 3 == 0 else "active" for n in range(N)]],
        "reason": ["Churn reason", *[["price", "moved"][n % 2] if n % 3 == 0 else None for n in range(N)]],
    }[told]
    reading = read(["Account", *CLIENT[1:]], ["Start date", *DAYS], left, column)
    assert (steps(reading), asked(reading)) == ([], [])


def test_the_day_of_the_last_change_is_no_leaving_date_though_nearly_all_are_lost():
    stages = often("Status", *["Rejected"] * 11, "Offer")
    reading = read(CLIENT, ["Date applied", *DAYS], stages, ["Last updated", *DAYS])
    assert not [belief.header for belief in reading.columns if belief.role == "left_date"]


def test_an_exit_date_of_every_row_is_no_leaving_date_beside_a_stage_of_the_lost():
    stages = often("Stage", "Prospecting", "Demo", "Proposal", "Closed won", "Closed lost")
    left = ["Exited date", *[day + dt.timedelta(days=9) for day in DAYS]]
    reading = read(CLIENT, LEAD, stages, left)
    assert not reading.questions
    assert not [belief.header for belief in reading.columns if belief.role == "left_date"]


def test_two_stages_that_are_no_beginning_are_asked_about_in_few_rows():
    reading = read(CLIENT, LEAD, often("Status", "Approved", "Approved", "Disbursed", "Denied"))
    assert asked(reading) == [
        "'Status' shows only 'Approved' and 'Disbursed'. Are these all stages of the way?"
    ]
    assert not asked(read(CLIENT, LEAD, often("Status", "Applied", "Applied", "Offer", "Rejected")))


def test_the_stages_of_five_rows_are_asked_about():
    columns = (CLIENT[:6], LEAD[:6], often("Stage", "New", "Met", "Offer", "Won", "Lost", rows=5))
    assert asked(read(*columns, rows=5)) == ["There are only 5 rows. Does 'Stage' show how far a client got?"]


def test_a_stage_listed_after_the_lost_ones_is_not_on_the_way():
    options = ["New lead", "Contacted", "Proposal sent", "Closed-won", "Closed-lost", "Nurture"]
    column = often("Stage", "New lead", "Proposal sent", "Closed-won", "Closed-lost")
    offered = (Dropdown((Area(2, 3, N + 1, 3),), tuple(options)),)
    grid = Grid("Leads", [CLIENT, LEAD, column], dropdowns=offered)
    reading = read_grids({"Leads": grid}, AS_OF)
    assert steps(reading) == ["New lead", "Contacted", "Proposal sent", "Closed-won"]
    assert not reading.questions


def test_a_date_of_a_stage_that_earlier_stages_have_too_is_asked_about():
    stages = often("Status", "New", "Contacted", "Converted", "Dead")
    dates = [
        "Converted date",
        *[day + dt.timedelta(days=20) if n % 3 else None for n, day in enumerate(DAYS)],
    ]
    assert asked(read(CLIENT, LEAD, stages, dates)) == [
        "Is 'Converted date' the day of 'Converted'? 8 clients in an earlier stage have a date there."
    ]


def test_the_last_stage_before_the_end_is_no_rival_of_the_stage():
    stages = often("Stage", "Demo", "Proposal", "Closed won", "Discovery", "Closed lost")
    before = often("Last stage", "Demo", "Proposal", "Negotiation", "Discovery", "Demo")
    assert not asked(read(CLIENT, LEAD, stages, before))


def test_a_list_of_staff_is_asked_about():
    people = ["employee_id", *[f"E{n:03}" for n in range(N)]]
    names, left = ["Full name", *CLIENT[1:]], later("Termination date", 5, 40)
    why = ["Reason for leaving", *["moved", "pay"] * 2, "pay"]
    assert asked(read(people, names, ["Start date", *DAYS], left, why)) == [
        "There is no step, only when clients came and left. Should only the time they stay be counted?"
    ]


def test_a_stage_under_way_is_proposed_before_the_end():
    reading = read(CLIENT, LEAD, often("Status", "Selected", "In process", "Rejected", "Zyx"))
    assert steps(reading)[0] == "In process"
