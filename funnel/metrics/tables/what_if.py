"""What-if: paying and long-term clients gained per 100 leads if a step's conversion rose."""

from __future__ import annotations

import numpy as np
import pandas as pd

from funnel.errors import UsageError
from funnel.metrics.core.flags import Chain
from funnel.metrics.core.result import SETTLED, STEP, Column, Result
from funnel.metrics.tables.leaks import STEP_UP, gains, up_to_paid

RESULT = Result(
    "what_if",
    "What if",
    "Gain per 100 leads if a step's conversion rose by ten points.",
    (
        STEP,
        SETTLED,
        Column("conversion", "Conversion", "rate", "Share of them who reached the step."),
        Column("raised", "Raised to", "rate", "The conversion it is raised to."),
        Column("paying_per_100", "Paying per 100", "number", "Paying clients per 100 leads now."),
        Column("paying_gained", "Paying, gained", "number", "Additional ones if the step rises."),
        Column("paying_gained_half", "Paying, half of that", "number", "Half of that: a careful guess."),
        Column("long_term_per_100", "Long-term per 100", "number", "Long-term clients per 100 leads now."),
        Column("long_term_gained", "Long-term, gained", "number", "Additional ones if the step rises."),
        Column(
            "long_term_gained_half", "Long-term, half of that", "number", "Half of that: a careful guess."
        ),
    ),
    lambda funnel: funnel.what_if(),
    index=("step",),
)
COLUMNS = RESULT.names


def what_if_table(
    steps: pd.DataFrame, chain: Chain, step: str | None = None, by: float = STEP_UP, to: float | None = None
) -> pd.DataFrame:
    """Compute what a better step would gain per 100 leads if all other steps stayed the same.

    On settled counts (docs/definitions.md#leaks): of 100 leads who are due, the product of the
    conversions reach the end. Clients gained by extra effort are rarely as good as others, so half of each
    gain is given too, as a careful guess.

    Parameters
    ----------
    steps : the steps table.
    step : the step that rises; None for each in turn.
    by : the rise of its conversion, as a fraction (0.10: ten points); the result is at most 1.
    to : the conversion it rises to, instead of `by`.

    Returns
    -------
    DataFrame: step, n (settled clients), conversion (now), raised (the new one); paying clients per 100
    leads now, and gained, and half of that; the same for long-term clients, who reached the last retention
    step. NaN if an earlier step has no settled clients, or the journey has no retention step.

    Raises
    ------
    UsageError : `by` or `to` is not a fraction.

    Examples
    --------
    >>> from funnel.journey import Step
    >>> chain = Chain((Step(name="Met"), Step(name="Paid", paid=True)), frozenset({0, 1}))
    >>> steps = pd.DataFrame({"step": ["Met", "Paid"], "settled_n": [40, 20], "settled_drop_off": [0.5, 0.2]})
    >>> what_if_table(steps, chain, "Met", by=0.1)[["raised", "paying_gained", "paying_gained_half"]]
       raised  paying_gained  paying_gained_half
    0     0.6            8.0                 4.0
    """
    for name, value in {"by": by, "to": to}.items():
        if value is not None and not 0 <= value <= 1:
            raise UsageError(f"{name}={value!r} is not a fraction between 0 and 1. Write ten points as 0.1.")
    positions = list(chain.required)
    part = steps.iloc[positions].reset_index(drop=True)
    kept = 1 - part["settled_drop_off"].to_numpy(dtype=float)
    raised = np.minimum(1.0, kept + by) if to is None else np.where(np.isnan(kept), np.nan, to)
    table = part[["step"]].assign(n=part["settled_n"], conversion=kept, raised=raised)
    paying = [j for j, i in enumerate(positions) if up_to_paid(chain, i)]
    ends = {"paying": paying, "long_term": list(range(len(positions))) if chain.retention else []}
    for name, way in ends.items():
        gained = gains(kept, raised, way) if way else np.full(len(positions), np.nan)
        table[f"{name}_per_100"] = 100 * float(np.prod(kept[way])) if way else np.nan
        table[f"{name}_gained"] = gained
        table[f"{name}_gained_half"] = gained / 2
    return table if step is None else table[table["step"] == step].reset_index(drop=True)
