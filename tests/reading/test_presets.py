"""A sheet with the headers of the preset is never asked about, whatever is typed into it."""

import datetime as dt
import random

import pytest

from funnel.grid import Grid
from funnel.journey import preset
from funnel.reading import read_grids

HEADERS = (
    "Client name", "Date of lead", "How did you hear about us?", "Source of lead", "Client contacted",
    "Client meeting booked", "Client meeting had", "Referred to coach", "Name of coach",
    "Coach complimentary session done", "First paid session", "One month post-lead", "Two months post-lead",
    "Three months post-lead", "Six months post-lead", "12 months post-lead", "Reason for discontinue",
    "When left journey",
)  # fmt: skip
MESS = (1, None, 0, "x", "yes", "no", True, False, "booked", "?", "n/a", 2, 50000, dt.date(2026, 3, 1),
        dt.date(2031, 1, 1), dt.date(1970, 5, 5), "12/05/2026", "  ", "Lost", "tbd")  # fmt: skip


@pytest.mark.parametrize("seed", range(100))
def test_a_mess_in_the_sheet_of_the_preset(seed):
    dice = random.Random(seed)
    rows = dice.choice((0, 1, 3, 8, 40))
    kept = [header for header in HEADERS if header in HEADERS[:2] or dice.random() < 0.9]
    columns = []
    for header in kept:
        kinds = dice.sample(MESS, dice.randint(1, len(MESS)))
        columns.append([header, *[dice.choice(kinds) for _ in range(rows)]])
    reading = read_grids({"Clients": Grid("Clients", columns)}, dt.date(2026, 11, 28))
    assert (reading.confidence, reading.questions) == ("certain", ())
    names = {step.name for step in preset("gym").steps}
    assert [step.step for step in reading.steps if step.step in names] == [h for h in kept if h in names]
