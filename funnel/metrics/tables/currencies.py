"""Values in several currencies are never added: a sum for each (docs/definitions.md#money)."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw

from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import count_groups


def currencies_of(flagged: Flagged) -> tuple[str, ...]:
    """Return the currencies of the clients' values, that of most clients first; ("",) if none is known.

    >>> import datetime as dt, pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"value": [1.0, 2, 3], "currency": ["USD", "EUR", "EUR"], "step:^met": True})
    >>> currencies_of(flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1)))
    ('EUR', 'USD')
    """
    if not {"currency", "value"} <= flagged.columns:
        return ("",)
    frame = flagged.frame.filter(~nw.col("value").is_null() & ~nw.col("currency").is_null())
    found = count_groups(frame, nw.col("currency")).sort_values(["n", "currency"], ascending=[False, True])
    return tuple(found["currency"]) or ("",)


def in_currency(flagged: Flagged, currency: str, others: float | None = None) -> Flagged:
    """Return the clients with their values in one currency; the values in others become `others`."""
    if not currency:
        return flagged
    return replace(flagged, frame=flagged.frame.with_columns(value_in(currency, others).alias("value")))


def value_in(currency: str, others: float | None = 0.0) -> nw.Expr:
    """Return the value of each client in one currency ("" for any); those in others become `others`."""
    if not currency:
        return nw.col("value")
    mine = (nw.col("currency") == currency).fill_null(False) | nw.col("value").is_null()
    return nw.when(mine).then(nw.col("value")).otherwise(nw.lit(others, nw.Float64))


def money(amount: float, currency: str) -> str:
    """Format an amount for people.

    >>> money(1200, "EUR"), money(1200, "")
    ('1,200 EUR', '1,200')
    """
    return f"{amount:,.0f} {currency}".rstrip()
