"""The tab `Funnel`: the verdict, two charts, the results, the problems, and the reading.

Everything on it is a value as of the day of the refresh. Undefined numbers are dashes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from funnel.clients import Problem
from funnel.errors import UsageError
from funnel.grid import Area, Value
from funnel.metrics.core.result import Column, Result, View, words
from funnel.metrics.results import MODULES, result, table
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.verdicts import called_worst, in_sheet, what_to_work_on
from funnel.plan import Cell, Chart, Link, StyleName
from funnel.reading.sentences import lines
from funnel.text import count
from funnel.writer.page import FIRST, Page, look, text_width, wrapped
from funnel.writer.summary.charts import (
    DROP_OFF,
    HIDDEN,
    OF,
    after,
    drop_off_chart,
    has_drop_off,
    retention_chart,
)
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
WIDTHS = {1: 4.0, 2: 30.0, 3: 14.0} | dict.fromkeys(range(4, DROP_OFF), 11.0)
HIDDEN_COLUMNS = (1, *HIDDEN)
MOST_PROBLEMS = 200
MOST_ROWS = 30  # of a result other than the steps

_WIDEST = 60.0  # characters of the first column
_HEAD = 12  # rows above the charts, in all sheets without stages
_CHART_ROWS = 17
_BESIDE = 120  # characters of a line beside a label
_WORDS = ("text", "date")  # left-aligned units
_ORDER = ("steps", "retention", "leavers", "reasons_by_step", "segments", "gym")
"""The first results on the tab; others follow in the order of the registry."""
_COMPARED = ("coach", "source")


def page(funnel: Funnel, tab: str, stages: StageRules | None = None) -> tuple[list[Cell], list[Chart]]:
    """Return the cells and the charts of the tab.

    Parameters
    ----------
    tab : the client tab, to which the problems lead.
    stages : what the colours of the rows mean, if the journey has stages.
    """
    sheet = Page(WIDTHS)
    _head(sheet, funnel, tab)
    _leak(sheet, funnel)
    places = _places(sheet, funnel)
    charts: list[Chart] = []
    if funnel.journey.stages:
        cards = put_cards(sheet, funnel)
        charts += stage_charts(*cards, funnel.stages, places)
    for cells, found in (drop_off_chart(funnel, places), retention_chart(_shown(funnel), places)):
        sheet.cells += cells
        charts += found
    _results(sheet, funnel)
    _legend(sheet, funnel, stages)
    _problems(sheet, funnel.problems, tab)
    _believed(sheet, funnel)
    put_placed(sheet, funnel, tab)
    return sheet.cells, charts


def widths(cells: Iterable[Cell]) -> dict[int, float]:
    """Return the width of each column: the first fits its labels."""
    labels = (c.value for c in cells if c.column == FIRST and c.style in ("label", "warning"))
    longest = max((text_width(label) for label in labels if isinstance(label, str)), default=0)
    return WIDTHS | {FIRST: min(max(longest + 2.0, WIDTHS[FIRST]), _WIDEST)}


def _places(sheet: Page, funnel: Funnel) -> Iterator[Area]:
    """Leave room for the charts, two side by side; yield the place of each."""
    n = charts_wanted(funnel.stages) if funnel.journey.stages else 0
    n += has_drop_off(funnel) + bool(len(_shown(funnel)))
    tops = [sheet.row + at * (_CHART_ROWS + 1) for at in range((n + 1) // 2)]
    sheet.skip(len(tops) * (_CHART_ROWS + 1))
    return (
        Area(top, FIRST + left, top + _CHART_ROWS - 1, FIRST + right)
        for top in tops
        for left, right in ((0, 5), (7, 14))
    )


def _head(sheet: Page, funnel: Funnel, tab: str) -> None:
    sheet.text("Where the clients are" if funnel.journey.staged else "Where the journey leaks", "title")
    sheet.text("Written by funnel at each refresh. Your changes on this tab are never overwritten.", "note")
    sheet.put(["As of", funnel.as_of], ["label", "date"])
    sheet.put(["Clients", funnel.leads, Link(f"on tab {tab}", tab, "A1")], ["label", "count", "link"])
    later = funnel.leads_after_as_of
    sheet.put(["Leads dated after this day", later] if later else [None, None], ["label", "count"])
    if funnel.journey.stages:
        put_sales(sheet, funnel)
    sheet.skip()


def _leak(sheet: Page, funnel: Funnel) -> None:
    """Write the verdict and what to work on; the charts below begin in the same row each week."""
    end = sheet.row + _HEAD - 6
    sheet.text("The leak so far", "section")
    sheet.text(funnel.verdict)
    if worst := leaking(funnel):
        named = in_sheet(worst, funnel.steps, funnel.flagged.chain)
        sheet.text(f"{named} {what_to_work_on(funnel, worst)}".strip(), "note")
    sheet.row = max(sheet.row + 1, end)


def leaking(funnel: Funnel) -> str | None:
    """Return the step that the verdict names as the worst; None if it names none."""
    return called_worst(funnel.leaks, funnel.flagged.chain)


def _results(sheet: Page, funnel: Funnel) -> None:
    """Write the results that the registry has for the tab."""
    for name in dict.fromkeys((*_ORDER, *MODULES)):
        found = result(name) if name in MODULES else None
        if found is None or found.tab is None or name == "stages" or found.missing(funnel):
            continue
        if found.compute is None:
            _put_compared(sheet, funnel, found, found.tab)
            continue
        rows = _retention(funnel) if name == "retention" else table(found, funnel)
        rows = found.tab.prepare(funnel, rows) if found.tab.prepare else rows
        if len(rows):
            view = found.tab
            title = view.staged if funnel.journey.staged and view.staged else view.title
            _put(sheet, funnel, found, rows, title, [words(view.note, funnel)])


def _put_compared(sheet: Page, funnel: Funnel, found: Result, view: View) -> None:
    """Write the segments by each column that an owner compares by."""
    for by in _COMPARED:
        if by not in funnel.clients.table.columns or not funnel.clients.table[by].notna().any():
            continue
        title = f"{view.title} {by}"
        try:
            rows = funnel.by(by, pooled=False).reset_index(drop=True)
        except UsageError as error:  # too many values
            sheet.text(title, "section")
            sheet.text(str(error), "note")
            sheet.skip()
            continue
        shown = view.prepare(funnel, rows) if view.prepare else rows
        _put(sheet, funnel, found, shown, title, [words(view.note, funnel), *funnel.differences(by)])


def _put(
    sheet: Page, funnel: Funnel, found: Result, rows: pd.DataFrame, title: str, notes: Iterable[str]
) -> None:
    """Write a result: its title, its notes, and its table."""
    assert found.tab is not None
    columns = [column for name in found.tab.columns if (column := found.column(name)).applies(rows)]
    sheet.text(title, "section")
    for note in notes:
        sheet.text(note, "note")
    worst = leaking(funnel) if found.name == "steps" else None
    most = len(rows) if found.name in ("steps", "retention") else MOST_ROWS
    records = rows[:most].to_dict("records")
    first, numbers, last = _parted(columns, records[0])
    shown = [*first, *numbers, *([None, *last] if last else [])]  # a blank column between numbers and words
    titles = [column.title_for(funnel.journey.staged, rows) if column else None for column in shown]
    sheet.headers(titles, len(first), len(shown) - len(first) - len(numbers))
    for row in records:
        begins: StyleName = "warning" if worst is not None and row["step"] == worst else "label"
        styles = [begins, *("plain" if column is None else look(column, row) for column in shown[1:])]
        sheet.put([row[column.name] if column else None for column in shown], styles)
    if len(rows) > most:
        sheet.text(f"and {len(rows) - most:,} more: see `funnel show --table {found.option}`.", "note")
    sheet.skip()


def _parted(
    columns: Sequence[Column], row: Mapping[Hashable, Any]
) -> tuple[list[Column], list[Column], list[Column]]:
    """Divide columns into the words before the numbers, the numbers, and the words after them."""
    in_words = [column.unit in _WORDS or isinstance(row[column.name], str) for column in columns]
    start = in_words.index(False) if False in in_words else len(columns)
    numbers: list[Column] = []
    last: list[Column] = []
    for column, word in zip(columns[start:], in_words[start:], strict=True):
        (last if word else numbers).append(column)
    return list(columns[:start]), numbers, last


def _shown(funnel: Funnel) -> pd.DataFrame:
    """Return the retention for the tab; without that of few clients since payment, which would be noise."""
    table = funnel.retention.reset_index(drop=True)
    return table[(table["clock"] != "paid") | (table["eligible"] >= ENOUGH)]


def _retention(funnel: Funnel) -> pd.DataFrame:
    """Return the rows of the retention table, with lengths of time and clients in words."""
    rows = _shown(funnel)
    of = rows["of"].map(OF).where(rows["clock"] != "paid", "Since paying")
    return rows.assign(months=rows["months"].map(after), of=of)


def _legend(sheet: Page, funnel: Funnel, stages: StageRules | None) -> None:
    sheet.text("Colours", "section")
    if stages:
        put_colors(sheet, funnel, stages)
    if funnel.journey.paid and not funnel.journey.staged:
        sheet.put(["Green row", f"has paid: {funnel.journey.paid.name!r} is marked"], ["green", "plain"])
    if funnel.has_leaving_data and not funnel.journey.lost:
        sheet.put(["Red row", "has left: the row has a date or a reason for leaving"], ["red", "plain"])
    if leaking(funnel):
        sheet.put(["Step in this colour", "the leak so far"], ["warning", "plain"])
    sheet.skip()


def _believed(sheet: Page, funnel: Funnel) -> None:
    """Write the reading of the sheet, and the assumptions."""
    reading = funnel.clients.reading
    understood = lines(reading) if reading else []
    if not (understood or funnel.assumed):
        return
    sheet.text("How the sheet was understood", "section")
    for label, text in understood:
        first, *more = wrapped(text, _BESIDE)
        sheet.put([label, first], ["label", "plain"])
        for line in more:
            sheet.put([None, line], ["label", "plain"])
    for sentence in funnel.assumed:
        sheet.text(f"{sentence[:1].upper()}{sentence[1:]}".rstrip(".") + ".")
    sheet.skip()


def _problems(sheet: Page, problems: Iterable[Problem], tab: str) -> None:
    every = list(problems)
    sheet.text(f"To look at: {count(len(every), 'problem')}" if every else "To look at: nothing", "section")
    for problem in every[:MOST_PROBLEMS]:
        sheet.put([_where(problem, tab), f"{problem.message} {problem.way_out}".strip()], ["link", "plain"])
    if len(every) > MOST_PROBLEMS:
        sheet.text(f"and {len(every) - MOST_PROBLEMS:,} more: see `funnel check`.", "note")
    sheet.skip()


def _where(problem: Problem, tab: str) -> Value | Link:
    if problem.cell:
        return Link(problem.cell, tab, problem.cell)
    return Link(f"row {problem.row}", tab, f"A{problem.row}") if problem.row else "whole sheet"
