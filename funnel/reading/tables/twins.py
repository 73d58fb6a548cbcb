"""Columns that show one milestone twice: a flag beside its date, a copy under another name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import overlap
from funnel.reading.words.concepts import plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.thresholds import ENOUGH, TWIN

_NO_SPACES = re.compile(r"[぀-ヿ㐀-鿿]")
_STEM = 4  # letters in which words of two headers agree
_EMPTY_WORDS = frozenset((
    "date", "flag", "data", "datum", "fecha", "time", "done", "status", "with", "from", "дата", "tanggal",
    "tarihi", "تاريخ",
))  # fmt: skip


def merge_twins(columns: Sequence[Evidence]) -> list[list[Evidence]]:
    """Group columns that are one milestone; the dated column, if there is one, comes first in its group.

    A flag has one date at most: the one that is named most like it, then the nearest.

    >>> from funnel.reading.tables.evidence import look_at
    >>> hired = look_at(1, "Hired", [1, None, 1]), look_at(2, "Hire date", ["2026-01-05", None, "2026-02-01"])
    >>> [[column.header for column in group] for group in merge_twins(hired)]
    [['Hire date', 'Hired']]
    """
    dates = [column for column in columns if column.kind == "dates"]
    flags = [column for column in columns if column.kind != "dates"]
    pairs = [(_likeness(flag, date), flag, date) for flag in flags for date in dates if are_twins(flag, date)]
    taken: dict[int, Evidence] = {}
    used: set[int] = set()
    for _, flag, date in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if flag.number not in taken and date.number not in used:
            taken[flag.number] = date
            used.add(date.number)
    made: list[list[Evidence]] = [
        [taken[column.number], column] if column.number in taken else [column]
        for column in columns if column.number not in used
    ]  # fmt: skip
    merged: list[list[Evidence]] = []
    for group in made:
        twin = next((other for other in merged if _copies(group[0], other[0])), None)
        if twin is None:
            merged.append(group)
        else:
            twin.extend(group)
    return merged


def _likeness(flag: Evidence, date: Evidence) -> tuple[int, float, int]:
    """How alike a flag and a date are named, and how near they are."""
    ratio = SequenceMatcher(None, plain(flag.header), plain(date.header)).ratio()
    return related(flag.header, date.header), ratio, -abs(flag.number - date.number)


def _copies(a: Evidence, b: Evidence) -> bool:
    """Whether two columns of one kind hold the same under names that are alike."""
    return a.kind == b.kind and are_twins(a, b)


def are_twins(a: Evidence, b: Evidence) -> bool:
    """Return True if two columns show the same milestone."""
    if overlap(a.reached, b.reached) < TWIN or not a.reached.any():
        return False
    if retention_of(a.header) != retention_of(b.header):
        return False
    alike = related(a.header, b.header)
    if a.kind != b.kind:  # a flag and a date: of the same rows, beside each other or named alike
        sparse = 0 < a.fill < 0.99
        return alike or (sparse and int(a.reached.sum()) >= ENOUGH // 2)
    if a.kind == "dates":
        both = a.dated & b.dated
        return alike and bool((a.days[both] == b.days[both]).mean() > TWIN)
    return alike and 0 < a.fill < 0.99


def related(a: str, b: str) -> bool:
    """Return True if two headers share a word, or the beginning of one.

    >>> related("Hired", "Hire date"), related("Met", "Paid"), related("Applied on", "Applied?")
    (True, False, True)
    >>> related("電話済み", "電話日")
    True
    """
    first, second = _words(a), _words(b)
    return any(x == y or _begins_alike(x, y) for x in first for y in second)


def _begins_alike(a: str, b: str) -> bool:
    """Whether two words have the same beginning: two signs of Japanese or Chinese, four letters of others."""
    least = 2 if not (a.isascii() or b.isascii()) and _NO_SPACES.search(a) else _STEM
    return min(len(a), len(b)) >= least and a[:least] == b[:least]


def _words(header: str) -> list[str]:
    """The words of a header that say something."""
    kept = []
    for word in plain(header).split():
        least = 1 if _NO_SPACES.search(word) else 2
        if len(word) > least and word not in _EMPTY_WORDS and not word.isdigit():
            kept.append(word)
    return kept
