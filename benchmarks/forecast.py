"""The calibration of the earned forecast: `python -m benchmarks.forecast [HISTORIES]` (1,000 by default).

Prints, for each kind of simulated history, what came as a share of what was expected, and how often it lay
within one spread and within two.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from histories import history

from funnel.metrics import Funnel


def calibration(histories: int, leads: int, noted: float, dated: bool) -> tuple[float, float, float]:
    """What came / expected; shares within one spread, and within two."""
    found = []
    for seed in range(histories):
        one = history(seed, leads, noted, dated)
        forecast = Funnel(one.clients, one.as_of.date()).forecast("earned")
        found.append((one.came, forecast.expected, forecast.spread))
    came, expected, spread = np.array(found).T
    off = np.abs(came - expected) / np.where(spread > 0, spread, 1)
    return came.sum() / expected.sum(), float((off <= 1).mean()), float((off <= 2).mean())


if __name__ == "__main__":
    histories = int(sys.argv[1]) if sys.argv[1:] else 1000
    print(f"{histories} histories each")
    print("marks    leads  leavers noted  came/expected  within one spread  within two")
    for dated in (True, False):
        for leads in (100, 400, 2000):
            for noted in (0.0, 0.6, 1.0):
                ratio, one, two = calibration(histories, leads, noted, dated)
                kind = "dated" if dated else "undated"
                print(
                    f"{kind:8} {leads:5} {noted:13.0%}  {ratio:13.3f}  {one:17.1%}  {two:10.1%}", flush=True
                )
