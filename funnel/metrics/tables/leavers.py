"""Leavers by reason, time, step or coach, the most frequent first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.clients import Clients
from funnel.metrics.core.column_lookup import BLANK, find_column, value_name, value_of
from funnel.metrics.core.date_ranges import TRUNCATE
from funnel.metrics.core.flags import LEAD, LEFT, LEFT_ON, Flagged, until
from funnel.metrics.core.frames import count_groups
from funnel.metrics.core.result import WHO_LEFT, Chart, Column, Result, View
from funnel.metrics.core.retention_flags import MONTH
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.schema import distinct, flag, step_date

Floats: TypeAlias = npt.NDArray[np.float64]
BEGINNING = "before the first step"
NOT_KNOWN = "(not known)"  # the last step of lost clients whose furthest stage is unknown
AFTER = {"months": LEAD, "months after paid": flag("paid_on")}  # the start of the months
REASON = Column("reason", "Reason", "text", "Reason for leaving, as typed; `(blank)` if there is none.")
_COUNTED = (
    Column("n", "Clients", "count", "Clients who left."),
    Column("share", "Share", "rate", "Of all clients who left."),
    Column("added_up", "Cumulative", "rate", "Cumulative share."),
    Column("dated", "With a date", "count", "Of them, clients who left on a known day."),
    Column("median_months", "Median months", "months", "Median time from lead to leaving."),
    Column(
        "median_months_after_paid",
        "Median months, since paid",
        "months",
        "Median time from paying to leaving.",
    ),
)
RESULT = Result(
    "leavers",
    "Why clients left",
    "Clients who left, by reason, the most frequent first.",
    (REASON, *_COUNTED),
    lambda funnel: funnel.leavers(),
    lambda funnel, by: funnel.leavers(by),
    needs=(WHO_LEFT,),
    chart=Chart("leavers", "funnel.charts.leavers:plot"),
    tab=View(
        "Why clients left",
        ("reason", "n", "share", "added_up", "median_months"),
        "Median months: from the lead to leaving, of those who left on a known day.",
    ),
    review=True,
    index=("reason",),
)
COLUMNS = tuple(column.name for column in _COUNTED)
BY_STEP_COLUMNS = ("step", "reason", "clients", "n", "share", "low", "high")


def leavers_table(clients: Clients, flagged: Flagged, by: str = "reason") -> pd.DataFrame:
    """Count clients known to have left, by reason or another column (a Pareto table).

    Parameters
    ----------
    by : "reason"; "step" (the last one reached); "months" (after the lead, in full) or "months after paid"
        (the first paid session, where dated); or any column, by role or header ("coach").

    Returns
    -------
    DataFrame, the most common first (months in order): a column named as in `by`, n, share (of all who
    left), added_up (cumulative share), dated (of n, those who left on a known day), median_months (of
    30.4375 days, from the lead to leaving) and median_months_after_paid. Blank cells are "(blank)".

    Raises
    ------
    UsageError : there is no such column.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"left_reason": ["Price", "Price", "Moved", None], "step:^met": True})
    >>> clients = Clients(table, Journey(steps=(Step(name="Met"),)))
    >>> found = leavers_table(clients, flagged(table, clients.journey, dt.date(2026, 7, 1)))
    >>> found[["reason", "n", "added_up"]]
      reason  n  added_up
    0  Price  2  0.666667
    1  Moved  1  1.000000
    """
    frame = flagged.frame.filter(nw.col(LEFT)).with_columns(_paid_on(flagged).alias(flag("paid_on")))
    key = nw.lit(None, nw.String) if by in AFTER else _key(clients, flagged, by)
    days = [nw.col(LEAD), nw.col(flag("paid_on")), nw.col(LEFT_ON)]
    found = count_groups(frame, key.alias("key"), *days)
    stayed, stayed_paid, n = _days(found, LEAD), _days(found, flag("paid_on")), found["n"].to_numpy()
    keys: Any = found["key"]
    if by in AFTER:
        keys = np.floor((stayed if by == "months" else stayed_paid) / MONTH)
    codes, values = pd.factorize(keys, sort=True, use_na_sentinel=True)
    groups = [(key, codes == at) for at, key in [*enumerate(values), (-1, None)]]  # -1: null
    table = pd.DataFrame([_row(key, n[at], stayed[at], stayed_paid[at]) for key, at in groups if at.any()])
    if not len(table):
        return pd.DataFrame(columns=[by, *COLUMNS])
    columns, ascending = (["key"], [True]) if by in AFTER else (["n", "key"], [False, True])
    table = table.sort_values(columns, ascending=ascending, kind="stable", ignore_index=True)
    table["share"] = ratio(table["n"], np.full(len(table), table["n"].sum()))
    table["added_up"] = table["share"].cumsum().clip(upper=1.0)
    *others, word = distinct([*COLUMNS, by])
    table[word] = pd.Series(
        [value_name(by, None if pd.isna(key) else key) for key in table["key"].tolist()], dtype=object
    )
    return table[[word, *others]]


def _key(clients: Clients, flagged: Flagged, by: str) -> nw.Expr:
    """Return the value by which leavers are grouped."""
    if by == "step":
        last = nw.lit(BEGINNING)
        for i in flagged.chain.required:
            name = nw.lit(flagged.chain.steps[i].name)
            last = nw.when(nw.col(flag("reached", i))).then(name).otherwise(last)
        lost = max(flagged.chain.unknown, default=None)
        return (
            last
            if lost is None
            else nw.when(nw.col(flag("unknown", lost))).then(nw.lit(NOT_KNOWN)).otherwise(last)
        )
    if by == "reason" and "left_reason" not in flagged.columns:
        return nw.lit(None, nw.String)
    if by == "reason":
        return value_of("left_reason", flagged)
    return value_of(by if by in TRUNCATE else find_column(clients, by), flagged)


def _paid_on(flagged: Flagged) -> nw.Expr:
    """Return the day of the first paid session; null if undated or after as-of."""
    paid = flagged.journey.paid
    if paid is None or step_date(paid.name) not in flagged.columns:
        return nw.lit(None, nw.Datetime())
    when = nw.col(step_date(paid.name)).dt.truncate("1d")
    return nw.when(until(when, flagged.as_of)).then(when)


def _days(found: pd.DataFrame, start: str) -> Floats:
    """Return the days from a date to leaving; NaN if either is unknown or leaving comes first."""
    left, begin = (pd.to_datetime(found[name]).to_numpy("datetime64[s]") for name in (LEFT_ON, start))
    days = (left - begin).astype("timedelta64[D]")
    return np.where(days >= np.timedelta64(0, "D"), days.astype(float), np.nan)


def _row(key: Any, n: npt.NDArray[np.int64], stayed: Floats, stayed_paid: Floats) -> Mapping[str, Any]:
    """Count the leavers of one group."""
    return {
        "key": None if pd.isna(key) else key,
        "n": int(n.sum()),
        "dated": int(n[~np.isnan(stayed)].sum()),
        "median_months": _median(n, stayed),
        "median_months_after_paid": _median(n, stayed_paid),
    }


def _median(n: npt.NDArray[np.int64], days: Floats) -> float:
    known = ~np.isnan(days)
    return float(np.median(np.repeat(days[known], n[known])) / MONTH) if known.any() else float("nan")


def reasons_by_step_table(clients: Clients, flagged: Flagged) -> pd.DataFrame:
    """Count clients who left by the last step they reached, and there by reason.

    Returns
    -------
    DataFrame, in the journey's order and there the most frequent reason first: step (the last one reached),
    reason (blank cells are "(blank)"), clients, n (all who left after that step), share (clients / n), low,
    high.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"left_reason": ["Price", "Price", "Moved"], "step:^met": [True, False, True]})
    >>> clients = Clients(table, Journey(steps=(Step(name="Met"),)))
    >>> found = reasons_by_step_table(clients, flagged(table, clients.journey, dt.date(2026, 7, 1)))
    >>> found[["step", "reason", "clients", "n"]]
                          step reason  clients  n
    0  before the first step  Price        1  1
    1                    Met  Moved        1  2
    2                    Met  Price        1  2
    """
    frame = flagged.frame.filter(nw.col(LEFT))
    step, reason = (_key(clients, flagged, by) for by in ("step", "reason"))
    found = count_groups(frame, step.alias("step"), reason.alias("reason")).rename(columns={"n": "clients"})
    if not len(found):
        return pd.DataFrame(columns=list(BY_STEP_COLUMNS))
    names = [BEGINNING, *(step.name for step in flagged.chain.steps), NOT_KNOWN]
    found = found.assign(at=found["step"].map({name: at for at, name in enumerate(names)}))
    found = found.sort_values(["at", "clients", "reason"], ascending=[True, False, True])
    found["reason"] = found["reason"].astype(object).where(found["reason"].notna(), BLANK)
    found["n"] = found.groupby("step")["clients"].transform("sum")
    found["share"] = ratio(found["clients"], found["n"])
    found["low"], found["high"] = wilson(found["clients"], found["n"])
    return found[list(BY_STEP_COLUMNS)].reset_index(drop=True)
