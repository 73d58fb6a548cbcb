"""The tab `Funnel`: the leak so far, the steps, who is still here, what to look at; with two native charts.

All on it stands as of the day of the refresh, as values. What is undefined is a dash, or nothing where a
chart reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from funnel.clients import Problem
from funnel.grid import Area, Value
from funnel.metrics.core.result import Column, Result, words
from funnel.metrics.results import result, results, table
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.verdicts import called_worst, in_sheet
from funnel.plan import Cell, Chart, Link, Series, StyleName
from funnel.text import count
from funnel.writer.page import FIRST, Page, look, number
from funnel.writer.summary.stage_cards import (
    charts_wanted,
    put_cards,
    put_colors,
    put_placed,
    put_sales,
    stage_charts,
)

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.writer.highlights.stage_rules import StageRules

NAME = "summary"
"""The tab's anchor."""

TAB = "Funnel"
WIDTHS = {1: 4, 2: 30, 3: 14} | dict.fromkeys(range(4, 21), 11)
MOST_PROBLEMS = 200
SETTLED, COLUMNS, LEADS, PAID = "1F4E79", "B7C3D0", "7F8FA6", "2E8B57"

_OF = {"leads": "All leads", "paid": "Paid clients"}
_CHART_ROWS = 17
_RATE: StyleName = "rate"
_WORDS = ("text", "months", "date")  # units that stand to the left
_PLACED = ("steps", "retention", "stages")
"""Results that have charts beside them here, so that each is written by a function of its own."""
_READ = ("drop_off", "settled_drop_off")
"""Columns that a chart reads: undefined numbers are blank there, not a dash."""
_BARS = ("For the chart, −", "For the chart, +")


def page(funnel: Funnel, tab: str, stages: StageRules | None = None) -> tuple[list[Cell], list[Chart]]:
    """The cells and the charts of the tab.

    Parameters
    ----------
    tab : the client tab, to which the problems lead.
    stages : what the colours of the rows mean, where the journey has stages.
    """
    sheet = Page()
    _head(sheet, funnel, tab)
    _leak(sheet, funnel)
    places = _places(sheet, funnel)
    charts: list[Chart] = []
    if funnel.journey.stages:
        cards = put_cards(sheet, funnel)
        charts += stage_charts(*cards, funnel.stages, places)
    steps = _steps(sheet, funnel)
    charts += _drop_off_chart(steps, funnel, places)
    charts += _retention_chart(_retention(sheet, funnel), funnel, places)
    _others(sheet, funnel)
    _legend(sheet, funnel, stages)
    _assumed(sheet, funnel)
    _problems(sheet, funnel.problems, tab)
    put_placed(sheet, funnel, tab)
    return sheet.cells, charts


def _places(sheet: Page, funnel: Funnel) -> Iterator[Area]:
    """Leave room for the charts, two side by side; where each goes."""
    n = charts_wanted(funnel.stages) if funnel.journey.stages else 0
    n += _says_drop_off(funnel) + bool(len(_shown(funnel)))
    tops = [sheet.row + at * (_CHART_ROWS + 1) for at in range((n + 1) // 2)]
    sheet.skip(len(tops) * (_CHART_ROWS + 1))
    return (
        Area(top, FIRST + left, top + _CHART_ROWS - 1, FIRST + right)
        for top in tops
        for left, right in ((0, 5), (7, 14))
    )


def _says_drop_off(funnel: Funnel) -> bool:
    """Whether the chart of the drop-off has anything to show: always, but where stages leave it unknown."""
    return not funnel.journey.staged or bool(funnel.steps["drop_off"].iloc[1:].notna().any())


def _head(sheet: Page, funnel: Funnel, tab: str) -> None:
    sheet.text("Where the clients are" if funnel.journey.staged else "Where the journey leaks", "title")
    sheet.text("Written by funnel at each refresh. What you change on this tab stays as you left it.", "note")
    sheet.put(["As of", funnel.as_of], ["label", "date"])
    sheet.put(["Clients", funnel.leads, Link(f"on tab {tab}", tab, "A1")], ["label", "count", "link"])
    later = funnel.leads_after_as_of
    sheet.put(["Leads of a later day", later] if later else [None, None], ["label", "count"])
    if funnel.journey.stages:
        put_sales(sheet, funnel)
    sheet.skip()


def _leak(sheet: Page, funnel: Funnel) -> None:
    sheet.text("The leak so far", "header")
    sheet.text(funnel.verdict, lines=2)
    worst = leaking(funnel)
    named = in_sheet(worst, funnel.steps, funnel.flagged.chain) if worst else ""
    advice = f"{named} What to work on: {funnel.advice(worst)}".strip() if worst else ""
    sheet.text(advice, "note", lines=2)
    sheet.skip()


def leaking(funnel: Funnel) -> str | None:
    """Return the step that the verdict names as the worst; None if it names none."""
    return called_worst(funnel.leaks, funnel.flagged.chain)


def _steps(sheet: Page, funnel: Funnel) -> Area:
    """Write the steps table; return where its rows stand."""
    found = result("steps")
    columns, worst = _begin(sheet, funnel, found, funnel.steps), leaking(funnel)
    top = sheet.row
    for row in funnel.steps.to_dict("records"):
        name: StyleName = "warning" if row["step"] == worst else "label"
        values = [number(row[c.name]) if c.name in _READ else row[c.name] for c in columns]
        sheet.put(values, [name, *_styles(columns)[1:]])
    area = Area(top, FIRST, sheet.row - 1, FIRST + len(columns) - 1)
    sheet.skip()
    return area


def _begin(
    sheet: Page, funnel: Funnel, found: Result, rows: pd.DataFrame, more: Sequence[str] = ()
) -> list[Column]:
    """Write the title, the note and the headers of a result; return its columns on the tab."""
    view, staged = found.tab or found.show[0], funnel.journey.staged
    columns = [found.column(name) for name in view.columns]
    columns = [column for column in columns if column.applies(rows)]
    sheet.text(view.staged if staged and view.staged else view.title, "header")
    sheet.text(words(view.note, funnel), "note")
    titles = [*(column.title_for(staged) for column in columns), *more]
    texts = [column.unit in _WORDS for column in columns]
    sheet.headers(titles, words=texts.index(False) if False in texts else len(texts))
    return columns


def _styles(columns: Sequence[Column]) -> list[StyleName]:
    """The look of each column, by its unit; the first is a label."""
    return ["label", *(look(column) for column in columns[1:])]


def _retention(sheet: Page, funnel: Funnel) -> Area | None:
    """Write the retention table; return where its rows stand, or None where there are none."""
    shown = _shown(funnel)
    rows = shown.to_dict("records")
    if not rows:
        return None
    columns = _begin(sheet, funnel, result("retention"), shown, _BARS)
    top = sheet.row
    sheet.rows([_retention_row(row, columns) for row in rows], [*_styles(columns), _RATE, _RATE])
    area = Area(top, FIRST, sheet.row - 1, FIRST + len(columns) + len(_BARS) - 1)
    sheet.skip()
    return area


def _others(sheet: Page, funnel: Funnel) -> None:
    """Write the other results that belong on the tab."""
    for found in results():
        if not found.tab or found.name in _PLACED or found.missing(funnel):
            continue
        rows = table(found, funnel)
        rows = found.tab.prepare(funnel, rows) if found.tab.prepare else rows
        if len(rows):
            columns = _begin(sheet, funnel, found, rows)
            for row in rows.to_dict("records"):
                sheet.put([row[column.name] for column in columns], _styles(columns))
            sheet.skip()


def _shown(funnel: Funnel) -> pd.DataFrame:
    """The retention that the tab shows: of few clients, not also since they paid, which would be noise."""
    table = funnel.retention
    return table[(table["clock"] != "paid") | (table["eligible"] >= ENOUGH)]


def _retention_row(row: dict[Any, Any], columns: Sequence[Column]) -> list[Value | Link]:
    rate, low, high = (number(row[name]) for name in ("rate", "low", "high"))
    bars = [None, None] if rate is None or low is None or high is None else [rate - low, high - rate]
    of = "Since paying" if row["clock"] == "paid" else _OF[row["of"]]
    said = row | {"months": _after(row["months"]), "of": of, "rate": rate}
    return [*(said[column.name] for column in columns), *bars]


def _after(months: float) -> str:
    """Name a length of time.

    >>> _after(1), _after(42 / 30.4375)
    ('1 month', '6 weeks')
    """
    if float(months).is_integer():
        return count(int(months), "month")
    days = round(months * 30.4375)
    return count(days // 7, "week") if days % 7 == 0 else count(days, "day")


def _legend(sheet: Page, funnel: Funnel, stages: StageRules | None) -> None:
    sheet.text("Colours", "header")
    if stages:
        put_colors(sheet, funnel, stages)
    if funnel.journey.paid and not funnel.journey.staged:
        sheet.put(["Green row", f"has paid: {funnel.journey.paid.name!r} is marked"], ["green", "plain"])
    if funnel.has_leaving_data and not funnel.journey.lost:
        sheet.put(["Red row", "has left: a date or a reason for leaving stands in the row"], ["red", "plain"])
    if leaking(funnel):
        sheet.put(["Step in this colour", "the leak so far"], ["warning", "plain"])
    sheet.skip()


def _assumed(sheet: Page, funnel: Funnel) -> None:
    if funnel.assumed:
        sheet.text("What was assumed", "header")
        for sentence in funnel.assumed:
            sheet.text(sentence)
        sheet.skip()


def _problems(sheet: Page, problems: Iterable[Problem], tab: str) -> None:
    every = list(problems)
    sheet.text(f"To look at: {count(len(every), 'problem')}" if every else "To look at: nothing", "header")
    for problem in every[:MOST_PROBLEMS]:
        sheet.put([_where(problem, tab), f"{problem.message} {problem.way_out}".strip()], ["link", "plain"])
    if len(every) > MOST_PROBLEMS:
        sheet.text(f"and {len(every) - MOST_PROBLEMS:,} more: see `funnel check`.", "note")


def _where(problem: Problem, tab: str) -> Value | Link:
    if problem.cell:
        return Link(problem.cell, tab, problem.cell)
    return Link(f"row {problem.row}", tab, f"A{problem.row}") if problem.row else "whole sheet"


def _column(rows: Area, offset: int) -> Area:
    """The cells of one column of a table."""
    return Area(rows.top, rows.left + offset, rows.bottom, rows.left + offset)


def _offset(name: str, column: str) -> int:
    """How many columns a column of a result's table is from its first."""
    view = result(name).tab
    return view.columns.index(column) if view else 0


def _drop_off_chart(steps: Area, funnel: Funnel, places: Iterator[Area]) -> list[Chart]:
    if not _says_drop_off(funnel):
        return []
    literal, beside = "As the column totals say", "what the column totals say"
    if funnel.journey.staged:
        literal, beside = "Counting everybody", "counting everybody"
    lost, fewer = (_column(steps, _offset("steps", name)) for name in ("settled_drop_off", "drop_off"))
    settled = Series("Of those whose time was up", _column(steps, 0), lost, SETTLED)
    columns = Series(literal, _column(steps, 0), fewer, COLUMNS)
    description = f"Drop-off at each step: of those whose time was up, beside {beside}."
    shown = (settled, columns)
    return [Chart("drop-off", "bar", "Drop-off by step", shown, next(places), description=description)]


def _retention_chart(rows: Area | None, funnel: Funnel, places: Iterator[Area]) -> list[Chart]:
    if rows is None:
        return []
    shown = _shown(funnel)
    blocks = list(zip(shown["of"], shown["clock"], strict=True))
    series = []
    for of, color in (("leads", LEADS), ("paid", PAID)):
        at = [i for i, block in enumerate(blocks) if block == (of, "lead")]
        if at:
            part = Area(rows.top + at[0], rows.left, rows.top + at[-1], rows.right)
            bars = (_column(part, part.right - part.left - offset) for offset in (1, 0))
            months, rate, low, high = _column(part, 0), _column(part, _offset("retention", "rate")), *bars
            series.append(Series(_OF[of], months, rate, color, low, high))
    description = (
        "Share of clients still here at each milestone, of those whose time is up, with 95 % bounds."
    )
    return [Chart("retention", "column", "Still here", tuple(series), next(places), description=description)]
