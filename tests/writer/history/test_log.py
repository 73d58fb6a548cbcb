"""The log: a row for each move, whatever a person does to the sheet and to the log itself."""

import datetime as dt
from dataclasses import replace

from log_tabs import DAY, MILESTONES, STAGES, STEPS, TAB, WEEK, Tabs, applied, milestones, staged

from funnel.journey import Journey, Step
from funnel.plan import PutTab

# --- what is written -------------------------------------------------------------------------------------


def test_the_first_refresh_says_where_everybody_stands():
    tabs = milestones()
    found = tabs.refresh()
    assert [line[:6] for line in found] == [
        [DAY, None, "Ana", dt.date(2026, 1, 5), None, "Booked"],
        [DAY, None, "Ben", dt.date(2026, 2, 3), None, "Met"],
        [DAY, None, "Cat", dt.date(2026, 3, 1), None, "no step yet"],
    ]
    assert {line[7] for line in found} == {"first seen"}
    assert tabs.refresh(later=dt.timedelta(0)) == []


def test_ticks_un_ticks_and_leaving():
    tabs = milestones()
    tabs.refresh()
    tabs.rows[0][2], tabs.rows[0][4] = None, 1
    tabs.rows[1][5] = dt.date(2026, 7, 6)
    later = DAY + WEEK
    assert [line[:8] for line in tabs.refresh()] == [
        [later, DAY, "Ana", dt.date(2026, 1, 5), "Booked", "Paid", "ticked Paid; un-ticked Met", "typed"],
        [later, DAY, "Ben", dt.date(2026, 2, 3), "Met", "left", "left", "typed"],
    ]
    tabs.rows[0][2], tabs.rows[1][5] = 1, None
    assert [line[4:7] for line in tabs.refresh()] == [
        ["Paid", "Paid", "ticked Met"], ["left", "Met", "no longer left"],
    ]  # fmt: skip


def test_the_refresh_before_is_the_last_one_that_the_history_remembers():
    tabs = milestones()
    for _ in range(2):
        tabs.day += WEEK
        for change in tabs.plan().changes:
            if isinstance(change, PutTab) and change.name != "summary":
                tabs.grids[change.tab] = applied(tabs.grids.get(change.tab), change)
    assert len(tabs.lines()) == 3
    tabs.rows[2][2] = 1
    tabs.day += WEEK
    log = next(c for c in tabs.plan().changes if isinstance(c, PutTab) and c.name == "log")
    assert [c.value for c in log.cells if c.row == 7 and c.column in (2, 3)] == [DAY + 2 * WEEK, DAY + WEEK]


def test_stages_move_by_hand_and_by_rule_and_actions_are_done_once():
    tabs = staged()
    assert [line[5] for line in tabs.refresh()] == ["Won", "Lead", "Hot"]
    assert [line[9] for line in tabs.lines()] == [None, None, None]  # nobody entered a stage just now
    tabs.rows[1][3], tabs.rows[2][2] = 3, "Won"
    assert [line[4:10] for line in tabs.refresh()] == [
        ["Lead", "Hot", None, "rule", None, None],
        ["Hot", "Won", None, "typed", None, "tag: VIP\nnote: Hello Cat, ask"],
    ]
    assert tabs.refresh() == []
    tabs.rows[2][2] = None  # the hand is lifted: the rule decides again
    assert [line[4:10] for line in tabs.refresh()] == [["Won", "Hot", None, "rule", None, None]]
    tabs.rows[2][2] = "won"
    assert [line[9] for line in tabs.refresh()] == ["tag: VIP\nnote: Hello Cat, ask"]  # entered once more


def test_new_gone_and_back():
    tabs = milestones()
    tabs.refresh()
    ben = tabs.rows.pop(1)
    tabs.rows.append(["Dan", dt.date(2026, 7, 3), None, None, None, None])
    assert [[*line[1:3], *line[4:6], line[7]] for line in tabs.refresh()] == [
        [DAY, "Dan", None, "no step yet", "typed"], [DAY, "Ben", "Met", "gone", "gone"],
    ]  # fmt: skip
    assert tabs.refresh() == []
    tabs.rows.insert(0, ben)
    assert [[line[2], *line[4:6], line[7]] for line in tabs.refresh()] == [["Ben", "gone", "Met", "back"]]


# --- who is who --------------------------------------------------------------------------------------------


def test_sorted_inserted_and_corrected():
    tabs = milestones()
    tabs.refresh()
    tabs.rows.reverse()
    tabs.rows.insert(1, [None] * 6)
    assert tabs.refresh() == []
    tabs.rows[0][0] = "Cathy"
    tabs.rows[2][1] = dt.date(2026, 2, 4)
    assert [[line[2], *line[4:8]] for line in tabs.refresh()] == [
        ["Cathy", "no step yet", "no step yet", "was called 'Cat'", "renamed"],
        ["Ben", "Met", "Met", "the lead date was 2026-02-03", "renamed"],
    ]
    assert tabs.refresh() == []
    tabs.rows[0][2] = 1
    assert [line[2:7] for line in tabs.refresh()] == [
        ["Cathy", dt.date(2026, 3, 1), "no step yet", "Met", "ticked Met"]
    ]


def test_another_name_is_another_client():
    tabs = milestones()
    tabs.refresh()
    tabs.rows[2][0] = "Zed Quill"
    assert [line[7] for line in tabs.refresh()] == ["typed", "gone"]


def test_an_id_column_that_comes_and_goes():
    tabs = milestones()
    tabs.refresh()
    tabs.headers.append("Number")
    for number, row in enumerate(tabs.rows, 11):
        row.append(str(number))
    assert tabs.refresh() == []
    tabs.rows[0][4] = 1
    assert len(tabs.refresh()) == 1
    tabs.rows[0][0] = "Anastasia Brandt"
    assert tabs.refresh() == []  # the id says who it is
    tabs.rows[0][4] = None
    assert [line[2:7] for line in tabs.refresh()] == [
        ["Anastasia Brandt", dt.date(2026, 1, 5), "Paid", "Booked", "un-ticked Paid"]
    ]
    tabs.headers.pop()
    for row in tabs.rows:
        row.pop()
    assert tabs.refresh() == []


def test_doubles_are_told_apart_by_where_they_stand():
    tabs = milestones()
    tabs.rows += [list(tabs.rows[0]), ["Ana", dt.date(2026, 1, 5), None, None, None, None]]
    assert len(tabs.refresh()) == 4  # two that are alike in all share a row
    tabs.rows.reverse()
    assert tabs.refresh() == []
    tabs.rows[0][2] = 1
    assert [line[4:7] for line in tabs.refresh()] == [["no step yet", "Met", "ticked Met"]]
    known, said = tabs.states()
    assert known == said


def test_a_renamed_column_is_no_un_ticking():
    tabs = milestones()
    tabs.refresh()
    tabs.headers[3] = "Booked a visit"
    steps = tuple(Step(name=name) for name in ("Met", "Booked a visit", "Paid"))
    tabs.journey = MILESTONES.model_copy(update={"steps": steps})
    assert tabs.refresh() == []
    assert "2=Booked a visit" in str(tabs.grids[TAB][3, 13])
    tabs.rows[0][3] = None
    assert [line[4:7] for line in tabs.refresh()] == [["Booked a visit", "Met", "un-ticked Booked a visit"]]


def test_a_column_that_goes_or_comes_moves_nobody():
    tabs = milestones()
    tabs.refresh()
    tabs.journey = MILESTONES.model_copy(update={"steps": MILESTONES.steps[::2]})
    assert tabs.refresh() == []
    tabs.journey = MILESTONES
    tabs.rows[1][3] = 1
    assert [[line[2], *line[6:8]] for line in tabs.refresh()] == [["Ben", "ticked Booked", "first seen"]]
    assert tabs.refresh() == []


def test_a_stage_that_has_another_name_now():
    tabs = staged()
    tabs.refresh()
    stages = [
        s.model_copy(update={"name": "Warm", "was": ("Hot",)}) if s.name == "Hot" else s
        for s in STAGES.stages
    ]
    tabs.journey = Journey(columns=STAGES.columns, stages=tuple(stages))
    assert tabs.refresh() == []
    tabs.rows[2][3] = 0
    assert [line[4:6] for line in tabs.refresh()] == [["Warm", "Lead"]]


def test_a_sheet_of_other_clients_is_not_taken_for_the_same():
    rows = [[f"Client {i}", dt.date(2026, 1, 5), 1, None, None, None] for i in range(20)]
    tabs = Tabs(["Client", "Lead date", *STEPS, "Left"], rows)
    tabs.refresh()
    tabs.rows = [[f"Other {i}", dt.date(2026, 4, 5), 1, None, None, None] for i in range(20)]
    assert tabs.refresh() == []
    assert tabs.kept == [
        "Tab 'Funnel log' contains almost none of the clients on tab 'Clients', so nothing was added to it. "
        "If it belongs to other clients, delete tab 'Funnel log' to start a new log."
    ]


# --- what a person does to the log -------------------------------------------------------------------------


def edit(tabs, cells):
    grid = tabs.grids[TAB]
    values = [list(column) for column in grid.values]
    for (row, column), value in cells.items():
        values[column - 1][row - 1] = value
    tabs.grids[TAB] = replace(grid, values=values)


def test_edited_cells_are_a_persons_and_change_nothing():
    tabs = milestones()
    tabs.refresh()
    edit(tabs, {(4, 4): "Anna!", (5, 7): "Paid", (3, 4): "Who", (1, 2): "Our log", (6, 8): "asked twice"})
    tabs.rows[0][4] = 1
    assert [line[2] for line in tabs.refresh()] == ["Ana"]
    grid = tabs.grids[TAB]
    assert (grid[4, 4], grid[5, 7], grid[3, 4], grid[1, 2]) == ("Anna!", "Paid", "Who", "Our log")
    assert tabs.refresh() == []


def test_deleted_rows_are_set_right():
    tabs = milestones()
    tabs.refresh()
    tabs.rows[0][4] = 1
    tabs.refresh()
    grid = tabs.grids[TAB]
    tabs.grids[TAB] = replace(grid, values=[[c[0], c[1], c[2], c[3], c[5]] for c in grid.values])
    # Left are Ana's first row and Cat's: Ben is new, and Ana paid once more.
    assert [[line[2], line[4], line[5]] for line in tabs.refresh()] == [
        ["Ana", "Booked", "Paid"], ["Ben", None, "Met"],
    ]  # fmt: skip
    assert tabs.refresh() == []
    known, said = tabs.states()
    assert known == said


def test_deleted_headers_begin_the_log_anew_below():
    tabs = milestones()
    tabs.refresh()
    grid = tabs.grids[TAB]
    tabs.grids[TAB] = replace(grid, values=[column[3:] for column in grid.values])
    assert [line[7] for line in tabs.refresh()[-3:]] == ["first seen"] * 3
    assert tabs.refresh() == []
    known, said = tabs.states()
    assert known == said


def test_sorted_newest_first_it_means_the_same():
    tabs = milestones()
    tabs.refresh()
    tabs.rows[0][4] = 1
    tabs.refresh()
    grid = tabs.grids[TAB]
    tabs.grids[TAB] = replace(grid, values=[[*c[:3], *c[:2:-1]] for c in grid.values])
    assert tabs.refresh() == []


# --- size --------------------------------------------------------------------------------------------------


def test_ten_thousand_leads_share_rows():
    begin = dt.date(2025, 1, 1)
    rows = [
        [
            f"Client {i}",
            begin + dt.timedelta(days=i % 500),
            *(1 if i % k == 0 else None for k in (2, 3, 4)),
            None,
        ]
        for i in range(10_000)
    ]
    tabs = Tabs(["Client", "Lead date", *STEPS, "Left"], rows)
    found = tabs.refresh()
    assert len(found) == 11  # seven kinds of marks, and no cell over 30,000 letters
    assert found[0][2] == "Client 0, Client 12 and 832 more"
    assert max(len(str(value)) for value in tabs.grids[TAB].values[12]) < 32_767
    tabs.rows[7][2] = 1
    assert [line[2:7] for line in tabs.refresh()] == [
        ["Client 7", dt.date(2025, 1, 8), "no step yet", "Met", "ticked Met"]
    ]
    known, said = tabs.states()
    assert known == said


def test_a_changed_numbering_of_the_steps_is_told_and_nothing_is_added():
    tabs = milestones()
    tabs.refresh()
    grid = tabs.grids[TAB]
    column = next(at for at in range(1, grid.width + 1) if str(grid[3, at]).startswith("Record: 1="))
    edit(tabs, {(3, column): "Record: 1=Booked"})
    tabs.rows[2][2] = 1
    assert tabs.refresh() == []
    assert tabs.kept == [
        "Tab 'Funnel log': M3, which numbers the steps for the rows below, was changed by hand. Nothing was "
        "added, because marks could be assigned to wrong steps. Restore the cell, or delete the tab; a new "
        "log then starts."
    ]
