"""Which columns show who left, and why."""

import datetime as dt

from funnel.grid import Grid
from funnel.reading import read_grids

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(16)]
COLUMNS = [
    ["Student", *[f"Person {n}" for n in range(16)]],
    ["Date of enquiry", *DAYS],
    *[[name, *[1 if n % 8 < most else None for n in range(16)]]
      for name, most in (("Called", 7), ("Met", 5), ("Paid", 3))],
]  # fmt: skip
LEFT = [3, 4, 9, 10, 12, 14]


def read(*columns):
    return read_grids({"Students": Grid("Students", [*COLUMNS, *columns])}, dt.date(2026, 11, 28))


def roles(reading):
    return {belief.role: belief.header for belief in reading.columns}


def test_a_reason_that_only_some_leavers_have():
    gone = ["Gone", *[day + dt.timedelta(days=90) if n in LEFT else None for n, day in enumerate(DAYS)]]
    why = ["Zyx", *["too dear" if n in LEFT[:4] else None for n in range(16)]]
    assert roles(read(gone, why))["left_reason"] == "Zyx"


def test_a_reason_beside_clients_at_any_step_is_asked_about():
    reading = read(["Motif", *["trop cher" if n in (0, 8, 9, 3) else None for n in range(16)]])
    assert [question.question for question in reading.questions] == [
        "'Motif' has a text in 4 rows. Have these clients left?"
    ]
    assert "left_reason" not in roles(reading)


def test_gave_up_is_a_word_for_leaving():
    days = ["Gave up", *[day + dt.timedelta(days=90) if n in LEFT else None for n, day in enumerate(DAYS)]]
    assert roles(read(days))["left_date"] == "Gave up"
    reasons = ["Gave up", *["too dear" if n in LEFT else None for n in range(16)]]
    assert roles(read(reasons))["left_reason"] == "Gave up"


def test_a_mark_under_left_shows_who_left():
    for header in ("Left", "Cancelled?", "Churned", "Dropped out", "Gekündigt", "退会"):
        reading = read([header, *["x" if n in LEFT else None for n in range(16)]])
        assert (reading.questions, roles(reading)["left_date"]) == ((), header)


def test_a_no_show_and_a_cancelled_trial_show_nothing():
    for header in ("No-show", "Trial cancelled"):
        reading = read([header, *["x" if n in LEFT else None for n in range(16)]])
        assert "left_date" not in roles(reading)


def test_texts_among_the_dates_of_leaving():
    days = [day + dt.timedelta(days=90) if n in LEFT else None for n, day in enumerate(DAYS)]
    gone = ["Date left", *["unknown" if n in LEFT[2:5] else day for n, day in enumerate(days)]]
    assert roles(read(gone))["left_date"] == "Date left"


def test_words_for_clients_who_are_still_here_are_no_reasons():
    reading = read(["Reason for leaving", *["Price" if n in LEFT else "Still active" for n in range(16)]])
    assert (reading.questions, roles(reading)["left_reason"]) == ((), "Reason for leaving")


def test_who_is_still_there_is_no_step():
    reading = read(["Still a member?", *["yes" if n % 8 < 4 else "no" for n in range(16)]])
    assert [step.step for step in reading.steps] == ["Called", "Met", "Paid"]
