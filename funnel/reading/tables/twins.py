"""Columns that show one step twice: a flag beside its date, or a copy under another name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import overlap
from funnel.reading.words.concepts import has_word, plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.stage_words import rank_of
from funnel.reading.words.thresholds import ENOUGH, TWIN, TWIN_BY_NAME, TWIN_OF_NAME

_MANY = 50  # minimum clients with and without a mark; two equal flags are then no coincidence
_STEM = 4  # letters that related words share at the start
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}")  # Japanese and Chinese
_DATE_SIGNS = frozenset(("日期", "时间", "日時", "月日"))
_EMPTY_WORDS = frozenset((
    "date", "flag", "data", "datum", "fecha", "time", "done", "status", "with", "from", "дата", "tanggal",
    "tarihi", "تاريخ",
))  # fmt: skip


def merge_twins(columns: Sequence[Evidence]) -> list[list[Evidence]]:
    """Group columns that are one step; the dated column, if there is one, comes first in its group.

    A flag has at most one date: the one with the most similar header, then the nearest.

    >>> from funnel.reading.tables.evidence import look_at
    >>> hired = look_at(1, "Hired", [1, None, 1]), look_at(2, "Hire date", ["2026-01-05", None, "2026-02-01"])
    >>> [[column.header for column in group] for group in merge_twins(hired)]
    [['Hire date', 'Hired']]
    """
    made: list[list[Evidence]] = [[column] for column in columns]
    for strength in (3, 2, 1):
        made = _joined(made, strength)
    return [sorted(group, key=lambda c: (c.kind != "dates", c.number)) for group in made]


def _joined(groups: list[list[Evidence]], strength: int) -> list[list[Evidence]]:
    """Join the groups whose columns are twins of at least this strength, neighbours first."""
    made: list[list[Evidence]] = []
    for group in groups:
        column = group[0]
        fit = [g for g in made if all(twin_strength(a, b) >= strength for a in group for b in g)]
        near = min(fit, key=lambda g: min(_distance(c, column) for c in g), default=None)
        if near is None:
            made.append(group)
        else:
            near += group
    return made


def _distance(a: Evidence, b: Evidence) -> tuple[int, int]:
    """Return how far two columns are from one step: the words that only one header has, then the place."""
    return len(_stems(a.header) ^ _stems(b.header)), abs(a.number - b.number)


def _stems(header: str) -> set[str]:
    return {word[:_STEM] for word in _words(header)}


def _same_words(a: str, b: str) -> bool:
    """Return True if all words of one header are in the other: "Contract signed" and "Signing date".

    "Demo booked on" and "Demo done" are two steps.
    """
    first, second = _stems(a), _stems(b)
    booked = has_word("stages.booked", a), has_word("stages.booked", b)
    return booked[0] == booked[1] and bool(first and second) and (first <= second or second <= first)


def twin_strength(a: Evidence, b: Evidence) -> int:
    """Return how surely two columns show the same step: 3 by words, 2 by place, 1 by rows, 0 not at all.

    Two flags, or two dates, are one step only under the same words, because in few rows the same clients
    often reach different steps. In many rows, two flags that never differ are copies. A flag and a date in
    the same rows are one step.
    """
    same = overlap(a.reached, b.reached)
    least = TWIN_BY_NAME if related(a.header, b.header) else TWIN
    if a.kind != b.kind and _same_words(a.header, b.header):
        least = TWIN_OF_NAME
    if not a.reached.any() or same < least:
        return 0
    numbers = [re.findall(r"\d+", column.header) for column in (a, b)]
    if all(numbers) and numbers[0] != numbers[1]:
        return 0  # "Module 3" and "Module 4"
    if a.kind == b.kind:
        if a.kind == "marks" and same == 1 and min(int(a.reached.sum()), int((~a.reached).sum())) >= _MANY:
            return 1
        if _words(a.header) != _words(b.header) or _length(a.header) != _length(b.header):
            return 0
        both = a.dated & b.dated
        alike = a.kind != "dates" or bool((a.days[both] == b.days[both]).mean() > TWIN)
        return 3 if alike and 0 < a.fill < 0.99 else 0
    if _length(a.header) != _length(b.header):
        return 0
    if related(a.header, b.header):
        return 3
    if int(a.reached.sum()) < ENOUGH // 4:
        return 0
    if abs(a.number - b.number) == 1:
        return 2
    ranks = rank_of(a.header), rank_of(b.header)
    return int(0 < a.fill < 0.99 and (None in ranks or ranks[0] == ranks[1]))


def _length(header: str) -> int | None:
    clock = retention_of(header)
    return (clock.days or 30 * clock.months) if clock else None


def related(a: str, b: str) -> bool:
    """Return True if two headers share a word, or the beginning of one.

    >>> related("Hired", "Hire date"), related("Met", "Paid"), related("Applied on", "Applied?")
    (True, False, True)
    >>> related("電話済み", "電話日")
    True
    """
    first, second = _words(a), _words(b)
    return _share_signs(a, b) or any(
        x == y or (min(len(x), len(y)) >= _STEM and x[:_STEM] == y[:_STEM]) for x in first for y in second
    )


def _share_signs(a: str, b: str) -> bool:
    """Return True if two headers without spaces between words share two signs ("見学済み" and "見学日")."""
    signs = [{"".join(pair) for pair in pairwise(text)} for text in (a, b)]
    return any(_NO_SPACES.fullmatch(pair) and pair not in _DATE_SIGNS for pair in signs[0] & signs[1])


def _words(header: str) -> list[str]:
    """Return the significant words of a header."""
    kept = []
    for word in plain(header).split():
        least = 1 if _NO_SPACES.search(word) else 2
        if len(word) > least and word not in _EMPTY_WORDS and not word.isdigit():
            kept.append(word)
    return kept
