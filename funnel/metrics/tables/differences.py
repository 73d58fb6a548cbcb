"""What the segments mean, in sentences: who differs from the rest, by more than chance would.

Said of settled drop-offs only, so that nobody looks worse for being newer; of values with enough settled
clients; after Holm's correction over the values.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from funnel.metrics.core.column_lookup import BLANK
from funnel.metrics.core.result import Column, Result
from funnel.metrics.statistics.tests import LogRank
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import count, interval, listed, percent, undefined

SURE = 0.05
MOST = 6  # sentences, the surest first

RESULT = Result(
    "differences",
    "What it means",
    "Which values of a column differ from the others by more than chance, in sentences.",
    (Column("sentence", "Sentence", "text", "A difference, or that there is none."),),
    None,
    lambda funnel, by: pd.DataFrame({"sentence": list(funnel.differences(by))}),
    json=lambda funnel, by: [] if by is None else list(funnel.differences(by)),
    review=True,
)


def differences(segments: pd.DataFrame, stay: LogRank | None = None) -> tuple[str, ...]:
    """Say which values differ at which steps, and whether they stay equally long.

    Parameters
    ----------
    segments : as from `segments_table`.
    stay : the log-rank test of all values, where anything says who left.

    Returns
    -------
    Sentences. At a step where the blank cells differ, the named values are not called: they would be compared
    with clients who had perhaps not come so far as to have the cell filled in.
    """
    if segments["value"].nunique() < 2:
        return (
            ("There is only one value: nothing to compare.",) if len(segments) else ("There are no clients.",)
        )
    others_n = segments.groupby("step")["settled_n"].transform("sum") - segments["settled_n"]
    enough = (segments["settled_n"] >= ENOUGH) & (others_n >= ENOUGH)
    sure = segments[(segments["p_holm_settled"] < SURE) & enough]
    blank_steps = list(sure["step"][sure["value"] == BLANK])
    named = sure[~sure["step"].isin(blank_steps)].sort_values("p_holm_settled", kind="stable")
    told = [_difference(row, segments) for row in named.head(MOST).to_dict("records")]
    if len(named) > MOST:
        told.append(f"{count(len(named) - MOST, 'more difference')} that chance hardly explains.")
    return (
        *(told or [_nothing(segments[enough], blank_steps)]),
        *_blank(blank_steps, segments),
        *_stay(stay),
    )


def _difference(row: Mapping[Hashable, Any], segments: pd.DataFrame) -> str:
    """Mia loses more at 'Paid': 60 % (12 of 20, 39–78 %) against 25 % (20 of 80) of the others (p = …)."""
    others = segments[(segments["step"] == row["step"]) & (segments["value"] != row["value"])]
    lost, n = int(row["settled_left"] + row["settled_overdue"]), int(row["settled_n"])
    others_lost = int((others["settled_left"] + others["settled_overdue"]).sum())
    others_n = int(others["settled_n"].sum())
    more = "more" if lost * others_n > others_lost * n else "fewer"
    bounds = interval(row["settled_low"], row["settled_high"])
    return (
        f"{row['value']} loses {more} at {row['step']}: {percent(lost / n)} ({lost:,} of {n:,}, {bounds}) "
        f"against {percent(others_lost / others_n)} ({others_lost:,} of {others_n:,}) of the others "
        f"({row['test_settled']}, {chance(row['p_holm_settled'])} after Holm)."
    )


def chance(p: float) -> str:
    """A p-value as a person reads it.

    >>> chance(0.00002), chance(0.0312), chance(0.5)
    ('p < 0.001', 'p = 0.031', 'p = 0.50')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _nothing(called: pd.DataFrame, blank_steps: list[str]) -> str:
    """That nobody differs, of the rows that could be called; or that there are none."""
    if called["step"].isin(blank_steps).all():
        return (
            f"Too few to call: at no step is the time of {ENOUGH} clients up, of a value and of the others."
        )
    where = "at the other steps" if blank_steps else "at any step"
    return f"No value differs from the others by more than chance would, {where}."


def _blank(steps: list[str], segments: pd.DataFrame) -> Iterator[str]:
    if steps:
        by = segments["by"].iloc[0]
        yield (
            f"Blank cells differ at {listed(steps)}. Where {by} is only filled in on the way, these are "
            "clients who had not come so far: compare the named values at the steps after it."
        )


def _stay(stay: LogRank | None) -> Iterator[str]:
    if stay is None or undefined(stay.p):
        return
    verdict = "not equally long" if stay.p < SURE else "no more apart than chance would put them"
    yield f"How long paid clients stay: {verdict} (log-rank, {chance(stay.p)})."
