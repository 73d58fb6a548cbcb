"""Describe which segments differ from the rest beyond chance.

Only settled drop-offs are compared, so that no value looks worse because its clients are newer; only values
with enough settled clients; after Holm's correction over values and steps.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from funnel.metrics.core.column_lookup import BLANK
from funnel.metrics.core.result import Column, Result
from funnel.metrics.statistics.tests import LogRank
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import capitalised, count, interval, listed, percent, undefined

SURE = 0.05
SURE_STAY = 0.01  # p for the length of stay; at most 6 % of sheets without a difference claim one
MOST = 6  # sentences, the surest first

RESULT = Result(
    "differences",
    "What it means",
    "Sentences on the values of a column that differ from the others beyond chance.",
    (Column("sentence", "Sentence", "text", "A difference, or that there is none."),),
    None,
    lambda funnel, by: pd.DataFrame({"sentence": list(funnel.differences(by))}),
    json=lambda funnel, by: [] if by is None else list(funnel.differences(by)),
    review=True,
)


def differences(segments: pd.DataFrame, stay: LogRank | None = None) -> tuple[str, ...]:
    """Return sentences on the values that differ, and on whether their clients stay equally long.

    Parameters
    ----------
    segments : as from `segments_table`.
    stay : the log-rank test of all values, if it is known who left.

    Returns
    -------
    Sentences. Blank cells are not compared. If the column is filled in along the journey, the values are
    compared at the steps after that.
    """
    named = segments[segments["value"] != BLANK]
    if named["value"].nunique() < 2:
        if not len(segments):
            return ("There are no clients.",)
        return ("There is only one value: nothing to compare." if len(named) else "There are no values.",)
    sure = named[differs(named)].sort_values("p_family", kind="stable")
    sentences = [_difference(row, named) for row in sure.head(MOST).to_dict("records")]
    if len(sure) > MOST:
        sentences.append(f"{count(len(sure) - MOST, 'more difference')} beyond chance.")
    return (*(sentences or [_nothing(named)]), *_unknown(named), *_filled_on_the_way(named), *_stay(stay))


def differs(segments: pd.DataFrame) -> pd.Series[bool]:
    """Return True if a value differs from the others beyond chance, with enough clients on both sides."""
    return (segments["p_family"] < SURE) & _enough(segments)


def _enough(segments: pd.DataFrame) -> pd.Series[bool]:
    n = segments["settled_n"].where(segments["compared"].astype(bool), 0)
    others = n.groupby(segments["step"]).transform("sum") - n
    return (n >= ENOUGH) & (others >= ENOUGH)


def _difference(row: Mapping[Hashable, Any], named: pd.DataFrame) -> str:
    """Return a sentence: "Mia loses more at Paid: 60 % (12 of 20, 39–78 %) against 25 % …"."""
    others = named[(named["step"] == row["step"]) & (named["value"] != row["value"])]
    lost, n = int(row["settled_left"] + row["settled_overdue"]), int(row["settled_n"])
    others_lost = int((others["settled_left"] + others["settled_overdue"]).sum())
    others_n = int(others["settled_n"].sum())
    more = "more" if lost * others_n > others_lost * n else "fewer"
    bounds = interval(row["settled_low"], row["settled_high"])
    return (
        f"{row['value']} loses {more} at {row['step']}: {percent(lost / n)} ({lost:,} of {n:,}, {bounds}) "
        f"against {percent(others_lost / others_n)} ({others_lost:,} of {others_n:,}) of the others "
        f"({row['test_settled']}, {chance(row['p_family'])} after Holm)."
    )


def chance(p: float) -> str:
    """Format a p-value for people.

    >>> chance(0.00002), chance(0.0312), chance(0.5)
    ('p < 0.001', 'p = 0.031', 'p = 0.50')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _nothing(named: pd.DataFrame) -> str:
    """Return the sentence if no value differs, or no step has enough clients."""
    if not _enough(named).any():
        return f"Too few to call: at no step are {ENOUGH} clients of a value, and {ENOUGH} others, due."
    return f"No {named['by'].iloc[0]} differs from the others beyond chance."


def _unknown(named: pd.DataFrame) -> Iterator[str]:
    """Name the values that are not compared because nothing records how far their lost clients came."""
    rows = named[(named["unknown"] > 0) & (named["settled_n"] == 0) & named["marked"].isna()]
    if len(rows):
        steps, values = (listed(dict.fromkeys(rows[name].astype(str))) for name in ("step", "value"))
        yield f"Not compared at {steps}: {values}. It is unknown how far some of the lost clients came."


def _filled_on_the_way(named: pd.DataFrame) -> Iterator[str]:
    steps = list(dict.fromkeys(named["step"][~named["compared"].astype(bool)]))
    if steps:
        yield (
            f"{capitalised(str(named['by'].iloc[0]))} is filled in only for clients who reached {steps[-1]}: "
            "its values are compared at the steps after that."
        )


def _stay(stay: LogRank | None) -> Iterator[str]:
    if stay is None or undefined(stay.p):
        return
    verdict = "not equally long" if stay.p < SURE_STAY else "no difference beyond chance"
    yield f"How long paid clients stay: {verdict} (log-rank, {chance(stay.p)})."
