"""Add a batch of new clients from a file: new rows below the clients, each with its stage."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from funnel.cells.columns import read_text
from funnel.cells.date_order import decide_date_orders
from funnel.cells.dates import Order, read_date
from funnel.clients import Clients
from funnel.errors import ReadError, SheetChanged, UsageError, WriteError
from funnel.grid import Grid, Value
from funnel.history.entry import ClientKey
from funnel.history.read import client_keys
from funnel.journey.stages import find_stage, names, nearest_stage
from funnel.loader.sheet_rows import DATE_ROLES, NUMBER_ROLES
from funnel.plan import Cell, Change, Plan, PutRows
from funnel.reading.match_columns import match
from funnel.reading.tables.header import find_header
from funnel.schema import parse
from funnel.sheets import open_sheet
from funnel.sheets.run_lock import lock_sheet
from funnel.text import count, fold, listed
from funnel.workflows.load import JourneyLike, Opened, Source, open_clients
from funnel.writer.totals.new_rows import blank_rows, move_totals

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_MOST_NAMED = 20  # rows of the file that are named one by one
_SAMPLE = 200  # cells of a column of the sheet that show of which type it is


@dataclass(frozen=True)
class AddedClients:
    """New clients: the plan that was applied (or would be).

    Parameters
    ----------
    clients : (row, name, stage) of each new client; row None if the sheet appends rows itself.
    skipped : sentences on the rows of the file that were not added.
    notes : sentences on columns and dates of the file.
    """

    plan: Plan
    clients: tuple[tuple[int | None, str, str], ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Batch:
    """The file: its grid, the first row below its headers, and each column's column in the sheet."""

    grid: Grid
    place: str
    first: int
    columns: Mapping[int, int]  # column of the file -> column of the sheet
    roles: Mapping[str, int]  # role -> column of the file
    orders: Mapping[int, Order]
    notes: tuple[str, ...]

    def text(self, role: str, row: int) -> str:
        """Return the text of a role in a row, "" if the file has no such column."""
        return read_text(self.grid[row, self.roles[role]]) if role in self.roles else ""

    def date(self, row: int) -> dt.date | None:
        """Return the lead date of a row."""
        at = self.roles.get("lead_date")
        return read_date(self.grid[row, at], self.orders[at]) if at else None


@dataclass
class _Known:
    """The clients of the sheet, and the new ones so far, by what identifies them."""

    ids: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[tuple[dt.date | None, bool, str]]] = field(default_factory=dict)

    def add(self, key: ClientKey, mail: str, where: str) -> None:
        """Add a client; `where` is the place to name in a message."""
        if key.id:
            self.ids.setdefault(key.id.casefold(), where)
        if mail:
            self.mails.setdefault(mail.casefold(), where)
        self.names.setdefault(fold(key.name), []).append((key.lead_date, bool(key.id), where))

    def find(self, key: ClientKey, mail: str) -> str:
        """Return the place of a client; "" if they are new.

        A client is known by the id, by the e-mail address, or by the name unless lead dates or ids differ.
        """
        if key.id and key.id.casefold() in self.ids:
            return self.ids[key.id.casefold()]
        if mail and mail.casefold() in self.mails:
            return self.mails[mail.casefold()]
        for day, has_id, where in self.names.get(fold(key.name), ()):
            if not (key.id and has_id) and (day == key.lead_date or day is None or key.lead_date is None):
                return where
        return ""


def add_clients(
    source: Source,
    file: Source,
    *,
    stage: str | None = None,
    journey: JourneyLike = None,
    tab: str | None = None,
    dry_run: bool = False,
) -> AddedClients:
    """Add the clients of a file who are not in the sheet yet; the cells of existing clients never change.

    Parameters
    ----------
    source, journey, tab : as for `load.open_clients`.
    file : a CSV file or a workbook with a row for each new client; columns are matched by header.
    stage : the stage of those for whom the file has none.
    dry_run : only plan; change nothing.

    Raises
    ------
    UsageError : there is no such stage or stage column, or there are too few blank rows.
    ReadError, JourneyError, WriteError : as for `refresh`.
    """

    def planned() -> tuple[Opened, AddedClients]:
        opened = open_clients(source, journey, tab)
        if opened.clients.layout is None:
            raise UsageError(f"{source} has no row for each client, so there is no row to add.")
        return opened, _plan(opened, file, stage)

    if dry_run:
        return planned()[1]
    with lock_sheet(source):
        opened, added = planned()
        if reason := opened.sheet.read_only_reason:
            raise WriteError(f"{reason} To add clients, copy it first: funnel copy {source} NEW.xlsx")
        try:
            return _apply(opened, added)
        except SheetChanged:  # edited in between: read and plan again, once
            return _apply(*planned())


def _apply(opened: Opened, added: AddedClients) -> AddedClients:
    notes = opened.sheet.apply(added.plan) if added.plan else ()
    return replace(added, plan=replace(added.plan, kept=notes))


def _plan(opened: Opened, file: Source, stage: str | None) -> AddedClients:
    clients, grid = opened.clients, opened.grid
    default = None if stage is None else find_stage(clients.journey.stages, stage)
    batch = _read(clients, grid, file)
    if (default or "stage" in batch.roles) and "stage" not in _columns(clients):
        raise UsageError(
            f"{clients.source}, tab {clients.tab!r} has no stage column. Add a column with the header "
            "'Stage', and try again."
        )
    rows, skipped = _new_rows(clients, grid, batch, default)
    target = _columns(clients).get("stage")
    lines = [_line(batch, grid, row, at, target) for row, _, at in rows]
    moving = opened.sheet.capabilities.rows_may_move
    if moving:
        places = list(range(grid.height + 1, grid.height + 1 + len(lines)))
    else:
        places = blank_rows(grid, clients, len(lines), {column for line in lines for column in line})
    cells = tuple(
        Cell(row, column, value)
        for row, line in zip(places, lines, strict=True)
        for column, value in sorted(line.items())
    )
    changes: list[Change] = []
    if cells and not moving:
        changes += move_totals(grid, clients, cells, dt.date.today())
    changes += [PutRows(grid.tab, cells, _date_formats(grid, cells))] if cells else []
    plan = Plan(clients.source, tuple(changes), opened.sheet.version, dt.date.today())
    added = [
        (None if moving else place, name, at or "") for place, (_, name, at) in zip(places, rows, strict=True)
    ]
    return AddedClients(plan, tuple(added), tuple(skipped), batch.notes)


def _columns(clients: Clients) -> Mapping[str, int]:
    return clients.layout.columns if clients.layout else {}


def _read(clients: Clients, grid: Grid, file: Source) -> _Batch:
    """Read the file, and match its columns with those of the sheet: by role, or by the same header."""
    assert clients.layout is not None
    other = open_sheet(file)
    found, place, journey = other.read(other.tabs()[0]), other.source, clients.journey
    ours = {fold(header): column for column, header in reversed([*clients.layout.headers.items()])}
    known = {fold(name) for column in journey.columns.values() for name in (*column.headers, *column.join)}
    header = find_header(found, known | ours.keys())
    if header is None:
        raise ReadError(f"{place} is empty or has no row of headers. No client was added.")
    matched = match(header, journey)
    roles = {role: at[0] for role, at in matched.at.items()}
    columns = {at: _columns(clients)[role] for role, at in roles.items() if role in _columns(clients)}
    for at, name in header.names.items():
        column = ours.get(fold(name))
        if at not in columns and column and column not in columns.values():
            columns[at] = column
    mails = _mail_column(clients, grid)
    mail = next((at for at, column in columns.items() if column == mails), None)
    roles |= {"email": mail} if mail else {}
    if "client" not in roles:
        raise ReadError(
            f"{place} has no column of the client's name. Its headers in row {header.row} are "
            f"{listed(map(repr, header.names.values()))}. Rename that header to "
            f"{clients.layout.headers[_columns(clients)['client']]!r}."
        )
    cells = {at: found.values[at - 1][header.row :] for at in roles.values()}
    orders = decide_date_orders(cells, header.row + 1)
    notes = [f"{place}: {sentence}." for sentence in (*matched.assumed, *orders.assumed)]
    if unused := [name for at, name in header.names.items() if at not in columns]:
        one = len(unused) == 1
        notes.append(
            f"{place}: {'column' if one else 'columns'} {listed(map(repr, unused))} "
            f"{'was' if one else 'were'} not used, because the sheet has no column of that name."
        )
    return _Batch(found, place, header.row + 1, columns, roles, orders.of, tuple(notes))


def _mail_column(clients: Clients, grid: Grid) -> int | None:
    """Return the column of e-mail addresses: by its role, or because most of its cells have an "@"."""
    assert clients.layout is not None
    for column in (_columns(clients).get("email"), *clients.layout.headers):
        cells = grid.values[column - 1][clients.layout.header : _SAMPLE] if column else ()
        texts = [text for value in cells if (text := read_text(value))]
        if texts and 2 * sum("@" in text for text in texts) > len(texts):
            return column
    return _columns(clients).get("email")


def _new_rows(
    clients: Clients, grid: Grid, batch: _Batch, default: str | None
) -> tuple[list[tuple[int, str, str | None]], list[str]]:
    """Return (row of the file, name, stage) of each new client, and sentences on the other rows."""
    known, table = _Known(), clients.table
    at = _mail_column(clients, grid)
    for key, row in zip(client_keys(table), table["row"].tolist(), strict=True):
        known.add(key, read_text(grid[row, at]) if at else "", f"is already in row {row} of the sheet")
    stages = names(clients.journey.stages, clients.journey.reassign)
    rows: list[tuple[int, str, str | None]] = []
    skipped: list[str] = []
    for row in range(batch.first, batch.grid.height + 1):
        if all(value in (None, "") for value in batch.grid.row(row)):
            continue
        name, typed, mail = (batch.text(role, row) for role in ("client", "stage", "email"))
        key = ClientKey.from_cells(name, batch.date(row), batch.text("id", row) or None)
        stage = stages.get(fold(typed)) if typed else default
        reason = ""
        if not name:
            reason = "the client is blank"
        elif where := known.find(key, mail):
            reason = f"{name!r} {where}"
        elif typed and stage is None:
            near = nearest_stage(typed, clients.journey.stages)
            hint = f"; did you mean {near!r}?" if near else ""
            reason = f"the journey {clients.journey.name!r} has no stage {typed!r}{hint}"
        if reason:
            skipped.append(f"{batch.place}, row {row}: {reason}{'' if reason.endswith('?') else '.'}")
            continue
        known.add(key, mail, f"is already in row {row} of the file")
        rows.append((row, name, stage))
    return rows, skipped


def _line(
    batch: _Batch, grid: Grid, row: int, stage: str | None, stage_column: int | None
) -> dict[int, Value]:
    """Return the values of one new row, by column of the sheet."""
    line: dict[int, Value] = {}
    for at, column in batch.columns.items():
        value = batch.grid[row, at]
        if value not in (None, ""):
            role = next((role for role, column_ in batch.roles.items() if column_ == at), "")
            line[column] = _typed(value, _kind(role, grid, column), batch.orders.get(at, "dmy"))
    if stage and stage_column:
        line[stage_column] = stage
    return line


def _kind(role: str, grid: Grid, column: int) -> type:
    """Return the type of a column: of its role, else of most of its cells in the sheet."""
    if role in DATE_ROLES:
        return dt.date
    if role in NUMBER_ROLES:
        return float
    is_step = parse(role).kind == "step" if role else False
    if role and not is_step:
        return str
    cells = grid.values[column - 1][:_SAMPLE] if column <= grid.width else ()
    filled: Sequence[Value] = [value for value in cells if value not in (None, "")][1:]
    for kind, types in ((dt.date, (dt.date,)), (float, (int, float))):
        if filled and 2 * sum(isinstance(value, types) for value in filled) > len(filled):
            return kind
    return float if is_step else str


def _typed(value: Value, kind: type, order: Order) -> Value:
    """Return a text of the file as a date or a number, where its column has those; other values stay."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if kind is dt.date:
        return read_date(text, order) or value
    if kind is float and _PLAIN_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return value


def _date_formats(grid: Grid, cells: Sequence[Cell]) -> dict[int, str]:
    """Return the number format of the last date in each column that gets a date."""
    found: dict[int, str] = {}
    for column in {cell.column for cell in cells if isinstance(cell.value, dt.date)}:
        above = range(grid.height, 0, -1)
        row = next((row for row in above if isinstance(grid[row, column], dt.date)), None)
        if row and (number_format := grid.style(row, column).number_format):
            found[column] = number_format
    return found


def sentences(added: AddedClients, dry_run: bool) -> Iterator[str]:
    """Yield what was added, or would be, and what was not."""
    n, rows = count(len(added.clients), "new client"), [row for row, _, _ in added.clients if row]
    where = f" in {'row' if len(rows) == 1 else 'rows'} {listed(runs(rows))}" if rows else ""
    yield f"{n} {'to be added' if dry_run else 'added'}{where}."
    if dry_run:
        new = [f"  {name}{f': {stage}' if stage else ''}" for _, name, stage in added.clients]
        yield from new[:_MOST_NAMED]
        if len(new) > _MOST_NAMED:
            yield f"  and {len(new) - _MOST_NAMED:,} more"
    yield from added.notes
    if added.skipped:
        yield f"Not added: {count(len(added.skipped), 'row')} of the file."
        yield from (f"  {sentence}" for sentence in added.skipped[:_MOST_NAMED])
        if len(added.skipped) > _MOST_NAMED:
            yield f"  and {count(len(added.skipped) - _MOST_NAMED, 'more row')}"


def runs(rows: Sequence[int]) -> list[str]:
    """Return runs of rows as texts.

    >>> runs([4, 5, 6, 9])
    ['4 to 6', '9']
    """
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][-1] + 1:
            found[-1].append(row)
        else:
            found.append([row])
    return [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in found]
