"""Cohorts: the share of each month's or quarter's leads that reached each step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.metrics.core.date_ranges import TRUNCATE, Calendar, Range
from funnel.metrics.core.flags import LEAD, Chain, Flagged, each, flag
from funnel.metrics.core.frames import count_flags
from funnel.metrics.core.result import KIND, LEAD_DATES, STEP, Chart, Column, Result, View, low_high
from funnel.metrics.core.tally import condense
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.text import count, percent


def _side_by_side(_funnel: object, cohorts: pd.DataFrame) -> pd.DataFrame:
    """Pivot to a row for each step and a column for each cohort due at the first step; "…" if not due."""
    cells = [
        percent(rate) if ripe else "…" for rate, ripe in zip(cohorts["rate"], cohorts["ripe"], strict=True)
    ]
    steps = list(dict.fromkeys(cohorts["step"]))
    wide = cohorts.assign(cell=cells).pivot(index="step", columns="cohort", values="cell")
    first = _first_steps(cohorts)
    return wide.loc[steps, first["cohort"][first["ripe"]].tolist()].reset_index()


def _first_steps(cohorts: pd.DataFrame) -> pd.DataFrame:
    first: pd.DataFrame = cohorts[cohorts["step"] == cohorts["step"].iloc[0]]
    return first


def _note(funnel: Any) -> str:
    """Return the note: the meaning of "…", and the number of months omitted."""
    unripe = int((~_first_steps(funnel.cohorts())["ripe"]).sum())
    left_out = (
        f" {count(unripe, 'month')} left out: not all leads are due at the first step." if unripe else ""
    )
    return f"…: not all leads of that month are due yet.{left_out}"


RESULT = Result(
    "cohorts",
    "Cohorts",
    "Share of each month's leads that reached each step; undefined until the whole month is due.",
    (
        Column("cohort", "Leads of", "text", "Month (or quarter) of the lead date."),
        Column("leads", "Leads", "count", "Leads of that month."),
        STEP,
        KIND,
        Column("n", "Of n", "count", "Leads of that month."),
        Column("due", "Due", "count", "Of them, those who are due."),
        Column("reached", "Reached", "count", "Of n, leads who reached the step, due or not."),
        Column(
            "rate",
            "Rate",
            "rate",
            "reached / (n − unknown), once all are due.",
            ("low", "high"),
            n="n",
        ),
        *low_high("rate"),
        Column("ripe", "All due", "boolean", "Whether all leads of that month are due."),
        Column(
            "unknown",
            "Unknown",
            "count",
            "Of n, leads who left on an unknown day.",
            only_with="unknown",
        ),
    ),
    lambda funnel: funnel.cohorts(),
    needs=(LEAD_DATES,),
    chart=Chart("cohorts", "funnel.charts.cohorts:plot"),
    review=True,
    alone=View("Cohorts", (), _note, prepare=_side_by_side, newest_last=True),
    index=("cohort", "step"),
)
COLUMNS = RESULT.names


def by_lead_date(flagged: Flagged, kind: Calendar, names: tuple[str, ...]) -> pd.DataFrame:
    """Count flags of every step for each month or quarter of lead, in order, without undated leads.

    Returns
    -------
    DataFrame: ``range`` (a `Range`), n, and a column for each flag and step.
    """
    key = nw.col(LEAD).dt.truncate(TRUNCATE[kind]).alias("range")
    frame = flagged.frame.filter(~nw.col(LEAD).is_null()).with_columns(key)
    flags = [flag(name, i) for i in each(flagged.chain) for name in names]
    found = count_flags(condense(replace(flagged, frame=frame), ["range"]).frame, flags, by=["range"])
    found = found.sort_values("range", ignore_index=True)
    ranges = [Range.of(pd.Timestamp(day).date(), kind) for day in found["range"]]
    return found.assign(range=pd.Series(ranges, dtype=object))


def cohorts_table(flagged: Flagged, kind: Calendar = "month") -> pd.DataFrame:
    """Compute the share of each month's or quarter's leads that reached each step.

    The rate is NaN until the step is due for the whole cohort (`ripe`).

    Returns
    -------
    DataFrame, a row for each cohort and step: cohort ("2026-05", "2026-Q2"), leads, step, kind, n (the
    cohort's leads), due (of them, those who are due), reached (due or not), rate, low, high (NaN until all
    are due, or if it is unknown who reached the step), ripe (all are due), unknown (leads who left on an
    unknown day, so that the step is unknown; the rate leaves them out).

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> days = pd.to_datetime(["2026-01-05", "2026-01-20", "2026-06-20"])
    >>> table = pd.DataFrame({"lead_date": days, "step:^met": [True, False, True]})
    >>> found = cohorts_table(flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1)))
    >>> found[["cohort", "leads", "reached", "rate", "ripe"]]
        cohort  leads  reached  rate   ripe
    0  2026-01      2        1   0.5   True
    1  2026-06      1        1   NaN  False
    """
    chain = flagged.chain
    found = by_lead_date(flagged, kind, ("due", "reached", "unknown"))
    n = np.repeat(found["n"].to_numpy(), len(chain.steps))
    due, reached, unknown = (by_step(found, name, chain).ravel() for name in ("due", "reached", "unknown"))
    known = np.tile([chain.known(i) for i in each(chain)], len(found))
    ripe_n = np.where((due == n) & known, n - unknown, np.nan)
    low, high = wilson(reached, ripe_n)
    columns = {
        "cohort": [name for name in map(str, found["range"]) for _ in chain.steps], "leads": n,
        "step": [step.name for step in chain.steps] * len(found),
        "kind": [step.kind for step in chain.steps] * len(found),
        "n": n, "due": due, "reached": reached, "rate": ratio(reached, ripe_n), "low": low, "high": high,
        "ripe": due == n, "unknown": unknown,
    }  # fmt: skip
    return pd.DataFrame(columns)[list(COLUMNS)]


def by_step(found: pd.DataFrame, name: str, chain: Chain) -> npt.NDArray[Any]:
    """Return the counts of a flag: a row for each row of a table of flags, a column for each step."""
    return found[[flag(name, i) for i in each(chain)]].to_numpy()
