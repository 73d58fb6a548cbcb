"""Make the review of a funnel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw

from funnel.metrics.core.flags import LEAD
from funnel.metrics.core.frames import collect
from funnel.reports.review import ACCENT, Cover, Figure, Logo, Review, Size
from funnel.reports.sections import sections

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.grid import Grid
    from funnel.metrics import Funnel


def make_review(
    funnel: Funnel,
    *,
    by: Sequence[str] = (),
    names: bool = False,
    since: dt.date | None = None,
    history: Grid | None = None,
    tabs: Sequence[str] = (),
) -> Review:
    """Make the review of a funnel.

    Parameters
    ----------
    by : columns to compare; by default the coach and the source, if the sheet has them.
    names : whether clients are named in follow-ups and problems.
    since : the day of the last review, for what changed since; default: four weeks before.
    history : the tab `Funnel history`, if there is one.
    tabs : the names of all tabs of the sheet.

    Raises
    ------
    UsageError : there is no such column.
    JourneyError : the logo cannot be read.
    """
    made = sections(funnel, tuple(by), names, since, history, tuple(tabs))

    def draw(figure: Figure, size: Size | None) -> Axes:
        axes: Axes = getattr(funnel.plot, figure.chart)(**dict(figure.options), size=size)
        return axes

    return Review(_cover(funnel), tuple(made), names, len(funnel.problems), draw)


def _cover(funnel: Funnel) -> Cover:
    clients, business = funnel.clients, funnel.journey.business
    name = clients.source.replace("\\", "/").rsplit("/", 1)[-1]
    shown = business.name or name.rsplit(".", 1)[0].replace("_", " ") or "Clients"
    first, last = _lead_dates(funnel)
    logo = Logo.read(business.logo) if business.logo else None
    return Cover(
        shown, funnel.as_of, first, last, funnel.leads, "a Google Sheet" if "://" in clients.source else name,
        clients.tab, str(clients.only or ""), logo, business.accent or ACCENT,
    )  # fmt: skip


def _lead_dates(funnel: Funnel) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and last lead date of the clients in the funnel."""
    day = nw.col(LEAD)
    row: Mapping[Any, Any] = collect(
        funnel.flagged.frame.select(day.min().alias("first"), day.max().alias("last"))
    ).to_dict("records")[0]
    days = [None if value is None or value != value else value.date() for value in row.values()]
    return days[0], days[1]
