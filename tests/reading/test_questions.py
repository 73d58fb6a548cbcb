"""What has to be asked: small sheets by hand, each with one doubt."""

import datetime as dt

import pytest

from funnel.grid import Grid
from funnel.reading import read_grids

AS_OF = dt.date(2026, 11, 28)
MONTH = dt.timedelta(days=30)
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(24)]


def read(*columns):
    height = max(map(len, columns))
    return read_grids({"Leads": Grid("Leads", [[*c, *[None] * (height - len(c))] for c in columns])}, AS_OF)


def asked(reading):
    return [question.question for question in reading.questions]


def test_a_stage_column_beside_dates_that_may_be_steps():
    """Five prospects, whose touches have a date each and whose stage has one as well."""
    names = ["Prospect", "Ana", "Ben", "Cleo", "Dan", "Eve"]
    stage = ["Stage", "Touch 2 sent", "Touch 1 sent", *["To contact"] * 3]
    reading = read(names, ["Date added", *DAYS[:5]], stage, ["Zab 1", *DAYS[1:3]], ["Zab 2", DAYS[4]])
    assert asked(reading) == ["What shows how far a client got: 'Stage', or other columns?"]
    assert reading.questions[0].sentences == (
        "The column 'Stage' ('To contact', 'Touch 1 sent' and 'Touch 2 sent').",
        "The columns 'Zab 1' and 'Zab 2'.",
    )


def test_a_few_flags_that_happen_to_be_nested():
    """A diploma, a second and a third: facts about a person, in words that nobody knows."""
    names = ["Client", *[f"P{n}" for n in range(24)]]
    flags = [["Zyx", *[True] * 24], ["2 Zyx", *[True] * 9], ["3 Zyx", *[True] * 3]]
    reading = read(names, ["Lead date", *DAYS], *flags)
    assert asked(reading) == ["Are 'Zyx', '2 Zyx' and '3 Zyx' steps that clients take, in this order?"]


def test_a_flag_in_unknown_words_that_is_not_nested_in_the_step_before():
    names = ["Client", *[f"P{n}" for n in range(24)]]
    odd = ["Zyx", *[1 if n % 2 else None for n in range(24)]]
    reading = read(
        names, ["Lead date", *DAYS], ["Called", *[1] * 20], ["Met", *[1] * 12], odd, ["Paid", *[1] * 6]
    )
    assert reading.is_guess or "Zyx" not in [step.step for step in reading.steps]


CLIENT, LEAD = ["Client", *[f"P{n}" for n in range(24)]], ["Lead date", *DAYS]


def test_a_decision_alone_is_a_funnel_of_one_step():
    reading = read(CLIENT, LEAD, ["Decision", *["Hired", "Rejected", "Rejected"] * 8])
    assert ([step.step for step in reading.steps], asked(reading)) == (["Hired"], [])


def test_two_columns_that_both_show_a_way():
    status = ["Status", *["New", "Qualified", "Opportunity", "Customer"] * 6]
    stage = ["Stage", *["First contact", "Proposal sent", "Won", None] * 6]
    question = read(CLIENT, LEAD, status, stage).questions[0]
    assert question.question == "Which shows how far a client got: 'Status' or 'Stage'?"
    assert question.answers == ("stage", "column D")
    assert question.sentences[1] == "The column 'Stage' ('First contact', 'Proposal sent' and 'Won')."


def test_the_kind_of_a_deal_beside_its_stage_is_no_way():
    stage = ["Stage", *["New", "Qualified", "Proposal", "Won"] * 6]
    pipeline = ["Pipeline", *["New Business", "Expansion", "Renewal"] * 8]
    assert asked(read(CLIENT, LEAD, stage, pipeline)) == []


def test_the_end_of_a_subscription_that_only_the_lost_have_is_when_they_left():
    ends = ["Subscription end", *[DAYS[n] if n % 3 == 0 else None for n in range(24)]]
    status = ["Status", *["Churned", "Active", "Active"] * 8]
    reading = read(CLIENT, ["Subscription start", *DAYS], ends, status)
    assert reading.role("left_date").header == "Subscription end"
    assert [step.step for step in reading.steps] == []


def test_what_waits_for_the_next_step_is_on_the_way():
    stage = ["Deal stage", *["Pending response", "Pending contract", "Closed won"] * 8]
    reading = read(CLIENT, LEAD, stage)
    assert [step.step for step in reading.steps] == ["Pending response", "Pending contract", "Closed won"]
    assert asked(reading) == []


def test_a_phrase_says_more_than_its_last_word():
    stage = [
        "Lead status",
        *["Sales accepted lead", "Marketing qualified lead", "Sales qualified lead", "Won"] * 6,
    ]
    reading = read(CLIENT, LEAD, stage)
    assert [step.step for step in reading.steps] == [
        "Marketing qualified lead", "Sales accepted lead", "Sales qualified lead", "Won"
    ]  # fmt: skip


def test_a_state_and_its_opposite_are_no_way():
    offers = ["Company", *[f"C{n}" for n in range(24)]]
    reading = read(offers, ["Hiring status", *["Actively hiring", "Not actively hiring"] * 12])
    assert reading.shape == "none" or reading.is_guess


def test_numbers_that_may_be_the_stages():
    codes = ["stage_id", *["1", "2", "3", "4", "5", "6"] * 4]
    status = ["status", *["open", "won", "lost"] * 8]
    assert asked(read(CLIENT, LEAD, codes, status))[0] == (
        "'stage_id' holds 6 different numbers. Are they the stages, instead of the words in 'status'?"
    )


def test_a_date_in_unknown_words_on_few_rows_may_be_when_they_left():
    few, days = 10, DAYS[:10]
    called = ["Called on", *[day + dt.timedelta(days=5) for day in days]]
    met = ["Met on", *[day + dt.timedelta(days=9) for day in days[:6]]]
    paid = ["Paid on", *[day + dt.timedelta(days=12) for day in days[:4]]]
    odd = ["Zyx", *[day + dt.timedelta(days=30) if n in (1, 5, 7, 8) else None for n, day in enumerate(days)]]
    reading = read(CLIENT[: few + 1], ["Lead date", *days], odd, called, met, paid)
    assert reading.role("left_date").header == "Zyx"
    assert asked(reading) == [
        "'Zyx' has a date in 4 of 10 rows, whatever steps the client took. Is it when clients left?"
    ]


def test_a_flag_in_unknown_words_between_the_steps_is_asked_about():
    odd = ["Zyx", *[1 if n % 3 == 0 else None for n in range(24)]]
    reading = read(CLIENT, LEAD, ["Called", *[1] * 20], odd, ["Met", *[1] * 12], ["Paid", *[1] * 6])
    assert [step.step for step in reading.steps] == ["Called", "Met", "Paid"]
    assert asked(reading) == [
        "Is 'Zyx' a step? It has 8 marks or dates, whatever other steps the client took."
    ]


def test_a_checklist_ticked_in_the_same_rows_is_no_way():
    parts = [
        [name, *["✅"] * n]
        for name, n in (("Civil", 7), ("Panel", 6), ("Inverter", 6), ("Cable", 6), ("DCDB", 7))
    ]
    reading = read(["Name", *CLIENT[1:]], LEAD, *parts)
    assert reading.shape == "none" or reading.is_guess


@pytest.mark.parametrize(
    ("stages", "way"),
    [
        (["New", "Nurturing", "Contacted", "Converted"], ["New", "Contacted", "Nurturing", "Converted"]),
        (["New", "Qualified", "Nurturing", "Working"], ["New", "Working", "Nurturing", "Qualified"]),
        (["Open", "Attempted to contact", "Won"], ["Open", "Attempted to contact", "Won"]),
        (["Qualified", "Intake", "Converted"], ["Intake", "Qualified", "Converted"]),
    ],
)
def test_the_order_of_lead_states(stages, way):
    reading = read(CLIENT, LEAD, ["Lead status", *(stages * 8)[:24]])
    assert [step.step for step in reading.steps] == way


def test_a_header_that_reads_like_a_fact_among_the_steps():
    """ "Imported" says that a record was changed, but not between two steps, nested as one."""
    steps = [("Contract sent", 20), ("Kick-off", 17), ("Data imported", 13), ("Go live", 9)]
    reading = read(CLIENT, LEAD, *[[name, *[1] * count] for name, count in steps])
    assert [step.step for step in reading.steps] == [name for name, _ in steps]
    assert asked(reading) == []


def test_a_header_that_reads_like_a_fact_after_the_steps():
    """A driving school's licence is what its pupils come for; elsewhere it is a fact about a person."""
    steps = [("Code obtenu", 20), ("Première leçon", 17), ("Permis obtenu", 11)]
    reading = read(
        ["Élève", *CLIENT[1:]], ["Inscription", *DAYS],
        *[[name, *[day + at * MONTH for day in DAYS[:n]]] for at, (name, n) in enumerate(steps, 1)],
    )  # fmt: skip
    assert asked(reading)[-1] == (
        "Is 'Permis obtenu' a step? It is filled as a step is (11 clients), but its header reads like a fact "
        "about the client."
    )


def test_a_mark_for_what_went_wrong_is_no_step():
    marks = [("Documents verified", 20), ("Approved", 17), ("Disbursed", 14), ("Defaulted", 3)]
    reading = read(CLIENT, LEAD, *[[name, *[1] * count] for name, count in marks])
    assert [step.step for step in reading.steps] == ["Documents verified", "Approved", "Disbursed"]
    assert asked(reading) == ["'Defaulted' has a mark in 3 rows. Have these clients left?"]


@pytest.mark.parametrize(
    "headers",
    [("Jan", "Feb", "Mar", "Apr"), ("Q1", "Q2", "Q3", "Q4"), ("KW 1", "KW 2", "KW 3"), ("Lun", "Mar", "Mer")],
)  # fmt: skip
def test_a_roll_call_is_no_way(headers):
    """Who was there in each month, week or quarter: fewer and fewer, nested by chance."""
    reading = read(CLIENT, *[[name, *[1] * (20 - 4 * at)] for at, name in enumerate(headers)])
    assert (reading.shape, reading.steps) == ("none", ())


def test_a_second_stage_column_that_goes_on_where_the_first_ends():
    leads = [("New", "Open", "Qualified", "Unqualified")[n % 4] for n in range(24)]
    deals = [
        ("Proposal", "Negotiation", "Closed won", "Closed lost")[n % 4] if n > 11 else None for n in range(24)
    ]
    reading = read(["Contact", *CLIENT[1:]], LEAD, ["Lead status", *leads], ["Deal stage", *deals])
    assert asked(reading) == ["Which shows how far a client got: 'Lead status' or 'Deal stage'?"]


def test_a_tab_for_each_month():
    """The same headers and as many rows, but other clients: no tab is a copy of another."""
    grids = {
        month: Grid(month, [
            ["Name", *[f"{month}{n}" for n in range(20)]], ["Enquired", *DAYS[:20]],
            *[[step, *[1] * n, *[None] * (20 - n)] for step, n in (("Called", 15), ("Joined", 6))],
        ]) for month in ("May", "June")
    }  # fmt: skip
    reading = read_grids(grids, AS_OF)
    assert asked(reading) == ["Which tab holds the clients: 'May' or 'June'?"]
    assert [(tab.tab, tab.because) for tab in reading.other_tabs] == [
        ("June", "marks, in 20 rows, with the same headers")
    ]


def test_numbered_steps_that_nearly_all_go_on_to_are_two():
    """A flag may repeat another one under the same words, but not under another number."""
    marks = [("Module 1", 23), ("Module 2", 22), ("Module 3", 21), ("Certificate", 15)]
    reading = read(["Student", *CLIENT[1:]], ["Enrolled", *DAYS], *[[m, *[1] * count] for m, count in marks])
    assert [step.step for step in reading.steps] == [name for name, _ in marks]
    assert [(b.role, b.header) for b in reading.columns] == [("client", "Student"), ("lead_date", "Enrolled")]


def test_a_tick_for_what_reads_like_a_plan():
    marks = [("Rendez-vous", 20), ("Essai", 16), ("Adhésion", 12), ("Renouvellement", 9)]
    reading = read(CLIENT, LEAD, *[[name, *[1] * count] for name, count in marks])
    assert asked(reading)[0].startswith("Is 'Renouvellement' a step? It is filled as a step is (9 clients)")


def test_maybe_is_not_yet():
    steps = [("Open day", 20), ("Application", 15), ("Offer", 11), ("Accepted", 7)]
    columns = [
        [name, *["Yes"] * n, *["Maybe", "No", "TBC"][: 24 - n], *["No"] * (21 - n)] for name, n in steps
    ]
    reading = read(["Family", *CLIENT[1:]], LEAD, *columns)
    assert [step.step for step in reading.steps] == [name for name, _ in steps]


def test_rows_that_nothing_says_are_people():
    """Requirements are specified, implemented and approved as clients are contacted, met and won."""
    marks = [("Specified", 20), ("Implemented", 15), ("Approved", 8)]
    columns = [[name, *[1] * count] for name, count in marks]
    assert asked(read(["Req no", *[f"R-{n}" for n in range(24)]], *columns))[0] == (
        "Is each row a client? Nothing but 'Req no' names it."
    )
    people = ["Req no", *[f"Ana {'abcdefghijklmnopqrstuvwx'[n]}" for n in range(24)]]
    assert not any("Nothing but" in question for question in asked(read(people, *columns)))


def notes(text, n):
    return [text.format(n=at + 1) for at in range(n)]


def test_dates_with_a_comment_are_dates():
    called, met = notes("{n:02d}.02.2026 (Tel)", 20), notes("{n:02d}.03.2026 - at the gym", 12)
    reading = read(CLIENT, LEAD, ["Called", *called], ["Met", *met], ["Paid", *DAYS[:6]])
    assert (reading.shape, asked(reading)) == ("dates", [])


def test_a_source_with_a_day_is_no_date():
    source = ["Source", *["12.03.2026 Fair", "14.04.2026 Fair", "Instagram"] * 8]
    reading = read(CLIENT, LEAD, source, ["Called", *[1] * 20], ["Paid", *[1] * 6])
    assert [belief.header for belief in reading.columns if belief.role == "source"] == ["Source"]


def test_notes_with_a_day_and_initials_may_be_marks():
    called, met = notes("{n}.2 (21:00)", 20), ["MK", "AB", "JS"] * 4
    reading = read(CLIENT, LEAD, ["Called", *called], ["Met", *met], ["Paid", *[1] * 6])
    assert asked(reading) == [
        "'Called' contains texts such as '1.2 (21:00)' in 20 rows. Does any text there mean that the client "
        "reached this step?",
        "'Met' contains texts such as 'MK' in 12 rows. Does any text there mean that the client reached this "
        "step?",
    ]
    assert [step.marks for step in reading.steps] == [("*",), ("*",), ()]


def test_texts_beside_the_dates_of_a_step_are_asked_about():
    met = notes("{n:02d}.03.2026", 9) + notes("{n:02d}.04.2026 (cancelled)", 4)
    reading = read(CLIENT, LEAD, ["Called", *[1] * 20], ["Met", *met], ["Paid", *[1] * 6])
    assert asked(reading) == [
        "'Met' contains dates in 9 rows, and texts such as '01.04.2026 (cancelled)' in 4. Which clients "
        "reached this step?"
    ]


def test_one_known_step_and_one_in_unknown_words_are_no_funnel_without_asking():
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(24)]
    columns = [
        ["Client", *[f"Person {n}" for n in range(24)]], ["Lead date", *days],
        ["Zyx?", *[1 if n % 4 == 0 and n < 16 else 0 for n in range(24)]],
        ["Appointment date", *[days[n] + dt.timedelta(days=5) if n < 16 else None for n in range(24)]],
    ]  # fmt: skip
    reading = read_grids({"Leads": Grid("Leads", columns)}, dt.date(2026, 11, 28))
    assert [question.question for question in reading.questions] == ["Is 'Zyx?' a step that clients take?"]
