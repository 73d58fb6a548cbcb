"""Tables of a review: results with their titles and units, as text and as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from funnel.clients.problems import KINDS, by_kind
from funnel.grid import column_letter
from funnel.metrics.core.date_ranges import TRUNCATE
from funnel.metrics.core.result import View
from funnel.metrics.results import result, table
from funnel.metrics.views import show, whole_view
from funnel.reports.review import Heading, Table
from funnel.schema import step_mark
from funnel.text import count, fold, listed, plain_text

if TYPE_CHECKING:
    import pandas as pd

    from funnel.clients import Problem
    from funnel.metrics import Funnel

NAMED_CELLS = 5


def view(title: str, columns: tuple[str, ...], note: str = "") -> View:
    """Return a view of some columns."""
    return View(title, columns, note)


def result_table(
    funnel: Funnel,
    name: str,
    shown_as: View | None = None,
    rows: pd.DataFrame | None = None,
    source: str = "",
) -> Table:
    """Return a result as a table.

    Parameters
    ----------
    shown_as : which columns; default: all that contain something.
    rows : the table of the result, or some rows of it; default: computed.
    """
    found = result(name)
    rows = table(found, funnel) if rows is None else rows
    shown = show(found, shown_as or whole_view(found, rows), funnel, rows)
    headings = tuple(
        Heading(title, column.unit, at in shown.texts)
        for at, (title, column) in enumerate(zip(shown.titles, shown.columns, strict=True))
    )
    values = tuple(
        tuple(_value(column.name, heading, row, text)
              for column, heading, text in zip(shown.columns, headings, texts, strict=True))
        for row, texts in zip(shown.records, shown.rows, strict=True)
    )  # fmt: skip
    texts = tuple(tuple(text.strip() for text in row) for row in shown.rows)
    note = " ".join(filter(None, (shown.sentence, shown.note)))
    return Table(shown.title, headings, texts, values, shown.groups, note, source)


def _value(name: str, heading: Heading, row: Mapping[Any, Any], text: str) -> Any:
    """Return the value of a cell: a number, or its text; None if it is undefined."""
    value = row[name]
    if value is None or value != value:
        return None
    if heading.title == "95 %" or heading.text or heading.unit == "mixed":
        return text.strip()
    return value.item() if hasattr(value, "item") else value


def plain_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], note: str = "", source: str = ""
) -> Table:
    """Return a table of texts and whole numbers; columns of numbers are right-aligned.

    >>> made = plain_table("Steps", ("Step", "Clients"), [("Met", 1200), ("Paid", None)])
    >>> made.texts, made.columns[1].unit
    ((('Met', '1,200'), ('Paid', '–')), 'count')
    """
    values = [tuple(_plain(value) for value in row) for row in rows]
    words = [any(isinstance(row[at], str) for row in values) or not values for at in range(len(headings))]
    columns = tuple(
        Heading(name, "text" if text else "count", text) for name, text in zip(headings, words, strict=True)
    )
    texts = tuple(tuple(plain_text(value) for value in row) for row in values)
    return Table(title, columns, texts, tuple(values), ("",) * len(values), note, source)


def _plain(value: Any) -> Any:
    """Return a cell as a number, a text or None; a day is text."""
    if value is None or value != value:
        return None
    if isinstance(value, dt.datetime | dt.date):
        return str(value)[:10]
    return value.item() if hasattr(value, "item") else value


def counted_from(funnel: Funnel, *what: str) -> str:
    """Name the cells that a table was counted from: ``tab Clients, B2:B203 and E2:P203``.

    Parameters
    ----------
    what : roles or headers; "steps" means the columns of all steps, "retention" those of retention steps.
        Those without a column are skipped.
    """
    clients, layout = funnel.clients, funnel.clients.layout
    if layout is None:
        return clients.source
    numbers = {
        layout.columns[name] for item in what for name in _names(funnel, item) if name in layout.columns
    }
    headers = {number for number, header in layout.headers.items() if fold(header) in set(map(fold, what))}
    ranges = [
        f"{column_letter(first)}{layout.first}:{column_letter(last)}{layout.last}"
        for first, last in _runs(sorted(numbers | headers))
    ]
    tab = f"tab {clients.tab}" if clients.tab else clients.source.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{tab}, cells {listed(ranges)}" if ranges else tab


def _names(funnel: Funnel, item: str) -> list[str]:
    """Return the columns of the clients' table for a role, a header, "steps" or "retention"."""
    journey = funnel.journey
    if item in ("steps", "retention"):
        steps = journey.steps if item == "steps" else journey.retention
        return [*(step_mark(step.name) for step in steps), *(["stage"] if journey.staged else [])]
    return ["lead_date"] if item in TRUNCATE else [item]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of consecutive numbers.

    >>> _runs([2, 5, 6, 7])
    [(2, 2), (5, 7)]
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def problems_table(funnel: Funnel, names: bool, most: int) -> Table:
    """Return the table of problems; without `names` only their kinds and cells."""
    kinds = by_kind(funnel.problems)
    if not names:
        rows = [
            (_title(kind), len(found), _cells(found), KINDS.get(kind, "")) for kind, found in kinds.items()
        ]
        return plain_table("Problems", ("Kind", "Problems", "Where", "Meaning"), rows)
    every = [problem for found in kinds.values() for problem in found]
    listed_rows = [
        (_title(problem.kind), _place(problem), problem.message, problem.way_out) for problem in every[:most]
    ]
    note = f"{len(every) - most:,} more: see `funnel check`." if len(every) > most else ""
    return plain_table("Problems", ("Kind", "Cell", "Problem", "What to do"), listed_rows, note)


def _title(kind: str) -> str:
    return kind[:1].upper() + kind[1:]


def _place(problem: Problem) -> str:
    return problem.cell or (f"row {problem.row}" if problem.row else "whole sheet")


def _cells(found: Sequence[Problem]) -> str:
    """Name the first places of some problems."""
    places = list(dict.fromkeys(map(_place, found)))
    more = len(places) - NAMED_CELLS
    return listed([*places[:NAMED_CELLS], *([count(more, "more place")] if more > 0 else [])])
