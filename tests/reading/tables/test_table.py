from itertools import zip_longest

from funnel.grid import Grid
from funnel.reading.tables.table import find_table


def test_names_of_steps_in_their_columns_are_marks_and_no_repeated_headers():
    """A row whose cells repeat the headers is left out if it is one of many, and kept if many do."""
    rows = [
        ("Client", "Contacted", "Booked", "Paid"),
        *[("Ana", "Contacted", "Booked", "Paid"), ("Ben",)] * 9,
    ]
    again = [*rows[:1], *[("Ana", "x"), ("Ben",)] * 9, rows[0]]
    heights = [find_table(Grid("Leads", list(zip_longest(*made))), {}).height for made in (rows, again)]
    assert heights == [18, 18]
