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


def test_a_summary_of_a_person_below_the_clients_is_no_client():
    """Formulas without cached values leave a label alone; goals are counts and no marks."""
    rows = [
        ("Client", "Contacted", "Met", "Paid"),
        *[(f"Client {n}", 1, 1 if n < 9 else None, 1 if n < 4 else None) for n in range(12)],
        (None,),
        ("Summary",),
        ("Goal", 18, 12, 8),
    ]
    table = find_table(Grid("Clients", list(zip_longest(*rows))), {})
    assert (table.height, [column.kind for column in table.columns]) == (12, ["names", *["marks"] * 3])


def test_clients_without_marks_below_a_gap_are_clients():
    rows = [("Client", "Fee", "Paid"), *[(f"Client {n}", 50, 1) for n in range(9)], (None,)]
    rows += [(f"Client {n}", 50, None) for n in range(9, 20)]
    assert find_table(Grid("Clients", list(zip_longest(*rows))), {}).height == 20
