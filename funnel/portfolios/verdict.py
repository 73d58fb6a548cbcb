"""The verdict on a portfolio in sentences: the most common leak, who differs beyond chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from funnel.metrics.tables.leaks import ENOUGH
from funnel.portfolios.benchmark import Row, common_leak
from funnel.portfolios.numbers import BusinessNumbers
from funnel.text import count, percent

FIRST = 10  # pairs of business and step that are named


def verdict(
    compared: Sequence[BusinessNumbers], steps: Sequence[str], table: pd.DataFrame, gaps: pd.DataFrame,
    others: int,
) -> Iterator[str]:  # fmt: skip
    """Yield the verdict on the businesses that are compared.

    Parameters
    ----------
    steps : the shared steps. table, gaps : of the portfolio.
    others : the number of businesses of a benchmark file, which have no names and no verdict.
    """
    if not compared:
        yield "No business can be compared yet."
        return
    if len(compared) == 1 and not others:
        yield "One business alone cannot be compared: name others, or a benchmark file (--against FILE)."
        return
    if table.empty or table["n"].max() < ENOUGH:
        yield f"No business has {ENOUGH} clients who were due at a shared step: too few to compare."
        return
    if len(compared) == 1:
        yield _biggest_gap(compared[0].name, gaps, others)
    elif common := common_leak(compared, steps):
        step, n, of = common
        if n > 1:
            yield f"{n} of {of} businesses lose most at the same step: {step}."
        elif of > 1:
            yield "No two businesses lose most at the same step."
    outside = outside_limits(table)
    if outside.empty:
        who = compared[0].name if len(compared) == 1 else "No business"
        differs = "does not differ" if len(compared) == 1 else "differs"
        yield f"{who} {differs} from the others beyond chance at any step (99.8 % limits)."
    for row in outside.head(FIRST).to_dict("records"):
        yield (
            f"{row['business']}, {row['step']}: {_rate(row)}, {row['outside'].split()[0]} what chance "
            f"explains; overall {percent(row['centre'])}."
        )
    if len(outside) > FIRST:
        yield f"{count(len(outside) - FIRST, 'more pair')} of business and step outside the limits."


def outside_limits(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the benchmark table outside the 99.8 % limits, the lowest rate first."""
    found = table[table["outside"].astype(str).str.endswith("99.8 %")]
    return found.sort_values("gap", ignore_index=True)


def _biggest_gap(name: str, gaps: pd.DataFrame, others: int) -> str:
    """Return the sentence on the biggest gap of the only business."""
    than = f"the {count(others, 'other business', 'other businesses')}"
    if gaps.empty:
        return f"{name} is not below {than} at any step with at least {ENOUGH} clients."
    row = gaps.iloc[0].to_dict()
    return (
        f"{name} has its biggest gap at {row['step']}: {_rate(row)}, {than} {percent(row['others'])}. At "
        f"their rate it would gain {row['regained_per_100']:.1f} clients per 100 leads."
    )


def _rate(row: Row) -> str:
    return f"{row['reached']:,} of {row['n']:,} ({percent(row['rate'])})"
