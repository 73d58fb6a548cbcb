"""Day or month first: decided for each column as a whole, and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel.cells.dates import ORDERS, Evidence, Order, evidence
from funnel.cells.mark_words import NOT_REACHED, REACHED, word
from funnel.clients import Problem
from funnel.grid import Value, cell_name, column_letter
from funnel.text import listed


@dataclass(frozen=True, slots=True)
class Orders:
    """The order of each column, what was assumed, and what a person should look at."""

    of: Mapping[int, Order]
    assumed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def decide_orders(cells: Mapping[int, Sequence[Value]], first: int, given: Order | None = None) -> Orders:
    """Decide the order of day and month in each column that holds dates as text.

    A column's own texts decide; where they allow both, the other columns do; where these do not either, the
    day is taken to come first, and that is a problem.

    Parameters
    ----------
    cells : the cells of each column that may hold dates, from the row `first` down.
    given : the order that the caller knows to be right.

    >>> decided = decide_orders({2: ["03/04/2026"], 9: ["12/25/2025"]}, first=2)
    >>> decided.of, decided.assumed
    ({2: 'mdy', 9: 'mdy'}, ('dates read as month/day/year',))
    """
    seen = {column: evidence(_texts(values)) for column, values in cells.items()}
    if given:
        return Orders(dict.fromkeys(cells, given), (f"dates read as {ORDERS[given]}, as asked",))
    whole = {found.order for found in seen.values() if found.order}
    shared: Order | None = whole.pop() if len(whole) == 1 else None
    orders = {column: _majority(found, cells[column]) or shared or "dmy" for column, found in seen.items()}
    problems = []
    for column, found in seen.items():
        if found.conflict:
            problems.append(_conflict(column, found, cells[column], first, orders[column]))
        elif found.open and not found.order and not shared:
            problems.append(_ambiguous(column, found.open, cells[column], first))
    return Orders(orders, _said(seen, orders), tuple(problems))


def _said(seen: Mapping[int, Evidence], orders: Mapping[int, Order]) -> tuple[str, ...]:
    """One sentence for each order in which texts were read."""
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
    """The order that a column's texts allow; of contradicting ones, what most of them say."""
    if not found.conflict:
        return found.order
    orders = [evidence([text]).order for text in _texts(values, distinct=False)]
    return "mdy" if orders.count("mdy") > orders.count("dmy") else "dmy"


def _conflict(column: int, found: Evidence, values: Sequence[Value], first: int, order: Order) -> Problem:
    day_first, month_first = (
        f"{text!r} ({cell_name(first + list(values).index(text), column)})" for text in (found.dmy, found.mdy)
    )
    return Problem(
        "conflicting dates",
        f"In column {column_letter(column)}, {day_first} has the day first and {month_first} the month; "
        f"what allows both is read as {ORDERS[order]}.",
        first + list(values).index(found.mdy if order == "dmy" else found.dmy), column,
        way_out="Type the dates of this column in one way, best as real dates.",
    )  # fmt: skip


def _ambiguous(column: int, text: str, values: Sequence[Value], first: int) -> Problem:
    return Problem(
        "ambiguous dates",
        f"Nothing in column {column_letter(column)} says whether {text!r} begins with the day or the month; "
        "its dates are read as day/month/year.",
        first + list(values).index(text), column,
        way_out='Type them as real dates, or say which it is (dates = "mdy").',
    )  # fmt: skip


def _texts(values: Sequence[Value], distinct: bool = True) -> list[str]:
    """The texts of a column that are no words for marks, in the order of the column."""
    texts = [value for value in (dict.fromkeys(values) if distinct else values) if isinstance(value, str)]
    return [text for text in texts if word(text) not in REACHED and word(text) not in NOT_REACHED]
