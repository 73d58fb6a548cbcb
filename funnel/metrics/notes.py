"""Sentences on what a result had to assume, because the sheet does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw

from funnel.loader import date_column
from funnel.metrics.frames import lazy, totals
from funnel.metrics.values import LEFT, LEFT_ON, PAID, Chain, Flagged, until
from funnel.text import count, listed


def notes(table: Any, flagged: Flagged, later_leads: int, undated_leavers: int) -> tuple[str, ...]:
    """Say what was assumed: marks that cannot be rewound, leavers without a date, nobody who left."""
    return (
        *_rewound(table, flagged, later_leads),
        *_who_left(flagged, undated_leavers),
        *_paid_clock(flagged),
    )


def _rewound(table: Any, flagged: Flagged, later_leads: int) -> Iterator[str]:
    """What is dated after as-of has not happened; what is not dated stands as it is now."""
    dates = [date_column(flagged.chain.steps[i].name) for i in sorted(flagged.chain.cells)]
    later = {
        name: nw.col(name).is_null() | until(nw.col(name), flagged.as_of)
        for name in (*dates, "left_date")
        if name in flagged.columns
    }
    frame = lazy(table).with_columns(*((~expr).alias(f"{name}·later") for name, expr in later.items()))
    found = totals(frame, [f"{name}·later" for name in later]).iloc[0]
    marks = int(sum(found[f"{name}·later"] for name in later if name != "left_date"))
    leavers = int(found["left_date·later"]) if "left_date" in later else 0
    parts = [(later_leads, "lead"), (marks, "dated mark"), (leavers, "left date")]
    if any(n for n, _ in parts):
        yield (
            f"{listed(count(n, noun) for n, noun in parts if n)} after {flagged.as_of}: not counted, as not "
            "happened yet. Marks without a date cannot be rewound; they count as they stand now."
        )


def _who_left(flagged: Flagged, undated_leavers: int) -> Iterator[str]:
    """How leaving is known, if it is."""
    if not flagged.chain.says_who_left:
        yield (
            "No column says who left, so survival is not known"
            + (", nor is retention where it has no column" if _derived(flagged.chain) else "")
            + "."
        )
    elif not int(totals(flagged.frame, [LEFT]).iloc[0][LEFT]):
        yield "Nobody is recorded as having left; survival takes everybody as still here."
    if undated_leavers:
        yield (
            f"{count(undated_leavers, 'client')} known to have left without a usable date: left out of "
            "survival, and counted as gone at every retention step without a mark."
        )
    if derived := _derived(flagged.chain):
        verb = "has" if len(derived) == 1 else "have"
        yield f"{listed(derived)} {verb} no column: worked out from the left date."


def _derived(chain: Chain) -> list[str]:
    return [chain.steps[i].name for i in chain.retention if i not in chain.cells]


def _paid_clock(flagged: Flagged) -> Iterator[str]:
    """How many paid clients the clock of the first paid session stands on."""
    paid = flagged.journey.paid
    if paid is None or date_column(paid.name) not in flagged.columns or not flagged.chain.retention:
        return
    dated = (nw.col(PAID) & until(nw.col(date_column(paid.name)), flagged.as_of)).alias("dated·")
    found = totals(flagged.frame.with_columns(dated), [PAID, "dated·"]).iloc[0]
    if 0 < found["dated·"] < found[PAID]:
        yield (
            f"The clock of {paid.name!r} stands on the {int(found['dated·']):,} of "
            f"{count(int(found[PAID]), 'paid client')} whose mark carries a date."
        )


def undated_leavers(flagged: Flagged) -> int:
    """How many are known to have left, but not on a day that can be used."""
    gone = (nw.col(LEFT) & nw.col(LEFT_ON).is_null()).alias("gone·")
    return int(totals(flagged.frame.with_columns(gone), ["gone·"]).iloc[0]["gone·"])
