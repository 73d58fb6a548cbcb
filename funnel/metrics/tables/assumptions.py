"""Sentences on the assumptions of results, where the sheet lacks data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw

from funnel.metrics.core.flags import LEFT, LEFT_UNDATED, Chain, Flagged, after, flag
from funnel.metrics.core.frames import count_flags, lazy
from funnel.metrics.core.retention_flags import has_paid_clock
from funnel.metrics.core.tally import Tally
from funnel.metrics.tables.window import window_sentences
from funnel.schema import step_date
from funnel.text import count, listed


def assumption_sentences(table: Any, flagged: Flagged, tally: Tally, later_leads: int) -> tuple[str, ...]:
    """Return the assumptions: marks that cannot be rewound, leavers without a date, no leavers."""
    return (
        *window_sentences(flagged),
        *_after_as_of(table, flagged, later_leads),
        *_leaving(flagged, tally),
        *_paid_clock(flagged, tally),
    )


def _after_as_of(table: Any, flagged: Flagged, later_leads: int) -> Iterator[str]:
    """Yield a sentence on leads, marks and left dates after as-of, which are not counted."""
    step_dates = [step_date(flagged.chain.steps[i].name) for i in sorted(flagged.chain.cells)]
    columns = lazy(table).collect_schema().names()  # of the sheet, without those from a log
    dates = [name for name in (*step_dates, "left_date") if name in columns]
    frame = lazy(table).select(after(nw.col(*dates), flagged.as_of)) if dates else lazy(table)
    later = count_flags(frame, dates).iloc[0]
    marks = sum(int(later[name]) for name in dates if name != "left_date")
    leavers = int(later["left_date"]) if "left_date" in dates else 0
    parts = [(later_leads, "lead"), (marks, "dated mark"), (leavers, "left date")]
    if any(n for n, _ in parts):
        yield (
            f"{listed(count(n, noun) for n, noun in parts if n)} after {flagged.as_of}: not counted, as not "
            "happened yet. Marks without a date cannot be rewound; they count as they are now."
        )


def _leaving(flagged: Flagged, tally: Tally) -> Iterator[str]:
    """Yield sentences on how leaving is known."""
    if lost := flagged.chain.unknown:
        n = int(tally.leads[flag("unknown", max(lost))])
        yield (
            f"It is unknown how far {count(n, 'client')} in a lost stage came, so drop-off after "
            f"{flagged.chain.steps[0].name!r} and survival of paid clients are unknown."
        )
    elif not flagged.chain.has_leaving_data:
        yield (
            "No column shows who left, so survival is unknown"
            + (", and retention without a column too" if _derived(flagged.chain) else "")
            + "."
        )
    elif not tally.leads[LEFT]:
        yield "No client is recorded as having left; survival assumes that all are still here."
    if undated := int(tally.leads[LEFT_UNDATED]):
        retention, derived = flagged.chain.retention, _derived(flagged.chain)
        marks = ", left at each retention step without a mark" if len(derived) < len(retention) else ""
        unknown = f", unknown at {listed(derived)} if they had paid" if derived else ""
        yield f"{count(undated, 'client')} left on an unknown day: not in survival{marks}{unknown}."
    if derived := _derived(flagged.chain):
        verb = "has" if len(derived) == 1 else "have"
        yield f"{listed(derived)} {verb} no column: derived from the left date."


def _derived(chain: Chain) -> list[str]:
    return [chain.steps[i].name for i in chain.retention if i not in chain.cells]


def _paid_clock(flagged: Flagged, tally: Tally) -> Iterator[str]:
    """Yield a sentence if only some paid clients count for retention since the first paid session."""
    paid = flagged.journey.paid
    if paid is None or not has_paid_clock(flagged) or not flagged.chain.retention:
        return
    dated, everyone = int(tally.paid["paid_dated"]), int(tally.paid["n"])
    if 0 < dated < everyone:
        yield (
            f"Retention since {paid.name!r} uses the {dated:,} of {count(everyone, 'paid client')} whose "
            "mark is a date."
        )
