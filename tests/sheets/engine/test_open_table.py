"""Tables by their name: a sentence where an engine is missing, and where there is no such file or table."""

from pathlib import Path

import pytest

from funnel.errors import ReadError
from funnel.sheets.engine import open_table as module
from funnel.sheets.engine.open_table import open_table


def refused(source: str) -> str:
    with pytest.raises(ReadError) as error:
        open_table(source)
    return str(error.value)


@pytest.mark.parametrize(
    ("source", "what", "package", "extra"),
    [
        ("clients.parquet", "a Parquet file", "duckdb", "duckdb"),
        ("duckdb:///hq.db?table=clients", "a DuckDB database", "duckdb", "duckdb"),
        ("spark://host:7077?table=clients", "a table in Spark", "pyspark", "spark"),
    ],
)
def test_a_missing_engine_is_a_sentence(
    source: str, what: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_module", lambda name: None)
    assert refused(source) == (
        f"Reading {what} needs the package {package!r}, which is not installed. In your copy of the project, "
        f'type uv tool install ".[{extra}]", or start with uv run --extra {extra} funnel …'
    )


def test_a_database_by_table_query_and_alone(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "hq.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table clients as select 'Ana' as name")
    assert open_table(f"duckdb:///{path}").fetchall() == [("Ana",)]
    assert open_table(f"duckdb:///{path}?table=clients").fetchall() == [("Ana",)]
    assert open_table(f"duckdb:///{path}?query=select 'Ben' as name").fetchall() == [("Ben",)]
    assert refused(f"duckdb:///{path}?table=client") == (
        f"duckdb:///{path}?table=client has no table 'client'; did you mean 'clients'? It has clients."
    )
    assert (
        refused("duckdb:///no.db") == "There is no file 'no.db', which duckdb:///no.db names. Check the path."
    )


def test_spark_needs_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_module", lambda name: object())
    assert refused("spark://host:7077") == (
        "spark://host:7077 names no table. Add ?table=NAME, ?path=FOLDER or ?query=SELECT …"
    )


def test_a_cluster_that_does_not_answer_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_module", lambda name: object())
    assert refused("spark://127.0.0.1:1?path=/data") == (
        "spark://127.0.0.1:1?path=/data cannot be read: no Spark master answers at 127.0.0.1:1. Check the "
        "host and the port, and that the cluster is running."
    )


def test_an_unknown_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_module", lambda name: object())
    assert refused("duckdb:///hq.db?table=clients&where=1") == (
        "duckdb:///hq.db?table=clients&where=1 has the unknown key 'where'. After the question mark there is "
        "one of table=… and query=…; to choose clients, use --where."
    )
