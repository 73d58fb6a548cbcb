"""Which date is the lead date, and which dates say nothing."""

import datetime as dt

from funnel.grid import Grid
from funnel.reading import read_grids

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(16)]
CLIENT = ["Student", *[f"Person {n}" for n in range(16)]]


def read(*columns):
    filled = [[*column, *[None] * (17 - len(column))] for column in columns]
    return read_grids({"Students": Grid("Students", filled)}, dt.date(2026, 11, 28))


def test_who_enrols_on_every_row_comes_on_that_day():
    enrolled = ["Enrollment date", *DAYS]
    first = ["First session", *[day + dt.timedelta(days=9) for day in DAYS[:12]]]
    completed = ["Completed on", *[day + dt.timedelta(days=60) for day in DAYS[:7]]]
    reading = read(CLIENT, enrolled, first, completed)
    assert [belief.header for belief in reading.columns if belief.role == "lead_date"] == ["Enrollment date"]
    assert [step.step for step in reading.steps] == ["First session", "Completed on"]


def test_a_date_is_no_step_where_its_flag_says_no():
    flags = [["Interviewed", *[n < 12 for n in range(16)]], ["Hired", *[n < 6 for n in range(16)]]]
    planned = ["Hire date", *[day + dt.timedelta(days=40) for day in DAYS]]
    reading = read(CLIENT, ["Applied on", *DAYS], *flags, planned)
    assert [step.headers for step in reading.steps] == [("Interviewed",), ("Hired",)]


def test_a_lead_date_may_share_a_word_with_a_flag():
    """ "First contact" has a date in every row, also where "Contacted" has no mark."""
    flags = [["Contacted", *["yes" if n < 12 else "no" for n in range(16)]], ["Paid", *["yes"] * 6]]
    reading = read(CLIENT, ["First contact", *DAYS], *flags)
    assert [belief.header for belief in reading.columns if belief.role == "lead_date"] == ["First contact"]


def test_a_date_in_an_unknown_word_among_the_steps_is_asked_about():
    """Filled like a leaving date, but with two steps on either side, and no reason beside it."""
    marks = [[name, *[1 if n < most else None for n in range(16)]]
             for name, most in (("Called", 14), ("Met", 12), ("Offer sent", 8), ("Paid", 5))]  # fmt: skip
    odd = ["Zyx", *[day if n in (3, 7, 9, 12, 13, 15) else None for n, day in enumerate(DAYS)]]
    reading = read(CLIENT, ["Date of enquiry", *DAYS], *marks[:2], odd, *marks[2:])
    assert [question.about for question in reading.questions] == ["E"]
    assert reading.questions[0].question == (
        "'Zyx' has a date in 6 of 16 rows, whatever steps the client took. Is it when clients left?"
    )


def test_the_day_on_which_a_cv_came_is_the_lead_date():
    placed = ["Fecha_Colocacion", *[day + dt.timedelta(days=40) for day in DAYS[:7]]]
    reading = read(CLIENT, ["Fecha_CV_Recibido", *DAYS], placed)
    assert [belief.header for belief in reading.columns if belief.role == "lead_date"] == [
        "Fecha_CV_Recibido"
    ]
    assert [step.step for step in reading.steps] == ["Fecha_Colocacion"]


def test_a_step_that_everybody_has_is_no_funnel():
    hired = ["Hire date", *[day + dt.timedelta(days=9) for day in DAYS]]
    assert read(["Student", *[f"Person {n}" for n in range(16)]], hired).shape == "none"
