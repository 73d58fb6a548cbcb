"""Recognise rounds with results: the date of a round, and beside it whether it was passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import share
from funnel.reading.tables.table import Table
from funnel.reading.tables.twins import related
from funnel.reading.words.concepts import has_word, plain
from funnel.reading.words.stage_words import is_lost, rank_of

_PASSED = frozenset((
    "pass", "passed", "ok", "yes", "positive", "selected", "cleared", "accepted", "advance", "advanced",
    "hired",
    "successful", "approved", "moved on", "promovido", "superato", "aprobado", "aprobada", "apto", "aprovado",
    "aprovada", "reussi", "admis", "bestanden", "geslaagd", "zdany", "zaliczone", "пройдено", "прошел",
    "прошла",
    "принят", "gecti", "basarili", "lulus", "diterima", "合格", "通過", "通过", "ناجح",
))  # fmt: skip
_FAILED = frozenset((
    "fail", "failed", "no", "negative", "rejected", "declined", "not passed", "not selected", "durchgefallen",
    "gezakt", "не прошел", "gagal", "不合格", "未通过",
))  # fmt: skip


@dataclass(frozen=True)
class Result:
    """A column of results.

    Parameters
    ----------
    date : the date of the same round beside it, or None.
    passed, failed : its values with these meanings.
    """

    column: Evidence
    date: Evidence | None
    passed: tuple[str, ...]
    failed: tuple[str, ...]


def find_results(table: Table, dates: Sequence[Evidence]) -> list[Result]:
    """Find the columns of results, in sheet order."""
    found = []
    for column in table.columns:
        if column.kind not in ("choices", "marks") or not column.counts:
            continue
        passed = tuple(value for value in column.counts if is_passed(value))
        failed = tuple(value for value in column.counts if is_failed(value))
        few = len(column.counts) <= 6 and (len(passed) + len(failed)) * 2 >= len(column.counts)
        headed = has_word("result_header", column.header)
        date = _date_of(column, dates)
        flag = column.kind == "marks" and not headed  # plain yes and no: a step, not a result
        if few and not flag and passed and (failed or headed) and (headed or date is not None):
            found.append(Result(column, date, passed, failed))
    return found if any(result.failed for result in found) else []


@lru_cache(maxsize=4096)
def is_passed(value: str) -> bool:
    """Return True if a result means passed.

    >>> is_passed("Passed"), is_passed("Rejected")
    (True, False)
    """
    folded = plain(value)
    return folded in _folded(_PASSED) or (rank_of(value) or 0) >= 8


@lru_cache(maxsize=4096)
def is_failed(value: str) -> bool:
    """Return True if a result means failed.

    >>> is_failed("Fail"), is_failed("Rejected"), is_failed("Passed")
    (True, True, False)
    """
    return not is_passed(value) and (plain(value) in _folded(_FAILED) or is_lost(value))


@lru_cache(maxsize=4)
def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(plain, words))


def _date_of(column: Evidence, dates: Sequence[Evidence]) -> Evidence | None:
    """Return the date of the same round: filled where there is a result, and adjacent or similarly named."""
    near = [
        date for date in dates
        if share(date.filled, column.filled) >= 0.9
        and (abs(date.number - column.number) == 1 or related(date.header, column.header))
    ]  # fmt: skip
    alike = [date for date in near if related(date.header, column.header)]
    return (alike or near or [None])[0]  # type: ignore[list-item]
