"""Finding the column that a person names: by role, by header, or nearly so."""

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
from funnel.metrics.core.frames import lazy
from funnel.schema import is_of_sheet, parse, shown
from funnel.text import fold, listed, nearest

LOST = "(lost)"  # what any of the lost stages is called, where clients are chosen by their stage
BLANK = "(blank)"  # what a blank cell is called where values stand side by side


def find_column(clients: Clients, name: str) -> str:
    """Find the column of the clients' table that a person means: a role, a step, or a header of the sheet.

    What is exactly a header of the sheet is that column, also where a role is called so and has another
    header. Next come the names of roles and steps; then both without case, accents and punctuation.

    Raises
    ------
    UsageError : there is no such column; the message has the nearest one.

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
    raise UsageError(_unknown("column", name, list(dict.fromkeys([*map(shown, columns), *headers]))))


def known(what: str, name: str, options: Iterable[str]) -> str:
    """Check a name against those there are, offering the nearest.

    >>> known("step", "Met", ["Met", "Paid"])
    'Met'
    >>> known("step", "Pad", ["Met", "Paid"])
    Traceback (most recent call last):
    funnel.errors.UsageError: There is no step 'Pad'; did you mean 'Paid'? There are 'Met' and 'Paid'.
    """
    names = list(options)
    if name not in names:
        raise UsageError(_unknown(what, name, names))
    return name


def where(clients: Clients, by: Mapping[str, object]) -> nw.Expr:
    """Say which clients have these values in these columns; None, "" or "(blank)" means a blank cell.

    "month" and "quarter" are those of the lead date: ``{"month": "2026-05"}``. "stage" is where a client is
    now, under any name that the stage has had; "(lost)" means any of the lost stages.

    Raises
    ------
    UsageError : there is no such column, no such stage, or no client has such a value.
    """
    condition = nw.lit(True)
    for name, value in by.items():
        blank = value in (None, "", BLANK)
        if name in TRUNCATE:
            lead = nw.col(LEAD)
            condition = condition & (lead.is_null() if blank else within(lead, Range.parse(str(value))))
            continue
        column = find_column(clients, name)
        if column == STAGE and clients.journey.stages:
            condition = condition & nw.col(STAGE).is_in(_stages(clients, str(value or BLANK)))
            continue
        cell, kind = nw.col(column), lazy(clients.table).collect_schema()[column]
        empty = cell.is_null() | (cell.cast(nw.String) == "").fill_null(False)
        meant = _spelled(clients, column, str(value)) if kind == nw.String and not blank else [value]
        said = cell.is_in([_typed(each, kind) for each in meant])
        condition = condition & (empty if blank else said.fill_null(False))
    return condition


def _spelled(clients: Clients, column: str, said: str) -> list[str]:
    """The values of a column that a person means: the very one, else all that are alike but for case."""
    cells = lazy(clients.table).select(nw.col(column)).drop_nulls().unique().collect()
    values = sorted(filter(None, cells[column].to_list()))
    alike = [value for value in values if fold(value) == fold(said)]
    if not alike:
        raise UsageError(_unknown(f"client whose {shown(column)!r} is", said, values))
    return [said] if said in alike else alike


def _stages(clients: Clients, said: str) -> list[str]:
    """The stages that a person means by a name."""
    journey = clients.journey
    if said == LOST:
        return [stage.name for stage in journey.lost]
    meant = stages.names(journey.stages, journey.reassign).get(fold(said))
    if meant is None:
        raise UsageError(_unknown("stage", said, [*(s.name for s in (*journey.way, *journey.lost)), LOST]))
    return [meant]


def value_of(name: str, flagged: Flagged) -> nw.Expr:
    """Take the value of each client in a column (or its month or quarter of lead); null where blank."""
    if name in TRUNCATE:
        return nw.col(LEAD).dt.truncate(TRUNCATE[name])
    cell = nw.col(name)
    if flagged.frame.collect_schema()[name] == nw.String:
        return nw.when(cell.str.strip_chars() != "").then(cell)
    return cell


def value_name(by: str, value: object) -> str:
    """Name a value of a column as people know it.

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
    """Whether a date is known, and in a range."""
    return until(date, days.end) & ~until(date, days.start - dt.timedelta(days=1))


def _typed(value: object, kind: nw.dtypes.DType) -> object:
    """A value as a column of that type has it: people write "200" and "True" on the command line."""
    if not isinstance(value, str) or kind == nw.String:
        return value
    if kind == nw.Boolean:
        return value.casefold() == "true"
    try:
        return float(value) if kind.is_numeric() else value
    except ValueError:
        return None


def _columns(clients: Clients) -> Iterable[str]:
    """The columns of the table that were read from the sheet and can tell clients apart."""
    inner = {"row", "client", "painted", "lead_date", "left_date"}
    every = lazy(clients.table).collect_schema().names()
    columns = [name for name in every if name not in inner and is_of_sheet(name)]
    yield from columns
    if clients.journey.stages and STAGE not in columns:
        yield STAGE  # by rules and events alone


def _headers(clients: Clients) -> Iterable[tuple[str, str]]:
    """The headers of the sheet that belong to roles and steps, and those of all other columns."""
    columns = list(_columns(clients))
    for name, number in clients.layout.columns.items() if clients.layout else ():
        if clients.layout and name in columns and number in clients.layout.headers:
            yield clients.layout.headers[number], name
    yield from ((parse(name).text, name) for name in columns if parse(name).kind == "column")


def _unknown(what: str, name: str, options: list[str]) -> str:
    near = nearest(name, options)
    offer = f"; did you mean {near!r}?" if near else "."
    return f"There is no {what} {name!r}{offer} There are {listed(map(repr, options))}."
