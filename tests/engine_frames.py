"""Clients as tables of every engine, with columns as in a data lake; and events beside them."""

import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.journey import Journey, Stage, Step
from funnel.journey.events import Events
from funnel.schema import parse


def raw_table(clients: Clients) -> pd.DataFrame:
    """The sheet under its headers: 1 for a mark, 0 or null for none, the date where a mark has one."""
    layout = clients.layout
    assert layout is not None
    columns = {}
    for name in clients.table.columns:
        kind, header = parse(name).kind, layout.headers.get(layout.columns.get(name, 0), parse(name).text)
        if name in ("row", "painted") or kind == "when":
            continue
        values = clients.table[name]
        when = clients.table.get(name.replace("step:", "when:", 1)) if kind == "step" else None
        if when is not None and when.notna().any():
            values = when
        elif kind == "step":
            values = values.astype("float64").where(values) if len(columns) % 2 else values.astype("int32")
        columns[header] = values
    return pd.DataFrame(columns)


def _arrow(table: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(table, preserve_index=False)


def _parquet(table: pd.DataFrame, folder: Path) -> str:
    path = folder / f"{zlib.crc32(repr(table.to_dict()).encode())}.parquet"
    if not path.exists():
        pytest.importorskip("pyarrow.parquet").write_table(_arrow(table), path)
    return str(path)


@cache
def _ibis_connection() -> Any:
    return pytest.importorskip("ibis").duckdb.connect()


def _ibis(table: pd.DataFrame, folder: Path) -> Any:
    return _ibis_connection().read_parquet(_parquet(table, folder))


def _spark(table: pd.DataFrame, folder: Path) -> Any:
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1")
    return builder.getOrCreate().read.parquet(_parquet(table, folder))


ENGINES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "pyarrow": lambda table, _: _arrow(table),
    "polars": lambda table, _: pytest.importorskip("polars").from_arrow(_arrow(table)),
    "polars lazy": lambda table, _: pytest.importorskip("polars").from_arrow(_arrow(table)).lazy(),
    "duckdb": lambda table, _: pytest.importorskip("duckdb").from_arrow(_arrow(table)),
    "ibis": _ibis,
    "spark": _spark,
}
"""Engine -> its table, from a pandas table; skipped where the engine is not installed."""

ADVANCE = {
    "Met": "Met", "Bought": "Won", "Went cold": "Cold", "Chose another": "Rival",
    "Wrote again": {"stage": "Lead", "back": True}, "Came back": {"stage": "Won", "back": True},
}  # fmt: skip
OPENED = {"event": "Opened", "at_least": 3, "within_the_last": "60 days"}
EVENTS = Journey(
    columns={"client": "Name", "lead_date": "Created", "source": "Source"},
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Met"),
        Stage(name="Won", paid=True, rules=(OPENED,)),
        Stage(name="Cold", lost=True),
        Stage(name="Rival", lost=True),
    ),
    events=Events(tab="Log", advance=ADVANCE, sales=("Bought",)),
)


def random_log(seed: int, people: int = 60, events: int = 500) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Clients, some with a typed stage; events in two spellings, at equal times, of unknown clients."""
    rng = np.random.default_rng(seed)
    clients = pd.DataFrame({
        "Name": [f"Client {i}" for i in range(people)],
        "Created": pd.date_range("2026-01-01", periods=people, freq="D"),
        "Stage": [["Met", "Cold", None, "Won", None, None][i % 6] for i in range(people)],
        "Source": np.where(rng.random(people) < 0.5, "Ads", "Web"),
    })  # fmt: skip
    names = [*ADVANCE, "met ", "Opened", "Opened", "Smiled", "Lead"]
    log = pd.DataFrame({
        "Client": [f"client {i}" for i in rng.integers(0, people + 3, events)],
        "Event": rng.choice(names, events),
        "Date": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 300 * 6, events) * 4, "h"),
        "Amount": np.where(rng.random(events) < 0.5, rng.integers(-20, 100, events).astype(float), np.nan),
    })  # fmt: skip
    return clients, log


DATED = Journey(
    columns={"client": "Name", "lead_date": "Created", "stage": "Stage", "id": "Contact ID"},
    steps=(Step(name="Met"), Step(name="Offer"), Step(name="Won", paid=True)),
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Met"),
        Stage(name="Offer"),
        Stage(name="Won", paid=True),
        Stage(name="Cold", lost=True),
    ),
)
"""Dates in columns with the names of stages; `dated_stages` has its clients."""
DATED_EVENTS = DATED.model_copy(
    update={
        "stage_cells": "start",
        "events": Events(tab="Log", advance={"Again": {"stage": "Lead", "back": True}}),
    }
)


def dated_stages(seed: int, people: int = 120, events: int = 400) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Clients with dates of stages, typed stages, blank lead dates and some names twice; and events.

    The log names clients by id, by e-mail address, and by names that are written in other ways.
    """
    rng = np.random.default_rng(seed)
    lead = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 150, people), "D")
    clients = pd.DataFrame({
        "Name": [f"Zoë Núñez {i % (people - 9)}" for i in range(people)],
        "Created": pd.Series(lead).where(rng.random(people) < 0.9),
        "E-mail": [f"c{i}@example.org" if i % 3 else None for i in range(people)],
        "Contact ID": [f"K{i}" if i % 2 else None for i in range(people)],
        "Stage": rng.choice(np.array(["Lead", "Offer", "Won", "Cold", None, None], dtype=object), people),
        "Source": np.where(rng.random(people) < 0.5, "Ads", "Web"),
    })  # fmt: skip
    for stage in ("Met", "Offer", "Won"):
        when = lead + pd.to_timedelta(rng.integers(-5 * 24, 190 * 24, people), "h")
        clients[stage] = pd.Series(when).where(rng.random(people) < 0.5)
    forms = ("zoe  nunez {name}", "k{i}", "C{i}@example.org", "ZOË-NÚÑEZ {name}")
    named = zip(rng.integers(0, people + 5, events), rng.choice(forms, events), strict=True)
    log = pd.DataFrame({
        "Client": [form.format(i=i, name=i % (people - 9)) for i, form in named],
        "Event": rng.choice(["Met", "Offer", "Won", "Cold", "Again", "Smiled"], events),
        "Date": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 200 * 6, events) * 4, "h"),
    })  # fmt: skip
    return clients, log
