"""A client tab and its log in memory; plans are applied to them as by an adapter."""

import datetime as dt
from dataclasses import replace

from funnel.grid import Area, Grid
from funnel.history.compare_history import fold_log
from funnel.history.entry import REMOVED
from funnel.history.read import read_log
from funnel.journey import Journey, Stage, Step
from funnel.journey.actions import Action
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.metrics.stages.snapshot import current_states
from funnel.writer import make_plan
from funnel.writer.history.log import plan_log

TAB, DAY = "Funnel log", dt.date(2026, 7, 1)
WEEK = dt.timedelta(days=7)
STEPS = ("Met", "Booked", "Paid")
MILESTONES = Journey(
    columns={"client": {"headers": ("Client",)}, "lead_date": {"headers": ("Lead date",)},
             "left_date": {"headers": ("Left",)}, "id": {"headers": ("Number",)}},
    steps=tuple(Step(name=name) for name in STEPS),
)  # fmt: skip
STAGES = Journey(
    columns={"client": {"headers": ("Client",)}, "lead_date": {"headers": ("Lead date",)},
             "stage": {"headers": ("Stage",)}, "coach": {"headers": ("Coach",)}},
    stages=(
        Stage(name="Lead", default=True), Stage(name="Hot", rules=[{"column": "Visits", "at_least": 3}]),
        Stage(name="Won", paid=True, actions=[Action(tag="VIP"), Action(note="Hello {client}, ask {coach}")]),
        Stage(name="Cold", lost=True),
    ),
)  # fmt: skip


class Tabs:
    """A client tab and its log in memory; plans are applied to them as by an adapter."""

    def __init__(self, headers, rows, journey=MILESTONES):
        self.headers, self.rows, self.journey = list(headers), [list(row) for row in rows], journey
        self.grids = {}
        self.day = DAY - WEEK

    @property
    def grid(self):
        return grid_of([self.headers, *self.rows])

    def funnel(self, day=None):
        log = read_log(self.grids.get(TAB), "Clients", ["Clients", *self.grids])
        return Funnel(replace(load(self.grid, self.journey), log=log), day or self.day)

    def plan(self, day=None):
        tabs = ["Clients", *self.grids]
        funnel = self.funnel(day)
        return make_plan(
            self.grid,
            funnel,
            funnel,
            self.grids,
            tabs,
            source="b.xlsx",
            version="",
            highlight="none",
            today=True,
        )

    def refresh(self, later=WEEK):
        """Write the log a week later; return the lines that it gained."""
        self.day += later
        before = self.grids[TAB].height if TAB in self.grids else 3
        change, self.kept, self.to_do = plan_log(
            self.grids.get(TAB), None, self.funnel(), ["Clients", *self.grids]
        )
        if change:
            self.grids[TAB] = applied(self.grids.get(TAB), change)
        return self.lines(before)

    def lines(self, after=3):
        grid = self.grids.get(TAB, Grid(TAB, []))
        return [grid.row(row)[1:11] for row in range(after + 1, grid.height + 1)]

    def states(self):
        """Return the states in the log and in the sheet, which have to be equal."""
        log = read_log(self.grids.get(TAB), "Clients", ["Clients", *self.grids])
        recorded = [client for client in fold_log(log) if client.state != REMOVED]
        return [
            sorted((repr(client.key.name_and_date), marks(client.state)) for client in clients)
            for clients in (recorded, current_states(self.funnel().flagged))
        ]


def marks(state):
    return state if isinstance(state, str) else "+".join(sorted(state))


def grid_of(rows, tab="Clients"):
    width = max(map(len, rows))
    return Grid(tab, values=[[row[c] if c < len(row) else None for row in rows] for c in range(width)])


def applied(grid, change):
    at = {} if grid is None else {
        (r, c): grid[r, c] for r in range(1, grid.height + 1) for c in range(1, grid.width + 1)
    }  # fmt: skip
    at |= {(cell.row, cell.column): cell.value for cell in change.cells}
    at = {where: value for where, value in at.items() if value is not None}
    height, width = (max(where[i] for where in at) for i in (0, 1))
    values = [[at.get((r, c)) for r in range(1, height + 1)] for c in range(1, width + 1)]
    return Grid(change.tab, values, anchors={change.name: Area(1, 1, 1, 1)})


def milestones():
    headers = ["Client", "Lead date", *STEPS, "Left"]
    return Tabs(headers, [
        ["Ana", dt.date(2026, 1, 5), 1, 1, None, None],
        ["Ben", dt.date(2026, 2, 3), 1, None, None, None],
        ["Cat", dt.date(2026, 3, 1), None, None, None, None],
    ])  # fmt: skip


def staged():
    headers = ["Client", "Lead date", "Stage", "Visits", "Coach"]
    return Tabs(headers, [
        ["Ana", dt.date(2026, 1, 5), "Won", 1, "Zoe"],
        ["Ben", dt.date(2026, 2, 3), None, 1, "Zoe"],
        ["Cat", dt.date(2026, 3, 1), None, 4, None],
    ], STAGES)  # fmt: skip
