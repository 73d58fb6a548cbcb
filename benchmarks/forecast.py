"""The calibration of the earned forecast: `python -m benchmarks.forecast [HISTORIES]` (1,000 by default).

Prints, for so many simulated histories of each kind, what came as a share of what was expected, and how often
it lay within one spread and within two.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from histories import history

from funnel.metrics import Funnel

NOTED = (0.0, 0.6, 1.0)
"""The shares of dropouts whose leaving is written down; a third of the histories has each."""


def measured(histories: int, leads: int, dated: bool) -> np.ndarray:
    """Return, for each history, what came, what was expected, and the spread."""
    found = []
    for seed in range(histories):
        one = history(seed, leads, NOTED[seed % len(NOTED)], dated)
        forecast = Funnel(one.clients, one.as_of.date()).forecast("earned")
        found.append((one.came, forecast.expected, forecast.spread))
    return np.array(found)


def line(found: np.ndarray) -> str:
    """Return what came / expected; shares within one spread, and within two."""
    came, expected, spread = found.T
    off = np.abs(came - expected) / np.where(spread > 0, spread, 1)
    within = f"{(off <= 1).mean():17.1%}  {(off <= 2).mean():10.1%}"
    return f"{len(found):9}  {came.sum() / expected.sum():13.3f}  {within}"


if __name__ == "__main__":
    histories = int(sys.argv[1]) if sys.argv[1:] else 1000
    print("marks    leads  leavers noted  histories  came/expected  within one spread  within two")
    for dated in (True, False):
        for leads in (100, 400, 2000):
            found = measured(histories, leads, dated)
            head = f"{'dated' if dated else 'undated':8} {leads:5}"
            for at, noted in enumerate(NOTED):
                print(f"{head} {noted:14.0%}  {line(found[at :: len(NOTED)])}")
            print(f"{head} {'all':>14}  {line(found)}", flush=True)
