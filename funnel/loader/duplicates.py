"""Find clients that may be in the sheet twice, and names of coaches and sources with two spellings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from funnel.cells.typos import has_digit, is_typo
from funnel.clients import Problem
from funnel.grid import cell_name
from funnel.loader.checks import who
from funnel.loader.sheet_rows import SheetRows
from funnel.text import count, fold, fold_all, listed

_NO_DAY = -1
_MOST_NAMED = 50  # names listed that occur twice with different dates; in a large sheet more may be chance
_MOST_SPELLINGS = 400
_SPELLED = {"coach": "The coach", "source": "The source", "heard": "The answer"}


def double_problems(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield problems with rows that are, or may be, the same client."""
    column = reading.columns.first("client")
    if column is None:
        return
    named = [offset for offset in clients if reading.names[offset]]
    names = fold_all([reading.names[offset] for offset in named])
    days = _days(reading)
    namesakes = []
    for offsets in _repeated(names, named):
        by_day: dict[int, list[int]] = defaultdict(list)
        for offset in offsets:
            by_day[days[offset]].append(offset)
        undated = by_day.pop(_NO_DAY, [])
        for same in by_day.values():
            yield from _doubles(reading, same, column)
        if len(by_day) + len(undated) > 1:
            namesakes.append(sorted([*(same[0] for same in by_day.values()), *undated]))
    yield from _namesakes(reading, namesakes, len(clients), column)
    yield from _nearly(reading, names, named, days, column)


def _repeated(names: Sequence[str], offsets: Sequence[int]) -> list[list[int]]:
    """Return the offsets of each name that occurs several times, in the order of the first ones."""
    first: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for name, offset in zip(names, offsets, strict=True):
        if first.setdefault(name, offset) != offset:
            several.setdefault(name, [first[name]]).append(offset)
    return sorted(several.values())


def spelling_problems(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield problems with coaches and sources that have two spellings."""
    for role, what in _SPELLED.items():
        texts = reading.texts(role)
        if texts is None:
            continue
        counts = Counter(texts[offset] for offset in clients if texts[offset])
        column = reading.columns.at[role][0]
        for rare, usual in _two_spellings(counts):
            first = next(offset for offset in clients if texts[offset] == rare)
            yield Problem(
                "two spellings",
                f"{what} {rare!r} ({count(counts[rare], 'row')}) may be {usual!r} ({counts[usual]:,}); "
                "they count as two.",
                reading.first + first, column, reading.names[first] or None,
                f"If they are the same, write {usual!r} everywhere.",
            )  # fmt: skip


def _doubles(reading: SheetRows, offsets: Sequence[int], column: int) -> Iterator[Problem]:
    """Yield a problem for each repeated row with the same name and lead date."""
    for offset in offsets[1:]:
        yield Problem(
            "double client",
            f"{who(reading, offset)} is in rows {reading.first + offsets[0]} and "
            f"{reading.first + offset} with the same lead date, and counts twice.",
            reading.first + offset, column, reading.names[offset],
            "If they are the same client, put all marks into one row and delete the other.",
        )  # fmt: skip


def _namesakes(
    reading: SheetRows, groups: Sequence[Sequence[int]], clients: int, column: int
) -> Iterator[Problem]:
    """Yield problems with rows of the same name and different lead dates; only one if there are many."""
    if len(groups) > max(_MOST_NAMED, clients // 20):
        first = groups[0][1]
        yield Problem(
            "possible double",
            f"{count(len(groups), 'name')} are in several rows, for example {who(reading, first)}; "
            "each row counts as a client.",
            reading.first + first, column, reading.names[first], "Look for clients that were entered twice.",
        )  # fmt: skip
        return
    for offsets in groups:
        rows = listed(str(reading.first + offset) for offset in offsets)
        yield Problem(
            "possible double",
            f"{who(reading, offsets[1])} is in rows {rows} with different lead dates; "
            "each counts as a client.",
            reading.first + offsets[1], column, reading.names[offsets[1]],
            "If they are the same client, keep one row; if not, make the names different.",
        )  # fmt: skip


def _nearly(
    reading: SheetRows, names: Sequence[str], offsets: Sequence[int], days: Sequence[int], column: int
) -> Iterator[Problem]:
    """Yield problems with clients of one lead date whose names differ by a typo.

    Only neighbours are compared: in the order of the names, of the reversed names, and of their words.
    """
    by_day: dict[int, dict[str, int]] = defaultdict(dict)
    for name, offset in zip(names, offsets, strict=True):
        if days[offset] != _NO_DAY:
            by_day[days[offset]].setdefault(name, offset)
    for at in by_day.values():
        pairs = {(min(at[a], at[b]), max(at[a], at[b])) for a, b in _neighbours(at)}
        for first, second in sorted(pairs):
            yield _near_problem(reading, first, second, column)


def _neighbours(names: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that differ by a typo, or by two swapped halves.

    A typo in the second half leaves the first unchanged, and the last two letters or all but the last four.
    """
    numbered = set(filter(has_digit, names))
    for a, b in pairwise(sorted(names)):
        if a in numbered:
            continue
        half = len(a) // 2 - 1
        if a[:half] == b[:half] and (a[-2:] == b[-2:] or a[:-4] == b[: len(a) - 4]) and is_typo(a, b):
            yield a, b
    for a, b in pairwise(sorted(names, key=lambda name: name[::-1])):
        if a in numbered:
            continue
        half = len(a) // 2 - 1
        if a[-half:] == b[-half:] and (a[:2] == b[:2] or a[4:] == b[4 - len(a) :]) and is_typo(a, b):
            yield a, b
    for name in names:
        first, _, rest = name.partition(" ")
        swapped = f"{rest} {first}"
        if swapped != name and swapped in names:
            yield name, swapped


def _near_problem(reading: SheetRows, first: int, second: int, column: int) -> Problem:
    other = cell_name(reading.first + first, column)
    return Problem(
        "possible double",
        f"{who(reading, second)} and {who(reading, first)} ({other}) have the same lead date and nearly the "
        "same name; each counts as a client.",
        reading.first + second, column, reading.names[second],
        "If they are the same client, keep one row.",
    )  # fmt: skip


def _two_spellings(counts: Counter[str]) -> Iterable[tuple[str, str]]:
    """Yield pairs of a rare spelling and the usual one."""
    names = sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_SPELLINGS]
    folded = {name: fold(name) for name in names}
    for at, rare in enumerate(names):
        for usual in names[:at]:
            same = folded[rare] == folded[usual]
            close = len(folded[rare]) > 4 and counts[rare] * 4 <= counts[usual]
            if same or (close and is_typo(folded[rare], folded[usual])):
                yield rare, usual
                break


def _days(reading: SheetRows) -> Sequence[int]:
    """Return the lead date of each row as a number, `_NO_DAY` if there is none."""
    if reading.lead is None:
        return [_NO_DAY] * len(reading)
    days: list[int] = np.where(np.isnat(reading.lead), _NO_DAY, reading.lead.view(np.int64)).tolist()
    return days
