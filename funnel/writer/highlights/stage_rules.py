"""Stages as live conditions on a row: what its own cells say of being lost, or of having paid.

A stage cell says it, under any name that the stage has had. Where that cell is empty, the rules of the
journey do, as far as a formula can read the sheet's cells as the loader reads them: a column in which numbers
or dates were typed as text, an event or another client of the company is beyond any formula on one row. Such
clients have no colour, and the tab `Funnel` says how many they are.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funnel.clients import Layout
from funnel.grid import Grid, Value
from funnel.journey import Duration, Stage
from funnel.journey.events import targets
from funnel.journey.rules import Condition, Group, Rule
from funnel.metrics.core.assign_stages import SET_BY, STAGE
from funnel.metrics.core.flags import LEFT, flag
from funnel.metrics.core.frames import collect
from funnel.text import fold
from funnel.writer.totals.formulas import text
from funnel.writer.totals.rowless_formulas import said

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

At = Callable[[int], str]
"""The address of a row's cell in a column: ``$E2``."""

LONGEST = 4000
"""Letters that the rules of a journey may take in a formula of colours."""

_BLANK = ("", "-", "–", "—")
_SUFFIXES = (" · number", " · dated")


@dataclass(frozen=True)
class StageRules:
    """The stages of a journey against the cells of a sheet.

    Parameters
    ----------
    grid, layout : the client tab.
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
        way = self.totals.journey.way
        first = next((at for at, stage in enumerate(way) if stage.paid), len(way))
        return way[first:] if self.totals.journey.staged else ()

    def condition(self, stages: Sequence[Stage], at: At) -> str | None:
        """Condition, above 0 where a row's cells say that its client is in one of the stages.

        None where no cell can say it.
        """
        column = self.layout.columns.get(STAGE)
        found = [_among(at(column), self._names(stages))] if column and stages else []
        if rules := self._rules(stages, at):
            blank = [_among(at(column), _BLANK)] if column else []
            found.append("*".join([*blank, self._is_client(at), _one(f"{'+'.join(rules)}>0")]))
        return "+".join(found) or None

    @cached_property
    def colored(self) -> pd.DataFrame:
        """Row, stage, ``set_by·`` and color of the clients in a stage that has one."""
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
    def beyond(self) -> int:
        """How many clients are in such a stage though no formula on their row can say so."""
        table = self.colored
        live = [stage.name for stage in (*self.lost, *self.paid) if stage.rules and self._live(stage)]
        told = (table[SET_BY] == "hand") | ((table[SET_BY] == "rule") & table[STAGE].isin(live))
        return int((~told).sum())

    def by_rules(self, stages: Sequence[Stage]) -> bool:
        """Whether any of the stages has rules that a formula says."""
        return any(stage.rules and self._live(stage) for stage in stages)

    def _live(self, stage: Stage) -> bool:
        """Whether a formula can say all rules of a stage, and nothing is heard before them but the hand.

        A company that is a customer is heard before every rule, and an event that says lost before the rules
        of the way (docs/decisions/0009); who is lost by a rule is not green.
        """
        journey, clients = self.totals.journey, self.totals.clients
        if journey.company.sync and "company" in clients.table:
            return False
        if not all(self._formula(rule, _nowhere) is not None for rule in stage.rules):
            return False
        return stage.lost or (not self._lost_by_event and all(self._live(lost) for lost in self.lost))

    @cached_property
    def _lost_by_event(self) -> bool:
        """Whether any event leads to a lost stage."""
        journey, events = self.totals.journey, self.totals.clients.events
        if journey.events is None or events is None:
            return False
        lost = {stage.name for stage in self.lost}
        led = targets(journey.events, journey.stages)
        return any(name in led and led[name].stage in lost for name in map(fold, events["event"].unique()))

    def _rules(self, stages: Sequence[Stage], at: At) -> list[str]:
        """The rules of stages as formulas, of those that are live."""
        rules = [rule for stage in stages if self._live(stage) for rule in stage.rules]
        found = [formula for rule in rules if (formula := self._formula(rule, at))]
        return found if sum(map(len, found)) <= LONGEST else []

    def _names(self, stages: Iterable[Stage]) -> list[str]:
        """What a stage cell may say: present and former names, what is sent there, and as people typed it."""
        names = {stage.name for stage in stages}
        sent = (old for old, new in self.totals.journey.reassign.items() if new in names)
        known = [*sent, *(name for stage in stages for name in (stage.name, *stage.was))]
        table = self.totals.clients.table
        rows = table["row"][table[STAGE].isin(names)] if STAGE in table else ()
        typed = {said(self.grid[int(row), self.layout.columns[STAGE]]) for row in rows}
        return list(dict.fromkeys([*map(said, known), *sorted(typed)]))

    def _is_client(self, at: At) -> str:
        """Condition that a row holds a client: a rule on empty cells would hold of blank rows too."""
        roles = [role for role in ("client", "lead_date") if role in self.layout.columns]
        filled = [f'LEN({at(self.layout.columns[role])}&"")' for role in roles]
        return _one(f"{'+'.join(filled) or '1'}>0")

    # --- one rule ---------------------------------------------------------------------------------------

    def _formula(self, rule: Rule, at: At) -> str | None:
        """A rule as a number, above 0 where it holds; None where no formula on the row can say it."""
        if isinstance(rule, str):
            return self._formula(self.totals.journey.segments[rule], at)
        if isinstance(rule, Group):
            parts = [self._formula(part, at) for part in rule.rules]
            known = [part for part in parts if part is not None]
            joined = ("*" if rule.joined == "all" else "+").join(known)
            return _one(f"{joined}>0") if known and len(known) == len(parts) else None
        if not isinstance(rule, Condition) or rule.of != "client":
            return None
        column = self._column(rule.column)
        if column is None or not self._read_alike(rule, column):
            return None
        return _condition(rule, at(column))

    def _column(self, name: str) -> int | None:
        """The column of the sheet that a column of the table was read from."""
        for suffix in _SUFFIXES:
            name = name.removesuffix(suffix)
        headers = {header: number for number, header in self.layout.headers.items()}
        return self.layout.columns.get(name, headers.get(name)) if name != STAGE else None

    def _read_alike(self, condition: Condition, column: int) -> bool:
        """Whether every cell holds for a formula what the loader read from it."""
        known, table = self._compared, self.totals.clients.table
        key = condition.column, condition.operator == "empty"
        if key not in known:
            name, alike = key[0], _blank_alike if key[1] else _alike
            cells = (self.grid[row, column] for row in table["row"].tolist())
            known[key] = name in table and all(map(alike, cells, table[name].tolist()))
        return known[key]

    @cached_property
    def _compared(self) -> dict[tuple[str, bool], bool]:
        """What `_read_alike` found so far, by column of the table, and whether blanks alone counted."""
        return {}


def _nowhere(column: int) -> str:
    """An address, where only its being there counts."""
    return f"$A{column}"


def _among(cell: str, names: Iterable[str]) -> str:
    """1 where a cell holds one of some folded texts."""
    known = text("".join(f"<{name}>" for name in names))
    return _one(f'ISNUMBER(FIND("<"&LOWER(TRIM({cell}&""))&">",{known}))')


def _blank_alike(cell: Value, value: object) -> bool:
    """Whether a formula finds a cell blank where the loader did."""
    return (said(cell) == "") == (value is None or value != value)  # NaN, NaT and NA differ from themselves


def _alike(cell: Value, value: object) -> bool:
    """Whether a formula sees in a cell what the loader read: text, a number, or a date of its own type."""
    if cell is None or cell == "":
        return _blank_alike(cell, value)
    if isinstance(value, str):
        return isinstance(cell, str) and said(cell) == value.strip().lower()
    if isinstance(value, float):
        return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isclose(cell, value)
    return isinstance(cell, dt.date) and isinstance(value, dt.datetime) and _day(cell) == value.date()


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date


def _condition(condition: Condition, cell: str) -> str | None:
    """One condition on a cell as 1 or 0; an error in the cell is 0."""
    operand, operator = condition.operand, condition.operator
    if operator == "empty":
        return _holds(f'LEN(TRIM({cell}&""))=0' if operand else f'LEN(TRIM({cell}&""))>0')
    if condition.kind == "text":
        words = operand if isinstance(operand, tuple) else (str(operand),)
        if operator == "contains":
            return _one(f'ISNUMBER(FIND({text(words[0].lower())},LOWER(TRIM({cell}&""))))')
        found = _among(cell, [word.lower() for word in words])
        return f"(1-{found})" if operator == "is_not" else found
    if condition.kind == "number":
        return _holds(f"ISNUMBER({cell})*({cell}{'>=' if operator == 'at_least' else '<='}{operand:.15g})")
    return _holds(f"ISNUMBER({cell})*({_dated(condition, cell)})")


def _dated(condition: Condition, cell: str) -> str:
    """A comparison of dates; a length of time is counted back from today."""
    operand = condition.operand
    if isinstance(operand, Duration):
        over = f"EDATE({cell},{operand.months})" if operand.months else f"INT({cell})+{operand.days}"
        if condition.operator == "older_than":
            return f"{over}<TODAY()"
        return f"({over}>=TODAY())*({cell}<TODAY()+1)"
    assert isinstance(operand, dt.date)
    day = f"DATE({operand.year},{operand.month},{operand.day})"
    return f"{cell}<{day}" if condition.operator == "before" else f"{cell}>={day}+1"


def _holds(condition: str) -> str:
    """1 where a condition is true or above 0; 0 where it is not, or an error.

    >>> _holds("A2>1")
    'N(ISNUMBER(1/(A2>1)))'
    """
    return _one(f"ISNUMBER(1/({condition}))")


def _one(truth: str) -> str:
    """1 where a condition is true, else 0: a truth value itself ranks above every number.

    >>> _one("A2=B2")
    'N(A2=B2)'
    """
    return f"N({truth})"
