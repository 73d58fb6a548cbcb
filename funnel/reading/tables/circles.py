"""Circles and crosses: ○ and × (Japan), O and X (Korea), where an x means no; elsewhere an x is a mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from funnel.cells.mark_words import CIRCLES, CROSS
from funnel.reading.tables.evidence import MARK, NO, TEXT, Evidence

_ASIAN = re.compile(r"[぀-ヿ㐀-鿿가-힣]")


def settle_circles(columns: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Read circles as marks, or the crosses beside them, whichever get fewer from step to step.

    >>> from funnel.reading.tables.evidence import look_at
    >>> cells = ["O", "O", "O", "X"], ["O", "O", "X", "X"], ["O", "X", "X", "X"]
    >>> found = settle_circles([look_at(n, "Step", values) for n, values in enumerate(cells)])
    >>> [int(column.reached.sum()) for column in found]
    [3, 2, 1]
    """
    both = [column for column in columns if _has_both(column)]
    alone = [column for column in columns if _only_circles(column)]
    if not (both or alone):
        return tuple(columns)
    circles = _falls([_count(column, CIRCLES) for column in both or alone])
    crosses = bool(both) and _falls([_count(column, {CROSS}) for column in both])
    written = any(_ASIAN.search(c.header) for c in columns) or any(
        text in CIRCLES - {"o"} for column in both for text in column.counts
    )
    if written or (circles and not crosses):
        marked = {column.number: _read(column, CIRCLES, {CROSS}) for column in (*both, *alone)}
        return tuple(marked.get(column.number, column) for column in columns)
    if crosses and not circles:
        marked = {column.number: _read(column, {CROSS}, CIRCLES) for column in both}
        return tuple(marked.get(column.number, column) for column in columns)
    return tuple(columns)


def _typed(column: Evidence) -> set[str]:
    return {text.lower() for text in column.counts}


def _has_both(column: Evidence) -> bool:
    typed = _typed(column)
    return CROSS in typed and not typed.isdisjoint(CIRCLES)


def _only_circles(column: Evidence) -> bool:
    """Return True if an o is the only text."""
    texts = {t.lower() for t, code in zip(column.texts, column.codes, strict=True) if code == TEXT}
    return texts == {"o"}


def _count(column: Evidence, words: frozenset[str] | set[str]) -> int:
    return sum(n for text, n in column.counts.items() if text.lower() in words)


def _falls(counts: Sequence[int]) -> bool:
    """Return True if counts get fewer, and never more."""
    return len(counts) > 1 and counts[0] > counts[-1] and all(a >= b for a, b in pairwise(counts))


def _read(column: Evidence, marks: frozenset[str] | set[str], noes: frozenset[str] | set[str]) -> Evidence:
    typed = [text.lower() for text in column.texts]
    is_mark = np.array([text in marks for text in typed])
    is_no = np.array([text in noes for text in typed])
    codes = np.where(is_mark, np.int8(MARK), np.where(is_no, np.int8(NO), column.codes))
    return replace(column, codes=codes, circles=marks is CIRCLES)
