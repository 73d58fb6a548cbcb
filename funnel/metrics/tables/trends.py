"""Trends: the conversion of each step by month of lead, over a rolling window."""

from __future__ import annotations

import pandas as pd

from funnel.errors import UsageError
from funnel.metrics.core.date_ranges import every
from funnel.metrics.core.flags import Flagged, flag
from funnel.metrics.core.result import KIND, LEAD_DATES, SETTLED, STEP, Chart, Column, Result, low_high
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.cohorts import by_lead_date

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
    found = by_lead_date(flagged, "month", ("settled_n", "settled_reached")).set_index("range")
    if not len(found):
        return pd.DataFrame(columns=list(COLUMNS))
    months = every(found.index[0].start, found.index[-1].start, "month")
    sums = found.reindex(months, fill_value=0).rolling(window, min_periods=1).sum().astype("int64")
    tables = [
        pd.DataFrame(
            {"month": [str(month) for month in months], "step": step.name, "kind": step.kind}
        ).assign(
            window=window,
            n=sums[flag("settled_n", i)].to_numpy(),
            reached=sums[flag("settled_reached", i)].to_numpy(),
        )
        for i, step in enumerate(flagged.chain.steps)
    ]
    table = pd.concat(tables, ignore_index=True)
    table["rate"] = ratio(table["reached"], table["n"])
    table["low"], table["high"] = wilson(table["reached"], table["n"])
    return table[list(COLUMNS)]
