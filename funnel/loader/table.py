"""The table of clients, and clients from a table: where the columns become a DataFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from funnel.cells.numbers import read_numbers
from funnel.clients import date_column
from funnel.grid import column_letter
from funnel.journey import ROLES
from funnel.loader.sheet_rows import NUMBER_ROLES, TEXT_ROLES, SheetRows, joined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.loader.paint import Colour


def make_table(
    reading: SheetRows,
    clients: np.ndarray[Any, np.dtype[np.int64]],
    paint: Sequence[Colour | None],
    more: Mapping[str, Any] = MappingProxyType({}),
) -> pd.DataFrame:
    """The table of `Clients`, one row for each client; with `more` columns, or others in their place."""
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
    for role in NUMBER_ROLES:
        if role in reading.columns.at:
            data[role] = read_numbers(reading.cells(reading.columns.at[role][0]))[0][clients]
    for step, marks in reading.marks.items():
        data[step] = marks.marked[clients]
        no_day = np.full(len(clients), "NaT", dtype="datetime64[s]")
        data[date_column(step)] = (
            no_day if marks.when is None else marks.when[clients].astype("datetime64[s]")
        )
    data["painted"] = pd.array(list(paint), dtype="str")
    for column, name in table_names(reading).items():
        data[name] = text(joined(reading, [column]))
    return pd.DataFrame(data | dict(more))


def table_names(reading: SheetRows) -> dict[int, str]:
    """The columns that carry neither role nor step, by their names in the table, each only once."""
    taken = {"row", "client", "painted", *ROLES, *reading.marks, *map(date_column, reading.marks)}
    names = {}
    for column, header in further_columns(reading).items():
        names[column] = header if header not in taken else f"{header} ({column_letter(column)})"
        taken.add(names[column])
    return names


def further_columns(reading: SheetRows) -> dict[int, str]:
    """The columns that carry neither role nor step, with their headers."""
    used = {column for columns in reading.columns.at.values() for column in columns}
    return {column: header for column, header in reading.header.names.items() if column not in used}
