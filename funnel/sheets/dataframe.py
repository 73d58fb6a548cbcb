"""Turn a DataFrame into a `Grid`, so that its clients are loaded like those of a sheet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from funnel.grid import Grid

if TYPE_CHECKING:
    import pandas as pd


def grid_of(table: pd.DataFrame) -> Grid:
    """Turn a DataFrame into a Grid: column names as the header in row 1, missing values as blanks.

    >>> import pandas as pd
    >>> grid_of(pd.DataFrame({"Client": ["Ana", None], "Paid": [1.0, float("nan")]})).values
    [['Client', 'Ana', None], ['Paid', 1.0, None]]
    """
    return Grid("", values=[[str(name), *map(_plain, table[name])] for name in table.columns])


def _plain(value: Any) -> Any:
    """Return a value of a DataFrame as a cell value."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or value != value:  # NaN alone differs from itself
        return None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    elif hasattr(value, "item"):
        value = value.item()
    midnight = isinstance(value, dt.datetime) and value.time() == dt.time()
    return value.date() if midnight else value
