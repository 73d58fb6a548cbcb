"""Filter a funnel's clients by values of columns, such as one stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.metrics.core.as_of import AS_READ
from funnel.metrics.core.column_lookup import where
from funnel.metrics.core.flags import Flagged, flags_among
from funnel.metrics.core.frames import collect
from funnel.text import count, listed


def filter_clients(
    clients: Clients, flagged: Flagged, by: Mapping[str, str | None]
) -> tuple[Clients, Flagged]:
    """Keep the clients with these values. Their stages are those computed from the whole sheet and company.

    Unknown steps of other clients have no influence on the results (docs/definitions.md#filters).

    Parameters
    ----------
    by : values by role or header, as for `where`: ``{"stage": "Hot Lead", "coach": None}``.

    Returns
    -------
    The clients, with the problems of their rows; and their flags.

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
    >>> flags = flagged(table, clients.journey, dt.date(2026, 7, 1))
    >>> some, _ = filter_clients(clients, flags, {"coach": "Kit"})
    >>> some.table["client"].tolist(), some.only
    (['Ben'], "coach 'Kit'")
    """
    flags = flags_among(flagged, where(clients, by))
    filters = listed([_filter(name, value) for name, value in by.items()])
    only = listed([clients.only, filters]) if clients.only else filters
    if not in_memory(clients.table):
        read = {name: cells for name, cells in AS_READ.items() if cells in flags.columns}
        table = flags.frame.select(nw.col(read.get(name, name)).alias(name) for name in clients.columns)
        assumed = (f"Only {filters}.", *clients.assumed)
        return replace(clients, table=table, assumed=assumed, only=only), flags  # type: ignore[arg-type]
    rows = set(collect(flags.frame.select("row"))["row"])
    keep = clients.table["row"].isin(rows)
    some = replace(
        clients,
        table=clients.table[keep].reset_index(drop=True),
        problems=tuple(p for p in clients.problems if p.row is None or p.row in rows),
        events=_events(clients.events, keep),
        assumed=(f"Only {filters}: {len(rows):,} of {count(len(clients), 'client')}.", *clients.assumed),
        only=only,
    )
    return some, flags


def _filter(name: str, value: str | None) -> str:
    """Describe a filter."""
    name = name.replace("lead_date", "date of lead")
    return f"{name} {value!r}" if value else f"no {name}"


def _events(events: pd.DataFrame | None, keep: pd.Series[bool]) -> pd.DataFrame | None:
    """Return the events of the kept clients, with the clients' new positions."""
    if events is None:
        return None
    positions = keep.cumsum() - 1
    kept = events[keep.to_numpy()[events["client"].to_numpy()]]
    renumbered: pd.DataFrame = kept.assign(client=positions.to_numpy()[kept["client"].to_numpy()])
    return renumbered.reset_index(drop=True)
