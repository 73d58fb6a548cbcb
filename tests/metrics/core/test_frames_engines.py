"""The same results from Polars, DuckDB and pyarrow tables, to the last digit of the JSON.

These engines are 400 MB, and where pyarrow is installed pandas keeps texts in another way; so they are in no
dependency group, and this file is run beside the others, in an environment of its own:
``uv run --group test --with polars,duckdb,pyarrow pytest --no-cov tests/metrics/test_frames_engines.py``.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.metrics import Funnel

ENGINES = ("polars", "duckdb", "pyarrow")
RESULTS: dict[str, Callable[[Funnel], pd.DataFrame]] = {
    "values": lambda f: f.values,
    "steps": lambda f: f.steps,
    "retention": lambda f: f.retention,
    "survival": lambda f: f.survival,
    "leaks": lambda f: f.leaks,
    "engagement": lambda f: f.engagement,
    "cohorts": lambda f: f.cohorts(),
    "trends": lambda f: f.trends(),
    "leavers": lambda f: f.leavers(),
    "periods": lambda f: f.periods("2026-Q1", "2025-Q4"),
    "time": lambda f: f.time(),
    "people": lambda f: f.people("paid", "left"),
    "segments": lambda f: f.by("source"),
    "months": lambda f: f.by("month"),
}


def table_of(engine: str, table: pd.DataFrame) -> Any:
    """The table in another engine; skipped where that is not installed."""
    arrow = pytest.importorskip("pyarrow").Table.from_pandas(table, preserve_index=False)
    if engine == "pyarrow":
        return arrow
    if engine == "duckdb":
        return pytest.importorskip("duckdb").from_arrow(arrow)
    return pytest.importorskip("polars").from_arrow(arrow)


@pytest.fixture(params=ENGINES)
def other(request: pytest.FixtureRequest, clients: Clients) -> Clients:
    return replace(clients, table=table_of(request.param, clients.table))


@pytest.mark.parametrize("name", RESULTS)
def test_every_table_is_that_of_pandas(name: str, clients: Clients, other: Clients) -> None:
    found, expected = (RESULTS[name](Funnel(some, "2026-07-01")) for some in (other, clients))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


@pytest.mark.parametrize("day", ["2025-01-01", "2026-05-31", "2026-07-05"])
def test_the_json_is_that_of_pandas(day: str, clients: Clients, other: Clients) -> None:
    """Of the first day, too, on which there is no client yet."""
    found, expected = (json.dumps(Funnel(some, day).to_json(by="source")) for some in (other, clients))
    assert found == expected
