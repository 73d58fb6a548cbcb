import datetime as dt

import pytest

from funnel.clients import KINDS
from funnel.grid import CellError
from funnel.journey import Column, Journey, Step
from funnel.loader import load

D = dt.date
HEADERS = ("Client", "Lead date", "Met", "Paid", "Reason", "Left date", "Value")
JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "left_reason": "Reason",
    "left_date": "Left date", "value": "Value"},
    steps=(Step(name="Met"), Step(name="Paid", paid=True)),
)  # fmt: skip
LEAD = D(2026, 1, 5)


@pytest.fixture
def problems(sheet):
    def find(*rows, journey=JOURNEY, headers=HEADERS):
        found = load(sheet(headers, *rows), journey).problems
        assert {problem.kind for problem in found} <= set(KINDS)
        assert all(problem.way_out for problem in found)
        return [(problem.cell, problem.kind, problem.message) for problem in found]

    return find


def test_a_clean_sheet_has_none(problems):
    assert (
        problems(
            ("Ana", LEAD, 1, 1, "Price", D(2026, 3, 1), 100), ("Ben", LEAD, None, None, None, None, None)
        )
        == []
    )


def test_cells_that_are_no_mark(problems):
    assert problems(("Ana", LEAD, "booked", 2)) == [
        ("C2", "no mark", "Ana: 'booked' is not a mark for 'Met'; it counts as not reached."),
        ("D2", "no mark", "Ana: 2 is not a mark for 'Paid'; it counts as not reached."),
    ]


def test_a_step_may_have_words_of_its_own(sheet):
    journey = Journey(columns=JOURNEY.columns, steps=(Step(name="Met", marks=("Booked",)), Step(name="Paid")))
    clients = load(sheet(HEADERS, ("Ana", LEAD, "booked ")), journey)
    assert (clients.to_frame()["Met"].tolist(), clients.problems) == ([True], ())


def test_error_cells(problems):
    ref = CellError("#REF!")
    assert problems(("Ana", ref, ref, 1, None, ref)) == [
        ("B2", "error value", "Ana: the cell 'Lead date' has the error #REF!; it counts as blank."),
        ("C2", "error value", "Ana: the cell 'Met' has the error #REF!; it counts as blank."),
        ("F2", "error value", "Ana: the cell 'Left date' has the error #REF!; it counts as blank."),
    ]


def test_dates_that_cannot_be_read(problems):
    assert problems(("Ana", "soon", 1, 1, None, 12)) == [
        ("B2", "unreadable date", "Ana: 'soon' is not a readable lead date; it counts as blank."),
        ("F2", "unreadable date", "Ana: 12 is not a readable date of leaving; it counts as blank."),
    ]


def test_a_mark_or_a_text_instead_of_the_date_of_leaving(problems):
    left = "the client counts as having left, on an unknown day."
    assert problems(("Ana", D(2026, 1, 5), 1, 1, None, "yes")) == [
        ("F2", "unreadable date", f"Ana: 'yes' is not a readable date of leaving; {left}"),
    ]
    assert problems(("Ana", D(2026, 1, 5), 1, 1, None, "in spring")) == [
        ("F2", "unreadable date", f"Ana: 'in spring' is not a readable date of leaving; {left}"),
    ]
    assert problems(("Ana", D(2026, 1, 5), 1, 1, "still active", "current")) == []


def test_years_that_cannot_be_right(problems):
    assert problems(("Ana", D(1926, 1, 5), D(2206, 1, 5), 1)) == [
        ("B2", "wrong year", "Ana: the lead date 1926-01-05 cannot be right; it counts as blank."),
        ("C2", "wrong year", "Ana: the date 2206-01-05 for 'Met' cannot be right."),
    ]


def test_text_among_real_dates(problems):
    assert problems(("Ana", LEAD), ("Ben", "2026-02-01")) == [
        (
            "B3",
            "text date",
            "Ben: the lead date '2026-02-01' is text among real dates; it is read as 2026-02-01.",
        )
    ]
    assert problems(("Ana", "2026-01-05"), ("Ben", "2026-02-01")) == []


def test_a_client_without_a_name_or_a_lead_date(problems):
    assert problems((None, LEAD, 1), ("Ben", None, 1), ("Cid", "-")) == [
        ("A2", "no name", "The client of row 2 has no name."),
        ("B3", "no lead date", "Ben has no lead date, and is left out of results that need one."),
        ("B4", "no lead date", "Cid has no lead date, and is left out of results that need one."),
    ]


def test_a_row_that_shows_how_to_fill_in_the_sheet(problems):
    assert problems(("e.g. Jane Doe", LEAD, 1), ("Exempla Gratia", LEAD, 1)) == [
        ("A2", "example row",
         "e.g. Jane Doe looks like an example row; it is counted.")
    ]  # fmt: skip


def test_leaving_before_the_lead(problems):
    assert problems(("Ana", LEAD, 1, None, "Price", D(2025, 3, 1))) == [
        ("F2", "left before lead", "Ana left on 2025-03-01, before becoming a lead on 2026-01-05.")
    ]
    assert problems(("Ana", LEAD, 1, None, "Price", LEAD)) == []


def test_a_reason_without_a_date(problems):
    assert problems(("Ana", LEAD, 1, None, "Price"), ("Ben", LEAD, 1, None, "n/a")) == [
        ("F2", "reason without date", "Ana has a reason for leaving, 'Price' (E2), but no date.")
    ]


def test_a_value_that_is_no_number(problems):
    assert problems(
        ("Ana", LEAD, 1, None, None, None, "lots"), ("Ben", LEAD, 1, None, None, None, "€ 90")
    ) == [("G2", "not a number", "Ana: the value 'lots' is not a number; it counts as blank.")]


def test_mixed_marks_are_said_once(problems):
    rows = [
        ("Ana", LEAD, 1, 1),
        ("Ben", LEAD, "yes", 1),
        ("Cid", LEAD, 1, D(2026, 2, 1)),
        ("Dot", LEAD, 1, 1),
    ]
    assert problems(*rows) == [
        ("C3", "mixed marks",
         "Marks are written in several ways ('yes' in C3 and a date in D4); all of them count as reached.")
    ]  # fmt: skip
    assert problems(("Ana", LEAD, "x", D(2026, 2, 1)), ("Ben", LEAD, "X", D(2026, 2, 2))) == []


WITHOUT = "Steps are counted, but due dates, cohorts and trends are left out."


def test_a_sheet_without_lead_dates_says_so_where_nobody_declared_a_journey(problems):
    assert problems(("Ana", 1, 1), ("Ben", 1, None), headers=("Client", "Met", "Paid"), journey=None) == [
        (None, "no lead date column", "The sheet has no column for the lead date. " + WITHOUT)
    ]


def test_a_slip_in_the_name_of_a_column_is_said_with_the_numbers(sheet):
    columns = {**JOURNEY.columns, "left_date": Column(headers=("Leaving date",))}
    clients = load(sheet(HEADERS, ("Ana", LEAD, 1, 1)), Journey(columns=columns, steps=JOURNEY.steps))
    assert clients.assumed == (
        "there is no column 'Leaving date' (the nearest header is 'Left date'): everything is counted "
        "without the date of leaving",
    )
    assert [p.kind for p in clients.problems] == ["missing column"]


def test_a_step_or_a_role_without_a_column(problems):
    assert problems(("Ana", 1), headers=("Client", "Paid")) == [
        (None, "no lead date column", "The sheet has no column for the lead date. " + WITHOUT),
        (None, "missing column", "The sheet has no column for the date of leaving."),
        (None, "missing column", "The sheet has no column 'Met'. The step is left out."),
    ]


def test_the_nearest_header_is_offered(problems):
    found = problems(("Ana", LEAD, 1, 1), headers=("Client", "Lead date", "Met at last", "Paid"))
    assert found[1] == (
        None, "missing column",
        "The sheet has no column 'Met'; the nearest header is 'Met at last'. The step is left out.",
    )  # fmt: skip


def test_a_header_that_stands_there_twice(problems):
    assert problems(("Ana", LEAD, 1, 1, None, None, None, 1), headers=(*HEADERS, "Paid")) == [
        ("H1", "double header", "Columns D and H are both called 'Paid'; D is used.")
    ]


def test_a_name_in_two_columns(sheet):
    journey = Journey(columns={"client": Column(join=("First", "Last"))}, steps=(Step(name="Paid"),))
    grid = sheet(("First", "Last", "Paid"), ("Ana", "Rossi", 1), (None, "Verdi", "2"), ("Cid ", None, 1))
    clients = load(grid, journey)
    assert clients.table["client"].tolist() == ["Ana Rossi", "Verdi", "Cid"]
    assert [problem.client for problem in clients.problems] == ["Verdi"]


def test_problems_stand_in_sheet_order(problems):
    cells = [cell for cell, *_ in problems(("Ana", "soon", "b"), (None, LEAD, "c", 3), ("Cid", None, "d"))]
    assert cells == ["B2", "C2", "A3", "C3", "D3", "B4", "C4"]


def test_dates_that_a_spreadsheet_read_by_half(problems):
    real = [
        (f"{letter}{letter} Client", D(2026, 1, day))
        for letter, day in zip("abcdef", range(1, 7), strict=True)
    ]
    text = [("gg Client", "13/01/2026"), ("hh Client", "14/01/2026")]
    halves = [found for found in problems(*real, *text) if found[1] == "conflicting dates"]
    assert halves == [
        ("B8", "conflicting dates",
         "All 6 real dates of column B (lead date) fall on days 1 to 12, "
         "and all 2 text dates on later days: "
         "the spreadsheet has probably swapped day and month.")
    ]  # fmt: skip
    assert not [
        found for found in problems(*real, ("zz", D(2026, 1, 13)), *text) if found[1] == "conflicting dates"
    ]


def test_formulas_that_nothing_calculated_are_said_once_for_each_column(sheet):
    rows = [("Ana", LEAD), ("Ben", LEAD, 1), ("Cleo", LEAD)]
    cells = frozenset([(2, 3), (4, 3), (3, 6), (9, 3)])
    found = load(sheet(HEADERS, *rows, uncalculated=cells), JOURNEY).problems
    assert [(p.cell, p.kind, p.message) for p in found] == [
        ("C2", "not calculated", "2 cells of column C (Met) have formulas that were never calculated, so "
         "they count as not reached."),
        ("F3", "not calculated", "1 cell of column F (date of leaving) has a formula that was never "
         "calculated, so it counts as blank."),
    ]  # fmt: skip
    assert {p.way_out for p in found} == {
        "Open the workbook in Excel or LibreOffice, save it once, and try again."
    }
