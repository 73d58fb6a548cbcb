"""All counts in one pass: the clients with each flag, among all and among paid ones.

In an engine, equal clients are counted as one row first (`condense`): one pass over millions is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.clients.frames import keeps_in_engine
from funnel.journey import Duration
from funnel.metrics.core.assign_stages import FURTHEST_UNKNOWN
from funnel.metrics.core.flags import (
    FLAGS,
    LEFT,
    LEFT_UNDATED,
    PAID,
    PAINTED_PAID,
    UNDATED,
    Chain,
    Flagged,
    each,
    flag,
    settled_of_each,
    with_values,
)
from funnel.metrics.core.frames import N, count_flags
from funnel.metrics.core.retention_flags import retention_facts, with_retention


@dataclass(frozen=True)
class Tally:
    """Counts of clients by flag.

    Parameters
    ----------
    leads, paid : of all clients, and of paid ones: one int for each flag, and ``n``, the number of clients.
    """

    leads: Mapping[str, int]
    paid: Mapping[str, int]

    @property
    def n(self) -> int:
        """Number of clients."""
        return self.leads["n"]

    def steps(self, chain: Chain) -> pd.DataFrame:
        """Return the counts of all clients with a row for each step and a column for each of `FLAGS`."""
        return pd.DataFrame(counts_of_steps([self], chain)[0], columns=list(FLAGS))


def counts_of_steps(tallies: Collection[Tally], chain: Chain) -> npt.NDArray[np.int64]:
    """Return the counts of all clients of several groups; axes: group, step, flag (`FLAGS`)."""
    names = [flag(name, i) for i in each(chain) for name in FLAGS]
    counts = [[tally.leads[name] for name in names] for tally in tallies]
    return np.array(counts, np.int64).reshape(len(tallies), len(chain.steps), len(FLAGS))


def tally(flagged: Flagged) -> Tally:
    """Count every flag of the clients, in one aggregation.

    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"step:^met": [True, True, False], "step:^paid": [True, False, False]})
    >>> counted = tally(flagged(table, journey, dt.date(2026, 7, 1)))
    >>> counted.n, counted.leads["flag:marked:0"], counted.paid["flag:marked:0"]
    (3, 2, 1)
    """
    return _from_rows(_count(flagged, []))


def tallies(flagged: Flagged, key: str) -> dict[str | None, Tally]:
    """Count every flag for each value of a column, in one aggregation; blank cells under None.

    Settled flags are those of `settled_of_each`.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"coach": ["Zoe", None, "Zoe"], "step:^met": [True, True, False]})
    >>> counted = tallies(flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1)), "coach")
    >>> {value: (found.n, found.leads["flag:marked:0"]) for value, found in counted.items()}
    {'Zoe': (2, 1), None: (1, 1)}
    """
    rows = _count(flagged, [key])
    paid, codes = rows.pop(PAID).to_numpy(dtype=bool), rows.pop(key)
    at, values = pd.factorize(codes, sort=True)
    every = [*values, None] if (at < 0).any() else list(values)  # in order, blanks last
    numbers = rows.to_numpy()
    leads, payers = (np.zeros((len(every), numbers.shape[1]), np.int64) for _ in range(2))
    leads[at[~paid]], payers[at[paid]] = numbers[~paid], numbers[paid]  # -1, for blanks, is the last
    leads += payers
    columns = [str(name) for name in rows]
    return {value: _tally(columns, *counts) for value, *counts in zip(every, leads, payers, strict=True)}


def total(parts: Iterable[Tally]) -> Tally:
    """Add up the counts of parts that have every client once.

    >>> one = {"n": 2, "flag:marked:0": 1}
    >>> total([Tally(one, one), Tally(one, one)]).n
    4
    """
    found = list(parts)
    leads, paid = ([part.leads for part in found], [part.paid for part in found])
    return Tally(*({name: sum(counts[name] for counts in of) for name in of[0]} for of in (leads, paid)))


def _count(flagged: Flagged, by: list[str]) -> pd.DataFrame:
    """Count all flags for each combination of keys and `PAID`."""
    frame, facts = retention_facts(flagged)
    rows = condense(replace(flagged, frame=frame), by, facts)
    frame, names = with_retention(settled_of_each(rows) if by else rows)
    steps = [flag(name, i) for i in each(flagged.chain) for name in FLAGS]
    return count_flags(frame, [*steps, *names, LEFT, LEFT_UNDATED], by=[*by, PAID])


def _from_rows(rows: pd.DataFrame) -> Tally:
    """Make a Tally from counts of paid and of other clients, as the column `PAID` shows."""
    counts, paid = rows.drop(columns=PAID), rows[PAID].to_numpy(dtype=bool)
    numbers = counts.to_numpy()  # pandas would sum two hundred columns one by one
    return _tally([str(name) for name in counts], numbers.sum(axis=0), numbers[paid].sum(axis=0))


def _tally(names: Sequence[str], leads: npt.NDArray[np.int64], paid: npt.NDArray[np.int64]) -> Tally:
    return Tally(*(dict(zip(names, counts.tolist(), strict=True)) for counts in (leads, paid)))


# --- equal clients as one row ------------------------------------------------------------------------------


def condense(flagged: Flagged, by: Sequence[str] = (), more: Sequence[str] = ()) -> Flagged:
    """Count clients with equal facts, then compute the flags of their values for each combination.

    All flags depend on a few facts: marks, dates that have passed, who left. Millions of clients have a few
    thousand combinations of them. A table in memory is returned as it is.

    Parameters
    ----------
    by, more : columns of `flagged.frame` that are kept apart as well, and other facts.

    Returns
    -------
    Flagged : a row for each combination, with its number of clients in the column `N`.
    """
    if not keeps_in_engine(flagged.frame):
        return flagged
    same = _same_due(flagged)
    names = list(dict.fromkeys([*by, *_facts(flagged, set(same.values())), *more]))
    rows = flagged.frame.select(*names).group_by(*names).agg(nw.len().alias(N))
    rows = rows.with_columns(nw.col(flag("due", j)).alias(flag("due", i)) for i, j in same.items() if i != j)
    return replace(flagged, frame=with_values(rows, flagged.chain))


def _facts(flagged: Flagged, due: set[int]) -> list[str]:
    """Return the flags from which all others are computed."""
    chain, names = flagged.chain, [LEFT, LEFT_UNDATED, UNDATED, PAINTED_PAID]
    names += [flag("marked", i) for i in range(len(chain.steps))]
    names += [flag("stayed", i) for i in chain.retention]
    names += [flag("due", i) for i in sorted(due)]
    return [*names, FURTHEST_UNKNOWN] if chain.unknown else names


def _same_due(flagged: Flagged) -> dict[int, int]:
    """Return, for each step, the first one that is due at the same time."""
    first: dict[Duration, int] = {}
    return {
        i: first.setdefault(flagged.journey.due(step.name), i) for i, step in enumerate(flagged.chain.steps)
    }
