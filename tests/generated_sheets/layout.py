"""Lay columns out on a tab: title rows, blank columns and rows, a row of totals, a few more tabs."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generated_sheets.columns import Column
from generated_sheets.words import Words

from funnel.grid import Area, Dropdown, Grid, Value, column_letter

DATE_FORMATS = {
    "en": "%m/%d/%Y", "ja": "%Y/%m/%d", "zh": "%Y/%m/%d", "de": "%d.%m.%Y", "ru": "%d.%m.%Y",
    "pl": "%d.%m.%Y", "tr": "%d.%m.%Y", "nl": "%d-%m-%Y",
}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """What surrounds the columns on the tab."""

    titles: int = 0
    blank_columns: int = 0
    blank_rows: int = 0
    totals: bool = False
    text: bool = False  # every cell is text, as in a CSV file


def lay_out(dice: random.Random, tab: str, columns: Sequence[Column], frame: Frame, words: Words) -> Grid:
    """Return the tab."""
    clients = len(columns[0].cells)
    gaps = sorted(dice.sample(range(1, clients), frame.blank_rows)) if frame.blank_rows else []
    body = [_with_gaps([c.header, *c.cells], [g + 1 for g in gaps]) for c in columns]
    top = _titles(dice, frame, words)
    first = len(top) + 2
    last = first + clients + len(gaps) - 1
    space = dice.randrange(2)
    values: list[list[Value]] = []
    formulas: dict[tuple[int, int], str] = {}
    dropdowns: list[Dropdown] = []
    blanks = set(dice.sample(range(len(columns) + 1), frame.blank_columns))
    for at, column in enumerate(body):
        if at in blanks:
            values.append([None] * (len(top) + len(column)))
        cells: list[Value] = [*([None] * len(top)), *column]
        if columns[at].offered and not frame.text:
            area = Area(first, len(values) + 1, last, len(values) + 1)
            dropdowns.append(Dropdown((area,), columns[at].offered))
        letter = column_letter(len(values) + 1)
        if frame.totals and columns[at].kind in ("mark", "amount"):
            cells += [None] * space + [_sum(columns[at].cells)]
            if not frame.text:
                formulas[last + space + 1, len(values) + 1] = f"=SUM({letter}{first}:{letter}{last})"
        elif frame.totals and columns[at].kind == "client":
            cells += [None] * space + [words.total]
        values.append(cells)
    titled = next(i for i, column in enumerate(values) if any(cell is not None for cell in column))
    for row, text in enumerate(top):
        values[titled][row] = text
    height = max(map(len, values))
    values = [[*column, *([None] * (height - len(column)))] for column in values]
    if frame.text:
        values = [[_text(cell, _writer(words.language)) for cell in column] for column in values]
    return Grid(tab, values, formulas, dropdowns=tuple(dropdowns))


def _with_gaps(cells: list[Value], gaps: Sequence[int]) -> list[Value]:
    out: list[Value] = []
    for at, cell in enumerate(cells):
        if at in gaps:
            out.append(None)
        out.append(cell)
    return out


def _sum(cells: Sequence[Value]) -> Value:
    """Add numbers; count anything else that is filled, as a person would."""
    numbers = [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]
    return sum(numbers) if numbers else sum(bool(cell) and cell not in ("no",) for cell in cells)


def _titles(dice: random.Random, frame: Frame, words: Words) -> list[Value]:
    """Return the cells above the header: a title, then perhaps a day, then perhaps a blank row."""
    rows: list[Value] = [dice.choice(words.titles), "2026-11", None]
    return rows[: frame.titles] if frame.titles < 3 else rows


def _writer(language: str) -> Callable[[dt.date], str]:
    return lambda day: day.strftime(DATE_FORMATS.get(language, "%d/%m/%Y"))


def _text(cell: Value, write: Callable[[dt.date], str]) -> Value:
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, dt.date):
        return write(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell if cell is None else str(cell)


def other_tabs(dice: random.Random, words: Words) -> list[Grid]:
    """Return one or two tabs without clients: a list of choices, prices, counts for each month."""
    sources, reasons = list(words.values["sources"]), list(words.values["reasons"])
    lists = Grid(
        "Lists", _even([[words.noise["source"][0], *sources], [words.headers["reason"][0], *reasons]])
    )
    months: list[Value] = [f"2026-{month:02d}" for month in range(1, 11)]
    counts: list[list[Value]] = [["", *months]]
    counts += [[source, *[dice.randrange(0, 40) for _ in months]] for source in sources]
    prices: list[list[Value]] = [["A", "B", "C"], [39, 49, 59]]
    return dice.sample([lists, Grid("2026", _even(counts)), Grid("€", prices)], dice.choice((1, 2)))


def _even(columns: Sequence[Sequence[Value]]) -> list[list[Value]]:
    height = max(map(len, columns))
    return [[cell or None for cell in column] + [None] * (height - len(column)) for column in columns]
