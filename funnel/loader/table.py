"""Make the table of clients from the parsed columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from funnel.grid import column_letter
from funnel.loader.sheet_rows import TEXT_ROLES, SheetRows, joined
from funnel.schema import header, step_date, step_mark

if TYPE_CHECKING:
    import pandas as pd

    from funnel.loader.paint import Colour


def make_table(
    reading: SheetRows,
    clients: np.ndarray[Any, np.dtype[np.int64]],
    paint: Sequence[Colour | None],
    money: Mapping[str, Any] = MappingProxyType({}),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> pd.DataFrame:
    """Make the table of `Clients`, one row for each client; columns of `more` are added, or replace others.

    `money` has values for all rows, `more` only for the clients.
    """
    import pandas as pd

    def text(values: Sequence[str]) -> Any:
        kept = np.array(values, dtype=object)[clients]
        return pd.array([value or None for value in kept], dtype="str")

    names = np.array(reading.names, dtype=object)[clients]
    data: dict[str, Any] = {
        "row": clients.astype(np.int64) + reading.first,
        "client": pd.array(list(names), dtype="str"),
    }
    for role, dates in reading.dates.items():
        data[role] = dates.days[clients].astype("datetime64[s]")
    for role in TEXT_ROLES:
        texts = reading.texts(role)
        if texts is not None:
            data[role] = text(texts)
    for role, amounts in money.items():
        data[role] = amounts[clients] if role != "currency" else pd.array(list(amounts[clients]), dtype="str")
    for step, marks in reading.marks.items():
        data[step_mark(step)] = marks.marked[clients]
        no_day = np.full(len(clients), "NaT", dtype="datetime64[s]")
        data[step_date(step)] = no_day if marks.when is None else marks.when[clients].astype("datetime64[s]")
    data["painted"] = pd.array(list(paint), dtype="str")
    for column, name in header_names(reading).items():
        data[header(name)] = text(joined(reading, [column]))
    return pd.DataFrame(data | dict(more), copy=False)  # each column is an array of its own


def header_names(reading: SheetRows) -> dict[int, str]:
    """Name the columns without a role or step by their headers; add the letter to a repeated header."""
    others = further_columns(reading)
    taken = {text for column, text in reading.header.names.items() if column not in others}
    names = {}
    for column, text in others.items():
        name = text
        while name in taken or (name != text and name in others.values()):
            name = f"{name} ({column_letter(column)})"
        names[column] = name
        taken.add(name)
    return names


def further_columns(reading: SheetRows) -> dict[int, str]:
    """Return the columns without a role or step, with their headers."""
    used = {column for columns in reading.columns.at.values() for column in columns}
    return {column: header for column, header in reading.header.names.items() if column not in used}
