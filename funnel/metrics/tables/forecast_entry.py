"""The forecast as a result: its columns, and the sentences printed below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from funnel.metrics.core.records import plain, records
from funnel.metrics.core.result import BY, VALUE, Column, Need, Result, View
from funnel.metrics.tables.back_test import last_back_test, payments
from funnel.metrics.tables.currencies import currencies_of, money
from funnel.metrics.tables.forecast import COLUMNS, Forecast, why_no_forecast
from funnel.metrics.tables.win_probability import NEW
from funnel.text import count, percent

_AMOUNTS = (
    Column("won", "Value of paid clients", "money", "Sum of the values of the clients who paid."),
    Column("expected", "Expected", "money", "Expected value of the clients in the journey."),
    Column("spread", "Give or take", "money", "One standard deviation of that."),
    Column("clients", "Clients", "count", "Clients in the journey."),
    Column("overdue_clients", "Overdue", "count", "Clients overdue to pay; they get no amount."),
    Column("without_value", "No value", "count", "Clients in the journey without a value."),
    Column("currency", "Currency", "text", "Of all amounts; a row for each.", only_with="currency"),
)
# Fields of earlier versions, now null, because overdue clients have no amount any more.
_OLD_STEP = {"sd": None, "stale_value": None, "stale_expected": None}
_OLD_AMOUNTS = {"stale": None, "with_stale": None, "with_stale_spread": None}


def _rows(funnel: Any, steps: pd.DataFrame) -> pd.DataFrame:
    """Name clients without a step; in a sheet of stages every client has one."""
    rows = steps[steps["step"] != NEW] if funnel.journey.staged else steps
    return rows.replace({"step": {NEW: "none yet"}})


def _sentence(funnel: Any) -> str:
    """Return sentences on the value of paid clients and the expected value, by currency, and on omissions."""
    forecasts = _forecasts(funnel)
    found = forecasts[0]
    parts = [
        f"Value of paid clients: {money(one.won, one.currency)}. Expected: "
        + (
            f"{money(one.expected, one.currency)} of {count(found.clients, 'client')} in the journey, "
            f"give or take {one.spread:,.0f} (one standard deviation)."
            if found.clients
            else "nothing, because every client has paid, left or is overdue."
        )
        for one in forecasts
    ]
    if found.overdue_clients:
        one = found.overdue_clients == 1
        them = "is not included: ask this client" if one else "are not included: ask them"
        parts.append(f"{found.overdue_clients:,} overdue {them} first (funnel due).")
    if found.without_value:
        one = found.without_value == 1
        parts.append(
            f"{count(found.without_value, 'client')} without a value {'adds' if one else 'add'} nothing."
        )
    return " ".join(parts)


def _forecasts(funnel: Any) -> list[Forecast]:
    return [funnel.forecast(currency=currency) for currency in currencies_of(funnel.flagged)]


def _basis(funnel: Any) -> str:
    """Return the source of the probabilities, and the back-test."""
    if not funnel.forecast().clients:
        return ""
    return " ".join(filter(None, (_probabilities(funnel), _tested(funnel))))


def _probabilities(funnel: Any) -> str:
    found = funnel.forecast()
    if found.basis != "earned":
        return "Probabilities: as declared in the journey; the spread assumes that they are right."
    how = "their step and how long they have waited" if found.by_wait else "their step"
    parts = [
        f"Probabilities: {percent(found.share)} of {found.settled:,} clients who were due paid. As many "
        f"are expected of the clients who still have time, distributed by {how}."
    ]
    if found.changed:
        parts.append("Recent clients pay at another rate than earlier ones, so the sum is less certain.")
    if funnel.flagged.chain.unknown:
        parts.append(
            "Lost clients whose last stage is unknown count in all stages, so each probability is a lower "
            "limit."
        )
    return " ".join(parts)


def _tested(funnel: Any) -> str:
    """Return the last back-test as a sentence, or that no payment has a date; "" if history is too short."""
    rows = last_back_test(funnel.clients, funnel.flagged)
    if not rows:
        marked, undated = payments(funnel.flagged)
        if not marked or marked > undated:
            return ""
        return "Not tested on the past, because no payment has a date: the history dates them from now on."
    found = "; ".join(
        f"{money(row['expected'], row['currency'])}, give or take {row['spread']:,.0f}, and "
        f"{money(row['came'], row['currency'])} came"
        for row in rows
    )
    return (
        f"Test: on {rows[0]['as_of']:%Y-%m-%d} the same rule expected {found}. This assumes that new leads "
        "are like earlier ones."
    )


def _json(funnel: Any, by: str | None) -> dict[str, Any] | None:
    """Return the forecast, its back-test and steps, and each value of a column if one is named; else None.

    With several currencies: the forecast in that of most clients; in the others, under "other_currencies".
    """
    if why_no_forecast(funnel.flagged):
        return None
    first, *others = _forecasts(funnel)
    steps, segments = records(first.steps), [] if by is None else records(funnel.forecast_by(by))
    found = _amounts(first)
    tested = {row["currency"]: row for row in last_back_test(funnel.clients, funnel.flagged)}
    tests = {
        one.currency: {name: plain(value) for name, value in tested[one.currency].items()}
        if one.currency in tested else None
        for one in (first, *others)
    }  # fmt: skip
    return {
        **found, **_OLD_AMOUNTS, "stale_clients": found["overdue_clients"],
        "other_currencies": [
            _amounts(one) | {"steps": records(one.steps), "back_test": tests[one.currency]} for one in others
        ],
        "back_test": tests[first.currency],
        "steps": [row | _OLD_STEP | {"stale_clients": row["overdue_clients"]} for row in steps],
        "segments": [row | _OLD_AMOUNTS | {"stale_clients": row["overdue_clients"]} for row in segments],
    }  # fmt: skip


def _amounts(found: Forecast) -> dict[str, Any]:
    return {name: plain(value) for name, value in vars(found).items() if name != "steps"}


def _table(funnel: Any) -> pd.DataFrame:
    """Return a row for each furthest step and currency; empty without a forecast."""
    if why_no_forecast(funnel.flagged):
        return pd.DataFrame(columns=[*COLUMNS, "currency"])
    tables = [found.steps.assign(currency=found.currency) for found in _forecasts(funnel)]
    return pd.concat(tables, ignore_index=True)


def _currency(row: Mapping[Any, Any]) -> str:
    return str(row["currency"])


VIEW = View(
    "Forecast",
    ("step", "probability", "clients", "value", "expected"),
    _basis,
    sentence=_sentence,
    prepare=_rows,
    group=_currency,
)
RESULT = Result(
    "forecast",
    "Forecast",
    "Expected value of the clients in the journey, by the furthest step they reached.",
    (
        Column("step", "Furthest step", "text", "Furthest step reached; `new` for none.", staged="Stage"),
        Column(
            "probability",
            "Probability",
            "probability",
            "Chance that a client there pays, on average.",
        ),
        Column("n", "Settled", "count", "Clients due to have paid who reached it; empty unless earned."),
        Column("clients", "Clients", "count", "Clients in the journey."),
        Column("value", "Value", "money", "Their value."),
        Column("expected", "Expected", "money", "value × probability."),
        Column("spread", "Give or take", "money", "One standard deviation of that."),
        Column("overdue_clients", "Overdue", "count", "Clients overdue to pay; they get no amount."),
        Column("currency", "Currency", "text", "Of the amounts; a row for each.", only_with="currency"),
    ),
    _table,
    lambda funnel, by: funnel.forecast_by(by),
    (
        BY,
        VALUE,
        *_AMOUNTS,
    ),
    needs=(
        Need(
            "values and a paid step",
            lambda funnel: why_no_forecast(funnel.flagged) is None,
            lambda funnel: f"There is no forecast: {why_no_forecast(funnel.flagged)}.",
        ),
    ),
    json=_json,
    show=(VIEW,),
    review=True,
    alone=VIEW,
)
