"""List the clients counted in a cell of a table, with last step, days overdue and days of silence."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.column_lookup import check_name, where
from funnel.metrics.core.flags import FLAGS, LEAD, Chain, Flagged, each, flag, step_value
from funnel.metrics.core.frames import Frame, collect_page, keep_rows, length
from funnel.metrics.tables.survival import last_seen

WAITING = ("not_due", "overdue", "undated")


def people_table(
    clients: Clients,
    flagged: Flagged,
    step: str,
    count: str | None = None,
    by: Mapping[str, str | None] | None = None,
    page: int = 1,
) -> pd.DataFrame:
    """List the clients that a cell of the steps table counts, in sheet order; of an engine, by due date.

    Parameters
    ----------
    step : the step's name.
    count : a column of the steps table that counts clients ("overdue", "marked", "settled_left"); None for
        all.
    by : only these values, by role or header: ``{"coach": "Zoe"}``; None or "" for a blank cell.
    page : the page of 1,000 clients of an engine's table; a sheet has one page.

    Returns
    -------
    DataFrame: row, client, coach (if the sheet has one), stage (if the journey has stages), status (the value
    of the step), last_step (the last one marked, or None), due (date), days_waiting (since the due date; NaN
    unless overdue), days_silent (since the last dated mark or the lead; NaN for clients who reached the step
    or left).

    Raises
    ------
    UsageError : there is no such step, count or column.
    """
    chain = flagged.chain
    i, frame = _counted(clients, flagged, step, count, by)
    coach = [name for name in ("coach", STAGE) if name in flagged.columns]
    found = collect_page(
        frame.select(
            *("row", "client", *coach),
            step_value(i).alias("status"),
            _last_step(chain).alias("last_step"),
            nw.col(LEAD).dt.offset_by(flagged.journey.due(step).offset).alias("due"),
            last_seen(flagged, nw.col(LEAD)).alias("seen"),
        ),
        page,
        ("due", "client"),
    ).sort_values("row", kind="stable", ignore_index=True)
    now = pd.Timestamp(flagged.as_of)
    late, silent = (now - found["due"]).dt.days, (now - found.pop("seen")).dt.days.clip(lower=0)
    return found.assign(
        days_waiting=late.where(found["status"] == "overdue").astype(float),
        days_silent=silent.where(found["status"].isin(WAITING)).astype(float),
    )


def count_people(
    clients: Clients,
    flagged: Flagged,
    step: str,
    count: str | None = None,
    by: Mapping[str, str | None] | None = None,
) -> int:
    """Return the number of clients on all pages of `people_table`."""
    return length(_counted(clients, flagged, step, count, by)[1])


def _counted(
    clients: Clients, flagged: Flagged, step: str, count: str | None, by: Mapping[str, str | None] | None
) -> tuple[int, Frame]:
    """Return the position of a step, and the clients that a cell of its row counts."""
    names = [each.name for each in flagged.chain.steps]
    i = names.index(check_name("step", step, names))
    frame = keep_rows(flagged.frame, where(clients, by or {}))
    if count is None:
        return i, frame
    return i, frame.filter(nw.col(flag(check_name("count of clients", count, FLAGS), i)))


def _last_step(chain: Chain) -> nw.Expr:
    """Return the name of the last marked step of the journey; null if none is marked."""
    last = nw.lit(None, nw.String)
    for i in each(chain):
        last = nw.when(nw.col(flag("marked", i))).then(nw.lit(chain.steps[i].name)).otherwise(last)
    return last
