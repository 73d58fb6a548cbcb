"""Segments: the tables for each value of a column, with tests against the rest and pooled rates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients import Clients, Layout
from funnel.clients.frames import keeps_in_engine
from funnel.errors import UsageError
from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.column_lookup import BLANK, find_column, value_name, value_of
from funnel.metrics.core.date_ranges import TRUNCATE
from funnel.metrics.core.flags import FLAGS, SETTLED, Chain, Flagged, each, flags_among
from funnel.metrics.core.frames import count_groups
from funnel.metrics.core.records import records
from funnel.metrics.core.result import BY, VALUE, Chart, Column, Result, View, low_high
from funnel.metrics.core.tally import Tally, counts_of_steps, tallies
from funnel.metrics.stages.cards import stages_table
from funnel.metrics.statistics.pooling import pool
from funnel.metrics.statistics.tests import (
    against_the_rest,
    compare_rates,
    holm,
    log_rank,
    log_rank_of_each,
)
from funnel.metrics.tables.retention import retention_tables
from funnel.metrics.tables.steps import RESULT as STEPS
from funnel.metrics.tables.steps import Counts, steps_tables
from funnel.metrics.tables.survival import Survival, survivals_by
from funnel.schema import flag, shown

KEY = flag("by")
FILLED, UNLIKELY = 0.95, 0.001  # thresholds for a column that is filled in along the journey
FIRST = 2000  # rows of an engine that are looked at first
MOST = 200  # values; more cannot be read, nor distinguished from chance
NOTE = (
    "Drop-off: of clients who were due. p: the probability of a difference this large by chance, corrected "
    "for all values and steps (Holm)."
)
_TAB_NOTE = "At the step {step!r}. p below 0.05: lost more or fewer than the others, beyond chance."


def _compared_step(funnel: Any) -> str:
    """Return the step at which the tab compares values: the paid one, or the last."""
    return str((funnel.journey.paid or funnel.journey.steps[-1]).name)


RESULT = Result(
    "segments",
    "Segments",
    "The steps for each value of a column, with tests against all other values.",
    (
        BY,
        VALUE,
        Column("clients", "Clients", "count", "Clients with that value."),
        *STEPS.columns,
        Column("p_of_leads", "p, of leads", "p", "Test of of_leads against all other values.", quiet=True),
        Column(
            "p_of_previous",
            "p, of previous",
            "p",
            "Test of of_previous against all other values.",
            quiet=True,
        ),
        Column("test", "Test, of leads", "text", "Name of that test.", quiet=True),
        Column("p_holm", "p, of leads, corrected", "p", "The same after Holm's correction over the values."),
        Column("test_of_previous", "Test, of previous", "text", "Name of that test.", quiet=True),
        Column("p_holm_of_previous", "p, of previous, corrected", "p", "The same after Holm's correction."),
        Column(
            "p_settled", "p, settled", "p", "Test of settled_drop_off against all other values.", quiet=True
        ),
        Column("test_settled", "Test, settled", "text", "Name of that test.", quiet=True),
        Column(
            "p_holm_settled", "p, settled, corrected", "p", "The same after Holm's correction.", quiet=True
        ),
        Column(
            "p_family", "p, of all steps", "p", "p_settled after Holm's correction over values and steps."
        ),
        Column(
            "compared",
            "Compared",
            "boolean",
            "No for blank cells, and at the steps before the column was filled in.",
            quiet=True,
        ),
        Column(
            "pooled",
            "Of all leads, pooled",
            "rate",
            "of_leads, shrunk towards the overall rate.",
            ("pooled_low", "pooled_high"),
        ),
        *low_high("pooled", "pooled_"),
        Column(
            "settled_pooled",
            "Drop-off, pooled",
            "rate",
            "settled_drop_off, shrunk towards the overall rate.",
            ("settled_pooled_low", "settled_pooled_high"),
        ),
        *low_high("settled_pooled", "settled_pooled_"),
    ),
    None,
    lambda funnel, by: funnel.by(by),
    chart=Chart("segments", "funnel.charts.segments:plot"),
    json=lambda funnel, by: [] if by is None else _json(funnel, by),
    review=True,
    tab=View(
        "By",
        (
            "value",
            "clients",
            "marked",
            "of_leads",
            "low",
            "high",
            "settled_drop_off",
            "settled_n",
            "p_family",
        ),
        lambda funnel: _TAB_NOTE.format(step=_compared_step(funnel)),
        prepare=lambda funnel, rows: rows[rows["step"] == _compared_step(funnel)],
    ),
    alone=View(
        "Segments",
        ("value", "step", "marked", "of_leads", "settled_drop_off", "settled_n", "p_family"),
        NOTE,
    ),
    index=("value", "step"),
)
COLUMNS = RESULT.names


@dataclass(frozen=True)
class Segments:
    """The clients of a funnel, grouped by the values of a column.

    Parameters
    ----------
    by : the column: a role, a header, "month" or "quarter" (of the lead date).
    flagged : the clients, with the value of each in the column `KEY` (null if blank).
    tallies : the counts of each value, in order, blanks last.
    """

    by: str
    flagged: Flagged
    tallies: Mapping[Any, Tally]

    @property
    def values(self) -> list[str]:
        """The names of the values; blank cells are "(blank)"."""
        return [value_name(self.by, value) for value in self.tallies]

    def steps(self, tally: Tally) -> tuple[pd.DataFrame, Chain]:
        """Return the counts of the steps of one value, and its chain: only its own clients can be unknown."""
        counts, (chain,) = self._steps([tally])
        return counts, chain

    @property
    def every_steps(self) -> tuple[pd.DataFrame, list[Chain]]:
        """The counts of the steps of all values, one under the other, and the chain of each."""
        return self._steps(self.tallies.values())

    def _steps(self, tallies: Collection[Tally]) -> tuple[pd.DataFrame, list[Chain]]:
        chain = self.flagged.chain
        counts = counts_of_steps(tallies, chain)
        unknown = np.isin(each(chain), list(chain.unknown)) & (counts[:, :, FLAGS.index("unknown")] > 0)
        for name in SETTLED:
            counts[:, :, FLAGS.index(name)][unknown] = 0
        table = pd.DataFrame(counts.reshape(-1, len(FLAGS)), columns=list(FLAGS))
        return table, [replace(chain, unknown=frozenset(np.flatnonzero(row).tolist())) for row in unknown]

    def survivals(self) -> list[Survival]:
        """The lifetimes of the clients of each value, since the lead date; without undated leavers."""
        paid = self.flagged.chain.paid
        chains = self.every_steps[1] if paid in self.flagged.chain.unknown else ()
        unknown = [value for value, chain in zip(self.tallies, chains, strict=False) if paid in chain.unknown]
        return survivals_by(self.flagged, KEY, self.tallies, unknown)


def _has(value: object) -> nw.Expr:
    """Return true for the clients of one value."""
    key = nw.col(KEY)
    return key.is_null() if value is None else (key == value).fill_null(False)


def segments_of(clients: Clients, flagged: Flagged, by: str, most: int | None = MOST) -> Segments:
    """Group the clients by a column, in one pass over a table of an engine.

    Parameters
    ----------
    most : the largest number of different values; None for any.

    Raises
    ------
    UsageError : there is no such column, or it has more different values.
    """
    name = by if by in TRUNCATE else find_column(clients, by)
    keyed = replace(flagged, frame=flagged.frame.with_columns(value_of(name, flagged).alias(KEY)))
    # The first rows of an engine are enough to refuse a column of names before they are all counted.
    first = keyed.frame.head(FIRST) if keeps_in_engine(keyed.frame) else keyed.frame
    _check_values(by, len(count_groups(first, nw.col(KEY))), most)
    found_tallies = tallies(keyed, KEY)
    _check_values(by, len(found_tallies), most)
    if name == STAGE and flagged.journey.stages:  # in the journey's order, not in the alphabet's
        names = [stage.name for stage in (*flagged.journey.ordered_stages, *flagged.journey.lost)]
        found_tallies = {name: found_tallies[name] for name in names if name in found_tallies}
    return Segments(name if by in TRUNCATE else shown(name), keyed, found_tallies)


def _check_values(by: str, n: int, most: int | None) -> None:
    if most is not None and n > most:
        raise UsageError(
            f"{by!r} has {n:,} different values, more than {most}: too many to compare side by side. "
            "Choose a column with fewer, such as 'source', 'coach' or 'month'."
        )


# --- the tables ------------------------------------------------------------------------------------------


def segments_table(segments: Segments, counts: Counts, layout: Layout | None = None) -> pd.DataFrame:
    """Join the steps tables of all values, with tests, and without pooled rates (`pooled_rates`).

    Each value is tested against all other values, at each step (docs/definitions.md#tests), with
    Holm's correction over the values: `of_leads` (p_of_leads, test, p_holm), `of_previous` (p_of_previous,
    test_of_previous, p_holm_of_previous), and the settled drop-off, without clients who still have time
    (p_settled, test_settled, p_holm_settled; p_family is over values and steps). Blank cells have no
    test, and are not among the other values. `of_previous` can only be tested if no column has more marks
    than the one before it; else its p is NaN.

    Returns
    -------
    DataFrame, a row for each value and step: by, value, clients, the columns of the steps table, the tests.
    """
    if not segments.tallies:
        return pd.DataFrame(columns=[name for name in COLUMNS if "pooled" not in name])
    clients = [tally.n for tally in segments.tallies.values()]
    table = _labelled(segments, steps_tables(*segments.every_steps, clients, counts, layout))
    named = table["value"] != BLANK
    table["compared"] = named & ~table["step"].isin(steps_before_filling(table))
    tested = pd.concat([table, _tested(table, counts, named, len(clients))], axis=1)
    return tested[[name for name in COLUMNS if name in tested]]


def with_pooled_rates(table: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """Add the pooled rates of `of_leads` and `settled_drop_off` (`pooling`), with bounds, to the table."""
    if not len(table):
        return pd.DataFrame(columns=list(COLUMNS))
    values = table["value"].nunique()
    names = (counts, "clients", "settled_n", "settled_left", "settled_overdue")
    n, clients, settled, left, overdue = (table[name].to_numpy().reshape(values, -1) for name in names)
    parts = [
        _named(pool(n, clients), "pooled", "pooled_low", "pooled_high"),
        _named(pool(left + overdue, settled), "settled_pooled", "settled_pooled_low", "settled_pooled_high"),
    ]
    return pd.concat([table.reset_index(drop=True), *parts], axis=1)[list(COLUMNS)]


def _tested(table: pd.DataFrame, counts: Counts, named: pd.Series[bool], values: int) -> pd.DataFrame:
    """Test the values at each step."""
    names = (counts, "clients", "lost", "settled_n", "settled_left", "settled_overdue", "compared")
    by_step = (table[name].to_numpy().reshape(values, -1) for name in names)
    n, clients, fewer, settled, left, overdue, compared = by_step
    before, lost, all_named = n + fewer, left + overdue, named.to_numpy().reshape(values, -1)
    of_previous = ("p_of_previous", "test_of_previous", "p_holm_of_previous")
    parts = [
        _named(against_the_rest(n, clients, all_named), "p_of_leads", "test", "p_holm"),
        _named(against_the_rest(n, before, all_named), *of_previous),
        _named(against_the_rest(lost, settled, compared), "p_settled", "test_settled", "p_holm_settled"),
    ]
    tested = pd.concat(parts, axis=1)
    return tested.assign(p_family=holm(tested["p_settled"]))


def steps_before_filling(table: pd.DataFrame) -> list[str]:
    """Return the steps that clients had reached before the column was filled in; empty if there are none.

    A column is filled in along the journey if at least 95 % of the clients with a value reached a step, and
    blank cells are more common among those who did not than chance explains (p < 0.001). The steps up to the
    last such step are returned: all clients with a value have passed them, so the values do not differ there.
    """
    ordinary = table[table["kind"] == "step"]
    blank = ordinary["value"] == BLANK
    filled, unfilled = (
        rows.groupby("step", sort=False)[["reached", "clients"]].sum()
        for rows in (ordinary[~blank], ordinary[blank])
    )
    if filled.empty or unfilled.empty:
        return []
    p = compare_rates(filled["reached"], filled["clients"], unfilled["reached"], unfilled["clients"])["p"]
    share, other = filled["reached"] / filled["clients"], unfilled["reached"] / unfilled["clients"]
    found = np.flatnonzero((share >= FILLED) & (share > other) & (p.to_numpy() < UNLIKELY))
    return list(filled.index[: found[-1] + 1]) if len(found) else []


def _named(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table.set_axis(list(names), axis=1)


def _labelled(segments: Segments, table: pd.DataFrame) -> pd.DataFrame:
    """Add by, value and clients in front of the rows of all values, indexed by the position of the value."""
    clients = [tally.n for tally in segments.tallies.values()]
    front = pd.DataFrame({"by": segments.by, "value": segments.values, "clients": clients})
    rows = front.iloc[table.index.to_numpy()].reset_index(drop=True)
    return pd.concat([rows, table.reset_index(drop=True)], axis=1)


def segments_retention(segments: Segments) -> pd.DataFrame:
    """Join the retention tables of all values, with by, value and clients in front."""
    return _labelled(segments, retention_tables(segments.tallies.values(), segments.flagged))


def segments_stages(segments: Segments) -> pd.DataFrame:
    """Join the stage cards of all values.

    Returns
    -------
    DataFrame, a row for each value and stage: by, value_of (the value), of (its number of clients), and the
    columns of the stage cards.
    """
    tables = [stages_table(flags_among(segments.flagged, _has(value))) for value in segments.tallies]
    columns = zip(tables, segments.values, segments.tallies.values(), strict=True)
    tables = [table.assign(by=segments.by, value_of=value, of=tally.n) for table, value, tally in columns]
    if not tables:
        return pd.DataFrame(columns=["by", "value_of", "of"])
    whole = pd.concat(tables, ignore_index=True)
    first = ["by", "value_of", "of"]
    return whole[[*first, *(name for name in whole if name not in first)]]


def segments_survival(segments: Segments) -> pd.DataFrame:
    """Compare how long the clients of each value stay, by the log-rank test.

    Returns
    -------
    DataFrame, a row for each value: by, value, clients (in the curve), left, expected (leavers if all values
    stayed equally long), median_days, p and p_holm (against the rest).
    """
    survivals = segments.survivals()
    lives = [survival.lifetimes for survival in survivals]
    whole = log_rank(lives)
    columns = {
        "by": segments.by,
        "value": segments.values,
        "clients": [s.clients for s in survivals],
        "left": whole.left.astype(int),
        "expected": whole.expected,
        "median_days": [s.median for s in survivals],
        "p": log_rank_of_each(lives),
    }
    table = pd.DataFrame(columns)
    return table.assign(p_holm=holm(table["p"]))


def best_rates(table: pd.DataFrame, steps: Iterable[str]) -> list[float | None]:
    """Return the best pooled conversion of any value at each step (None: none settled).

    Blank cells and steps before the column was filled in are ignored.
    """
    best = 1 - table[table["compared"].astype(bool)].groupby("step")["settled_pooled"].min()
    return [None if np.isnan(rate := best.get(step, np.nan)) else float(rate) for step in steps]


# --- JSON ------------------------------------------------------------------------------------------------


def _json(funnel: Any, by: str) -> list[dict[str, Any]]:
    """Return an entry for each value: its steps with tests, its retention and its survival."""
    steps, retention = funnel.by(by), funnel.retention_by(by)
    found = []
    for stay in records(funnel.survival_by(by)):
        value = stay["value"]
        clients = int(steps["clients"][steps["value"] == value].iloc[0])
        head = {"by": stay.pop("by"), "value": stay.pop("value"), "clients": clients}
        tables = {"steps": _rows_of(steps, value), "retention": _rows_of(retention, value)}
        found.append(head | tables | {"survival": stay})
    return found


def _rows_of(table: pd.DataFrame, value: str) -> list[dict[str, Any]]:
    """Return the rows of one value, without the columns of its entry."""
    return records(table[table["value"] == value].drop(columns=["by", "value", "clients"]))
