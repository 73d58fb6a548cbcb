"""The oracle's further tables: survival, leaks, leavers, cohorts, periods, segments, time."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from metrics.oracle import Oracle, Row
from metrics.oracle_arithmetic import (
    MONTH,
    holm,
    kaplan_meier,
    months_of,
    one_against_the_rest,
    ratio,
    worst_probabilities,
)  # fmt: skip


class Tables(Oracle):
    """Everything that is made of the clients' values and days."""

    # --- how long they stay ------------------------------------------------------------------------------

    def lives(self, clock: str = "lead") -> list[tuple[int, bool]]:
        """Days from the start, and whether they left then; of those who paid, without undated leavers."""
        found = []
        for row in self.rows:
            start = self.start(row, clock)
            if start and self.is_paid(row) and (not self.has_left(row) or self.left_on(row)):
                days = ((self.left_on(row) or self.as_of) - start).days
                if days >= 0:  # Open: who left before the first paid session (is left out)
                    found.append((days, self.has_left(row)))
        return found

    def start(self, row: Row, clock: str) -> dt.date | None:
        if clock == "lead":
            return row.lead
        return None if self.paid is None else self.marked_on(row, self.paid)

    def undated_lives(self, clock: str = "lead") -> list[tuple[int, bool]]:
        """Leavers without a date, ended at their last mark."""
        found = []
        for row in self.rows:
            start = self.start(row, clock)
            if start and self.is_paid(row) and self.has_left(row) and not self.left_on(row):
                # Open: when an undated retention mark was made (it says that they were here when it was due).
                seen = [start]
                for k, step in enumerate(self.steps):
                    due, day = self.due(row, k), self.marked_on(row, k)
                    seen += [day] if day else []
                    seen += [due] if due and step.kind == "retention" and self.marked(row, k) else []
                found.append(((min(max(seen), self.as_of) - start).days, True))
        return found

    def survival(self, clock: str = "lead") -> list[dict[str, Any]]:
        return kaplan_meier(self.lives(clock)) if self.has_leaving_data else []

    def lower(self, clock: str = "lead") -> list[dict[str, Any]]:
        return kaplan_meier(self.lives(clock) + self.undated_lives(clock)) if self.has_leaving_data else []

    def undated_leavers(self) -> int:
        return sum(self.has_left(row) and not self.left_on(row) for row in self.rows)

    def engagement(self) -> dict[str, float | None]:
        """Mean months of current clients, of all; restricted to the last retention step; the median."""
        curve, lives = self.survival(), self.lives()
        here, every = [days for days, left in lives if not left], [days for days, _ in lives]
        median = next((fall["day"] / MONTH for fall in curve if fall["survival"] <= 0.5 + 1e-12), None)
        return {
            "mean months of current clients": ratio(sum(here) / MONTH, len(here)),
            "mean months of all clients": ratio(sum(every) / MONTH, len(every)),
            "restricted mean months": self.restricted_mean(curve, max(every, default=0)),
            "median months": median,
        }

    def restricted_mean(self, curve: list[dict[str, Any]], followed: int) -> float | None:
        limit = MONTH * max(
            (months_of(step) for step in self.steps if step.kind == "retention"), default=math.inf
        )
        # Open: a curve that was not seen for so long (undefined: nobody knows how it goes on).
        if not self.lives() or (followed < limit and (not curve or curve[-1]["survival"] > 0)):
            return None
        area, survival, day = 0.0, 1.0, 0.0
        for fall in curve:
            if fall["day"] < limit:
                area += survival * (fall["day"] - day)
                survival, day = fall["survival"], fall["day"]
        return (area + survival * (limit - day)) / MONTH

    # --- where it leaks -------------------------------------------------------------------------------------

    def leaks(self) -> list[dict[str, Any]]:
        """The links of the chain in order; probabilities among those with enough settled clients."""
        chain = [k for k, step in enumerate(self.steps) if not step.optional]
        rows = [self.step_row(k) for k in chain]
        lost = [row["settled_left"] + row["settled_overdue"] for row in rows]
        enough = [at for at, row in enumerate(rows) if row["settled_n"] >= 10]
        worst = worst_probabilities([(lost[at], rows[at]["settled_reached"]) for at in enough])
        probabilities = dict(zip(enough, worst, strict=True)) if len(enough) > 1 else {}
        kept = [ratio(row["settled_reached"], row["settled_n"]) for row in rows]
        targets = [
            self.steps[k].target
            if self.steps[k].target is not None
            else None
            if c is None
            else min(1.0, c + 0.1)
            for k, c in zip(chain, kept, strict=True)
        ]
        paying = [
            at for at, k in enumerate(chain)
            if (k <= self.paid if self.paid is not None else self.steps[k].kind == "step")
        ]  # fmt: skip
        return [
            {
                "step": row["step"], "n": row["settled_n"], "settled_lost": lost[at],
                "settled_drop_off": row["settled_drop_off"], "marked_drop_off": row["drop_off"],
                "target": targets[at], "regained_per_100": gained(kept, targets, paying, at),
                "kept_per_100": gained(kept, targets, list(range(len(chain))), at),
                "probability_worst": probabilities.get(at),
            }
            for at, row in enumerate(rows)
        ]  # fmt: skip

    # --- who, when, for whom --------------------------------------------------------------------------------

    def leavers(self) -> dict[str, int]:
        reasons = [row.reason or "(blank)" for row in self.rows if self.has_left(row)]
        return {reason: reasons.count(reason) for reason in set(reasons)}

    def cohorts(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Clients, those due and those who reached, of each month of lead and step."""
        found = {}
        for month in {row.lead.strftime("%Y-%m") for row in self.rows if row.lead}:
            some = [row for row in self.rows if row.lead and row.lead.strftime("%Y-%m") == month]
            for k, step in enumerate(self.steps):
                due = sum(self.is_due(row, k) for row in some)
                found[month, step.name] = len(some), due, sum(self.reached(row, k) for row in some)
        return found

    def trend(self, month: str, k: int, window: int) -> tuple[int, int]:
        """Settled clients of a month of lead and those before it, and who of them reached the step."""
        year, number = map(int, month.split("-"))
        last = year * 12 + number
        months = range(last - window + 1, last + 1)
        some = [row for row in self.rows if row.lead and row.lead.year * 12 + row.lead.month in months]
        return self.settled_counts(some, k)

    def settled_counts(self, some: Sequence[Row], k: int) -> tuple[int, int]:
        settled = [row for row in some if self.settled(row, k)]
        return len(settled), sum(self.reached(row, k) for row in settled)

    def period(self, first: dt.date, last: dt.date, as_of: dt.date) -> list[tuple[int, int]]:
        """Settled counts of the leads of a range, looked at on a day."""
        then = Tables(self.given, self.journey, as_of, self.columns, self.has_leaving_data)
        some = [row for row in then.rows if row.lead and first <= row.lead <= last]
        return [then.settled_counts(some, k) for k in range(len(self.steps))]

    def of(self, coach: str | None) -> "Tables":
        some = [row for row in self.given if row.coach == coach]
        return Tables(some, self.journey, self.as_of, self.columns, self.has_leaving_data)

    def segment_tests(self, coaches: Sequence[str | None], k: int) -> list[dict[str, Any]]:
        """Each value against the other values, of leads, with Holm over the values; blanks have no test."""
        parts = [self.of(coach).step_row(k) for coach in coaches]
        sizes = [len(self.of(coach).rows) for coach in coaches]
        named = [i for i, coach in enumerate(coaches) if coach is not None]
        found = []
        for i, (part, size) in enumerate(zip(parts, sizes, strict=True)):
            p, test = None, None
            if part["marked"] is not None and i in named:
                others = sum(parts[j]["marked"] for j in named if j != i)
                rest = sum(sizes[j] for j in named if j != i)
                p, test = one_against_the_rest(part["marked"], size, others, rest)
            found.append({"p_of_leads": p, "test": test})
        for row, p in zip(found, holm([row["p_of_leads"] for row in found]), strict=True):
            row["p_holm"] = p
        return found

    def days_to(self, k: int) -> list[int]:
        """Days from the lead to a step, of those who got there on a known day."""
        found = []
        for row in self.rows:
            day = self.marked_on(row, k)
            if row.lead and day and day >= row.lead:
                found.append((day - row.lead).days)
        return sorted(found)


def gained(
    kept: Sequence[float | None], targets: Sequence[float | None], links: Sequence[int], at: int
) -> float | None:
    """Clients gained per 100 leads at the end of the links if one of them rose to its target."""
    if at not in links:
        return 0.0
    product = 100.0
    for j in links:
        conversion, target = kept[j], targets[j]
        if conversion is None or target is None:
            return None
        # Open: a target below what is reached already (nothing is regained).
        product *= max(target - conversion, 0) if j == at else conversion
    return product
