"""Find the row of headers by its words and its shape, never by its number.

Above it there may be titles, groups ("Retention" over five columns) and a row of totals; between headers,
blank columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from funnel.cells.dates import read_date_text
from funnel.cells.mark_words import NOT_REACHED, REACHED, normalize_word
from funnel.grid import Area, Grid, Value
from funnel.reading.words.concepts import first_concept
from funnel.reading.words.thresholds import HEADER_ROWS, WIDEST
from funnel.text import fold

_LONGEST = 120
_HEADER_WORDS = (
    "people", "name", "deals", "id", "email", "phone", "lead_date", "left_date", "left_reason", "owner",
    "source", "stage_header", "step", "value", "notes", "plan", "moving",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """The row of the headers, and their names.

    Parameters
    ----------
    row : the row; the lower one if headers have two levels.
    names : the header of each column number that has one; "Group: header" if it is repeated.
    short : the same without the group.
    groups : the title above each column, if headers have two levels.
    known : the number of headers that a journey has.
    score : how much the row looks like headers.
    """

    row: int
    names: Mapping[int, str]
    short: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    known: int = 0
    score: float = 0.0


def is_known(header: str) -> bool:
    """Return True if a word of a header is in the vocabulary.

    >>> is_known("Client"), is_known("Zyx")
    (True, False)
    """
    return first_concept(_HEADER_WORDS, header) is not None


def find_header(grid: Grid, known: Set[str] | None = None) -> Header | None:
    """Find the row of the headers; None if no row among the first 60 looks like one.

    Parameters
    ----------
    known : folded names of the roles and steps of a journey; None: the vocabulary's words.

    >>> columns = [["My gym", None, "Client", "Ana"], [None, None, "Paid", 1]]
    >>> find_header(Grid("Clients", columns)).names
    {1: 'Client', 2: 'Paid'}
    """
    rows = range(1, min(grid.height, HEADER_ROWS) + 1)
    widest = max((len(_filled(_row(grid, row))) for row in rows), default=0)
    best: tuple[float, int] | None = None
    first = True
    for row in rows:
        values = _row(grid, row)
        score = _score(values, known)
        if score is None:
            continue
        if first and known is None and len(_filled(values)) * 5 >= widest * 3:
            score, first = 1.5 * score, False  # data below may contain as many known words as the headers
        if best is None or score > best[0]:
            best = (score, row)
    return header_at(grid, best[1], known or frozenset(), best[0]) if best else None


def header_at(grid: Grid, row: int, known: Set[str] = frozenset(), score: float = 0.0) -> Header:
    """Read the headers of a row, with the level above or below it if there is one."""
    upper, lower = _levels(grid, row)
    short = {}
    groups = _groups(grid, upper, _row(grid, lower)) if upper else {}
    for column in range(1, min(grid.width, WIDEST) + 1):
        own = _clean(grid[lower, column]) or _merged_into(grid, lower, column)
        own = own or (_clean(grid[upper, column]) if upper else "")
        if own:
            short[column] = own
    repeated = Counter(map(fold, short.values()))
    names = {
        column: f"{groups[column]}: {name}" if repeated[fold(name)] > 1 and groups.get(column) else name
        for column, name in short.items()
    }
    hits = sum(fold(name) in known for name in short.values())
    return Header(_bottom(grid, lower), names, short, groups, hits, score)


def header_like(value: Value) -> bool:
    """Return True if a cell could be a header: a text that is not a mark, a date or a paragraph."""
    if not isinstance(value, str) or not (typed := normalize_word(value)) or len(typed) > _LONGEST:
        return False
    if typed in REACHED or typed in NOT_REACHED or not any(c.isalpha() for c in typed):
        return False
    return not (typed[:1].isdigit() or typed[-1:].isdigit()) or read_date_text(typed) is None


def _row(grid: Grid, row: int) -> list[Value]:
    return [column[row - 1] for column in grid.values[:WIDEST]]


def _score(values: list[Value], known: Set[str] | None) -> float | None:
    """Return how much a row looks like headers: known names, different texts, and nothing like data."""
    texts = [value for value in values if header_like(value)]
    others = sum(value is not None and value != "" for value in values) - len(texts)
    distinct = set(map(fold, map(str, texts)))
    if known is None:
        hits = 2.0 * sum(is_known(str(text)) for text in dict.fromkeys(texts) if len(str(text)) <= 60)
    else:
        hits = 3.0 * len(distinct & known)
    if len(distinct) < 2 and (not hits or known is None):
        return None
    score = hits + len(distinct) + 0.5 * (len(texts) - len(distinct)) - 2.0 * others
    return score if score > 0 else None


def _levels(grid: Grid, row: int) -> tuple[int | None, int]:
    """Return the row of group titles, if there is one, and the row of the headers themselves."""
    here, below = _row(grid, row), _row(grid, row + 1) if row < grid.height else []
    if any(area.top == row and area.right > area.left for area in grid.merges) and _completes(below, here):
        return row, row + 1
    if _completes(below, here) and below[_filled(here)[0]] in (None, ""):
        return row, row + 1
    if row > 1 and _titles(grid, row - 1, here):
        return row - 1, row
    return None, row


def _completes(below: list[Value], above: list[Value]) -> bool:
    """Return True if a row fills the blanks of the headers above it, with headers only."""
    filled = _filled(below)
    under_blank = sum(above[column] in (None, "") for column in filled)
    return (
        len(filled) >= 2
        and all(header_like(below[column]) for column in filled)
        and under_blank * 2 >= len(filled)
    )


def _filled(values: list[Value]) -> list[int]:
    """Return the positions of filled cells."""
    return [at for at, value in enumerate(values) if value not in (None, "")]


def _titles(grid: Grid, row: int, headers: list[Value]) -> bool:
    """Return True if a row contains group titles: merged over several headers, or texts with gaps."""
    values = _row(grid, row)
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    if len(texts) != len(_filled(values)) or not any(map(header_like, texts)):
        return False
    whole = _filled(headers)[-1] + 1
    spans = [area for area in grid.merges if area.top <= row <= area.bottom]
    if any(area.right > area.left and (area.left > 1 or area.right < whole) for area in spans):
        return True
    return 2 <= len(texts) < len(_filled(headers))


def _groups(grid: Grid, row: int, headers: list[Value]) -> dict[int, str]:
    """Return the group title above each header: of a merged cell, or of the last text to the left."""
    groups, last = {}, ""
    for column in range(1, len(headers) + 1):
        merged = _merge(grid, row, column)
        if merged:
            groups[column] = _clean(grid[merged.top, merged.left])
            last = ""
        else:
            last = _clean(grid[row, column]) or last
            groups[column] = last
    return groups


def _merge(grid: Grid, row: int, column: int) -> Area | None:
    return next((area for area in grid.merges if area.contains(row, column)), None)


def _merged_into(grid: Grid, row: int, column: int) -> str:
    """Return the text of a cell merged downwards over this one."""
    merged = _merge(grid, row, column)
    return _clean(grid[merged.top, merged.left]) if merged and merged.left == merged.right else ""


def _bottom(grid: Grid, row: int) -> int:
    """Return the last row that the headers cover, if all of their cells are merged downwards."""
    covering = [
        area.bottom for area in grid.merges if area.top <= row <= area.bottom and area.left == area.right
    ]
    return max([row, *covering])


def _clean(value: Value) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
