import datetime as dt

import pytest

from funnel.reading.infer import ColumnProfile, infer_journey

D = dt.date
FIRST = D(2025, 1, 1)


def columns(*profiles):
    return [ColumnProfile(number, **profile) for number, profile in enumerate(profiles, start=1)]


def text(header, distinct=20, n=20):
    return {"header": header, "texts": n, "distinct": distinct}


def marks(header, n=10, noes=0, **more):
    return {"header": header, "marks": n, "noes": noes, "blanks": 20 - n - noes, **more}


def dates(header, n=20, oldest=FIRST, **more):
    return {"header": header, "dates": n, "blanks": 20 - n, "oldest": oldest, "newest": D(2026, 1, 1), **more}


BASE = (text("Client"), dates("Lead date"))


def steps(*profiles):
    found = infer_journey(columns(*BASE, *profiles))
    return [step.name for step in found.journey.steps] if found.journey else []


def doubts(*profiles):
    return {doubt.header: doubt.why for doubt in infer_journey(columns(*BASE, *profiles)).doubtful}


def test_milestones_in_sheet_order_with_the_paid_one_and_the_retention_marks():
    found = infer_journey(
        columns(
            *BASE,
            marks("Rang"),
            text("Coach", 3),
            marks("Visit"),
            marks("Bezahlt"),
            marks("3 months"),
            marks("6 weeks"),
        )
    )
    assert (
        repr(found.journey) == "Journey 'Journey': 5 steps, paid at 'Bezahlt', retention at 3 months, 42 days"
    )
    assert [step.name for step in found.journey.steps] == ["Rang", "Visit", "Bezahlt", "3 months", "6 weeks"]
    assert found.journey.columns["coach"].headers == ("Coach",)
    assert found.notes == ("'Bezahlt' is taken for the step at which the client pays",)
    assert found.journey.steps[4].after == "42 days"


def test_a_slip_among_many_marks_is_forgiven_and_a_column_of_words_is_not():
    assert steps(marks("Met", 9, texts=1, distinct=1), marks("Notes", 3, texts=5, distinct=5)) == ["Met"]


def test_a_header_that_names_a_step_forgives_more():
    odd = {"texts": 5, "distinct": 5}
    assert steps(marks("Client contacted", **odd), marks("Trial ride", **odd)) == ["Client contacted"]
    assert steps(marks("Client contacted", texts=6, distinct=6), marks("Paid")) == ["Paid"]


def test_numbers_that_go_on_are_no_marks():
    assert steps(marks("Met"), marks("Visits", 4, numbers=9)) == ["Met"]


def test_dated_milestones_are_steps():
    assert steps(dates("Date of first visit", 9), marks("Paid")) == ["Date of first visit", "Paid"]


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        (marks("Has insurance?", 8, noes=12), "a yes/no question about the client, by its words"),
        (marks("Newsletter", 8), "a yes/no question about the client, by its words"),
        (marks("Is a runner?", 8, noes=4), "a yes/no question"),
        (marks("Runner?", 8, noes=4), "a yes/no question"),
        (marks("Ambidextrous", 8, noes=4), "it says no in so many words, which the other steps do not"),
        (dates("Birthday", 19, D(1961, 1, 1)), "a date about the client, by its words"),
        (dates("Seen at", 19, D(1961, 1, 1)), "its dates begin in 1961, long before the first lead"),
        (dates("Next appointment", 9), "a date that moves on, by its words"),
        (marks("Left"), "it seems to say that a client left, without a date"),
        (marks("3 month review"), "another column says 3 months too"),
    ],
)
def test_columns_that_only_look_like_milestones_are_listed_and_not_used(profile, why):
    around = (marks("Met"), marks("Paid"), marks("3 months"))
    assert steps(*around, profile) == ["Met", "Paid", "3 months"]
    assert doubts(*around, profile) == {profile["header"]: why}


def test_explicit_noes_everywhere_are_no_reason_to_doubt():
    assert steps(marks("Met", 8, noes=12), marks("Paid", 8, noes=12)) == ["Met", "Paid"]


def test_noes_in_most_columns_are_the_way_of_a_sheet():
    yes = [marks(name, 8, noes=12) for name in ("Assessment booked", "Assessment held", "First treatment")]
    assert steps(marks("Phone call", 20), *yes) == [
        "Phone call",
        "Assessment booked",
        "Assessment held",
        "First treatment",
    ]


def test_the_day_of_discharge_is_a_day_of_leaving_and_no_step():
    found = infer_journey(columns(*BASE, marks("Phone call"), marks("Paid"), dates("Discharged on", 5)))
    assert [step.name for step in found.journey.steps][:3] == ["Phone call", "Paid", "1 month"]
    assert found.journey.columns["left_date"].headers == ("Discharged on",)


def test_without_a_paid_step_nobody_is_taken_for_a_client_who_stayed():
    found = infer_journey(columns(*BASE, marks("Rang"), marks("Visited"), dates("Left on", 5)))
    assert [step.name for step in found.journey.steps] == ["Rang", "Visited"]


def test_columns_before_the_client_or_after_leaving_are_doubtful():
    found = infer_journey(
        columns(
            marks("Seen"), *BASE, marks("Met"), marks("Paid"), text("Reason for leaving"), marks("Checked")
        )
    )
    assert [step.name for step in found.journey.steps] == ["Met", "Paid"]
    assert [(d.header, d.why) for d in found.doubtful] == [
        ("Seen", "it stands before the client's name"),
        ("Checked", "it stands after the columns about leaving"),
    ]


def test_empty_columns_are_steps_by_their_words_only():
    empty = [{"header": header, "blanks": 20} for header in ("Extra", "Paid", "12 months", "Room")]
    assert steps(marks("Met"), *empty) == ["Met", "Paid", "12 months"]
    assert doubts(marks("Met"), *empty) == {"Extra": "nothing is typed in it yet"}


def test_lead_and_left_dates_alone_give_the_usual_retention_steps():
    found = infer_journey(columns(*BASE, dates("Left on", 5)))
    assert [step.months for step in found.journey.steps] == [1, 2, 3, 6, 12]
    assert found.notes == ("no column is a step; retention is derived from the date of leaving",)


def test_nothing_to_go_by():
    assert infer_journey(columns(text("Foo"), text("Bar"))).journey is None


def test_a_sheet_without_a_paid_step_says_so():
    assert infer_journey(columns(*BASE, marks("Met"))).notes == (
        "no step says that the client pays; put `paid = true` below the one that does",
    )


def test_the_strongest_word_names_the_paid_step():
    found = infer_journey(
        columns(
            *BASE, marks("Payment link sent"), marks("Member"), marks("First paid visit"), marks("Paid 2")
        )
    )
    assert found.journey.paid.name == "First paid visit"
    assert found.notes == ("'First paid visit' is taken for the step at which the client pays, not 'Paid 2'",)


def test_roles_by_content_where_the_headers_say_nothing():
    found = infer_journey(columns(text("Wer", 19), dates("Wann"), marks("Da"), text("Woher", 3)))
    assert {role: column.headers for role, column in found.journey.columns.items()} == {
        "client": ("Wer",), "lead_date": ("Wann",),
    }  # fmt: skip


def test_a_name_in_two_columns_is_joined():
    found = infer_journey(columns(text("First name"), text("Surname"), dates("Lead date"), marks("Paid")))
    assert found.journey.columns["client"].join == ("First name", "Surname")


def test_known_headers_bring_target_and_advice():
    found = infer_journey(columns(*BASE, marks("Contacted"), marks("Pagato")))
    assert found.journey.steps[0].target == 1.0
    assert found.journey.steps[1].advice.startswith("What came before did not lead to a paid session")


def test_one_column_of_ticks_on_some_other_sheet_is_no_journey():
    assert infer_journey(columns(text("Feature"), marks("Checked"))).journey is None
    assert infer_journey(columns(text("Client"), marks("Checked"))).journey is None
    assert infer_journey(columns(text("Client"), marks("Paid"))).journey is not None
    assert infer_journey(columns(dates("Lead date"), marks("Called"), marks("Seen"))).journey is not None
