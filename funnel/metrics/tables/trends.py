"""Trends: the conversion of each step by month of lead, over a rolling window."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.errors import UsageError
from funnel.metrics.core.date_ranges import every
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.result import KIND, LEAD_DATES, SETTLED, STEP, Chart, Column, Result, low_high
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.cohorts import by_lead_date, by_step

WINDOW = 3  # months
RESULT = Result(
    "trends",
    "Trends",
    "Conversion of each step by month of lead, over a rolling window of months.",
    (
        Column("month", "Leads of", "text", "Month of the lead date."),
        STEP,
        KIND,
        Column("window", "Months", "count", "Months of leads in each rate.", quiet=True),
        SETTLED,
        Column("reached", "Reached", "count", "Of them, clients who reached the step."),
        Column("rate", "Rate", "rate", "reached / n.", ("low", "high"), n="n"),
        *low_high("rate"),
    ),
    lambda funnel: funnel.trends(),
    needs=(LEAD_DATES,),
    chart=Chart("trends", "funnel.charts.trends:plot"),
    review=True,
    index=("month", "step"),
)
COLUMNS = RESULT.names


def trends_table(flagged: Flagged, window: int = WINDOW) -> pd.DataFrame:
    """Compute each step's settled conversion by month of lead.

    Parameters
    ----------
    window : months of leads in each rate, the named month being the last.

    Returns
    -------
    DataFrame, a row for each step and month, also without leads: month ("2026-05"), step, kind, window, n
    (settled clients), reached (of them), rate, low, high (NaN if n is 0).

    Raises
    ------
    UsageError : the window is not at least one month.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> days = pd.to_datetime(["2026-01-05", "2026-01-20", "2026-03-02"])
    >>> table = pd.DataFrame({"lead_date": days, "step:^met": [True, False, True]})
    >>> clients = flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1))
    >>> found = trends_table(clients, window=2)
    >>> found[["month", "n", "reached", "rate"]]
         month  n  reached  rate
    0  2026-01  2        1   0.5
    1  2026-02  2        1   0.5
    2  2026-03  1        1   1.0
    """
    if window < 1:
        raise UsageError(f"window={window!r} is not a number of months. Choose 1 for single months, or 3.")
    found, steps = by_lead_date(flagged, "month", ("settled_n", "settled_reached")), flagged.chain.steps
    if not len(found):
        return pd.DataFrame(columns=list(COLUMNS))
    months = every(found["range"].iloc[0].start, found["range"].iloc[-1].start, "month")
    position = {month: at for at, month in enumerate(months)}
    at = [position[month] for month in found["range"]]
    n, reached = (
        _rolling(at, by_step(found, name, flagged.chain), len(months), window)
        for name in ("settled_n", "settled_reached")
    )
    low, high = wilson(reached, n)
    columns = {
        "month": [str(month) for month in months] * len(steps),
        "step": [step.name for step in steps for _ in months],
        "kind": [step.kind for step in steps for _ in months],
    }
    rates = {
        "window": window,
        "n": n,
        "reached": reached,
        "rate": ratio(reached, n),
        "low": low,
        "high": high,
    }
    return pd.DataFrame(columns | rates)[list(COLUMNS)]


def _rolling(at: list[int], counts: npt.NDArray[Any], months: int, window: int) -> npt.NDArray[Any]:
    """Add up counts over the last months, for each step and month; `at` is the month of each row."""
    every_month = np.zeros((months, counts.shape[1]), np.int64)
    every_month[at] = counts
    sums = every_month.cumsum(axis=0)
    sums[window:] = sums[window:] - sums[:-window]
    return sums.T.ravel()
