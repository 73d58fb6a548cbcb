"""Verdicts to read aloud: `python -m benchmarks.verdicts`. Each must be true and plain.

Small, tied, empty, staged and foreign sheets, drawn at random; what `funnel show` says first about each.
"""

import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Stage, Step, preset
from funnel.metrics import Funnel
from funnel.metrics.tables.verdicts import verdict_lines
from funnel.schema import step_date, step_mark

AS_OF = pd.Timestamp("2026-07-01")
FOREIGN = ("Contattato", "Prova fatta", "Abbonato", "Dopo 1 mese", "Dopo 3 mesi")
STAGES = (
    Stage(name="New", default=True), Stage(name="Trial"), Stage(name="Offer"),
    Stage(name="Member", paid=True), Stage(name="Lost", lost=True),
    Stage(name="No-show", lost=True, reached="New"),
)  # fmt: skip


def sheet(seed: int, n: int, rates: list[float], names: list[str], journey: Journey, **kind: bool) -> Funnel:
    """Draw a sheet of marks: each client goes on with the rate of the step, else leaves or just stops."""
    dice = np.random.default_rng(seed)
    lead = AS_OF - pd.to_timedelta(dice.integers(1, 40 if kind.get("young") else 500, n), unit="D")
    table = pd.DataFrame({"row": range(2, n + 2), "client": [f"Client {i}" for i in range(n)]})
    table["lead_date"] = lead
    going, left = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    for at, (name, rate) in enumerate(zip(names, rates, strict=True)):
        goes = dice.random(n) < rate
        on = going & goes & ((AS_OF - lead).days > 20 * at)
        left |= going & ~goes & (dice.random(n) < 0.6)
        skipped = on & (dice.random(n) < (0.2 if kind.get("skips") else 0))
        table[step_mark(name)], going = on & ~skipped, on
        table[step_date(name)] = np.array(["NaT"] * n, dtype="datetime64[s]")
    day = lead + pd.to_timedelta(dice.integers(5, 60, n), unit="D")
    known = left & (day <= AS_OF) & (not kind.get("undated"))
    table["left_date"] = pd.Series(day).where(known)
    table["left_reason"] = pd.Series(np.where(left, "Price", None), dtype="str")
    if kind.get("no_dates"):
        table = table.drop(columns="lead_date")
    return Funnel(Clients(table, journey, source="clients.xlsx"), AS_OF.date())


def staged(seed: int, n: int) -> Funnel:
    """Draw a sheet with a stage column."""
    dice = np.random.default_rng(seed)
    lead = AS_OF - pd.to_timedelta(dice.integers(1, 400, n), unit="D")
    names = [stage.name for stage in STAGES]
    lost = (0.15, 0.1) if seed % 2 else (0.0, 0.25)
    stage = dice.choice(names, n, p=[0.2, 0.25, 0.1, 0.2, *lost])
    table = pd.DataFrame({"row": range(2, n + 2), "client": [f"Client {i}" for i in range(n)]})
    table["lead_date"] = lead
    table["stage"] = pd.array(stage, dtype="str")
    return Funnel(Clients(table, Journey(stages=STAGES)), AS_OF.date())


def main() -> None:
    """Print the verdicts of 40 sheets."""
    gym = preset("gym")
    names = [step.name for step in gym.steps]
    foreign = Journey(steps=tuple(
        Step(name=name, paid=name == "Abbonato", months={"Dopo 1 mese": 1, "Dopo 3 mesi": 3}.get(name))
        for name in FOREIGN
    ))  # fmt: skip
    cases: list[tuple[str, Funnel]] = []
    for seed in range(8):
        rates, n = (
            list(np.random.default_rng(seed).uniform(0.5, 0.95, len(names))),
            (8, 20, 60, 150)[seed % 4],
        )
        cases.append((f"gym, {n} leads", sheet(seed, n, rates, names, gym)))
    for seed in range(4):
        cases.append(("all rates alike", sheet(seed, 80 * (seed + 1), [0.7] * len(names), names, gym)))
    for seed in range(4):
        cases.append(("young", sheet(seed, 40, [0.8] * len(names), names, gym, young=True)))
    for seed in range(4):
        cases.append(("undated leavers", sheet(seed, 60, [0.8] * len(names), names, gym, undated=True)))
    for seed in range(4):
        cases.append(("skipped marks", sheet(seed, 90, [0.8] * len(names), names, gym, skips=True)))
    for seed in range(6):
        rates = list(np.random.default_rng(seed + 50).uniform(0.4, 0.95, 5))
        cases.append(("Italian", sheet(seed, 30 + 40 * seed, rates, list(FOREIGN), foreign)))
    for seed in range(6):
        cases.append(("stages", staged(seed, 20 + 40 * seed)))
    cases += [
        ("nobody lost", sheet(1, 60, [1.0] * len(names), names, gym)),
        ("empty", sheet(1, 0, [0.5] * len(names), names, gym)),
        ("no mark", sheet(1, 30, [0.0] * len(names), names, gym)),
        ("no lead dates", sheet(1, 30, [0.8] * len(names), names, gym, no_dates=True)),
    ]
    for number, (kind, funnel) in enumerate(cases, start=1):
        print(f"--- {number}. {kind} ({funnel.leads} clients)")
        print(*verdict_lines(funnel), sep="\n")


if __name__ == "__main__":
    main()
