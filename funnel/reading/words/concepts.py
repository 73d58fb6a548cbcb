"""The meanings of words in headers and values, in fifteen languages.

The words are data: ``vocabulary.toml``. They are evidence for a reading, never proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from funnel.reading.words.vocabulary import vocabulary
from funnel.text import fold

LANGUAGES = ("en", "it", "es", "pt", "fr", "de", "nl", "pl", "ru", "tr", "id", "ja", "zh", "ar", "ko")

_FURTHER = "further"  # words of a few other languages
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_PLAIN = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d"}
)  # letters that lose no accent when decomposed
_JOINED = re.compile(
    r"^(clos(?:e|ed|ing)|creat(?:e|ed)|deal|stage|lead|opportunity|owner|contact|customer|client|candidate)"
    r"(id|date|time|name|stage|source|owner|status)$",
    re.IGNORECASE,
)  # names of fields as systems join them: "closedate", "DEALSTAGE"
_DIGITS = re.compile(r"\d+")
_PERIODS = ("months", "weekdays", "quarters")
_IS_PLAIN = re.compile("[a-z ]*").fullmatch  # most entries, which need not be folded again
_NO_SPACES = re.compile(r"[぀-ヿ㐀-鿿가-힣]")  # Japanese and Chinese have no spaces; Korean joins words


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Fold a header or value like the vocabulary; "createdAt" and "closedate" are two words.

    >>> plain("createdAt"), plain("Data zgłoszenia"), plain("Lead_No"), plain("SQL won"), plain("CLOSEDATE")
    ('created at', 'data zgloszenia', 'lead no', 'sql won', 'close date')
    """
    if " " not in text.strip():
        text = _CAMEL.sub(" ", _JOINED.sub(r"\1 \2", text.strip()))
    return fold(text).translate(_PLAIN)


@cache
def entries(concept: str) -> tuple[str, ...]:
    """Return every entry of a concept ("people", "stages.won"), in all languages.

    >>> "date of lead" in entries("lead_date")
    True
    """
    table: Mapping[str, Any] = vocabulary()
    for key in concept.split("."):
        table = table[key]
    lists = [*(table[language] for language in LANGUAGES), table.get(_FURTHER, ())]
    return tuple(dict.fromkeys(entry for each in lists for entry in each))


def groups(table: str) -> tuple[str, ...]:
    """Return the concepts of a group, in order.

    >>> groups("stages")[:2]
    ('stages.new', 'stages.lead')
    """
    return tuple(f"{table}.{name}" for name in vocabulary()[table])


def has_word(concept: str, text: str) -> bool:
    """Return True if a header or value contains a word of the concept.

    >>> has_word("people", "Client name"), has_word("people", "Campaign"), has_word("stages.won", "成約")
    (True, False, True)
    """
    return _found(concept, plain(text))


def is_all(concept: str, text: str) -> bool:
    """Return True if a whole header or value is an entry of the concept.

    >>> is_all("lead_date", "Date of lead"), is_all("lead_date", "Date of the lead's visit")
    (True, False)
    """
    return _whole(concept, plain(text))


def is_period(text: str) -> bool:
    """Return True if a header is a month, a weekday, a quarter or a year, and nothing else.

    >>> [is_period(name) for name in ("Jan-26", "lunedì", "Q3", "2026", "Month 3", "March promo")]
    [True, True, True, True, False, False]
    """
    words = _DIGITS.sub(" ", plain(text)).split()
    return bool(plain(text)) and all(any(is_all(c, word) for c in _PERIODS) for word in words)


def first_concept(concepts: Iterable[str], text: str) -> str | None:
    """Return the first of the concepts that a text contains a word of.

    >>> first_concept(groups("things"), "Invoice no")
    'things.bills'
    """
    return next((concept for concept in concepts if has_word(concept, text)), None)


def names_phrase(concept: str, text: str) -> bool:
    """Return True if a header or value contains an entry of several words.

    >>> names_phrase("stages.booked", "Initial meeting booked"), names_phrase("stages.booked", "Booked")
    (True, False)
    """
    return _contains(plain(text), *_parts(concept, phrases=True))


# Substrings, because the regular expressions of so many entries take longer to compile than a sheet to read.


@lru_cache(maxsize=65536)
def _found(concept: str, folded: str) -> bool:
    return bool(folded) and _contains(folded, *_parts(concept))


def _contains(folded: str, words: frozenset[str], parts: Iterable[str], followed: Iterable[str]) -> bool:
    """Return True if a folded text has one of the words or parts of `_parts`."""
    if not words.isdisjoint(folded.split()):
        return True
    text = f" {folded} "
    return any(map(text.__contains__, parts)) or any(map(text[:-1].__contains__, followed))


@cache
def _parts(concept: str, phrases: bool = False) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Return the entries of a concept: whole words; parts of a text between spaces; parts before a word.

    Parameters
    ----------
    phrases : only entries of several words.
    """
    words, parts, followed = [], [], []
    for entry, (body, before, after) in zip(entries(concept), _split(concept), strict=True):
        if phrases and " " not in body:
            continue
        if _NO_SPACES.search(entry):
            parts.append(body)
        elif entry.endswith(" *"):
            followed.append(f" {body} ")
        elif before or after or " " in body:
            parts.append(f"{'' if before else ' '}{body}{'' if after else ' '}")
        else:
            words.append(body)
    return frozenset(words), tuple(parts), tuple(followed)


@lru_cache(maxsize=65536)
def _whole(concept: str, folded: str) -> bool:
    if not folded:
        return False
    closed, starred = _ends(concept)
    spaces = folded.count(" ")  # a star is a part of a word
    return folded in closed or any(
        body in folded and (before or folded.startswith(body)) and (after or folded.endswith(body))
        for body, before, after in starred
        if body.count(" ") == spaces
    )


@cache
def _ends(concept: str) -> tuple[frozenset[str], tuple[tuple[str, bool, bool], ...]]:
    """Return the entries without a star, and those with a star before or after them."""
    closed = frozenset(body for body, before, after in _split(concept) if not (before or after))
    return closed, tuple(each for each in _split(concept) if each[1] or each[2])


@cache
def _split(concept: str) -> tuple[tuple[str, bool, bool], ...]:
    """Return each entry folded and without its stars, and whether one was before and after it."""
    bodies = ((entry, entry.strip("* ")) for entry in entries(concept))
    return tuple(
        (body if _IS_PLAIN(body) else plain(body), entry.startswith("*"), entry.endswith("*"))
        for entry, body in bodies
    )
