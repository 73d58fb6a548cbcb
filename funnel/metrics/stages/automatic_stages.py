"""Clients whose stage was set automatically, and those whose manual stage overrides a rule or event."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from funnel.metrics.core.assign_stages import AUTOMATIC_STAGE, SET_BY, STAGE
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import collect_page, count_flags, keep_rows

COLUMNS = ("row", "client", "coach", "stage", "set_by", "overruled")
SETTERS = {"rule": "a rule", "event": "an event", "company": "the company", "hand": "by hand"}
"""What set a stage -> its name for people."""
BY_HAND = "hand"
NOT_AUTOMATIC = (BY_HAND, "start", "default")


def automatic_stages_table(flagged: Flagged) -> pd.DataFrame:
    """List clients whose stage was set automatically, and those whose manual stage overrides a rule or event.

    Of an engine, the first thousand by name; `count_automatic` counts all.

    Returns
    -------
    DataFrame, in the order of the stages, the lost ones last, then of the sheet: row, client, coach (or
    None), stage, set_by ("rule", "event", "company" or "hand"), overruled (the automatic stage that a manual
    one overrides, else None). Empty for a journey without stages.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Stage
    >>> from funnel.metrics.core.flags import flagged
    >>> rule = {"column": "number:column:^visits", "at_least": 3}
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Regular", rules=[rule])))
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "stage": [None, None]})
    >>> table = table.assign(**{"number:column:^visits": [1.0, 4.0]}).astype({"stage": "str"})
    >>> automatic_stages_table(flagged(table, journey, dt.date(2026, 7, 1)))[["client", "stage", "set_by"]]
      client    stage set_by
    0    Ben  Regular   rule
    """
    journey = flagged.journey
    if not journey.stages:
        return pd.DataFrame(columns=list(COLUMNS))
    automatic, overridden = _overridden(flagged)
    null = nw.lit(None, nw.String)
    found = collect_page(
        keep_rows(flagged.frame, _to_list(overridden)).select(
            "row",
            "client",
            (nw.col("coach") if "coach" in flagged.columns else null).alias("coach"),
            STAGE,
            nw.col(SET_BY).alias("set_by"),
            nw.when(overridden).then(automatic).otherwise(null).alias("overruled"),
        ),
        1,
        ("client",),
    )
    order = {stage.name: at for at, stage in enumerate((*journey.ordered_stages, *journey.lost))}
    found = found.assign(order=found["stage"].map(order)).sort_values(["order", "row"], ignore_index=True)
    texts = found[["coach", "overruled"]].astype(object)
    found[["coach", "overruled"]] = texts.where(texts.notna(), None)
    return found[list(COLUMNS)]


def count_automatic(flagged: Flagged) -> tuple[int, int]:
    """Return the number of clients of `automatic_stages_table`, and of those overridden; all of an engine."""
    overridden = _overridden(flagged)[1]
    every = flagged.frame.select(_to_list(overridden).alias("all"), overridden.alias("overridden"))
    counts = count_flags(every, ["all", "overridden"]).iloc[0]
    return int(counts["all"]), int(counts["overridden"])


def _overridden(flagged: Flagged) -> tuple[nw.Expr, nw.Expr]:
    """Return the automatic stage, and whether a manual one overrides it."""
    if AUTOMATIC_STAGE not in flagged.columns:
        return nw.lit(None, nw.String), nw.lit(False)
    automatic = nw.col(AUTOMATIC_STAGE)
    other = (nw.col(SET_BY) == BY_HAND) & ~automatic.is_null() & (automatic != nw.col(STAGE)).fill_null(False)
    return automatic, other


def _to_list(overridden: nw.Expr) -> nw.Expr:
    return overridden | ~nw.col(SET_BY).is_in(NOT_AUTOMATIC)
