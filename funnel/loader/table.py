"""The table of clients, and clients from a table: where the columns become a DataFrame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from funnel.cells.numbers import read_numbers
from funnel.clients import Clients, date_column
from funnel.grid import Grid, Value, column_letter
from funnel.journey import ROLES, Journey
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


def from_table(table: pd.DataFrame, journey: Journey | None = None, *, source: str = "") -> Clients:
    """Clients from a DataFrame, read as a sheet would be whose headers are the names of its columns.

    Parameters
    ----------
    table : one row for each client. Marks and dates may be written in any way that a sheet allows.
    journey : by which to read it; without one, the preset "gym" or what the columns say.

    Returns
    -------
    Clients : without a layout; ``row`` counts as if the headers were row 1.

    Raises
    ------
    ReadError : where no journey fits the columns.

    >>> import pandas as pd
    >>> from funnel.journey import Step
    >>> table = pd.DataFrame({"Client": ["Ana", "Ben"], "Paid": [True, None]})
    >>> journey = Journey(columns={"client": "Client"}, steps=(Step(name="Paid"),))
    >>> from_table(table, journey).table["Paid"].tolist()
    [True, False]
    """
    from funnel.loader.load import load

    columns = [[str(name), *map(_cell, table.iloc[:, at].tolist())] for at, name in enumerate(table.columns)]
    return replace(load(Grid("", columns), journey, source=source), layout=None)


def _cell(value: Any) -> Value:
    """One value of a DataFrame as a cell holds it."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value if isinstance(value, bool | int | float | str | dt.date | dt.time) else str(value)
