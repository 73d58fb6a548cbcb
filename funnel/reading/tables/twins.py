"""Columns that show one milestone twice: a flag beside its date, a copy under another name."""

from __future__ import annotations

from collections.abc import Sequence

from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import overlap
from funnel.reading.words.concepts import plain
from funnel.reading.words.thresholds import ENOUGH, TWIN

_STEM = 4  # letters in which words of two headers agree
_EMPTY_WORDS = frozenset(("date", "flag", "data", "datum", "fecha", "time", "done", "status", "with", "from"))


def merge_twins(columns: Sequence[Evidence]) -> list[list[Evidence]]:
    """Group columns that are one milestone; the dated column, if there is one, comes first in its group.

    >>> from funnel.reading.tables.evidence import look_at
    >>> hired = look_at(1, "Hired", [1, None, 1]), look_at(2, "Hire date", ["2026-01-05", None, "2026-02-01"])
    >>> [[column.header for column in group] for group in merge_twins(hired)]
    [['Hire date', 'Hired']]
    """
    made: list[list[Evidence]] = []
    for column in columns:
        group = next((g for g in made if any(are_twins(column, other) for other in g)), None)
        if group is None:
            made.append([column])
        else:
            group.append(column)
    return [sorted(group, key=lambda c: (c.kind != "dates", c.number)) for group in made]


def are_twins(a: Evidence, b: Evidence) -> bool:
    """Return True if two columns show the same milestone."""
    if overlap(a.reached, b.reached) < TWIN or not a.reached.any():
        return False
    alike = related(a.header, b.header)
    if a.kind != b.kind:  # a flag and a date: of the same rows, beside each other or named alike
        beside = abs(a.number - b.number) == 1
        sparse = 0 < a.fill < 0.99
        return alike or (beside and sparse and int(a.reached.sum()) >= ENOUGH // 2)
    if a.kind == "dates":
        both = a.dated & b.dated
        return alike and bool((a.days[both] == b.days[both]).mean() > TWIN)
    return alike and 0 < a.fill < 0.99


def related(a: str, b: str) -> bool:
    """Return True if two headers share a word, or the beginning of one.

    >>> related("Hired", "Hire date"), related("Met", "Paid"), related("Applied on", "Applied?")
    (True, False, True)
    """
    first, second = _words(a), _words(b)
    return any(
        x == y or (min(len(x), len(y)) >= _STEM and x[:_STEM] == y[:_STEM]) for x in first for y in second
    )


def _words(header: str) -> list[str]:
    return [w for w in plain(header).split() if len(w) > 2 and w not in _EMPTY_WORDS and not w.isdigit()]
