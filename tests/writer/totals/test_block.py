"""The totals block: its numbers by hand and by LibreOffice, its place, and what a person does to it."""

import datetime as dt
from dataclasses import replace

import pytest

from funnel.grid import TOTALS_BESIDE, TOTALS_LABELS, Area, CellError
from funnel.loader import load
from funnel.plan import Formula, PutBlock
from funnel.sheets.excel.write.looks import LOOKS

MARKED = [11, 9, 7, 5, 4, 2]
TODAY = dt.date.today()


def block_of(plan):
    return next((change for change in plan.changes if isinstance(change, PutBlock)), None)


def shown(grid, row, columns=range(5, 11)):
    return [grid[row, column] for column in columns]


def test_the_block_of_the_worked_example(worked):
    block = block_of(worked.refresh())
    grid = worked.grid
    assert block.area == Area(17, 1, 19, 10)
    assert [grid[row, 1] for row in (17, 18, 19)] == ["Totals", "% of leads", "Drop-off from previous step"]
    assert grid[17, 2] == 12
    assert shown(grid, 17) == MARKED
    assert shown(grid, 18) == pytest.approx([n / 12 for n in MARKED])
    assert shown(grid, 19) == pytest.approx([1 / 12, 2 / 11, 2 / 9, 2 / 7, 1 / 5, 1 / 2])
    assert grid.formulas[18, 5] == '=IF(B17=0,"–",E17/B17)'
    assert grid.formulas[19, 6] == '=IF(E17=0,"–",1-F17/E17)'
    assert "F2:F16" in grid.formulas[17, 6]
    assert not worked.plan()


@pytest.mark.office
def test_libreoffice_calculates_what_is_cached(worked, recalculated):
    worked.refresh(today=TODAY)
    values = recalculated(worked.grid)
    for row in (17, 18, 19):
        assert [values[row, column] for column in range(5, 11)] == pytest.approx(shown(worked.grid, row))
    assert values[17, 2] == 12


@pytest.mark.office
def test_what_is_typed_between_two_refreshes_counts_at_once(worked, recalculated):
    worked.refresh(today=TODAY)
    soon = TODAY + dt.timedelta(days=3)
    worked.type(
        {
            (12, 5): "Yes ", (12, 6): TODAY, (12, 7): True, (12, 8): "1", (12, 9): "✓", (12, 10): 1.0,  # Kim
            (14, 1): "Mia", (14, 2): TODAY, (14, 5): 1, (14, 6): False, (14, 7): CellError("#N/A"),
            (14, 8): soon, (14, 9): "*", (14, 10): "?",  # a new lead in the first spacer row
            (15, 5): 46174, (15, 6): "no",  # a mark alone makes a client
            (16, 1): "Noa", (16, 2): soon, (16, 5): 1, (16, 6): 1,  # a lead of later
        }
    )  # fmt: skip
    values = recalculated(worked.grid)
    assert [values[17, column] for column in range(5, 11)] == [14, 10, 8, 6, 5, 3]
    assert values[17, 2] == 14
    assert values[18, 5] == 1
    worked.refresh(today=TODAY)
    again = recalculated(worked.grid)
    assert shown(worked.grid, 20) == [again[20, column] for column in range(5, 11)] == [14, 10, 8, 6, 5, 3]
    assert worked.grid[20, 2] == again[20, 2] == 14


@pytest.mark.office
def test_errors_text_dates_and_odd_words_count_as_the_loader_counts_them(worked, recalculated):
    odd = [
        CellError("#DIV/0!"), "2026-06-01", "1 June 2026", "13/05/26", "2026 June 1st", "1,0", "SÌ", "wahr",
        "x><y", "10", -1, 0.5,
    ]  # fmt: skip
    worked.type({(row, 6): value for row, value in enumerate(odd, start=2)})
    worked.type({(5, 1): CellError("#N/A"), (6, 1): None, (7, 1): None, (7, 2): None, (8, 2): "21.02.2026"})
    worked.refresh(today=TODAY)
    values = recalculated(worked.grid)
    assert shown(worked.grid, 17) == [values[17, column] for column in range(5, 11)]
    assert shown(worked.grid, 17)[1] == 7
    assert worked.grid[17, 2] == values[17, 2] == 12


@pytest.mark.office
def test_an_empty_sheet_shows_dashes(worked, recalculated):
    worked.type({(row, column): None for row in range(2, 14) for column in range(1, 13)})
    worked.refresh(today=TODAY)
    values = recalculated(worked.grid)
    assert [values[row, column] for row in (5, 6, 7) for column in (5, 6)] == [0, 0, "–", "–", "–", "–"]
    assert shown(worked.grid, 7) == ["–"] * 6


def test_a_lead_in_the_spacer_rows_moves_the_block_down(worked):
    worked.refresh()
    worked.type({(14, 1): "Mia", (14, 2): dt.date(2026, 6, 30), (14, 5): 1})
    block = block_of(worked.refresh())
    assert block.area == Area(18, 1, 20, 10)
    assert block.previous == Area(17, 1, 19, 10)
    grid = worked.grid
    assert grid.row(17) == [None] * grid.width
    assert not [at for at in grid.formulas if at[0] == 17]
    assert grid[18, 2] == 13
    assert "E2:E17" in grid.formulas[18, 5]
    assert not worked.plan()


def test_clients_below_the_block_are_clients_and_the_block_moves_under_them(worked):
    worked.refresh()
    worked.type({(21, 1): "Mia", (21, 2): dt.date(2026, 6, 30), (21, 5): "yes"})
    assert block_of(worked.refresh()).area == Area(25, 1, 27, 10)
    assert [worked.grid[row, 1] for row in (17, 18, 19, 21)] == [None, None, None, "Mia"]
    assert worked.grid[25, 2] == 13
    assert not worked.plan()


def test_the_block_stays_where_notes_stand_below_it(worked):
    worked.refresh()
    worked.type({(21, 1): "ask Ida about the contract"})
    assert block_of(worked.plan()) is None


def test_notes_below_the_clients_are_never_written_over(worked):
    worked.type({(15, 3): "our own notes", (40, 7): "see me"})
    assert block_of(worked.refresh()).area.top == 44
    assert worked.grid[15, 3] == "our own notes"
    assert worked.grid[40, 7] == "see me"
    assert not worked.plan()


@pytest.mark.parametrize(
    "what",
    [
        {"tables": (Area(1, 1, 30, 12),)},
        {"filtered": Area(1, 1, 30, 12)},
        {"merges": (Area(28, 2, 30, 4),)},
    ],
)
def test_tables_filters_and_merged_cells_never_reach_the_block(worked, what):
    worked.grid = replace(worked.grid, **what)
    assert block_of(worked.refresh()).area.top == 34
    assert not worked.plan()


def test_a_filter_to_the_last_row_leaves_no_room(worked):
    worked.grid = replace(worked.grid, filtered=Area(1, 1, 1_048_576, 12))
    plan = worked.refresh()
    assert block_of(plan) is None
    assert plan.kept == (
        "Tab 'Clients' has no totals: a filter, a table or a filled column reaches its last row, so there is "
        "no room below. End it earlier to get totals.",
    )


def test_a_table_that_grew_over_the_block_drives_it_down(worked):
    worked.refresh()
    worked.grid = replace(worked.grid, tables=(Area(1, 1, 19, 12),))
    assert block_of(worked.refresh()).area.top == 23
    assert not worked.plan()


def test_a_block_without_its_anchor_is_adopted(worked):
    worked.refresh()
    worked.grid = replace(worked.grid, anchors={})
    block = block_of(worked.refresh())
    assert block.area == Area(17, 1, 19, 10)
    assert [row for row in range(1, 30) if worked.grid[row, 1] == "Totals"] == [17]
    assert not worked.plan()


def test_what_a_person_typed_between_our_cells_stays(worked):
    worked.refresh()
    worked.type({(17, 3): "as of June", (18, 4): 7})
    assert not worked.plan()
    worked.type({(14, 1): "Mia", (14, 5): 1})
    worked.refresh()
    assert (worked.grid[17, 3], worked.grid[18, 4]) == ("as of June", 7)
    assert not worked.plan()


def test_a_number_typed_over_a_total_stays_and_is_told(worked):
    worked.refresh()
    worked.grid = replace(
        worked.grid, formulas={a: f for a, f in worked.grid.formulas.items() if a != (17, 6)}
    )
    worked.type({(17, 6): 99})
    plan = worked.plan()
    assert not plan
    assert plan.kept == (
        "In the totals of tab 'Clients', F17 was typed by hand. Clear it to get the formula back.",
    )
    worked.type({(17, 6): None})
    assert block_of(worked.refresh()) is not None
    assert worked.grid[17, 6] == 9


def test_a_block_sorted_among_the_clients_does_not_cost_a_client(worked):
    worked.refresh()
    anchor = worked.grid.anchors
    rows = [worked.grid.row(row) for row in (12, 13)]
    worked.type({(18, column): value for column, value in enumerate(rows[0], start=1)})
    worked.grid = replace(worked.grid, formulas={a: f for a, f in worked.grid.formulas.items() if a[0] != 18})
    worked.grid = replace(worked.grid, anchors=anchor)
    worked.refresh()
    assert worked.grid.row(18)[0] == "Kim"


def test_a_persons_own_totals_row_is_never_inside_a_range(worked):
    worked.type({(15, 1): "TOTAL", (15, 5): 10, (15, 6): 9})
    worked.grid = replace(worked.grid, formulas={(15, 5): "=SUM(E2:E13)", (15, 6): "=SUM(F2:F13)"})
    plan = worked.refresh()
    said = (
        "Tab 'Clients': Row 15 contains totals of your own, which stay. The totals by funnel count clients "
    )
    assert plan.kept[0] == said + "only, as of today."
    assert worked.grid[19, 1] == TOTALS_BESIDE
    formula = worked.grid.formulas[19, 5]
    assert "E2:E14" in formula
    assert "E16:E18" in formula
    assert shown(worked.grid, 19) == MARKED
    assert not worked.plan()


def test_totals_at_the_top_take_three_blank_rows(worked):
    values = [[None] * 4 + list(column) for column in worked.grid.values]
    values[0][0] = "My gym"
    worked.grid = replace(worked.grid, values=values)
    assert block_of(worked.refresh(totals_at="top")).area == Area(2, 1, 4, 10)
    assert shown(worked.grid, 2) == MARKED
    assert "E6:E1017" in worked.grid.formulas[2, 5]
    assert not worked.plan(totals_at="top")
    assert block_of(worked.refresh(totals_at="bottom")).area == Area(21, 1, 23, 10)
    assert [worked.grid[row, 1] for row in (1, 2, 3, 4)] == ["My gym", None, None, None]


def test_totals_at_the_top_are_refused_without_room(worked):
    from funnel.errors import UsageError

    with pytest.raises(UsageError) as refused:
        worked.plan(totals_at="top")
    assert str(refused.value) == (
        "Totals at the top of tab 'Clients' need 3 blank rows above the header in row 1, from column A to J. "
        'Insert 3 rows there, or choose `totals = "bottom"`.'
    )


def test_formulas_stay_within_what_a_spreadsheet_takes(worked):
    block = block_of(worked.refresh())
    texts = [cell.value.text for cell in block.cells if isinstance(cell.value, Formula)]
    assert max(map(len, texts)) <= 8192


def test_numbers_too_long_for_a_spreadsheet_are_told_and_no_rate_stands_on_them(book):
    client, total = (dt.date(2026, 1, 5), None, None, 1), ("Total", None, None, None, 1)
    months = [row for n in range(40) for row in ((f"Client {n}", *client), total)]
    sheet = book.Book(months)
    plan = sheet.refresh()
    assert [cell.value for cell in block_of(plan).cells] == [TOTALS_BESIDE, *TOTALS_LABELS[1:]]
    assert plan.kept[0] == (
        "In the totals of tab 'Clients', numbers are missing: with so many other rows between the "
        "clients, a live formula would be too long. Move those rows below the clients to get all totals; the "
        "tab 'Funnel' has every number."
    )
    assert not sheet.plan()


def test_only_the_first_row_of_the_block_has_a_line_above(worked):
    looks = {cell.row: set() for cell in block_of(worked.plan()).cells}
    for cell in block_of(worked.plan()).cells:
        looks[cell.row].add(cell.style)
    assert list(looks.values()) == [{"total_label", "total_count"}, *[{"rate_label", "total_rate"}] * 2]
    assert {name for name, look in LOOKS.items() if look.line == "top"} == {"total_label", "total_count"}


@pytest.mark.office
def test_headings_between_the_clients_are_not_counted_and_a_name_below_one_is(book, recalculated):
    clients = book.WORKED
    rows = [("GENNAIO 2026",), *clients[:5], ("Marchetti",), ("March 2026 ",), *clients[5:], ("Mona",)]
    worked = book.Book([row if len(row) > 1 else (*row, *[None] * 11) for row in rows])
    worked.refresh(today=TODAY)
    block = block_of(worked.plan(today=TODAY))
    assert block is None
    top = worked.grid.anchors["totals"].top
    assert worked.grid[top, 2] == len(load(worked.grid, book.JOURNEY)) == 14  # with Marchetti and Mona
    assert recalculated(worked.grid)[top, 2] == 14
    assert shown(worked.grid, top) == MARKED


def test_the_headings_of_many_years_leave_the_totals_whole(book):
    months = [(f"May {year}", *[None] * 11) for year in range(1990, 2050)]
    worked = book.Book([row for pair in zip(months, book.WORKED * 5, strict=True) for row in pair])
    plan = worked.refresh()
    assert worked.grid[worked.grid.anchors["totals"].top, 2] == 60
    assert not any("numbers are missing" in sentence for sentence in plan.kept)
    assert block_of(worked.refresh(rows_may_move=True)) is not None
    assert worked.grid[worked.grid.anchors["totals"].top, 2] == 60
