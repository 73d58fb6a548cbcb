"""Open tables of any engine as lazy frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import narwhals as nw

from funnel.clients.arrays import ArrayFrame
from funnel.errors import ReadError, UsageError, first_line

if TYPE_CHECKING:
    import pandas as pd

Frame: TypeAlias = nw.LazyFrame[Any] | ArrayFrame
_SLOW_RULE: Final = "spark.sql.constraintPropagation.enabled"
_SPARK: Final = Lock()


def lazy(table: Any) -> Frame:
    """Convert a table of any engine that Narwhals supports to a lazy frame.

    >>> import pandas as pd
    >>> lazy(pd.DataFrame({"a": [1, 2]})).collect_schema().names()
    ['a']
    """
    if isinstance(table, ArrayFrame):
        return table
    if in_memory(table):
        return ArrayFrame.of(table)
    frame = nw.from_native(table)
    if frame.implementation.is_pyarrow():  # pyarrow cannot add calendar months; it is in memory already
        frame = nw.from_native(frame.to_pandas())
    found: Frame = frame.lazy()
    return found


def table_beside(table: Any, name: str | Path) -> Any:
    """Return another table of the same engine and connection.

    Parameters
    ----------
    name : the path of a Parquet file, or the name of a table of the database or the Spark session.

    Raises
    ------
    ReadError : there is no such file or table.
    """
    try:
        if session := getattr(table, "sparkSession", None):
            return session.read.parquet(str(name)) if isinstance(name, Path) else session.table(name)
        if nw.from_native(table).implementation.is_polars():
            return nw.scan_parquet(str(name), backend="polars").to_native()
        quoted = str(name).replace("'", "''") if isinstance(name, Path) else name.replace('"', '""')
        of = f"read_parquet('{quoted}')" if isinstance(name, Path) else f'"{quoted}"'
        return table.query("clients_beside", f"SELECT * FROM {of}")
    except Exception as error:  # every engine has exceptions of its own
        raise ReadError(f"{name} cannot be read: {first_line(error)}") from error


def as_pandas(table: Any) -> pd.DataFrame | None:
    """Return a pandas or pyarrow table as pandas; None for other engines.

    >>> import pandas as pd
    >>> as_pandas(pd.DataFrame({"a": [1]})).shape
    (1, 1)

    Raises
    ------
    UsageError : Narwhals does not support it.
    """
    try:
        frame = nw.from_native(table)
    except TypeError:
        raise UsageError(
            f"funnel cannot load a {type(table).__name__}. Give the path or address of a sheet, or a table "
            "of pandas, Polars, pyarrow, DuckDB, PySpark or Ibis."
        ) from None
    kind = frame.implementation
    return frame.to_pandas() if kind.is_pandas() or kind.is_pyarrow() else None


def columns_of(table: Any) -> tuple[str, ...]:
    """Return the names of a table's columns; `name in table` means something else in Spark.

    >>> import pandas as pd
    >>> columns_of(pd.DataFrame({"a": [1], "b": [2]}))
    ('a', 'b')
    """
    return tuple(lazy(table).collect_schema().names())


def in_memory(table: Any) -> bool:
    """Return True for a pandas table, whose rows have an order and a number in a sheet.

    >>> import pandas as pd
    >>> in_memory(pd.DataFrame())
    True
    """
    return not isinstance(table, nw.LazyFrame) and nw.dependencies.is_pandas_dataframe(table)


def keeps_in_engine(frame: Frame) -> bool:
    """Return True for a frame whose rows stay in an engine; False for one of pandas, which is in memory.

    >>> import pandas as pd
    >>> keeps_in_engine(lazy(pd.DataFrame()))
    False
    """
    return not isinstance(frame, ArrayFrame) and not frame.implementation.is_pandas_like()


def fetch(frame: Frame) -> nw.DataFrame[Any]:
    """Collect a frame that is small. Every query of an engine runs here.

    >>> import pandas as pd
    >>> fetch(lazy(pd.DataFrame({"a": [1, 2]}))).shape
    (2, 1)
    """
    with _without_slow_rule(frame):
        found: nw.DataFrame[Any] = frame.collect()
        return found


@contextmanager
def _without_slow_rule(frame: Frame) -> Iterator[None]:
    """Switch off, for one query of Spark, a rule of its optimizer; the session keeps its setting.

    Below a filter, the rule derives each condition once more for each column made of it: with flags made of
    flags, their number grows exponentially, and a query of a second is planned for minutes. The rule is meant
    for joins; without it, the joins with event logs give the same rows.
    """
    if isinstance(frame, ArrayFrame) or not frame.implementation.is_spark_like():
        yield
        return
    settings = frame.to_native().sparkSession.conf
    with _SPARK:  # a second thread must not take our setting for that of the session
        before = settings.get(_SLOW_RULE)
        settings.set(_SLOW_RULE, "false")
        try:
            yield
        finally:
            settings.set(_SLOW_RULE, before)


def length(table: Any) -> int:
    """Count the rows.

    >>> import pandas as pd
    >>> length(pd.DataFrame({"a": [1, 2]}))
    2
    """
    if isinstance(table, ArrayFrame) or in_memory(table):
        return len(table)
    return int(fetch(lazy(table).select(nw.len())).item())


def head_of(table: Any, n: int = 1000) -> pd.DataFrame:
    """Return a pandas table unchanged; for an engine, its first rows as pandas.

    >>> import pandas as pd
    >>> head_of(pd.DataFrame({"a": [1, 2]})).shape
    (2, 1)
    """
    return table if in_memory(table) else fetch(lazy(table).head(n)).to_pandas()
