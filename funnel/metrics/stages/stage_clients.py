"""Stage cards as lists: the clients in each stage, with their value and the days they have been there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import keep_rows
from funnel.metrics.core.result import STAGES, Column, Result, View
from funnel.metrics.stages.time_in_stage import time_in_stage_table
from funnel.text import days_text

MONEY = ("value", "lifetime_value", "value_30_days")
FIRST_ON_TAB = 10
"""Clients of each stage on the tab `Funnel`."""


def _first_of_each(_funnel: object, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the first clients of each stage, with both numbers of days in one column."""
    return _with_days(_funnel, table.groupby("stage", sort=False).head(FIRST_ON_TAB))


def _with_days(_funnel: object, table: pd.DataFrame) -> pd.DataFrame:
    """Join both numbers of days in one column."""
    days = zip(table["at_least"], table["at_most"], strict=True)
    return table.assign(days=[days_text(least, most) for least, most in days])


def _stage_of(row: Mapping[Any, Any]) -> str:
    return str(row["stage"])


_SHOWN = ("client", "lifetime_value", "value_30_days", "days")
RESULT = Result(
    "stage_clients",
    "Clients by stage",
    "The clients in each stage, with their value and the days they have been there.",
    (
        Column("stage", "Stage", "text", "Name of the stage."),
        Column("row", "Row", "count", "Row in the sheet.", quiet=True),
        Column("client", "Client", "text", "Name of the client."),
        Column("coach", "Coach", "text", "The coach or other owner.", quiet=True),
        Column("lifetime_value", "Lifetime value", "money", "Lifetime value.", only_with="lifetime_value"),
        Column("value_30_days", "30-day value", "money", "Last 30 days.", only_with="value_30_days"),
        Column("value", "Value", "money", "Value of the client.", only_with="value"),
        Column("at_least", "Days", "days", "Days in the stage so far, at least.", quiet=True),
        Column("at_most", "Days, at most", "days", "Days in the stage so far, at most.", quiet=True),
        Column("known_by", "Known by", "text", "`event`, `log`, `lead date`, or empty.", quiet=True),
    ),
    lambda funnel: stage_clients_table(funnel.flagged),
    needs=(STAGES,),
    alone=View("Clients by stage", _SHOWN, "The longest first.", prepare=_with_days, group=_stage_of),
    tab=View(
        "Clients by stage",
        ("stage", *_SHOWN),
        f"The first {FIRST_ON_TAB} of each stage, longest first. All: funnel stages SHEET --stage NAME",
        prepare=_first_of_each,
    ),
)  # fmt: skip
COLUMNS = RESULT.names


def stage_clients_table(flagged: Flagged, stage: str | None = None, page: int = 1) -> pd.DataFrame:
    """List the clients in each stage, or in one, the longest in the stage first.

    Of an engine, a page of a thousand clients, those with the oldest leads on the first.

    Returns
    -------
    DataFrame, a row for each client: stages in their order, lost ones last; within a stage by days (at
    least), unknown days last, then by row. Columns: see `RESULT`. Money is NaN if the sheet
    has no such column. Empty for a journey without stages.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Stage
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "stage": [None, None],
    ...                       "lead_date": pd.to_datetime(["2026-06-21", "2026-06-01"])})
    >>> journey = Journey(stages=(Stage(name="Lead", default=True),))
    >>> found = stage_clients_table(flagged(table.astype({"stage": "str"}), journey, dt.date(2026, 7, 1)))
    >>> found[["client", "at_least"]].values.tolist()
    [['Ben', 30.0], ['Ana', 10.0]]
    """
    if not flagged.journey.stages:
        return pd.DataFrame(columns=list(COLUMNS))
    known = [name for name in MONEY if name in flagged.columns]
    if stage is not None:
        flagged = replace(flagged, frame=keep_rows(flagged.frame, nw.col(STAGE) == stage))
    found = time_in_stage_table(flagged, known, page)
    for name in MONEY:
        found[name] = found[name].astype(float) if name in known else float("nan")
    order = {
        stage.name: i for i, stage in enumerate((*flagged.journey.ordered_stages, *flagged.journey.lost))
    }
    found["order"] = found["stage"].map(order)
    found = found.sort_values(["order", "at_least", "row"], ascending=[True, False, True], ignore_index=True)
    return found[list(COLUMNS)]
