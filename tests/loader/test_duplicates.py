import datetime as dt

import pytest

from funnel.cells.typos import is_typo
from funnel.journey import Journey, Step
from funnel.loader import load

D = dt.date
HEADERS = ("Client", "Lead date", "Coach", "Paid")
JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "coach": "Coach"},
    steps=(Step(name="Paid", paid=True),),
)
MON, TUE = D(2026, 1, 5), D(2026, 1, 6)


@pytest.fixture
def problems(sheet):
    def find(*rows):
        return [(p.cell, p.kind, p.message) for p in load(sheet(HEADERS, *rows), JOURNEY).problems]

    return find


def test_the_same_name_and_lead_date(problems):
    assert problems(("Ana Rossi", MON), ("Ben Vale", MON), ("ana  ROSSI ", MON)) == [
        ("A4", "double client", "ana ROSSI is in rows 2 and 4 with the same lead date, and counts twice.")
    ]


@pytest.mark.parametrize("other", [TUE, None])
def test_the_same_name_on_another_day_or_on_none(problems, other):
    found = [
        problem
        for problem in problems(("Ana Rossi", MON), ("Ana Rossi", other))
        if problem[1] != "no lead date"
    ]
    assert found == [
        ("A3", "possible double",
         "Ana Rossi is in rows 2 and 3 with different lead dates; each counts as a client.")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jon Smith", "John Smith"), ("Ana Rossi", "Rossi Ana"), ("Zoë Brandt", "Zoe Brant"),
    ("Carla Dini", "Karla Dini"),
     ("Maria Lopez", "Maria Lopes"), ("Ana-Maria Gil", "Anamaria Gil")],
)  # fmt: skip
def test_nearly_the_same_name_on_the_same_day(problems, one, other):
    assert problems((one, MON), (other, MON)) == [
        ("A3", "possible double",
         f"{other} and {one} (A2) have the same lead date and nearly the same name; each counts as a client.")
    ]  # fmt: skip
    assert problems((one, MON), (other, TUE)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "Eva"), ("Client 12", "Client 13"), ("Ana Rossi", "Ana Verdi"), ("Tom Hale", "Tim Wade")],
)
def test_names_that_are_only_alike(problems, one, other):
    assert problems((one, MON), (other, MON)) == []


def test_clients_without_a_name_are_no_doubles(problems):
    assert {kind for _, kind, _ in problems((None, MON), (None, MON))} == {"no name"}


def test_very_many_namesakes_are_one_sentence(problems):
    rows = [(f"Name {n % 60}", MON + dt.timedelta(days=n)) for n in range(120)]
    assert problems(*rows) == [
        ("A62", "possible double",
         "60 names are in several rows, for example Name 0; each row counts as a client.")
    ]  # fmt: skip


def test_a_coach_spelled_two_ways(problems):
    rows = [(f"{letter}{letter} Client", MON, coach) for letter, coach in zip(
        "abcdefghi", ["Marco"] * 4 + ["marco ", "Marko", "Lia", "Tess", None], strict=True)]  # fmt: skip
    assert problems(*rows) == [
        ("C6", "two spellings", "The coach 'marco' (1 row) may be 'Marco' (4); they count as two."),
        ("C7", "two spellings", "The coach 'Marko' (1 row) may be 'Marco' (4); they count as two."),
    ]


def test_a_typo_is_up_to_two_letters_in_one_place():
    assert is_typo("jonathan", "jonatan")
    assert is_typo("jonathan", "janathan")
    assert not is_typo("jonathan", "janatan")
    assert not is_typo("jon", "jan")
