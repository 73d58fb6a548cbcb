"""Clients that stand twice, and names of coaches and sources that are spelled in two ways."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np

from funnel.grid import cell_name
from funnel.loader.checks import who
from funnel.loader.clients import Problem
from funnel.loader.reading import Lookup, Reading
from funnel.text import count, fold, listed

_ALIKE = 0.85
_MOST_COMPARED = 12  # clients of one day and one word of their name; more of them is no slip of the hand
_MOST_NAMED = 50  # names that stand twice with different dates; more of them in a large sheet is chance
_MOST_SPELLINGS = 400
_SPELLED = {"coach": "The coach", "source": "The source", "heard": "The answer"}

_PUNCTUATION = str.maketrans({c: " " for c in map(chr, range(128)) if not c.isalnum()})


def double_problems(reading: Reading, clients: Sequence[int]) -> Iterator[Problem]:
    """Rows that have the same name and lead date, and rows that may be the same client."""
    column = reading.columns.first("client")
    if column is None:
        return
    fold_name = Lookup(_folded)
    by_name: dict[str, list[int]] = defaultdict(list)
    for offset in clients:
        if reading.names[offset]:
            by_name[fold_name[reading.names[offset]]].append(offset)
    days = _days(reading)
    twice = [offsets for offsets in by_name.values() if len(offsets) > 1]
    named = []
    for offsets in twice:
        by_day: dict[int, list[int]] = defaultdict(list)
        for offset in offsets:
            by_day[days[offset]].append(offset)
        for same in by_day.values():
            yield from _doubles(reading, same, column)
        if len(by_day) > 1:
            named.append([same[0] for same in by_day.values()])
    yield from _namesakes(reading, named, len(clients), column)
    yield from _nearly(reading, by_name, days, column)


def spelling_problems(reading: Reading, clients: Sequence[int]) -> Iterator[Problem]:
    """Coaches and sources that are spelled in two ways."""
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


def _doubles(reading: Reading, offsets: Sequence[int], column: int) -> Iterator[Problem]:
    """Rows of one name and one lead date, each after the first."""
    for offset in offsets[1:]:
        yield Problem(
            "double client",
            f"{who(reading, offset)} stands in rows {reading.first + offsets[0]} and {reading.first + offset} "
            "with the same lead date, and counts twice.",
            reading.first + offset, column, reading.names[offset],
            "If they are the same client, bring the marks together in one row and delete the other.",
        )  # fmt: skip


def _namesakes(
    reading: Reading, groups: Sequence[Sequence[int]], clients: int, column: int
) -> Iterator[Problem]:
    """Rows of one name with different lead dates; one sentence where there are very many."""
    if len(groups) > max(_MOST_NAMED, clients // 20):
        first = groups[0][1]
        yield Problem(
            "possible double", f"{count(len(groups), 'name')} stand in several rows with different lead dates, "
            f"{who(reading, first)} for one; each row counts as a client.",
            reading.first + first, column, reading.names[first], "Look for clients that were entered twice.",
        )  # fmt: skip
        return
    for offsets in groups:
        rows = listed(str(reading.first + offset) for offset in offsets)
        yield Problem(
            "possible double",
            f"{who(reading, offsets[1])} stands in rows {rows} with different lead dates; each counts as a client.",
            reading.first + offsets[1], column, reading.names[offsets[1]],
            "If they are the same client, keep one row; if not, tell the names apart.",
        )  # fmt: skip


def _nearly(
    reading: Reading, by_name: dict[str, list[int]], days: Sequence[int], column: int
) -> Iterator[Problem]:
    """Clients of one lead date whose names are nearly the same: one word in common, the rest alike."""
    blocks: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for name, offsets in by_name.items():
        words = name.split()
        keys = {words[0], words[-1]} if len(words) > 1 else {f"{name[:3]}…"}
        for key in keys if words else ():
            blocks[days[offsets[0]], key].append((name, offsets[0]))
    said: set[tuple[int, int]] = set()
    for (day, _), names in sorted(blocks.items()):
        if day < 0 or not 1 < len(names) <= _MOST_COMPARED:
            continue
        for at, (name, offset) in enumerate(names):
            for other, second in names[:at]:
                pair = (min(offset, second), max(offset, second))
                if pair not in said and _alike(name, other):
                    said.add(pair)
                    yield _near_problem(reading, *pair, column)


def _near_problem(reading: Reading, first: int, second: int, column: int) -> Problem:
    other = cell_name(reading.first + first, column)
    return Problem(
        "possible double",
        f"{who(reading, second)} and {who(reading, first)} ({other}) have the same lead date and nearly the same "
        "name; each counts as a client.",
        reading.first + second, column, reading.names[second],
        "If they are the same client, keep one row.",
    )  # fmt: skip


def _alike(a: str, b: str) -> bool:
    """Whether two folded names differ by a slip of the hand; names with numbers are told apart by these."""
    if any(c.isdigit() for c in a + b):
        return False
    return sorted(a.split()) == sorted(b.split()) or SequenceMatcher(None, a, b).ratio() >= _ALIKE


def _two_spellings(counts: Counter[str]) -> Iterable[tuple[str, str]]:
    """Pairs of a rarer spelling and the usual one."""
    names = sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_SPELLINGS]
    folded = {name: fold(name) for name in names}
    for at, rare in enumerate(names):
        for usual in names[:at]:
            same = folded[rare] == folded[usual]
            close = len(folded[rare]) > 4 and counts[rare] * 4 <= counts[usual]
            if same or (close and _alike(folded[rare], folded[usual])):
                yield rare, usual
                break


def _days(reading: Reading) -> Sequence[int]:
    """The lead date of each row as a number, below 0 where there is none."""
    if reading.lead is None:
        return [-1] * len(reading)
    return np.where(np.isnat(reading.lead), -1, reading.lead.view(np.int64)).tolist()


def _folded(name: str) -> str:
    """`fold`, the short way for names without accents."""
    return " ".join(name.lower().translate(_PUNCTUATION).split()) if name.isascii() else fold(name)
