"""The steps table: counts, rates and settled counts of every step (docs/definitions.md#counts)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from funnel.grid import column_letter
from funnel.metrics.core.flags import Chain, each
from funnel.metrics.core.result import KIND, STEP, Chart, Column, Result, View, low_high
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.schema import step_mark
from funnel.text import capitalised

if TYPE_CHECKING:
    from funnel.clients import Layout
    from funnel.metrics.core.result import Measured

Counts: TypeAlias = Literal["marked", "passed", "nested"]
COUNTS: tuple[Counts, ...] = ("marked", "passed", "nested")
CELLS = ("marked", "passed", "nested", "skipped")  # counts that a step without a column lacks
_LOST = "Lost: of the clients who were due and had reached the {step} before, those who left or are overdue"
_SHOW_NOTE = (
    f"{_LOST}; in brackets, the 95 % interval. The other shares also include clients who still have time."
)
_MORE = (
    " More than 100 % of the previous {step} (a negative drop-off): more clients are marked than at the "
    "{step} before."
)
_NESTED = " --counts nested leaves them out."
OVERDUE = "due, but {}, and not known to have left. Ask."
"""The meaning of "overdue" for people, with "not marked", or for stages "not so far"."""
_TAB_NOTE = "Marked and Drop-off by columns agree with the totals in your sheet."
_STAGED_TAB_NOTE = (
    "A client in a stage has reached it and all before it. How far a lost client came is unknown, "
    "unless a log or the journey file contains it."
)
_IN_TAB = (
    "step marked of_leads low high of_previous drop_off settled_drop_off settled_n settled_low settled_high "
    "reached left not_due overdue undated unknown"
)


def _counted(funnel: Measured, table: pd.DataFrame) -> pd.DataFrame:
    """Drop the counts that the rates do not use."""
    return table.drop(columns=[name for name in COUNTS if name != funnel.counts])


def _show_note(funnel: Any) -> str:
    more = _more_than_before(funnel)
    hint = _NESTED if more and not funnel.journey.staged else ""
    return _SHOW_NOTE.format(step=_word(funnel)) + more + hint


def _tab_note(funnel: Any) -> str:
    first = _STAGED_TAB_NOTE if funnel.journey.staged else _TAB_NOTE
    lost = f"{_LOST.format(step=_word(funnel))}. Verdicts use it."
    interval = "From–to: the 95 % interval; the fewer clients, the wider."
    return f"{first} {lost} {interval} {_overdue(funnel)}{_more_than_before(funnel)}"


def _overdue(funnel: Any) -> str:
    return f"Overdue: {OVERDUE.format('not so far' if funnel.journey.staged else 'not marked')}"


def _more_than_before(funnel: Any) -> str:
    """Explain a negative drop-off; "" if there is none."""
    return _MORE.format(step=_word(funnel)) if (funnel.steps["drop_off"] < 0).any() else ""


def _word(funnel: Measured) -> str:
    return "stage" if funnel.journey.staged else "step"


RESULT = Result(
    "steps",
    "Steps",
    "Counts, rates and settled counts of every step.",
    (
        STEP,
        KIND,
        Column("column", "Column", "text", "Letter of its column in the sheet.", quiet=True),
        Column("header", "Header", "text", "Header of its column in the sheet.", quiet=True),
        Column("marked", "Marked", "count", "Clients whose cell is marked.", staged="Reached so far"),
        Column(
            "passed",
            "Marked here or later",
            "count",
            "Clients marked here or at a later step of the same kind.",
        ),
        Column("nested", "Marked here and before", "count", "Clients marked here and at every earlier step."),
        Column(
            "of_previous",
            "% of previous step",
            "rate",
            "Clients of this step, of those of the step before.",
            staged="% of previous stage",
        ),
        Column(
            "drop_off",
            "Drop-off by columns",
            "rate",
            "1 − of_previous, by the column totals; negative if a step has more clients than the one before.",
            staged="Drop-off of all",
        ),
        Column("lost", "Fewer than before", "count", "Clients of the step before, minus those of this one."),
        Column("of_leads", "% of leads", "rate", "Clients of this step, of all leads.", ("low", "high")),
        *low_high("of_leads"),
        Column("reached", "Reached", "count", "Clients who reached the step."),
        Column("left", "Left", "count", "Clients who left without reaching it."),
        Column("not_due", "Not due", "count", "Clients who still have time for it."),
        Column("overdue", "Overdue", "count", capitalised(OVERDUE.format("not marked"))),
        Column(
            "undated", "No date", "count", "Clients without a lead date who have neither reached it nor left."
        ),
        Column("skipped", "Skipped", "count", "Clients who reached it only by a later mark."),
        Column(
            "settled_n",
            "of how many",
            "count",
            "Clients who were due and had reached the step before.",
        ),
        Column("settled_reached", "Settled, reached", "count", "Of settled_n, those who reached the step."),
        Column("settled_left", "Settled, left", "count", "Of settled_n, those who left."),
        Column("settled_overdue", "Settled, overdue", "count", "Of settled_n, those who are overdue."),
        Column(
            "settled_drop_off",
            "Lost, of those due",
            "rate",
            "(settled_left + settled_overdue) / settled_n.",
            ("settled_low", "settled_high"),
            n="settled_n",
        ),
        *low_high("settled_drop_off", "settled_"),
        Column(
            "unknown",
            "Unknown",
            "count",
            "Clients who left; whether they had reached it is not recorded.",
            only_with="unknown",
        ),
    ),
    lambda funnel: funnel.steps,
    chart=Chart("drop_off", "funnel.charts.drop_off:plot", first=True),
    charts=(Chart("funnel", "funnel.charts.funnel:plot", by=True),),
    show=(
        View(
            "Steps",
            ("step", *COUNTS, "of_leads", "of_previous", "settled_drop_off", "settled_n"),
            _show_note,
            "The way through the stages",
            prepare=_counted,
            drop_first=("of_previous", "of_leads"),
        ),
        View(
            "Clients at each step",
            ("step", "reached", "left", "not_due", "overdue", "undated", "unknown"),
            lambda funnel: f"Not due: still has time. {_overdue(funnel)}",
        ),
    ),
    tab=View(
        "Steps",
        tuple(_IN_TAB.split()),
        _tab_note,
        "The way through the stages",
    ),
    review=True,
    index=("step",),
)
COLUMNS = RESULT.names


def steps_table(
    tally: pd.DataFrame, leads: int, chain: Chain, counts: Counts = "marked", layout: Layout | None = None
) -> pd.DataFrame:
    """Make the steps table of JSON version 1 from the counts of each step.

    Parameters
    ----------
    tally : one row for each step, a column for each of `values.FLAGS`.
    leads : all clients of the funnel.
    counts : the count N(k) for `of_previous`, `drop_off`, `lost`, `of_leads` and its bounds.
    layout : where the columns are in the sheet; without it `column` and `header` are null.

    Returns
    -------
    DataFrame, one row for each step; counts are integers, rates fractions, NaN where undefined. `CELLS`
    are NaN for steps without a column, and for steps that are unknown for some lost client.

    Examples
    --------
    >>> from funnel.journey import Step
    >>> from funnel.metrics.core.flags import FLAGS
    >>> chain = Chain((Step(name="Met"), Step(name="Paid", paid=True)), frozenset({0, 1}))
    >>> tally = pd.DataFrame(0, index=[0, 1], columns=list(FLAGS)).assign(marked=[8, 6], settled_n=[5, 0])
    >>> steps_table(tally, 10, chain)[["step", "of_previous", "lost", "of_leads", "settled_drop_off"]]
       step  of_previous  lost  of_leads  settled_drop_off
    0   Met         0.80     2       0.8               0.0
    1  Paid         0.75     2       0.6               NaN
    """
    return steps_tables(tally, [chain], [leads], counts, layout).reset_index(drop=True)


def steps_tables(
    tally: pd.DataFrame,
    chains: Sequence[Chain],
    clients: Sequence[int],
    counts: Counts,
    layout: Layout | None = None,
) -> pd.DataFrame:
    """Make the steps tables of several groups of clients, one under the other, indexed by their positions.

    Parameters
    ----------
    tally : the tallies of all groups, as in `steps_table`, one under the other.
    chains, clients : the chain of each group, and its number of clients.
    """
    table = tally.reset_index(drop=True)
    chain, times = chains[0], len(chains)
    leads = np.repeat(clients, len(chain.steps))
    cells = np.array([i in c.cells and i not in c.unknown for c in chains for i in each(chain)])
    for name in CELLS if not cells.all() else ():
        table[name] = table[name].astype(float).where(cells)
    n = table[counts].to_numpy()
    before = _before(n, leads, chain)
    lost = table["settled_left"] + table["settled_overdue"]
    of_previous = ratio(n, before)
    low, high = wilson(n, leads)
    settled_low, settled_high = wilson(lost, table["settled_n"])
    column, header = _places(chain, layout)
    added = {
        "of_previous": of_previous, "drop_off": 1 - of_previous, "lost": before - n,
        "of_leads": ratio(n, leads), "low": low, "high": high,
        "settled_drop_off": ratio(lost, table["settled_n"]),
        "settled_low": settled_low, "settled_high": settled_high,
        "step": [step.name for step in chain.steps] * times,
        "kind": [step.kind for step in chain.steps] * times,
        "column": column * times, "header": header * times,
    }  # fmt: skip
    whole = pd.concat([table, pd.DataFrame(added)], axis=1)[list(COLUMNS)]
    return whole.set_axis(np.repeat(range(times), len(chain.steps)))


def _before(n: npt.NDArray[Any], leads: npt.NDArray[Any], chain: Chain) -> npt.NDArray[Any]:
    """Return N of the step before each step; all leads before the first."""
    before = leads.astype(n.dtype)
    for i, step in enumerate(map(chain.previous, each(chain))):
        if step is not None:
            before[i :: len(chain.steps)] = n[step :: len(chain.steps)]
    return before


def _places(chain: Chain, layout: Layout | None) -> tuple[list[str | None], list[str | None]]:
    """Return the column letter and header of each step, or None."""
    numbers = [layout.columns.get(step_mark(step.name)) if layout else None for step in chain.steps]
    letters = [column_letter(number) if number else None for number in numbers]
    return letters, [layout.headers.get(number) if layout and number else None for number in numbers]
