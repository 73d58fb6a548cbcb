"""The problems as a table; and the checks of an engine, which count what the loader counts in a sheet."""

from collections import Counter

import pandas as pd
import pytest

import funnel
from funnel.clients import Problem
from funnel.journey import preset
from funnel.loader.frame_clients import first_rows, load_frame
from funnel.metrics import Funnel
from funnel.metrics.tables.problems import problems_table


def test_problems_as_a_table() -> None:
    table = problems_table([Problem("no mark", "'booked' is no mark.", 8, 6, "Gus", "Type 1.")])
    assert table.to_dict("records") == [
        {
            "kind": "no mark", "cell": "F8", "row": 8, "client": "Gus",
            "message": "'booked' is no mark.", "way_out": "Type 1.",
        }
    ]  # fmt: skip


def test_no_problems_are_a_header() -> None:
    assert list(problems_table([]).columns) == ["kind", "cell", "row", "client", "message", "way_out"]


@pytest.fixture
def table() -> pd.DataFrame:
    n = 12
    rows = {
        "Client name": [f"Client {i}" for i in range(n - 1)] + [None],
        "Date of lead": pd.to_datetime(["2026-01-05"] * (n - 2) + [None, "2026-01-07"]),
        "Client contacted": ["1"] * 4 + ["not yet", "booked", None, "2026-02-01", "x", "1", "1", "1"],
        "First paid session": [1, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        "Reason for discontinue": ["Price", "Moved", *[None] * (n - 2)],
        "When left journey": pd.to_datetime(["2025-12-01", *[None] * (n - 1)]),
    }
    return pd.DataFrame(rows)


def test_the_engine_finds_what_the_loader_finds(table: pd.DataFrame) -> None:
    found = Funnel(load_frame(table, first_rows(table), preset("gym")), "2026-03-01")
    kinds = ("no name", "no lead date", "left before lead", "reason without date", "no mark")
    assert [problem.message for problem in found.problems if problem.kind in kinds] == [
        "A client without a name: its name is blank.",
        "Client 10: there is no lead date; the client is left out of results that need one.",
        "Client 5: 'booked' is not a mark for 'Client contacted'; it counts as not reached.",
        "Client 7: '2026-02-01' is not a mark for 'Client contacted'; it counts as not reached.",
        "Client 2: '3' is not a mark for 'First paid session'; it counts as not reached.",
        "Client 0: left on 2025-12-01, before becoming a lead on 2026-01-05.",
        "Client 1: there is a reason for leaving, 'Moved', but no date.",
    ]
    sheet = Counter(problem.kind for problem in funnel.load(table, journey="gym").problems)
    counts = Counter(problem.kind for problem in found.problems)
    text_dates = 1  # a sheet reads a date that is text
    assert {kind: counts[kind] for kind in kinds} == {
        kind: sheet[kind] + (text_dates if kind == "no mark" else 0) for kind in kinds
    }
