import datetime as dt

import numpy as np
import pandas as pd
import pytest

from funnel.errors import ReadError
from funnel.journey import Journey, Step
from funnel.loader import from_table, load

D = dt.date
JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "coach": "Coach", "value": "Value"},
    steps=(Step(name="Met"), Step(name="Paid", paid=True)),
)
HEADERS = ("Client", "Lead date", "Coach", "Met", "Room", "Paid", "Value", "Coach 2", "coach")


def test_the_types_of_the_table(sheet):
    grid = sheet(HEADERS, ("Ana", D(2026, 1, 5), "Lia", 1, 4, D(2026, 2, 1), "1.200,50", None, "x"), ("Ben",))
    table = load(grid, JOURNEY).to_frame()
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        "row": "int64", "client": "str", "lead_date": "datetime64[s]", "coach": "str", "value": "float64",
        "Met": "bool", "Met · date": "datetime64[s]", "Paid": "bool", "Paid · date": "datetime64[s]",
        "painted": "str", "Room": "str", "Coach 2": "str", "coach (2)": "str",
    }  # fmt: skip
    assert table.loc[0, ["row", "client", "coach", "value", "Room"]].tolist() == [
        2,
        "Ana",
        "Lia",
        1200.5,
        "4",
    ]
    assert table.loc[0, "Paid · date"] == pd.Timestamp("2026-02-01")
    assert table.loc[1].isna()[["lead_date", "coach", "value", "Met · date", "painted", "Room"]].all()
    assert table.loc[1, "client"] == "Ben"


def test_roles_without_a_column_are_not_in_the_table(sheet):
    table = load(sheet(("Client", "Paid"), ("Ana", 1)), JOURNEY).to_frame()
    assert list(table) == ["row", "client", "Paid", "Paid · date", "painted"]


def test_a_data_frame_is_read_as_a_sheet_would_be():
    frame = pd.DataFrame(
        {
            "Client": ["Ana", "Ben", None],
            "Lead date": pd.to_datetime(["2026-01-05", None, "2026-02-01"]),
            "Met": [1.0, np.nan, 0.0],
            "Paid": ["yes", None, "booked"],
        }
    )
    clients = from_table(frame, JOURNEY, source="frame")
    assert clients.table["row"].tolist() == [2, 3, 4]
    assert clients.to_frame()["Met"].tolist() == [True, False, False]
    assert clients.table["lead_date"].isna().tolist() == [False, True, False]
    assert [(p.cell, p.kind) for p in clients.problems] == [
        ("B3", "no lead date"),
        ("A4", "no name"),
        ("D4", "no mark"),
    ]
    assert (clients.layout, clients.source) == (None, "frame")


def test_a_data_frame_that_no_journey_fits():
    with pytest.raises(ReadError, match="has no client funnel"):
        from_table(pd.DataFrame({"a": ["p", "q"], "b": ["r", "s"]}))
