"""Retention: who is still a client 1, 2, 3, 6, 12 months on, of those for whom that much time has passed.

Two clocks: since the lead date, by marks and left dates; and since the first paid session, where that is
dated, by left dates alone (DESIGN section 4, Retention).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from funnel.clients import date_column
from funnel.journey import Duration
from funnel.metrics.core.flags import GONE, LEFT, LEFT_ON, PAID, Chain, Flagged, flag, flags_of, until
from funnel.metrics.core.frames import Frame
from funnel.metrics.statistics.intervals import ratio, wilson

if TYPE_CHECKING:
    from funnel.metrics.core.tally import Tally

MONTH = 30.4375  # days, a year's twelfth: for what is not whole calendar months
COLUMNS = (
    "of", "clock", "months", "eligible", "reached", "left", "overdue",
    "rate", "low", "high", "rate_if_overdue_stayed", "naive_rate",
)  # fmt: skip
PAID_ON = "paid_on·"  # the day of the first paid session
SINCE_LEAD = ("due", "due_reached", "due_left", "hopeful")
SINCE_PAID = ("paid_due", "paid_reached", "paid_unknown")


def months(duration: Duration) -> float:
    """A length in months; days in mean months of 30.4375.

    >>> months(Duration(months=3)), round(months(Duration(days=42)), 2)
    (3, 1.38)
    """
    return duration.months or duration.days / MONTH


def has_paid_clock(flagged: Flagged) -> bool:
    """Whether the sheet can date the first paid session, and says who left."""
    paid = flagged.journey.paid
    return bool(paid and date_column(paid.name) in flagged.columns and flagged.chain.says_who_left)


def with_retention(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add the flags that the retention table is counted from; return their names too."""
    steps = flagged.chain.retention
    flags = _since_lead(flagged.chain)
    names = [flag(name, i) for i in steps for name in SINCE_LEAD]
    paid = flagged.journey.paid
    if not has_paid_clock(flagged) or paid is None:
        return flagged.frame.with_columns(flags), names
    when = nw.col(date_column(paid.name)).dt.truncate("1d")
    dated = nw.col(PAID) & until(when, flagged.as_of)
    days = (nw.when(dated).then(when).alias(PAID_ON), dated.alias("paid_dated"))
    frame = flagged.frame.with_columns([*days, *flags]).with_columns(_since_paid(flagged))
    return frame, ["paid_dated", *names, *(flag(name, i) for i in steps for name in SINCE_PAID)]


def _since_lead(chain: Chain) -> list[nw.Expr]:
    """Of those whose time is up: reached, left, and those overdue of whom something may still be hoped."""
    steps, flags = chain.retention, []
    for i in steps:
        due = nw.col(flag("due", i))
        flags.append((due & nw.col(flag("reached", i))).alias(flag("due_reached", i)))
        flags.append((due & nw.col(flag("left", i))).alias(flag("due_left", i)))
    if chain.paid is None:
        return [*flags, *flags_of(steps, "hopeful", "overdue")]
    unpaid = nw.col(flag("overdue", chain.paid))  # who has not even paid in time has hardly stayed
    return [*flags, *flags_of(steps, "hopeful", "overdue", lambda overdue: overdue & ~unpaid)]


def _since_paid(flagged: Flagged) -> list[nw.Expr]:
    """On the clock of the first paid session, who had not left by then has stayed."""
    flags = []
    for i in flagged.chain.retention:
        duration = flagged.journey.due(flagged.chain.steps[i].name)
        due = until(nw.col(PAID_ON), duration.latest_start(flagged.as_of))
        later = (nw.col(LEFT_ON) > nw.col(PAID_ON).dt.offset_by(duration.offset)).fill_null(False)
        flags += [
            due.alias(flag("paid_due", i)),
            (due & (~nw.col(LEFT) | later)).alias(flag("paid_reached", i)),
            (due & nw.col(GONE)).alias(flag("paid_unknown", i)),  # between rate and rate_if_overdue_stayed
        ]
    return flags


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
