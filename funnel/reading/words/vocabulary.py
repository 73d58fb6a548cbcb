"""What the words of a header say, in six languages: a role, a paid step, or no step at all.

The words stand in ``vocabulary.toml``; whole headers of roles and steps in the preset "gym".
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from funnel.journey.model import Role
from funnel.journey.toml import preset
from funnel.text import fold


@cache
def vocabulary() -> dict[str, Any]:
    """The tables of ``vocabulary.toml``.

    >>> vocabulary()["retention"]["units"]["quarter"][0]
    'quarter'
    """
    file = resources.files("funnel.reading.words") / "vocabulary.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def words(table: str, key: str) -> frozenset[str]:
    """One list of words.

    >>> "geburtstag" in words("no_step", "attributes")
    True
    """
    return frozenset(vocabulary()[table][key])


@cache
def role_headers() -> dict[str, Role]:
    """Whole headers, folded, that name a role in any of six languages.

    >>> role_headers()["nome cliente"], role_headers()["date du lead"]
    ('client', 'lead_date')
    """
    known: dict[str, Role] = {}
    for role, column in preset("gym").columns.items():
        for header in column.headers:
            known.setdefault(fold(header), role)
    for role, headers in vocabulary()["headers"].items():
        for header in headers:
            known.setdefault(header, role)
    return known


@cache
def step_headers() -> dict[str, str]:
    """Whole headers, folded, that name a step of the preset "gym": the step's name.

    >>> step_headers()["prima sessione pagata"]
    'First paid session'
    """
    known: dict[str, str] = {}
    for step in preset("gym").steps:
        for header in step.headers:
            known.setdefault(fold(header), step.name)
    return known


def role_by_words(header: str) -> list[Role]:
    """The roles that a header hints at, the likeliest first.

    >>> role_by_words("Assigned trainer"), role_by_words("Date of leaving us")
    (['coach'], ['left_date'])
    """
    said = set(fold(header).split())
    return [role for role, hints in vocabulary()["roles"].items() if said & set(hints)]


def paid_weight(header: str) -> int:
    """How strongly a header says that the client pays: 0 not, 1 probably, 2 surely, 3 for the first time.

    >>> [paid_weight(name) for name in ("First paid session", "Pagato", "Purchase", "Payment link sent")]
    [3, 2, 1, 0]
    """
    said = set(fold(header).split())
    if words("paid", "never") & said:
        return 0
    if words("paid", "surely") & said:
        return 3 if words("paid", "first") & said else 2
    return 1 if words("paid", "probably") & said else 0


def is_attribute(header: str) -> bool:
    """Whether a header says what a client is, not how far a client got.

    >>> is_attribute("Has insurance?"), is_attribute("First call")
    (True, False)
    """
    return bool(words("no_step", "attributes") & set(fold(header).split()))


def is_question(header: str) -> bool:
    """Whether a header asks something about a client.

    >>> is_question("Is a runner?"), is_question("Called?")
    (True, False)
    """
    said = fold(header).split()
    return header.rstrip().endswith("?") and bool(said) and said[0] in words("no_step", "questions")


def is_moving_date(header: str) -> bool:
    """Whether a header names a date that moves on, and so is no milestone.

    >>> is_moving_date("Last visit"), is_moving_date("Date of first visit")
    (True, False)
    """
    return bool(words("no_step", "dates") & set(fold(header).split()))
