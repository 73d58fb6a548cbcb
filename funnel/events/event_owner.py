"""Whose event it is: which client of the sheet a log names, by id, by name, or by e-mail address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from funnel.cells.columns import encode_column, read_text
from funnel.clients import Clients
from funnel.grid import Value
from funnel.text import fold, listed, nearest

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Positions: TypeAlias = "NDArray[np.int64]"

UNKNOWN, AMBIGUOUS, BLANK = -1, -2, -3
_LARGE = 3000  # clients among whom a name is still compared with every other
_LOOK_AT = 200


@dataclass(frozen=True)
class Whose:
    """Which client each row names: its position in the table, or `UNKNOWN`, `AMBIGUOUS`, `BLANK`."""

    at: Positions
    clients: Clients = field(repr=False)

    def nearest(self, name: str) -> str | None:
        """The client whose name is most like one; None where the sheet is too large to compare with all."""
        names = self.clients.table["client"]
        return nearest(name, names.tolist(), cutoff=0.8) if len(names) <= _LARGE else None

    def several(self, name: str) -> str:
        """The clients that a name may mean, by their rows."""
        table = self.clients.table
        columns = ["client", *(["id"] if "id" in table else []), *_mail_columns(table)]
        same = np.zeros(len(table), dtype=bool)
        for column in columns:
            same |= np.array([fold(text) == fold(name) for text in table[column].fillna("")], dtype=bool)
        rows = table["row"][same].tolist()
        return f"{len(rows)} clients (rows {listed(map(str, rows))})"


def whose(clients: Clients, cells: Sequence[Value]) -> Whose:
    """Find the client that each cell names.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2, 3, 4], "client": ["Ana Roe", "Ben", "ben"], "id": ["7", "8", "9"]})
    >>> clients = Clients(table, Journey(steps=(Step(name="Paid"),)))
    >>> whose(clients, [7, "ANA  ROE", "Ben", "Cat", None]).at.tolist()
    [0, 0, -2, -1, -3]
    """
    table = clients.table
    ids = _index(table["id"], str.casefold) if "id" in table else {}
    names = _index(table["client"], fold)
    mails: dict[str, int] = {}
    for column in _mail_columns(table):
        mails |= _index(table[column], str.casefold)

    def find(value: Value) -> int:
        text = read_text(value)
        if not text:
            return BLANK
        found = ids.get(text.casefold())
        found = names.get(fold(text)) if found is None else found
        found = mails.get(text.casefold()) if found is None else found
        return UNKNOWN if found is None else found

    return Whose(encode_column(cells, find, BLANK), clients)


def _index(texts: pd.Series[str], key: Callable[[str], str]) -> dict[str, int]:
    """The position of each text, or that it is not the only one."""
    known: dict[str, int] = {}
    for at, text in enumerate(texts.tolist()):
        if isinstance(text, str) and (said := key(text)):
            known[said] = AMBIGUOUS if said in known else at
    return known


def _mail_columns(table: pd.DataFrame) -> Iterable[str]:
    """The columns that hold e-mail addresses."""
    for name in table.columns:
        if table[name].dtype == "str":
            said = table[name].dropna().head(_LOOK_AT)
            if len(said) and 2 * said.str.contains("@", regex=False).sum() > len(said):
                yield str(name)
