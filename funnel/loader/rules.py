"""Bind the rules of a journey to a sheet: find their columns, and read them as the rules compare them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from funnel.cells.columns import read_dates, read_texts
from funnel.cells.date_order import decide_date_orders
from funnel.cells.numbers import read_numbers
from funnel.clients import Problem
from funnel.errors import JourneyError
from funnel.grid import cell_name, column_letter
from funnel.journey import Journey
from funnel.journey.rules import DAYS_IN_STAGE, Comparison, Rule, change_rule
from funnel.loader.sheet_rows import DATE_ROLES, NUMBER_ROLES, SALES_ROLES, SheetRows
from funnel.loader.table import header_names
from funnel.reading.match_columns import nearest_header
from funnel.schema import header, parse, read_as, step_mark
from funnel.text import count, fold, listed

_COMPANY = "company"
_NAME_COMPANY = 'Name the column in the journey file: [company] column = "…".'
_USE = {
    "text": "`is`, `is_not`, `one_of` or `contains`",
    "number": "`at_least` or `at_most`",
    "date": "`before`, `after`, `older_than` or `within_the_last`",
    "any": "`empty`",
}


@dataclass
class Bound:
    """A journey whose rules name columns of the clients' table, and what the table needs for them.

    Parameters
    ----------
    journey : the journey with its rules on columns of the table.
    columns : additional columns of the table, typed as the rules compare them; one value for each client.
    problems : cells that cannot be compared, and count as blank.
    """

    journey: Journey
    columns: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def bind_rules(reading: SheetRows, clients: Sequence[int], source: str = "") -> Bound:
    """Find the columns of all rules, and read them as the rules compare them.

    A rule without its column is switched off, and reported as a problem.

    Raises
    ------
    JourneyError : a rule compares text with a number or a date.
    """
    journey = reading.journey
    bound = Bound(journey)
    binder = _Binder(
        reading, np.asarray(clients, dtype=np.int64), source or f"tab {reading.grid.tab!r}", bound
    )
    stages = []
    for stage in journey.stages:
        rules = tuple(binder.bound_rules(stage.rules, f"the stage {stage.name!r}"))
        stages.append(stage.model_copy(update={"rules": rules}))
    segments = {
        name: rule
        for name in journey.segments
        if (rule := binder.bound_rule(name, f"the segment {name!r}", within=True)) is not None
    }
    bound.journey = journey.model_copy(update={"stages": tuple(stages), "segments": segments})
    bound.problems.extend(binder.missing_columns())
    if journey.company.sync and "company" not in reading.columns.at:
        bound.problems.append(_no_company(reading))
    return bound


def _no_company(reading: SheetRows) -> Problem:
    """Return the problem of a missing company column."""
    return Problem(
        "missing column",
        "The journey keeps all clients of a company in the same stage (`sync = true`), but the sheet has no "
        "column for the company. Each client has their own stage.",
        reading.header.row,
        way_out=_NAME_COMPANY,
    )


@dataclass
class _Binder:
    """Bind conditions one by one, and collect the columns and problems."""

    reading: SheetRows
    clients: np.ndarray[tuple[int], np.dtype[np.int64]]
    place: str
    bound: Bound
    missing: dict[str, list[str]] = field(default_factory=dict)  # column -> owners of the rules on it

    def bound_rules(self, rules: Sequence[Rule], owner: str) -> Iterator[Rule]:
        """Yield the rules that the sheet has columns for."""
        for rule in rules:
            found = self.bound_rule(rule, owner)
            if found is not None:
                yield found

    def bound_rule(self, rule: Rule, owner: str, within: bool = False) -> Rule | None:
        """Bind one rule; None if it is switched off.

        Parameters
        ----------
        within : bind the rule of the segment that `rule` names.
        """

        def change(part: Rule) -> Rule | None:
            if isinstance(part, Comparison):
                return self.bind(part, owner)
            if isinstance(part, str):  # a segment, kept if its rule is kept
                return part if self.bound_rule(part, f"the segment {part!r}", within=True) else None
            return part

        return change_rule(self.reading.journey.segments[str(rule)] if within else rule, change)

    def missing_columns(self) -> Iterator[Problem]:
        """Yield a problem for each missing column, with the rules that are switched off."""
        header = self.reading.header
        for column, owners in self.missing.items():
            near = nearest_header([column], header.names.values())
            meant = f"; the nearest header is {near!r}" if near else ""
            whose = listed(dict.fromkeys(owners))
            yield Problem(
                "missing column",
                f"The sheet has no column {column!r}{meant}. Its rules are switched off: those of {whose}.",
                header.row,
                way_out=_NAME_COMPANY if column == _COMPANY else
                "Add the column, or correct its name in the journey file.",
            )  # fmt: skip

    def bind(self, condition: Comparison, owner: str) -> Comparison | None:
        """Return the condition on a column of the table; None if the sheet has no such column."""
        if condition.of == "company" and "company" not in self.reading.columns.at:
            self.missing.setdefault(_COMPANY, []).append(owner)
            return None
        found = self._find(condition)
        if found is None:
            self.missing.setdefault(condition.column, []).append(owner)
            return None
        name, column = found
        kind = condition.kind
        if name == "stage":
            self._only(condition, owner, kind in ("text", "any"), "names of stages", "text")
            return replace(condition, column="stage")
        if name == DAYS_IN_STAGE:
            self._only(condition, owner, kind == "number", "numbers of days", "number")
            return replace(condition, column=DAYS_IN_STAGE)
        if parse(name).kind == "step" or name == "client":
            return self._of_mark(condition, owner, name)
        if name in DATE_ROLES:
            self._only(condition, owner, kind in ("date", "any"), "dates", "date")
        elif name in NUMBER_ROLES:
            self._only(condition, owner, kind in ("number", "any"), "numbers", "number")
        elif column is not None and kind in ("number", "date"):
            name = self._typed(condition, owner, name, column)
        return replace(condition, column=name)

    def _find(self, condition: Comparison) -> tuple[str, int | None] | None:
        """Find a column by role or header: its name in the table, and its number; None if it is missing."""
        at, header = self.reading.columns.at, condition.column
        exact = next((n for n, text in self.reading.header.names.items() if text == header), None)
        if exact is not None:
            return self._name_of(exact), exact
        if header == "stage" or header in at:
            return header, at[header][0] if header in at else None
        if (mark := step_mark(header)) in at:
            return mark, at[mark][0]
        headers = {fold(text): number for number, text in reversed(list(self.reading.header.names.items()))}
        number = headers.get(fold(header))
        if number is None and fold(header) == DAYS_IN_STAGE:
            return DAYS_IN_STAGE, None
        if number is None and (role := self._from_events(header)):
            return role, None
        return None if number is None else (self._name_of(number), number)

    def _name_of(self, number: int) -> str:
        """Return the table's name for a column of the sheet."""
        owners = {numbers[0]: name for name, numbers in self.reading.columns.at.items()}
        return owners.get(number) or header(header_names(self.reading)[number])

    def _from_events(self, header: str) -> str | None:
        """Return the role of a name if the sheet has no column for it, but the event log has."""
        if self.reading.journey.events is None:
            return None
        columns = self.reading.journey.columns
        for role in SALES_ROLES:
            named = columns[role].headers if role in columns else ()
            if fold(header) in map(fold, (role, *named)):
                return role
        return None

    def _only(self, condition: Comparison, owner: str, fits: bool, holds: str, use: str) -> None:
        """Refuse an operator that does not fit the type of the column."""
        if not fits:
            raise JourneyError(
                f"{self.place}: {owner} has the rule {condition}, but this column contains {holds}. "
                f"Use {_USE[use]} there."
            )

    def _of_mark(self, condition: Comparison, owner: str, name: str) -> Comparison:
        """Bind a rule on a step (`empty`, or a text such as "Fail") or on the client's name (any text)."""
        if name == "client":
            self._only(condition, owner, condition.kind in ("text", "any"), "names", "text")
            values = np.array(self.reading.names, dtype=object)[self.clients]
        elif condition.kind == "text":
            column = self.reading.marks[parse(name).text].column
            name = header(self.reading.header.names[column])
            values = np.array(read_texts(self.reading.cells(column)), dtype=object)[self.clients]
            self.bound.columns[name] = _texts(values)
            return replace(condition, column=name)
        else:
            self._only(condition, owner, condition.kind == "any", "marks", "any")
            values = np.where(self.reading.marks[parse(name).text].marked[self.clients], "1", "")
        self.bound.columns[read_as("text", name)] = _texts(values)
        return replace(condition, column=read_as("text", name))

    def _typed(self, condition: Comparison, owner: str, name: str, column: int) -> str:
        """Read a column as numbers or dates, under a new name."""
        typed = read_as("number" if condition.kind == "number" else "date", name)
        if typed in self.bound.columns:
            return typed
        cells = self.reading.cells(column)
        if condition.kind == "number":
            numbers, bad = read_numbers(cells)
            values: Any = numbers[self.clients]
        else:
            wanted = {column: cells}
            for dates in self.reading.dates.values():
                wanted[dates.column] = self.reading.cells(dates.column)
            order = decide_date_orders(wanted, self.reading.first).of[column]
            read = read_dates(cells, column, order, strict=False)
            values = read.days[self.clients].astype("datetime64[s]")
            bad = [*read.unreadable, *read.wrong_year]
        self._check(condition, owner, column, bad)
        self.bound.columns[typed] = values
        return typed

    def _check(self, condition: Comparison, owner: str, column: int, bad: Sequence[int]) -> None:
        """Refuse a column that mostly contains another type; report single cells."""
        kept, cells = set(self.clients.tolist()), self.reading.cells(column)
        wrong = sorted(at for at in bad if at in kept)
        n = sum(cells[at] not in (None, "") for at in kept)
        what = "a number" if condition.kind == "number" else "a date"
        if 2 * len(wrong) > n:
            shown = f"{cells[wrong[0]]!r} in {cell_name(self.reading.first + wrong[0], column)}"
            raise JourneyError(
                f"{self.place}: {owner} has the rule {condition}, which compares with {what}, but "
                f"{len(wrong)} of the {count(n, 'filled cell')} of column {column_letter(column)} are not "
                f"({shown}). Use {_USE['text']} for text, or correct the cells."
            )
        kind = "not a number" if condition.kind == "number" else "unreadable date"
        for at in wrong:
            self.bound.problems.append(
                Problem(
                    kind,
                    f"{self.reading.names[at] or f'The client of row {self.reading.first + at}'}: "
                    f"{cells[at]!r} is not {what}, which {owner} asks for; it counts as blank.",
                    self.reading.first + at, column, self.reading.names[at] or None,
                    f"Type it as {what}.",
                )
            )  # fmt: skip


def _texts(values: Any) -> Any:
    import pandas as pd

    return pd.array([value or None for value in values], dtype="str")
