"""The worked example as a Grid, a small spreadsheet that takes plans, and LibreOffice's own answer."""

import datetime as dt
import pickle
import shutil
from dataclasses import replace
from types import SimpleNamespace

import openpyxl
import pytest

from funnel.grid import Area, CellError, ChartSeen, Grid, RuleSeen, Style
from funnel.journey.model import Column, Journey, Step
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.plan import OUR_FILLS, Formula, Link, PutBlock, PutFills, PutRules
from funnel.writer import make_plan

D = dt.date
AS_OF = D(2026, 7, 1)
HEADERS = (
    "Client name", "Date of lead", "Source of lead", "Value", "Client contacted", "Client meeting had",
    "First paid session", "One month post-lead", "Three months post-lead", "Six months post-lead",
    "Reason for discontinue", "When left journey",
)  # fmt: skip
WORKED = (
    ("Ana", D(2025, 11, 10), "Referral", 100, 1, 1, 1, 1, 1, 1, None, None),
    ("Ben", D(2025, 12, 1), "Ads", 100, 1, 1, 1, 1, 1, None, "Moved away", D(2026, 5, 15)),
    ("Cat", D(2025, 12, 15), "Referral", 100, 1, 1, 1, 1, None, None, "Injury", D(2026, 4, 20)),
    ("Dan", D(2026, 1, 5), "Referral", 100, 1, None, 1, 1, 1, 1, None, None),
    ("Eva", D(2026, 1, 31), "Ads", 100, 1, 1, 1, None, None, None, "Price", D(2026, 2, 28)),
    ("Fay", D(2026, 2, 10), "Ads", 100, 1, "x", None, None, None, None, "Price", None),
    ("Gus", D(2026, 2, 20), "Ads", 100, 1, "booked", None, None, None, None, None, None),
    ("Hal", D(2026, 3, 15), "Referral", 100, "yes", 1, 1, None, 1, None, None, None),
    ("Ida", D(2026, 4, 20), "Ads", 200, 1, 1, None, None, None, None, None, None),
    ("Jon", D(2026, 5, 25), None, 300, 1, D(2026, 6, 1), None, 1, None, None, None, None),
    ("Kim", D(2026, 6, 20), "Referral", 100, None, None, None, None, None, None, None, None),
    ("Lee", None, "Ads", 100, 1, 1, 1, None, None, None, None, None),
)
JOURNEY = Journey(
    name="Gym",
    columns={
        "client": Column(headers=("Client name",)), "lead_date": Column(headers=("Date of lead",)),
        "source": Column(headers=("Source of lead",)), "value": Column(headers=("Value",)),
        "left_reason": Column(headers=("Reason for discontinue",)),
        "left_date": Column(headers=("When left journey",)),
    },
    steps=(
        Step(name="Client contacted"), Step(name="Client meeting had"),
        Step(name="First paid session", paid=True), Step(name="One month post-lead", months=1),
        Step(name="Three months post-lead", months=3), Step(name="Six months post-lead", months=6),
    ),
)  # fmt: skip


PLANNED = {}


class Book:
    """A spreadsheet in memory: a person can type into it, and a plan be applied as any adapter applies it."""

    def __init__(self, rows, headers=HEADERS, tab="Clients"):
        self.grids = {tab: grid_of([headers, *rows], tab)}
        self.tab = tab

    @property
    def grid(self):
        return self.grids[self.tab]

    @grid.setter
    def grid(self, grid):
        self.grids[self.tab] = grid

    def type(self, cells):
        """Type values (or formulas, as text that begins with "=") into the client tab."""
        self.grid = typed(self.grid, cells)

    def plan(self, as_of=AS_OF, today=None, journey=JOURNEY, **options):
        """Plan a refresh; the same state of the spreadsheet is planned once for all tests of a process."""
        state = pickle.dumps((self.grids, self.tab, as_of, today, journey, sorted(options.items())))
        if state not in PLANNED:
            PLANNED[state] = self._plan(as_of, today, journey, **options)
        return PLANNED[state]

    def _plan(self, as_of, today, journey, **options):
        clients = load(self.grid, journey)
        ours = {name: grid for name, grid in self.grids.items() if name != self.tab}
        funnel = Funnel(clients, as_of)
        totals = Funnel(clients, today) if today and today > as_of else funnel  # as `plan_refresh` does
        return make_plan(
            self.grid, funnel, totals, ours, list(self.grids), source="b.xlsx", version="", **options
        )

    def refresh(self, as_of=AS_OF, today=None, journey=JOURNEY, **options):
        plan = self.plan(as_of, today, journey, **options)
        for change in plan.changes:
            grid = self.grids.get(change.tab, Grid(change.tab, values=[]))
            self.grids[change.tab] = applied(grid, change)
        return plan


def grid_of(rows, tab="Clients"):
    width = max(map(len, rows))
    return Grid(tab, values=[[row[c] if c < len(row) else None for row in rows] for c in range(width)])


def typed(grid, cells, formulas=None):
    at = {(r, c): grid[r, c] for c in range(1, grid.width + 1) for r in range(1, grid.height + 1)} | cells
    at = {where: value for where, value in at.items() if value is not None}
    height, width = (max((where[i] for where in at), default=0) for i in (0, 1))
    values = [[at.get((row, column)) for row in range(1, height + 1)] for column in range(1, width + 1)]
    kept = {where: text for where, text in grid.formulas.items() if where not in cells} | (formulas or {})
    return replace(grid, values=values, formulas=kept)


def applied(grid, change):
    if isinstance(change, PutRules):
        theirs = tuple(rule for rule in grid.rules if not rule.name)
        return replace(grid, rules=(*theirs, *(RuleSeen(r.areas, r.formula, r.name) for r in change.rules)))
    if isinstance(change, PutFills):
        return painted(
            grid, [(OUR_FILLS[c], areas) for c, areas in change.painted] + [(None, change.cleared)]
        )
    values, formulas = {}, {}
    for cell in change.cells:
        value = cell.value
        if isinstance(value, Formula):
            formulas[cell.row, cell.column] = value.text
            value = value.cached
        values[cell.row, cell.column] = value.text if isinstance(value, Link) else value
    grid = replace(typed(grid, values, formulas), tab=change.tab)
    if isinstance(change, PutBlock):
        return replace(grid, anchors={**grid.anchors, change.name: change.area})
    put = {chart.name: ChartSeen(chart.name, chart.fingerprint) for chart in change.charts}
    charts = {chart.name: chart for chart in grid.charts if chart.name not in change.remove_charts} | put
    return replace(grid, anchors={change.name: Area(1, 1, 1, 1)}, charts=tuple(charts.values()))


def painted(grid, fills):
    """Fill areas of a grid with colours."""
    height, width = max(grid.height, *(a.bottom for _, areas in fills for a in areas), 1), grid.width
    looks = [[grid.style(row, c).fill for row in range(1, height + 1)] for c in range(1, width + 1)]
    for fill, areas in fills:
        for area in areas:
            for column in range(area.left, min(area.right, width) + 1):
                for row in range(area.top, area.bottom + 1):
                    looks[column - 1][row - 1] = fill
    colors = [None, *sorted({fill for column in looks for fill in column if fill})]
    styles = [[colors.index(fill) for fill in column] for column in looks]
    return replace(grid, styles=styles, palette=[Style(fill) for fill in colors])


@pytest.fixture
def worked():
    return Book(WORKED)


@pytest.fixture
def recalculated(office_convert, tmp_path):
    """``recalculated(grid)``: a tab's values as LibreOffice calculates them from the formulas alone."""

    def calculate(grid):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = grid.tab
        for column in range(1, grid.width + 1):
            for row in range(1, grid.height + 1):
                formula, value = grid.formulas.get((row, column)), grid[row, column]
                shown = (
                    {"#N/A": "=NA()", "#DIV/0!": "=1/0"}[str(value)]
                    if isinstance(value, CellError)
                    else value
                )
                sheet.cell(row, column).value = formula or shown
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        book.save(tmp_path / "in.xlsx")
        made = office_convert(tmp_path / "in.xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
        result = openpyxl.load_workbook(made, data_only=True).active
        return {(cell.row, cell.column): cell.value for line in result.iter_rows() for cell in line}

    return calculate


@pytest.fixture
def book():
    """What this file holds, for tests that need more than the worked example."""
    return SimpleNamespace(
        Book=Book,
        HEADERS=HEADERS,
        WORKED=WORKED,
        JOURNEY=JOURNEY,
        painted=painted,
        typed=typed,
        grid_of=grid_of,
    )
