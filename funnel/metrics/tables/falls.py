"""Falls: steps whose settled conversion has fallen lately, beyond chance (docs/definitions.md#falls)."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from funnel.metrics.core.flags import LEAD, Flagged, each, flag
from funnel.metrics.core.frames import count_flags
from funnel.metrics.core.result import KIND, LEAD_DATES, STEP, Column, Result
from funnel.metrics.statistics.intervals import ratio
from funnel.metrics.tables.leaks import ENOUGH

Counts: TypeAlias = NDArray[np.int64]
RECENT, BEFORE = 26, 52
"""Weeks of leads in which a fall may have started, and the weeks before, for comparison."""
LATE = dt.timedelta(days=14)
"""Time that people have to type a mark, after its step is due."""
ENOUGH_BEFORE = 30
"""Minimum number of clients in the weeks before; of recent ones, it is `ENOUGH`."""
RESULT = Result(
    "falls",
    "Falls",
    "Whether the conversion of a step has fallen lately, beyond chance; checked every week.",
    (
        STEP,
        KIND,
        Column("since", "Leads since", "date", "First lead date of the recent clients."),
        Column("n", "Settled", "count", "Recent clients who were due and had reached the step before."),
        Column("reached", "Reached", "count", "Of them, clients who reached the step."),
        Column("rate", "Rate", "rate", "reached / n.", n="n"),
        Column("before_n", "Settled before", "count", "The same of the leads of the 52 weeks before."),
        Column("before_reached", "Reached before", "count", "Of them, clients who reached the step."),
        Column("before_rate", "Rate before", "rate", "before_reached / before_n.", n="before_n"),
        Column("strength", "Strength", "number", "Root of the likelihood ratio of a fall; 0 if none."),
        Column("limit", "Limit", "number", "Minimum strength of a fall beyond chance."),
        Column("fell", "Fell", "boolean", "Whether the strength is above the limit."),
    ),
    lambda funnel: falls_table(funnel.flagged),
    needs=(LEAD_DATES,),
    index=("step",),
)


def falls_table(flagged: Flagged) -> pd.DataFrame:
    """Find the strongest fall of each step's conversion among the leads of the last weeks.

    Returns
    -------
    DataFrame, a row for each step. The counts are those on both sides of the likeliest day of a fall. If
    there is none, or too few clients to compare: 0, `since` null and NaN rates.

    Examples
    --------
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"lead_date": pd.date_range("2025-07-01", periods=300)})
    >>> table["step:^met"] = [i % 5 > 0 if i < 240 else i % 3 == 0 for i in range(300)]
    >>> found = falls_table(flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 8, 9)))
    >>> found[["step", "since", "n", "reached", "before_n", "before_reached", "fell"]]
      step      since   n  reached  before_n  before_reached  fell
    0  Met 2026-02-24  62       22       238             190  True
    """
    steps, counted = flagged.chain.steps, _by_day(flagged)
    lead = pd.to_datetime(counted[LEAD]).to_numpy("datetime64[D]")
    weeks = np.array([_weeks(flagged, counted, lead, i) for i in each(flagged.chain)])
    n, reached = weeks.reshape(len(steps), 2, RECENT + BEFORE).transpose(1, 0, 2)
    strength, length = strongest_fall(n, reached)
    rows = [(_first_lead(flagged, i, int(length[i])), *_sides(n[i], reached[i], int(length[i])))
            for i in each(flagged.chain)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["since", "n", "reached", "before_n", "before_reached"])
    table["since"] = table["since"].astype("datetime64[s]")
    table["step"], table["kind"] = [step.name for step in steps], [step.kind for step in steps]
    table["rate"] = ratio(table["reached"], table["n"])
    table["before_rate"] = ratio(table["before_reached"], table["before_n"])
    table["strength"], table["limit"] = strength, fall_limit(n[:, :RECENT].sum())
    table["fell"] = table["strength"] > table["limit"]
    return table[list(RESULT.names)]


def strongest_fall(n: Counts, reached: Counts) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Compare the last 1, 2, … `RECENT` weeks with the `BEFORE` weeks before them; return the strongest fall.

    Parameters
    ----------
    n, reached : settled clients and those who reached the step; the last axis is weeks, the newest first.

    Returns
    -------
    The signed root of the likelihood ratio and the number of weeks; both 0 if there is no fall.

    Examples
    --------
    >>> n = np.full((1, 78), 4)
    >>> strongest_fall(n, np.where(np.arange(78) < 10, 1, 3)[None])
    (array([5.98...]), array([10]))
    """
    zero = np.zeros((*n.shape[:-1], 1))
    all_n, all_reached = (np.concatenate([zero, counts.cumsum(-1)], -1) for counts in (n, reached))
    recent = np.arange(1, RECENT + 1)
    n1, x1 = all_n[..., recent], all_reached[..., recent]
    n0, x0 = all_n[..., recent + BEFORE] - n1, all_reached[..., recent + BEFORE] - x1
    fell = (x1 * n0 < x0 * n1) & (n1 >= ENOUGH) & (n0 >= ENOUGH_BEFORE)
    ratio_of = _log_likelihood(x0, n0) + _log_likelihood(x1, n1) - _log_likelihood(x0 + x1, n0 + n1)
    found = np.where(fell, np.sqrt(np.maximum(2 * ratio_of, 0)), 0)
    strongest = found.max(-1)
    return strongest, np.where(strongest > 0, found.argmax(-1) + 1, 0)


def fall_limit(n: NDArray[np.int64] | int) -> Any:
    """Return the minimum strength of a fall beyond chance, by the recent settled clients of all steps.

    With more clients and steps there are more occasions for a false warning, so the limit rises. It was found
    by simulation: `python -m benchmarks.falls`.

    >>> round(float(fall_limit(100)), 2), round(float(fall_limit(10_000)), 2)
    (3.1, 4.1)
    """
    return 2.1 + np.log10(np.maximum(n, 50)) / 2


def _log_likelihood(reached: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the greatest log-likelihood of counts: x ln x of each, 0 for none."""

    def ln(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return counts * np.log(np.where(counts == 0, 1.0, counts))

    return ln(reached) + ln(n - reached) - ln(n)


def _by_day(flagged: Flagged) -> pd.DataFrame:
    """Count settled clients and those who reached each step, by lead date."""
    frame = flagged.frame.filter(~nw.col(LEAD).is_null())
    names = [flag(name, i) for i in each(flagged.chain) for name in ("settled_n", "settled_reached")]
    return count_flags(frame, names, by=[LEAD])


def _last_lead(flagged: Flagged, i: int) -> dt.date:
    """Return the last lead date whose marks should be typed by now."""
    return flagged.journey.due(flagged.chain.steps[i].name).latest_start(flagged.as_of - LATE)


def _first_lead(flagged: Flagged, i: int, weeks: int) -> dt.date | None:
    """Return the first lead date of the last weeks; None of none."""
    return _last_lead(flagged, i) - dt.timedelta(days=7 * weeks - 1) if weeks else None


def _weeks(flagged: Flagged, counted: pd.DataFrame, lead: NDArray[np.datetime64], i: int) -> Counts:
    """Return both counts of a step for each week of leads, the newest first."""
    week = (np.datetime64(_last_lead(flagged, i)) - lead).astype(np.int64) // 7
    inside = (week >= 0) & (week < RECENT + BEFORE)
    names = (flag("settled_n", i), flag("settled_reached", i))
    sums = [np.bincount(week[inside], counted[name].to_numpy()[inside], RECENT + BEFORE) for name in names]
    return np.array(sums, dtype=np.int64)


def _sides(n: Counts, reached: Counts, weeks: int) -> tuple[int, int, int, int]:
    """Return the counts of the last weeks and of those before them."""
    recent, before = slice(0, weeks), slice(weeks, weeks + BEFORE if weeks else 0)
    sums = (counts[part].sum() for part in (recent, before) for counts in (n, reached))
    return tuple(map(int, sums))  # type: ignore[return-value]
