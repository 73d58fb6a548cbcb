"""Retention: who is still a client 1, 2, 3, 6, 12 months on, of those for whom that much time has passed.

Two clocks: since the lead date, by marks and left dates; and since the first paid session, where that is
dated, by left dates alone (DESIGN section 4, Retention).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import narwhals as nw
import pandas as pd

from funnel.journey import Duration
from funnel.loader import date_column
from funnel.metrics.frames import Frame, totals
from funnel.metrics.intervals import ratio, wilson
from funnel.metrics.values import LEFT, LEFT_ON, NEVER, PAID, Chain, Flagged, flag, until

MONTH = 30.4375  # days, a year's twelfth: for what is not whole calendar months
COLUMNS = (
    "of", "clock", "months", "eligible", "reached", "left", "overdue",
    "rate", "low", "high", "rate_if_overdue_stayed", "naive_rate",
)  # fmt: skip
PARTS = ("eligible", "reached", "left", "overdue", "hopeful", "marked", "everyone")
Block: TypeAlias = tuple[str, str]  # of whom, on which clock

BLOCKS: tuple[Block, ...] = (("leads", "lead"), ("paid", "lead"), ("paid", "paid"))


def months(duration: Duration) -> float:
    """A length in months; days in mean months of 30.4375.

    >>> months(Duration(months=3)), round(months(Duration(days=42)), 2)
    (3, 1.38)
    """
    return duration.months or duration.days / MONTH


def count_retention(flagged: Flagged) -> Mapping[str, int]:
    """Count what the retention table stands on, in one pass; names are those of `retention_flags`."""
    frame, names = retention_flags(flagged)
    return {str(name): int(n) for name, n in totals(frame, names).iloc[0].items()}


def retention_flags(flagged: Flagged) -> tuple[Frame, list[str]]:
    """Add a flag for each part of the retention table: block, step and `PARTS`; return their names too."""
    frame = _paid_clock(flagged)
    flags = {
        part_name(block, i, part): condition
        for block in blocks(flagged)
        for i in flagged.chain.retention
        for part, condition in _parts(flagged, block, i).items()
    }
    return frame.with_columns(**flags), list(flags)


def part_name(block: Block, step: int, part: str) -> str:
    """Name the column of a part of the retention table.

    >>> part_name(("paid", "lead"), 4, "left")
    'paid/lead/left·4'
    """
    return f"{'/'.join(block)}/{flag(part, step)}"


def blocks(flagged: Flagged) -> tuple[Block, ...]:
    """The blocks that this journey and these columns allow."""
    chain = flagged.chain
    if chain.paid is None:
        return BLOCKS[:1]
    dated = date_column(chain.steps[chain.paid].name) in flagged.columns
    return BLOCKS if dated and chain.says_who_left else BLOCKS[:2]


def retention_table(counted: Mapping[str, int], flagged: Flagged) -> pd.DataFrame:
    """Turn counts into the retention table of JSON version 1.

    Returns
    -------
    DataFrame, a row for each block (of leads and of paid clients on the clock of the lead date, of paid
    clients on that of the first paid session where any is dated) and retention step. reached + left + overdue
    = eligible. Rates are fractions, NaN where undefined: nobody eligible, or no column that says who left.
    """
    chain = flagged.chain
    rows = [
        {
            "of": block[0],
            "clock": block[1],
            "months": months(flagged.journey.due(chain.steps[i].name)),
            "step": i,
        }
        | {part: counted[part_name(block, i, part)] for part in PARTS}
        for block in blocks(flagged)
        for i in chain.retention
        if block[1] == "lead" or any(counted[part_name(block, j, "everyone")] for j in chain.retention)
    ]
    return _rates(pd.DataFrame(rows, columns=["of", "clock", "months", "step", *PARTS]), chain)


def _rates(table: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    """Add rates and bounds; what nothing in the sheet can say is undefined."""
    known = table["step"].map(chain.known).astype(bool)
    cells = (table["clock"] == "lead") & table["step"].isin(chain.cells)
    counts = table[["reached", "eligible", "hopeful", "marked", "everyone"]].astype(float)
    seen = counts["eligible"].where(known)
    table["rate"] = ratio(counts["reached"], seen)
    table["low"], table["high"] = wilson(counts["reached"], seen)
    table["rate_if_overdue_stayed"] = ratio(counts["reached"] + counts["hopeful"], seen)
    table["naive_rate"] = ratio(counts["marked"], counts["everyone"].where(cells))
    return table[list(COLUMNS)]


def _parts(flagged: Flagged, block: Block, i: int) -> dict[str, nw.Expr]:
    """The conditions behind one row of the table."""
    if block[1] == "paid":
        return _parts_since_paid(flagged, i)
    of = nw.lit(True) if block[0] == "leads" else nw.col(PAID)
    eligible = of & nw.col(flag("due", i))
    overdue = of & nw.col(flag("overdue", i))
    paid = flagged.chain.paid
    return {
        "eligible": eligible,
        "reached": eligible & nw.col(flag("reached", i)),
        "left": eligible & nw.col(flag("left", i)),
        "overdue": overdue,
        # Who has not even paid in time has hardly stayed.
        "hopeful": overdue if paid is None else overdue & ~nw.col(flag("overdue", paid)),
        "marked": of & nw.col(flag("marked", i)),
        "everyone": of,
    }


_SINCE = "paid_on·"


def _paid_clock(flagged: Flagged) -> Frame:
    """Add the date of the first paid session, where it is dated and the client paid."""
    if len(blocks(flagged)) < len(BLOCKS) or flagged.chain.paid is None:
        return flagged.frame
    when = nw.col(date_column(flagged.chain.steps[flagged.chain.paid].name)).dt.truncate("1d")
    return flagged.frame.with_columns(
        nw.when(nw.col(PAID) & until(when, flagged.as_of)).then(when).alias(_SINCE)
    )


def _parts_since_paid(flagged: Flagged, i: int) -> dict[str, nw.Expr]:
    """The same on the clock of the first paid session: who had not left by then has stayed."""
    duration = flagged.journey.due(flagged.chain.steps[i].name)
    eligible = until(nw.col(_SINCE), duration.latest_start(flagged.as_of))
    due_on = nw.col(_SINCE).dt.offset_by(duration.offset)
    dated = ~nw.col(LEFT_ON).is_null()
    later = (nw.col(LEFT_ON) > due_on).fill_null(False)
    unknown = (
        eligible & nw.col(LEFT) & ~dated
    )  # left, before or after: between rate and rate_if_overdue_stayed
    return {
        "eligible": eligible,
        "reached": eligible & (~nw.col(LEFT) | later),
        "left": eligible & dated & ~later,
        "overdue": unknown,
        "hopeful": unknown,
        "marked": NEVER,
        "everyone": ~nw.col(_SINCE).is_null(),
    }
