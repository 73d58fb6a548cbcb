"""The flags that retention is counted from, on the clocks of the lead date and of the first paid session."""

from __future__ import annotations

import narwhals as nw

from funnel.journey import Duration
from funnel.metrics.core.flags import GONE, LEFT, LEFT_ON, PAID, Chain, Flagged, flag, flags_of, until
from funnel.metrics.core.frames import Frame
from funnel.schema import step_date

MONTH = 30.4375  # days, a year's twelfth: for what is not whole calendar months
PAID_ON = flag("paid_on")  # the day of the first paid session
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
    return bool(paid and step_date(paid.name) in flagged.columns and flagged.chain.says_who_left)


def with_retention(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add the flags that the retention table is counted from; return their names too."""
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
