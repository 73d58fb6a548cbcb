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
