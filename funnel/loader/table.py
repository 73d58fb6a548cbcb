"""The table of clients, and clients from a table: where the columns become a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from funnel.grid import column_letter
from funnel.journey import ROLES
from funnel.loader.clients import date_column
from funnel.loader.numbers import read_numbers
from funnel.loader.reading import Reading, joined, reason_of

if TYPE_CHECKING:
    import pandas as pd

    from funnel.loader.paint import Colour

_TEXT_ROLES = ("source", "heard", "coach", "left_reason", "company", "id", "stage")


def make_table(
    reading: Reading, clients: np.ndarray[Any, np.dtype[np.int64]], paint: Sequence[Colour | None]
) -> pd.DataFrame:
    """The table of `Clients`, one row for each client."""
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
    for role in _TEXT_ROLES:
        texts = reading.texts(role)
        if texts is not None:
            data[role] = text([reason_of(t) for t in texts] if role == "left_reason" else texts)
    if "value" in reading.columns.at:
        data["value"] = read_numbers(reading.cells(reading.columns.at["value"][0]))[0][clients]
    for step, marks in reading.marks.items():
        data[step] = marks.marked[clients]
        no_day = np.full(len(clients), "NaT", dtype="datetime64[s]")
        data[date_column(step)] = (
            no_day if marks.when is None else marks.when[clients].astype("datetime64[s]")
        )
    data["painted"] = pd.array(list(paint), dtype="str")
    for column, header in further_columns(reading).items():
        name = header if header not in data and header not in ROLES else f"{header} ({column_letter(column)})"
        data[name] = text(joined(reading, [column]))
    return pd.DataFrame(data)


def further_columns(reading: Reading) -> dict[int, str]:
    """The columns that carry neither role nor step, with their headers."""
    used = {column for columns in reading.columns.at.values() for column in columns}
    return {column: header for column, header in reading.header.names.items() if column not in used}
