"""A whole refresh: what it changes, what a second one does not, and what a person may do in between."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest
from examples import examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from funnel.errors import UsageError
from funnel.grid import TOTALS_LABELS, ChartSeen, Grid, cells_of
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.plan import PutTab
from funnel.writer import make_plan


def kinds(plan):
    return [(type(change).__name__, change.tab) for change in plan.changes]


def test_a_first_refresh_and_a_second(worked):
    assert kinds(worked.refresh()) == [
        ("PutBlock", "Clients"), ("PutRules", "Clients"), ("PutTab", "Funnel"), ("PutTab", "Funnel due"),
        ("PutTab", "Funnel history"),
    ]  # fmt: skip
    again = worked.plan()
    assert not again
    assert str(again) == "b.xlsx: nothing to change."


def test_a_changed_sheet_has_one_copy_of_everything(worked):
    worked.refresh()
    worked.type({(8, 7): 1})
    plan = worked.refresh()
    assert kinds(plan) == [
        ("PutBlock", "Clients"),
        ("PutTab", "Funnel"),
        ("PutTab", "Funnel due"),
        ("PutTab", "Funnel history"),
    ]
    assert list(worked.grids) == ["Clients", "Funnel", "Funnel due", "Funnel history"]
    labels = [value for value in worked.grid.values[0] if value == "Totals"]
    assert labels == ["Totals"]


def test_the_plan_says_what_it_will_do(worked):
    assert str(worked.plan()).splitlines()[:4] == [
        "b.xlsx: 6 changes",
        "  - Tab 'Clients': write the totals in A17:J19",
        "  - Tab 'Clients': red rows by a live rule on A2:L16",
        "  - Tab 'Clients': green rows by a live rule on A2:L16",
    ]


def test_a_tab_of_that_name_that_we_did_not_make_is_never_touched(worked):
    theirs = Grid("Funnel", values=[["my own funnel"]])
    worked.grids["Funnel"] = theirs
    worked.refresh()
    assert worked.grids["Funnel"] == theirs
    assert list(worked.grids) == ["Clients", "Funnel", "Funnel 2", "Funnel due", "Funnel history"]
    assert not worked.plan()


def test_our_tab_keeps_the_name_that_a_person_gave_it(worked):
    worked.refresh()
    worked.grids["Trichter"] = replace(worked.grids.pop("Funnel"), tab="Trichter")
    assert not worked.plan()
    worked.type({(8, 7): 1})
    assert ("PutTab", "Trichter") in kinds(worked.refresh())


def test_a_deleted_tab_is_made_anew(worked):
    worked.refresh()
    del worked.grids["Funnel"]
    assert kinds(worked.refresh()) == [("PutTab", "Funnel")]


def test_a_deleted_chart_stays_deleted(worked):
    worked.refresh()
    worked.grids["Funnel"] = replace(worked.grids["Funnel"], charts=worked.grids["Funnel"].charts[1:])
    deleted = (
        "Tab 'Funnel': the chart 'drop-off' was deleted by hand and will not be drawn again. To get it "
        "back, delete the tab; the next refresh creates it again."
    )
    plan = worked.refresh()  # records that a person deleted it
    assert [(cell.row, cell.column) for change in plan.changes for cell in change.cells] == [(1, 1)]
    assert plan.kept == (deleted,)
    assert not worked.plan()
    worked.grids["Funnel"] = replace(worked.grids["Funnel"], loses_charts=True)
    assert not worked.plan()
    assert worked.plan().kept == (deleted,)


def test_a_chart_that_another_program_lost_is_put_back(worked):
    worked.refresh()
    whole = worked.grids["Funnel"]
    worked.grids["Funnel"] = replace(whole, charts=(ChartSeen("", "", "Still here"),), loses_charts=True)
    plan = worked.refresh()
    assert [(change.tab, [chart.name for chart in change.charts]) for change in plan.changes] == [
        ("Funnel", ["drop-off", "retention"])
    ]
    assert plan.kept == ()
    assert not worked.plan()


def test_a_chart_is_put_again_only_when_it_would_be_another(worked, book):
    worked.refresh()
    worked.type({(8, 7): 1})
    assert not [c for c in worked.refresh().changes if isinstance(c, PutTab) and c.charts]
    journey = book.JOURNEY.model_copy(update={"steps": book.JOURNEY.steps[:-1]})
    tab = next(c for c in worked.refresh(journey=journey).changes if c.tab == "Funnel")
    assert [chart.name for chart in tab.charts] == ["drop-off", "retention"]


def test_a_chart_that_makes_no_sense_any_more_is_taken_away(worked, book):
    worked.refresh()
    journey = book.JOURNEY.model_copy(update={"steps": book.JOURNEY.steps[:3]})
    tab = next(c for c in worked.refresh(journey=journey).changes if c.tab == "Funnel")
    assert tab.remove_charts == ("retention",)
    assert not worked.plan(journey=journey)


def test_results_as_of_another_day_change_our_tabs_alone(worked):
    worked.refresh(dt.date(2026, 7, 1), today=dt.date(2026, 7, 9))
    plan = worked.plan(dt.date(2026, 7, 5), today=dt.date(2026, 7, 9))
    assert kinds(plan) == [("PutTab", "Funnel"), ("PutTab", "Funnel due")]


def test_clients_of_a_table_have_no_sheet_to_refresh(worked):
    clients = replace(load(worked.grid), layout=None)
    funnel = Funnel(clients, "2026-07-01")
    with pytest.raises(UsageError) as refused:
        make_plan(worked.grid, funnel, funnel, {}, ["Clients"], source="", version="")
    assert str(refused.value) == (
        "These clients are from a table in Python, not from a sheet, so there is nothing to refresh."
    )


@pytest.mark.office
def test_after_libreoffice_saved_the_workbook_nothing_changes(root, tmp_path, office_convert):
    from funnel.sheets.excel.package.parts import Package
    from funnel.sheets.excel.read.reader import Reader
    from funnel.sheets.excel.write.apply import apply_plan

    def plan(path):
        package = Package.open(path)
        grids = {sheet.name: Reader(package).read(sheet) for sheet in package.sheets}
        funnel = Funnel(load(grids["Clients"]), dt.date.today())
        ours = {name: grid for name, grid in grids.items() if name.startswith("Funnel")}
        return package, make_plan(grids["Clients"], funnel, funnel, ours, list(grids), source="", version="")

    path = tmp_path / "gym.xlsx"
    shutil.copy(root / "sample_data" / "gym.xlsx", path)
    package, first = plan(path)
    apply_plan(path, package, first)
    assert not plan(path)[1]
    saved = office_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "saved")
    assert not plan(saved)[1]


CELLS = st.tuples(st.integers(2, 26), st.integers(1, 14))
TYPED = st.sampled_from(
    [None, 1, 0, True, False, "x", "yes", "booked", "Price", "Zoe", dt.date(2026, 5, 5), dt.date(2027, 1, 1)]
)


def in_block(grid, row):
    return grid.anchors["totals"].top <= row <= grid.anchors["totals"].bottom


@settings(
    max_examples=examples(3),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rounds=st.lists(st.dictionaries(CELLS, TYPED, max_size=6), min_size=1, max_size=2))
def test_whatever_is_typed_stays_and_the_second_refresh_is_empty(book, rounds):
    sheet = book.Book(book.WORKED)
    sheet.refresh()
    for typed in rounds:
        sheet.type(typed)
        before = sheet.grid
        ours = set(before.formulas) | {
            (row, 1) for row in range(1, before.height + 1) if before[row, 1] in TOTALS_LABELS
        }
        sheet.refresh()
        theirs = [
            (row, column, value) for row, column, value in cells_of(before) if (row, column) not in ours
        ]
        assert [(row, column, sheet.grid[row, column]) for row, column, _ in theirs] == theirs
        block = sheet.grid.anchors["totals"]
        if block != before.anchors["totals"] and any(in_block(before, row) for row, _, _ in theirs):
            sheet.refresh()  # what was typed into the block is a row like any other now
        assert not sheet.plan()
        assert sheet.grid.values[0].count("Totals") <= 1  # none where a person typed over it
