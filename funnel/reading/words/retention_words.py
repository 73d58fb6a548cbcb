"""Recognise retention steps by their words: "One month post-lead", "12-month", "Dopo 3 mesi", "M6"."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from funnel.journey.durations import Duration
from funnel.reading.words.vocabulary import vocabulary, words
from funnel.text import fold

_SHORT = re.compile(r"(?:m|mo|month)(\d{1,2})|(\d{1,2})(?:m|mo)")
_GLUED = re.compile(r"(\d+)([^\W\d_]+)")
_FIRST_DAYS = 28  # "day 1 session" is not a retention step; "day 30" is
_LAST_DAYS = 3660
_DIGITS = 4


@lru_cache(maxsize=2048)
def retention_of(header: str) -> Duration | None:
    """Return the time after the lead that a header names, or None.

    >>> [str(retention_of(name)) for name in ("One month post-lead", "12-month", "M3", "Dopo 6 settimane")]
    ['1 month', '12 months', '3 months', '42 days']
    >>> retention_of("6 week challenge"), retention_of("Day 1 call"), retention_of("9999 weeks")
    (None, None, None)
    >>> retention_of("Risk_>45_days")
    """
    if any(sign in header for sign in "<>≥≤+"):
        return None  # "Idle > 45 days" compares
    folded = fold(header)
    if short := _SHORT.fullmatch(folded):
        return _duration(int(short[1] or short[2]), "month")
    parts = _GLUED.sub(r"\1 \2", folded).split()
    if words("retention", "offers") & set(parts):
        return None
    units = _meanings("units")
    for at, word in enumerate(parts):
        if word in units:
            around = [*parts[max(at - 1, 0) : at], *parts[at + 1 : at + 2]]
            numbers = [number for number in map(_number, around) if number]
            return _duration(numbers[0], units[word]) if numbers else None
    return None


@cache
def _meanings(table: str) -> dict[str, str]:
    """Return the meaning of each word of a table."""
    return {
        word: meaning for meaning, spellings in vocabulary()["retention"][table].items() for word in spellings
    }


def _number(word: str) -> int | None:
    """Return the number of a word or of digits; None if no time has so many digits."""
    if word.isdecimal():
        return int(word) if len(word) <= _DIGITS else None
    return int(_meanings("numbers").get(word, 0)) or None


def _duration(number: int, unit: str) -> Duration | None:
    """Return the duration; None if it is too short or too long for a retention step."""
    try:
        length = Duration.parse(f"{number} {unit}")
    except ValueError:  # longer than 100 years
        return None
    days = length.days or 30 * length.months
    early_enough = days >= _FIRST_DAYS or (unit == "week" and number >= 2)
    return length if early_enough and days <= _LAST_DAYS else None
