"""The steps table: counts, rates and settled counts of every step (docs/definitions.md#counts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from funnel.grid import column_letter
from funnel.metrics.core.flags import Chain, each
from funnel.metrics.statistics.intervals import ratio, wilson

if TYPE_CHECKING:
    from funnel.clients import Layout

Counts: TypeAlias = Literal["marked", "passed", "nested"]
COUNTS: tuple[Counts, ...] = ("marked", "passed", "nested")
CELLS = ("marked", "passed", "nested", "skipped")  # what a step without a column does not have
COLUMNS = (
    "step", "kind", "column", "header", "marked", "passed", "nested", "of_previous", "drop_off", "lost",
    "of_leads", "low", "high", "reached", "left", "not_due", "overdue", "undated", "skipped",
    "settled_n", "settled_reached", "settled_left", "settled_overdue",
    "settled_drop_off", "settled_low", "settled_high", "unknown",
)  # fmt: skip


def steps_table(
    tally: pd.DataFrame, leads: int, chain: Chain, counts: Counts = "marked", layout: Layout | None = None
) -> pd.DataFrame:
    """Turn the counts of each step into the steps table of JSON version 1.

    Parameters
    ----------
    tally : one row for each step, a column for each of `values.FLAGS`.
    leads : all clients of the funnel.
    counts : which count N(k) `of_previous`, `drop_off`, `lost`, `of_leads` and its bounds stand on.
    layout : where the columns are in the sheet; without it `column` and `header` are null.

    Returns
    -------
    DataFrame, one row for each step; counts are integers, rates fractions, NaN where undefined. A step that
    is derived from the left date has no cells, so that what counts cells is NaN; so it is where nobody knows
    how far those came who are in a lost stage (`unknown` counts them): they are no zero.

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
    table = tally.reset_index(drop=True)
    cells = table.index.isin(chain.cells - chain.unknown)
    for name in CELLS if not cells.all() else ():
        table[name] = table[name].astype(float).where(cells)
    n = table[counts]
    before = _before(n, leads, chain)
    table["of_previous"] = ratio(n, before)
    table["drop_off"] = 1 - table["of_previous"]
    table["lost"] = before - n
    table["of_leads"] = ratio(n, np.full(len(n), leads))
    table["low"], table["high"] = wilson(n, np.full(len(n), leads))
    gone = table["settled_left"] + table["settled_overdue"]
    table["settled_drop_off"] = ratio(gone, table["settled_n"])
    table["settled_low"], table["settled_high"] = wilson(gone, table["settled_n"])
    table["step"] = [step.name for step in chain.steps]
    table["kind"] = [step.kind for step in chain.steps]
    table["column"], table["header"] = _places(chain, layout)
    return table[list(COLUMNS)]


def _before(n: pd.Series[float], leads: int, chain: Chain) -> pd.Series[float]:
    """N of the link before each step; all leads before the first."""
    links = [chain.previous(i) for i in each(chain)]
    return pd.Series([leads if link is None else n[link] for link in links], dtype=n.dtype)


def _places(chain: Chain, layout: Layout | None) -> tuple[list[str | None], list[str | None]]:
    """Column letter and header of each step, None where there is none."""
    numbers = [layout.columns.get(step.name) if layout else None for step in chain.steps]
    letters = [column_letter(number) if number else None for number in numbers]
    return letters, [layout.headers.get(number) if layout and number else None for number in numbers]
