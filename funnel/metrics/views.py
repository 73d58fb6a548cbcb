"""Format a result as rows of text, for the terminal and notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any

from funnel.metrics.core.result import Column, Measured, Result, View, words
from funnel.text import DASH, chance, interval, p_value, percent, plain_text, undefined

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Shown:
    """A table formatted as text.

    Parameters
    ----------
    titles : of the columns.
    texts : positions of the columns that contain text; numbers are right-aligned.
    rows : the cells of each row; `groups` has the heading above each, "" if there is none.
    drop_first : positions of the columns to drop first if there is no room, in that order.
    columns, records : the same columns and rows before formatting.
    """

    title: str
    titles: tuple[str, ...]
    texts: frozenset[int]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    sentence: str = ""
    note: str = ""
    drop_first: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    records: tuple[Mapping[Any, Any], ...] = ()


def whole_view(result: Result, table: pd.DataFrame) -> View:
    """Return a view of all columns with data; both bounds of a rate are one column."""
    highs = {column.bounds[1] for column in _columns(result) if column.bounds}
    names = [str(name) for name in table]
    kept = [
        name for name in names
        if not result.column(name, "by" in table).quiet and name not in highs and table[name].notna().any()
    ]  # fmt: skip
    return View(result.title, tuple(kept))


def views_of(result: Result, table: pd.DataFrame, by: str | None = None) -> tuple[View, ...]:
    """Return the views that `--table` prints of a result: its own, or one with all columns.

    Parameters
    ----------
    by : the column whose values the table compares; None if it compares none.
    """
    views = (result.alone,) if result.alone else result.show
    return views if views and not (by and result.compute) else (whole_view(result, table),)


def show(result: Result, view: View, funnel: Measured, table: pd.DataFrame) -> Shown:
    """Turn the columns of a view into text.

    Parameters
    ----------
    table : the table of the result.
    """
    staged = funnel.journey.staged
    rows = view.prepare(funnel, table) if view.prepare else table
    every = [result.column(name, "by" in rows) for name in view.columns or map(str, rows)]
    columns = [column for column in every if column.name in rows and column.applies(rows)]
    names = [column.name for column in columns]
    lows = {column.bounds[0]: column for column in _columns(result) if column.bounds}
    cells, groups, records = [], [], rows.to_dict("records")
    for row in records:
        groups.append(view.group(row) if view.group else "")
        cells.append(tuple(_cell(column, row, columns, lows) for column in columns))
    return Shown(
        view.staged if staged and view.staged else view.title,
        tuple("95 %" if column.name in lows else column.title_for(staged, rows) for column in columns),
        frozenset(at for at, column in enumerate(columns) if column.unit == "text"),
        tuple(cells),
        tuple(groups),
        words(view.sentence, funnel),
        words(view.note, funnel),
        tuple(
            range(1, len(names))
            if view.newest_last
            else (names.index(name) for name in view.drop_first if name in names)
        ),
        tuple(columns),
        tuple(records),
    )


def value_text(column: Column, row: Mapping[Any, Any]) -> str:
    """Format one value for people; a dash if it is undefined.

    >>> value_text(Column("rate", "Rate", "rate", ""), {"rate": 0.128})
    '13 %'
    >>> value_text(Column("since", "Since", "date", ""), {"since": "2026-05-11 00:00:00"})
    '2026-05-11'
    """
    unit, value = column.unit, row[column.name]
    if unit == "mixed":
        unit = row["unit"]
    if unit == "probability":  # declared ones may be certain, measured ones are not
        return percent(value) if value in (0, 1) else chance(value)
    if unit == "rate":
        return percent(value)
    if unit == "p":
        return p_value(value)
    if unit == "date":
        return DASH if undefined(value) else str(value)[:10]
    if unit == "money":
        return DASH if undefined(value) else f"{value:,.0f}"
    return plain_text(value)


def rate_text(rate: float, low: float, high: float) -> str:
    """Return a rate with its bounds.

    >>> rate_text(0.5, 0.38, 0.62), rate_text(float("nan"), float("nan"), float("nan"))
    ('50 % (38–62)', '–')
    """
    bounds = "" if undefined(low) else f" ({interval(low, high).removesuffix(' %')})"
    return f"{percent(rate)}{bounds}"


def _columns(result: Result) -> tuple[Column, ...]:
    return (*result.columns, *result.columns_by)


def _cell(column: Column, row: Mapping[Any, Any], columns: list[Column], lows: Mapping[str, Column]) -> str:
    """Format one cell; a lower bound means both, and a rate without bounds in the view includes them."""
    if column.name in lows:
        low, high = lows[column.name].bounds or ("", "")
        return interval(row.get(low), row.get(high))
    if column.bounds and not any(other.name == column.bounds[0] for other in columns):
        return rate_text(row[column.name], *(row.get(name, nan) for name in column.bounds))
    return value_text(column, row)
