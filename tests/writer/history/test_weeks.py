"""One row a week: rewritten within it, left for good after it; columns by name; notes beside it stay."""

import datetime as dt

import pandas as pd
from tables import clients_of

from funnel.grid import Grid
from funnel.journey import Stage
from funnel.journey.model import Journey, Step
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.plan import PutTab
from funnel.reports.weekly import weekly_text
from funnel.writer.history import weeks as history
from funnel.writer.ownership import changes

TAB = "Funnel history"


def lines(book):
    grid = book.grids[TAB]
    return [grid.row(row)[1:] for row in range(3, grid.height + 1)]


def edit(book, cells):
    book.grids[TAB] = book_typed(book.grids[TAB], cells)


def book_typed(grid, cells):
    from dataclasses import replace

    width = max([grid.width, *(column for _, column in cells)])
    height = max([grid.height, *(row for row, _ in cells)])
    values = [
        [cells.get((row, column), grid[row, column]) for row in range(1, height + 1)]
        for column in range(1, width + 1)
    ]
    return replace(grid, values=values)


def test_a_week_has_one_row(worked):
    worked.refresh(dt.date(2026, 6, 29))
    worked.refresh(dt.date(2026, 7, 1))
    header, row = lines(worked)
    assert header[:4] == ["Week", "As of", "Clients", "Client contacted"]
    assert header[-4:] == ["The leak", "Settled drop-off", "of n", "Clients on tab"]
    assert row[:9] == ["2026-W27", dt.date(2026, 7, 1), 12, 11, 9, 7, 5, 4, 2]
    assert header[9:11] == ["Left the journey", "The leak"]
    assert row[9:11] == [4, "too few to call"]  # Ben, Cat and Eva with a date, Fay with a reason


def test_the_next_week_gets_the_next_row_and_the_last_one_stays(worked):
    worked.refresh(dt.date(2026, 7, 1))
    worked.type({(12, 7): 1})
    worked.refresh(dt.date(2026, 7, 8))
    assert [row[0] for row in lines(worked)] == ["Week", "2026-W27", "2026-W28"]
    assert [row[5] for row in lines(worked)[1:]] == [7, 8]
    assert not worked.plan(dt.date(2026, 7, 8))


def test_a_week_that_is_over_stays_as_it_was_recorded(worked):
    worked.refresh(dt.date(2026, 7, 1))
    worked.type({(12, 7): 1})
    plan = worked.refresh(dt.date(2026, 7, 1), today=dt.date(2026, 7, 9))
    assert lines(worked)[1][5] == 7
    assert plan.kept == ()  # nothing of a person's was left alone


def test_a_past_week_without_a_row_gets_one(worked):
    worked.refresh(dt.date(2026, 7, 1), today=dt.date(2026, 11, 21))
    assert lines(worked)[1][0] == "2026-W27"


def test_notes_beside_and_between_stay_and_move_nothing(worked):
    worked.refresh(dt.date(2026, 7, 1))
    edit(worked, {(4, 20): "new flyer", (7, 2): "summer"})
    worked.refresh(dt.date(2026, 7, 8))
    grid = worked.grids[TAB]
    assert (grid[4, 20], grid[7, 2]) == ("new flyer", "summer")
    assert grid[8, 2] == "2026-W28"
    assert not worked.plan(dt.date(2026, 7, 8))


def test_a_journey_that_gains_a_step_gains_a_column_at_the_end(worked, book):
    worked.refresh(dt.date(2026, 7, 1))
    edit(worked, {(3, 16): "my notes"})
    steps = (*book.JOURNEY.steps, Step(name="Value"))
    journey = book.JOURNEY.model_copy(update={"steps": steps, "columns": {
        role: column for role, column in book.JOURNEY.columns.items() if role != "value"}})  # fmt: skip
    worked.refresh(dt.date(2026, 7, 8), journey=journey)
    header = lines(worked)[0]
    assert header[:13] == lines(worked)[0][:13]
    assert header[14:] == ["my notes", "Value"]
    assert not worked.plan(dt.date(2026, 7, 8), journey=journey)


def test_a_renamed_header_keeps_its_column(worked):
    worked.refresh(dt.date(2026, 7, 1))
    edit(worked, {(3, 5): "Called"})
    worked.refresh(dt.date(2026, 7, 8))
    header, _, second = lines(worked)
    assert header.count("Client contacted") == 0
    assert (header[3], second[3]) == ("Called", 11)


def test_a_corrected_number_stays(worked):
    worked.refresh(dt.date(2026, 7, 1))
    edit(worked, {(4, 5): 12})
    plan = worked.refresh(dt.date(2026, 7, 2))
    assert lines(worked)[1][3] == 12
    assert plan.kept == (
        "Tab 'Funnel history': E4 changed by hand; not overwritten. Delete the tab to have it written again.",
    )


def test_what_was_recorded_by_week_and_header(worked, book):
    assert history.recorded(None, None) == {}
    worked.refresh(dt.date(2026, 7, 8), today=dt.date(2026, 7, 8))
    worked.refresh(dt.date(2026, 7, 1), today=dt.date(2026, 7, 8))  # the earlier week comes in a later row
    edit(worked, {(3, 5): "Called", (8, 2): "summer", (4, 7): "many"})
    funnel = Funnel(load(worked.grid, book.JOURNEY), dt.date(2026, 7, 8))
    found = history.recorded(worked.grids[TAB], funnel)
    assert list(found) == ["2026-W27", "2026-W28"]
    assert found["2026-W27"]["As of"] == dt.date(2026, 7, 1)
    assert found["2026-W27"]["Client contacted"] == 11
    assert found["2026-W28"]["First paid session"] == "many"
    assert found["2026-W28"]["of n"] is None


def test_without_a_word_on_who_left_nothing_is_recorded_of_it():
    table = pd.DataFrame({"row": [2], "client": ["Ana"], "Met": [True]})
    funnel = Funnel(clients_of(table, Journey(steps=(Step(name="Met"),))), dt.date(2026, 7, 1))
    assert history.entry(funnel)["Left the journey"] == (None, "count")


def test_the_tab_says_what_it_is(worked):
    tab = next(c for c in worked.plan().changes if isinstance(c, PutTab) and c.name == "history")
    assert tab.create
    assert tab.freeze_row == 3
    assert tab.hidden_columns == (1,)


def of_tab(name):
    table = pd.DataFrame({"row": [2], "client": ["Ana"], "Met": [True]})
    return Funnel(clients_of(table, Journey(steps=(Step(name="Met"),)), tab=name), "2026-07-01")


def filled(cells):
    width, height = max(cell.column for cell in cells), max(cell.row for cell in cells)
    at = {(cell.row, cell.column): cell.value for cell in cells}
    columns = [[at.get((row, column)) for row in range(1, height + 1)] for column in range(1, width + 1)]
    return Grid(TAB, columns)


def test_every_tab_of_clients_has_its_own_row():
    today, tabs = dt.date(2026, 7, 1), ["2025", "2026", TAB]
    cells, _ = history.rows(None, of_tab("2025"), today, tabs)
    grid = filled(cells)
    _, again = history.rows(grid, of_tab("2025"), today, tabs)
    _, other = history.rows(grid, of_tab("2026"), today, tabs)
    assert (max(again), max(other)) == (4, 5)
    assert list(history.recorded(grid, of_tab("2025"), tabs)) == ["2026-W27"]
    assert history.recorded(grid, of_tab("2026"), tabs) == {}


def test_a_tab_that_was_renamed_keeps_its_row():
    today = dt.date(2026, 7, 1)
    grid = filled(history.rows(None, of_tab("Clients"), today, ["Clients"])[0])
    cells, rows = history.rows(grid, of_tab("Leads"), today, ["Leads", TAB])
    assert max(rows) == 4
    assert [cell.value for cell in cells][-1] == "Leads"
    assert list(history.recorded(grid, of_tab("Leads"), ["Leads", TAB])) == ["2026-W27"]


def staged(*stages):
    table = pd.DataFrame({
        "row": [2, 3, 4], "client": ["Ana", "Ben", "Cat"], "lead_date": pd.to_datetime(["2026-01-05"] * 3),
        "stage": pd.array([None, "Hot", "Won"], dtype="str"),
    })  # fmt: skip
    table["stage"] = table["stage"].replace({"Hot": next((s.name for s in stages if "Hot" in s.was), "Hot")})
    return Funnel(clients_of(table, Journey(stages=stages)), "2026-07-01")


LEAD, HOT, WON = Stage(name="Lead", default=True), Stage(name="Hot"), Stage(name="Won", paid=True)
WARM, TRIAL = Stage(name="Warm", was=("Hot",)), Stage(name="Trial")


def test_a_renamed_stage_keeps_its_column_and_a_new_one_takes_its_place():
    first = staged(LEAD, HOT, WON)
    cells, rows = history.rows(None, first, first.as_of)
    page = written(None, cells, rows)
    assert page.row(3)[1:7] == ["Week", "As of", "Clients", "Lead", "Hot", "Won"]
    assert page.row(4)[4:7] == [3, 2, 1]
    later = Funnel(staged(LEAD, TRIAL, WARM, WON).clients, "2026-07-08")
    assert history.recorded(page, later)["2026-W27"]["Warm"] == 2
    assert "- Warm: +0" not in weekly_text(later, page)
    assert "- Trial: 2 now; not recorded then" in weekly_text(later, page).splitlines()
    page = written(page, *history.rows(page, later, later.as_of))
    assert page.row(3)[4:8] == ["Lead", "Trial", "Warm", "Won"]
    assert [page.row(row)[4:8] for row in (4, 5)] == [[3, None, 2, 1], [3, 2, 2, 1]]
    assert page.row(4)[-1] == page.row(5)[-1]  # the client tab, the last column, as before
    again = written(page, *history.rows(page, later, later.as_of))
    assert again.values == page.values


def test_another_order_is_said_and_notes_of_a_person_keep_the_columns_where_they_are():
    first = staged(LEAD, HOT, TRIAL, WON)
    page = written(None, *history.rows(None, first, first.as_of))
    later = Funnel(staged(LEAD, TRIAL, HOT, WON).clients, "2026-07-08")
    said = "The order of the stages has changed; it is now: Lead → Trial → Hot → Won."
    assert said in weekly_text(later, page).splitlines()
    same_week = Funnel(staged(LEAD, TRIAL, HOT, WON).clients, first.as_of)
    assert weekly_text(same_week, page).splitlines()[1:3] == [
        "No earlier week is recorded in this sheet yet. Changes will be shown from next week on.", said,
    ]  # fmt: skip
    noted = book_typed(page, {(4, page.width + 1): "a note"})
    kept = written(noted, *history.rows(noted, later, later.as_of))
    assert kept.row(3)[4:8] == ["Lead", "Hot", "Trial", "Won"]
    moved = written(page, *history.rows(page, later, later.as_of))
    assert moved.row(3)[4:8] == ["Lead", "Trial", "Hot", "Won"]
    assert said not in weekly_text(later, moved)


def written(page, cells, rows):
    """The tab after a refresh."""
    found = changes(page, cells, rows).cells
    return book_typed(page or Grid(TAB, []), {(cell.row, cell.column): cell.value for cell in found})
