"""Our work taken away again: what goes, what stays, and what is said of it."""

from dataclasses import replace

import pytest

from funnel.grid import Area, ChartSeen, RuleSeen
from funnel.plan import OUR_FILLS, Cell, DropTab, PutFills, PutRules, Withdraw
from funnel.writer import plan_removal

TAB, HISTORY = "Funnel", "Funnel history"


def removal(sheet, **attached):
    return plan_removal(sheet.grids, attached, source="b.xlsx", version="1")


def taken_away(sheet, plan):
    """The grids of a sheet once a removal is applied; PutRules and Withdraw as every adapter means them."""
    for change in plan.changes:
        grid = sheet.grids[change.tab]
        if isinstance(change, DropTab):
            del sheet.grids[change.tab]
        elif isinstance(change, PutRules):
            sheet.grids[change.tab] = replace(grid, rules=tuple(r for r in grid.rules if not r.name))
        elif isinstance(change, Withdraw):
            charts = tuple(chart for chart in grid.charts if chart.name not in change.charts)
            sheet.grids[change.tab] = replace(grid, charts=charts, anchors={})
            tab, sheet.tab = sheet.tab, change.tab
            sheet.type({(cell.row, cell.column): cell.value for cell in change.cells})
            sheet.tab = tab


def test_all_of_ours_goes_and_nothing_else(worked, book):
    before = book.Book(book.WORKED).grid
    worked.refresh()
    plan = removal(worked)
    assert str(plan) == (
        "b.xlsx: 5 changes\n"
        "  - Tab 'Clients': remove our row colours\n"
        "  - Tab 'Clients': take away the totals in A17:J19: 22 cells of ours\n"
        "  - Tab 'Funnel': take it away\n"
        "  - Tab 'Funnel due': take it away\n"
        "  - Tab 'Funnel history': take it away, with what it recorded"
    )
    assert (plan.version, plan.kept) == ("1", ())
    taken_away(worked, plan)
    assert worked.grids == {"Clients": replace(before, rules=())}
    assert not removal(worked)


def test_a_persons_rule_stays_and_a_sheet_without_us_is_left(worked):
    theirs = RuleSeen((Area(1, 1, 2, 2),), "=A1=1")
    worked.grid = replace(worked.grid, rules=(theirs,))
    assert not removal(worked)
    worked.refresh()
    taken_away(worked, removal(worked))
    assert worked.grid.rules == (theirs,)


def test_what_was_typed_among_the_totals_stays(worked):
    worked.refresh()
    block = worked.grid.anchors["totals"]
    worked.type({(block.top, 5): 99, (block.top + 1, 12): "ask Ben"})
    plan = removal(worked)
    emptied = next(change for change in plan.changes if isinstance(change, Withdraw)).cells
    assert all(cell.value is None for cell in emptied)
    assert Cell(block.top, 5, None) not in emptied
    assert plan.kept == ("Tab 'Clients': E17 in the rows of the totals not removed.",)
    taken_away(worked, plan)
    assert (worked.grid[block.top, 5], worked.grid[block.top + 1, 12]) == (99, "ask Ben")


def test_a_block_without_its_anchor_is_known_by_its_labels(worked):
    worked.refresh()
    worked.grid = replace(worked.grid, anchors={})
    assert any(isinstance(change, Withdraw) for change in removal(worked).changes)


def test_a_tab_on_which_a_person_typed_stays_with_what_they_typed(worked):
    worked.refresh()
    page = worked.grids[TAB]
    worked.tab = TAB
    worked.type({(3, 9): "new flyer", (4, 3): 13})
    worked.tab = "Clients"
    plan = removal(worked)
    assert plan.kept == (
        "Tab 'Funnel' stays, because I3 and C4 typed by hand. What we wrote on it is removed.",
    )
    (change,) = [change for change in plan.changes if change.tab == TAB]
    assert isinstance(change, Withdraw)
    assert change.charts == tuple(sorted(chart.name for chart in page.charts))
    taken_away(worked, plan)
    left = worked.grids[TAB]
    filled = {(r, c) for r in range(1, left.height + 1) for c in range(1, left.width + 1) if left[r, c]}
    assert filled == {(3, 9), (4, 3)}
    assert not removal(worked)
    assert removal(worked).kept == ()


@pytest.mark.parametrize("why", ["it has a drawing", "tab 'Clients' refers to it"])
def test_a_tab_on_which_something_hangs_stays(worked, why):
    worked.refresh()
    plan = removal(worked, **{TAB: [why]})
    assert plan.kept == (f"Tab 'Funnel' stays, because {why}. What we wrote on it is removed.",)
    assert [type(change) for change in plan.changes if change.tab == TAB] == [Withdraw]


def test_a_rule_of_a_persons_keeps_our_tab(worked):
    worked.refresh()
    worked.grids[HISTORY] = replace(worked.grids[HISTORY], rules=(RuleSeen((Area(4, 2, 9, 2),), "=B4>9"),))
    assert removal(worked).kept == (
        "Tab 'Funnel history' stays, because a rule of yours colours it. What we wrote on it is removed.",
    )


def test_one_tab_stays_in_view(worked):
    worked.refresh()
    worked.grid = replace(worked.grid, hidden=True)
    plan = removal(worked)
    assert plan.kept == (
        "Tab 'Funnel' stays, because every other tab is hidden. What we wrote on it is removed.",
    )
    assert [change.tab for change in plan.changes if isinstance(change, DropTab)] == ["Funnel due", HISTORY]


def test_our_paint_goes_and_a_persons_stays(worked, book):
    worked.refresh(highlight="fill")
    ours = {cell: worked.grid.style(*cell).fill for cell in ((2, 1), (3, 1))}
    assert set(ours.values()) <= set(OUR_FILLS.values())
    worked.grid = book.painted(worked.grid, [("FF0000", (Area(4, 1, 4, 12),))])
    (fills,) = [change for change in removal(worked).changes if isinstance(change, PutFills)]
    assert fills.painted == ()
    assert all(any(area.contains(*cell) for area in fills.cleared) for cell in ours)
    assert not any(area.contains(4, 1) for area in fills.cleared)


def test_a_chart_that_we_no_longer_make_goes_too(worked):
    worked.refresh()
    page = worked.grids[TAB]
    worked.grids[TAB] = replace(page, charts=(*page.charts, ChartSeen("older", "00000000")))
    plan = removal(worked, **{TAB: ["it has a comment"]})
    (change,) = [change for change in plan.changes if change.tab == TAB]
    assert "older" in change.charts
