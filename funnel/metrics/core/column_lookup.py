"""Look up a column by role, step or header, ignoring case and accents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import narwhals as nw

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import stages
from funnel.metrics.core.assign_stages import STAGE
from funnel.metrics.core.date_ranges import TRUNCATE, Range
from funnel.metrics.core.flags import LEAD, Flagged, until
from funnel.metrics.core.frames import fetch, lazy
from funnel.schema import is_of_sheet, parse, shown
from funnel.text import fold, listed, nearest

LOST = "(lost)"  # means any lost stage, when clients are filtered by stage
BLANK = "(blank)"  # the name of blank cells among other values


def find_column(clients: Clients, name: str) -> str:
    """Find a column of the clients' table by role, step, or header of the sheet.

    An exact header comes first, then the name of a role or step, then either without case, accents and
    punctuation.

    Raises
    ------
    UsageError : there is no such column; the message suggests the nearest one.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> table = pd.DataFrame({"row": [2], "client": ["Ana"], "coach": ["Zoe"], "column:^town": ["Bath"]})
    >>> clients = Clients(table.assign(**{"step:^met": True}), Journey(steps=(Step(name="Met"),)))
    >>> find_column(clients, "coach"), find_column(clients, "town")
    ('coach', 'column:^town')
    >>> find_column(clients, "coahc")
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no column 'coahc'; did you mean 'coach'? There are 'coach', 'Town' and
    'Met'.
    """
    columns, headers = list(_columns(clients)), dict(_headers(clients))
    named = headers | {shown(column): column for column in columns} | headers
    if name in named:
        return named[name]
    folded = {fold(text): column for text, column in reversed(named.items())}
    if fold(name) in folded:
        return folded[fold(name)]
    options = list(dict.fromkeys([*map(shown, columns), *headers]))
    layout = clients.layout
    client = layout.headers.get(layout.columns.get("client", 0), "") if layout else ""
    if fold(name) and fold(name) in ("client", fold(client)):
        raise UsageError(
            f"{name!r} contains the names of the clients, each its own value. Choose another column: "
            f"{listed(map(repr, options))}."
        )
    raise UsageError(_unknown("column", name, options))


def check_name(what: str, name: str, options: Iterable[str]) -> str:
    """Return the name if it is one of the options; else raise UsageError with the nearest one.

    >>> check_name("step", "Met", ["Met", "Paid"])
    'Met'
    >>> check_name("step", "Pad", ["Met", "Paid"])
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no step 'Pad'; did you mean 'Paid'? There are 'Met' and 'Paid'.
    """
    names = list(options)
    if name not in names:
        raise UsageError(_unknown(what, name, names))
    return name


def where(clients: Clients, by: Mapping[str, object]) -> nw.Expr:
    """Return true for clients with these values in these columns; None, "" or "(blank)" means a blank cell.

    "month", "quarter" and "lead_date" take a range of lead dates, such as "2026-Q3". "stage" is the
    current stage, by its current or a former name; "(lost)" means any lost stage.

    Raises
    ------
    UsageError : there is no such column, no such stage, or no client has such a value.
    """
    condition = nw.lit(True)
    for name, value in by.items():
        blank = value in (None, "", BLANK)
        if name in (*TRUNCATE, "lead_date"):
            lead = nw.col(LEAD)
            condition = condition & (lead.is_null() if blank else within(lead, Range.parse(str(value))))
            continue
        column = find_column(clients, name)
        if column == STAGE and clients.journey.stages:
            condition = condition & nw.col(STAGE).is_in(_stages(clients, str(value or BLANK)))
            continue
        cell, kind = nw.col(column), lazy(clients.table).collect_schema()[column]
        empty = cell.is_null() | (cell.cast(nw.String) == "").fill_null(False)
        meant = _spellings(clients, column, str(value)) if kind == nw.String and not blank else [value]
        equal = cell.is_in([_typed(each, kind) for each in meant])
        condition = condition & (empty if blank else equal.fill_null(False))
    return condition


def _spellings(clients: Clients, column: str, value: str) -> list[str]:
    """Return the value if the column contains it; else all values that differ only in case or accents."""
    cells = fetch(lazy(clients.table).select(nw.col(column)).drop_nulls().unique())
    values = sorted(filter(None, cells[column].to_list()))
    alike = [other for other in values if fold(other) == fold(value)]
    if not alike:
        raise UsageError(_unknown(f"client whose {shown(column)!r} is", value, values))
    return [value] if value in alike else alike


def _stages(clients: Clients, name: str) -> list[str]:
    """Return the stages with this name."""
    journey = clients.journey
    if name == LOST:
        return [stage.name for stage in journey.lost]
    meant = stages.names(journey.stages, journey.reassign).get(fold(name))
    if meant is None:
        raise UsageError(
            _unknown("stage", name, [*(s.name for s in (*journey.ordered_stages, *journey.lost)), LOST])
        )
    return [meant]


def value_of(name: str, flagged: Flagged) -> nw.Expr:
    """Return each client's value in a column, or the month or quarter of lead; null if blank."""
    if name in TRUNCATE:
        return nw.col(LEAD).dt.truncate(TRUNCATE[name])
    cell = nw.col(name)
    if flagged.frame.collect_schema()[name] == nw.String:
        return nw.when(cell.str.strip_chars() != "").then(cell)
    return cell


def value_name(by: str, value: object) -> str:
    """Return a value of a column as text for people.

    >>> import pandas as pd
    >>> day = pd.Timestamp("2026-05-01")
    >>> value_name("source", None), value_name("month", day), value_name("value", 100.0)
    ('(blank)', '2026-05', '100')
    """
    if value is None:
        return BLANK
    if isinstance(value, float):
        return f"{value:g}"
    day = getattr(value, "date", None)
    if day is None:
        return str(value)
    return str(Range.of(day(), by)) if by in TRUNCATE else str(day())


def within(date: nw.Expr, days: Range) -> nw.Expr:
    """Return true if a date is known and in a range."""
    return until(date, days.end) & ~until(date, days.start - dt.timedelta(days=1))


def _typed(value: object, kind: nw.dtypes.DType) -> object:
    """Convert a value from the command line, such as "200" or "True", to the type of a column."""
    if not isinstance(value, str) or kind == nw.String:
        return value
    if kind == nw.Boolean:
        return value.casefold() == "true"
    try:
        return float(value) if kind.is_numeric() else value
    except ValueError:
        return None


def _columns(clients: Clients) -> Iterable[str]:
    """Yield the columns from the sheet by which clients can be compared."""
    inner = {"row", "client", "painted", "lead_date", "left_date"}
    every = lazy(clients.table).collect_schema().names()
    columns = [name for name in every if name not in inner and is_of_sheet(name)]
    yield from columns
    if clients.journey.stages and STAGE not in columns:
        yield STAGE  # set only by rules and events


def _headers(clients: Clients) -> Iterable[tuple[str, str]]:
    """Yield header and column: those of roles and steps, then all others."""
    columns = list(_columns(clients))
    for name, number in clients.layout.columns.items() if clients.layout else ():
        if clients.layout and name in columns and number in clients.layout.headers:
            yield clients.layout.headers[number], name
    yield from ((parse(name).text, name) for name in columns if parse(name).kind == "column")


def _unknown(what: str, name: str, options: list[str]) -> str:
    near = nearest(name, options)
    offer = f"; did you mean {near!r}?" if near else "."
    return f"There is no {what} {name!r}{offer} There are {listed(map(repr, options))}."
