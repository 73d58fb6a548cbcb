"""Fit a table into the width of the terminal: drop columns and wrap names, but never cut text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

NAME = 16  # minimum width of a column of names
WORD = 28  # a longer word is broken
BETWEEN = 2  # blanks between two columns
FEW = 4  # dropped columns that are named; more are only counted


def fit(out: Console, table: Table, drop_first: Sequence[int] = ()) -> str:
    """Drop columns until a table is as wide as the terminal; names wrap, numbers never do.

    Parameters
    ----------
    drop_first : positions of columns, in the order in which they are dropped; after them, the others from the
        right. The first column always stays.

    Returns
    -------
    A sentence that names the dropped columns; "" if there are none.
    """
    order = [*drop_first, *(at for at in reversed(range(1, len(table.columns))) if at not in drop_first)]
    widest, least = _widths(table.columns)
    dropped: list[int] = []
    while len(dropped) < len(order) and _total(least, dropped) > out.width:
        dropped.append(order[len(dropped)])
    kept = [at for at in range(len(table.columns)) if at not in dropped]
    widths = _shared([widest[at] for at in kept], [least[at] for at in kept], out.width)
    titles = [" ".join(str(table.columns[at].header).split()) for at in sorted(dropped)]
    table.columns = [table.columns[at] for at in kept]
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        column.width, column._index = width, at
    return _sentence(titles)


def _widths(columns: Iterable[Column]) -> tuple[list[int], list[int]]:
    """Return the width of each column without wrapping, and its minimum."""
    from rich.cells import cell_len

    widest, least = [], []
    for column in columns:
        lines = [line for cell in (column.header, *column._cells) for line in str(cell).split("\n")]
        most = max(map(cell_len, lines))
        word = max((cell_len(word) for line in lines for word in line.split()), default=0)
        widest.append(most)
        least.append(most if column.no_wrap else min(most, max(NAME, min(word, WORD))))
    return widest, least


def _total(widths: Sequence[int], dropped: Sequence[int]) -> int:
    kept = [width for at, width in enumerate(widths) if at not in dropped]
    return sum(kept) + BETWEEN * (len(kept) - 1)


def _shared(widths: list[int], least: Sequence[int], room: int) -> list[int]:
    """Narrow the widest columns until all fit.

    >>> _shared([40, 20, 6], [16, 16, 6], 50)
    [20, 20, 6]
    """
    while _total(widths, ()) > room:
        spare = [at for at, width in enumerate(widths) if width > least[at]]
        if not spare:
            return widths
        widths[max(spare, key=lambda at: widths[at])] -= 1
    return widths


def _sentence(titles: Sequence[str]) -> str:
    """Return a sentence that names the dropped columns.

    >>> _sentence(["Left", "95 %"])
    'No room here for: Left; 95 %. A wider terminal or --format csv shows all columns.'
    """
    if not titles:
        return ""
    named = f"for: {'; '.join(titles)}" if len(titles) <= FEW else f"for {len(titles)} more columns"
    return f"No room here {named}. A wider terminal or --format csv shows all columns."
