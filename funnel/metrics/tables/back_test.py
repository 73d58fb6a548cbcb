"""A back-test of the forecast: what was expected on a past day, and what came of it."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import date_column
from funnel.errors import UsageError
from funnel.metrics.core.flags import Flagged, flag
from funnel.metrics.core.frames import collect, totals
from funnel.metrics.tables.forecast import STATE, Probabilities, forecast, keyed, paid_position


def back_test(then: Flagged, now: Flagged, probabilities: Probabilities = None) -> pd.DataFrame:
    """Forecast as of a past date, and what has come since from the same clients.

    Marks without a date cannot be rewound: a client whose paid mark has none counts as won then already, and
    is on neither side. Earned probabilities are earned from what was settled then.

    Parameters
    ----------
    then, now : the same clients as of the past date, and as of today.

    Returns
    -------
    DataFrame of one row: as_of, until, clients (then in the journey), expected, spread, came (the value of
    those of them who have paid since), paid (how many), still_open (who have time still: what came may yet
    rise), off (came − expected, in spreads; NaN while any is open), undated (paid marks without a date).

    Raises
    ------
    UsageError : the past date is not before today's; or no paid mark carries a date.
    """
    paid = paid_position(then)
    column = date_column(then.chain.steps[paid].name)
    if then.as_of >= now.as_of:
        raise UsageError(f"The back-test looks from {then.as_of} to {now.as_of}; name an earlier day.")
    marked = now.frame.filter(nw.col(flag("marked", paid)))
    undated = totals(marked.with_columns(_undated(column, now).alias("undated")), ["undated"]).iloc[0]
    if undated["n"] == undated["undated"]:
        later = "An event log tells it, and the history does of who moves from now on."
        later = later if now.chain.staged else "Type the date instead of a 1 from now on."
        raise UsageError(
            f"No mark of {then.chain.steps[paid].name!r} carries a date, so nobody can say what was known on "
            f"{then.as_of}. {later}"
        )
    was = forecast(then, probabilities)
    sheet = collect(keyed(then).select("row", STATE, nw.col("value").fill_null(0.0)))
    today = collect(keyed(now).select("row", nw.col(STATE).alias("now")))
    followed = sheet[sheet[STATE] == "in the journey"].merge(today, on="row")
    came = float(followed.loc[followed["now"] == "won", "value"].sum())
    open_ = int((followed["now"] == "in the journey").sum())
    off = (came - was.expected) / was.spread if was.spread and not open_ else np.nan
    return pd.DataFrame([{
        "as_of": pd.Timestamp(then.as_of), "until": pd.Timestamp(now.as_of), "clients": was.clients,
        "expected": was.expected, "spread": was.spread, "came": came,
        "paid": int((followed["now"] == "won").sum()), "still_open": open_, "off": off,
        "undated": int(undated["undated"]),
    }])  # fmt: skip


def _undated(column: str, flagged: Flagged) -> nw.Expr:
    return nw.col(column).is_null() if column in flagged.columns else nw.lit(True)
