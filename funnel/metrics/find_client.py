"""Find a client by name, id or row."""

from __future__ import annotations

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.text import count, fold, listed, nearest


def find_client(clients: Clients, name: str, row: int | None = None) -> int:
    """Find a client; return its position in the table.

    Parameters
    ----------
    name : its name (ignoring case and accents) or its id.
    row : its row in the sheet, if several clients have that name.

    Raises
    ------
    UsageError : there is none (the message suggests the nearest name), or there are several.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana Rossi", "Ben"], "step:^met": [True, False]})
    >>> clients = Clients(table, Journey(steps=(Step(name="Met"),)))
    >>> find_client(clients, "ana  rossi")
    0
    """
    table = clients.table
    names = table["client"].fillna("").tolist()
    ids = table["id"].fillna("").tolist() if "id" in table else [""] * len(table)
    rows = table["row"].tolist()
    wanted = fold(name)
    found = [i for i, key in enumerate(ids) if key and key == name.strip()]
    found = found or [i for i, other in enumerate(names) if wanted and fold(other) == wanted]
    if row is not None:
        found = [i for i in found if rows[i] == row]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = listed(str(rows[i]) for i in found)
        raise UsageError(
            f"{count(len(found), 'client')} are called {names[found[0]]!r}, in rows {numbers}. Choose one "
            f"with --row, such as --row {rows[found[0]]}."
        )
    if row is not None:
        other = names[rows.index(row)] if row in rows else None
        reason = f"row {row} is {other!r}" if other else f"row {row} is not a client"
        raise UsageError(f"There is no client {name!r} in row {row}: {reason}.")
    near = nearest(name, sorted({other for other in names if other}), cutoff=0.75)
    raise UsageError(f"There is no client {name!r}{f'; did you mean {near!r}?' if near else '.'}")
