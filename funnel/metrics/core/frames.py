"""Lazy frames of any engine, and the aggregates that are collected from them.

Row-wise work is a Narwhals expression on a lazy frame, done by pandas, Polars, DuckDB or Spark; only
aggregates are collected, as small pandas DataFrames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw

from funnel.clients.arrays import ArrayFrame
from funnel.clients.frames import Frame, fetch, keeps_in_engine, lazy, length
from funnel.schema import flag

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Frame", "collect", "collect_page", "count_flags", "count_groups", "fetch", "keep_rows", "lazy", "length",
    "pieces",
]  # fmt: skip

N = flag("n")
"""The number of clients that a row stands for, where equal clients have been condensed to one row."""
_ONLY = flag("only")


def collect(frame: Frame) -> pd.DataFrame:
    """Collect a small frame as pandas, with rows numbered from 0, times without a zone, sums as floats.

    Spark adds the zone of its session to every time; the wall time is what the table contains. DuckDB sums
    whole numbers as decimals, which pandas holds as objects.
    """
    found = (frame.to_pandas() if isinstance(frame, ArrayFrame) else _fetched(frame)).reset_index(drop=True)
    zoned = found.select_dtypes("datetimetz").columns
    return found.assign(**{name: found[name].dt.tz_localize(None) for name in zoned}) if len(zoned) else found


def _fetched(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Collect a frame of an engine, with decimals as floats."""
    rows = fetch(frame)
    decimals = [name for name, kind in rows.schema.items() if kind == nw.Decimal]
    return (rows.with_columns(nw.col(decimals).cast(nw.Float64)) if decimals else rows).to_pandas()


PAGE = 1000
"""The rows of a page; a list of an engine's clients is collected page by page."""


def collect_page(frame: Frame, page: int, order: Sequence[str]) -> pd.DataFrame:
    """Collect a page of a long frame of an engine, 1 the first; all rows of a table in memory.

    Parameters
    ----------
    order : columns by which an engine sorts; its rows have no order of their own.

    >>> import pandas as pd
    >>> collect_page(lazy(pd.DataFrame({"a": [2, 1]})), 1, ["a"])["a"].tolist()
    [2, 1]
    """
    if not keeps_in_engine(frame):
        return collect(frame)
    found = collect(frame.sort(*order, nulls_last=True).head(page * PAGE))
    return found.iloc[(page - 1) * PAGE :].reset_index(drop=True)


def pieces(frame: Frame, rows: int) -> Iterator[Frame]:
    """Yield the rows of a pandas table in pieces, so that work on each takes little memory; else the frame.

    >>> import pandas as pd
    >>> [piece.collect().rows() for piece in pieces(lazy(pd.DataFrame({"a": [1, 2, 3]})), 2)]
    [[(1,), (2,)], [(3,)]]
    """
    return frame.pieces(rows) if isinstance(frame, ArrayFrame) else iter([frame])


def keep_rows(frame: Frame, condition: nw.Expr) -> Frame:
    """Filter rows; a constant condition is allowed.

    >>> import pandas as pd
    >>> keep_rows(lazy(pd.DataFrame({"a": [1]})), nw.lit(False)).collect().shape
    (0, 1)
    """
    return frame.with_columns(condition.alias(_ONLY)).filter(nw.col(_ONLY)).drop(_ONLY)


def count_flags(frame: Frame, flags: Iterable[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Count the clients (column ``n``) and those where each flag is true, in all or for each value of `by`.

    >>> import pandas as pd
    >>> frame = lazy(pd.DataFrame({"coach": ["Zoe", None, "Zoe"], "paid": [True, True, False]}))
    >>> count_flags(frame, ["paid"])
       n  paid
    0  3     2
    >>> count_flags(frame, ["paid"], by=["coach"])["paid"].sum()
    np.int64(2)
    """
    names = list(flags)
    if isinstance(frame, ArrayFrame):
        return frame.count(names, by)
    # Cast first, then sum: Spark cannot sum booleans, pyarrow cannot cast inside an aggregate.
    # One expression over all columns: a hundred small ones take longer than the count itself.
    ones, rows = [nw.col(*names).cast(nw.Int64)] if names else [], nw.len()
    if N in frame.collect_schema().names():
        ones, rows = [*(each * nw.col(N) for each in ones), nw.col(N)], nw.col(N).sum()
    sums, numbers = [rows.alias("n"), *([nw.col(*names).sum()] if names else [])], ["n", *names]
    if not by:
        return _as_int(collect(frame.select(*ones).select(*sums) if ones else frame.select(*sums)), numbers)
    return _as_int(collect(frame.select(*by, *ones).group_by(*by).agg(*sums)), numbers)


def _as_int(counts: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Convert counts to int: DuckDB returns decimals, and null for zero rows; Polars unsigned integers."""
    return counts.fillna(dict.fromkeys(names, 0)).astype(dict.fromkeys(names, "int64"))


def count_groups(frame: Frame, *keys: nw.Expr) -> pd.DataFrame:
    """Count the rows of each combination of keys; null is a value. Sorted by the keys, with the count ``n``.

    >>> import pandas as pd
    >>> count_groups(lazy(pd.DataFrame({"a": ["x", None, "x"]})), nw.col("a"))["n"].tolist()
    [2, 1]
    """
    counted = frame.select(*keys)
    if isinstance(counted, ArrayFrame):
        return counted.count((), counted.columns)
    names = counted.collect_schema().names()
    return collect(counted.group_by(*names).agg(nw.len().alias("n"))).sort_values(names, ignore_index=True)
