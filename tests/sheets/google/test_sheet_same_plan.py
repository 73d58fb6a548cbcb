"""One plan, two adapters: the same cells, formulas, colours and charts in a workbook and a Google Sheet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import funnel
from funnel.grid import Grid, cell_name, cells_of
from funnel.plan import OUR_FILLS, Cell, Plan, PutTab
from funnel.sheets import open_sheet
from funnel.sheets.excel.new_workbook import new_workbook
from funnel.sheets.google.read.looks import color
from funnel.sheets.google.write.charts import grid_range
from funnel.sheets.google.write.verify import same
from funnel.workflows.copy_sheet import copy_clients
from funnel.workflows.load import open_clients
from funnel.workflows.refresh import plan_refresh
from funnel.workflows.remove import remove
from funnel.writer.highlights.paint import row_colors


@pytest.fixture
def both(gym: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """Return the clients in a workbook and in a Google Sheet, with one plan applied to both."""
    opened = open_clients(gym.url)
    plan = plan_refresh(opened)
    path = tmp_path / "gym.xlsx"
    cells = tuple(
        Cell(row, column, value, "date" if isinstance(value, dt.date) else "plain")
        for row, column, value in cells_of(opened.grid)
    )
    new_workbook(path, Plan(str(path), (PutTab("Clients", "", cells, create=True, hidden_columns=()),)))
    book = open_sheet(path)
    book.apply(Plan(str(path), plan.changes, book.version))
    opened.sheet.apply(plan)
    return SimpleNamespace(
        plan=plan, book=open_sheet(path), google=open_sheet(gym.url), gym=gym, path=path, opened=opened
    )


def written(grid: Grid) -> dict[tuple[int, int], Any]:
    return {(row, column): value for row, column, value in cells_of(grid)}


def test_cells_and_formulas(both: SimpleNamespace) -> None:
    for tab in ("Clients", "Funnel", "Funnel due", "Funnel history"):
        one, two = both.book.read(tab), both.google.read(tab)
        excel, google = written(one), written(two)
        assert excel.keys() == google.keys(), tab
        assert [at for at in excel if not same(excel[at], google[at])] == [], tab
        ours = {at: text for at, text in two.formulas.items() if text != "=1+1"}
        assert dict(one.formulas) == ours, tab
        assert (tab == "Clients") == bool(ours)


def test_charts_and_rules(both: SimpleNamespace) -> None:
    seen = [
        sorted((c.name, c.fingerprint) for c in s.read("Funnel").charts) for s in (both.book, both.google)
    ]
    assert seen[0] == seen[1]
    assert [name for name, _ in seen[0]] == ["drop-off", "retention"]
    rules = [
        {(r.name, r.areas, r.formula) for r in s.read("Clients").rules if r.name}
        for s in (both.book, both.google)
    ]
    assert rules[0] == rules[1]
    assert {name for name, _, _ in rules[0]} == {"green", "red"}


def test_row_colours_follow_the_cells(both: SimpleNamespace) -> None:
    today = dt.date.today()
    wanted = row_colors(funnel.Funnel(both.opened.clients, today))
    for row in range(1, 15):
        shade = OUR_FILLS[wanted[row]] if row in wanted else None
        assert both.gym.person.color("Clients", f"A{row}") == shade, row


@pytest.mark.office
def test_the_formulas_have_the_same_values_in_libreoffice(
    both: SimpleNamespace, office_convert: Any, tmp_path: Path
) -> None:
    """LibreOffice evaluates the rowless formulas independently."""
    again = open_sheet(office_convert(both.path, "xlsx", tmp_path / "out")).read("Clients")
    google = both.google.read("Clients")
    for at in both.book.read("Clients").formulas:
        assert same(again[at], google[at]), at


def test_a_second_refresh_changes_neither(both: SimpleNamespace) -> None:
    assert not funnel.refresh(both.gym.url)


def test_rules_with_and_without_rows_give_the_same_colours(
    both: SimpleNamespace, server: Any, helpers: Any, tmp_path: Path
) -> None:
    """A workbook's rules contain rows, those of a Google Sheet do not: both are evaluated."""
    path = tmp_path / "own.xlsx"
    copy_clients(both.path, path)
    remove(path)
    funnel.refresh(path)
    grid = open_sheet(path).read("Clients")
    rules = [rule for rule in grid.rules if rule.name]
    assert {rule.formula for rule in rules}.isdisjoint(
        rule.formula for rule in both.google.read("Clients").rules
    )
    book = server.new_sheet("Judge", [[""] * 12] * 20, tab="Clients")
    judge = server.person(book)
    for row, column, value in cells_of(grid):
        typed = value.isoformat() if isinstance(value, dt.date) else value
        judge.type("Clients", cell_name(row, column), typed)
    for index, rule in enumerate(rules):
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": rule.formula}]}
        look = {"backgroundColor": color(OUR_FILLS[rule.name])}  # type: ignore[index]
        made = {"condition": condition, "format": look}
        ranges = [grid_range(0, area) for area in rule.areas]
        added = {"rule": {"ranges": ranges, "booleanRule": made}, "index": index}
        judge.ask({"addConditionalFormatRule": added})
    colours = [judge.color("Clients", f"A{row}") for row in range(1, 15)]
    assert colours == [both.gym.person.color("Clients", f"A{row}") for row in range(1, 15)]
    assert {"C7EFCF", "FFC8CE", None} == set(colours)
