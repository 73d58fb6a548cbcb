"""Which columns are one step."""

import pytest

from funnel.reading.tables.evidence import look_at
from funnel.reading.tables.twins import merge_twins, twin_strength

DAY = "2026-01-05"


def headers(*columns):
    found = [look_at(at, header, values) for at, (header, values) in enumerate(columns, start=1)]
    return [[column.header for column in group] for group in merge_twins(found)]


def test_a_date_belongs_to_the_flag_with_the_same_words_not_to_the_nearer_one():
    """Nearly all who book a visit come: both flags fit both dates by their rows."""
    booked, done = [1] * 20 + [None] * 20, [1] * 19 + [None] * 21
    assert headers(
        ("Visit booked", booked), ("Visit done", done),
        ("Visit booked on", [DAY] * 20 + [None] * 20), ("Visit date", [DAY] * 19 + [None] * 21),
    ) == [["Visit booked on", "Visit booked"], ["Visit date", "Visit done"]]  # fmt: skip


def test_two_slips_in_a_dozen_cells_do_not_part_a_flag_from_the_date_of_its_name():
    marks = [*[1] * 13, "l", None, *[None] * 10]
    dates = [*[DAY] * 12, "soon", DAY, DAY, *[None] * 10]
    assert headers(("Measured", marks), ("Date measured", dates)) == [["Date measured", "Measured"]]
    assert headers(("Measured", marks), ("Date called", dates)) == [["Measured"], ["Date called"]]


@pytest.mark.parametrize(
    ("flag", "day"), [("Contract signed", "Signing date"), ("Contratto firmato", "Data firma")]
)
def test_a_flag_and_its_date_are_one_step_in_spite_of_typing_errors(flag, day):
    marks = [1, 1, None, 1, 1, 1, 1, 1, 1, None]
    days = [f"2026-03-{n + 10}" if n not in (3, 9) else None for n in range(10)]
    days[2] = None
    assert twin_strength(look_at(1, flag, marks), look_at(5, day, days))


def test_what_is_booked_and_what_is_done_are_two_steps():
    booked = [f"2026-03-{n + 10}" if n < 9 else None for n in range(10)]
    done = [1 if n < 7 or n == 9 else None for n in range(10)]
    assert not twin_strength(look_at(1, "Demo booked on", booked), look_at(5, "Demo done", done))
