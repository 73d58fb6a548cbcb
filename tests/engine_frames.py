"""Clients as tables of every engine, with columns as in a data lake."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from funnel.clients import Clients
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


def _ibis(table: pd.DataFrame, folder: Path) -> Any:
    return pytest.importorskip("ibis").duckdb.connect().read_parquet(_parquet(table, folder))


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
