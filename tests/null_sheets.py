"""Simulated sheets on which the coach makes no difference: whatever a comparison claims there is chance."""

from pathlib import Path

import numpy as np
import pandas as pd

STEPS = {"Client contacted": 0.9, "Client meeting had": 0.7, "First paid session": 0.6}
STAYS = {"One month post-lead": 0.85, "Three months post-lead": 0.75, "Six months post-lead": 0.7}


def null_sheet(seed: int) -> pd.DataFrame:
    """Draw a client sheet as of 2026-07-01: 60 to 400 leads, two to six coaches, some blank."""
    dice = np.random.default_rng(seed)
    n, coaches = int(dice.integers(60, 401)), int(dice.integers(2, 7))
    lead = pd.Timestamp("2025-01-01") + pd.to_timedelta(dice.integers(0, 540, n), unit="D")
    shares = dice.dirichlet(np.full(coaches, 3.0))
    coach = dice.choice([f"Coach {i}" for i in range(coaches)], n, p=shares).astype(object)
    coach[dice.random(n) < dice.choice([0.0, 0.15])] = ""
    table = pd.DataFrame({"Client name": [f"Client {i}" for i in range(n)], "Date of lead": lead.date})
    table["Name of coach"] = coach
    going, left = np.ones(n, dtype=bool), np.full(n, None, dtype=object)
    for number, (name, rate) in enumerate((STEPS | STAYS).items()):
        goes_on = going & (dice.random(n) < rate)
        day = lead + pd.to_timedelta(dice.integers(1, 85, n) + 30 * max(0, number - 2), unit="D")
        leaves = going & ~goes_on & (dice.random(n) < 0.7) & (day < pd.Timestamp("2026-07-01"))
        left[leaves] = day[leaves].date
        table[name], going = np.where(goes_on, "1", ""), goes_on
    return table.assign(**{"When left journey": left})


def sentences_of_null_sheet(seed: int, folder: Path) -> tuple[str, ...]:
    """Return what `differences` says of the coaches, read and measured as a user does it."""
    import funnel

    path = folder / "null.csv"
    null_sheet(seed).to_csv(path, index=False)
    return funnel.Funnel(funnel.load(path), "2026-07-01").differences("coach")


def claims(sentences: tuple[str, ...]) -> bool:
    """Return True if any sentence says that coaches differ."""
    return any(" loses " in sentence or "not equally long" in sentence for sentence in sentences)
