"""Find the client that each event belongs to: by id, by name, or by e-mail address."""

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
_MOST_COMPARED = 3000  # clients; in larger sheets similar names are not searched
_SAMPLE = 200  # cells of a column used to decide if it contains e-mail addresses


@dataclass(frozen=True)
class Owners:
    """The client of each row of a log.

    Parameters
    ----------
    positions : position in `Clients.table`, or `UNKNOWN`, `AMBIGUOUS` or `BLANK`.
    """

    positions: Positions
    clients: Clients = field(repr=False)

    def nearest(self, name: str) -> str | None:
        """Return the most similar client name; None if there is none, or the sheet is too large."""
        names = self.clients.table["client"]
        return nearest(name, names.tolist(), cutoff=0.8) if len(names) <= _MOST_COMPARED else None

    def describe_matches(self, name: str) -> str:
        """Describe the clients that an ambiguous name matches, with their rows."""
        table = self.clients.table
        columns = ["client", *(["id"] if "id" in table else []), *_mail_columns(table)]
        matches = np.zeros(len(table), dtype=bool)
        for column in columns:
            matches |= np.array([fold(text) == fold(name) for text in table[column].fillna("")], dtype=bool)
        rows = table["row"][matches].tolist()
        return f"{len(rows)} clients (rows {listed(map(str, rows))})"


def find_owners(clients: Clients, cells: Sequence[Value]) -> Owners:
    """Find the client that each cell names, by id, else by name, else by e-mail address.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2, 3, 4], "client": ["Ana Roe", "Ben", "ben"], "id": ["7", "8", "9"]})
    >>> clients = Clients(table, Journey(steps=(Step(name="Paid"),)))
    >>> find_owners(clients, [7, "ANA  ROE", "Ben", "Cat", None]).positions.tolist()
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
        folded = text.casefold()
        return ids.get(folded, names.get(fold(text), mails.get(folded, UNKNOWN)))

    return Owners(encode_column(cells, find, BLANK), clients)


def _index(texts: pd.Series[str], key: Callable[[str], str]) -> dict[str, int]:
    """Return the position of each text by its key; `AMBIGUOUS` if several texts share the key."""
    positions: dict[str, int] = {}
    for position, text in enumerate(texts.tolist()):
        if isinstance(text, str) and (found := key(text)):
            positions[found] = AMBIGUOUS if found in positions else position
    return positions


def _mail_columns(table: pd.DataFrame) -> Iterable[str]:
    """Yield the columns in which most cells contain an "@"."""
    for name in table.columns:
        if table[name].dtype == "str":
            sample = table[name].dropna().head(_SAMPLE)
            if len(sample) and 2 * sample.str.contains("@", regex=False).sum() > len(sample):
                yield str(name)
