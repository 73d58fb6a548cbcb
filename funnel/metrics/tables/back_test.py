"""A back-test of the forecast: the amount expected on a past day, and the amount received."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.flags import LEAD, PAID, Flagged, flag, flagged
from funnel.metrics.core.frames import collect, count_flags
from funnel.metrics.tables.currencies import currencies_of, in_currency
from funnel.metrics.tables.forecast import forecast, state_of, why_no_forecast
from funnel.metrics.tables.win_probability import Probabilities, paid_position
from funnel.schema import step_date


def last_back_test(clients: Clients, now: Flagged) -> list[dict[str, Any]]:
    """Return the back-test of the last past day that can be judged, a row for each currency.

    Empty without enough history.
    """
    if why_no_forecast(now):
        return []
    day = last_testable(now)
    then = flagged(table_as_of(clients, day), now.journey, day)
    if why_no_forecast(then):
        return []
    try:
        rows = back_test(then, now)
    except UsageError:  # no payment has a date, or no client was due then
        return []
    return [
        {str(name): value for name, value in row.items()} for row in rows.to_dict("records") if row["clients"]
    ]


def last_testable(flagged: Flagged) -> dt.date:
    """Return the last day whose forecast can be tested today: all its clients are due to have paid."""
    due = flagged.journey.due(flagged.chain.steps[paid_position(flagged)].name)
    return due.latest_start(flagged.as_of)


def back_test(then: Flagged, now: Flagged, probabilities: Probabilities = None) -> pd.DataFrame:
    """Compare a forecast as of a past date with the payments of the same clients by their due dates.

    Marks without a date cannot be rewound: a client whose paid mark has no date counts as won already then,
    and is on neither side. Earned probabilities use the clients who were settled then. The comparison assumes
    that new leads are like earlier ones.

    Parameters
    ----------
    then, now : the same clients as of the past date, and as of today.

    Returns
    -------
    DataFrame, a row for each currency of the values, the commonest first: as_of, until, clients (in the
    journey on the past date), expected, spread, came (the value of those who paid by their due date), paid
    (their number), still_open (clients who still have time, so that `came` may rise), off (came − expected,
    in spreads; NaN while any is open), undated (paid marks without a date), currency ("" if unknown). Numbers
    of clients are those of all currencies.

    Raises
    ------
    UsageError : the past date is not before today's; or no paid mark has a date.
    """
    paid = paid_position(then)
    step = then.chain.steps[paid]
    column = step_date(step.name)
    if then.as_of >= now.as_of:
        raise UsageError(f"The back-test looks from {then.as_of} to {now.as_of}; name an earlier day.")
    marked = now.frame.filter(nw.col(flag("marked", paid)))
    undated = count_flags(marked.with_columns(_undated(column, now).alias("undated")), ["undated"]).iloc[0]
    if undated["n"] == undated["undated"]:
        later = "An event log has dates, and the history records moves from now on."
        later = later if now.chain.staged else "Type the date instead of a 1 from now on."
        raise UsageError(
            f"No mark of {step.name!r} has a date, so the state on {then.as_of} is unknown. {later}"
        )
    rows = [_in_currency(then, now, probabilities, currency) for currency in currencies_of(now)]
    return pd.DataFrame(rows).assign(undated=int(undated["undated"]))


def _in_currency(
    then: Flagged, now: Flagged, probabilities: Probabilities, currency: str
) -> dict[str, object]:
    """Compare the amounts in one currency."""
    paid = paid_position(then)
    step = then.chain.steps[paid]
    past = forecast(then, probabilities, currency)
    now = in_currency(now, currency, 0.0)
    due_on = nw.col(LEAD).dt.offset_by(now.journey.due(step.name).offset)
    late = nw.col(step_date(step.name)).dt.truncate("1d") > due_on
    in_time = nw.col(PAID) & ~late.fill_null(False)
    open_now = (~nw.col(PAID) & nw.col(flag("not_due", paid))).alias("open")
    value = nw.col("value").fill_null(0.0).alias("value")
    sheet = collect(then.frame.select("row", state_of(then).alias("state")))
    today = collect(now.frame.select("row", value, in_time.alias("paid"), open_now))
    followed = sheet[sheet["state"] == "in the journey"].merge(today, on="row")
    came = float(followed.loc[followed["paid"], "value"].sum())
    still_open = int(followed["open"].sum())
    off = (came - past.expected) / past.spread if past.spread and not still_open else np.nan
    return {
        "as_of": pd.Timestamp(then.as_of), "until": pd.Timestamp(now.as_of), "clients": past.clients,
        "expected": past.expected, "spread": past.spread, "came": came,
        "paid": int(followed["paid"].sum()), "still_open": still_open, "off": off, "currency": currency,
    }  # fmt: skip


def _undated(column: str, flagged: Flagged) -> nw.Expr:
    return nw.col(column).is_null() if column in flagged.columns else nw.lit(True)
