"""A second opinion on every number: docs/definitions.md again, in plain Python, one client after the other.

Written from the design's text alone, slow and without any of the product's code but the declaration of a
journey. Where the two disagree, the design's text decides who is right. What the text leaves open, and how
the product closes it, stands in comments that begin with "Open:".
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from metrics.oracle_arithmetic import later, mark_of, months_of, ratio, wilson

from funnel.journey import Journey, Step


@dataclass(frozen=True)
class Row:
    """One row as a person typed it; a step that is not in `cells` has a blank cell, or no column at all."""

    name: str | None = None
    lead: dt.date | None = None
    left: dt.date | None = None
    reason: str | None = None
    paint: str | None = None
    coach: str | None = None
    cells: dict[str, Any] = field(default_factory=dict)


class Oracle:
    """Every number of the rows as of a day.

    Parameters
    ----------
    columns : the names of the steps that have a column.
    has_leaving_data : whether the sheet has a column that says who left.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        journey: Journey,
        as_of: dt.date,
        columns: Iterable[str],
        has_leaving_data: bool,
    ) -> None:
        self.journey, self.as_of, self.columns = journey, as_of, set(columns)
        # Open: whether rows that are painted red, and no column, say who left (they do).
        self.has_leaving_data = has_leaving_data or any(row.paint == "red" for row in rows)
        self.given = [
            row for row in rows if row.name or row.lead or any(mark_of(c)[0] for c in row.cells.values())
        ]
        self.rows = [row for row in self.given if row.lead is None or row.lead <= as_of]
        self.leads_after = len(self.given) - len(self.rows)
        self.steps = list(journey.steps)
        self.paid = next((k for k, step in enumerate(self.steps) if step.paid), None)

    # --- one client ------------------------------------------------------------------------------------

    def marked(self, row: Row, k: int) -> bool:
        """The cell alone; a date after as-of has not happened."""
        reached, day = mark_of(row.cells.get(self.steps[k].name))
        return reached and (day is None or day <= self.as_of)

    def marked_on(self, row: Row, k: int) -> dt.date | None:
        return mark_of(row.cells.get(self.steps[k].name))[1] if self.marked(row, k) else None

    def left_on(self, row: Row) -> dt.date | None:
        """The day of leaving, where it is one that can be used."""
        usable = row.left and row.left <= self.as_of and not (row.lead and row.left < row.lead)
        return row.left if usable else None

    def has_left(self, row: Row) -> bool:
        if row.left:
            return row.left <= self.as_of
        return bool(row.reason) or row.paint == "red"

    def due(self, row: Row, k: int) -> dt.date | None:
        step = self.steps[k]
        length = step.months or step.after or step.due or self.journey.period
        return later(row.lead, length) if row.lead else None

    def is_due(self, row: Row, k: int) -> bool:
        due = self.due(row, k)
        return due is not None and due <= self.as_of

    def later_marked(self, row: Row, k: int) -> bool:
        """Whether a later step of the same kind is marked."""
        kind = self.steps[k].kind
        # Open: what an optional step, "left out of the chain", has to do with this (nothing, in both ways).
        if self.steps[k].optional:
            return False
        later_steps = [j for j in range(k + 1, len(self.steps)) if not self.steps[j].optional]
        return any(self.marked(row, j) for j in later_steps if self.steps[j].kind == kind)

    def painted_paid(self, row: Row) -> bool:
        """Green is evidence where the cell says nothing."""
        if self.paid is None or row.paint != "green":
            return False
        return not mark_of(row.cells.get(self.steps[self.paid].name))[0]

    def reached(self, row: Row, k: int) -> bool:
        step = self.steps[k]
        if self.marked(row, k) or self.later_marked(row, k):
            return True
        if step.kind == "step":
            return self.painted_paid(row) and self.paid is not None and k <= self.paid and not step.optional
        due, left_on = self.due(row, k), self.left_on(row)
        if due is None or due > self.as_of or not self.is_paid(row):
            return False
        if left_on and left_on > due:
            return True
        return step.name not in self.columns and self.has_leaving_data and not self.has_left(row)

    def is_paid(self, row: Row) -> bool:
        """Without a paid step everybody counts."""
        return self.paid is None or self.reached(row, self.paid)

    def value(self, row: Row, k: int) -> str:
        if self.reached(row, k):
            return "reached"
        if self.has_left(row):
            return "unknown" if self.left_some_day(row, k) else "left"
        if row.lead is None:
            return "undated"
        return "overdue" if self.is_due(row, k) else "not_due"

    def left_some_day(self, row: Row, k: int) -> bool:
        """Whether only the day of leaving, which nobody knows, could tell if they were still there."""
        derived = self.steps[k].kind == "retention" and self.steps[k].name not in self.columns
        undated = self.left_on(row) is None and self.is_due(row, k) and self.is_paid(row)
        return derived and self.has_leaving_data and undated and not self.unmarked_until(row, k)

    def unmarked_until(self, row: Row, k: int) -> bool:
        """Whether a column of a retention step up to k is blank, and due: the marks tell."""
        return any(
            step.kind == "retention" and not step.optional and step.name in self.columns
            and self.is_due(row, j) and not self.reached(row, j)
            for j, step in enumerate(self.steps[: k + 1])
        )  # fmt: skip

    def passed(self, row: Row, k: int) -> bool:
        return self.marked(row, k) or self.later_marked(row, k)

    def nested(self, row: Row, k: int) -> bool:
        earlier = [j for j in range(k) if not self.steps[j].optional and self.steps[j].name in self.columns]
        return self.marked(row, k) and all(self.marked(row, j) for j in earlier)

    def known(self, k: int) -> bool:
        """Whether anything says that the step was not reached."""
        return self.steps[k].name in self.columns or self.has_leaving_data

    def before(self, k: int) -> int | None:
        """The step before, in the chain."""
        return next((j for j in reversed(range(k)) if not self.steps[j].optional), None)

    def settled(self, row: Row, k: int) -> bool:
        if not self.known(k):
            return (
                False  # Open: settled counts of a derived step where nothing says who left (there are none)
            )
        before = self.before(k)
        if self.value(row, k) == "unknown":
            return False
        return self.is_due(row, k) and (before is None or self.reached(row, before))

    # --- tables ----------------------------------------------------------------------------------------

    def count(self, what: Callable[[Row, int], bool], k: int) -> int:
        return sum(what(row, k) for row in self.rows)

    def step_row(self, k: int, counts: str = "marked") -> dict[str, Any]:
        step, n = self.steps[k], len(self.rows)
        typed = step.name in self.columns
        found: dict[str, Any] = {"step": step.name, "kind": step.kind}
        for name in ("marked", "passed", "nested"):
            found[name] = self.count(getattr(self, name), k) if typed else None
        before = self.before(k)
        previous = n if before is None else None
        if before is not None and self.steps[before].name in self.columns:
            previous = self.count(getattr(self, counts), before)
        here = found[counts]
        found["of_previous"] = ratio(here, previous)
        found["drop_off"] = None if found["of_previous"] is None else 1 - found["of_previous"]
        found["lost"] = None if here is None or previous is None else previous - here
        found["of_leads"] = ratio(here, n)
        found["low"], found["high"] = wilson(here, n) if here is not None else (None, None)
        values = [self.value(row, k) for row in self.rows]
        for value in ("reached", "left", "not_due", "overdue", "undated", "unknown"):
            found[value] = values.count(value)
        found["skipped"] = (
            sum(not self.marked(r, k) and self.later_marked(r, k) for r in self.rows) if typed else None
        )
        settled = [self.value(row, k) for row in self.rows if self.settled(row, k)]
        found["settled_n"] = len(settled)
        for value in ("reached", "left", "overdue"):
            found[f"settled_{value}"] = settled.count(value)
        lost = len(settled) - settled.count("reached")
        found["settled_drop_off"] = ratio(lost, len(settled))
        found["settled_low"], found["settled_high"] = wilson(lost, len(settled))
        return found

    def step_rows(self, counts: str = "marked") -> list[dict[str, Any]]:
        return [self.step_row(k, counts) for k in range(len(self.steps))]

    def retention(self) -> list[dict[str, Any]]:
        found = []
        for k, step in enumerate(self.steps):
            if step.kind != "retention":
                continue
            for of in ("leads", "paid") if self.paid is not None else ("leads",):
                some = [row for row in self.rows if of == "leads" or self.is_paid(row)]
                found.append(self.retention_row(some, of, k, step))
        return found

    def retention_row(self, some: list[Row], of: str, k: int, step: Step) -> dict[str, Any]:
        due = [row for row in some if self.is_due(row, k)]
        eligible = [row for row in due if self.value(row, k) != "unknown"]
        unknown = len(due) - len(eligible)
        values = [self.value(row, k) for row in eligible]
        reached, overdue = values.count("reached"), values.count("overdue")
        asked = sum(
            value == "overdue" and not (self.paid is not None and self.value(row, self.paid) == "overdue")
            for row, value in zip(eligible, values, strict=True)
        )
        known = self.known(k)
        low, high = wilson(reached, len(eligible)) if known else (None, None)
        marked = sum(self.marked(row, k) for row in some) if step.name in self.columns else None
        return {
            "of": of, "clock": "lead", "months": months_of(step), "eligible": len(eligible),
            "reached": reached, "left": values.count("left"), "overdue": overdue,
            "rate": ratio(reached, len(eligible)) if known else None, "low": low, "high": high,
            "rate_if_overdue_stayed": ratio(reached + asked, len(eligible)) if known else None,
            "naive_rate": ratio(marked, len(some)), "unknown": unknown,
            "rate_if_unknown_left": ratio(reached, len(due)) if known else None,
            "rate_if_unknown_stayed": ratio(reached + unknown, len(due)) if known else None,
        }  # fmt: skip

    def retention_since_paid(self) -> list[dict[str, Any]]:
        """On the clock of the first paid session, where it is dated: from left dates."""
        if self.paid is None:
            return []
        dated = [(row, day) for row in self.rows if (day := self.marked_on(row, self.paid))]
        found = []
        for step in self.steps:
            if step.kind == "retention" and dated and self.has_leaving_data:
                found.append(self.retention_since(dated, step))
        return found

    def retention_since(self, dated: list[tuple[Row, dt.date]], step: Step) -> dict[str, Any]:
        length = step.months or step.after or ""
        everyone = [(row, later(day, length)) for row, day in dated if later(day, length) <= self.as_of]
        reached = left = 0
        for row, due in everyone:
            left_on = self.left_on(row)
            reached += not self.has_left(row) or bool(left_on and left_on > due)
            undated = self.has_left(row) and left_on is None
            # Open: what marks since the lead tell on this clock (a blank one, that they had left).
            told = undated and self.unmarked_until(row, self.steps.index(step))
            left += told or bool(left_on and left_on <= due)
        eligible, unknown = range(reached + left), len(everyone) - reached - left
        low, high = wilson(reached, len(eligible))
        return {
            "of": "paid", "clock": "paid", "months": months_of(step), "eligible": len(eligible),
            "reached": reached, "left": left, "overdue": 0,
            "rate": ratio(reached, len(eligible)), "low": low, "high": high,
            "rate_if_overdue_stayed": ratio(reached, len(eligible)), "unknown": unknown,
            "rate_if_unknown_left": ratio(reached, len(everyone)),
            "rate_if_unknown_stayed": ratio(reached + unknown, len(everyone)),
        }  # fmt: skip
