"""Clients, and their events, from frames of any engine: Polars, pyarrow, DuckDB, Spark, Ibis.

The first rows are loaded as a sheet would be, which decides what each column is. The whole frame is never
collected: each column of the clients' table is an expression, computed by the engine when needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from funnel.cells.mark_words import ANY_TEXT, CROSS, NO_REASON, NO_TEXT, NOT_REACHED, reached_words
from funnel.clients import Clients, Layout, Problem, Reading
from funnel.clients.frames import Frame, fetch, lazy
from funnel.errors import ReadError, UsageError
from funnel.events.event_log import find_event_log
from funnel.events.owner_keys import MATCHES, NAMED, OwnerKeys, Rows, accents_in, mail_columns
from funnel.events.read import SALE
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.journey.stages import names, nearest_stage
from funnel.loader.load import grid_of, load
from funnel.loader.sheet_rows import DATE_ROLES, NUMBER_ROLES
from funnel.reading.tables.evidence import not_reached_words
from funnel.schema import header, no_mark, parse, step_date, step_mark
from funnel.text import count, fold, listed

FIRST_ROWS = 2000
_KEPT = frozenset(["missing column", "no lead date column", "double header"])
_NO_STAGE = ("-", "–", "—")


def load_frame(
    table: Any,
    first: Grid,
    journey: Journey | None = None,
    *,
    source: str = "",
    reading: Reading | None = None,
) -> Clients:
    """Load the clients of a frame that Narwhals supports, with one row for each client.

    Parameters
    ----------
    table : a Polars frame (eager or lazy), a DuckDB relation, a Spark or Ibis table. A mark is a boolean, a
        number (1 is reached), a date, or a word; a date has a date type.
    first : its first rows, which decide what each column is.
    journey, source, reading : as for `load`.

    Returns
    -------
    Clients : `table` is a lazy Narwhals frame; ``row`` is null, because the rows of an engine have no
        order. Problems in the rows are counted by the engine when needed.

    Raises
    ------
    ReadError : no journey fits the columns, a date is not of a date type, or a stage is unknown.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"Client name": ["Ana"], "Date of lead": pd.to_datetime(["2026-01-05"]),
    ...                       "Client contacted": [True], "First paid session": [False]})
    >>> from funnel.journey import preset
    >>> load_frame(table, grid_of(table), preset("gym")).columns[:4]
    ('row', 'client', 'lead_date', 'step:^client contacted')
    """
    frame = lazy(table)
    sample = load(first, journey, source=source, reading=reading)
    return replace(
        sample,
        table=_clients_only(frame.select(*_columns(frame, sample)), sample.journey),  # type: ignore[arg-type]
        problems=tuple(problem for problem in sample.problems if problem.kind in _KEPT),
        assumed=(*sample.assumed, *_zones(frame)),
    )


def add_frame_events(clients: Clients, table: Any, first: Grid) -> Clients:
    """Add an event log of the same engine to its clients; no row of it is loaded.

    Parameters
    ----------
    table : one row for each event. Times have a date type, amounts are numbers.
    first : its first rows, in which its columns are found.

    Returns
    -------
    Clients : `events` is a lazy Narwhals frame: the client as the log names it, when, event, amount.

    Raises
    ------
    UsageError : the journey has no [events], or the log is in another engine.
    ReadError : a column is missing, or has another type.
    """
    if clients.journey.events is None:
        raise UsageError(
            f"The journey {clients.journey.name!r} has no [events], so it cannot use an event log. Add "
            "[events], with `advance` for the events that move a client to a stage."
        )
    frame, own = lazy(table), lazy(clients.table)
    if frame.implementation != own.implementation:
        raise UsageError(
            f"The clients are a table of {own.implementation.name.lower()}, and the events one of "
            f"{frame.implementation.name.lower()}. Give both as tables of the same engine."
        )
    log = find_event_log(first, clients.journey.events, "the table of events")
    types = frame.collect_schema()
    cells = {
        role: _Cell(nw.col(name), types[name], name)
        for role, number in log.columns.items()
        for name in [types.names()[number - 1]]
    }
    event = cells["event"].text() if "event" in cells else nw.lit(SALE)
    amount = cells["amount"].number() if "amount" in cells else nw.lit(None, nw.Float64)
    events = frame.select(
        cells["client"].text().alias(NAMED),
        cells["when"].date().alias("when"),
        event.alias("event"),
        amount.alias("amount"),
    )
    plain, log_of = own.lazy(), events.lazy()
    mails = [name for name in mail_columns(plain) if name not in ("id", "client")]
    columns = [*(["id"] if "id" in clients.columns else []), "client", *mails]
    keys = OwnerKeys(columns, accents_in(plain, "client") | accents_in(log_of, NAMED))
    with_keys = plain.with_columns(keys.of_clients())
    owned = _owned(keys, log_of, with_keys)
    by = listed(dict.fromkeys(_KEYS.get(name, "e-mail address") for name in keys.columns), "or")
    assumed = (*clients.assumed, f"events belong to the client with the same {by}")
    found = replace(clients, table=with_keys, events=owned, assumed=assumed)  # type: ignore[arg-type]
    return _with_doubt(found) if clients.journey.staged else found


_KEYS = {"id": "id", "client": "name"}


def _owned(keys: OwnerKeys, events: Rows, clients: Rows) -> Rows:
    """Find the client of each event; DuckDB joins only within one connection."""
    try:
        found = keys.with_owners(events, clients)
        found.collect_schema()
    except Exception as error:  # every engine has exceptions of its own
        raise UsageError(
            f"The clients and the events cannot be joined: {str(error).partition(chr(10))[0]} Give both as "
            "tables of the same engine and the same connection."
        ) from error
    return found


def _with_doubt(clients: Clients) -> Clients:
    """Give no verdict on stages if most events match no client."""
    named = ~nw.col("event").is_null()
    matched = named & (nw.col(MATCHES) == 1).fill_null(False)
    counts = lazy(clients.events).select(
        named.cast(nw.Int64).alias("n"), matched.cast(nw.Int64).alias("matched")
    )
    n, others = fetch(
        counts.select(nw.col("n").sum(), (nw.col("n") - nw.col("matched")).sum().alias("others"))
    ).row(0)
    if not n or 2 * others <= n:
        return clients
    doubt = (
        f"{int(others):,} of {count(int(n), 'event')} match no client, so the stages are not known. Write "
        "the clients in the log as in the table, or give both tables the same ids or e-mail addresses."
    )
    return replace(clients, problems=(*clients.problems, Problem("events not used", doubt)), doubt=doubt)


def first_rows(table: Any) -> Grid:
    """Return the first rows of a frame as a Grid."""
    return grid_of(fetch(lazy(table).head(FIRST_ROWS)).to_pandas())


def _zones(frame: Frame) -> Iterator[str]:
    """Yield a sentence if times have a zone, because only their wall time is used."""
    types = frame.collect_schema()
    zoned = [name for name, kind in types.items() if getattr(kind, "time_zone", None)]
    if zoned:
        yield f"times of {listed(map(repr, zoned))} are taken as written in their own zone"


def _columns(frame: Frame, sample: Clients) -> Iterator[nw.Expr]:
    """Yield an expression for each column of the clients' table."""
    layout, types = sample.layout, frame.collect_schema()
    assert layout is not None
    yield nw.lit(None).cast(nw.Float64()).alias("row")  # pandas has no null among integers
    if "client" not in layout.columns:
        yield nw.lit("").alias("client")
    for name in sample.table.columns:
        number = _column_of(name, layout)
        if number is not None:
            column = types.names()[number - 1]
            cell = _Cell(nw.col(column), types[column], column)
            yield from _column(name, cell, frame, sample)


def _column(name: str, cell: _Cell, frame: Frame, sample: Clients) -> Iterator[nw.Expr]:
    """Yield one column of the clients' table; for a step, its marks and their dates."""
    journey, column = sample.journey, parse(name)
    if column.kind == "step":
        words = reached_words(journey.step(column.text))
        yield cell.marked(words).alias(name)
        yield cell.when().alias(step_date(column.text))
        if not cell.is_date and cell.type != nw.Boolean:
            yield cell.no_mark(words).alias(no_mark(column.text))
    elif name in DATE_ROLES or column.kind == "date":
        yield cell.date().alias(name)
    elif name in NUMBER_ROLES or column.kind == "number":
        yield cell.number().alias(name)
    elif name == "client":
        yield _joined(frame, sample, cell.text()).fill_null("").alias(name)
    elif name == "stage" and journey.stages:
        yield _stage(frame, cell, sample).alias(name)
    elif name == "left_reason":
        text = cell.text()
        none = text.str.to_lowercase().is_in(sorted(NO_REASON))
        yield nw.when(~none).then(text).alias(name)
    else:
        yield cell.text().alias(name)


@dataclass(frozen=True)
class _Cell:
    """A column of a frame, read as one cell of a sheet would be."""

    of: nw.Expr
    type: nw.dtypes.DType
    name: str

    def text(self) -> nw.Expr:
        """Return the trimmed text; null if blank. A whole number has no ".0", as in a sheet."""
        text = self.of if self.type == nw.String else self.of.cast(nw.String)
        text = text.str.replace_all(r"\.0$", "") if self.type.is_float() else text.str.strip_chars()
        return nw.when(text != "").then(text)

    def number(self) -> nw.Expr:
        """Return the number as a float; null for other text."""
        if self.type.is_numeric() or self.type == nw.Boolean:
            return self.of.cast(nw.Float64)
        raise ReadError(_wrong_type(self, "a number"))

    def date(self) -> nw.Expr:
        """Return the date and time, without a zone."""
        if self.type == nw.Date:
            return self.of.cast(nw.Datetime())
        if self.type == nw.Datetime:
            zoned = getattr(self.type, "time_zone", None)
            return self.of.dt.replace_time_zone(None) if zoned else self.of
        raise ReadError(_wrong_type(self, "a date"))

    def marked(self, words: Collection[str]) -> nw.Expr:
        """Return True if the cell is a mark."""
        if self.type == nw.Boolean:
            found = self.of
        elif self.type.is_numeric():
            numbers = {float(word) for word in words if _is_number(word)}
            found = self.of.cast(nw.Float64).is_in(sorted(numbers))  # Polars compares only within one type
        elif self.is_date:
            return ~self.of.is_null()
        elif ANY_TEXT in words:
            found = ~self.text().str.to_lowercase().is_in(sorted(NO_TEXT))
        else:
            found = self.text().str.to_lowercase().is_in(list(words))
        return found.fill_null(False)

    def no_mark(self, words: Collection[str]) -> nw.Expr:
        """Return the text of a cell that is neither a mark nor a word for not reached; else null."""
        if self.type.is_numeric():
            known = self.marked(words) | (self.of == 0)
        elif ANY_TEXT in words:
            return nw.lit(None, nw.String)
        else:
            no = NOT_REACHED | not_reached_words() | {CROSS}
            known = self.text().str.to_lowercase().is_in(sorted({*words, *no}))
        return nw.when(~known).then(self.text())

    @property
    def is_date(self) -> bool:
        """True if the column has a date type."""
        return self.type in (nw.Date, nw.Datetime)

    def when(self) -> nw.Expr:
        """Return the date of a mark; null if the column has no date type."""
        return self.date() if self.is_date else nw.lit(None, nw.Datetime())


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()


def _wrong_type(cell: _Cell, wanted: str) -> str:
    return (
        f"The column {cell.name!r} has the type {cell.type}, and the journey needs {wanted} there. Cast it "
        f"in your query or frame first, or name another column in the journey file."
    )


def _column_of(name: str, layout: Layout) -> int | None:
    """Return the sheet's column number of a column of the clients' table."""
    if name in layout.columns:
        return layout.columns[name]
    parsed = parse(name)
    if parsed.kind in ("number", "date", "text"):
        return _column_of(parsed.text, layout)
    return next((n for n, text in layout.headers.items() if header(text) == name), None)


def _joined(frame: Frame, sample: Clients, first: nw.Expr) -> nw.Expr:
    """Return the client's name, joined from several columns if the journey declares them."""
    column = sample.journey.columns.get("client")
    if column is None or not column.join:
        return first
    types = frame.collect_schema()
    by_name = {fold(name): name for name in reversed(types.names())}
    parts = [by_name[fold(name)] for name in column.join if fold(name) in by_name]
    texts = [_Cell(nw.col(name), types[name], name).text() for name in parts]
    return nw.concat_str(*texts, separator=" ", ignore_nulls=True)


def _stage(frame: Frame, cell: _Cell, sample: Clients) -> nw.Expr:
    """Return the stage of each cell; every spelling is looked up once.

    Raises
    ------
    ReadError : cells name stages that the journey does not have.
    """
    journey, text = sample.journey, cell.text()
    stages = frame.select(text.alias("stage")).filter(~nw.col("stage").is_null())
    spellings = dict(fetch(stages.group_by("stage").agg(nw.len().alias("n"))).iter_rows())
    known = names(journey.stages, journey.reassign)
    found = {
        spelling: known.get(fold(spelling) or spelling) for spelling in spellings if spelling not in _NO_STAGE
    }
    unknown = {spelling: spellings[spelling] for spelling, stage in found.items() if stage is None}
    if unknown:
        shown = [
            f"{spelling!r} ({count(n, 'client')})"
            for spelling, n in sorted(unknown.items(), key=lambda p: -p[1])
        ]
        first = next(iter(unknown))
        active = [stage.name for stage in journey.stages if stage.active]
        raise ReadError(
            f"The column {cell.name!r} contains {count(len(unknown), 'stage')} that the journey "
            f"{journey.name!r} does not have: {listed(shown, most=20)}. Nothing was counted. Add it to the "
            f'journey file as a [[stage]], or reassign its clients: reassign = {{ "{first}" = '
            f'"{nearest_stage(first, journey.stages) or active[0]}" }}.'
        )
    stage = nw.lit(None, nw.String)
    for name in {name for name in found.values() if name}:
        spelled = [spelling for spelling, meant in found.items() if meant == name]
        stage = nw.when(text.is_in(spelled)).then(nw.lit(name)).otherwise(stage)
    return stage


def _clients_only(frame: Frame, journey: Journey) -> Frame:
    """Keep the rows that are clients: with a name, a lead date or a mark (docs/definitions.md#clients)."""
    columns = frame.collect_schema().names()
    marks = [nw.col(step_mark(step.name)) for step in journey.steps if step_mark(step.name) in columns]
    there = [~nw.col(name).is_null() for name in ("lead_date", "stage") if name in columns]
    there += [*marks, nw.col("client") != ""]  # the slowest last: most rows need only the first
    return frame.filter(nw.any_horizontal(*there, ignore_nulls=True))
