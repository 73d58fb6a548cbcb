"""Compare each business with the others, step by step (docs/definitions.md#portfolio).

Of the clients who were due at a step, the share that reached it; the limits are those of
`funnel.metrics.statistics.funnel_limits`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from funnel.metrics.statistics.funnel_limits import LIMITS, limits_of
from funnel.metrics.statistics.intervals import wilson
from funnel.metrics.statistics.pooling import pool
from funnel.metrics.tables.leaks import ENOUGH
from funnel.portfolios.numbers import BusinessNumbers

Row: TypeAlias = Mapping[Hashable, Any]
COLUMNS = (
    "step", "kind", "business", "n", "reached", "rate", "low", "high", "centre", "pooled", "others", "gap",
    "low_95", "high_95", "low_998", "high_998", "outside", "regained_per_100",
)  # fmt: skip


def benchmark(businesses: Sequence[BusinessNumbers], steps: Sequence[str] = ()) -> pd.DataFrame:
    """Compare all businesses at every shared step.

    Parameters
    ----------
    businesses : those that take part.
    steps : the shared steps in order; by default all that any has.

    Returns
    -------
    DataFrame, a row for each step and business that has it, with `COLUMNS`: n and reached (clients who
    were due and had reached the step before; of them, those who reached it), rate with its 95 % interval;
    centre (all together), pooled (closer to it), others (without this business), gap (rate − others); limits;
    outside ("below 99.8 %", "below 95 %", "above …" or "", which it is under 10 clients); regained_per_100
    (paying, or kept, clients per 100 leads if the step rose to that of the others; NaN if not below them).
    """
    shared = list(steps) or list(dict.fromkeys(step.step for each in businesses for step in each.steps))
    parts = [_of_step(step, businesses) for step in shared]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _of_step(step: str, businesses: Sequence[BusinessNumbers]) -> pd.DataFrame:
    pairs = [(each, found) for each in businesses for found in each.steps if found.step == step]
    n = np.array([found.settled_n for _, found in pairs], dtype=float)
    reached = np.array([found.settled_reached for _, found in pairs], dtype=float)
    if not n.sum():
        return pd.DataFrame(columns=list(COLUMNS))
    limits = limits_of(reached, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, others = reached / n, (reached.sum() - reached) / (n.sum() - n)
    low, high = wilson(reached, n)
    table = pd.DataFrame({
        "step": step, "kind": pairs[0][1].kind, "business": [each.name for each, _ in pairs],
        "n": n.astype(int), "reached": reached.astype(int), "rate": rate, "low": low, "high": high,
        "centre": limits.centre, "pooled": pool(reached, n)["pooled"].to_numpy(), "others": others,
        "gap": rate - others,
    })  # fmt: skip
    for level, name in zip(LIMITS, ("95", "998"), strict=True):
        table[f"low_{name}"], table[f"high_{name}"] = limits.at(n, level)
    table["outside"] = [_outside(row) for row in table.to_dict("records")]
    table["regained_per_100"] = [
        _regained(each, row) for (each, found), row in zip(pairs, table.to_dict("records"), strict=True)
    ]
    return table[list(COLUMNS)]


def _outside(row: Row) -> str:
    """Name the widest limit that a business is outside of."""
    if row["n"] < ENOUGH:
        return ""
    for name, label in (("998", "99.8 %"), ("95", "95 %")):
        if row["rate"] <= row[f"low_{name}"]:
            return f"below {label}"
        if row["rate"] >= row[f"high_{name}"]:
            return f"above {label}"
    return ""


def _regained(business: BusinessNumbers, row: Row) -> float:
    """Return the gain per 100 leads from closing the gap to the others (docs/definitions.md#leaks)."""
    if row["n"] < ENOUGH or not row["rate"] < row["others"] or not row["rate"] or not business.leads:
        return np.nan
    steps = [step.step for step in business.steps]
    paid = next((i for i, step in enumerate(business.steps) if step.paid), None)
    at = steps.index(str(row["step"]))
    counted = business.steps[paid if paid is not None and at <= paid else at]
    return float(100 * counted.marked / business.leads * (row["others"] / row["rate"] - 1))


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return each business's biggest gap to the others: the step where closing it brings most.

    Returns
    -------
    DataFrame, a row for each business that is below the others somewhere, the largest gain first: business,
    step, n, reached, rate, others, outside, regained_per_100.
    """
    below = table[table["regained_per_100"].notna()]
    best = below.loc[below.groupby("business")["regained_per_100"].idxmax()] if len(below) else below
    columns = ["business", "step", "n", "reached", "rate", "others", "outside", "regained_per_100"]
    return best.sort_values("regained_per_100", ascending=False, ignore_index=True)[columns]


def common_leak(
    businesses: Sequence[BusinessNumbers], steps: Sequence[str] = ()
) -> tuple[str, int, int] | None:
    """Return the step that loses the largest share in most businesses, their number, and that of all.

    None if no business has a step with enough clients.

    Parameters
    ----------
    steps : the shared steps; by default all.
    """
    worst = []
    for each in businesses:
        rates = {
            step.step: 1 - step.settled_reached / step.settled_n
            for step in each.steps
            if step.settled_n >= ENOUGH and (not steps or step.step in steps)
        }
        if rates and max(rates.values()) > 0:
            worst.append(max(rates, key=lambda step: rates[step]))
    if not worst:
        return None
    most = max(dict.fromkeys(worst), key=worst.count)
    return most, worst.count(most), len(worst)
