"""Equal clients counted as one row, so that one pass over millions is enough for every count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw

from funnel.clients.frames import keeps_in_engine
from funnel.journey import Duration
from funnel.metrics.core.assign_stages import FURTHEST_UNKNOWN
from funnel.metrics.core.flags import LEFT, LEFT_UNDATED, PAINTED_PAID, UNDATED, Flagged, flag, with_values
from funnel.metrics.core.frames import N


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
