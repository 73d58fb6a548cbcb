"""Some of a funnel's clients: those with certain values in certain columns, such as one stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from funnel.clients import Clients
from funnel.metrics.core.column_lookup import where
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.frames import collect, only
from funnel.text import count, listed


def chosen(clients: Clients, flagged: Flagged, by: Mapping[str, str | None]) -> tuple[Clients, Flagged]:
    """Choose the clients that have these values, with all that was found out about them among the others.

    A client stays where it stands: what its company or the whole sheet tells is not forgotten.

    Parameters
    ----------
    by : values by role or header, as for `where`: ``{"stage": "Hot Lead", "coach": None}``.

    Returns
    -------
    The clients, with the problems of their own rows; and the same with every flag.

    Raises
    ------
    UsageError : there is no such column, or no such stage.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "coach": ["Zoe", "Kit"]})
    >>> clients = Clients(table, Journey(steps=(Step(name="Met"),)))
    >>> some, _ = chosen(clients, flagged(table, clients.journey, dt.date(2026, 7, 1)), {"coach": "Kit"})
    >>> some.table["client"].tolist(), some.only
    (['Ben'], "coach 'Kit'")
    """
    frame = only(flagged.frame, where(clients, by))
    rows = set(collect(frame.select("row"))["row"])
    keep = clients.table["row"].isin(rows)
    said = listed([f"{name} {value!r}" if value else f"no {name}" for name, value in by.items()])
    some = replace(
        clients,
        table=clients.table[keep].reset_index(drop=True),
        problems=tuple(p for p in clients.problems if p.row is None or p.row in rows),
        events=_events(clients.events, keep),
        assumed=(f"Only {said}: {len(rows):,} of {count(len(clients), 'client')}.", *clients.assumed),
        only=listed([clients.only, said]) if clients.only else said,
    )
    return some, replace(flagged, frame=frame)


def _events(events: pd.DataFrame | None, keep: pd.Series[bool]) -> pd.DataFrame | None:
    """The events of the clients that are kept, by their new positions."""
    if events is None:
        return None
    places = keep.cumsum() - 1
    kept = events[keep.to_numpy()[events["client"].to_numpy()]]
    moved: pd.DataFrame = kept.assign(client=places.to_numpy()[kept["client"].to_numpy()])
    return moved.reset_index(drop=True)
