"""Make the review of a sheet, and write it as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.metrics import Funnel
from funnel.reports.make_review import make_review
from funnel.reports.review import Review
from funnel.workflows.load import JourneyLike, Source, as_date, load, open_clients

if TYPE_CHECKING:
    import pandas as pd

    from funnel.grid import Grid
    from funnel.sheets.base import Sheet


def report(
    source: Source | Funnel | pd.DataFrame,
    journey: JourneyLike = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
    *,
    by: str | Sequence[str] = (),
    names: bool = False,
    since: str | dt.date | None = None,
    where: dict[str, str | None] | None = None,
    within: str | None = None,
) -> Review:
    """Make the review of a sheet, or of a funnel: ``funnel.report("clients.xlsx").save("review.html")``.

    Parameters
    ----------
    source : a path, a URL, a DataFrame, or a Funnel.
    journey, tab : as for `load`; not for a Funnel.
    as_of : the as-of date; today by default; that of the Funnel.
    by : columns to compare; by default the coach and the source, if the sheet has them.
    names : whether clients are named in follow-ups and problems.
    since : the day of the last review; by default four weeks before.
    where : only these clients: ``{"coach": "Zoe"}``.
    within : a conversion window, as for `Funnel`; not for a Funnel.

    Returns
    -------
    A Review; `save` writes it as .html, .pdf, .pptx or .xlsx.

    Raises
    ------
    ReadError, JourneyError, UsageError : as for `load` and `make_review`.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"Client name": ["Ana", "Ben"], "Date of lead": ["2026-01-05", "2026-02-03"],
    ...                       "Client contacted": [1, 1], "First paid session": [1, None]})
    >>> review = report(table, journey="gym", as_of="2026-07-01")
    >>> review
    Review of DataFrame as of 2026-07-01: 12 sections
    >>> review["verdict"].sentences[0]
    'Too few to call: no step has 10 clients who were due and had reached the step before it. Look again ...'
    """
    history: Grid | None = None
    tabs: tuple[str, ...] = ()
    if isinstance(source, Funnel):
        funnel = source
    else:
        day = as_date(as_of) if as_of is not None else dt.date.today()
        if isinstance(source, str | Path):
            opened = open_clients(source, journey, tab, as_of=day)
            clients, history, tabs = opened.clients, find_history(opened.sheet), opened.sheet.tabs()
        else:
            clients = load(source, journey, tab, as_of=day)
        funnel = Funnel(clients, day, within=within)
    if where:
        funnel = funnel.where(**where)
    return make_review(
        funnel, by=(by,) if isinstance(by, str) else tuple(by), names=names,
        since=as_date(since) if since is not None else None, history=history, tabs=tabs,
    )  # fmt: skip


def write_review(source: Source | Funnel | pd.DataFrame, path: str | Path, **how: object) -> list[Path]:
    """Make the review of a sheet and write it; `how` is as for `report`.

    Returns
    -------
    The paths written: one; for a folder, one of each kind.
    """
    return report(source, **how).save(path)  # type: ignore[arg-type]


def find_history(sheet: Sheet) -> Grid | None:
    """Return the tab `Funnel history` of a sheet; None if there is none yet."""
    from funnel.writer.history.weeks import NAME

    for tab in sheet.tabs():
        if NAME in sheet.read(tab, rows=1).anchors:
            return sheet.read(tab)
    return None
