"""Formulas and rules without row numbers, for a sheet whose rows may move before we write.

Between reading a Google Sheet and writing it, a person may insert, sort or delete rows, and the service
cannot refuse our write then. So a range is relative to its formula ("from the first row to the row above"),
rows of clients are found by their cells (below the header, without a label of totals), and a row that a
person painted by its client's name and lead date (docs/definitions.md#google).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from funnel.clients import Clients, Layout
from funnel.grid import OUR_LABELS, TOTALS_LABELS, Area, Grid, Value, column_letter
from funnel.journey.conditions import Not, OneOf
from funnel.writer.areas import Span
from funnel.writer.condition_formulas import text, truth

LAST_ROW = 1_048_576
LONGEST = 40_000
"""Characters in a formula; Google refuses 50,000."""

_WILD = frozenset("*?~")


@dataclass(frozen=True, slots=True)
class RowlessFormulas:
    """Formulas without row numbers: rows are recognised by their cells.

    Parameters
    ----------
    above : whether the block is above the clients.
    header : a column and its header; the clients are below it.
    header_row : the row of the headers, if no header can be looked up.
    labels : for each column the lower-case texts of rows of totals, a person's or ours.
    unlabelled : a person's rows of totals without any text.
    not_clients : for each name column the lower-case texts that are not clients (notes below a gap).
    """

    above: bool = False
    header: tuple[int, str] | None = None
    header_row: int = 1
    labels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    unlabelled: tuple[int, ...] = ()
    not_clients: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def cells(self, column: int, own: int) -> str:
        """Return the cells of clients in a column, for a formula in the column `own`.

        >>> RowlessFormulas().cells(6, own=6), RowlessFormulas().cells(2, own=6)
        ('INDIRECT("R1C[0]:R[-1]C[0]",FALSE())',
         'INDIRECT("R1C"&COLUMN($B:$B)&":R[-1]C"&COLUMN($B:$B),FALSE())')
        """
        at = _at(column, own)
        if self.above:
            guide = column_letter(self.header[0] if self.header else column)
            last = f'"&ROWS(${guide}:${guide})&"'
            return _joined(f'INDIRECT("R[3]C{at}:R{last}C{at}",FALSE())')
        return _joined(f'INDIRECT("R1C{at}:R[-1]C{at}",FALSE())')

    def total(self, column: int, own: int, down: int) -> str:
        """Return the total of a column, for a rate `down` rows below it.

        >>> RowlessFormulas().total(6, own=6, down=1), RowlessFormulas().total(2, own=6, down=2)
        ('INDIRECT("R[-1]C[0]",FALSE())', 'INDIRECT("R[-2]C"&COLUMN($B:$B),FALSE())')
        """
        return _joined(f'INDIRECT("R[-{down}]C{_at(column, own)}",FALSE())')

    def guards(self, cells: Callable[[int], str]) -> list[str]:
        """Return conditions that a row is a client's; `cells` gives the address of a column."""
        found = []
        if self.header:
            column, name = self.header
            whole = f"${column_letter(column)}:${column_letter(column)}"
            found.append(f"ROW({cells(column)})>IFERROR(MATCH({text(name)},{whole},0),0)")
        else:
            column = next(iter(self.labels), 1)
            found.append(f"ROW({cells(column)})>{_row(self.header_row)}")
        found += [none_of(cells(column), texts) for column, texts in sorted(self.labels.items())]
        guide = self.header[0] if self.header else next(iter(self.labels), 1)
        found += [f"ROW({cells(guide)})<>{_row(row)}" for row in self.unlabelled]
        return found


def _at(column: int, own: int) -> str:
    """Return a column for R1C1 notation inside a text: relative if it is `own`, else through a reference."""
    letter = column_letter(column)
    return "[0]" if column == own else f'"&COLUMN(${letter}:${letter})&"'


def _joined(formula: str) -> str:
    """Remove empty texts that are joined to others."""
    return formula.replace('&""', "")


def lower_trim(value: Value) -> str:
    """Return a cell's value as ``LOWER(TRIM(cell&""))`` would.

    >>> lower_trim("  Grand   TOTAL "), lower_trim(12.0), lower_trim(None)
    ('grand total', '12', '')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(part for part in str(value).lower().split(" ") if part)


def _row(row: int) -> str:
    """Return a row's number through a reference, which follows the row; 0 if the row was deleted."""
    return f"IFERROR(ROW($A${row}),0)"


def none_of(cells: str, texts: Iterable[str]) -> str:
    """Print the condition that a cell contains none of these lower-case texts.

    >>> none_of("$A1", ["totals", "sum"])
    'ISERROR(FIND("<"&LOWER(TRIM($A1&""))&">","<totals><sum>"))'
    """
    return truth(Not(OneOf(cells, tuple(texts))), str)


def rowless_formulas(
    grid: Grid,
    clients: Clients,
    layout: Layout,
    label: int,
    formulas: set[int],
    names: Iterable[int],
    above: bool = False,
) -> RowlessFormulas:
    """Find out how the rows of a tab can be recognised.

    Parameters
    ----------
    label : the column of the block's labels.
    formulas : the columns of the block's formulas, where no formula may look up a header.
    names : the columns of the client's name.
    above : whether the block is above the clients.
    """
    header = _header(grid, layout, label, formulas)
    ours = OUR_LABELS if layout.summed else TOTALS_LABELS
    labels: dict[int, list[str]] = {label: [lower_trim(each) for each in ours]}
    if header:
        labels.setdefault(header[0], []).append(lower_trim(header[1]))
    unlabelled = []
    for area in layout.totals:
        for row in range(max(area.top, layout.first), area.bottom + 1):
            at = _first_text(grid, row)
            if at is None:
                unlabelled.append(row)
            else:
                labels.setdefault(at, []).append(lower_trim(grid[row, at]))
    return RowlessFormulas(
        above,
        header,
        layout.header,
        {column: tuple(dict.fromkeys(texts)) for column, texts in labels.items()},
        tuple(unlabelled), _not_clients(grid, clients, layout, names),
    )  # fmt: skip


def _header(grid: Grid, layout: Layout, label: int, formulas: set[int]) -> tuple[int, str] | None:
    """Return a header that can be looked up in its column, preferably the one above the labels."""
    for column in [label, *sorted(layout.headers)]:
        name = grid[layout.header, column]
        if column not in formulas and isinstance(name, str) and name.strip() and not _WILD & set(name):
            first = next(row for row in range(1, layout.header + 1) if _same(grid[row, column], name))
            if first == layout.header:
                return column, name
    return None


def _same(value: Value, name: str) -> bool:
    return isinstance(value, str) and value.casefold() == name.casefold()


def _first_text(grid: Grid, row: int) -> int | None:
    columns = range(1, grid.width + 1)
    return next((c for c in columns if isinstance(v := grid[row, c], str) and v.strip()), None)


def _not_clients(
    grid: Grid, clients: Clients, layout: Layout, names: Iterable[int]
) -> Mapping[int, tuple[str, ...]]:
    """Return the texts in the name columns, below the headers, of rows that are not clients or totals."""
    known = set(map(int, clients.table["row"]))
    for area in (*layout.totals, *([layout.block] if layout.block else [])):
        known |= set(range(area.top, area.bottom + 1))
    rows = [row for row in range(layout.first, grid.height + 1) if row not in known]
    return texts_in(grid, rows, names)


def texts_in(grid: Grid, rows: Iterable[int], columns: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the lower-case texts of some rows in each column, without blank columns.

    >>> texts_in(Grid("Clients", [["Ana", "MAY 2026", None], [None, None, None]]), [2, 3], [1, 2])
    {1: ('may 2026',)}
    """
    found = {
        column: tuple(
            dict.fromkeys(lower_trim(grid[row, column]) for row in rows if grid[row, column] is not None)
        )
        for column in columns
    }
    return {column: texts for column, texts in found.items() if any(texts)}


# --- rules ------------------------------------------------------------------------------------------------


def rule_guards(rowless: RowlessFormulas) -> list[str]:
    """Return conditions that limit a rule on whole columns to the rows of clients."""
    return rowless.guards(lambda column: f"${column_letter(column)}1")


def whole_columns(across: Span) -> Area:
    """Return the area of whole columns."""
    return Area(1, across[0], LAST_ROW, across[1])


def exclude_cells(
    grid: Grid, layout: Layout, names: Iterable[int], without: Mapping[int, frozenset[int]], across: Span
) -> list[str]:
    """Return conditions that exclude cells from a rule, by the name and lead date of their row.

    Parameters
    ----------
    without : columns to exclude, by row.
    """
    columns, date = tuple(names), layout.columns.get("lead_date")
    every = frozenset(range(across[0], across[1] + 1))
    rows = [_key(grid, row, columns, date) for row, out in without.items() if out >= every]
    cells = [
        f"{_key(grid, row, columns, date)}|{column}"
        for row, out in without.items()
        if not out >= every
        for column in sorted(out)
    ]
    parts = [f'LOWER(TRIM(${column_letter(column)}1&""))' for column in columns]
    parts += [f"INT(N(${column_letter(date)}1))"] if date else []
    key = '&"|"&'.join(parts) or '""'
    first = column_letter(across[0])
    found = [f'ISERROR(FIND("<"&{key}&">",{_list(rows)}))'] if rows else []
    return found + ([f'ISERROR(FIND("<"&{key}&"|"&COLUMN({first}1)&">",{_list(cells)}))'] if cells else [])


def _list(keys: Iterable[str]) -> str:
    return text("".join(f"<{key}>" for key in dict.fromkeys(keys)))


def _key(grid: Grid, row: int, names: Iterable[int], date: int | None) -> str:
    """Return the key of a row, as the rule's formula builds it."""
    parts = [lower_trim(grid[row, column]) for column in names]
    return "|".join([*parts, *([str(serial(grid[row, date]))] if date else [])])


def serial(value: Value) -> int:
    """Return a date as a spreadsheet's serial number; 0 for anything that is not a number.

    >>> serial(dt.date(2026, 6, 1)), serial("soon")
    (46174, 0)
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.toordinal() - dt.date(1899, 12, 30).toordinal()
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0
