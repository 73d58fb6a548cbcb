"""What has to be asked: small sheets by hand, each with one doubt."""

import datetime as dt

from funnel.grid import Grid
from funnel.reading import read_grids

AS_OF = dt.date(2026, 11, 28)
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
    assert asked(reading) == ["What shows how far a client got: 'Stage', or the columns 'Zab 1' and 'Zab 2'?"]


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
    assert reading.asks or "Zyx" not in [step.step for step in reading.steps]
