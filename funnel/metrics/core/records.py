"""Tables as plain Python values, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnel.text import undefined

if TYPE_CHECKING:
    import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict for each row; counts as integers, undefined as None.

    >>> import pandas as pd
    >>> records(pd.DataFrame({"step": ["Met", None], "n": [2, 0], "rate": [0.5, float("nan")]}))
    [{'step': 'Met', 'n': 2, 'rate': 0.5}, {'step': None, 'n': 0, 'rate': None}]
    """
    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def plain(value: Any) -> Any:
    """Turn one value into what JSON knows: None where undefined."""
    return None if undefined(value) else value
