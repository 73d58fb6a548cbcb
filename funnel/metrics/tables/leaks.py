"""The leaks of a funnel, on settled counts (docs/definitions.md#leaks)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.core.flags import Chain
from funnel.metrics.core.records import records
from funnel.metrics.core.result import SETTLED, STEP, Chart, Column, Result

ENOUGH = 10  # settled clients needed for a verdict
STEP_UP = 0.10  # the assumed improvement of a step without a target
RESULT = Result(
    "leaks",
    "Leaks",
    "Settled losses of each step, the gain from fixing them, and the probability of being the worst.",
    (
        STEP,
        SETTLED,
        Column("settled_lost", "Lost", "count", "Of them, clients who left or are overdue."),
        Column("settled_drop_off", "Drop-off, settled", "rate", "settled_lost / n.", n="n"),
        Column(
            "marked_drop_off",
            "Drop-off, columns",
            "rate",
            "Drop-off by the column totals.",
            staged="Drop-off, all",
        ),
        Column("target", "Target", "rate", "Conversion to aim for: declared, or that of the best segment."),
        Column(
            "regained_per_100",
            "Paying clients per 100",
            "number",
            "Additional paying clients per 100 leads at target.",
        ),
        Column(
            "kept_per_100",
            "Kept clients per 100",
            "number",
            "Additional clients kept per 100 leads at target.",
        ),
        Column(
            "probability_worst",
            "Worst step",
            "probability",
            "Probability that this is the worst step.",
        ),
        Column("verdict", "Verdict", "text", "The leak in a sentence.", quiet=True),
    ),
    lambda funnel: funnel.leaks,
    lambda funnel, by: funnel.leaks_by(by),
    chart=Chart("leaks", "funnel.charts.leaks:plot"),
    json=lambda funnel, by: records(funnel.leaks if by is None else funnel.leaks_by(by)),
    review=True,
    index=("step",),
)
COLUMNS = RESULT.names
Ranking: TypeAlias = Literal["clients", "rate", "regained"]
RANKED_BY = {
    "clients": ["settled_lost"],
    "rate": ["settled_drop_off"],
    "regained": ["regained_per_100", "kept_per_100"],
}


def measure_leaks(steps: pd.DataFrame, chain: Chain, best: Sequence[float | None] = ()) -> pd.DataFrame:
    """Measure the leak at each required step, in the journey's order.

    Parameters
    ----------
    steps : the steps table with ``counts="marked"``.
    best : for each step the best segment's conversion, used if no target is declared.

    Returns
    -------
    DataFrame with the columns of JSON version 1 without the verdict; probabilities only if at least two steps
    have `ENOUGH` settled clients.
    """
    positions = list(chain.required)
    part = steps.iloc[positions].reset_index(drop=True)
    kept = 1 - part["settled_drop_off"].to_numpy(dtype=float)
    targets = np.array([_target(chain, i, c, best) for i, c in zip(positions, kept, strict=True)])
    until_paid = [j for j, i in enumerate(positions) if up_to_paid(chain, i)]
    lost = part["settled_left"] + part["settled_overdue"]
    return pd.DataFrame(
        {
            "step": part["step"],
            "n": part["settled_n"],
            "settled_lost": lost,
            "settled_drop_off": part["settled_drop_off"],
            "marked_drop_off": part["drop_off"],
            "target": targets,
            "regained_per_100": gains(kept, targets, until_paid),
            "kept_per_100": gains(kept, targets, list(range(len(positions)))),
            "probability_worst": _called(lost.to_numpy(), part["settled_reached"].to_numpy()),
        }
    )


def gains(
    kept: npt.NDArray[np.float64], targets: npt.NDArray[np.float64], steps: Sequence[int]
) -> npt.NDArray[np.float64]:
    """Return clients gained per 100 leads if one step rose to its target: 100 Πc (t/c − 1).

    Parameters
    ----------
    kept, targets : conversion of each step, and its target, shape (k,).
    steps : positions of the steps that are multiplied; all others gain 0.

    Examples
    --------
    >>> gains(np.array([1, .875, .857143]), np.array([1, .975, .957143]), [0, 1, 2]).round(4).tolist()
    [0.0, 8.5714, 8.75]
    """
    gained = np.zeros(len(kept))
    for j in steps:
        others = [kept[i] for i in steps if i != j]
        gained[j] = 100 * float(np.prod(others)) * np.maximum(targets[j] - kept[j], 0)
    return gained


def worst_probability(lost: npt.ArrayLike, reached: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the probability that each step's drop-off rate is the highest.

    The posterior is Beta(lost + ½, reached + ½). It is computed by quadrature of ∫ f_k Π F_j over
    θ, rate = sin²θ, where each density is bounded and smooth, with a width of about ½/√n.

    Parameters
    ----------
    lost, reached : settled counts of each step, shape (k,).

    Returns
    -------
    Probabilities, shape (k,), that add up to 1.

    Examples
    --------
    >>> worst_probability([0, 1, 1, 1, 0, 2], [8, 7, 6, 5, 5, 1]).round(4).tolist()
    [0.0025, 0.0243, 0.0355, 0.0534, 0.0095, 0.8748]
    """
    a, b = np.asarray(lost, dtype=float)[:, None] + 0.5, np.asarray(reached, dtype=float)[:, None] + 0.5
    points = 4_001 + 40 * int(np.sqrt((a + b).max()))
    theta = (np.arange(points) + 0.5) * (np.pi / 2 / points)  # midpoints: at the ends a density need not be 0
    log_density = (2 * a - 1) * np.log(np.sin(theta)) + (2 * b - 1) * np.log(np.cos(theta))
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    density /= density.sum(axis=1, keepdims=True)
    below = np.cumsum(density, axis=1) - density / 2
    one = np.ones((1, points))
    before = np.cumprod(np.concatenate([one, below[:-1]]), axis=0)
    after = np.cumprod(np.concatenate([one, below[:0:-1]]), axis=0)[::-1]
    worst = (density * before * after).sum(axis=1)
    total: npt.NDArray[np.float64] = worst / worst.sum()
    return total


def rank_leaks(leaks: pd.DataFrame, by: Ranking = "rate") -> pd.DataFrame:
    """Rank the leaks by clients lost, drop-off rate, or clients regained; steps with too few clients last.

    >>> leaks = pd.DataFrame({"step": ["a", "b", "c"], "n": [9, 50, 40], "settled_lost": [9, 10, 12],
    ...                       "settled_drop_off": [1.0, 0.2, 0.3]})
    >>> rank_leaks(leaks, "rate")["step"].tolist()
    ['c', 'b', 'a']
    """
    called = leaks.assign(called=leaks["n"] >= ENOUGH)
    by_column = called[called["called"]].sort_values(RANKED_BY[by], ascending=False, kind="stable")
    few = called[~called["called"]]
    return leaks.loc[[*by_column.index, *few.index]].reset_index(drop=True)


def up_to_paid(chain: Chain, i: int) -> bool:
    """Return True for steps up to the paid step; without one, for all but retention steps."""
    return chain.steps[i].kind == "step" if chain.paid is None else i <= chain.paid


def _target(chain: Chain, i: int, kept: float, best: Sequence[float | None]) -> float:
    """Return the target conversion: declared, else the best segment's, else ten points more; at most 1."""
    declared = chain.steps[i].target
    if declared is not None:
        return declared
    seen = best[i] if best else None
    return float(np.minimum(1.0, kept + STEP_UP) if seen is None else np.fmax(seen, kept))


def _called(lost: npt.NDArray[np.int64], reached: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the probabilities among steps with enough settled clients; NaN for others."""
    probabilities = np.full(len(lost), np.nan)
    enough = lost + reached >= ENOUGH
    if enough.sum() > 1:
        probabilities[enough] = worst_probability(lost[enough], reached[enough])
    return probabilities
