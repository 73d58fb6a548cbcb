import datetime as dt

import pytest

from funnel.grid import Grid
from funnel.reading.tables.evidence import look_at
from funnel.reading.tables.table import find_table


@pytest.mark.parametrize(
    ("values", "distinct"),
    [
        ([1, 2, 2, 3], 0.75), (["1", "2", "2", "3"], 0.75), (["A1", "A2", "A2", None], 2 / 3),
        (["2026-01-01", "2026-01-01"], 0.5), ([None, None], 0.0),
    ],
)  # fmt: skip
def test_a_number_typed_as_text_is_one_value(values, distinct):
    assert look_at(1, "Lead id", values).distinct == pytest.approx(distinct)


def test_headers_in_the_middle_are_no_row():
    """Two lists joined below one another, where the first cell of the second header row holds a name."""
    columns = [["Name", "Ana", "Zed", "Ben"], ["Stage", "New", "Stage", "Won"], ["Date", 1, "Date", 2]]
    assert list(find_table(Grid("Leads", columns), {}).rows) == [2, 4]


def test_a_sparse_column_of_dates_is_read_as_the_others_are():
    """American dates: the few in the last column could be of either order."""
    leads = ["Lead date", "04/13/2026", "04/21/2026", "05/30/2026"]
    columns = [["Client", "Ana", "Ben", "Cleo"], leads, ["Paid on", "05/06/2026", None, None]]
    table = find_table(Grid("Leads", columns), {})
    assert dt.date.fromordinal(int(table[3].days[0])) == dt.date(2026, 5, 6)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, "x", "sì", None], "marks"), (["yes", "X", "✓", "1"], "marks"),
        (["done", "ok", "Yes", "Y", "x", None], "marks"), (["fatto", "done", "ok", "x", 1], "marks"),
        (["done", "booked", "sent", "signed"], "choices"),
    ],
)  # fmt: skip
def test_several_people_who_mark_in_their_own_ways_make_one_column_of_marks(values, kind):
    assert look_at(1, "First meeting", values * 5).kind == kind


def test_the_words_of_a_status_are_choices():
    assert look_at(1, "Status", ["done", "ok", "complete", "booked"] * 5).kind == "choices"


def test_the_name_of_a_step_is_a_mark_in_its_column():
    column = look_at(3, "Offer made", ["Offer made", None, "offer made", None])
    assert (column.kind, column.spellings) == ("marks", ("Offer made", "offer made"))


@pytest.mark.parametrize("circle", ["O", "o", "○"])
def test_a_cross_beside_circles_is_no_mark(circle):
    """In Korea and Japan an O is a yes and an X a no; an x alone is a mark, so such a column is no step."""
    assert look_at(2, "면접", [circle, "X", circle, None, "X", circle, circle, circle]).kind == "choices"
    assert look_at(2, "면접", [circle, "X", "X", "X", "X", "X", "X", "X"]).kind == "choices"
    assert look_at(2, "Met", ["x", None, "X", "x"]).kind == "marks"


def test_active_and_left_in_a_column_of_a_time_after_the_lead():
    column = look_at(5, "3 months", ["Active", "Left", None, "active", "Cancelled", "Active"])
    assert (column.kind, column.reached.tolist()) == ("marks", [True, False, False, True, False, True])
    assert look_at(5, "Group", ["Active", "Left", None, "Active", "Active", "Active"]).kind == "choices"
