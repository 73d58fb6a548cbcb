"""Operations on the columns of an `ArrayFrame`, done by NumPy; others raise `UnknownError`."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable
from functools import reduce
from typing import Any, Final, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

Array: TypeAlias = Any
"""A NumPy array, an array of pandas (text), or one value for all rows."""

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    f"__{name}__": getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
_LOGIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "__and__": operator.and_, "__or__": operator.or_, "__rand__": operator.and_, "__ror__": operator.or_,
}  # fmt: skip
_OFFSET: Final = re.compile(r"(\d+)(d|mo|y)")
_UNITS: Final = {"1d": "D", "1mo": "M", "1q": "3M", "1y": "Y"}
_NO_TIME: Final = np.datetime64("NaT", "us")
_NO_TEXT: Final = np.array(None)
_TEXT: Final[dict[str, Callable[[pd.Series[str], dict[str, Any]], pd.Series[Any]]]] = {
    "fill_null": lambda cells, given: cells.fillna(given["value"]),
    "str.strip_chars": lambda cells, given: cells.str.strip(given["characters"]),
    "str.to_lowercase": lambda cells, _: cells.str.lower(),
}
JOINS: Final = frozenset({"any_horizontal", "all_horizontal", "when_then", "coalesce", "max_horizontal"})
"""The functions of several columns that `join` knows."""


class UnknownError(Exception):
    """An expression that is left to Narwhals."""


def unknown() -> Any:
    """Raise `UnknownError`."""
    raise UnknownError


def join(name: str, values: list[Array]) -> Array:
    """Apply a function of several columns."""
    if name == "coalesce":
        return reduce(lambda a, b: _where(_is_null(a), b, a), values)
    if name == "max_horizontal":
        return reduce(np.fmax, [each if kind_of(each) == "M" else unknown() for each in values])
    if name == "when_then":
        otherwise = values[2] if len(values) > 2 else _null_like(values[1])
        return _where(as_bool(values[0]), values[1], otherwise)
    return reduce(operator.or_ if name == "any_horizontal" else operator.and_, map(as_bool, values))


def repeat(values: Array, length: int) -> Array:
    """Repeat one value for all rows."""
    if getattr(values, "ndim", 0):
        return values
    if isinstance(values, str) or values is _NO_TEXT:
        return pd.Series([None if values is _NO_TEXT else values] * length, dtype="str").array
    return np.full(length, values) if isinstance(values, np.generic) else unknown()


def literal(value: Any, kind: Any) -> Array:
    """Return one value for all rows."""
    if isinstance(value, bool | np.bool_):
        return np.bool_(value)
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return np.datetime64(value, "us")
    if isinstance(value, int | float | str):
        return value
    if value is None and isinstance(kind, nw.Datetime):
        return _NO_TIME
    return _NO_TEXT if value is None and kind in (nw.String, nw.String()) else unknown()


def kind_of(values: Array) -> str:
    """Return b (marks), M (dates), n (numbers), s (text) or "" for what is not known here."""
    if isinstance(values, str):
        return "s"
    if isinstance(values, int | float):
        return "n"
    if isinstance(values, np.ndarray | np.generic):
        kinds = {"b": "b", "M": "M", "i": "n", "u": "n", "f": "n"}
        return "s" if values is _NO_TEXT else kinds.get(values.dtype.kind, "")
    return "s" if isinstance(values, pd.api.extensions.ExtensionArray) and str(values.dtype) == "str" else ""


def as_bool(values: Array) -> Any:
    """Return marks; UnknownError if they are something else."""
    return values if kind_of(values) == "b" else unknown()


def apply(name: str, values: Array, others: list[Array], kwargs: dict[str, Any]) -> Array:
    """Apply an operation of one column, with at most one operand."""
    kind = kind_of(values)
    if name == "__invert__":
        return ~as_bool(values)
    if name in _LOGIC:
        return _LOGIC[name](as_bool(values), as_bool(others[0]))
    if name in _COMPARE:
        return _compared(name, values, others[0])
    if name == "is_null":
        return _is_null(values)
    if name == "fill_null" and kind == "b":
        return values
    if kind == "s" and name in _TEXT and not isinstance(values, str):
        given = {"value": others[0]} if others else kwargs
        return _TEXT[name](pd.Series(values, copy=False), given).array
    if name == "dt.truncate" and kind == "M" and kwargs["every"] in _UNITS:
        return values.astype(f"datetime64[{_UNITS[kwargs['every']]}]").astype(values.dtype)
    if name == "dt.offset_by" and kind == "M":
        return moved(values, kwargs["by"])
    if name == "cast" and kind == "b" and kwargs["dtype"] in (nw.Int64, nw.Int64()):
        return values.astype(np.int64)
    if name == "is_in" and kind == "s":
        return _is_in(values, kwargs["other"])
    return unknown()


def _compared(name: str, values: Array, other: Array) -> Array:
    """Compare values of one kind; text only with one text, and only whether it is the same."""
    kind = kind_of(values)
    if kind != kind_of(other) or not kind or (kind == "s" and not isinstance(other, str)):
        return unknown()
    found = _COMPARE[name](values, other)
    return found if kind_of(found) == "b" else np.asarray(found, dtype=bool)


def _is_in(values: Array, others: Any) -> Array:
    texts = list(others)
    if not all(isinstance(text, str) for text in texts):
        return unknown()
    return pd.Series(values, copy=False).isin(texts).to_numpy()


def _is_null(values: Array) -> Array:
    """Return where there is no value."""
    if values is _NO_TEXT or isinstance(values, np.datetime64):
        return np.bool_(pd.isna(values))
    if isinstance(values, np.ndarray):
        return np.isnat(values) if values.dtype.kind == "M" else np.asarray(pd.isna(values))
    return np.asarray(pd.isna(values)) if getattr(values, "ndim", 0) else unknown()


def _null_like(values: Array) -> Array:
    """Return a null of the type of some values."""
    if kind_of(values) == "s":
        return _NO_TEXT
    return _NO_TIME.astype(values.dtype) if kind_of(values) == "M" else unknown()


def _where(condition: Any, values: Array, others: Array) -> Array:
    """Return values where a condition is true, else others: marks, dates or text."""
    kind = kind_of(values)
    if kind != kind_of(others) or kind not in ("b", "M", "s"):
        return unknown()
    if kind != "s":
        return np.where(condition, values, others)
    if not condition.ndim:
        return unknown()
    if not isinstance(values, str) and values is not _NO_TEXT and condition.all():
        return values
    texts = np.where(condition, *(np.asarray(part, dtype=object) for part in (values, others)))
    return pd.Series(texts, dtype="str").array


def moved(dates: Array, by: str) -> Array:
    """Move dates by days or calendar months; the day is clamped to the end of the month."""
    found = _OFFSET.fullmatch(by) or unknown()
    number, unit = int(found[1]), found[2]
    if unit == "d":
        return dates + np.timedelta64(number, "D")
    flat = dates.reshape(-1)
    months = flat.astype("datetime64[M]")
    within = flat - months.astype(dates.dtype)
    months += np.timedelta64(number * (12 if unit == "y" else 1), "M")
    result = months.astype(dates.dtype) + within
    late = np.flatnonzero(within >= np.timedelta64(28, "D"))  # the days that not every month has
    first = months[late].astype("datetime64[D]")
    last = (months[late] + np.timedelta64(1, "M")).astype("datetime64[D]") - first - np.timedelta64(1, "D")
    result[late] -= np.maximum(within[late].astype("timedelta64[D]") - last, np.timedelta64(0, "D"))
    return result.reshape(dates.shape)
