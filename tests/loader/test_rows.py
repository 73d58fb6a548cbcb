import datetime as dt

import pytest

from funnel.grid import Area
from funnel.journey import Journey, Step
from funnel.loader import load
from funnel.reading.tables.summary_rows import find_block, is_total_label

D = dt.date
LEAD = D(2026, 1, 5)
HEADERS = ("Client", "Lead date", "Met", "Paid")
JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date"},
    steps=(Step(name="Met"), Step(name="Paid", paid=True)),
)
ANA, BEN = ("Ana", LEAD, 1, 1), ("Ben", LEAD, 1, None)


@pytest.fixture
def read(sheet):
    return lambda *rows, **more: load(sheet(HEADERS, *rows, **more), JOURNEY)


def rows(clients):
    return clients.table["row"].tolist()


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (("Cid",), True),
        ((None, LEAD), True),
        ((None, None, "x"), True),
        ((None, None, None, D(2026, 2, 1)), True),
        ((None, None, False, False), False),
        ((None, None, 0, "no"), False),
        ((None, None, "booked"), False),
        ((" ", ""), False),
        ((), False),
    ],
)
def test_a_row_with_a_name_a_lead_date_or_a_mark_is_a_client(read, row, counts):
    assert rows(read(ANA, row)) == ([2, 3] if counts else [2])


@pytest.mark.parametrize(
    ("row", "counts"),
    [(("Cid",), False), (("Cid", LEAD), True), ((None, None, None, 1), True), (("Cid", "soon"), False)],
)
def test_below_a_gap_a_name_alone_is_no_client(read, row, counts):
    clients = read(ANA, BEN, (), row)
    assert rows(clients) == ([2, 3, 5] if counts else [2, 3])
    said = "1 row below a gap not counted, with neither lead date nor mark: 5"
    assert (said in clients.assumed) is not counts


def test_unticked_boxes_below_the_clients_are_no_clients(read):
    assert rows(read(ANA, *[(None, None, False, False)] * 50)) == [2]


OURS = (
    ("Totals", None, 2, 1),
    ("% of leads", None, 1.0, 0.5),
    ("Drop-off from previous step", None, None, 0.5),
)


def test_our_block_is_found_by_its_anchor(read):
    clients = read(ANA, BEN, (), *OURS, anchors={"totals": Area(5, 1, 7, 4)})
    assert rows(clients) == [2, 3]
    assert (clients.layout.block, clients.layout.found_block) == (Area(5, 1, 7, 4), False)
    assert clients.layout.totals == ()
    assert clients.assumed == ()


def test_our_block_is_found_by_labels_and_formulas(read):
    clients = read(ANA, BEN, (), *OURS, formulas={(5, 3): "=SUM(C2:C4)", (5, 4): "=SUM(D2:D4)"})
    assert (clients.layout.block, clients.layout.found_block) == (Area(5, 1, 7, 4), True)
    assert rows(clients) == [2, 3]


def test_our_labels_without_formulas_are_a_persons_totals(read):
    clients = read(ANA, BEN, (), *OURS)
    assert (clients.layout.block, clients.layout.totals) == (None, (Area(5, 1, 7, 4),))
    assert rows(clients) == [2, 3]


def test_clients_below_the_block_are_clients(read):
    clients = read(ANA, BEN, *OURS, ("Cid", LEAD), ("Dot",), formulas={(4, 3): "=SUM(C2:C3)"})
    assert rows(clients) == [2, 3, 7]
    assert (clients.layout.first, clients.layout.last) == (2, 7)


def test_a_block_above_the_headers(sheet):
    grid = sheet(*OURS, HEADERS, ANA, anchors={"totals": Area(1, 1, 3, 4)})
    clients = load(grid, JOURNEY)
    assert (rows(clients), clients.layout.header, clients.layout.block) == ([5], 4, Area(1, 1, 3, 4))


@pytest.mark.parametrize(
    "label", ["Total", "TOTALS:", "Totale", "Summe", "Somme", "Total leads", "Suma", "% of leads"]
)
def test_a_persons_totals_by_their_label(read, label):
    clients = read(ANA, BEN, (label, None, 2, 1))
    assert rows(clients) == [2, 3]
    assert clients.layout.totals == (Area(4, 1, 4, 4),)
    assert clients.assumed == ("row 4 taken for totals that a person made, and not counted",)
    assert clients.problems == ()


def test_a_persons_totals_by_their_formulas_or_their_numbers(read):
    by_formulas = read(ANA, BEN, ("How we did", None, 5, 1), formulas={(4, 3): "=SUM(C2:C3)"})
    by_numbers = read(ANA, ("Ben", LEAD, 1, 1), ("How we did", None, 2, 2))
    as_text = read(ANA, ("Ben", LEAD, 1, 1), (None, None, "2", "2"))
    assert rows(by_formulas) == rows(by_numbers) == rows(as_text) == [2, 3]


def test_totals_among_the_clients_are_a_problem(read):
    clients = read(ANA, ("Total", None, 1, 1), BEN)
    assert rows(clients) == [2, 4]
    (problem,) = clients.problems
    assert (problem.kind, problem.cell, problem.message) == (
        "totals row", "A3", "Row 3 contains totals and is not counted as a client.",
    )  # fmt: skip


def test_marks_by_formula_are_the_clients_own(read):
    named = [(f"Client {n}", None, 1, None) for n in range(60)]
    formulas = {(row, 3): f"=COUNTIF(Visits!A:A,A{row})" for row in range(2, 62)}
    assert len(read(*named, formulas=formulas)) == 60


def test_totals_of_each_month_are_totals_before_and_after_our_block_came_under_them(read):
    months = [row for _ in range(8) for row in (ANA, BEN, ("So far", None, 2, 1))]
    sums = {(row, 3): f"=SUBTOTAL(9,C{row - 2}:C{row - 1})" for row in range(4, 27, 3)}
    before = read(*months, formulas=sums)
    block = {(row, 3): "=SUMPRODUCT(--((C2:C29)>0))" for row in (29, 30, 31)}
    after = read(
        *months, *[()] * 3, ("Totals",), ("% of leads",), ("Drop-off from previous step",),
        formulas=sums | block, anchors={"totals": Area(29, 1, 31, 4)},
    )  # fmt: skip
    assert rows(before) == rows(after) == [row for row in range(2, 26) if row % 3 != 1]


def test_our_block_is_not_among_the_many_rows_with_formulas(read):
    scores = {(3 + n, 5): "=SUM(A1:B1)" for n in range(3)}
    own = [("Rate", None, None, None, 1), ("Mean", None, None, None, 1), ("Score", None, None, None, 1)]
    block = {(row, 3): "=IF(B9=0,0,C9/B9)" for row in (9, 10, 11)}
    clients = read(
        ANA, *own, *[()] * 3, ("Totals",), ("% of leads",), ("Drop-off from previous step",),
        formulas=scores | block, anchors={"totals": Area(9, 1, 11, 4)},
    )  # fmt: skip
    assert rows(clients) == [2]


def test_a_client_with_a_lead_date_is_never_totals(read):
    assert rows(read(ANA, ("Total", LEAD, 1, 1), formulas={(3, 3): "=SUM(C2:C2)"})) == [2, 3]


def test_headers_that_stand_there_again(read):
    clients = read(ANA, HEADERS, BEN)
    assert rows(clients) == [2, 4]
    assert [(p.kind, p.cell, p.message) for p in clients.problems] == [
        ("repeated header", "A3", "Row 3 repeats the headers, and is not counted as a client.")
    ]
    assert clients.layout.totals == (Area(3, 1, 3, 4),)  # so that no formula counts it either


def test_headers_pasted_again_beside_other_cells(read):
    """A second export is pasted below, with a name typed over its first header."""
    clients = read(ANA, ("Cleo", "Lead date", "Met", "Paid"), BEN)
    assert rows(clients) == [2, 4]
    assert [p.message for p in clients.problems] == [
        "Row 3 repeats the headers, and is not counted as a client."
    ]


def test_the_name_of_a_step_in_its_column_is_no_repeated_header(sheet):
    steps = (Step(name="Met", marks=("met",)), Step(name="Paid", marks=("paid",)))
    journey = Journey(columns={"client": "Client", "lead_date": "Lead date"}, steps=steps)
    assert rows(load(sheet(HEADERS, ("Ana", None, "Met", "Paid"), BEN), journey)) == [2, 3]


def test_a_sheet_without_clients_yet(read):
    clients = read()
    assert len(clients) == 0
    assert (clients.layout.first, clients.layout.last) == (2, 1)
    assert clients.to_frame()["Paid"].dtype == bool


@pytest.mark.parametrize("name", ["Total Recall", "Sum Ting", "Anna", "Counter", None, 5])
def test_what_is_no_label_of_totals(name):
    assert not is_total_label(name)


def test_the_lowest_of_two_blocks_is_ours(sheet):
    grid = sheet(HEADERS, *OURS, *OURS, formulas={(2, 3): "=1", (5, 4): "=1"})
    assert find_block(grid) == (Area(5, 1, 7, 4), True)


def test_headings_of_months_are_no_clients_and_no_gap(read):
    clients = read(("GENNAIO 2026",), ANA, ("Cid",), ("März '26",), BEN, ("Dee",))
    assert rows(clients) == [3, 4, 6, 7]
    assert clients.layout.headings == (2, 5)
    assert clients.layout.totals == ()
    assert clients.assumed == ("2 rows taken for headings between the clients, and not counted: 2 and 5",)


@pytest.mark.parametrize("row", [("April 2026", LEAD), ("April 2026", None, 1), ("April",), ("Jan",)])
def test_a_client_may_be_called_like_a_month(read, row):
    assert rows(read(ANA, row, BEN)) == [2, 3, 4]


def test_two_months_without_a_year_are_headings(read):
    assert rows(read(("May",), ANA, ("June",), BEN)) == [3, 5]


def test_a_name_merged_over_a_step_is_a_heading(read):
    merged = {"merges": (Area(3, 1, 3, 4), Area(5, 1, 5, 2))}
    clients = read(ANA, ("The spring campaign",), BEN, ("Cid",), **merged)
    assert (rows(clients), clients.layout.headings) == ([2, 4, 5], (3,))
