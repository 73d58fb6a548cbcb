"""Forecast the value of the clients still in the journey (docs/definitions.md#forecast).

The sum of value × win probability over the clients in the journey: not paid, not left, with time left for the
paid step. `win_probability` has the probabilities. Overdue clients are only counted; they get no amount.

The spread is one standard deviation: √(Σ value² p (1 − p)) given the probabilities. Earned probabilities add
the uncertainty of the number of all who will pay, at the mean value of a client.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients, Problem
from funnel.errors import UsageError
from funnel.metrics.core.column_lookup import find_column, value_name, value_of
from funnel.metrics.core.date_ranges import TRUNCATE
from funnel.metrics.core.flags import LEFT, PAID, Flagged, flag
from funnel.metrics.core.frames import Frame, collect
from funnel.metrics.statistics.intervals import wilson
from funnel.metrics.tables.currencies import currencies_of, in_currency
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.win_probability import (
    NEW,
    Chances,
    Probabilities,
    band,
    bands_of,
    declared,
    history,
    paid_position,
    step_names,
    steps_before_paid,
    win_chances,
)
from funnel.text import interval, percent

STATES = ("won", "in the journey", "overdue", "left")
KEY, STEP, BAND, STATE = flag("key"), flag("step"), flag("band"), flag("state")
AMOUNTS = ("won", "expected", "spread", "clients", "overdue_clients", "without_value", "currency")
COLUMNS = ("step", "probability", "n", "clients", "value", "expected", "spread", "overdue_clients")


@dataclass(frozen=True)
class Forecast:
    """The value won, the value expected, and its spread.

    Parameters
    ----------
    basis : "declared" (in the journey), "given" (by the caller) or "earned" (from clients who were due).
    won : value of all clients who paid.
    expected, spread : of the clients in the journey; the spread is one standard deviation.
    clients : the number in the journey.
    overdue_clients : the number for whom the paid step is overdue, or who have no lead date.
    without_value : the number of clients in the journey without a value, who add nothing.
    share, settled : earned: share that paid of the clients who were due, and their number; else NaN and 0.
    by_wait : earned: whether the probability depends on how long a client has waited.
    changed : earned: whether recent clients pay so differently from earlier ones that the total was limited.
    steps : a row for each furthest step reached ("new" for none): step, probability (the mean of its clients;
        NaN if there are none and the wait counts), n (clients who were due and reached it; NaN unless
        earned), clients, value, expected, spread, overdue_clients.
    currency : of all amounts; "" if unknown. Values in other currencies are left out.
    """

    basis: str
    won: float
    expected: float
    spread: float
    clients: int
    overdue_clients: int
    without_value: int
    share: float
    settled: int
    by_wait: bool
    changed: bool
    steps: pd.DataFrame
    currency: str = ""


def why_no_forecast(flagged: Flagged) -> str | None:
    """Return the reason why there is no forecast; None if there is one."""
    if flagged.chain.paid is None:
        return "no step of the journey is the paid one (`paid = true`)"
    if "value" not in flagged.columns:
        return "the sheet has no column of values (`columns.value` in the journey file)"
    if not declared(flagged) and history(flagged)[0][1] < ENOUGH:
        return (
            "the journey declares no `win_probability`, and fewer than "
            f"{ENOUGH} clients are settled to earn one from"
        )
    return None


def forecast(flagged: Flagged, probabilities: Probabilities = None, currency: str | None = None) -> Forecast:
    """Forecast the value of the clients in the journey, in one currency.

    Parameters
    ----------
    currency : one of `currencies_of`; None: that of most clients.
    probabilities : "declared" or "earned"; or one for each furthest step, by name, with "new" for clients
        who reached none (a step without one has that of the step before). None: the declared ones where
        there are any, else earned.

    Raises
    ------
    UsageError : there is no paid step, no value, no source of probabilities, or a wrong probability.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"lead_date": pd.to_datetime(["2026-06-01"] * 3), "value": [100.0, 200, 300]})
    >>> table = table.assign(**{"step:^met": [True, True, False], "step:^paid": [True, False, False]})
    >>> found = forecast(flagged(table, journey, dt.date(2026, 7, 1)), {"new": 0.1, "Met": 0.5})
    >>> found.won, found.expected, round(found.spread, 1)
    (100.0, 130.0, 134.5)
    """
    currency = currencies_of(flagged)[0] if currency is None else currency
    sums, chances = _measured(in_currency(flagged, currency, 0.0), probabilities)
    parts = _parts(sums, chances)
    here = parts[parts[STATE] == "in the journey"]
    expected, spread = _amounts(here, _of_the_whole(here, chances))
    return Forecast(
        basis=chances.basis,
        won=_won(parts),
        expected=expected,
        spread=spread,
        clients=int(here["clients"].sum()),
        overdue_clients=_overdue(parts),
        without_value=int(here["blank"].sum()),
        share=chances.share,
        settled=chances.settled,
        by_wait=len(chances.bands) > 1,
        changed=chances.bounded,
        steps=_steps(parts, chances),
        currency=currency,
    )


def forecast_table(
    clients: Clients, flagged: Flagged, by: str, probabilities: Probabilities = None
) -> pd.DataFrame:
    """Forecast for each value of a column, with the same probabilities for all.

    Parameters
    ----------
    by : a role ("source", "coach"), a header, or "month" or "quarter" (of the lead date).

    Returns
    -------
    DataFrame, the largest expectation first: by, value, won, expected, spread, clients, overdue_clients,
    without_value, currency. With several currencies a row for each of them. Blank cells are "(blank)". The
    squares of the spreads need not add up, because they share the uncertainty about all clients.
    """
    name = by if by in TRUNCATE else find_column(clients, by)
    rows = [
        row
        for currency in currencies_of(flagged)
        for row in _rows_by(in_currency(flagged, currency, 0.0), name, by, currency, probabilities)
    ]
    if not rows:
        return pd.DataFrame(columns=["by", "value", *AMOUNTS])
    return pd.DataFrame(rows).sort_values(["expected", "won"], ascending=False, ignore_index=True)


def _rows_by(
    flagged: Flagged, name: str, by: str, currency: str, probabilities: Probabilities
) -> Iterator[dict[str, object]]:
    """Yield the forecast of each value of a column, in one currency."""
    sums, chances = _measured(flagged, probabilities, value_of(name, flagged))
    parts = _parts(sums, chances)
    whole = _of_the_whole(parts[parts[STATE] == "in the journey"], chances)
    for key, part in parts.groupby(KEY, dropna=False):
        here = part[part[STATE] == "in the journey"]
        expected, spread = _amounts(here, whole)
        yield {
            "by": by, "value": value_name(name, None if pd.isna(key) else key), "won": _won(part),
            "expected": expected, "spread": spread, "clients": int(here["clients"].sum()),
            "overdue_clients": _overdue(part), "without_value": int(here["blank"].sum()),
            "currency": currency,
        }  # fmt: skip


def contradictions(flagged: Flagged) -> Iterator[Problem]:
    """Return sentences on declared probabilities outside the 95 % interval of settled history."""
    if flagged.chain.paid is None or not (given := declared(flagged)):
        return
    for name, (paid, n, unknown) in zip(step_names(flagged), history(flagged), strict=True):
        low, high = float(wilson([paid], [n + unknown])[0][0]), float(wilson([paid], [n])[1][0])
        if name not in given or n < ENOUGH or low <= given[name] <= high:
            continue
        group = "new leads" if name == NEW else f"clients who reached {name!r}"
        many, share = f"{n:,}", percent(paid / n, 1)
        if unknown:  # lost clients whose furthest step is unknown
            many, share = f"{n:,} to {n + unknown:,}", f"{percent(paid / (n + unknown), 1)} to {share}"
        yield Problem(
            "win probability",
            f"The journey says that {percent(given[name])} of {group} pay; of {many} who were due, "
            f"{paid:,} did ({share}, {interval(low, high)}).",
            way_out="Change `win_probability` in the journey file, or remove it to use history instead.",
        )


# --- sums --------------------------------------------------------------------------------------------------


def state_of(flagged: Flagged) -> nw.Expr:
    """Return the state of each client, one of `STATES`, as an expression."""
    not_due = nw.col(flag("not_due", paid_position(flagged)))
    state = nw.when(not_due).then(nw.lit("in the journey")).otherwise(nw.lit("overdue"))
    state = nw.when(nw.col(LEFT)).then(nw.lit("left")).otherwise(state)
    return nw.when(nw.col(PAID)).then(nw.lit("won")).otherwise(state)


def _keyed(flagged: Flagged, bands: tuple[int, ...], key: nw.Expr | None) -> Frame:
    """Add to every client the furthest step reached, the band of the wait, the state, and the key."""
    step = nw.lit(0)
    for k, i in enumerate(steps_before_paid(flagged), start=1):
        step = nw.when(nw.col(flag("reached", i))).then(nw.lit(k)).otherwise(step)
    return flagged.frame.with_columns(
        step.alias(STEP),
        band(flagged, bands).alias(BAND),
        state_of(flagged).alias(STATE),
        (nw.lit("") if key is None else key).alias(KEY),
    )


def _measured(
    flagged: Flagged, probabilities: Probabilities, key: nw.Expr | None = None
) -> tuple[pd.DataFrame, Chances]:
    """Sum up the clients by key, step, band and state, and find the chances of those in the journey."""
    if flagged.chain.paid is None or "value" not in flagged.columns:
        raise UsageError(f"There is no forecast: {why_no_forecast(flagged)}.")
    bands = bands_of(flagged)
    sums = _sums(_keyed(flagged, bands, key))
    here = sums[sums[STATE] == "in the journey"]
    counts = here.pivot_table(index=STEP, columns=BAND, values="clients", aggfunc="sum")
    steps = range(len(step_names(flagged)))
    counts = counts.reindex(index=steps, columns=range(len(bands))).fillna(0).set_axis(bands, axis=1)
    chances = win_chances(flagged, probabilities, counts)
    if len(chances.bands) == 1:
        sums[BAND] = 0
    return sums, chances


def _sums(frame: Frame) -> pd.DataFrame:
    """Sum clients, value, value² and blank values for each key, step, band and state."""
    value = nw.col("value")
    amounts = {"clients": nw.lit(1), "value": value.fill_null(0.0), "squares": (value * value).fill_null(0.0),
               "blank": value.is_null().cast(nw.Int64)}  # fmt: skip
    frame = frame.with_columns(expr.alias(flag(name)) for name, expr in amounts.items())
    sums = [nw.col(flag(name)).sum().alias(name) for name in amounts]
    return collect(frame.group_by(KEY, STEP, BAND, STATE).agg(*sums))


def _parts(sums: pd.DataFrame, chances: Chances) -> pd.DataFrame:
    """Add the probability, the expected value and its variance to each sum."""
    places = zip(sums[STEP].astype(int), sums[BAND].astype(int), strict=True)
    p = np.array([chances.table.iat[step, at] for step, at in places], dtype=float)
    return sums.assign(
        p=p,
        paying=sums["clients"] * p,
        expected=sums["value"].astype(float) * p,
        alone=sums["squares"].astype(float) * p * (1 - p),
    )


def _of_the_whole(here: pd.DataFrame, chances: Chances) -> float:
    """Return the standard deviation shared by all clients, per client expected to pay."""
    paying = float(here["paying"].sum())
    return float(np.sqrt(chances.excess)) / paying if paying else 0.0


def _amounts(here: pd.DataFrame, shared: float) -> tuple[float, float]:
    """Return the expected value and its spread: v̄ √excess is `shared` × Σ v p."""
    expected = float(here["expected"].sum())
    return expected, float(np.sqrt(here["alone"].sum() + (expected * shared) ** 2))


def _won(parts: pd.DataFrame) -> float:
    return float(parts.loc[parts[STATE] == "won", "value"].sum())


def _overdue(parts: pd.DataFrame) -> int:
    return int(parts.loc[parts[STATE] == "overdue", "clients"].sum())


def _steps(parts: pd.DataFrame, chances: Chances) -> pd.DataFrame:
    """Return a row for each furthest step."""
    here = parts[parts[STATE] == "in the journey"]
    shared = _of_the_whole(here, chances)
    rows = []
    for k, name in enumerate(chances.steps):
        mine = here[here[STEP] == k]
        clients = int(mine["clients"].sum())
        expected, spread = _amounts(mine, shared)
        late = parts[(parts[STEP] == k) & (parts[STATE] == "overdue")]
        known = len(chances.bands) == 1 and (chances.basis != "earned" or bool(here["clients"].sum()))
        alone = chances.table.iat[k, 0] if known else np.nan
        rows.append({
            "step": name, "probability": float(mine["paying"].sum()) / clients if clients else alone,
            "n": chances.n[k], "clients": clients, "value": float(mine["value"].sum()),
            "expected": expected, "spread": spread, "overdue_clients": int(late["clients"].sum()),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
