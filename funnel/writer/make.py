"""Grid + Funnel -> Plan: everything that a refresh would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from funnel.clients import Layout
from funnel.errors import UsageError
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.plan import Cell, Change, Chart, Plan, PutTab
from funnel.writer import ownership
from funnel.writer.highlights.row_rules import put_fills, put_rules
from funnel.writer.highlights.stage_rules import StageRules
from funnel.writer.history import log
from funnel.writer.history import weeks as history
from funnel.writer.ownership import DELETED, RECORD_COLUMN, records
from funnel.writer.summary import due, hand_off
from funnel.writer.summary import tab as summary
from funnel.writer.totals.block import put_totals
from funnel.writer.totals.place import place

if TYPE_CHECKING:
    from funnel.metrics import Funnel

_UNPAINTED = (
    "Rows are coloured by live rules instead of fill, because rows of a Google Sheet may move in between. "
    "Filters by colour still work."
)


def make_plan(
    grid: Grid,
    funnel: Funnel,
    totals: Funnel,
    own_tabs: Mapping[str, Grid],
    tabs: Sequence[str],
    *,
    source: str,
    version: str,
    highlight: Literal["rule", "fill", "none"] | None = None,
    totals_at: Literal["bottom", "top"] | None = None,
    rows_may_move: bool = False,
    today: bool = False,
) -> Plan:
    """Plan a refresh: totals and row colours on the client tab; the tabs `Funnel`, its history and its log.

    Parameters
    ----------
    grid : the client tab as read.
    funnel : its results as of the requested date, shown on our own tabs.
    totals : its results as of today (or the requested date if later), because live formulas use TODAY().
    ours : the tabs that are ours, or have one of our names.
    tabs : the names of all tabs.
    source, version : as for `Plan`.
    highlight, totals_at : default: as in the journey.
    rows_may_move : rows of the client tab may move between reading and writing (a Google Sheet), so changes
        must not contain row numbers.
    today : the results of `funnel` are as of today; only then moves are logged.

    Raises
    ------
    UsageError : no room for totals above the header, or the clients are not from a sheet.
    """
    layout, journey = funnel.clients.layout, funnel.journey
    if layout is None:
        raise UsageError(
            "These clients are from a table in Python, not from a sheet, so there is nothing to refresh."
        )
    highlight = highlight or journey.highlight
    unpainted = [_UNPAINTED] if rows_may_move and highlight == "fill" else []
    highlight = "rule" if unpainted else highlight
    spot = place(grid, funnel.clients, layout, totals_at or _totals_at(journey, layout), rows_may_move)
    stages = StageRules(grid, layout, totals) if journey.stages else None
    found: list[tuple[Change | None, Sequence[str]]] = [
        put_totals(grid, layout, spot, totals),
        put_rules(grid, layout, spot, totals, highlight == "rule", stages),
        put_fills(grid, layout, totals, highlight == "fill", stages),
    ]
    calls = _find(own_tabs, due.NAME)
    closed, ticks = due.close_ticked(calls, funnel) if today else (funnel, [])
    moves, kept_moves, to_do = _log(closed, own_tabs, tabs, ticks) if today else (None, [], [])
    funnel = log.with_planned_log(closed if moves else funnel, _find(own_tabs, log.NAME), moves, tabs)
    tab, kept = _summary(grid, funnel, own_tabs, tabs, stages)
    found += [
        (tab, kept),
        _due(calls, funnel, tabs),
        _history(funnel, totals.as_of, own_tabs, [*tabs, tab.tab if tab else summary.TAB]),
        (moves, kept_moves),
        _hand_off(funnel, own_tabs, tabs),
    ]
    changes = tuple(change for change, _ in found if change)
    sentences = (*unpainted, *(sentence for _, kept in found for sentence in kept))
    return Plan(source, changes, version, funnel.as_of, sentences, to_do=tuple(to_do))


def _totals_at(journey: Journey, layout: Layout) -> Literal["bottom", "top"]:
    """Return where the totals go: as the journey declares; by default totals above the header stay there."""
    if "totals" not in journey.model_fields_set and layout.block and layout.block.bottom < layout.header:
        return "top"
    return journey.totals


def _summary(
    grid: Grid,
    funnel: Funnel,
    own_tabs: Mapping[str, Grid],
    tabs: Sequence[str],
    stages: StageRules | None,
) -> tuple[PutTab | None, list[str]]:
    page, name = _find(own_tabs, summary.NAME), _free_name(summary.TAB, tabs)
    cells, charts = summary.page(funnel, grid.tab, stages)
    change, kept = _put(
        page, name, summary.NAME, cells, None, charts, summary.widths(cells), None, summary.HIDDEN_COLUMNS
    )
    other = _previous_source(page, tabs)
    if page and other and other != grid.tab:
        kept.append(
            f"Tab {page.tab!r}: it showed the clients of tab {other!r} and now shows those of "
            f"{grid.tab!r}. A workbook has one such tab; choose the clients with `--tab`."
        )
    return change, kept


def _previous_source(page: Grid | None, tabs: Sequence[str]) -> str | None:
    """Return the tab whose clients the tab `Funnel` showed before; None if no such tab exists."""
    head = range(1, min(page.height, 12) + 1) if page else ()
    texts = {value for row in head if page for value in page.row(row) if isinstance(value, str)}
    return next((tab for tab in tabs if f"on tab {tab}" in texts), None)


def _history(
    funnel: Funnel, today: dt.date, own_tabs: Mapping[str, Grid], tabs: Sequence[str]
) -> tuple[PutTab | None, list[str]]:
    page, name = _find(own_tabs, history.NAME), _free_name(history.TAB, tabs)
    cells, rows = history.rows(page, funnel, today, tabs)
    return _put(page, name, history.NAME, cells, rows, [], history.widths(funnel), history.HEADER)


def _log(
    funnel: Funnel, own_tabs: Mapping[str, Grid], tabs: Sequence[str], ticks: Sequence[log.Line]
) -> tuple[PutTab | None, list[str], list[str]]:
    page, past = _find(own_tabs, log.NAME), _find(own_tabs, history.NAME)
    done = hand_off.ticked(_find(own_tabs, hand_off.NAME), funnel)
    return log.plan_log(page, past, funnel, tabs, done, ticks)


def _due(page: Grid | None, funnel: Funnel, tabs: Sequence[str]) -> tuple[PutTab | None, list[str]]:
    cells = due.page(page, funnel)
    if not cells:
        return None, []
    name = _free_name(due.TAB, tabs)
    return _put(page, name, due.NAME, cells, None, [], due.widths(funnel), due.HEADER)


def _hand_off(
    funnel: Funnel, own_tabs: Mapping[str, Grid], tabs: Sequence[str]
) -> tuple[PutTab | None, list[str]]:
    page, name = _find(own_tabs, hand_off.NAME), _free_name(hand_off.TAB, tabs)
    cells, about = hand_off.page(funnel, page)
    if not (cells or page):
        return None, []
    return _put(page, name, hand_off.NAME, cells, None, [], hand_off.WIDTHS, hand_off.HEADER, about=about)


def _put(
    page: Grid | None,
    name: str,
    anchor: str,
    cells: Iterable[Cell],
    rows: Container[int] | None,
    charts: Sequence[Chart],
    widths: Mapping[int, float],
    freeze: int | None,
    hidden: Sequence[int] = (RECORD_COLUMN,),
    about: Mapping[int, str] | None = None,
) -> tuple[PutTab | None, list[str]]:
    """Plan one of our tabs; None if nothing on it would change.

    Columns are hidden once, when we first write into them, and never if a person typed there.
    """
    tab = page.tab if page else name
    put, unwanted, removed = _charts(page, charts)
    remembered = sorted(DELETED * (chart.name in removed) + chart.name for chart in charts)
    found = ownership.changes(page, cells, rows, remembered, about)
    kept = found.sentences(tab)
    if removed:
        one = len(removed) == 1
        kept.append(
            f"Tab {tab!r}: the {'chart' if one else 'charts'} {' and '.join(map(repr, removed))} "
            f"{'was' if one else 'were'} deleted by hand and will not be drawn again. To get "
            f"{'it' if one else 'them'} back, delete the tab; the next refresh creates it again."
        )
    if page and not (found.cells or put or unwanted):
        return None, kept
    change = PutTab(
        tab, anchor, found.cells, put, unwanted, create=page is None, widths=widths, freeze_row=freeze,
        hidden_columns=tuple(hidden), hide=_still_blank(page, hidden) if page else (),
    )  # fmt: skip
    return change, kept


def _still_blank(page: Grid, columns: Iterable[int]) -> tuple[int, ...]:
    """Return the columns in which neither we nor a person have written."""
    ours = {column for record in records(page).values() for column in record.cells} | {RECORD_COLUMN}
    return tuple(
        c for c in columns if c not in ours and not any(page[r, c] for r in range(1, page.height + 1))
    )


def _charts(
    page: Grid | None, charts: Sequence[Chart]
) -> tuple[tuple[Chart, ...], tuple[str, ...], list[str]]:
    """Return the charts to write, the names of those to remove, and of those that a person deleted.

    A missing chart was deleted by a person, unless the program that saved the file can lose charts
    (docs/decisions/0021-lost-and-deleted-charts.md).
    """
    existing = {chart.name: chart.fingerprint for chart in page.charts if chart.name} if page else {}
    remembered = {name for record in records(page).values() for name in record.names}
    lost = page is not None and page.loses_charts
    missing = [chart.name for chart in charts if chart.name not in existing]
    removed = [n for n in missing if DELETED + n in remembered or (n in remembered and not lost)]
    put = [c for c in charts if c.name not in removed and existing.get(c.name) != c.fingerprint]
    unwanted = existing.keys() - {chart.name for chart in charts}
    return tuple(put), tuple(sorted(unwanted)), removed


def _find(own_tabs: Mapping[str, Grid], anchor: str) -> Grid | None:
    """Find our own tab by its anchor, even if it was renamed."""
    return next((page for page in own_tabs.values() if anchor in page.anchors), None)


def _free_name(name: str, tabs: Iterable[str]) -> str:
    """Return a name for a tab of own_tabs, numbered if a person has a tab of that name.

    >>> _free_name("Funnel", ["Clients", "funnel", "Funnel 2"])
    'Funnel 3'
    """
    taken = {tab.casefold() for tab in tabs}
    numbered = (f"{name} {n}" for n in range(2, len(taken) + 3))
    return next(free for free in (name, *numbered) if free.casefold() not in taken)
