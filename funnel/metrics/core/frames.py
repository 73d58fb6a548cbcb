"""Frames of any engine: the few ways in which aggregates leave them.

Everything row-wise is a Narwhals expression on a lazy frame, so that pandas, Polars, DuckDB or Spark do the
work; only aggregates are collected, as small pandas DataFrames.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
from pandas.errors import PerformanceWarning

from funnel.schema import flag

if TYPE_CHECKING:
    import pandas as pd

Frame: TypeAlias = nw.LazyFrame[Any]
_ONLY = flag("only")


def lazy(table: Any) -> Frame:
    """Take a table of any engine that Narwhals knows.

    >>> import pandas as pd
    >>> lazy(pd.DataFrame({"a": [1, 2]})).collect_schema().names()
    ['a']
    """
    frame = nw.from_native(table)
    if frame.implementation.is_pyarrow():  # it cannot add calendar months, and is in memory already
        frame = nw.from_native(frame.to_pandas())
    found: Frame = frame.lazy()
    return found


def collect(frame: Frame) -> pd.DataFrame:
    """Bring a (small) frame into memory as pandas, rows numbered from 0."""
    return frame.collect().to_pandas().reset_index(drop=True)


def only(frame: Frame, condition: nw.Expr) -> Frame:
    """Keep the rows for which a condition holds, be it the same for all of them.

    >>> import pandas as pd
    >>> only(lazy(pd.DataFrame({"a": [1]})), nw.lit(False)).collect().shape
    (0, 1)
    """
    return frame.with_columns(condition.alias(_ONLY)).filter(nw.col(_ONLY)).drop(_ONLY)


def totals(frame: Frame, flags: Iterable[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Count the rows (column ``n``) and those where each flag is true: one row in all, or one per value of
    `by`.

    >>> import pandas as pd
    >>> frame = lazy(pd.DataFrame({"coach": ["Zoe", None, "Zoe"], "paid": [True, True, False]}))
    >>> totals(frame, ["paid"])
       n  paid
    0  3     2
    >>> totals(frame, ["paid"], by=["coach"])["paid"].sum()
    np.int64(2)
    """
    names = list(flags)
    # Cast first, then sum: Spark cannot sum booleans, pyarrow cannot cast inside an aggregate. Pandas sums
    # them as they are, and the cast costs it several times the counting.
    # One expression over all columns: a hundred small ones cost more than the counting itself.
    summed = frame.implementation.is_pandas_like()
    ones = [nw.col(*names) if summed else nw.col(*names).cast(nw.Int64)] if names else []
    sums = [nw.len().alias("n"), *([nw.col(*names).sum()] if names else [])]
    odd = [] if summed else ["n", *names]
    if not by:
        return _whole(collect(frame.select(*ones).select(*sums) if names else frame.select(*sums)), odd)
    with warnings.catch_warnings():
        # Narwhals resets the index of the few aggregated rows, whose many columns pandas warns of.
        warnings.simplefilter("ignore", PerformanceWarning)
        return _whole(collect(frame.select(*by, *ones).group_by(*by).agg(*sums)), odd)


def _whole(counts: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Counts as plain whole numbers: DuckDB gives decimals, and none of no rows; Polars unsigned ones."""
    return counts.fillna(dict.fromkeys(names, 0)).astype(dict.fromkeys(names, "int64")) if names else counts


def groups(frame: Frame, *keys: nw.Expr) -> pd.DataFrame:
    """Count the rows of every combination of keys (nulls are a value), in order: the keys, and ``n``.

    >>> import pandas as pd
    >>> groups(lazy(pd.DataFrame({"a": ["x", None, "x"]})), nw.col("a"))["n"].tolist()
    [2, 1]
    """
    counted = frame.select(*keys)
    names = counted.collect_schema().names()
    return collect(counted.group_by(*names).agg(nw.len().alias("n"))).sort_values(names, ignore_index=True)
