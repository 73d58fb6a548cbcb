"""Every result for 100,000 clients, after loading, beside the same counts in plain pandas.

python -m benchmarks metrics [rows]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.schema import step_date, step_mark

AS_OF = "2026-11-21"
STEPS = ("contacted", "booked", "had", "referred", "session", "paid")
MONTHS = (1, 2, 3, 6, 12)


def make(rows: int) -> Clients:
    """A gym of that many clients over two years: marks, some of them dated, leavers, sources and coaches."""
    random = np.random.default_rng(3)
    steps = (
        *(Step(name=name, paid=name == "paid") for name in STEPS),
        *(Step(name=f"{months}m", months=months) for months in MONTHS),
    )
    lead = np.datetime64("2024-11-21", "s") + random.integers(0, 730, rows).astype("timedelta64[D]")
    table = pd.DataFrame({"row": np.arange(2, rows + 2), "client": [f"Client {i}" for i in range(rows)]})
    table["lead_date"] = lead
    table["source"] = random.choice(["Ads", "Referral", "Walk-in", None], rows)
    table["coach"] = random.choice([f"Coach {i}" for i in range(12)], rows)
    going, left = np.ones(rows, dtype=bool), np.full(rows, np.datetime64("NaT", "s"))
    for step in steps:
        due = lead + np.timedelta64(90 if step.kind == "step" else 30 * (step.months or 0) + 1, "D")
        passes = going & (random.random(rows) < 0.9)
        table[step_mark(step.name)] = passes & (due <= np.datetime64(AS_OF))
        dated = passes & (random.random(rows) < 0.3) & (step.kind == "step")
        when = lead + random.integers(0, 60, rows).astype("timedelta64[D]")
        table[step_date(step.name)] = np.where(dated, when, np.datetime64("NaT", "s"))
        stops = going & ~passes & (random.random(rows) < 0.95)  # of some, nobody writes it down
        left = np.where(stops, due - np.timedelta64(1, "D"), left)
        going = passes
    gone = left <= np.datetime64(AS_OF)
    table["left_date"] = np.where(gone, left, np.datetime64("NaT", "s"))
    table["left_reason"] = np.where(gone, random.choice(["Price", "Moved", "Injury"], rows), None)
    return Clients(table, Journey(steps=steps))


RESULTS: dict[str, Callable[[Funnel], object]] = {
    "steps, retention, leaks": lambda f: (f.steps, f.retention, f.leaks),
    "survival, engagement, gym": lambda f: (f.survival, f.engagement, f.gym),
    "problems": lambda f: f.problems,
    "by source": lambda f: (f.by("source"), f.retention_by("source"), f.survival_by("source")),
    "by coach": lambda f: (f.by("coach"), f.leaks_by("coach")),
    "periods": lambda f: f.periods(),
    "cohorts, trends": lambda f: (f.cohorts(), f.trends()),
    "time": lambda f: f.time(within="30 days"),
    "leavers, what if": lambda f: (f.leavers(), f.leavers("step"), f.what_if()),
}


def plain(clients: Clients) -> object:
    """What a notebook would do by hand: column totals, totals by source, coach and month, retention."""
    table, names = clients.table, [step_mark(step.name) for step in clients.journey.steps]
    marks = table[names]
    month = table["lead_date"].dt.to_period("M")
    counts = [
        marks.sum(),
        *(marks.groupby(key, dropna=False).sum() for key in (table["source"], table["coach"], month)),
    ]
    for months in MONTHS:
        due = table["lead_date"] + pd.DateOffset(months=months) <= pd.Timestamp(AS_OF)
        counts.append(table.loc[due, step_mark(f"{months}m")].mean())
    return counts


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    rows = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 100_000)
    small, clients = make(200), make(rows)
    warm = Funnel(small, AS_OF)
    for result in RESULTS.values():
        result(warm)  # imports SciPy, which costs the same for every sheet
    funnel, total = Funnel(clients, AS_OF), 0.0
    for name, result in RESULTS.items():
        taken = seconds(lambda result=result: result(funnel))  # type: ignore[misc]
        total += taken
        print(f"{name:28} {taken:6.2f} s")
    bare = min(seconds(lambda: plain(clients)) for _ in range(3))
    print(f"{len(clients.table):,} clients, {len(funnel.problems):,} problems")
    print(f"{'all of it':28} {total:6.2f} s   (goal: 2.0 for 100,000 clients)")
    print(f"{'plain pandas, its counts':28} {bare:6.2f} s   ratio {total / bare:.1f}")


if __name__ == "__main__":
    main()
