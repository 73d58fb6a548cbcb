"""Simulate the limits of the funnel plot: `python -m benchmarks.limits`.

Businesses that are all alike: the share of them outside the 99.8 % limits. One business of forty that loses
half more than the others, with 300 clients each: the share of runs in which it is outside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnel.metrics.statistics.funnel_limits import limits_of

RUNS = 1000
LOSSES = (0.05, 0.1, 0.2, 0.3, 0.5)


def outside(reached: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which businesses are outside the 99.8 % limits."""
    low, high = limits_of(reached, n).at(n, 0.998)
    found: npt.NDArray[np.bool_] = (reached / n <= low) | (reached / n >= high)
    return found


def alike(rng: np.random.Generator, businesses: int, loss: float) -> float:
    """Return the share of identical businesses, of 20 to 400 clients, that are outside."""
    runs = RUNS * 40 // max(businesses, 40)
    shares = []
    for _ in range(runs):
        n = rng.integers(20, 400, businesses)
        shares.append(outside(rng.binomial(n, 1 - loss), n).mean())
    return float(np.mean(shares))


def found(rng: np.random.Generator, loss: float) -> float:
    """Return the share of runs in which one that loses half more is below the limits."""
    n, rates = np.full(40, 300), np.full(40, 1 - loss)
    rates[0] = 1 - 1.5 * loss
    return float(np.mean([outside(rng.binomial(n, rates), n)[0] for _ in range(RUNS)]))


def main() -> None:
    """Print the shares."""
    rng = np.random.default_rng(14)
    print(f"{'loss of the others':20}{'outside of 5':>14}{'of 40':>10}{'of 200':>10}{'half more found':>18}")
    for loss in LOSSES:
        shares = (alike(rng, businesses, loss) for businesses in (5, 40, 200))
        of_5, of_40, of_200 = shares
        print(f"{loss:<20.0%}{of_5:>14.2%}{of_40:>10.2%}{of_200:>10.2%}{found(rng, loss):>18.0%}")


if __name__ == "__main__":
    main()
