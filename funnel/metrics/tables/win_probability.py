"""Calculate win probabilities: declared in the journey, given by the caller, or earned from settled clients.

Earned (docs/definitions.md#forecast): of the n clients due to have paid, the share
q = (paid + ½) / (n + 1) paid. So of the N clients not yet due, q·N are expected to pay in all. P of
them have paid; the q·N − P still expected are distributed among the clients in the journey: if marks are
dated, by the share of past clients at the same step after the same wait who paid by their date, in bands of
the wait; else by the step alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.errors import UsageError
from funnel.metrics.core.column_lookup import check_name
from funnel.metrics.core.flags import LEAD, LEFT_ON, PAID, Flagged, flag, until
from funnel.metrics.core.frames import count_flags
from funnel.schema import step_date

Probabilities: TypeAlias = "Mapping[str, float] | Literal['declared', 'earned'] | None"
NEW = "new"  # a client who has reached no step yet
PRIOR = 10  # clients: the weight of the overall share against the history of one step and wait
BANDS = 6  # of the wait; fewer would mix new and nearly due clients, more would contain too few
RECENT, ENOUGH_RECENT = 365, 30  # days and clients: older history counts only if there is little new
DATED = 0.8  # minimum share of past clients' marks with a date; with fewer, the wait is unknown
BOUNDS = (2 / 3, 3 / 2)  # of the factor between the history of each step and the total


@dataclass(frozen=True)
class Chances:
    """The win probability of a client in the journey, by the furthest step and the wait.

    Parameters
    ----------
    basis : "declared", "given" or "earned".
    steps : the names of the furthest steps, `NEW` first.
    table : a row for each step (its position in `steps`), a column for each band of the wait: fractions.
    bands : the shortest wait of each band, in days since the lead date; one band if the wait is not used.
    n : clients who were due, from which each step's probability is calculated; NaN unless earned.
    excess : variance of the number who will pay, beyond that of independent clients; 0 unless earned.
    share : q, the share of them that paid; NaN unless earned.
    settled : n, their number.
    bounded : whether recent clients differ so much from earlier ones that the factor hit a bound.
    """

    basis: str
    steps: list[str]
    table: pd.DataFrame
    bands: tuple[int, ...] = (0,)
    n: tuple[float, ...] = ()
    excess: float = 0.0
    share: float = float("nan")
    settled: int = 0
    bounded: bool = False


def paid_position(flagged: Flagged) -> int:
    """Return the position of the paid step.

    Raises
    ------
    UsageError : no step is the paid one.
    """
    if flagged.chain.paid is None:
        raise UsageError("There is no forecast: no step of the journey is the paid one (`paid = true`).")
    return flagged.chain.paid


def steps_before_paid(flagged: Flagged) -> list[int]:
    """Return the positions of the steps on the way to the paid one."""
    paid, chain = paid_position(flagged), flagged.chain
    return [i for i in chain.required if i < paid and chain.steps[i].kind == "step"]


def step_names(flagged: Flagged) -> list[str]:
    """Return the names of the furthest steps that a client in the journey can have reached, `NEW` first."""
    return [NEW, *(flagged.chain.steps[i].name for i in steps_before_paid(flagged))]


def declared(flagged: Flagged) -> dict[str, float]:
    """Return the probabilities that the journey declares: by step, and "new"."""
    journey, chain = flagged.journey, flagged.chain
    found = {NEW: journey.win_probability} if journey.win_probability is not None else {}
    steps = [] if chain.paid is None else [chain.steps[i] for i in steps_before_paid(flagged)]
    return found | {step.name: step.win_probability for step in steps if step.win_probability is not None}


def history(flagged: Flagged) -> list[tuple[int, int, int]]:
    """Count the clients due to have paid: all of them, then those who reached each step.

    Returns
    -------
    For each: clients who paid; all clients; and clients who may be among them (in a sheet of stages, lost
    clients whose furthest step is unknown).
    """
    due = nw.col(flag("due", paid_position(flagged)))
    steps = steps_before_paid(flagged)
    reached = [nw.lit(True), *(nw.col(flag("reached", i)) for i in steps)]
    unknown = [nw.lit(False), *(nw.col(flag("unknown", i)) for i in steps)]
    columns = [(r & due).alias(flag("n", k)) for k, r in enumerate(reached)]
    columns += [(r & due & nw.col(PAID)).alias(flag("won", k)) for k, r in enumerate(reached)]
    columns += [(u & due).alias(flag("unknown", k)) for k, u in enumerate(unknown)]
    names = [flag(what, k) for what in ("n", "won", "unknown") for k in range(len(reached))]
    row = count_flags(flagged.frame.select(*columns), names).iloc[0]
    counts = ([int(row[flag(what, k)]) for what in ("won", "n", "unknown")] for k in range(len(reached)))
    return [(won, n, more) for won, n, more in counts]


def bands_of(flagged: Flagged) -> tuple[int, ...]:
    """Return the shortest wait of each band, in days; a single 0 if too few marks have a date."""
    if not _dated(flagged):
        return (0,)
    period = _period_days(flagged)
    return tuple(sorted({round(band * period / BANDS) for band in range(BANDS)}))


def band(flagged: Flagged, bands: tuple[int, ...]) -> nw.Expr:
    """Return the band of each client's wait, as its position in `bands`."""
    position = nw.lit(0)
    for at, days in enumerate(bands[1:], start=1):
        waited = until(nw.col(LEAD), flagged.as_of - pd.Timedelta(days=days).to_pytimedelta())
        position = nw.when(waited).then(nw.lit(at)).otherwise(position)
    return position


def win_chances(flagged: Flagged, probabilities: Probabilities, waiting: pd.DataFrame) -> Chances:
    """Return the win probabilities of the clients in the journey.

    Parameters
    ----------
    probabilities : "declared" or "earned", or one for each furthest step. None: declared if any, else earned.
    waiting : the number of clients in the journey, a row for each step and a column for each of `bands_of`.

    Raises
    ------
    UsageError : an unknown step or kind, a value outside 0 to 1, or no source of probabilities.
    """
    names, given = step_names(flagged), declared(flagged)
    if isinstance(probabilities, Mapping):
        given, basis = (
            {check_name("step", n, names): _checked(n, p) for n, p in probabilities.items()},
            "given",
        )
    else:
        basis = probabilities or ("declared" if given else "earned")
        check_name("kind of probability", basis, ("declared", "earned"))
    if basis == "earned":
        return _earned(flagged, names, waiting)
    if not given:
        raise UsageError(
            "The journey declares no `win_probability`. Write one below a step, or above all steps for a new "
            'lead; or use history: "earned".'
        )
    p = pd.Series([given.get(name) for name in names], dtype=float).ffill().fillna(0.0)
    return Chances(basis, names, pd.DataFrame({0: p}), n=(float("nan"),) * len(names))


def _checked(name: str, p: float) -> float:
    if not 0 <= p <= 1:
        raise UsageError(f"The win probability of {name!r} is {p:g}; it must be between 0 and 1.")
    return float(p)


# --- earned -------------------------------------------------------------------------------------------------


def _earned(flagged: Flagged, names: list[str], waiting: pd.DataFrame) -> Chances:
    """Distribute the payments still expected among the clients in the journey."""
    won, settled, unfinished, have_paid = _whole(flagged)
    if not settled:
        raise UsageError(
            "No client is due to have paid yet, so no win probability can be earned from history. Declare "
            "`win_probability` in the journey file."
        )
    q = (won + 0.5) / (settled + 1)
    expected = max(q * unfinished - have_paid, 0.0)
    variance = unfinished * q * (1 - q) + unfinished**2 * q * (1 - q) / (settled + 2)
    bands = tuple(int(days) for days in waiting.columns)
    past = _by_wait(flagged, bands) if len(bands) > 1 else _by_step(flagged, q)
    likely = float((past * waiting).to_numpy().sum())
    factor = expected / likely if likely else 0.0
    bounded = len(bands) > 1 and likely > 0 and not BOUNDS[0] <= factor <= BOUNDS[1]
    if bounded:
        factor = min(max(factor, BOUNDS[0]), BOUNDS[1])
    table = (past * factor).clip(upper=1.0)
    alone = float((table * (1 - table) * waiting).to_numpy().sum())
    n = tuple(float(n + unknown) for _, n, unknown in history(flagged))
    return Chances("earned", names, table, bands, n, max(0.0, variance - alone), q, settled, bounded)


def _whole(flagged: Flagged) -> tuple[int, int, int, int]:
    """Count settled clients: paid, all; and clients not yet due: all, paid."""
    paid = paid_position(flagged)
    due = nw.col(flag("due", paid))
    recent = due & ~_due_before(flagged, RECENT)
    early = ~nw.col(LEAD).is_null() & ~due
    flags = {
        "settled": due, "won": due & _paid_in_time(flagged), "recent": recent,
        "recent_won": recent & _paid_in_time(flagged), "early": early, "early_paid": early & nw.col(PAID),
    }  # fmt: skip
    row = count_flags(flagged.frame.select(expr.alias(name) for name, expr in flags.items()), flags).iloc[0]
    counts = {name: int(row[name]) for name in flags}
    use_recent = counts["recent"] >= ENOUGH_RECENT
    won, settled = ("recent_won", "recent") if use_recent else ("won", "settled")
    return counts[won], counts[settled], counts["early"], counts["early_paid"]


def _due_before(flagged: Flagged, days: int) -> nw.Expr:
    """Return True if a client was due to have paid at least this many days ago."""
    step = flagged.chain.steps[paid_position(flagged)]
    day = flagged.as_of - pd.Timedelta(days=days).to_pytimedelta()
    return until(nw.col(LEAD), flagged.journey.due(step.name).latest_start(day))


def _paid_in_time(flagged: Flagged) -> nw.Expr:
    """Return True if a client paid by the due date; a payment without a date counts as in time."""
    step = flagged.chain.steps[paid_position(flagged)]
    name = step_date(step.name)
    if name not in flagged.columns:
        return nw.col(PAID)
    due_on = nw.col(LEAD).dt.offset_by(flagged.journey.due(step.name).offset)
    return nw.col(PAID) & ~(nw.col(name).dt.truncate("1d") > due_on).fill_null(False)


def _period_days(flagged: Flagged) -> int:
    """Return the time to pay in days; months in mean months."""
    due = flagged.journey.due(flagged.chain.steps[paid_position(flagged)].name)
    return max(round(due.days or due.months * 30.4375), 1)


def _dated(flagged: Flagged) -> bool:
    """Return True if enough marks of past clients have a date to derive their step after any wait."""
    positions = [*steps_before_paid(flagged)[int(flagged.chain.staged) :], paid_position(flagged)]
    names = [step_date(flagged.chain.steps[i].name) for i in positions]
    if not set(names) <= flagged.columns:
        return False
    due = nw.col(flag("due", positions[-1]))
    marks = {flag("marked", i): due & nw.col(flag("passed", i)) for i in positions}
    dates = {flag("dated", i): due & nw.col(flag("passed", i)) & ~nw.col(name).is_null()
             for i, name in zip(positions, names, strict=True)}  # fmt: skip
    flags = marks | dates
    row = count_flags(flagged.frame.select(expr.alias(name) for name, expr in flags.items()), flags).iloc[0]
    return all(row[flag("dated", i)] >= DATED * max(row[flag("marked", i)], 1) for i in positions)


def _by_step(flagged: Flagged, q: float) -> pd.DataFrame:
    """Return the share that paid of those who reached each step, shrunk towards the share of all.

    Lost clients whose furthest step is unknown count as having reached every step: the lowest possible share.
    """
    won, known_n, unknown = (np.array(c, dtype=float) for c in zip(*history(flagged), strict=True))
    shares = (won + PRIOR * q) / (known_n + unknown + PRIOR)
    shares[0] = q
    return pd.DataFrame({0: shares})


def _by_wait(flagged: Flagged, bands: tuple[int, ...]) -> pd.DataFrame:
    """Return the share that paid by their date of past clients at each step after each wait.

    The wait of a band is its middle. At that wait, past clients who had neither paid nor left were at risk.
    """
    positions = steps_before_paid(flagged)
    edges = [*bands, _period_days(flagged)]
    due, paid = nw.col(flag("due", paid_position(flagged))), flag("paid_in_time")
    columns = [_paid_in_time(flagged).alias(paid)]
    for at in range(len(bands)):
        wait = nw.col(LEAD).dt.offset_by(f"{(edges[at] + edges[at + 1]) // 2}d")
        step = nw.lit(0)
        for k, i in enumerate(positions, start=1):
            step = nw.when(_had_reached(flagged, i, wait)).then(nw.lit(k)).otherwise(step)
        columns.append(nw.when(due & _still_in(flagged, wait)).then(step).otherwise(-1).alias(flag("at", at)))
    flags: dict[str, nw.Expr] = {}
    for at in range(len(bands)):
        for k in range(len(positions) + 1):
            flags[flag(f"n:{at}", k)] = nw.col(flag("at", at)) == k
            flags[flag(f"won:{at}", k)] = (nw.col(flag("at", at)) == k) & nw.col(paid)
    frame = flagged.frame.select(*columns)  # before the flags, each of which would compute them again
    row = count_flags(frame.select(expr.alias(name) for name, expr in flags.items()), flags).iloc[0]
    steps = range(len(positions) + 1)
    table = {}
    for at, days in enumerate(bands):
        n = np.array([row[flag(f"n:{at}", k)] for k in steps], dtype=float)
        won = np.array([row[flag(f"won:{at}", k)] for k in steps], dtype=float)
        whole = (won.sum() + 0.5) / (n.sum() + 1)
        table[days] = (won + PRIOR * whole) / (n + PRIOR)
    return pd.DataFrame(table)


def _still_in(flagged: Flagged, day: nw.Expr) -> nw.Expr:
    """Return True if a client had neither paid nor left by a day."""
    when = nw.col(step_date(flagged.chain.steps[paid_position(flagged)].name))
    undated = nw.col(PAID) & when.is_null()  # their time at risk is unknown
    return ~undated & ~(when <= day).fill_null(False) & ~(nw.col(LEFT_ON) <= day).fill_null(False)


def _had_reached(flagged: Flagged, position: int, day: nw.Expr) -> nw.Expr:
    """Return True if a client had reached a step by a day; all clients start at the first stage."""
    if flagged.chain.staged and position == 0:
        return nw.lit(True)
    return (nw.col(step_date(flagged.chain.steps[position].name)) <= day).fill_null(False)
