"""Finding the column that a person names: by role, by header, or nearly so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import narwhals as nw

from funnel.errors import UsageError
from funnel.loader import Clients
from funnel.text import fold, listed, nearest


def find_column(clients: Clients, name: str) -> str:
    """Find the column of the clients' table that a person means: a role, or a header of the sheet.

    Raises
    ------
    UsageError : there is no such column; the message has the nearest one.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "coach": ["Zoe"], "Town": ["Bath"], "Met": True})
    >>> clients = Clients(table, Journey(steps=(Step(name="Met"),)))
    >>> find_column(clients, "coach"), find_column(clients, "town")
    ('coach', 'Town')
    >>> find_column(clients, "coahc")
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no column 'coahc'; did you mean 'coach'? There are 'coach', 'Town' and
    'Met'.
    """
    named = dict(_names(clients))
    if name in named:
        return named[name]
    folded = {fold(header): column for header, column in named.items()}
    if fold(name) in folded:
        return folded[fold(name)]
    raise UsageError(_unknown("column", name, list(named)))


def known(what: str, name: str, options: Iterable[str]) -> str:
    """Check a name against those there are, offering the nearest.

    >>> known("step", "Met", ["Met", "Paid"])
    'Met'
    >>> known("step", "Pad", ["Met", "Paid"])
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no step 'Pad'; did you mean 'Paid'? There are 'Met' and 'Paid'.
    """
    names = list(options)
    if name not in names:
        raise UsageError(_unknown(what, name, names))
    return name


def where(clients: Clients, by: Mapping[str, str | None]) -> nw.Expr:
    """Say which clients have these values in these columns; None or "" means a blank cell."""
    condition = nw.lit(True)
    for name, value in by.items():
        cell = nw.col(find_column(clients, name))
        blank = cell.is_null() | (cell.cast(nw.String) == "").fill_null(False)
        condition = condition & (blank if value in (None, "") else (cell == value).fill_null(False))
    return condition


def _names(clients: Clients) -> Iterable[tuple[str, str]]:
    """Every name a column goes by: its own in the table, and its header in the sheet."""
    inner = {"row", "client", "painted", "lead_date", "left_date"}
    columns = [name for name in clients.table.columns if name not in inner and " · date" not in name]
    yield from ((name, name) for name in columns)
    if clients.layout:
        for name, number in clients.layout.columns.items():
            if name in columns and number in clients.layout.headers:
                yield clients.layout.headers[number], name


def _unknown(what: str, name: str, options: list[str]) -> str:
    near = nearest(name, options)
    offer = f"; did you mean {near!r}?" if near else "."
    return f"There is no {what} {name!r}{offer} There are {listed(map(repr, options))}."
