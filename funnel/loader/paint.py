"""Rows that a person painted red or green: read from the fill of the client's name, any shade."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np

from funnel.cells.columns import Bools
from funnel.clients import Problem
from funnel.journey.model import Meaning
from funnel.journey.stages import names
from funnel.loader.checks import who
from funnel.loader.sheet_rows import SheetRows
from funnel.text import fold

Colour: TypeAlias = Literal["red", "green"]

OURS = frozenset(["C7EFCF", "FFC8CE"])
"""The two shades that only `highlight = "fill"` paints; never evidence."""

_LEAST_COLOUR = 0.05  # saturation of the palest tints in Excel's and Google's palettes is .06 to .1
_DARKEST = 0.25


def colour_of(fill: str | None) -> Colour | None:
    """Return the colour of a fill: red, green, or None.

    >>> [colour_of(fill) for fill in ("FF0000", "F4CCCC", "E2EFDA", "92D050", "FFFF00", "FFC8CE", None)]
    ['red', 'red', 'green', 'green', None, None, None]
    """
    if fill is None or fill.upper() in OURS:
        return None
    red, green, blue = (int(fill[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, saturation, brightness = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _LEAST_COLOUR or brightness < _DARKEST:
        return None
    degrees = hue * 360
    if degrees <= 18 or degrees >= 335:
        return "red"
    return "green" if 70 <= degrees <= 168 else None


def painted(reading: SheetRows, clients: Sequence[int], agrees: dict[Colour, Bools]) -> list[Colour | None]:
    """Return the colour in which a person painted each client's row.

    Ignore a fill that most rows share against their cells (a coloured column), or that alternates (a banded
    table).

    Parameters
    ----------
    agrees : for each colour, a boolean for each client: True if the cells mean the same.
    """
    column = reading.columns.first("client")
    if column is None or not 0 < column <= len(reading.grid.styles):
        return [None] * len(clients)
    styles, palette = reading.grid.styles[column - 1], reading.grid.palette
    known = [colour_of(style.fill) for style in palette]
    looks = [styles[row - 1] if (row := reading.first + at) <= len(styles) else 0 for at in clients]
    result = [known[look] for look in looks]
    for fill in {palette[look].fill for look in set(looks) if known[look]}:
        same = np.array([palette[look].fill == fill for look in looks], dtype=bool)
        colour = colour_of(fill)
        if colour and (_background(same, agrees.get(colour)) or _banded(same)):
            result = [None if hit else old for hit, old in zip(same, result, strict=True)]
    return result


def _background(same: Bools, agrees: Bools | None) -> bool:
    """Return True if a fill covers most rows, and most of their cells mean something else."""
    if len(same) < 5 or same.mean() < 0.8:
        return False
    return agrees is None or float(agrees[same].mean()) < 0.8


def _banded(same: Bools) -> bool:
    """Return True if a fill alternates from row to row."""
    if len(same) < 6 or not 0.35 <= same.mean() <= 0.65:
        return False
    return float((same[1:] != same[:-1]).mean()) >= 0.8


def agreement(reading: SheetRows, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> dict[Colour, Bools]:
    """Return for each colour which clients' cells mean the same: left for red, paid for green."""
    meanings: dict[Meaning, Bools | None] = {"left": reading.left, "paid": reading.paid, "ignore": None}
    by_cells: dict[Colour, Bools | None] = {
        "red": meanings[reading.journey.red], "green": meanings[reading.journey.green],
    }  # fmt: skip
    return {colour: rows[clients] for colour, rows in by_cells.items() if rows is not None}


def paint_problems(
    reading: SheetRows, clients: Sequence[int], paint: Sequence[Colour | None]
) -> Iterator[Problem]:
    """Yield problems with rows whose colour contradicts their cells."""
    left, paid = _left(reading), reading.paid
    column = reading.columns.first("client") or 1
    meanings: dict[Colour, Meaning] = {"red": reading.journey.red, "green": reading.journey.green}
    for offset, colour in zip(clients, paint, strict=True):
        if colour is None:
            continue
        lacks = _contradiction(reading, offset, meanings[colour], left, paid)
        if lacks:
            row = reading.first + offset
            yield Problem("colour", f"{who(reading, offset)}: row {row} is {colour}, but {lacks[0]}.",
                          row, column, reading.names[offset] or None, lacks[1])  # fmt: skip


def _left(reading: SheetRows) -> Bools | None:
    """Return which rows are leavers by date, reason or a lost stage; None if no column shows it."""
    stages, left = reading.texts("stage"), reading.left
    lost = {stage.name for stage in reading.journey.lost}
    if not stages or not lost:
        return left
    known = names(reading.journey.stages, reading.journey.reassign)
    gone = np.fromiter((known.get(fold(text)) in lost for text in stages), dtype=bool, count=len(stages))
    return gone if left is None else gone | left


def _contradiction(
    reading: SheetRows, offset: int, meaning: Meaning, left: Bools | None, paid: Bools | None
) -> tuple[str, str] | None:
    """Return how a row's cells contradict its colour, and what to do."""
    if meaning == "left" and left is not None and not left[offset]:
        return "has no date of leaving", "Type when the client left, or remove the colour."
    if meaning == "paid" and paid is not None and not paid[offset] and reading.journey.paid:
        step = reading.journey.paid.name
        return f"{step!r} is not marked", f"Mark {step!r}, or remove the colour."
    if meaning == "paid" and left is not None and left[offset]:
        return (
            "the client has left",
            "Remove the colour, or empty the date and reason of leaving.",
        )
    return None
