"""The tab `Funnel`: the leak so far, the steps, who is still here, what to look at; with two native charts.

All on it stands as of the day of the refresh, as values. What is undefined is a dash, or nothing where a
chart reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from funnel.clients import Problem
from funnel.grid import Area, Value
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.verdicts import in_sheet
from funnel.plan import Cell, Chart, Link, Series, StyleName
from funnel.text import count
from funnel.writer.page import FIRST, Page, number
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
_COUNT: StyleName = "count"
_RATE: StyleName = "rate"

_STEP_GROUPS = ("", "All clients", "", "", "", "Drop-off", "", "", "", "", "Where they stand")
_STEP_HEADERS = (
    "Step", "marked", "of leads", "from", "to", "columns", "settled", "of n", "from", "to",
    "reached", "left", "not due", "overdue", "no date",
)  # fmt: skip
_STEP_NOTE = (
    "Marked, and the drop-off of the columns, are what the totals in your sheet say. Settled is what "
    "verdicts stand on: of those whose time for a step is up and who had reached the one before, how many "
    "did not reach it. From–to: with so few clients, the true rate may lie anywhere between (95 %). "
    "Overdue: the time is up, and nobody marked anything. Ask them."
)
_STAGED_GROUPS = ("", "Came so far", "", "", "", "Drop-off", "", "", "", "", "Where they stand")
_STAGED_HEADERS = (
    "Stage", "clients", "of leads", "from", "to", "of all", "settled", "of n", "from", "to",
    "reached", "left", "not due", "overdue", "no date", "unknown",
)  # fmt: skip
_STAGED_NOTE = (
    "A client in a stage has come to it and to all before it. How far who is lost had come is unknown, "
    "unless a log or the journey file says. Settled is what verdicts stand on: of those whose time for a "
    "stage is up and who had reached the one before, how many did not reach it. From–to: with so few "
    "clients, the true rate may lie anywhere between (95 %). Overdue: the time is up, and the client has "
    "not come so far. Ask."
)
_RETENTION_GROUPS = (
    "",
    "",
    "Their time is up",
    "",
    "",
    "",
    "Rate",
    "",
    "",
    "if overdue",
    "columns",
    "for the chart",
)
_RETENTION_HEADERS = (
    "After", "of", "clients", "still here", "left", "overdue", "still here", "from", "to",
    "stayed", "say", "−", "+",
)  # fmt: skip
_RETENTION_NOTE = (
    "Only clients whose time is up count, so nobody who is new is a loss. If overdue stayed: the rate if "
    "all who are overdue are still here. Columns say: marked of all, too low while clients are new."
)


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
    """The step with the worst settled drop-off; None where there are too few to call, or nobody is lost."""
    called = funnel.leaks[(funnel.leaks["n"] >= ENOUGH) & (funnel.leaks["settled_lost"] > 0)]
    return str(called["step"].iloc[0]) if len(called) else None


def _steps(sheet: Page, funnel: Funnel) -> Area:
    """Write the steps table; return where its rows stand."""
    staged = funnel.journey.staged
    headers = _STAGED_HEADERS if staged else _STEP_HEADERS
    sheet.text("The way through the stages" if staged else "Steps", "header")
    sheet.text(_STAGED_NOTE if staged else _STEP_NOTE, "note")
    _headers(sheet, _STAGED_GROUPS if staged else _STEP_GROUPS, headers, words=1)
    worst, top = leaking(funnel), sheet.row
    for row in funnel.steps.to_dict("records"):
        name: StyleName = "warning" if row["step"] == worst else "label"
        values = [
            row["step"], row["marked"], row["of_leads"], row["low"], row["high"], number(row["drop_off"]),
            number(row["settled_drop_off"]), row["settled_n"], row["settled_low"], row["settled_high"],
            row["reached"], row["left"], row["not_due"], row["overdue"], row["undated"], row["unknown"],
        ]  # fmt: skip
        styles = [name, _COUNT, *[_RATE] * 5, _COUNT, _RATE, _RATE, *[_COUNT] * 6]
        sheet.put(values[: len(headers)], styles[: len(headers)])
    area = Area(top, FIRST, sheet.row - 1, FIRST + len(headers) - 1)
    sheet.skip()
    return area


def _headers(sheet: Page, groups: Sequence[str], headers: Sequence[str], words: int) -> None:
    """Two rows of headers, so that each is as narrow as its numbers; the first `words` stand over words."""
    sheet.put([group or None for group in groups], ["note"] * len(groups))
    styles: list[StyleName] = ["header"] * words
    sheet.put(headers, styles + ["header_number"] * (len(headers) - words))


def _retention(sheet: Page, funnel: Funnel) -> Area | None:
    """Write the retention table; return where its rows stand, or None where there are none."""
    rows = _shown(funnel).to_dict("records")
    if not rows:
        return None
    sheet.text("Still here", "header")
    sheet.text(_RETENTION_NOTE, "note")
    _headers(sheet, _RETENTION_GROUPS, _RETENTION_HEADERS, words=2)
    top = sheet.row
    styles: list[StyleName] = ["label", "plain", *[_COUNT] * 4, *[_RATE] * 7]
    sheet.rows([_retention_row(row) for row in rows], styles)
    area = Area(top, FIRST, sheet.row - 1, FIRST + len(_RETENTION_HEADERS) - 1)
    sheet.skip()
    return area


def _shown(funnel: Funnel) -> pd.DataFrame:
    """The retention that the tab shows: of few clients, not also since they paid, which would be noise."""
    table = funnel.retention
    return table[(table["clock"] != "paid") | (table["eligible"] >= ENOUGH)]


def _retention_row(row: dict[Any, Any]) -> list[Value | Link]:
    rate, low, high = (number(row[name]) for name in ("rate", "low", "high"))
    bars = [None, None] if rate is None or low is None or high is None else [rate - low, high - rate]
    of = "Since paying" if row["clock"] == "paid" else _OF[row["of"]]
    counts = [row[name] for name in ("eligible", "reached", "left", "overdue")]
    rates = [rate, *(row[name] for name in ("low", "high", "rate_if_overdue_stayed", "naive_rate"))]
    return [_after(row["months"]), of, *counts, *rates, *bars]


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
    if funnel.says_who_left and not funnel.journey.lost:
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


def _drop_off_chart(steps: Area, funnel: Funnel, places: Iterator[Area]) -> list[Chart]:
    if not _says_drop_off(funnel):
        return []
    literal, beside = "As the column totals say", "what the column totals say"
    if funnel.journey.staged:
        literal, beside = "Counting everybody", "counting everybody"
    settled = Series("Settled: time is up", _column(steps, 0), _column(steps, 6), SETTLED)
    columns = Series(literal, _column(steps, 0), _column(steps, 5), COLUMNS)
    description = f"Drop-off at each step: of settled clients, beside {beside}."
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
            months, rate, low, high = (_column(part, offset) for offset in (0, 6, 11, 12))
            series.append(Series(_OF[of], months, rate, color, low, high))
    description = (
        "Share of clients still here at each milestone, of those whose time is up, with 95 % bounds."
    )
    return [Chart("retention", "column", "Still here", tuple(series), next(places), description=description)]
