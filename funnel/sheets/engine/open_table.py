"""Open a table by its name: `clients.parquet`, a folder, `duckdb:///hq.db?table=clients`, `spark://…`.

Each engine is an extra of the package, and is imported only here.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from funnel.errors import ReadError, first_line, install_hint
from funnel.text import count, listed, nearest

_WAYS = {"duckdb": ("table", "query"), "spark": ("table", "query", "path")}
_REACH = 5  # seconds to wait for a master of Spark, which Spark itself would try for a minute and more


def open_table(source: str) -> Any:
    """Return the native table that a source names: a DuckDB relation, a Polars or Spark frame.

    Raises
    ------
    ReadError : the engine is not installed, or there is no such file, table or column.
    """
    if source.startswith("duckdb://"):
        return _duckdb_table(source)
    if source.startswith("spark://"):
        return _spark_table(source)
    return _parquet(Path(source))


def _parquet(path: Path) -> Any:
    files = [path] if path.is_file() else sorted(path.glob("**/*.parquet"))
    names = [str(file) for file in files]
    if duckdb := _module("duckdb"):
        return _read(str(path), lambda: _connect(duckdb).read_parquet(names, union_by_name=True))
    if polars := _module("polars"):
        return _read(str(path), lambda: polars.scan_parquet(names))
    raise ReadError(_missing("a Parquet file", "duckdb"))


def empty_files(path: Path) -> list[str]:
    """Return the names of the Parquet files in a folder that have no rows; empty without DuckDB."""
    duckdb, files = _module("duckdb"), sorted(path.glob("**/*.parquet"))
    if duckdb is None or len(files) < 2:
        return []
    counts = _connect(duckdb).execute(
        "SELECT file_name FROM parquet_file_metadata(?) WHERE num_rows = 0", [[str(file) for file in files]]
    )
    return [str(Path(name).relative_to(path)) for (name,) in counts.fetchall()]


def _duckdb_table(source: str) -> Any:
    duckdb = _module("duckdb")
    if duckdb is None:
        raise ReadError(_missing("a DuckDB database", "duckdb"))
    file, query = urlsplit(source.partition("?")[0]).path.removeprefix("/"), _parameters(source)
    if file and file != ":memory:" and not Path(file).is_file():
        raise ReadError(f"There is no file {file!r}, which {source} names. Check the path.")
    connection = _read(source, lambda: _connect(duckdb, file))
    if "query" in query:
        return _read(source, lambda: connection.sql(query["query"]))
    tables = [str(row[0]) for row in connection.sql("SHOW TABLES").fetchall()]
    name = query.get("table") or (tables[0] if len(tables) == 1 else None)
    if name is None:
        raise ReadError(
            f"{source} has {count(len(tables), 'table')} ({listed(tables)}). Name the one with the clients: "
            f"{source.partition('?')[0]}?table={tables[0] if tables else 'NAME'}"
        )
    if name not in tables and "." not in name:
        near = nearest(name, tables)
        raise ReadError(
            f"{source} has no table {name!r}{f'; did you mean {near!r}?' if near else '.'} "
            f"It has {listed(tables)}."
        )
    return _read(source, lambda: connection.table(name))


def _connect(duckdb: ModuleType, file: str = "") -> Any:
    connection = duckdb.connect(file or ":memory:", read_only=bool(file and file != ":memory:"))
    connection.execute("SET TimeZone = 'UTC'")  # a time has one wall time, wherever funnel runs
    return connection


def _spark_table(source: str) -> Any:
    spark = _module("pyspark.sql")
    if spark is None:
        raise ReadError(_missing("a table in Spark", "spark"))
    address, query = urlsplit(source.partition("?")[0]), _parameters(source)
    if not query:
        raise ReadError(f"{source} names no table. Add ?table=NAME, ?path=FOLDER or ?query=SELECT …")
    _check_master(source, address.netloc)
    session = _read(
        source,
        lambda: (
            spark.SparkSession.builder.master(f"spark://{address.netloc}")
            .appName("funnel")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        ),
    )
    if "query" in query:
        return _read(source, lambda: session.sql(query["query"]))
    if "table" in query:
        return _read(source, lambda: session.table(query["table"]))
    return _read(source, lambda: session.read.parquet(query["path"]))


def _parameters(source: str) -> dict[str, str]:
    """Return what follows the "?" of an address; SQL with spaces is taken as it is typed.

    Raises
    ------
    ReadError : it has another key, or one without a value.

    >>> _parameters("duckdb:///hq.db?query=select * from t where name like '%a%' and x & 1 = 1")
    {'query': "select * from t where name like '%a%' and x & 1 = 1"}
    >>> _parameters("duckdb:///hq.db?query=select%20a%2Bb%20from%20t")
    {'query': 'select a+b from t'}
    """
    scheme, _, rest = source.partition("://")
    known, text = _WAYS[scheme], rest.partition("?")[2]
    key, _, value = text.partition("=")
    if key == "query" and value:
        return {key: value if " " in value else unquote_plus(value)}
    found = dict(parse_qsl(text, keep_blank_values=True))
    for name, given in found.items():
        if name not in known or not given:
            wrong = f"has the unknown key {name!r}" if name not in known else f"names no {name}"
            raise ReadError(
                f"{source} {wrong}. After the question mark there is one of "
                f"{listed(f'{each}=…' for each in known)}; to choose clients, use --where."
            )
    return found


def _check_master(source: str, masters: str) -> None:
    """Check that a master of Spark answers.

    Raises
    ------
    ReadError : none does.
    """
    for master in masters.split(","):
        host, _, port = master.rpartition(":")
        try:
            with socket.create_connection((host or master, int(port) if host else 7077), _REACH):
                return
        except (OSError, ValueError):
            continue
    raise ReadError(
        f"{source} cannot be read: no Spark master answers at {masters}. Check the host and the port, and "
        "that the cluster is running."
    )


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def _missing(what: str, extra: str) -> str:
    package = {"spark": "pyspark"}.get(extra, extra)
    return f"Reading {what} needs the package {package!r}, which is not installed. {install_hint(extra)}"


def _read(source: str, read: Callable[[], Any]) -> Any:
    """Open a table, and explain the engine's error in a sentence."""
    try:
        return read()
    except ReadError:
        raise
    except Exception as error:  # every engine has exceptions of its own
        raise ReadError(f"{source} cannot be read: {first_line(error)}") from error
