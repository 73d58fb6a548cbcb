"""Length of engagement by four measures (docs/definitions.md#engagement)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from funnel.journey import Journey
from funnel.metrics.core.result import Column, Result
from funnel.metrics.core.retention_flags import MONTH
from funnel.metrics.tables.survival import Survival

RESULT = Result(
    "engagement",
    "Length of engagement",
    "How long clients stay, by four measures that must not be compared with each other.",
    (
        Column("measure", "Measure", "text", "Name of the measure."),
        Column("months", "Months", "months", "Months of 30.4375 days."),
        Column("n", "Clients", "count", "Clients counted."),
    ),
    lambda funnel: engagement_table(funnel.survival_since("lead"), funnel.journey),
    review=True,
    index=("measure",),
)
COLUMNS = RESULT.names
CURRENT, ALL = "mean months of current clients", "mean months of all clients"
RESTRICTED, MEDIAN = "restricted mean months", "median months"


def horizon(journey: Journey) -> float:
    """Return the days to the last retention step; NaN without one.

    >>> from funnel.journey import Step
    >>> horizon(Journey(steps=(Step(name="6m", months=6),)))
    182.625
    """
    ends = [step.retention_duration for step in journey.retention]
    return max((d.months * MONTH + d.days for d in ends if d), default=math.nan)


def engagement_table(survival: Survival, journey: Journey) -> pd.DataFrame:
    """Measure how long paid clients stay, in four ways that must not be compared with each other.

    Returns
    -------
    DataFrame: measure, months (of 30.4375 days; NaN if undefined), n (clients counted). The mean of current
    clients excludes leavers; the mean of all treats current clients as leaving today; the restricted mean
    (until the last retention step) and the median are Kaplan–Meier estimates.

    Examples
    --------
    >>> lifetimes = pd.DataFrame({"day": [61, 122], "left": [True, False], "n": [1, 1]})
    >>> from funnel.journey import Step
    >>> journey = Journey(steps=(Step(name="3m", months=3),))
    >>> engagement_table(Survival(lifetimes, lifetimes.iloc[:0]), journey).round(2)
                              measure  months  n
    0  mean months of current clients    4.01  1
    1      mean months of all clients    3.01  2
    2          restricted mean months    2.50  2
    3                   median months    2.00  2
    """
    here = survival.lifetimes[~survival.lifetimes["left"]]
    days = {
        CURRENT: (_mean(here), int(here["n"].sum())),
        ALL: (_mean(survival.lifetimes), survival.clients),
        RESTRICTED: (survival.restricted_mean(horizon(journey)), survival.clients),
        MEDIAN: (survival.median, survival.clients),
    }
    rows = [(measure, length / MONTH, n) for measure, (length, n) in days.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _mean(lifetimes: pd.DataFrame) -> float:
    """Return the mean days; NaN without clients."""
    if not len(lifetimes):
        return math.nan
    return float(np.average(lifetimes["day"], weights=lifetimes["n"]))
