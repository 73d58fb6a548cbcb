"""Conditions on a row's own cells that its client is in a lost or a paid stage, for live colours.

The stage cell decides, with any name that the stage has had. If it is blank, the journey's rules decide, if a
formula reads the cells as the loader does. No formula on one row can read numbers or dates typed as text,
events, or other clients of the company. Clients in a stage by such rules have no colour, and the tab `Funnel`
shows how many they are (docs/decisions/0010).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funnel.clients import Layout
from funnel.definitions import BLANK_STAGE, by_rule, in_stage_by_rules
from funnel.grid import Grid, Value
from funnel.journey import Stage
from funnel.journey.conditions import (
    ALWAYS,
    And,
    AnyOfCompany,
    Condition,
    DaysInStage,
    Field,
    If,
    IsFilled,
    Not,
    OneOf,
    Or,
    all_of,
    any_of,
)
from funnel.journey.events import targets
from funnel.journey.rules import EventCount
from funnel.metrics.core.assign_stages import SET_BY, STAGE
from funnel.metrics.core.flags import LEFT, flag
from funnel.metrics.core.frames import collect
from funnel.schema import parse
from funnel.text import fold
from funnel.writer.condition_formulas import truth
from funnel.writer.totals.rowless_formulas import lower_trim

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

LONGEST = 4000
"""Maximum length of a journey's rules in a colour formula."""


@dataclass(frozen=True)
class StageRules:
    """Match the stages of a journey with the cells of a sheet.

    Parameters
    ----------
    grid, layout : the tab of clients.
    totals : its results as of today.
    """

    grid: Grid
    layout: Layout
    totals: Funnel

    @property
    def lost(self) -> tuple[Stage, ...]:
        """The stages that turn a row red."""
        return self.totals.journey.lost

    @property
    def paid(self) -> tuple[Stage, ...]:
        """The stages that turn a row green: the paid one and those after it."""
        stages = self.totals.journey.ordered_stages
        first = next((at for at, stage in enumerate(stages) if stage.paid), len(stages))
        return stages[first:] if self.totals.journey.staged else ()

    def condition(self, stages: Sequence[Stage]) -> Condition:
        """Build the condition that, by the cells of its row, a client is in one of the stages."""
        column = self.layout.columns.get(STAGE)
        typed = column and stages and (not self._starts or self._stay)
        found: list[Condition] = [OneOf(column, self._names(stages))] if column and typed else []
        if rules := self._rules(stages):
            blank: list[Condition] = [OneOf(column, BLANK_STAGE)] if column and not self._starts else []
            found.append(all_of([*blank, self._is_client, rules]))
        return any_of(found)

    def column(self, name: str) -> int:
        """Return the sheet's column from which a column of the table was read."""
        column = self._column(name)
        assert column is not None, f"no formula reads {name!r}"
        return column

    @cached_property
    def colored(self) -> pd.DataFrame:
        """Row, stage, ``flag:set_by`` and color of the clients in a stage that has one."""
        flagged, journey = self.totals.flagged, self.totals.journey
        at = [step.name for step in journey.steps].index(journey.paid.name) if journey.paid else None
        marks = [flag("marked", at)] if at is not None else []
        table = collect(flagged.frame.select("row", STAGE, SET_BY, LEFT, *marks))
        red = table[STAGE].isin([stage.name for stage in self.lost]) & table[LEFT].astype(bool)
        green = table[marks[0]].astype(bool) if marks and journey.staged else red & False
        colored = table.assign(color="green")[["row", STAGE, SET_BY, "color"]]
        colored["color"] = colored["color"].mask(red, "red")
        return colored[red | green].reset_index(drop=True)

    @property
    def uncoloured(self) -> int:
        """The number of clients in such a stage that no formula on their row can colour."""
        table = self.colored
        live = [stage.name for stage in (*self.lost, *self.paid) if stage.rules and self._live(stage)]
        typed = (table[SET_BY] == "hand") | ((table[SET_BY] == "start") & self._stay)
        live_rule = typed | ((table[SET_BY] == "rule") & table[STAGE].isin(live))
        return int((~live_rule).sum())

    @property
    def _starts(self) -> bool:
        """True if a stage cell is where the client began, and events and rules move the client on."""
        return self.totals.journey.stage_cells == "start"

    @cached_property
    def _stay(self) -> bool:
        """True if a formula on the row can see every way out of a lost or paid stage."""
        journey = self.totals.journey
        back = journey.events is not None and any(to.back for to in journey.events.advance.values())
        seen = all(self._live(stage) for stage in self.lost if stage.rules)
        synced = journey.company.sync and "company" in self.totals.clients.table
        return seen and not (back or synced or self._lost_by_event)

    def by_rules(self, stages: Sequence[Stage]) -> bool:
        """Return true if any of the stages has rules that a formula can follow."""
        return any(stage.rules and self._live(stage) for stage in stages)

    def _live(self, stage: Stage) -> bool:
        """Return true if a formula can follow all rules of a stage, and only a manual stage overrides them.

        A company that is a customer overrides every rule, and an event that leads to a lost stage overrides
        the rules of the way (docs/decisions/0009). Clients lost by a rule are not green.
        """
        journey, clients = self.totals.journey, self.totals.clients
        if journey.company.sync and "company" in clients.table:
            return False
        if not all(self._readable(by_rule(rule, journey)) for rule in stage.rules):
            return False
        return stage.lost or (not self._lost_by_event and all(self._live(lost) for lost in self.lost))

    @cached_property
    def _lost_by_event(self) -> bool:
        """True if any event in the log leads to a lost stage."""
        journey, events = self.totals.journey, self.totals.clients.events
        if journey.events is None or events is None:
            return False
        lost = {stage.name for stage in self.lost}
        led = targets(journey.events, journey.stages)
        return any(name in led and led[name].stage in lost for name in map(fold, events["event"].unique()))

    def _rules(self, stages: Sequence[Stage]) -> Condition | None:
        """Return the rules that a formula can follow, or None if there are none or they would be too long."""
        live = [stage for stage in stages if stage.rules and self._live(stage)]
        rules = in_stage_by_rules(live, self.totals.journey)
        return rules if live and len(truth(rules, _nowhere)) <= LONGEST else None

    def _names(self, stages: Iterable[Stage]) -> tuple[str, ...]:
        """Return the texts of a stage cell: present, former and reassigned names, as typed too."""
        names = {stage.name for stage in stages}
        sent = (old for old, new in self.totals.journey.reassign.items() if new in names)
        known = [*sent, *(name for stage in stages for name in (stage.name, *stage.was))]
        table = self.totals.clients.table
        rows = table["row"][table[STAGE].isin(names)] if STAGE in table else ()
        typed = {lower_trim(self.grid[int(row), self.layout.columns[STAGE]]) for row in rows}
        return tuple(dict.fromkeys([*map(lower_trim, known), *sorted(typed)]))

    @property
    def _is_client(self) -> Condition:
        """The condition that a row is not blank: a rule on blank cells would hold there too."""
        roles = [role for role in ("client", "lead_date") if role in self.layout.columns]
        return any_of(IsFilled(self.layout.columns[role]) for role in roles) if roles else ALWAYS

    # --- one rule ---------------------------------------------------------------------------------------

    def _readable(self, condition: Condition) -> bool:
        """Return true if a formula on the row reads every cell of a condition as the loader did."""
        match condition:
            case And(parts) | Or(parts):
                return all(map(self._readable, parts))
            case Not(part):
                return self._readable(part)
            case If() | EventCount() | DaysInStage() | AnyOfCompany():
                return False
        name = str(condition.field)
        column = self._column(name)
        return column is not None and self._read_alike(name, column, isinstance(condition, IsFilled))

    def _column(self, name: str) -> int | None:
        """Return the column of the sheet from which a column of the table was read."""
        read = parse(name)
        if read.kind in ("number", "date"):
            return self._column(read.text)
        headers = {header: number for number, header in self.layout.headers.items()}
        if read.kind == "column":
            return headers.get(read.text)
        return self.layout.columns.get(name) if name != STAGE else None

    def _read_alike(self, name: str, column: int, only_blank: bool) -> bool:
        """Return true if a formula reads from every cell what the loader read.

        Parameters
        ----------
        only_blank : whether it only matters which cells are blank.
        """
        known, table = self._compared, self.totals.clients.table
        key = name, only_blank
        if key not in known:
            alike = _blank_alike if only_blank else _alike
            cells = (self.grid[row, column] for row in table["row"].tolist())
            known[key] = name in table and all(map(alike, cells, table[name].tolist()))
        return known[key]

    @cached_property
    def _compared(self) -> dict[tuple[str, bool], bool]:
        """Cache of `_read_alike`, by column of the table and whether only blanks were compared."""
        return {}


def _nowhere(field: Field) -> str:
    """Return a long address, for measuring the length of a formula."""
    return "$AA1"


def _blank_alike(cell: Value, value: object) -> bool:
    """Return true if a formula and the loader agree on whether a cell is blank."""
    is_null = value is None or value != value  # NaN, NaT and NA differ from themselves
    return (lower_trim(cell) == "") == is_null


def _alike(cell: Value, value: object) -> bool:
    """Return true if a formula reads from a cell what the loader read: text, a number or a date."""
    if cell is None or cell == "":
        return _blank_alike(cell, value)
    if isinstance(value, str):
        return isinstance(cell, str) and lower_trim(cell) == value.strip().lower()
    if isinstance(value, float):
        return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isclose(cell, value)
    return isinstance(cell, dt.date) and isinstance(value, dt.datetime) and _day(cell) == value.date()


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date
