"""Retention: clients who stay 1, 2, 3, 6, 12 months, of those for whom that much time has passed.

Two clocks: from the lead date, by marks and left dates; and from the first paid session, if it is dated, by
left dates only (docs/definitions.md#retention).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from funnel.metrics.core.flags import Flagged, flag
from funnel.metrics.core.result import RETENTION, Chart, Column, Need, Result, View, low_high
from funnel.metrics.core.retention_flags import SINCE_PAID, has_paid_clock, months
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.text import count

if TYPE_CHECKING:
    from funnel.metrics.core.tally import Tally

ENOUGH = 10
"""Minimum number of due clients in some month for showing the clock of the first paid session."""


def _due_often(_funnel: object, table: pd.DataFrame) -> pd.DataFrame:
    """Leave out the clock of the first paid session if few clients are due on it; JSON has it."""
    few = table[table["clock"] == "paid"]["eligible"].max() < ENOUGH
    rows = table[table["clock"] != "paid"] if few else table
    return rows.assign(months=[f"  {_after(months)}" for months in rows["months"]])


def _after(months: float) -> str:
    return count(int(months), "month") if months == int(months) else f"{months:.1f} months"


def _whose(row: Mapping[Any, Any]) -> str:
    since = ", since paid" if row["clock"] == "paid" else ""
    return ("Paid clients" if row["of"] == "paid" else "All leads") + since


_NOTE = (
    "Rate: reached, of those due. Marked, of all: of all clients, due or not, so it is too low while clients "
    "are new."
)
_UNKNOWN = "unknown rate_if_unknown_left rate_if_unknown_stayed"
_IN_SHOW = f"months eligible reached left overdue rate rate_if_overdue_stayed naive_rate {_UNKNOWN}"
_IN_TAB = (
    f"months of eligible reached left overdue rate low high rate_if_overdue_stayed naive_rate {_UNKNOWN}"
)
RESULT = Result(
    "retention",
    "Still here",
    "Clients still here after each number of months, of those for whom that time has passed.",
    (
        Column("of", "Of", "text", "`leads`: all clients; `paid`: clients who paid."),
        Column("clock", "Clock", "text", "Start of the months: `lead` date or first `paid` session."),
        Column("months", "After", "months", "Months since then."),
        Column("eligible", "Due", "count", "Clients who are due, without the unknown ones."),
        Column("reached", "Reached", "count", "Of them, clients who are still here."),
        Column("left", "Left", "count", "Of them, clients who left."),
        Column("overdue", "Overdue", "count", "Of them, overdue clients."),
        Column("rate", "Rate", "rate", "reached / eligible.", ("low", "high"), n="eligible"),
        *low_high("rate"),
        Column(
            "rate_if_overdue_stayed",
            "If overdue, stayed",
            "rate",
            "The rate if all overdue clients are here.",
        ),
        Column("naive_rate", "Marked, of all", "rate", "Marked, of all clients, as in the column total."),
        Column(
            "unknown",
            "Left, day unknown",
            "count",
            "Clients who are due and left on an unknown day.",
            only_with="unknown",
        ),
        Column(
            "rate_if_unknown_left",
            "If they left before",
            "rate",
            "reached / (eligible + unknown).",
            only_with="unknown",
        ),
        Column(
            "rate_if_unknown_stayed",
            "If they left after",
            "rate",
            "(reached + unknown) / (eligible + unknown).",
            only_with="unknown",
        ),
    ),
    lambda funnel: funnel.retention,
    needs=(RETENTION,),
    chart=Chart(
        "retention",
        "funnel.charts.retention:plot",
        (
            Need(
                "retention rates",
                lambda funnel: bool(funnel.retention["rate"].notna().any()),
                "No retention step is due, or no column contains who left.",
            ),
        ),
        first=True,
    ),
    show=(View("Still here", tuple(_IN_SHOW.split()), _NOTE, prepare=_due_often, group=_whose),),
    tab=View(
        "Still here",
        tuple(_IN_TAB.split()),
        "Only clients who were due count, so new clients are not losses. If overdue, stayed: the rate if "
        "all overdue clients are still here. Marked, of all: of all clients, due or not, so it is too low "
        "while clients are new.",
    ),
    review=True,
    index=("of", "clock", "months"),
)
COLUMNS = RESULT.names


def retention_table(tally: Tally, flagged: Flagged) -> pd.DataFrame:
    """Turn counts into the retention table of JSON version 1.

    Returns
    -------
    DataFrame, a row for each retention step: of leads and of paid clients on the clock of the lead date, and
    of paid clients on that of the first paid session if any is dated. reached + left + overdue = eligible;
    `unknown` counts clients who left on an unknown day, so that the step is unknown. Rates are fractions, NaN
    if undefined: no eligible clients, or no column for leaving.
    """
    return retention_tables([tally], flagged).reset_index(drop=True)


def retention_tables(tallies: Iterable[Tally], flagged: Flagged) -> pd.DataFrame:
    """Make the retention tables of several groups of clients, indexed by the positions of the groups."""
    chain = flagged.chain
    columns = [*COLUMNS[:7], "unknown", "overdue_after_paying", "marked", "everyone", "known"]
    rows = [(at, row) for at, tally in enumerate(tallies) for row in _rows(tally, flagged)]
    table = pd.DataFrame([row for _, row in rows], [at for at, _ in rows], columns)
    table["eligible"] -= table["unknown"]
    known = table["known"].astype(bool)
    eligible = table["eligible"].astype(float).where(known)
    every = (table["eligible"] + table["unknown"]).astype(float).where(known)
    table["rate"] = ratio(table["reached"], eligible)
    table["low"], table["high"] = wilson(table["reached"], eligible)
    table["rate_if_overdue_stayed"] = ratio(table["reached"] + table["overdue_after_paying"], eligible)
    table["rate_if_unknown_left"] = ratio(table["reached"], every)
    table["rate_if_unknown_stayed"] = ratio(table["reached"] + table["unknown"], every)
    table["naive_rate"] = ratio(table["marked"], table["everyone"])
    if chain.retention and all(isinstance(n, int) for n in table["months"]):
        table["months"] = table["months"].astype("int64")
    return table[list(COLUMNS)]


def _rows(tally: Tally, flagged: Flagged) -> Iterator[tuple[object, ...]]:
    """Yield the counts of each row: those of `COLUMNS`, eligible including unknown; then unknown, …."""
    chain, nothing = flagged.chain, float("nan")
    lengths = {i: months(flagged.journey.due(chain.steps[i].name)) for i in chain.retention}
    for of in ("leads", "paid") if chain.paid is not None else ("leads",):
        counts = tally.leads if of == "leads" else tally.paid
        for i in chain.retention:
            parts = ("due", "due_reached", "due_left", "overdue", "due_unknown", "overdue_after_paying")
            marked = counts[flag("marked", i)] if i in chain.cells else nothing
            numbers = (counts[flag(name, i)] for name in parts)
            yield of, "lead", lengths[i], *numbers, marked, counts["n"], chain.known(i)
    if has_paid_clock(flagged) and tally.paid["paid_dated"]:
        for i in chain.retention:
            due, reached, unknown = (tally.paid[flag(name, i)] for name in SINCE_PAID)
            left = due - reached - unknown
            yield "paid", "paid", lengths[i], due, reached, left, 0, unknown, 0, nothing, nothing, True
