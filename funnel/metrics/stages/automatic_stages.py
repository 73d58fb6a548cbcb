"""Who stands where without a hand: put there by an event, a rule, the company; and whom a hand overrules."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from funnel.metrics.core.assign_stages import AUTOMATIC_STAGE, SET_BY, STAGE
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import collect, keep_rows

COLUMNS = ("row", "client", "coach", "stage", "set_by", "overruled")
BY_HAND, BY_DEFAULT = "hand", "default"


def placed_table(flagged: Flagged) -> pd.DataFrame:
    """List the clients whom something else than a hand put where they are, and those whom a hand keeps away.

    Returns
    -------
    DataFrame, the furthest stage of the way last and the lost stages after it, within a stage in sheet order:
    row, client, coach (None where there is none), stage, set_by ("rule", "event", "company"; "hand" where a
    hand overrules), overruled (the stage where a rule or an event would put a client whom a hand put
    elsewhere; else None). No rows for a journey without stages.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Stage
    >>> from funnel.metrics.core.flags import flagged
    >>> rule = {"column": "number:column:^visits", "at_least": 3}
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Regular", rules=[rule])))
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "stage": [None, None]})
    >>> table = table.assign(**{"number:column:^visits": [1.0, 4.0]}).astype({"stage": "str"})
    >>> placed_table(flagged(table, journey, dt.date(2026, 7, 1)))[["client", "stage", "set_by"]]
      client    stage set_by
    0    Ben  Regular   rule
    """
    journey = flagged.journey
    if not journey.stages:
        return pd.DataFrame(columns=list(COLUMNS))
    nothing = nw.lit(None, nw.String)
    ruled, away = nothing, nw.lit(False)
    if AUTOMATIC_STAGE in flagged.columns:
        ruled = nw.col(AUTOMATIC_STAGE)
        away = (nw.col(SET_BY) == BY_HAND) & ~ruled.is_null() & (ruled != nw.col(STAGE))
    found = collect(
        keep_rows(flagged.frame, away | ~nw.col(SET_BY).is_in([BY_HAND, BY_DEFAULT])).select(
            "row",
            "client",
            (nw.col("coach") if "coach" in flagged.columns else nothing).alias("coach"),
            STAGE,
            nw.col(SET_BY).alias("set_by"),
            nw.when(away).then(ruled).otherwise(nothing).alias("overruled"),
        )
    )
    order = {stage.name: at for at, stage in enumerate((*journey.ordered_stages, *journey.lost))}
    found = found.assign(order=found["stage"].map(order)).sort_values(["order", "row"], ignore_index=True)
    texts = found[["coach", "overruled"]].astype(object)
    found[["coach", "overruled"]] = texts.where(texts.notna(), None)
    return found[list(COLUMNS)]
