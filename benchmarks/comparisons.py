"""How often a comparison claims a difference where there is none, and what pooled bounds cover.

`python -m benchmarks.comparisons [SHEETS]` (2,000 by default).
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from null_sheets import claims, sentences_of_null_sheet

from funnel.metrics.statistics.pooling import pool


def coverage(sets: int, alike: float, seed: int = 1) -> float:
    """Share of true rates within the pooled bounds, of rates drawn from Beta(M μ, M (1 − μ)), M = alike."""
    dice, inside, drawn = np.random.default_rng(seed), 0, 0
    for _ in range(sets):
        n = dice.integers(5, 80, dice.integers(2, 9))
        whole = dice.choice([0.1, 0.3, 0.5])
        rates = dice.beta(whole * alike, (1 - whole) * alike, n.size)
        found = pool(dice.binomial(n, rates), n)
        inside += int(((found["low"] <= rates) & (rates <= found["high"])).sum())
        drawn += n.size
    return inside / drawn


def main(sheets: int = 2000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = [sentences_of_null_sheet(seed, Path(folder)) for seed in range(sheets)]
    print(f"{sheets} sheets without a difference: {sum(map(claims, found)) / sheets:.1%} claim one")
    print(f"  steps: {sum(any(' loses ' in s for s in one) for one in found) / sheets:.1%}")
    print(f"  staying: {sum(any('not equally long' in s for s in one) for one in found) / sheets:.1%}")
    for alike in (3, 10, 30, 100, 1000):
        print(f"pooled bounds (95 %), M = {alike}: {coverage(sheets, alike):.1%} covered")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
