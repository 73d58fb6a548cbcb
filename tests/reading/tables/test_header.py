import datetime as dt

import pytest

from funnel.grid import Area
from funnel.reading.tables.header import find_header, header_at, header_like

D = dt.date
HEADERS = ("Client", "Lead date", "Met", "Paid")
ANA = ("Ana", D(2026, 1, 5), 1, None)
KNOWN = frozenset({"client", "lead date", "paid"})


def test_headers_in_the_first_row(sheet):
    header = find_header(sheet(HEADERS, ANA), KNOWN)
    assert (header.row, dict(header.names), header.known) == (
        1, {1: "Client", 2: "Lead date", 3: "Met", 4: "Paid"}, 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    "above",
    [
        [("Iron Gym",), ()],
        [("Iron Gym 2026", None, "Updated: 3 May"), ()],
        [("Totals", None, 12, 5), ("% of leads", None, 1.0, 0.4)],
        [(None, None, "=", None), ("Clients of", "the gym")],
        [(), (), ("Please type a 1 when a client gets there. " * 5,)],
    ],
)
def test_titles_and_totals_above_are_passed_over(sheet, above):
    header = find_header(sheet(*above, HEADERS, ANA, ANA), KNOWN)
    assert header.row == len(above) + 1
    assert list(header.names.values()) == list(HEADERS)


def test_headers_nobody_knows_are_found_by_their_shape(sheet):
    header = find_header(
        sheet(("My list",), (), ("Wer", "Wann", "Da", "Weg"), ("Ada", D(2026, 1, 5), "x", None))
    )
    assert header.row == 3


def test_a_client_whose_row_looks_like_headers_is_none(sheet):
    rows = (
        ("Client", "Lead date", "Source", "Coach", "Paid"),
        ("Paid", "5 May 2026", "Client", "Coach", None),
    )
    assert find_header(sheet(*rows), KNOWN | {"coach"}).row == 1


def test_blank_columns_and_blank_headers_have_no_name(sheet):
    header = find_header(sheet(("Client", None, "Paid", " "), ("Ana", None, 1, "note")), KNOWN)
    assert dict(header.names) == {1: "Client", 3: "Paid"}


def test_line_breaks_and_double_spaces_in_headers_are_spaces(sheet):
    assert find_header(sheet(("Client\nname", "First  paid"), ("Ana", 1))).names == {
        1: "Client name",
        2: "First paid",
    }


def test_two_levels_merged(sheet):
    grid = sheet(
        ("Client", "Journey", None, "Retention", None),
        (None, "Met", "Paid", "1 month", "3 months"),
        ("Ana", 1, 1, None, None),
        merges=(Area(1, 1, 2, 1), Area(1, 2, 1, 3), Area(1, 4, 1, 5)),
    )
    header = find_header(grid, KNOWN)
    assert header.row == 2
    assert header.names == {1: "Client", 2: "Met", 3: "Paid", 4: "1 month", 5: "3 months"}


def test_two_levels_without_merges_name_what_stands_there_twice(sheet):
    header = find_header(
        sheet(
            (None, "Call", None, "Visit", None),
            ("Client", "Booked", "Done", "Booked", "Done"),
            ("Ana", 1, 1, 1, None),
        )
    )
    assert header.row == 2
    assert header.names == {
        1: "Client",
        2: "Call: Booked",
        3: "Call: Done",
        4: "Visit: Booked",
        5: "Visit: Done",
    }
    assert header.short[2] == "Booked"


def test_the_upper_level_names_what_the_lower_leaves_blank(sheet):
    header = find_header(
        sheet(("Client", "Lead date", "Journey", None), (None, None, "Met", "Paid"), ANA), KNOWN
    )
    assert (header.row, header.names) == (2, {1: "Client", 2: "Lead date", 3: "Met", 4: "Paid"})


def test_a_merged_title_is_no_header(sheet):
    grid = sheet(("Iron Gym", None, None, None), HEADERS, ANA, merges=(Area(1, 1, 1, 4),))
    header = find_header(grid, KNOWN)
    assert (header.row, list(header.names.values())) == (2, list(HEADERS))


def test_headers_merged_downwards_end_at_their_last_row(sheet):
    grid = sheet(HEADERS, (), ANA, merges=tuple(Area(1, c, 2, c) for c in range(1, 5)))
    assert find_header(grid, KNOWN).row == 2


def test_a_tab_without_headers(sheet):
    assert find_header(sheet()) is None
    assert find_header(sheet((1, 2, 3), (4, 5, 6))) is None
    assert find_header(sheet(*[("note",)] * 80)) is None


def test_headers_are_looked_for_in_the_first_sixty_rows(sheet):
    assert find_header(sheet(*[()] * 59, HEADERS, ANA), KNOWN).row == 60
    assert find_header(sheet(*[()] * 60, HEADERS, ANA), KNOWN) is None


@pytest.mark.parametrize(
    "value", [None, 5, True, "x", "1", "no", "", "12/05/2026", "5 May 2026", "–", "?" * 5, "a" * 200]
)
def test_what_cannot_be_a_header(value):
    assert not header_like(value)


@pytest.mark.parametrize("value", ["Client", "12 months post-lead", "1 month", "M3", "Paid?", "6 weeks"])
def test_what_can_be_a_header(value):
    assert header_like(value)


def test_the_caller_may_name_the_row(sheet):
    assert header_at(sheet(("a", "b"), ("c", "d")), 2).names == {1: "c", 2: "d"}
