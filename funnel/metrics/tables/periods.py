"""Compare two ranges of lead dates: changes of each step, and whether they are beyond chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.column_lookup import within
from funnel.metrics.core.date_ranges import Range
from funnel.metrics.core.flags import LEAD, Flagged, each, flag
from funnel.metrics.core.flags import flagged as flagged_as_of
from funnel.metrics.core.frames import count_flags, keep_rows, lazy
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.statistics.tests import compare_rates, holm, newcombe
from funnel.metrics.tables.cohorts import by_lead_date
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import percent, undefined

SIDES = ("before", "after")
COLUMNS = (
    "step", "kind",
    "before_n", "before_reached", "before", "before_low", "before_high",
    "after_n", "after_reached", "after", "after_low", "after_high",
    "change", "change_low", "change_high", "p", "test", "p_holm", "verdict",
)  # fmt: skip
SURE = 0.05


def compare_periods(
    clients: Clients, flagged: Flagged, after: Range | None = None, before: Range | None = None
) -> pd.DataFrame:
    """Compare two ranges of lead dates at equal age.

    Only settled clients are compared. The earlier range is measured as of an earlier day, so that its clients
    had no more time than the later ones; dated marks and left dates after that day are ignored. Marks without
    a date always count, which favours the earlier range.

    Parameters
    ----------
    after : the later range; default: the newest quarter with at least 10 clients due at the paid step, else
        this quarter.
    before : the earlier range; default: the one before `after`.

    Returns
    -------
    DataFrame as from `periods_table`; before_leads and after_leads are the names of the ranges, before_as_of
    and after_as_of their as-of dates.

    Raises
    ------
    UsageError : the ranges overlap, or are in the wrong order.
    """
    later, as_of = after or _newest(flagged), flagged.as_of
    earlier = before or later.before
    if earlier.end >= later.start:
        raise UsageError(f"{earlier} does not end before {later} begins; name the later range first.")
    then = as_of - (later.end - earlier.end)
    counted = [_count(_rewound(clients, earlier, then)), _count(_only(flagged, later))]
    named = {"before_leads": str(earlier), "before_as_of": then.isoformat()}
    named |= {"after_leads": str(later), "after_as_of": as_of.isoformat()}
    return periods_table(clients.journey, *counted).assign(**named)


def periods_sentence(table: pd.DataFrame) -> str:
    """Return the changes from one range to the other, in a sentence or two."""
    names = f"leads of {table['after_leads'].iloc[0]} against those of {table['before_leads'].iloc[0]}"
    called = table[(table["before_n"] >= ENOUGH) & (table["after_n"] >= ENOUGH)]
    if not len(called):
        return f"Too few to call ({names}): at no step are {ENOUGH} clients of each range due."
    changed = called[called["p_holm"] < SURE]
    if not len(changed):
        return f"No step changed beyond chance ({names})."
    changes = "; ".join(f"{row['step']} {row['verdict']}" for row in changed.to_dict("records"))
    return f"More than chance ({names}): {changes}."


def periods_table(journey: Journey, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare the settled conversions of two ranges.

    Parameters
    ----------
    before, after : n and reached of each step, in order.

    Returns
    -------
    DataFrame, a row for each step: step, kind; n, reached, rate (named `before` and `after`) and its bounds
    on both sides; change (after − before) with bounds (Newcombe); p, test and p_holm (over the steps); a
    verdict in words.

    Examples
    --------
    >>> from funnel.journey import Step
    >>> one, other = ({"n": [80], "reached": [x]} for x in (40, 60))
    >>> found = periods_table(Journey(steps=(Step(name="Met"),)), pd.DataFrame(one), pd.DataFrame(other))
    >>> found["verdict"].item()
    'rose from 50 % (40 of 80) to 75 % (60 of 80)'
    """
    table = pd.DataFrame({"step": [s.name for s in journey.steps], "kind": [s.kind for s in journey.steps]})
    for side, counts in zip(SIDES, (before, after), strict=True):
        table[f"{side}_n"], table[f"{side}_reached"] = counts["n"], counts["reached"]
        table[side] = ratio(counts["reached"], counts["n"])
        table[f"{side}_low"], table[f"{side}_high"] = wilson(counts["reached"], counts["n"])
    counts_of = [table[f"{side}_{name}"] for side in SIDES for name in ("reached", "n")]
    table["change"] = table["after"] - table["before"]
    table["change_low"], table["change_high"] = newcombe(*counts_of)
    table[["p", "test"]] = compare_rates(*counts_of)
    table["p_holm"] = holm(table["p"])
    table["verdict"] = [_verdict(row) for row in table.to_dict("records")]
    return table[list(COLUMNS)]


def _rewound(clients: Clients, days: Range, as_of: dt.date) -> Flagged:
    """Return the leads of a range, as of an earlier day."""
    table = lazy(table_as_of(clients, as_of))
    columns = table.collect_schema().names()
    if "lead_date" in columns and {"left_date", "left_reason"} & set(columns):  # else painted rows may count
        table = table.filter(within(nw.col("lead_date"), days))  # first, so that fewer rows are computed
    return _only(flagged_as_of(table, clients.journey, as_of), days)


def _only(flagged: Flagged, days: Range) -> Flagged:
    """Return the leads of a range."""
    return replace(flagged, frame=keep_rows(flagged.frame, within(nw.col(LEAD), days)))


def _count(flagged: Flagged) -> pd.DataFrame:
    """Count settled clients at each step, and those of them who reached it."""
    names = ("settled_n", "settled_reached")
    row = count_flags(flagged.frame, [flag(name, i) for i in each(flagged.chain) for name in names]).iloc[0]
    counts = [[int(row[flag(name, i)]) for name in names] for i in each(flagged.chain)]
    return pd.DataFrame(counts, columns=["n", "reached"])


def _newest(flagged: Flagged) -> Range:
    """Return the newest quarter of leads with enough clients due at the paid step."""
    steps = flagged.journey.steps
    goal = flagged.chain.paid
    if goal is None:
        goal = max((i for i, step in enumerate(steps) if step.kind == "step"), default=len(steps) - 1)
    counted = by_lead_date(flagged, "quarter", ("due",))
    enough = counted["range"][counted[flag("due", goal)] >= ENOUGH]
    newest: Range = enough.iloc[-1] if len(enough) else Range.of(flagged.as_of, "quarter")
    return newest


def _verdict(row: Mapping[Hashable, Any]) -> str:
    """Return the change of one step in words."""
    if undefined(row["change"]):
        return "cannot be compared: one side has no clients due"
    facts = (
        f"from {percent(row['before'])} ({row['before_reached']:,} of {row['before_n']:,}) "
        f"to {percent(row['after'])} ({row['after_reached']:,} of {row['after_n']:,})"
    )
    if min(row["before_n"], row["after_n"]) < ENOUGH:
        return f"too few to call ({facts})"
    if not row["p_holm"] < SURE:
        return f"not beyond chance ({facts})"
    return f"{'rose' if row['change'] > 0 else 'fell'} {facts}"
