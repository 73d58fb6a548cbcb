"""Flags for counting retention, from the lead date and from the first paid session."""

from __future__ import annotations

import narwhals as nw

from funnel.journey import Duration
from funnel.metrics.core.flags import (
    LEFT,
    LEFT_ON,
    LEFT_UNDATED,
    PAID,
    Chain,
    Flagged,
    flag,
    flags_of,
    unmarked_until,
    until,
)
from funnel.metrics.core.frames import Frame
from funnel.schema import step_date

MONTH = 30.4375  # days in a mean month
PAID_ON = flag("paid_on")  # the day of the first paid session
SINCE_LEAD = ("due", "due_reached", "due_left", "due_unknown", "overdue_after_paying")
SINCE_PAID = ("paid_due", "paid_reached", "paid_unknown")


def months(duration: Duration) -> float:
    """Convert a duration to months; days count as 1/30.4375 of a month.

    >>> months(Duration(months=3)), round(months(Duration(days=42)), 2)
    (3, 1.38)
    """
    return duration.months or duration.days / MONTH


def has_paid_clock(flagged: Flagged) -> bool:
    """Return True if the sheet has dates of the first paid session, and shows who left."""
    paid = flagged.journey.paid
    return bool(paid and step_date(paid.name) in flagged.columns and flagged.chain.has_leaving_data)


def retention_facts(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add what only dates can answer: which paid clients are dated, due and still here by the paid clock.

    Return the frame and the names of these flags; no names if there is no such clock.
    """
    paid = flagged.journey.paid
    if not has_paid_clock(flagged) or paid is None:
        return flagged.frame, []
    when = nw.col(step_date(paid.name)).dt.truncate("1d")
    dated = nw.col(PAID) & until(when, flagged.as_of)
    days = (nw.when(dated).then(when).alias(PAID_ON), dated.alias("paid_dated"))
    frame = flagged.frame.with_columns(days).with_columns(_paid_facts(flagged))
    names = [flag(name, i) for i in flagged.chain.retention for name in ("paid_due", "paid_stayed")]
    return frame, ["paid_dated", *names]


def with_retention(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add the flags for the retention table to the facts; return the frame and the names."""
    steps, flags = flagged.chain.retention, _since_lead(flagged.chain)
    names = [flag(name, i) for i in steps for name in SINCE_LEAD]
    if has_paid_clock(flagged):
        flags += _since_paid(flagged.chain)
        names += ["paid_dated", *(flag(name, i) for i in steps for name in SINCE_PAID)]
    return flagged.frame.with_columns(flags), names


def _since_lead(chain: Chain) -> list[nw.Expr]:
    """Return which due clients reached the step, left, are unknown, or are overdue and may have stayed."""
    steps, flags = chain.retention, []
    for i in steps:
        due = nw.col(flag("due", i))
        flags.append((due & nw.col(flag("reached", i))).alias(flag("due_reached", i)))
        flags.append((due & nw.col(flag("left", i))).alias(flag("due_left", i)))
        flags.append((due & nw.col(flag("unknown", i))).alias(flag("due_unknown", i)))
    if chain.paid is None:
        return [*flags, *flags_of(steps, "overdue_after_paying", "overdue")]
    unpaid = nw.col(flag("overdue", chain.paid))  # clients who did not pay in time have hardly stayed
    return [*flags, *flags_of(steps, "overdue_after_paying", "overdue", lambda overdue: overdue & ~unpaid)]


def _paid_facts(flagged: Flagged) -> list[nw.Expr]:
    """Return which clients are due since the first paid session, and of them those who left later."""
    flags = []
    for i in flagged.chain.retention:
        duration = flagged.journey.due(flagged.chain.steps[i].name)
        due = until(nw.col(PAID_ON), duration.latest_start(flagged.as_of))
        later = (nw.col(LEFT_ON) > nw.col(PAID_ON).dt.offset_by(duration.offset)).fill_null(False)
        stayed = nw.when(due).then(later).otherwise(nw.lit(False))
        flags += [due.alias(flag("paid_due", i)), stayed.alias(flag("paid_stayed", i))]
    return flags


def _since_paid(chain: Chain) -> list[nw.Expr]:
    """Return the flags counted from the first paid session: a client who had not left by then has stayed."""
    flags = []
    for i in chain.retention:
        due = nw.col(flag("paid_due", i))
        reached = nw.col(flag("paid_stayed", i)) | (due & ~nw.col(LEFT))
        unknown = due & nw.col(LEFT_UNDATED) & ~unmarked_until(chain, i)
        flags += [reached.alias(flag("paid_reached", i)), unknown.alias(flag("paid_unknown", i))]
    return flags
