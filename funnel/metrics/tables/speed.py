"""Speed: days from step to step; clients who still wait are counted too.

Definition: docs/definitions.md#time-between-steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.clients import Clients
from funnel.clients.array_operations import moved
from funnel.clients.frames import in_memory
from funnel.errors import UsageError
from funnel.history.stage_history import found_dates
from funnel.journey import Duration
from funnel.metrics.core.flags import LEAD, Chain, Flagged, flag, until
from funnel.metrics.core.frames import Frame, collect, count_groups, lazy
from funnel.metrics.core.result import Chart, Column, Need, Result, View
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.survival import estimate, kaplan_meier
from funnel.schema import step_date, step_found

FROM_LEAD = "Lead"
RESULT = Result(
    "time",
    "Time between steps",
    "Days from the lead to each dated step, and from each dated step to the next.",
    (
        Column("from", "From", "text", "The lead, or a step."),
        Column("to", "To", "text", "A step."),
        Column("n", "Clients", "count", "Clients who reached the first on a known day."),
        Column("reached", "Reached", "count", "Of them, clients who reached the second on a known day."),
        Column("waiting", "Waiting", "count", "Of them, all others."),
        Column("undated", "No date", "count", "Clients left out because the second has no date."),
        Column(
            "found",
            "By history",
            "count",
            "Of those who reached it, clients dated only by the refresh that found them.",
            only_with="found",
        ),
        Column("q1", "Days, quarter", "days", "Days within which a quarter of those who arrived did so."),
        Column("median", "Days, half", "days", "The same for half of them."),
        Column("q3", "Days, three quarters", "days", "The same for three quarters of them."),
        Column(
            "quarter_by",
            "Quarter of all by",
            "days",
            "Days by which a quarter of all clients had reached it.",
        ),
        Column("half_by", "Half of all by", "days", "The same for half of all."),
        Column(
            "three_quarters_by", "Three quarters of all by", "days", "The same for three quarters of all."
        ),
    ),
    lambda funnel: funnel.time(),
    alone=View(
        "Time between steps",
        (),
        drop_first=("three_quarters_by", "quarter_by", "q3", "q1", "undated", "waiting"),
    ),
    chart=Chart("time", "funnel.charts.time:plot"),
    needs=(
        Need(
            "dated marks",
            lambda funnel: bool(len(funnel.time())),
            "No mark has a date, and no refresh has found a new mark, so the time is unknown.",
        ),
    ),
    index=("from", "to"),
)
COLUMNS = RESULT.names
WITHIN = ("within", "within_n", "within_reached", "within_rate", "within_low", "within_high")
CURVE = ("day", "share", "low", "high", "waiting")


@dataclass(frozen=True)
class Leg:
    """The days from the lead or a dated step to another step, and the clients who started.

    Parameters
    ----------
    start, end : the lead or a step's name, and a step's name.
    days : a row for each pair of dates: ``start``, ``day`` (int: days from it to `end` or as-of), ``left``
        (bool: reached `end`; else still waiting), ``n``.
    undated : number of clients who reached `end` on an unknown day; they are not counted.
    found : number of clients whose day at `end` is that of the refresh that found them there.
    """

    start: str
    end: str
    days: pd.DataFrame
    undated: int
    found: int

    @cached_property
    def row(self) -> dict[str, Any]:
        """The row of `time_table`."""
        left, each = self.days["left"].to_numpy(), self.days["n"].to_numpy()
        taken = np.repeat(self.days["day"].to_numpy(dtype=float)[left], each[left])
        n, reached = int(each.sum()), len(taken)
        quartiles = np.quantile(taken, [0.25, 0.5, 0.75]) if reached else np.full(3, np.nan)
        day, survival, *_ = estimate(self.days)
        by = [_first(day, 1 - survival, share) for share in (0.25, 0.5, 0.75)]
        counts = (self.start, self.end, n, reached, n - reached, self.undated, self.found)
        return dict(zip(COLUMNS, (*counts, *quartiles.tolist(), *by), strict=True))

    def curve(self) -> pd.DataFrame:
        """Return the share of clients who reached `end` by each day: 1 − the Kaplan–Meier curve."""
        curve = kaplan_meier(self.days)
        return pd.DataFrame(
            {"day": curve["day"], "share": 1 - curve["survival"], "low": 1 - curve["high"]}
            | {"high": 1 - curve["low"], "waiting": curve["at_risk"]}
        )

    def window(self, within: Duration, last: dt.date) -> dict[str, Any]:
        """Count clients who reached `end` within a time, of those who started that long ago."""
        start, left, each = (self.days[name].to_numpy() for name in ("start", "left", "n"))
        start = start.astype("datetime64[D]")
        in_time = self.days["day"].to_numpy() <= (moved(start, within.offset) - start).astype(np.int64)
        full = start <= np.datetime64(last)
        n, reached = int(each[full].sum()), int(each[full & left & in_time].sum())
        low, high = wilson([reached], [n])
        values = (str(within), n, reached, float(ratio(reached, n)), float(low[0]), float(high[0]))
        return dict(zip(WITHIN, values, strict=True))


def with_history(flagged: Flagged, clients: Clients) -> Flagged:
    """Add the days on which refreshes first found each step reached (docs/decisions/0040)."""
    found = found_dates(clients, flagged.as_of) if in_memory(clients.table) else None
    if found is None or "row" not in flagged.columns:
        return flagged
    frame = lazy(collect(flagged.frame).merge(found, on="row", how="left"))
    return replace(flagged, frame=frame, columns=flagged.columns | {*found})


def time_table(legs: Sequence[Leg], as_of: dt.date, within: str | None = None) -> pd.DataFrame:
    """Measure the days from the lead to each dated step, and from each dated step to the next.

    Clients who left are counted as waiting until as-of, because they did not reach the step.

    Parameters
    ----------
    legs : of `legs_of`.
    within : a conversion window ("30 days"), which adds its own columns.

    Returns
    -------
    DataFrame: from, to; n (clients with a dated start), reached (of them, on a known day), waiting (the
    others), undated (reached on an unknown day; not counted), found (dated only by the history); q1, median
    and q3 (quartiles of the days of those who reached it); quarter_by, half_by and three_quarters_by (days by
    which that share of n had reached it; NaN if the curve stays below). With `within`: within, within_n
    (clients who started at least so long ago), within_reached, within_rate, within_low, within_high. Empty if
    no mark has a date.

    Raises
    ------
    UsageError : `within` is not a duration.

    Examples
    --------
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> as_of, days = dt.date(2026, 7, 1), pd.to_datetime(["2026-01-01", "2026-01-01", "2026-03-01"])
    >>> table = pd.DataFrame({"lead_date": days, "step:^met": [True, True, False]})
    >>> table["when:^met"] = pd.to_datetime(["2026-01-05", "2026-02-20", None])
    >>> legs = legs_of(flagged(table, Journey(steps=(Step(name="Met"),)), as_of))
    >>> found = time_table(legs, as_of, "30 days")
    >>> found[["from", "to", "n", "median", "half_by", "within_reached", "within_n"]]
       from   to  n  median  half_by  within_reached  within_n
    0  Lead  Met  3    27.0     50.0               1         3
    """
    window = _duration(within)
    if not window:
        return pd.DataFrame([leg.row for leg in legs], columns=list(COLUMNS))
    last = window.latest_start(as_of)
    return pd.DataFrame([leg.row | leg.window(window, last) for leg in legs], columns=[*COLUMNS, *WITHIN])


def legs_of(flagged: Flagged) -> list[Leg]:
    """Return the legs to each step with dates: from the lead, and from the step before."""
    chain = flagged.chain
    dated = [i for i in sorted(chain.cells) if _is_dated(flagged, chain.steps[i].name)]
    pairs: list[tuple[int | None, int]] = [
        (start, i) for i in dated if chain.steps[i].kind == "step"
        for start in dict.fromkeys((None, _before(chain, i, dated)))
    ]  # fmt: skip
    dates = _dates(flagged, dated)
    legs = (_leg(flagged, dates, start, end) for start, end in pairs)
    return [leg for leg in legs if leg.days["left"].any()]


def time_curve(flagged: Flagged, end: str, start: str | None = None) -> pd.DataFrame:
    """Return the share of clients who had reached `end` by each day.

    Returns
    -------
    DataFrame: day, share, low, high (95 %, log-log; NaN once all are there), waiting (just before that day).
    Empty if no client reached it on a known day.
    """
    positions = {step.name: i for i, step in enumerate(flagged.chain.steps)}
    ends = [end] if start is None else [start, end]
    if not all(_is_dated(flagged, name) for name in ends):
        return pd.DataFrame(columns=list(CURVE))
    at = None if start is None else positions[start]
    return _leg(flagged, _dates(flagged, [positions[name] for name in ends]), at, positions[end]).curve()


def _before(chain: Chain, i: int, dated: list[int]) -> int | None:
    """Return the required step before a step, if its marks can have dates."""
    previous = chain.previous(i)
    return previous if previous in dated else None


def _dates(flagged: Flagged, steps: Iterable[int]) -> Frame:
    """Return the lead date; and for each step when it was reached, and whether only the history has that."""
    columns = [nw.col(LEAD)]
    for i in steps:
        by_history = _marked_on(flagged, i).is_null() & ~_found_on(flagged, i).is_null()
        columns += [nw.col(flag("reached", i)), _reached_on(flagged, i).alias(flag("date", i))]
        columns.append(by_history.alias(flag("by_history", i)))
    return flagged.frame.select(*columns)


def _leg(flagged: Flagged, dates: Frame, start: int | None, end: int) -> Leg:
    """Collect the clients of a leg."""
    steps = flagged.chain.steps
    columns = {"start": LEAD if start is None else flag("date", start), "end": flag("date", end)}
    columns |= {name: flag(name, end) for name in ("reached", "by_history")}
    # Select few columns first, because a filter copies all.
    frame = dates.select(*(nw.col(column).alias(name) for name, column in columns.items()))
    found = count_groups(frame.filter(~nw.col("start").is_null()), *map(nw.col, columns))
    begin, stop = (pd.to_datetime(found[name]).to_numpy("datetime64[D]") for name in ("start", "end"))
    arrived, n = ~np.isnat(stop), found["n"].to_numpy()
    # Reached on an unknown day, or dated before the start.
    unusable = (found["reached"].to_numpy(dtype=bool) & ~arrived) | (stop < begin)
    late = int(n[found["by_history"].to_numpy(dtype=bool) & ~unusable].sum())
    day = (np.where(arrived, stop, np.datetime64(flagged.as_of)) - begin).astype(np.int64)
    days = pd.DataFrame({"start": begin.astype("datetime64[s]"), "day": day, "left": arrived, "n": n})
    name = FROM_LEAD if start is None else steps[start].name
    return Leg(name, steps[end].name, days[~unusable], int(n[unusable].sum()), late)


def _is_dated(flagged: Flagged, step: str) -> bool:
    return bool({step_date(step), step_found(step)} & flagged.columns)


def _reached_on(flagged: Flagged, step: int) -> nw.Expr:
    """Return the date of a step's mark, else the day on which a refresh found it."""
    return nw.coalesce(_marked_on(flagged, step), _found_on(flagged, step))


def _found_on(flagged: Flagged, step: int) -> nw.Expr:
    """Return the day on which a refresh first found a step reached; null if unknown."""
    column = step_found(flagged.chain.steps[step].name)
    if column not in flagged.columns:
        return nw.lit(None, nw.Datetime())
    return nw.when(nw.col(flag("reached", step))).then(nw.col(column).dt.truncate("1d"))


def _marked_on(flagged: Flagged, step: int) -> nw.Expr:
    """Return the date of a step's mark; null if unknown or after as-of."""
    column = step_date(flagged.chain.steps[step].name)
    if column not in flagged.columns:
        return nw.lit(None, nw.Datetime())
    when = nw.col(column).dt.truncate("1d")
    return nw.when(nw.col(flag("marked", step)) & until(when, flagged.as_of)).then(when)


def _first(day: npt.NDArray[Any], shares: npt.NDArray[Any], share: float) -> float:
    """Return the day by which a curve has reached a share; NaN if it has not."""
    reached = day[shares >= share - 1e-12]
    return float(reached[0]) if len(reached) else float("nan")


def _duration(within: str | None) -> Duration | None:
    try:
        return Duration.parse(within) if within else None
    except ValueError as error:
        raise UsageError(f"{error} (within).") from None
