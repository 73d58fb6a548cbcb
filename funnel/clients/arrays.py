"""A pandas table as a lazy frame of arrays: Narwhals expressions, evaluated by NumPy.

The results are made of thousands of small expressions over marks and dates. Narwhals evaluates each of them
on pandas Series in about a millisecond, which is nearly all the time for a sheet of 1,000 clients. Here the
common ones (marks, dates, comparisons) are array operations of some microseconds. Narwhals still evaluates
the others, on the columns that they need, so only the time differs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any, Final

import narwhals as nw
import numpy as np
import pandas as pd

from funnel.clients.array_operations import (
    JOINS,
    Array,
    UnknownError,
    apply,
    as_bool,
    join,
    kind_of,
    literal,
    repeat,
    unknown,
)

_ANCHOR: Final = "flag:anchor"
_READ: Final = {"col": ("names",), "over": ("partition_by", "order_by")}
"""Operation -> its arguments that name columns."""
_AGGREGATES: Final = frozenset({
    "sum", "len", "max", "min", "mean", "count", "n_unique", "any", "all", "median", "first", "last",
})  # fmt: skip


class ArrayFrame:
    """The rows of a pandas table, or some of them, with further columns.

    Parameters
    ----------
    columns : name -> its array, made when it is asked for.
    index : of the rows.
    """

    def __init__(self, columns: dict[str, Callable[[], Array] | Array], index: pd.Index[Any]) -> None:
        self._columns = columns
        self._index = index

    @classmethod
    def of(cls, table: pd.DataFrame) -> ArrayFrame:
        """Wrap a table."""
        return cls({str(name): partial(_column, table, name) for name in table.columns}, table.index)

    def __len__(self) -> int:
        return len(self._index)

    def __getattr__(self, name: str) -> Any:
        """Leave every other operation of a frame to Narwhals."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._narwhals(self._columns).lazy(), name)

    def array(self, name: str) -> Array:
        """Return a column."""
        found = self._columns[name]
        if callable(found):
            found = self._columns[name] = found()
        return found

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._columns)

    def collect_schema(self) -> _Schema:
        """Return the names and types of the columns."""
        return _Schema(self)

    def collect(self) -> nw.DataFrame[Any]:
        """Return all columns as a frame in memory."""
        return self._narwhals(self._columns)

    def to_pandas(self) -> pd.DataFrame:
        """Return all columns as a table. Narwhals would import more of itself, which takes long."""
        return self._table(self._columns)

    def with_columns(self, *expressions: Any, **named: nw.Expr) -> ArrayFrame:
        """Add columns, or replace them."""
        flat = [*_flat(expressions), *(each.alias(name) for name, each in named.items())]
        return ArrayFrame({**self._columns, **dict(self._evaluated(flat))}, self._index)

    def select(self, *expressions: Any, **named: nw.Expr) -> Any:
        """Keep the columns that some expressions make."""
        flat = [*_flat(expressions), *(each.alias(name) for name, each in named.items())]
        try:
            if not any(
                isinstance(each, str) or "col" in {node.name for node in _nodes(each)} for each in flat
            ):
                raise UnknownError
            return ArrayFrame(dict(self._evaluated(flat, aggregates=False)), self._index)
        except UnknownError:  # sums and counts among them
            every = [nw.col(each) if isinstance(each, str) else each for each in flat]
            return self._narwhals(_roots(every, self._columns)).lazy().select(*every)

    def filter(self, *conditions: Any) -> ArrayFrame:
        """Keep the rows for which all conditions are true."""
        found = [values for _, values in self._evaluated(conditions)]
        keep = reduce(operator.and_, (as_bool(values) for values in found))
        kept: dict[str, Any] = {name: partial(_rows, self, name, keep) for name in self._columns}
        return ArrayFrame(kept, self._index[keep])

    def head(self, n: int = 5) -> ArrayFrame:
        """Keep the first rows."""
        kept: dict[str, Any] = {name: partial(_rows, self, name, slice(n)) for name in self._columns}
        return ArrayFrame(kept, self._index[:n])

    def pieces(self, rows: int) -> Iterator[ArrayFrame]:
        """Yield the rows in order, some at a time; one frame without rows if there are none."""
        for start in range(0, max(len(self), 1), rows):
            piece = slice(start, start + rows)
            kept: dict[str, Any] = {name: partial(_rows, self, name, piece) for name in self._columns}
            yield ArrayFrame(kept, self._index[piece])

    def drop(self, *names: str) -> ArrayFrame:
        """Leave columns out."""
        return ArrayFrame({k: v for k, v in self._columns.items() if k not in names}, self._index)

    def count(self, flags: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
        """Count rows (``n``) and those where each flag is true, for each combination of `by`, in order."""
        group, first = self._groups(by)
        counts = [np.bincount(group, minlength=len(first))]
        counts += [np.bincount(group[as_bool(self.array(name))], minlength=len(first)) for name in flags]
        keys = {name: self.array(name)[first] for name in by}
        if not flags:
            return pd.DataFrame({**keys, "n": counts[0].astype(np.int64, copy=False)})
        found = pd.DataFrame(np.column_stack(counts).astype(np.int64, copy=False), columns=["n", *flags])
        for at, (name, values) in enumerate(keys.items()):
            found.insert(at, name, values)
        return found

    def _groups(self, by: Sequence[str]) -> tuple[Any, Any]:
        """Return the group of each row, and the first row of each group; null is a value, the last."""
        together = np.zeros(len(self), np.int64)
        if not by:
            return together, np.zeros(1, np.int64)
        codes, sizes = zip(*(_codes(self.array(name)) for name in by), strict=True)
        if math.prod(sizes) < 1 << 62:
            for code, size in zip(codes, sizes, strict=True):
                together = together * size + code
        else:
            for code, size in zip(codes, sizes, strict=True):
                _, together = np.unique(together * size + code, return_inverse=True)
        _, first, group = np.unique(together, return_index=True, return_inverse=True)
        return group, first

    def _evaluated(
        self, expressions: Iterable[Any], *, aggregates: bool = True
    ) -> Iterator[tuple[str, Array]]:
        """Yield the name and the values of each column that expressions make."""
        for expression in _flat(expressions):
            if isinstance(expression, str):
                yield expression, self.array(expression)
                continue
            try:
                for name, values in self._values(expression):
                    yield name, repeat(values, len(self))
            except (UnknownError, TypeError, ValueError):
                if not aggregates and _aggregates(expression):
                    raise UnknownError from None
                yield from self._by_narwhals(expression)

    def _by_narwhals(self, expression: nw.Expr) -> Iterator[tuple[str, Array]]:
        """Yield what Narwhals makes of an expression, with a value for each row."""
        anchor = {_ANCHOR: np.zeros(len(self), np.int8)}
        frame = self._narwhals(_roots([expression], self._columns), **anchor)
        found = frame.lazy().select(expression, nw.col(_ANCHOR)).collect().to_pandas()
        for name in found.columns[:-1]:
            yield name, _array(found[name])

    def _narwhals(self, columns: Iterable[str], **more: Array) -> nw.DataFrame[Any]:
        """Return some columns as a frame of Narwhals over pandas."""
        return nw.from_native(self._table(columns, **more), eager_only=True)

    def _table(self, columns: Iterable[str], **more: Array) -> pd.DataFrame:
        data = {name: self.array(name) for name in columns} | more
        return pd.DataFrame(data, index=self._index, copy=False)

    def _values(self, expression: Any) -> list[tuple[str, Array]]:
        """Evaluate an expression: a chain of operations, each on what the ones before it made."""
        found: list[tuple[str, Array]] = []
        roots: list[str] = []
        for node in getattr(expression, "_nodes", None) or unknown():
            name, kwargs = node.name, node.kwargs
            if name == "col":
                roots = list(kwargs["names"])
                found = [(each, self.array(each)) for each in roots]
            elif name == "lit":
                found = [("literal", literal(kwargs["value"], kwargs["dtype"]))]
            elif name == "alias":
                found = [(kwargs["name"], values) for _, values in found]
            elif name == "name.map":
                found = [(kwargs["function"](root), v) for root, (_, v) in zip(roots, found, strict=True)]
            elif name in JOINS:
                parts = [self._one(each) for each in node.exprs]
                named = parts[1 if name == "when_then" else 0][0]
                found = [(named, join(name, [values for _, values in parts]))]
            else:
                others = [self._operand(each) for each in node.exprs]
                found = [(each, apply(name, values, others, kwargs)) for each, values in found]
        return found or unknown()

    def _one(self, expression: Any) -> tuple[str, Array]:
        """Evaluate an operand, which makes one column."""
        try:
            found = self._values(expression)
        except (UnknownError, TypeError, ValueError):
            found = list(self._by_narwhals(expression))
        return found[0] if len(found) == 1 else unknown()

    def _operand(self, other: Any) -> Array:
        """Return the values of an operand: an expression, or one value."""
        return self._one(other)[1] if isinstance(other, nw.Expr) else literal(other, None)


class _Schema(Mapping[str, Any]):
    """The names and types of the columns of a frame; a type is found when it is asked for."""

    def __init__(self, frame: ArrayFrame) -> None:
        self._frame = frame

    def names(self) -> list[str]:
        """Return the names of the columns."""
        return self._frame.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __len__(self) -> int:
        return len(self._frame.columns)

    def __getitem__(self, name: str) -> Any:
        is_text = kind_of(self._frame.array(name)) == "s"
        return nw.String() if is_text else self._frame._narwhals([name]).schema[name]


def _flat(expressions: Iterable[Any]) -> Iterator[Any]:
    """Yield expressions and names, also those in lists."""
    for each in expressions:
        if isinstance(each, str | nw.Expr):
            yield each
        else:
            yield from _flat(each)


def _nodes(expression: Any) -> Iterator[Any]:
    """Yield all operations of an expression, also those of its operands."""
    for node in getattr(expression, "_nodes", ()):
        yield node
        for each in node.exprs:
            yield from _nodes(each)


def _roots(expressions: Iterable[Any], columns: Iterable[str]) -> list[str]:
    """Return the columns that expressions read, all if that is not known; at least one, for the rows."""
    nodes = [node for expression in expressions for node in _nodes(expression)]
    wanted = {name for node in nodes for key in _READ.get(node.name, ()) for name in node.kwargs[key]}
    known = bool(nodes) and not any(node.name in ("all", "nth", "exclude", "selector") for node in nodes)
    names = list(columns)
    return [name for name in names if name in wanted] or names[:1] if known else names


def _aggregates(expression: Any) -> bool:
    """Return True if an expression may make fewer values than there are rows."""
    nodes = list(_nodes(expression))
    return not nodes or any(node.name in _AGGREGATES for node in nodes)


def _codes(values: Array) -> tuple[Any, int]:
    """Return the position of each value among the different ones, in order, null last; and their number."""
    if kind_of(values) == "b":
        return values.astype(np.int64), 2
    if kind_of(values) == "M":  # null is the least number; pandas would wrap the dates
        codes, numbers = pd.factorize(values.view(np.int64), sort=True)
        nulls = int(len(numbers) and numbers[0] == np.iinfo(np.int64).min)
        return (codes - nulls) % max(len(numbers), 1), len(numbers)
    codes, different = pd.factorize(values, sort=True)
    return np.where(codes < 0, len(different), codes), len(different) + 1


def _array(column: pd.Series[Any]) -> Array:
    """Return the values of a column."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _column(table: pd.DataFrame, name: Any) -> Array:
    return _array(table[name])


def _rows(frame: ArrayFrame, name: str, keep: Any) -> Array:
    return frame.array(name)[keep]
