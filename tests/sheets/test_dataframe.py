"""Turn a DataFrame into a Grid: missing values of each type are blanks, dates are dates."""

import datetime as dt

import pandas as pd

from funnel.sheets.dataframe import grid_of


def test_missing_values_of_every_kind_are_blank() -> None:
    table = pd.DataFrame(
        {"a": [None, "x"], "b": [float("nan"), 1.0], "c": [pd.NaT, pd.Timestamp("2026-01-20 09:30")],
         "d": pd.array([pd.NA, 3], dtype="Int64"), "e": pd.to_datetime([None, "2026-01-20"])}
    )  # fmt: skip
    assert [list(column) for column in grid_of(table).values] == [
        ["a", None, "x"],
        ["b", None, 1.0],
        ["c", None, dt.datetime(2026, 1, 20, 9, 30)],
        ["d", None, 3],
        ["e", None, dt.date(2026, 1, 20)],
    ]
