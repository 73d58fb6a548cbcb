"""The charts of drop-off and retention on the tab `Funnel`, and their numbers in hidden columns.

The numbers are at a fixed place, from row 1, so that charts do not change when the tables below move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from funnel.grid import Area, Value
from funnel.plan import Cell, Chart, Series, StyleName
from funnel.text import count
from funnel.writer.page import number, tidy

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

SETTLED, COLUMNS, LEADS, PAID = "1F4E79", "B7C3D0", "7F8FA6", "2E8B57"
OF = {"leads": "All leads", "paid": "Paid clients"}
DROP_OFF, RETENTION = 24, 28
"""First hidden column of the numbers of each chart: beyond the widest table."""
HIDDEN = (*range(DROP_OFF, DROP_OFF + 3), *range(RETENTION, RETENTION + 7))


def has_drop_off(funnel: Funnel) -> bool:
    """Return True if the chart of drop-off has numbers; stages can leave all of them unknown."""
    return not funnel.journey.staged or bool(funnel.steps["drop_off"].iloc[1:].notna().any())


def drop_off_chart(funnel: Funnel, places: Iterator[Area]) -> tuple[list[Cell], list[Chart]]:
    """Make the chart of the drop-off at each step, with its numbers; nothing if there are none."""
    if not has_drop_off(funnel):
        return [], []
    literal = "Of all clients" if funnel.journey.staged else "By the column totals"
    steps, settled = funnel.steps, "Of those due"
    cells, (names, lost, fewer) = _numbers(
        DROP_OFF,
        ("Step", settled, literal),
        [
            list(steps["step"]),
            *([number(x) for x in steps[name]] for name in ("settled_drop_off", "drop_off")),
        ],
    )
    series = (Series(settled, names, lost, SETTLED), Series(literal, names, fewer, COLUMNS))
    about = f"Drop-off at each step: of those due, and {literal[0].lower()}{literal[1:]}."
    return cells, [Chart("drop-off", "bar", "Drop-off by step", series, next(places), description=about)]


def retention_chart(retention: pd.DataFrame, places: Iterator[Area]) -> tuple[list[Cell], list[Chart]]:
    """Make the retention chart with 95 % bounds, and its numbers; nothing if there are none."""
    rows = retention[retention["clock"] == "lead"]
    if not len(rows):
        return [], []
    months = list(dict.fromkeys(rows["months"]))
    shown = [of for of in OF if (rows["of"] == of).any()]
    titles = ["After"]
    columns: list[Sequence[Value]] = [[after(month) for month in months]]
    for of in shown:
        by_month = rows[rows["of"] == of].set_index("months").reindex(months)
        rates, low, high = ([number(x) for x in by_month[name]] for name in ("rate", "low", "high"))
        titles += [OF[of], "−", "+"]
        columns += [rates, _distances(low, rates), _distances(rates, high)]
    cells, (names, *areas) = _numbers(RETENTION, titles, columns)
    series = [
        Series(OF[of], names, areas[at], color, areas[at + 1], areas[at + 2])
        for at, (of, color) in enumerate((of, LEADS if of == "leads" else PAID) for of in shown)
        for at in [3 * at]
    ]
    about = "Share of clients still here after each number of months, of those due, with 95 % bounds."
    return cells, [Chart("retention", "column", "Still here", tuple(series), next(places), description=about)]


def after(months: float) -> str:
    """Name a length of time.

    >>> after(1), after(42 / 30.4375)
    ('1 month', '6 weeks')
    """
    if float(months).is_integer():
        return count(int(months), "month")
    days = round(months * 30.4375)
    return count(days // 7, "week") if days % 7 == 0 else count(days, "day")


def _distances(low: Sequence[float | None], high: Sequence[float | None]) -> list[float | None]:
    return [None if a is None or b is None else b - a for a, b in zip(low, high, strict=True)]


def _numbers(
    left: int, titles: Sequence[str], columns: Sequence[Sequence[Value]]
) -> tuple[list[Cell], list[Area]]:
    """Write columns of numbers under their titles; return the cells, and the area of each column."""
    cells: list[Cell] = []
    for column, (title, values) in enumerate(zip(titles, columns, strict=True), start=left):
        style: StyleName = "hidden" if column == left else "rate"  # Google's axis takes the format of a cell
        cells.append(Cell(1, column, title, "hidden"))
        cells += [
            Cell(row, column, tidy(value), style)
            for row, value in enumerate(values, start=2)
            if value is not None
        ]
    height = len(columns[0])
    areas = [Area(2, column, height + 1, column) for column in range(left, left + len(columns))]
    return cells, areas
