"""Whole headers of roles and steps, and the tables of the vocabulary.

The words are data: ``vocabulary.toml``, with its sources. Headers of the preset "gym" are added to them.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from funnel.journey.model import Role
from funnel.journey.toml import preset
from funnel.text import fold


@cache
def vocabulary() -> dict[str, Any]:
    """Return the tables of ``vocabulary.toml``.

    >>> vocabulary()["retention"]["units"]["quarter"][0]
    'quarter'
    """
    return parse((resources.files("funnel.reading.words") / "vocabulary.toml").read_text(encoding="utf-8"))


_TABLE_OR_LIST = re.compile(r"^\[(?P<table>[\w.]+)\]|^(?P<key>\w+) = \[(?P<words>[^\]]*)\]", re.MULTILINE)
_WORD = re.compile(r'"([^"]*)"')


def parse(text: str) -> dict[str, Any]:
    """Parse tables of lists of words: all that there is in this TOML file.

    Python's `tomllib` takes twenty times as long, a twentieth of the time of `funnel show`; a test compares
    the two.

    >>> parse("[marks]\\n[marks.en]\\nyes = ['x']".replace("'", '"'))
    {'marks': {'en': {'yes': ['x']}}}
    """
    tables: dict[str, Any] = {}
    table = tables
    for found in _TABLE_OR_LIST.finditer(text):
        if found["key"]:
            table[found["key"]] = _WORD.findall(found["words"])
        else:
            table = tables
            for name in found["table"].split("."):
                table = table.setdefault(name, {})
    return tables


@cache
def words(table: str, key: str) -> frozenset[str]:
    """Return one list of words.

    >>> "challenge" in words("retention", "offers")
    True
    """
    return frozenset(vocabulary()[table][key])


@cache
def role_headers() -> dict[str, Role]:
    """Return folded whole headers of roles, in six languages.

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
    """Return the step of the preset "gym" for each folded whole header.

    >>> step_headers()["prima sessione pagata"]
    'First paid session'
    """
    known: dict[str, str] = {}
    for step in preset("gym").steps:
        for header in step.headers:
            known.setdefault(fold(header), step.name)
    return known
