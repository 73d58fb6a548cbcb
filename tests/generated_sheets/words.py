"""Header words and cell texts of trackers in fifteen languages, written from general knowledge.

They are independent of the vocabulary of the product: a word that is missing there must show as a failure.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("words")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
NOISES = (
    "id", "code", "count", "amount", "phone", "email", "notes", "flag", "updated", "birthday", "planned",
    "coach", "rating", "source",
)  # fmt: skip
ONSETS = ("br", "dr", "fl", "gr", "kl", "kv", "pl", "sk", "sn", "str", "v", "z", "j", "w", "ph", "gl")
VOWELS = ("a", "e", "i", "o", "u", "oo", "ai")
CODAS = ("", "", "n", "lt", "rk", "mp", "x", "b")


@dataclass(frozen=True)
class Chain:
    """Milestones in order, each with a header for marks and one for dates; `paid` is the index of one."""

    steps: Sequence[tuple[str, str]]
    paid: int


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    chains: Sequence[Chain]
    stages: Sequence[Mapping[str, Sequence[str]]]
    headers: Mapping[str, Sequence[str]]
    noise: Mapping[str, Sequence[str]]
    values: Mapping[str, Sequence[str]]
    tabs: Sequence[str]
    titles: Sequence[str]
    total: str
    yes: str
    no: str


def language_of(seed: int) -> str:
    """Return the language of a seed: Korean, which came last, for every fifteenth."""
    others = [language for language in LANGUAGES if language != "ko"]
    return "ko" if seed % len(LANGUAGES) == len(others) else others[seed % len(others)]


@cache
def words_of(language: str) -> Words:
    """Return the words of a language."""
    table: dict[str, Any] = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    names = ("client", "client_id", "lead", "left", "reason", "stage", "closed", "months")
    return Words(
        language=language,
        chains=[Chain([(a, b) for a, b in c["steps"]], c["paid"]) for c in table["chains"]],
        headers={name: table[name] for name in names},
        **{name: table[name] for name in ("stages", "noise", "values", "tabs", "titles")},
        **{name: table[name] for name in ("total", "yes", "no")},
    )


@cache
def _all_words() -> frozenset[str]:
    """Return every single word of the files, to keep nonsense from being one of them."""
    text = " ".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml"))
    return frozenset("".join(c if c.isalpha() else " " for c in text.casefold()).split())


def nonsense(dice: random.Random) -> str:
    """Return one or two pronounceable words that mean nothing in any language of the files."""
    parts = []
    for _ in range(dice.choice((1, 1, 2))):
        word = ""
        while len(word) < 6 or word in _all_words():
            syllables = range(dice.choice((2, 3)))
            word = "".join(dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS) for _ in syllables)
        parts.append(word)
    return " ".join(parts).capitalize()
