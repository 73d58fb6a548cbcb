"""Forecast: what the clients still in the journey may bring (docs/definitions.md#forecast).

Sum of value × win probability over clients in the journey: not paid, not left, with time left for the paid
step. A client's probability is that of the furthest step reached. It is declared in the journey, or earned:
the share that paid of those who reached the step and whose time to pay is up (settled history, of which
leavers and the overdue are part), drawn towards the rate of all by a prior worth `PRIOR` clients.

The spread is one standard deviation: sqrt(Σ value² p (1 − p)) given the probabilities; where they are earned,
with their own uncertainty added, (Σ value)² Var(p) for each step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients, Problem
from funnel.errors import UsageError
from funnel.metrics.core.column_lookup import find_column, known, value_name, value_of
from funnel.metrics.core.date_ranges import TRUNCATE
from funnel.metrics.core.flags import LEFT, PAID, Flagged, flag
from funnel.metrics.core.frames import Frame, collect, totals
from funnel.metrics.statistics.intervals import wilson
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import interval, percent

Probabilities: TypeAlias = "Mapping[str, float] | Literal['declared', 'earned'] | None"
NEW = "new"  # what a client who reached no step yet is called
PRIOR = 10  # clients: so much does the rate of all weigh against a step's own history
STATES = ("won", "in the journey", "stale", "left")
KEY, STEP, STATE = "key·", "step·", "state·"
AMOUNTS = ("won", "expected", "spread", "stale", "with_stale", "with_stale_spread", "clients",
           "stale_clients", "without_value")  # fmt: skip
COLUMNS = ("step", "probability", "sd", "n", "clients", "value", "expected", "spread", "stale_clients",
           "stale_value", "stale_expected")  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """What was won, what may come, and how far that may be off.

    Parameters
    ----------
    basis : "declared" (in the journey), "given" (by the caller) or "earned" (from settled history).
    won : value of all clients who paid.
    expected, spread : of the clients in the journey; the spread is one standard deviation.
    stale : expected of those who neither paid nor left, though their time is up (or nobody knows when it is).
    with_stale, with_stale_spread : `expected` and `spread`, counting these too.
    clients, stale_clients : how many they are; `without_value` of them have no value, and bring nothing here.
    steps : a row for each furthest step reached ("new" for none): step, probability, sd (of the
        probability; 0 unless earned), n (settled clients it is earned from, NaN otherwise), clients, value,
        expected, spread, stale_clients, stale_value, stale_expected.
    """

    basis: str
    won: float
    expected: float
    spread: float
    stale: float
    with_stale: float
    with_stale_spread: float
    clients: int
    stale_clients: int
    without_value: int
    steps: pd.DataFrame


def why_no_forecast(flagged: Flagged) -> str | None:
    """Say why there is nothing to forecast from, or None where there is."""
    if flagged.chain.paid is None:
        return "no step of the journey is the paid one (`paid = true`)"
    if "value" not in flagged.columns:
        return "the sheet has no column of values (`columns.value` in the journey file)"
    if not declared(flagged) and _history(flagged)[0][1] < ENOUGH:
        return (
            "the journey declares no `win_probability`, and fewer than "
            f"{ENOUGH} clients are settled to earn one from"
        )
    return None


def forecast(flagged: Flagged, probabilities: Probabilities = None) -> Forecast:
    """Forecast what the clients in the journey may bring.

    Parameters
    ----------
    probabilities : "declared" or "earned"; or one for each furthest step, by name, with "new" for clients
        who reached none (a step without one has that of the step before). None: the declared ones where
        there are any, else earned.

    Raises
    ------
    UsageError : there is no paid step, no value, nothing to take probabilities from, or a wrong one given.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"lead_date": pd.to_datetime(["2026-06-01"] * 3), "value": [100.0, 200, 300]})
    >>> table = table.assign(Met=[True, True, False], Paid=[True, False, False])
    >>> found = forecast(flagged(table, journey, dt.date(2026, 7, 1)), {"new": 0.1, "Met": 0.5})
    >>> found.won, found.expected, round(found.spread, 1)
    (100.0, 130.0, 134.5)
    """
    basis, odds = _odds(flagged, probabilities)
    return _forecast(basis, odds, _sums(flagged, keyed(flagged)))


def forecast_table(
    clients: Clients, flagged: Flagged, by: str, probabilities: Probabilities = None
) -> pd.DataFrame:
    """Forecast for each value of a column, with the same probabilities for all.

    Parameters
    ----------
    by : a role ("source", "coach"), a header, or "month" or "quarter" (of the lead date).

    Returns
    -------
    DataFrame, the largest expectation first: by, value, won, expected, spread, stale, with_stale,
    with_stale_spread, clients, stale_clients, without_value. Blank cells are "(blank)".
    """
    name = by if by in TRUNCATE else find_column(clients, by)
    basis, odds = _odds(flagged, probabilities)
    sums = _sums(flagged, keyed(flagged).with_columns(value_of(name, flagged).alias(KEY)))
    rows = []
    for key, part in sums.groupby(KEY, dropna=False):
        found = vars(_forecast(basis, odds, part))
        value = value_name(name, None if pd.isna(key) else key)
        rows.append({"by": by, "value": value} | {n: found[n] for n in AMOUNTS})
    if not rows:
        return pd.DataFrame(columns=["by", "value", *AMOUNTS])
    return pd.DataFrame(rows).sort_values(["expected", "won"], ascending=False, ignore_index=True)


def contradictions(flagged: Flagged) -> Iterator[Problem]:
    """Declared probabilities that settled history contradicts: it lies outside the 95 % interval."""
    if flagged.chain.paid is None or not (said := declared(flagged)):
        return
    stages = _stages(flagged)
    names = [NEW, *(flagged.chain.steps[i].name for i in stages)]
    for name, (paid, n, unknown) in zip(names, _history(flagged), strict=True):
        low, high = float(wilson([paid], [n + unknown])[0][0]), float(wilson([paid], [n])[1][0])
        if name not in said or n < ENOUGH or low <= said[name] <= high:
            continue
        whose = "new leads" if name == NEW else f"clients who reached {name!r}"
        many, share = f"{n:,}", percent(paid / n, 1)
        if unknown:  # of who is lost, nobody knows whether they had come so far
            many, share = f"{n:,} to {n + unknown:,}", f"{percent(paid / (n + unknown), 1)} to {share}"
        yield Problem(
            "win probability",
            f"The journey says that {percent(said[name])} of {whose} pay; of {many} whose time was up, "
            f"{paid:,} did ({share}, {interval(low, high)}).",
            way_out="Change `win_probability` in the journey file, or take it out to let history say.",
        )


# --- probabilities -----------------------------------------------------------------------------------------


def paid_position(flagged: Flagged) -> int:
    """The position of the paid step; UsageError where there is none."""
    if flagged.chain.paid is None:
        raise UsageError(f"There is no forecast: {why_no_forecast(flagged)}.")
    return flagged.chain.paid


def _stages(flagged: Flagged) -> list[int]:
    """Positions of the steps on the way to the paid one."""
    paid, chain = paid_position(flagged), flagged.chain
    return [i for i in chain.links if i < paid and chain.steps[i].kind == "step"]


def declared(flagged: Flagged) -> dict[str, float]:
    """The probabilities that the journey declares: by step, and "new"."""
    journey, chain = flagged.journey, flagged.chain
    said = {NEW: journey.win_probability} if journey.win_probability is not None else {}
    steps = [] if chain.paid is None else [chain.steps[i] for i in _stages(flagged)]
    return said | {step.name: step.win_probability for step in steps if step.win_probability is not None}


def _history(flagged: Flagged) -> list[tuple[int, int, int]]:
    """Of those whose time to pay is up: how many paid, how many there are, and of how many more nobody knows
    whether they are among them (who is lost, in a sheet of stages); all, then by step reached.
    """
    due = nw.col(flag("due", paid_position(flagged)))
    stages = _stages(flagged)
    reached = [nw.lit(True), *(nw.col(flag("reached", i)) for i in stages)]
    unknown = [nw.lit(False), *(nw.col(flag("unknown", i)) for i in stages)]
    columns = [(r & due).alias(f"n·{k}") for k, r in enumerate(reached)]
    columns += [(r & due & nw.col(PAID)).alias(f"won·{k}") for k, r in enumerate(reached)]
    columns += [(u & due).alias(f"unknown·{k}") for k, u in enumerate(unknown)]
    names = [f"{what}·{k}" for what in ("n", "won", "unknown") for k in range(len(reached))]
    row = totals(flagged.frame.select(*columns), names).iloc[0]
    counts = ([int(row[f"{what}·{k}"]) for what in ("won", "n", "unknown")] for k in range(len(reached)))
    return [(won, n, more) for won, n, more in counts]


def _odds(flagged: Flagged, probabilities: Probabilities) -> tuple[str, pd.DataFrame]:
    """A probability for every furthest step, its standard deviation, and the history it stands on."""
    names = [NEW, *(flagged.chain.steps[i].name for i in _stages(flagged))]
    if "value" not in flagged.columns:
        raise UsageError(f"There is no forecast: {why_no_forecast(flagged)}.")
    said = declared(flagged)
    if isinstance(probabilities, Mapping):
        said, basis = {known("step", n, names): _checked(n, p) for n, p in probabilities.items()}, "given"
    else:
        basis = probabilities or ("declared" if said else "earned")
        known("kind of probability", basis, ("declared", "earned"))
    if basis == "earned":
        return basis, _earned(flagged, names)
    if not said:
        raise UsageError(
            "The journey declares no `win_probability`. Write one below a step, or above all steps for a new "
            'lead; or let history say: "earned".'
        )
    p = pd.Series([said.get(name) for name in names], dtype=float).ffill().fillna(0.0)
    return basis, pd.DataFrame({"step": names, "probability": p, "sd": 0.0, "n": np.nan})


def _checked(name: str, p: float) -> float:
    if not 0 <= p <= 1:
        raise UsageError(f"The win probability of {name!r} is {p:g}; it lies between 0 and 1.")
    return float(p)


def _earned(flagged: Flagged, names: list[str]) -> pd.DataFrame:
    """Beta posteriors around the rate of all, which has half a client more of either kind.

    Who is lost, and nobody knows from where, counts as having come to every step: the lowest it can be.
    """
    history = _history(flagged)
    won, known_n, unknown = (np.array(column, dtype=float) for column in zip(*history, strict=True))
    n = known_n + unknown
    if not n[0]:
        raise UsageError(
            "No client's time to pay is up yet, so no win probability can be earned from history. Declare "
            "`win_probability` in the journey file."
        )
    whole = (won[0] + 0.5) / (n[0] + 1)
    a, size = won + PRIOR * whole, n + PRIOR
    a[0], size[0] = won[0] + 0.5, n[0] + 1
    p = a / size
    return pd.DataFrame({"step": names, "probability": p, "sd": np.sqrt(p * (1 - p) / (size + 1)), "n": n})


# --- sums --------------------------------------------------------------------------------------------------


def keyed(flagged: Flagged) -> Frame:
    """Every client with the furthest step reached (a position among the stages) and the state."""
    step = nw.lit(0)
    for k, i in enumerate(_stages(flagged), start=1):
        step = nw.when(nw.col(flag("reached", i))).then(nw.lit(k)).otherwise(step)
    in_time = nw.col(flag("not_due", paid_position(flagged)))
    state = nw.when(in_time).then(nw.lit("in the journey")).otherwise(nw.lit("stale"))
    state = nw.when(nw.col(LEFT)).then(nw.lit("left")).otherwise(state)
    state = nw.when(nw.col(PAID)).then(nw.lit("won")).otherwise(state)
    return flagged.frame.with_columns(step.alias(STEP), state.alias(STATE), nw.lit("").alias(KEY))


def _sums(flagged: Flagged, frame: Frame) -> pd.DataFrame:
    """Clients, value, value² and blank values, for each key, step and state."""
    value = nw.col("value")
    amounts = {"clients": nw.lit(1), "value": value.fill_null(0.0), "squares": (value * value).fill_null(0.0),
               "blank": value.is_null().cast(nw.Int64)}  # fmt: skip
    frame = frame.with_columns(expr.alias(f"{name}·") for name, expr in amounts.items())
    sums = [nw.col(f"{name}·").sum().alias(name) for name in amounts]
    return collect(frame.group_by(KEY, STEP, STATE).agg(*sums))


def _forecast(basis: str, odds: pd.DataFrame, sums: pd.DataFrame) -> Forecast:
    """Add it up."""
    by = {s: sums[sums[STATE] == s].groupby(STEP)[["clients", "value", "squares", "blank"]].sum().reindex(
        range(len(odds)), fill_value=0) for s in STATES}  # fmt: skip
    here, stale = by["in the journey"], by["stale"]
    p = odds["probability"]
    steps = odds.assign(
        clients=here["clients"].astype("int64"), value=here["value"].astype(float),
        expected=here["value"] * p, spread=np.sqrt(_variance(here, odds)),
        stale_clients=stale["clients"].astype("int64"), stale_value=stale["value"].astype(float),
        stale_expected=stale["value"] * p,
    )  # fmt: skip
    expected, left_over = float(steps["expected"].sum()), float(steps["stale_expected"].sum())
    return Forecast(
        basis=basis,
        won=float(by["won"]["value"].sum()),
        expected=expected,
        spread=float(np.sqrt(_variance(here, odds).sum())),
        stale=left_over,
        with_stale=expected + left_over,
        with_stale_spread=float(np.sqrt(_variance(here + stale, odds).sum())),
        clients=int(here["clients"].sum()),
        stale_clients=int(stale["clients"].sum()),
        without_value=int(here["blank"].sum() + stale["blank"].sum()),
        steps=steps[list(COLUMNS)],
    )


def _variance(sums: pd.DataFrame, odds: pd.DataFrame) -> pd.Series[float]:
    """Of each step: chance, given the probability; and the probability's own."""
    p = odds["probability"]
    return sums["squares"] * p * (1 - p) + (sums["value"] * odds["sd"]) ** 2
