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
SINCE_LEAD = ("due", "due_reached", "due_left", "due_unknown", "may_have_stayed")
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


def with_retention(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add the flags for the retention table; return the frame and their names."""
    steps = flagged.chain.retention
    flags = _since_lead(flagged.chain)
    names = [flag(name, i) for i in steps for name in SINCE_LEAD]
    paid = flagged.journey.paid
    if not has_paid_clock(flagged) or paid is None:
        return flagged.frame.with_columns(flags), names
    when = nw.col(step_date(paid.name)).dt.truncate("1d")
    dated = nw.col(PAID) & until(when, flagged.as_of)
    days = (nw.when(dated).then(when).alias(PAID_ON), dated.alias("paid_dated"))
    frame = flagged.frame.with_columns([*days, *flags]).with_columns(_since_paid(flagged))
    return frame, ["paid_dated", *names, *(flag(name, i) for i in steps for name in SINCE_PAID)]


def _since_lead(chain: Chain) -> list[nw.Expr]:
    """Return which due clients reached the step, left, are unknown, or are overdue and may have stayed."""
    steps, flags = chain.retention, []
    for i in steps:
        due = nw.col(flag("due", i))
        flags.append((due & nw.col(flag("reached", i))).alias(flag("due_reached", i)))
        flags.append((due & nw.col(flag("left", i))).alias(flag("due_left", i)))
        flags.append((due & nw.col(flag("unknown", i))).alias(flag("due_unknown", i)))
    if chain.paid is None:
        return [*flags, *flags_of(steps, "may_have_stayed", "overdue")]
    unpaid = nw.col(flag("overdue", chain.paid))  # clients who did not pay in time have hardly stayed
    return [*flags, *flags_of(steps, "may_have_stayed", "overdue", lambda overdue: overdue & ~unpaid)]


def _since_paid(flagged: Flagged) -> list[nw.Expr]:
    """Return the flags counted from the first paid session: a client who had not left by then has stayed."""
    flags = []
    for i in flagged.chain.retention:
        duration = flagged.journey.due(flagged.chain.steps[i].name)
        due = until(nw.col(PAID_ON), duration.latest_start(flagged.as_of))
        later = (nw.col(LEFT_ON) > nw.col(PAID_ON).dt.offset_by(duration.offset)).fill_null(False)
        flags += [
            due.alias(flag("paid_due", i)),
            (due & (~nw.col(LEFT) | later)).alias(flag("paid_reached", i)),
            (due & nw.col(LEFT_UNDATED) & ~unmarked_until(flagged.chain, i)).alias(flag("paid_unknown", i)),
        ]
    return flags
