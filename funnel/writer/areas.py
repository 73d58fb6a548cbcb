"""Grouping of cells into few rectangles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from funnel.grid import Area

Span: TypeAlias = tuple[int, int]
"""First and last column of adjacent cells."""


def runs(numbers: Iterable[int]) -> tuple[Span, ...]:
    """Group consecutive numbers.

    >>> runs([5, 1, 2, 3, 7, 8])
    ((1, 3), (5, 5), (7, 8))
    """
    found: list[Span] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def spans(across: Span, without: Collection[int]) -> tuple[Span, ...]:
    """Return the spans of a row without some of its columns.

    >>> spans((1, 9), {4, 9}), spans((1, 3), ())
    (((1, 3), (5, 8)), ((1, 3),))
    """
    if not without:
        return (across,)
    return runs(column for column in range(across[0], across[1] + 1) if column not in without)


def rectangles(rows: Iterable[tuple[int, tuple[Span, ...]]]) -> Iterator[Area]:
    """Group consecutive rows with the same spans into areas, from the top.

    >>> [area.a1 for area in rectangles([(2, ((1, 9),)), (3, ((1, 9),)), (4, ((1, 3), (5, 9)))])]
    ['A2:I3', 'A4:C4', 'E4:I4']
    """
    top, bottom = 0, -1
    same: tuple[Span, ...] = ()
    for row, across in chain(rows, [(-1, ())]):
        if row == bottom + 1 and across == same:
            bottom = row
            continue
        yield from (Area(top, left, bottom, right) for left, right in same)
        top, bottom, same = row, row, across
