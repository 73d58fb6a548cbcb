"""The client of each event of an engine: by id, else by name, else by e-mail address, as in a sheet.

`event_owner` does the same for the rows of a sheet. Names are compared without case, punctuation and the
accents of Latin, Greek and Cyrillic letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import narwhals as nw

from funnel.clients.frames import fetch
from funnel.schema import flag
from funnel.text import fold

Rows: TypeAlias = "nw.LazyFrame[Any]"
OWNER: Final = flag("event_owner")
"""The column by which clients and events are joined: all keys of a client in one text."""
NAMED, MATCHES = flag("event_names"), flag("event_matches")
"""The client as an event names it, and how many clients that may be (null: none)."""

_LETTERS = (*range(0xC0, 0x250), *range(0x370, 0x460), *range(0x1E00, 0x1F00))
_PUNCTUATION = "[\\s\u00a0!-/:-@\\[-`{-~’‘“”„–—·]+"
_NOT_ASCII = "[^ -~]"
_BETWEEN = "\n"
_SAMPLE = 200  # rows used to decide if a column contains e-mail addresses


def _accented() -> dict[str, str]:
    """Return for each plain letter the accented lower-case ones; for "", the accents that stand alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for letter in dict.fromkeys(chr(code).lower() for code in _LETTERS):
        plain = fold(letter)
        if len(letter) == 1 and plain not in ("", letter):
            found[plain].append(letter)
    return {"": "[\u0300-\u036f]"} | {plain: f"[{''.join(each)}]" for plain, each in found.items()}


_ACCENTED: Final = _accented()


def mail_columns(clients: Rows) -> list[str]:
    """Return the text columns in which most of the first cells contain an "@", the last one first."""
    texts = [name for name, kind in clients.collect_schema().items() if kind == nw.String]
    first = fetch(clients.select(*texts).head(_SAMPLE)).to_dict(as_series=False) if texts else {}
    cells = {name: [cell for cell in column if isinstance(cell, str)] for name, column in first.items()}
    return [
        name for name in reversed(texts) if 2 * sum("@" in cell for cell in cells[name]) > len(cells[name])
    ]


@dataclass(frozen=True)
class OwnerKeys:
    """The columns by which an event may name a client, the first that matches.

    Parameters
    ----------
    columns : id, if there is one; client; columns of e-mail addresses.
    accented : the accented letters to look for: `accents_in`, because each costs an engine time.
    """

    columns: Sequence[str]
    accented: Mapping[str, str] = field(default_factory=lambda: _ACCENTED)

    def key(self, column: str, text: nw.Expr) -> nw.Expr:
        """Return the key of a text as it is compared in a column; null if blank."""
        found = (
            folded(text, self.accented) if column == "client" else text.str.strip_chars().str.to_lowercase()
        )
        return nw.when(found != "").then(found)

    def of_clients(self) -> nw.Expr:
        """Return all keys of a client in one text."""
        keys = (self.key(column, nw.col(column)).fill_null("") for column in self.columns)
        return nw.concat_str(*keys, separator=_BETWEEN).alias(OWNER)

    def with_owners(self, events: Rows, clients: Rows) -> Rows:
        """Add `OWNER` and `MATCHES` to events; the first column in which a client has that key decides."""
        owners, matches = [], []
        for i, column in enumerate(self.columns):
            key, owner, n = (flag(name, i) for name in ("key", "owner", "owners"))
            keys = clients.select(self.key(column, nw.col(column)).alias(key), OWNER)
            keys = keys.filter(~nw.col(key).is_null())
            found = keys.group_by(key).agg(nw.col(OWNER).max().alias(owner), nw.len().alias(n))
            events = events.with_columns(self.key(column, nw.col(NAMED)).alias(key))
            events = events.join(found, on=key, how="left").drop(key)
            owners.append(owner)
            matches.append(n)
        found = events.with_columns(
            nw.coalesce(*map(nw.col, owners)).alias(OWNER), nw.coalesce(*map(nw.col, matches)).alias(MATCHES)
        )
        return found.drop(*owners, *matches)


def folded(text: nw.Expr, accented: Mapping[str, str] = _ACCENTED) -> nw.Expr:
    """Normalise case, punctuation, spaces and accents, as `text.fold` does.

    >>> import pandas as pd
    >>> names = nw.from_native(pd.DataFrame({"name": ["  José-María  NÚÑEZ", "Ann"]}))
    >>> names.select(folded(nw.col("name")))["name"].to_list()
    ['jose maria nunez', 'ann']
    """
    lower = plain = text.str.to_lowercase()
    for letter, letters in accented.items():
        plain = plain.str.replace_all(letters, letter)
    if accented:
        plain = nw.when(lower.str.contains(_NOT_ASCII)).then(plain).otherwise(lower)
    return plain.str.replace_all(_PUNCTUATION, " ").str.strip_chars()


def accents_in(rows: Rows, column: str) -> dict[str, str]:
    """Return the letters of `folded` that a column contains.

    >>> import pandas as pd
    >>> list(accents_in(nw.from_native(pd.DataFrame({"name": ["Zoë", "Ann"]})).lazy(), "name"))
    ['e']
    """
    lower = rows.select(nw.col(column).str.to_lowercase().alias(column))
    rare = lower.filter(nw.col(column).str.contains(_NOT_ASCII).fill_null(False))
    found = (nw.col(column).str.contains(letters).cast(nw.Int64) for letters in _ACCENTED.values())
    there = rare.select(each.alias(flag("letter", i)) for i, each in enumerate(found)).select(nw.all().max())
    return {
        plain: letters
        for (plain, letters), some in zip(_ACCENTED.items(), fetch(there).row(0), strict=True)
        if some == 1
    }
