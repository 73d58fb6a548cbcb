"""Decide whether day or month comes first, for each column as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel.cells.dates import ORDERS, Evidence, Order, collect_evidence
from funnel.cells.mark_words import NOT_REACHED, REACHED, normalize_word
from funnel.clients import Problem
from funnel.grid import Value, cell_name, column_letter
from funnel.text import listed


@dataclass(frozen=True, slots=True)
class DateOrders:
    """The order of day and month in each column, with assumptions and problems."""

    of: Mapping[int, Order]
    assumed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def decide_date_orders(
    cells: Mapping[int, Sequence[Value]], first: int, given: Order | None = None
) -> DateOrders:
    """Decide the order of day and month in each column with dates as text.

    The texts of the column decide. If they allow both orders, the other columns decide. If those allow both
    too, day first is assumed and reported as a problem.

    Parameters
    ----------
    cells : the cells of each date column, from row `first` down.
    given : the order, if the caller knows it.

    >>> decided = decide_date_orders({2: ["03/04/2026"], 9: ["12/25/2025"]}, first=2)
    >>> decided.of, decided.assumed
    ({2: 'mdy', 9: 'mdy'}, ('dates read as month/day/year',))
    """
    seen = {column: collect_evidence(_texts(values)) for column, values in cells.items()}
    if given:
        return DateOrders(dict.fromkeys(cells, given), (f"dates read as {ORDERS[given]}, as set",))
    whole = {found.order for found in seen.values() if found.order}
    shared: Order | None = whole.pop() if len(whole) == 1 else None
    orders = {column: _majority(found, cells[column]) or shared or "dmy" for column, found in seen.items()}
    problems = []
    for column, found in seen.items():
        if found.conflict:
            problems.append(_conflict(column, found, cells[column], first, orders[column]))
        elif found.open and not found.order and not shared:
            problems.append(_ambiguous(column, found.open, cells[column], first))
    return DateOrders(orders, _assumptions(seen, orders), tuple(problems))


def _assumptions(seen: Mapping[int, Evidence], orders: Mapping[int, Order]) -> tuple[str, ...]:
    """Return one sentence for each order in use."""
    by_order: dict[Order, list[int]] = {}
    for column, found in seen.items():
        if found.dmy or found.mdy or found.open:
            by_order.setdefault(orders[column], []).append(column)
    if len(by_order) == 1:
        return (f"dates read as {ORDERS[next(iter(by_order))]}",)
    return tuple(
        f"dates in {'column' if len(columns) == 1 else 'columns'} {listed(map(column_letter, columns))} "
        f"read as {ORDERS[order]}"
        for order, columns in by_order.items()
    )


def _majority(found: Evidence, values: Sequence[Value]) -> Order | None:
    """Return the order that a column's texts allow; if they conflict, the more frequent one."""
    if not found.conflict:
        return found.order
    orders = [collect_evidence([text]).order for text in _texts(values, distinct=False)]
    return "mdy" if orders.count("mdy") > orders.count("dmy") else "dmy"


def _conflict(column: int, found: Evidence, values: Sequence[Value], first: int, order: Order) -> Problem:
    day_first, month_first = (
        f"{text!r} in {cell_name(first + list(values).index(text), column)}"
        for text in (found.dmy, found.mdy)
    )
    return Problem(
        "conflicting dates",
        f"Column {column_letter(column)} has dates with the day first ({day_first}) and with the month first "
        f"({month_first}); ambiguous ones are read as {ORDERS[order]}.",
        first + list(values).index(found.mdy if order == "dmy" else found.dmy), column,
        way_out="Write all dates of this column in one order, or as real dates.",
    )  # fmt: skip


def _ambiguous(column: int, text: str, values: Sequence[Value], first: int) -> Problem:
    return Problem(
        "ambiguous dates",
        f"In column {column_letter(column)}, {text!r} can begin with the day or the month; its dates are "
        "read as day/month/year.",
        first + list(values).index(text), column,
        way_out='Type real dates, or set the order in the journey file (dates = "mdy").',
    )  # fmt: skip


def _texts(values: Sequence[Value], distinct: bool = True) -> list[str]:
    """Return the texts of a column, without words for marks, in column order."""
    texts = [value for value in (dict.fromkeys(values) if distinct else values) if isinstance(value, str)]
    return [
        text
        for text in texts
        if normalize_word(text) not in REACHED and normalize_word(text) not in NOT_REACHED
    ]
