"""A back-test of the forecast: the amount expected on a past day, and the amount received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.errors import UsageError
from funnel.history.stage_history import found_dates
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.flags import LEAD, PAID, Flagged, flag, flagged
from funnel.metrics.core.frames import collect, count_flags
from funnel.metrics.tables.currencies import currencies_of, value_in
from funnel.metrics.tables.forecast import Forecast, forecast, state_of, why_no_forecast
from funnel.metrics.tables.win_probability import Probabilities, paid_position
from funnel.schema import step_date, step_found, step_mark


def last_back_test(clients: Clients, now: Flagged) -> list[dict[str, Any]]:
    """Return the back-test of the last past day that can be judged, a row for each currency.

    Empty without enough history.
    """
    if why_no_forecast(now):
        return []
    try:
        rows = back_test(clients, now, last_testable(now))
    except UsageError:  # no payment has a date, or no client was due then
        return []
    return [
        {str(name): value for name, value in row.items()} for row in rows.to_dict("records") if row["clients"]
    ]


def dated_by_history(clients: Clients, now: Flagged) -> tuple[Clients, Flagged]:
    """Return the clients and their flags, with the days on which refreshes found marks without a date.

    Such a day is at most one refresh too late. Marks older than the history stay undated.
    """
    if not in_memory(clients.table) or now.chain.staged:
        return clients, now
    found = found_dates(clients, now.as_of)
    dates = {} if found is None else _with_found(clients.table, found, now)
    if not dates:
        return clients, now
    clients = replace(clients, table=clients.table.assign(**dates))
    return clients, flagged(table_as_of(clients, now.as_of), now.journey, now.as_of)


def _with_found(table: pd.DataFrame, found: pd.DataFrame, now: Flagged) -> dict[str, Any]:
    """Return the date columns of the steps, with the days on which refreshes found the marks."""
    columns = {}
    for step in now.journey.steps:
        mark, date, seen = (name(step.name) for name in (step_mark, step_date, step_found))
        if seen in found and mark in table:
            days = pd.Series(found[seen].to_numpy(), index=table.index).where(table[mark].astype(bool))
            columns[date] = table[date].fillna(days) if date in table else days
    return columns


def last_testable(flagged: Flagged) -> dt.date:
    """Return the last day whose forecast can be tested today: all its clients are due to have paid."""
    due = flagged.journey.due(flagged.chain.steps[paid_position(flagged)].name)
    return due.latest_start(flagged.as_of)


def back_test(
    clients: Clients, now: Flagged, day: dt.date, probabilities: Probabilities = None
) -> pd.DataFrame:
    """Compare a forecast as of a past date with the payments of the same clients by their due dates.

    Marks without a date, in the cell or in the history, cannot be rewound: such a client counts as won
    already then, and is on neither side. Earned probabilities use the clients who were settled then. The
    comparison assumes that new leads are like earlier ones.

    Parameters
    ----------
    clients, now : the clients, and their flags as of today.
    day : the past date.

    Returns
    -------
    DataFrame, a row for each currency of the values, the commonest first: as_of, until, clients (in the
    journey on the past date), expected, spread, came (the value of those who paid by their due date), paid
    (their number), still_open (clients who still have time, so that `came` may rise), off (came − expected,
    in spreads; NaN while any is open), undated (paid marks without a date), currency ("" if unknown). Numbers
    of clients are those of all currencies.

    Raises
    ------
    UsageError : the past date is not before today's; no paid mark has a date; or there was no forecast then.
    """
    paid = paid_position(now)
    step = now.chain.steps[paid]
    if day >= now.as_of:
        raise UsageError(f"The back-test looks from {day} to {now.as_of}; name an earlier day.")
    clients, now = dated_by_history(clients, now)
    marked, undated = payments(now)
    if marked == undated:
        later = "An event log has dates, and the history records moves from now on."
        later = later if now.chain.staged else "Type the date instead of a 1 from now on."
        raise UsageError(f"No mark of {step.name!r} has a date, so the state on {day} is unknown. {later}")
    currencies = currencies_of(now)
    then = flagged(table_as_of(_with_outcome(clients, now, currencies), day), now.journey, day)
    if probabilities is None and (reason := why_no_forecast(then)):
        raise UsageError(f"There is no forecast as of {day}: {reason}.")
    came = _outcome_of_those_in_the_journey(then, currencies)
    rows = [
        _compared(forecast(then, probabilities, currency), came, i, day, now.as_of)
        for i, currency in enumerate(currencies)
    ]
    return pd.DataFrame(rows).assign(undated=undated)


def payments(flagged: Flagged) -> tuple[int, int]:
    """Return the number of paid marks, and of those without a date."""
    paid = paid_position(flagged)
    column = step_date(flagged.chain.steps[paid].name)
    undated = nw.col(column).is_null() if column in flagged.columns else nw.lit(True)
    marked = flagged.frame.filter(nw.col(flag("marked", paid)))
    found = count_flags(marked.with_columns(undated.alias("undated")), ["undated"]).iloc[0]
    return int(found["n"]), int(found["undated"])


# The outcome of each client: columns added to the table, so that it is counted where the rows are.
PAID_NOW, OPEN_NOW, VALUE_NOW = flag("paid now"), flag("open now"), "value now"


def _with_outcome(clients: Clients, now: Flagged, currencies: Sequence[str]) -> Clients:
    """Add the outcome to the clients' table: whether each paid in time, still has time, and the values."""
    paid = paid_position(now)
    step = now.chain.steps[paid].name
    due_on = nw.col(LEAD).dt.offset_by(now.journey.due(step).offset)
    late = nw.col(step_date(step)).dt.truncate("1d") > due_on
    frame = now.frame.with_columns(
        (nw.col(PAID) & ~late.fill_null(False)).alias(PAID_NOW),
        (~nw.col(PAID) & nw.col(flag("not_due", paid))).alias(OPEN_NOW),
        *(value_in(each).fill_null(0.0).alias(flag(VALUE_NOW, i)) for i, each in enumerate(currencies)),
    )
    added = [PAID_NOW, OPEN_NOW, *(flag(VALUE_NOW, i) for i in range(len(currencies)))]
    if not in_memory(clients.table):
        return replace(clients, table=frame.select(*clients.columns, *added))  # type: ignore[arg-type]
    found = collect(frame.select("row", *added)).set_index("row").reindex(clients.table["row"])
    found = found.fillna({PAID_NOW: False, OPEN_NOW: False}).astype({PAID_NOW: bool, OPEN_NOW: bool})
    return replace(clients, table=clients.table.assign(**{name: found[name].to_numpy() for name in added}))


def _outcome_of_those_in_the_journey(then: Flagged, currencies: Sequence[str]) -> Mapping[Any, Any]:
    """Count those who were in the journey and have paid, those who still have time; sum the values."""
    frame = then.frame.filter(state_of(then) == "in the journey")
    whole = [nw.col(name).cast(nw.Int64).alias(name) for name in (PAID_NOW, OPEN_NOW)]
    values = [flag(VALUE_NOW, i) for i in range(len(currencies))]
    came = [nw.when(nw.col(PAID_NOW)).then(nw.col(name)).otherwise(0.0).alias(name) for name in values]
    sums = collect(frame.select(*whole, *came).select(nw.col(PAID_NOW, OPEN_NOW, *values).sum()))
    return sums.fillna(0).to_dict("records")[0]


def _compared(
    past: Forecast, came: Mapping[Any, Any], i: int, day: dt.date, until: dt.date
) -> dict[str, object]:
    """Compare the amounts in one currency."""
    amount, still_open = float(came[flag(VALUE_NOW, i)]), int(came[OPEN_NOW])
    off = (amount - past.expected) / past.spread if past.spread and not still_open else np.nan
    return {
        "as_of": pd.Timestamp(day), "until": pd.Timestamp(until), "clients": past.clients,
        "expected": past.expected, "spread": past.spread, "came": amount, "paid": int(came[PAID_NOW]),
        "still_open": still_open, "off": off, "currency": past.currency,
    }  # fmt: skip
