"""Retention: who is still a client 1, 2, 3, 6, 12 months on, of those for whom that much time has passed.

Two clocks: since the lead date, by marks and left dates; and since the first paid session, where that is
dated, by left dates alone (docs/definitions.md#retention).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from funnel.metrics.core.flags import Flagged, flag
from funnel.metrics.core.retention_flags import SINCE_PAID, has_paid_clock, months
from funnel.metrics.statistics.intervals import ratio, wilson

if TYPE_CHECKING:
    from funnel.metrics.core.tally import Tally

COLUMNS = (
    "of", "clock", "months", "eligible", "reached", "left", "overdue",
    "rate", "low", "high", "rate_if_overdue_stayed", "naive_rate",
)  # fmt: skip


def retention_table(tally: Tally, flagged: Flagged) -> pd.DataFrame:
    """Turn counts into the retention table of JSON version 1.

    Returns
    -------
    DataFrame, a row for each retention step: of leads and of paid clients on the clock of the lead date, and
    of paid clients on that of the first paid session where any is dated. reached + left + overdue = eligible.
    Rates are fractions, NaN where undefined: nobody eligible, or no column that says who left. On the clock
    of the first paid session, those known to have left on an unknown day stand under overdue.
    """
    chain = flagged.chain
    columns = [*COLUMNS[:7], "hopeful", "marked", "everyone", "known"]
    table = pd.DataFrame(list(_rows(tally, flagged)), columns=columns)
    eligible = table["eligible"].astype(float).where(table["known"].astype(bool))
    table["rate"] = ratio(table["reached"], eligible)
    table["low"], table["high"] = wilson(table["reached"], eligible)
    table["rate_if_overdue_stayed"] = ratio(table["reached"] + table["hopeful"], eligible)
    table["naive_rate"] = ratio(table["marked"], table["everyone"])
    if chain.retention and all(isinstance(n, int) for n in table["months"]):
        table["months"] = table["months"].astype("int64")
    return table[list(COLUMNS)]


def _rows(tally: Tally, flagged: Flagged) -> Iterator[tuple[object, ...]]:
    """The counts of each row: those of `COLUMNS`, then hopeful, marked, everyone, known."""
    chain, nothing = flagged.chain, float("nan")
    lengths = {i: months(flagged.journey.due(chain.steps[i].name)) for i in chain.retention}
    for of in ("leads", "paid") if chain.paid is not None else ("leads",):
        counts = tally.leads if of == "leads" else tally.paid
        for i in chain.retention:
            parts = ("due", "due_reached", "due_left", "overdue", "hopeful")
            marked = counts[flag("marked", i)] if i in chain.cells else nothing
            numbers = (counts[flag(name, i)] for name in parts)
            yield of, "lead", lengths[i], *numbers, marked, counts["n"], chain.known(i)
    if has_paid_clock(flagged) and tally.paid["paid_dated"]:
        for i in chain.retention:
            due, reached, unknown = (tally.paid[flag(name, i)] for name in SINCE_PAID)
            left = due - reached - unknown
            yield "paid", "paid", lengths[i], due, reached, left, unknown, unknown, nothing, nothing, True
