"""Stage cards: for each stage the clients in it now, what set their stage, and their value."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.metrics.core.assign_stages import SET_BY, STAGE
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import collect, lazy
from funnel.metrics.core.result import STAGES, Chart, Column, Measured, Result, View
from funnel.metrics.stages.time_in_stage import cards
from funnel.metrics.statistics.intervals import ratio
from funnel.metrics.tables.currencies import currencies_of, in_currency, money
from funnel.metrics.tables.forecast import forecast, why_no_forecast
from funnel.text import count

MONEY = ("value", "lifetime_value", "value_30_days")
SET = ("hand", "event", "rule", "company", "default")
DAYS = ("median_days", "longest_days", "median_days_at_most", "longest_days_at_most", "timed", "stuck")
_NOTE = (
    "A stage typed in the stage column overrides the journey, and a refresh never writes into that column. "
    "If the cell is empty, a rule or an event of the journey sets the stage (see the list at the end of this "
    "tab); else the client is in the default stage. Values as of the day above."
)
_COLUMNS = (
    "clients share by_hand by_rule by_event by_company by_default win_probability value value_each "
    "lifetime_value value_30_days median_days median_days_at_most timed longest_days longest_days_at_most "
    "stuck no_coach"
)
IN_TAB = View("Stages", tuple(_COLUMNS.split()), _NOTE)
RESULT = Result(
    "stages",
    "Stages",
    "Where the clients are now: a card for each stage, lost stages last.",
    (
        Column("stage", "Stage", "text", "Name of the stage."),
        Column("emoji", "Emoji", "text", "Its emoji.", quiet=True),
        Column("lost", "Lost", "boolean", "Whether it is a stage of clients who left.", quiet=True),
        Column("reason", "Reason", "text", "Of a lost stage: why clients left."),
        Column("clients", "Clients", "count", "Clients in the stage."),
        Column("share", "Of all", "rate", "Of all clients."),
        Column("by_hand", "Set by, hand", "count", "Clients whose stage was typed."),
        Column("by_event", "Set by, event", "count", "Clients whose stage was set by an event."),
        Column("by_rule", "Set by, rule", "count", "Clients whose stage was set by a rule."),
        Column("by_company", "Set by, company", "count", "Clients whose stage was set by their company's."),
        Column("by_default", "Set by, default", "count", "Clients in the default stage."),
        Column("win_probability", "Win", "probability", "Declared probability that a client there pays."),
        Column("value", "Worth, value", "money", "Sum of their values; empty if in several currencies."),
        Column("value_each", "Worth, each currency", "text", "The sum in each.", only_with="value_each"),
        Column("lifetime_value", "Worth, lifetime", "money", "Sum of their lifetime values."),
        Column("value_30_days", "Worth, 30 days", "money", "Sum of their values of the last 30 days."),
        Column("no_coach", "No owner", "count", "Clients without a coach or other owner."),
        Column("median_days", "Days, median", "days", "Median days in the stage so far, at least."),
        Column("longest_days", "Days, longest", "days", "Longest time in the stage so far, at least."),
        Column("median_days_at_most", "Days, at most", "days", "Median days, at most."),
        Column("longest_days_at_most", "Days, at most", "days", "Longest time, at most."),
        Column("timed", "Days, known of", "count", "Clients whose days are known: the n of the median."),
        Column("stuck", "Stuck", "count", "Clients there for longer than the stage allows."),
    ),
    lambda funnel: stages_table(funnel.flagged, cards(funnel.flagged, funnel.clients.log)),
    needs=(STAGES,),
    chart=Chart("stages", "funnel.charts.stages:plot"),
    tab=IN_TAB,
    review=True,
    index=("stage",),
)
COLUMNS = RESULT.names


def sales(funnel: Measured) -> list[tuple[str, float, str]]:
    """Return total sales and conversion amount, each with its label and a note; those that are known."""
    flags, found = funnel.flagged, []
    if "lifetime_value" in flags.columns:
        lifetime = collect(flags.frame.select(nw.col("lifetime_value").sum()))["lifetime_value"].iloc[0]
        typed = "lifetime_value" in lazy(funnel.clients.table).collect_schema().names()
        label = "Total sales" if typed else "Total sales, from the event log"
        of = "the lifetime values of all clients" if typed else "the amounts of all events that are sales"
        found.append((label, float(lifetime or 0.0), of))
    currencies = currencies_of(flags) if why_no_forecast(flags) is None else ()
    for currency in currencies:
        expected = forecast(flags, currency=currency)
        clients = count(expected.clients, "client")
        spread = f"give or take {expected.spread:,.0f}: value × win probability of {clients}"
        if not expected.clients:
            spread = "no client can still pay in time"
        label = f"Conversion amount, {currency}" if len(currencies) > 1 else "Conversion amount"
        found.append((label, float(expected.expected), spread))
    return found


def stages_table(flagged: Flagged, days: pd.DataFrame | None = None) -> pd.DataFrame:
    """Make a card for each stage: the ordered stages, then the lost ones.

    Each client is in exactly one stage as of the date. A typed stage has no date: it is the current one.

    Parameters
    ----------
    days : days in the stage, and stuck clients, for each stage (`time_in_stage.cards`).

    Returns
    -------
    DataFrame, a row for each active stage. Columns: see `RESULT`; by_hand to by_default add up to clients.
    NaN if the share is 0/0, the sheet has no such column, or the days are unknown. Empty for a journey
    without stages.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Stage
    >>> from funnel.metrics.core.flags import flagged
    >>> stages = (Stage(name="Lead", default=True), Stage(name="Won"), Stage(name="Cold", lost=True))
    >>> table = pd.DataFrame({"stage": [None, "Won", "Won", "Cold"]}).astype({"stage": "str"})
    >>> found = stages_table(flagged(table, Journey(stages=stages), dt.date(2026, 7, 1)))
    >>> found[["stage", "clients", "by_hand"]]
      stage  clients  by_hand
    0  Lead        1        0
    1   Won        2        2
    2  Cold        1        1
    """
    journey = flagged.journey
    if not journey.stages:
        return pd.DataFrame(columns=list(COLUMNS))
    stages = (*journey.ordered_stages, *journey.lost)
    found = _counted(flagged).reindex([stage.name for stage in stages]).reset_index(drop=True)
    counts = ["clients", *(f"by_{how}" for how in SET)]
    found[counts] = found[counts].fillna(0).astype("int64")
    for name in (*MONEY, "no_coach"):
        known = ("coach" if name == "no_coach" else name) in flagged.columns
        found[name] = found[name].fillna(0.0).astype(float) if known else float("nan")
    found["value_each"] = _in_each(flagged, [stage.name for stage in stages])
    found.loc[found["value_each"].notna(), "value"] = np.nan
    found["share"] = ratio(found["clients"], [int(found["clients"].sum())] * len(found))
    found["stage"] = [stage.name for stage in stages]
    found["emoji"] = [stage.emoji for stage in stages]
    found["lost"] = [stage.lost for stage in stages]
    found["reason"] = pd.Series([stage.left_reason if stage.lost else None for stage in stages], dtype=object)
    found["win_probability"] = pd.Series([stage.win_probability for stage in stages], dtype=float)
    for name in DAYS:
        found[name] = np.nan if days is None else found["stage"].map(days[name]).astype(float)
    return found[list(COLUMNS)]


def _in_each(flagged: Flagged, stages: list[str]) -> list[str | None]:
    """Return the values of each stage as text, a sum for each currency; None if there are not several."""
    currencies = currencies_of(flagged)
    if len(currencies) < 2:
        return [None] * len(stages)
    sums = {currency: _counted(in_currency(flagged, currency, 0.0))["value"] for currency in currencies}
    return [", ".join(money(sums[one].get(stage, 0.0), one) for one in currencies) for stage in stages]


def _counted(flagged: Flagged) -> pd.DataFrame:
    """Count clients and sum values by stage, in one aggregation."""
    ones = {"clients": nw.lit(1)} | {f"by_{how}": (nw.col(SET_BY) == how).cast(nw.Int64) for how in SET}
    ones["by_hand"] = nw.col(SET_BY).is_in(["hand", "start"]).cast(nw.Int64)
    missing = (nw.col("coach").fill_null("") == "") if "coach" in flagged.columns else nw.lit(False)
    ones["no_coach"] = missing.cast(nw.Int64)
    for name in MONEY:
        ones[name] = nw.col(name).fill_null(0.0) if name in flagged.columns else nw.lit(0.0)
    frame = flagged.frame.select(nw.col(STAGE), *(what.alias(name) for name, what in ones.items()))
    return collect(frame.group_by(STAGE).agg(*(nw.col(name).sum() for name in ones))).set_index(STAGE)
