"""Survival: how long clients stay (docs/definitions.md#survival).

Kaplan–Meier estimate with log-log bounds (Kalbfleisch and Prentice), from the lead date or the first paid
session to the left date, censored at as-of; of paid clients if there is a paid step, else of all.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.core.flags import LEAD, LEFT, LEFT_ON, LEFT_UNDATED, NEVER, PAID, Flagged, flag, until
from funnel.metrics.core.frames import Frame, count_groups
from funnel.metrics.core.records import records
from funnel.metrics.core.result import BY, VALUE, WHO_LEFT, Chart, Column, Need, Result, low_high
from funnel.metrics.statistics.intervals import Z
from funnel.schema import step_date

Clock: TypeAlias = Literal["lead", "paid"]
RESULT = Result(
    "survival",
    "How long clients stay",
    "Share of clients still here by each day since the lead date (Kaplan and Meier).",
    (
        Column("day", "Day", "days", "Days since the lead date."),
        Column(
            "survival", "Still here", "rate", "Share of clients still here after that day.", ("low", "high")
        ),
        *low_high("survival"),
        Column("at_risk", "Followed", "count", "Clients still here just before that day."),
    ),
    lambda funnel: funnel.survival,
    lambda funnel, by: funnel.survival_by(by),
    (
        BY,
        VALUE,
        Column("clients", "Clients", "count", "Clients in the curve."),
        Column("left", "Left", "count", "Of them, clients who left."),
        Column("expected", "Expected to leave", "number", "Leavers if all values were alike."),
        Column("median_days", "Half left by", "days", "The day by which half have left."),
        Column("p", "p", "p", "Log-rank test against all other clients."),
        Column("p_holm", "p, corrected", "p", "The same after Holm's correction over the values."),
    ),
    (WHO_LEFT,),
    Chart(
        "survival",
        "funnel.charts.survival:plot",
        (
            Need(
                "leavers with dates",
                lambda funnel: bool(len(funnel.survival)),
                "No client left on a known day.",
            ),
        ),
    ),
    json=lambda funnel, _by: records(funnel.survival) if funnel.has_leaving_data else None,
    review=True,
    index=("day",),
)
COLUMNS = RESULT.names


@dataclass(frozen=True)
class Survival:
    """The lifetimes of some clients, and their curves.

    Parameters
    ----------
    lifetimes : one row for each length: ``day`` (int, days), ``left`` (bool; else censored), ``n``.
    undated : the same for undated leavers: ``day`` is that of their last mark.

    Examples
    --------
    >>> lifetimes = pd.DataFrame({"day": [10, 20, 30], "left": [True, False, True], "n": [1, 1, 1]})
    >>> survival = Survival(lifetimes, lifetimes.iloc[:0])
    >>> survival.clients, survival.curve["survival"].round(3).tolist(), survival.median
    (3, [0.667, 0.0], 30.0)
    """

    lifetimes: pd.DataFrame
    undated: pd.DataFrame

    @property
    def clients(self) -> int:
        """Number of clients in the curve."""
        return int(self.lifetimes["n"].sum())

    @property
    def undated_leavers(self) -> int:
        """Number of leavers without a date, who are not in the curve."""
        return int(self.undated["n"].sum())

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The step curve: a row for each day on which it falls, as in JSON version 1."""
        return kaplan_meier(self.lifetimes)

    @cached_property
    def lower(self) -> pd.DataFrame:
        """The lowest possible curve: undated leavers leave at their last mark."""
        return kaplan_meier(pd.concat([self.lifetimes, self.undated], ignore_index=True))

    @property
    def median(self) -> float:
        """The day by which half have left; NaN if the curve stays above a half."""
        down = self.curve["day"][self.curve["survival"] <= 0.5]
        return float(down.iloc[0]) if len(down) else np.nan

    def restricted_mean(self, days: float) -> float:
        """Return the mean days within the first `days`; NaN if the curve ends earlier and above 0."""
        followed = self.lifetimes["day"].max() if self.clients else 0
        heights = np.concatenate([[1.0], self.curve["survival"]])
        if np.isnan(days) or not self.clients or (followed < days and heights[-1] > 0):
            return np.nan
        edges = np.clip(np.concatenate([[0.0], self.curve["day"], [days]]), 0, days)
        return float((heights * np.diff(edges)).sum())


def kaplan_meier(lifetimes: pd.DataFrame) -> pd.DataFrame:
    """Estimate survival from lifetimes; a client censored on a day is at risk on that day.

    Parameters
    ----------
    lifetimes : columns ``day`` (int), ``left`` (bool), ``n`` (int), in any order.

    Returns
    -------
    DataFrame, a row for each day with leavers: day, survival, low, high (95 %, log-log; NaN where survival is
    0), at_risk (before that day's leavers).
    """
    day, survival, low, high, at_risk = estimate(lifetimes)
    return pd.DataFrame({"day": day, "survival": survival, "low": low, "high": high, "at_risk": at_risk})


def estimate(lifetimes: pd.DataFrame) -> tuple[npt.NDArray[Any], ...]:
    """Return the columns of `kaplan_meier`."""
    day, at = np.unique(lifetimes["day"].to_numpy(dtype="int64"), return_inverse=True)
    n, left = lifetimes["n"].to_numpy(dtype=float), lifetimes["left"].to_numpy(dtype=bool)
    leavers = np.bincount(at, np.where(left, n, 0.0), len(day)).astype(float)
    at_risk = np.bincount(at, n, len(day)).astype(float)[::-1].cumsum()[::-1]
    falls = leavers > 0
    day, leavers, at_risk = day[falls], leavers[falls], at_risk[falls]
    survival = np.cumprod(1 - leavers / at_risk).round(12)  # so that 23/24 · 22/23 · … · 12/13 is a half
    return day, survival, *log_log(survival, leavers, at_risk), at_risk.astype("int64")


def log_log(
    survival: npt.NDArray[np.float64], leavers: npt.NDArray[np.float64], at_risk: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the 95 % bounds of survival on the scale log(-log S), by Greenwood's variance; shapes (k,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(leavers / (at_risk * (at_risk - leavers)))
        wide = np.exp(Z * np.sqrt(variance) / np.abs(np.log(survival)))
        low, high = survival**wide, survival ** (1 / wide)
    ended = survival <= 0
    return np.where(ended, np.nan, low), np.where(ended, np.nan, high)


def survival_of(flagged: Flagged, clock: Clock = "lead") -> Survival:
    """Collect the lifetimes of paid clients with a dated start (of all clients if no step is the paid one).

    Clients are counted for each pair of dates, so that no engine has to subtract dates.
    """
    start = nw.col(LEAD) if clock == "lead" else _paid_on(flagged)
    counted = _paid_clients(flagged) & until(start, flagged.as_of)

    def pairs(frame: Frame, end: nw.Expr, which: nw.Expr) -> pd.DataFrame:
        """Count the clients of each pair of dates; select few columns first, because a filter copies all."""
        columns = (start.alias("start"), end.alias("end"), nw.col(LEFT).alias("left"), which.alias("which"))
        kept = frame.select(*columns).filter(nw.col("which"))
        return count_groups(kept, *map(nw.col, ("start", "end", "left")))

    dated = pairs(flagged.frame, nw.col(LEFT_ON), counted & ~nw.col(LEFT_UNDATED))
    undated = pairs(flagged.frame.filter(nw.col(LEFT_UNDATED)), last_seen(flagged, start), counted)
    return Survival(_days(dated, flagged), _days(undated, flagged))


def survivals_by(
    flagged: Flagged, key: str, values: Iterable[object], unknown: Container[object]
) -> list[Survival]:
    """Collect the lifetimes since the lead date for each value of a column (None: blank), in one aggregation.

    As `survival_of`, without undated leavers: they are in no curve, and their last marks take most time.

    Parameters
    ----------
    unknown : the values for which payment is unknown for some lost clients; they have no curve.
    """
    start = nw.col(LEAD)
    counted = nw.col(PAID) & until(start, flagged.as_of) & ~nw.col(LEFT_UNDATED)
    columns = {"start": start, "end": nw.col(LEFT_ON), "left": nw.col(LEFT), "which": counted}
    kept = flagged.frame.select(key, **columns).filter(nw.col("which"))
    pairs = count_groups(kept, *map(nw.col, (key, "start", "end", "left")))
    groups = pairs.groupby(key, dropna=False)  # as `tallies` groups: the same values, blanks are NaN
    found: dict[object, pd.DataFrame]
    found = {None if pd.isna(value) else value: _days(rows, flagged) for value, rows in groups}
    nobody = _days(pairs.iloc[:0], flagged)
    return [Survival(nobody if value in unknown else found.get(value, nobody), nobody) for value in values]


def _paid_clients(flagged: Flagged) -> nw.Expr:
    """Return true for clients who paid.

    False for all if payment is unknown for lost clients, because counting only those who stayed would bias
    the curve.
    """
    return nw.col(PAID) & NEVER if flagged.chain.paid in flagged.chain.unknown else nw.col(PAID)


def _paid_on(flagged: Flagged) -> nw.Expr:
    """Return the date of the first paid session; null if the journey or the sheet has none."""
    paid = flagged.journey.paid
    column = step_date(paid.name) if paid else ""
    return nw.col(column).dt.truncate("1d") if column in flagged.columns else nw.lit(None, nw.Datetime())


def last_seen(flagged: Flagged, start: nw.Expr) -> nw.Expr:
    """Return the latest date of a mark, or due date of a retention mark; else the start."""
    chain, dates = flagged.chain, [start]
    for i in sorted(chain.cells):
        step = chain.steps[i]
        marked = nw.col(flag("marked", i))
        if step_date(step.name) in flagged.columns:
            dates.append(nw.when(marked).then(nw.col(step_date(step.name)).dt.truncate("1d")))
        if step.kind == "retention":
            due_on = nw.col(LEAD).dt.offset_by(flagged.journey.due(step.name).offset)
            dates.append(nw.when(marked).then(due_on))
    return nw.max_horizontal(*dates) if len(dates) > 1 else start  # Spark compares no single column


def _days(pairs: pd.DataFrame, flagged: Flagged) -> pd.DataFrame:
    """Convert pairs of dates to days, until as-of for clients who have not left; drop negative ones."""
    start, end = (pd.to_datetime(pairs[name]).to_numpy("datetime64[D]") for name in ("start", "end"))
    days = (np.fmin(end, np.datetime64(flagged.as_of)) - start).astype(np.int64)
    known = days >= 0  # an unknown start is the least number
    left = pairs["left"].to_numpy(dtype=bool)[known]
    found, at = np.unique(days[known] * 2 + left, return_inverse=True)
    n = np.bincount(at, pairs["n"].to_numpy(dtype=float)[known], len(found)).astype("int64")
    return pd.DataFrame({"day": found // 2, "left": found % 2 == 1, "n": n})
