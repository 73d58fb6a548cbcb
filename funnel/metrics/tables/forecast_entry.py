"""The forecast as a result: its columns, and the sentences printed below it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from funnel.metrics.core.records import records
from funnel.metrics.core.result import BY, VALUE, Column, Need, Result, View
from funnel.metrics.tables.forecast import COLUMNS, NEW, PRIOR, why_no_forecast
from funnel.text import count

_AMOUNTS = (
    Column("won", "Won", "money", "Value of the clients who paid."),
    Column("expected", "Expected", "money", "Expected value of the clients in the journey."),
    Column("spread", "Give or take", "money", "One standard deviation of that."),
    Column("stale", "Expected, time is up", "money", "Expected value of clients whose time is up."),
    Column("with_stale", "Expected, all", "money", "Expected value of both."),
    Column("with_stale_spread", "Give or take, all", "money", "One standard deviation of that."),
    Column("clients", "Clients", "count", "Clients in the journey."),
    Column("stale_clients", "Time is up", "count", "Clients whose time is up."),
    Column("without_value", "No value", "count", "Clients of both without a value."),
)


def _rows(funnel: Any, steps: pd.DataFrame) -> pd.DataFrame:
    """Name clients without a step; in a sheet of stages every client has one."""
    return steps.iloc[int(funnel.journey.staged) :].replace({"step": {NEW: "none yet"}})


def _sentence(funnel: Any) -> str:
    """Won, expected, and what is left out."""
    found = funnel.forecast()
    parts = [
        f"Won: {found.won:,.0f}. Of {count(found.clients, 'client')} in the journey, {found.expected:,.0f} "
        f"may come, give or take {found.spread:,.0f} (one standard deviation)."
    ]
    if found.stale_clients:
        parts.append(
            f"{count(found.stale_clients, 'client')} whose time is up would bring {found.stale:,.0f} more; "
            "better ask them first (funnel due)."
        )
    if found.without_value:
        one = found.without_value == 1
        who = f"{count(found.without_value, 'client')} {'has' if one else 'have'} no value"
        parts.append(f"{who}, and {'brings' if one else 'bring'} nothing here.")
    return " ".join(parts)


def _basis(funnel: Any) -> str:
    """Where the probabilities are from."""
    if funnel.forecast().basis != "earned":
        return "Probabilities: as the journey declares them; the spread takes them as given."
    unknown = (
        " Lost clients whose last stage is unknown count in all stages, so each probability is the lowest "
        "possible."
    )
    return (
        "Probabilities: earned from clients whose time was up, drawn towards the rate of all by a prior "
        f"worth {PRIOR} clients; the spread includes their own uncertainty."
        f"{unknown if funnel.flagged.chain.unknown else ''}"
    )


def _json(funnel: Any, by: str | None) -> dict[str, Any] | None:
    """The forecast, with its steps, and each value of a column if one is named; None without a forecast."""
    if why_no_forecast(funnel.flagged):
        return None
    found: dict[str, Any] = vars(funnel.forecast())
    segments = [] if by is None else records(funnel.forecast_by(by))
    return found | {"steps": records(found["steps"]), "segments": segments}


def _table(funnel: Any) -> pd.DataFrame:
    """A row for each furthest step; no rows without a forecast."""
    if why_no_forecast(funnel.flagged):
        return pd.DataFrame(columns=list(COLUMNS))
    table: pd.DataFrame = funnel.forecast().steps
    return table


VIEW = View(
    "Forecast",
    ("step", "probability", "clients", "value", "expected"),
    _basis,
    sentence=_sentence,
    prepare=_rows,
)
RESULT = Result(
    "forecast",
    "Forecast",
    "What the clients in the journey may bring, by the furthest step they reached.",
    (
        Column("step", "Furthest step", "text", "Furthest step reached; `new` for none.", staged="Stage"),
        Column("probability", "Probability", "probability", "Probability that a client there pays."),
        Column("sd", "Standard deviation", "number", "Of the probability; 0 unless earned."),
        Column("n", "Settled", "count", "Clients whose time was up, that it is earned from."),
        Column("clients", "Clients", "count", "Clients in the journey."),
        Column("value", "Value", "money", "Their value."),
        Column("expected", "Expected", "money", "value × probability."),
        Column("spread", "Give or take", "money", "One standard deviation of that."),
        Column("stale_clients", "Time is up, clients", "count", "Clients whose time is up."),
        Column("stale_value", "Time is up, value", "money", "Their value."),
        Column("stale_expected", "Time is up, expected", "money", "Their value × probability."),
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
