"""Conversion of tables to plain Python values, for JSON."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a dict for each row; undefined values are None.

    >>> import pandas as pd
    >>> records(pd.DataFrame({"step": ["Met", None], "n": [2, 0], "rate": [0.5, float("nan")]}))
    [{'step': 'Met', 'n': 2, 'rate': 0.5}, {'step': None, 'n': 0, 'rate': None}]
    """
    names = [str(name) for name in table.columns]
    columns = [_values(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column; those of numbers need no look at each."""
    values: list[Any] = column.tolist()
    if column.dtype.kind in "biu":
        return values
    if column.dtype.kind == "f":
        return [None if value != value else value for value in values]
    return [plain(value) for value in values]


def plain(value: Any) -> Any:
    """Convert one value for JSON: undefined to None, a date to text, a NumPy number to a Python one.

    >>> import pandas as pd
    >>> plain(pd.Timestamp("2026-08-23")), plain(pd.NaT), plain(pd.Series([3]).iloc[0])
    ('2026-08-23', None, 3)
    """
    if value is None or value != value:
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
