import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.cells.mark_words import NOT_REACHED, REACHED
from funnel.cells.marks import describe_spelling, read_mark
from funnel.grid import CellError

D = dt.date


@pytest.mark.parametrize(
    "value", [1, 1.0, True, "1", " 1 ", "1.0", "1,0", "TRUE", "x", "X", "✓", "✔", "yes", "Y", "sì", "Sí",
    "sim", "ja", "OUI"]
)  # fmt: skip
def test_reached(value):
    assert read_mark(value, REACHED) == "reached"


@pytest.mark.parametrize(
    "value", [None, "", "   ", 0, 0.0, False, "0", "FALSE", "no", "N", "-", "–", "nein", "não", "non"]
)
def test_not_reached(value):
    assert read_mark(value, REACHED) == "not reached"


@pytest.mark.parametrize(
    "value",
    [2, 0.5, -1, 20000, 80000, "booked", "1?", "yes!", "12", "46174", "x x", "1\u00a0", dt.time(9, 0)],
)
def test_not_a_mark(value):
    assert read_mark(value, REACHED) == "no mark"


def test_dates_are_marks():
    for value in (
        D(2026, 6, 1),
        dt.datetime(2026, 6, 1, 8, 0),
        46174,
        46174.5,
        "2026-06-01",
        "1 June 2026",
        "01/06/2026",
    ):
        assert read_mark(value, REACHED) == D(2026, 6, 1)
    assert read_mark("01/06/2026", REACHED, "mdy") == D(2026, 1, 6)
    assert read_mark("31/02/2026", REACHED) == "no mark"


def test_early_dates_are_not_marks_as_in_the_live_totals():
    assert read_mark(D(1926, 6, 1), REACHED) == "no mark"
    assert read_mark("01.06.1926", REACHED) == "no mark"


def test_errors():
    assert read_mark(CellError("#REF!"), REACHED) == "error"


def test_a_steps_own_words_count():
    assert read_mark("Done ", REACHED | {"done"}) == "reached"
    assert read_mark(3, REACHED | {"3"}) == "reached"
    assert read_mark("no", REACHED | {"no"}) == "reached"


@given(
    st.sampled_from(sorted(REACHED | NOT_REACHED)),
    st.sampled_from([str.upper, str.title, str.lower]),
    st.text(" ", max_size=2),
)
def test_neither_case_nor_spaces_change_a_mark(known, case, spaces):
    assert read_mark(spaces + case(known) + spaces, REACHED) == (
        "reached" if known in REACHED else "not reached"
    )


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1"), ("1.0", "1"), (True, "TRUE"), ("true", "TRUE"), ("X", "x"),
    (D(2026, 1, 1), "a date"), (46174, "a date")]
)  # fmt: skip
def test_spelling_of_a_mark(value, said):
    assert describe_spelling(value) == said
