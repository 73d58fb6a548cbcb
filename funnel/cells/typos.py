"""Detect names that differ by a typo."""

import re

_DIGIT = re.compile(r"\d")
_MOST_LETTERS = 2  # that a typo changes
_TOO_SHORT = 4  # letters; shorter names with a typo look like other names


def has_digit(name: str) -> bool:
    """Return True if a name contains a digit: then no other name is taken for a typo of it."""
    return _DIGIT.search(name) is not None


def is_typo(a: str, b: str) -> bool:
    """Return True if two folded names differ by one typo; names with digits never do.

    A typo changes one or two letters in one place, or swaps two letters.

    >>> is_typo("jon smith", "john smith"), is_typo("brian vale", "brain vale"), is_typo("sofia", "sophia")
    (True, True, True)
    >>> is_typo("al rossi", "jo rossi"), is_typo("client 12", "client 13")
    (False, False)
    """
    if max(len(a), len(b)) <= _TOO_SHORT or abs(len(a) - len(b)) > _MOST_LETTERS:
        return False
    if has_digit(a):
        return False
    start = _common_start(a, b)
    end = _common_start(a[start:][::-1], b[start:][::-1])
    one, other = a[start : len(a) - end], b[start : len(b) - end]
    if max(len(one), len(other)) > _MOST_LETTERS:
        return False
    return len(one) + len(other) <= 3 or sorted(one) == sorted(other)


def _common_start(a: str, b: str) -> int:
    """Return the number of letters at the start that two names share."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
