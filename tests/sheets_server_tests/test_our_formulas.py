"""The formulas that the writer plans for the sample, worked out by the server: worth what the plan says."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path
from typing import Any

import pytest
from sheets_server.build import rule
from sheets_server.cells import enter
from sheets_server.entering import raw
from sheets_server.formulas.kinds import serial
from sheets_server.formulas.rewrite import rewrite
from sheets_server.person import Person
from sheets_server.state import Book, new_tab

from funnel.grid import Area
from funnel.metrics import Funnel
from funnel.plan import Formula, Plan, PutBlock, PutRules, PutTab
from funnel.workflows.load import open_clients
from funnel.writer import make_plan

DAY = dt.date(2026, 11, 21)
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "gym.xlsx"


def plain(value: Any) -> Any:
    """A value as the sheet keeps it: dates are days counted."""
    if isinstance(value, dt.datetime):
        return serial(value.date())
    return serial(value) if isinstance(value, dt.date) else value


@pytest.fixture(scope="module")
def planned() -> tuple[Any, Plan]:
    opened = open_clients(SAMPLE)
    funnel = Funnel(opened.clients, as_of=str(DAY))
    plan = make_plan(
        opened.grid, funnel, funnel, {}, [opened.grid.tab], source="sample", version="", rows_may_move=True
    )
    return opened.grid, plan


def written(grid: Any, plan: Plan) -> tuple[Book, list[tuple[str, int, int, Formula]]]:
    """The sample on the server with everything of the plan in it, and where its formulas stand."""
    book = Book("k", "Sample")
    book.now = dt.datetime.combine(DAY, dt.time(9))
    changes = [change for change in plan.changes if isinstance(change, PutBlock | PutTab)]
    for tab in dict.fromkeys([grid.tab, *(change.tab for change in changes)]):
        facts = {"sheetId": len(book.tabs), "title": tab, "gridProperties": {}}
        book.tabs.append(new_tab(facts, 1000, 60))
    for row in range(1, grid.height + 1):
        for column in range(1, grid.width + 1):
            enter(book, book.tabs[0], row - 1, column - 1, raw(plain(grid[row, column])))
    formulas = []
    for change in changes:
        tab = book.tab_named(change.tab)
        assert tab is not None
        for cell in change.cells:
            if isinstance(cell.value, Formula):
                entered = ({"formulaValue": cell.value.text}, None)
                formulas.append((change.tab, cell.row, cell.column, cell.value))
            else:
                entered = raw(getattr(cell.value, "text", plain(cell.value)))
            enter(book, tab, cell.row - 1, cell.column - 1, entered)
    return book, formulas


def test_every_formula_is_worth_what_the_plan_says(planned) -> None:
    book, formulas = written(*planned)
    wrong = []
    for title, row, column, formula in formulas:
        found = book.value(book.tab_named(title), row - 1, column - 1)
        said = plain(formula.cached)
        near = isinstance(found, float) and isinstance(said, int | float) and math.isclose(found, said)
        if not near and (found or None) != (said or None):
            wrong.append((title, row, column, formula.text, said, found))
    assert (wrong, len(formulas) > 20) == ([], True)


def test_every_formula_reads_without_commas_too(planned) -> None:
    """Rewritten as an adapter does it for Italy, none of them is a parse error there."""
    book, formulas = written(*planned)
    book.properties["locale"] = "it_IT"
    for title, row, column, formula in formulas:
        text = semicolons(formula.text)
        enter(book, book.tab_named(title), row - 1, column - 1, ({"formulaValue": text}, None))
    book.touch()
    shown = [book.value(book.tab_named(title), row - 1, column - 1) for title, row, column, _ in formulas]
    assert [value for value in shown if getattr(value, "code", "") == "#ERROR!"] == []


def semicolons(formula: str) -> str:
    """Argument commas as semicolons, texts left alone."""
    parts = rewrite(formula, "en_US", lambda ref: ref).split('"')
    return '"'.join(part.replace(",", ";") if at % 2 == 0 else part for at, part in enumerate(parts))


def address(area: Area) -> str:
    """An area that reaches further than any sheet is open below."""
    return re.sub(r":([A-Z]+)\d{7}$", r":\1", area.a1)


def test_the_rules_color_the_rows_of_the_clients_who_paid_or_left(planned, server) -> None:
    grid, plan = planned
    book, _ = written(grid, plan)
    person = Person(book, server.lock)
    rules = [one for change in plan.changes if isinstance(change, PutRules) for one in change.rules]
    for index, one in enumerate(rules):
        shade = {"green": (0, 1, 0), "red": (1, 0, 0)}[one.name]
        person.ask(rule(one.formula, *map(address, one.areas), color=shade, index=index))
    colors = {person.color(grid.tab, f"A{row}") for row in range(2, grid.height + 1)}
    assert (len(rules), {"00FF00", "FF0000"} <= colors) == (2, True)
