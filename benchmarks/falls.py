"""How often a stable gym is warned, and how soon a real fall is seen: `python -m benchmarks.falls`.

A simulated gym is looked at each week by the rule of `funnel.metrics.tables.falls`. Every step has a fixed
conversion; each first week of a warning is a false one. Then the conversion of one step falls by a third,
from the leads of one week on. Weeks count from the day on which the first of them is due, plus the two weeks
that marks have to be typed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from funnel.metrics.tables.falls import BEFORE, RECENT, fall_limit, strongest_fall

WEEKS = RECENT + BEFORE
LOOKS = 104
GYM = (0.98, 0.86, 0.53, 0.97, 0.95, 0.79, 0.97, 0.96, 0.96, 0.95, 0.88)
"""Settled conversions of the sample gym."""
STEPS = {"met (53 %)": 2, "booked (86 %)": 1, "paid (79 %)": 5}
KINDS = {
    "a gym's 11 steps": GYM, "all at 95 %": (0.95,) * 10, "five steps, 40 to 60 %": (0.5, 0.4, 0.5, 0.6, 0.5),
    "26 steps": (0.93,) * 26, "one step": (0.6,),
}  # fmt: skip


def draw(
    seed: int, leads: float, rates: Sequence[float], weeks: int, gyms: int, fallen: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw gyms × steps × weeks, the oldest first; a step's rate falls by a third after `WEEKS` weeks."""
    dice = np.random.default_rng(seed)
    before, counts = dice.poisson(leads, (gyms, weeks)), []
    for step, rate in enumerate(rates):
        rate_of = np.where((np.arange(weeks) >= WEEKS) & (step == fallen), rate * 2 / 3, rate)
        reached = dice.binomial(before, rate_of)
        counts.append((before, reached))
        before = reached
    n, x = (np.stack(side, axis=1) for side in zip(*counts, strict=True))
    return n, x


def warned(n: NDArray[np.int64], x: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each gym is warned of each step, at the look after each week from `WEEKS` on."""
    looks = []
    for week in range(WEEKS + 1, n.shape[-1] + 1):
        seen = slice(week - WEEKS, week)
        newest_first_n, newest_first_x = n[..., seen][..., ::-1], x[..., seen][..., ::-1]
        strength, _ = strongest_fall(newest_first_n, newest_first_x)
        looks.append(strength > fall_limit(newest_first_n[..., :RECENT].sum((1, 2)))[:, None])
    return np.stack(looks, axis=-1)


def false_warnings(seed: int, leads: float, rates: Sequence[float], gyms: int) -> float:
    """Return the mean number of false warnings of a stable gym in two years of weekly looks."""
    found = warned(*draw(seed, leads, rates, WEEKS + LOOKS, gyms))
    first = found & ~np.concatenate([np.zeros((*found.shape[:2], 1), bool), found[..., :-1]], -1)
    return float(first.sum() / gyms)


def weeks_to_see(seed: int, leads: float, step: int, gyms: int) -> NDArray[np.float64]:
    """Return the weeks until a fall by a third is seen, within half a year; infinite if it is not."""
    found = warned(*draw(seed, leads, GYM, WEEKS + RECENT, gyms, step))[:, step]
    return np.where(found.any(-1), found.argmax(-1) + 1, np.inf)


def main() -> None:
    print("False warnings of a stable gym in two years of weekly looks (mean of 500 gyms)")
    for name, rates in KINDS.items():
        for leads in (1, 2, 4, 10, 40):
            print(f"  {name}, {leads} leads a week: {false_warnings(1, leads, rates, 500):.2f}")
    print("A conversion falls by a third: seen within 13 weeks, within 26, median (400 gyms)")
    for name, step in STEPS.items():
        for leads in (2, 4, 10, 40):
            weeks = weeks_to_see(2, leads, step, 400)
            median = np.median(weeks)
            print(
                f"  {name}, {leads} leads a week: {np.mean(weeks <= 13):.0%}, {np.mean(weeks <= 26):.0%}, "
                f"{f'{median:.0f} weeks' if np.isfinite(median) else 'not by half'}"
            )


if __name__ == "__main__":
    main()
