"""The words that count as marks in a step's cell, in fifteen languages.

Definition: docs/definitions.md#marks. Case and outer spaces are ignored, as by ``TRIM(cell)="word"`` in a
spreadsheet, so that the loader and the live totals agree. Accents count there, so both spellings are listed.
"""

from __future__ import annotations

from funnel.journey.model import Step

_REACHED = (
    *("1", "1.0", "1,0", "true", "x", "✓", "✔", "✔️", "✅", "☑", "☑️"),
    *("yes", "y"),  # English
    *("sì", "si", "s", "vero"),  # Italian
    *("sí", "verdadero"),  # Spanish
    *("sim", "verdadeiro"),  # Portuguese
    *("ja", "j", "wahr"),  # German
    *("oui", "vrai"),  # French
    *("tak", "да", "evet", "ya", "نعم"),  # Polish, Russian, Turkish, Indonesian, Arabic; Dutch as German
    *("はい", "済", "○", "◯", "是", "√", "예", "네"),  # Japanese, Chinese, Korean
)
_NOT_REACHED = (
    *("", "0", "0.0", "0,0", "false", "-", "–", "—", "☐"),
    *("no", "n"),  # English, Italian, Spanish
    *("falso",),  # Italian, Spanish, Portuguese
    *("não", "nao"),  # Portuguese
    *("nein", "falsch"),  # German
    *("non", "faux"),  # French
    *("nee", "nie", "нет", "hayır", "hayir", "tidak", "belum", "لا"),  # Dutch, Polish, …
    *("いいえ", "未", "×", "否", "아니요", "아니오"),  # Japanese, Chinese, Korean
)

REACHED: frozenset[str] = frozenset(_REACHED)
"""Normalized words that mean reached."""

NOT_REACHED: frozenset[str] = frozenset(_NOT_REACHED)
"""Normalized words that mean not reached, including ""."""

HERE = frozenset((
    *("active", "still active", "current", "ongoing", "still here"),
    *("attivo", "attiva", "activo", "activa", "ativo", "ativa"),  # Italian, Spanish, Portuguese
    *("aktiv", "actif", "actief", "aktywny", "активен", "aktif"),  # German, French, Dutch, Polish, …
))  # fmt: skip
"""Normalized words for clients who have not left."""

NO_TEXT: frozenset[str] = NOT_REACHED | {"n/a", "none"}
"""Normalized words that mean nothing, where any other text is a mark."""

NO_REASON: frozenset[str] = NO_TEXT | {"?", *HERE}
"""Normalized words that mean that a client has not left, in a column of reasons or dates of leaving."""

NOT_GIVEN = "Not given"
"""The reason of clients who left by a mark alone."""


CIRCLES = frozenset("o○◯〇")
"""Circles that mean reached; beside one, an x means not reached."""

CROSS = "x"

ANY_TEXT = "*"
"""The entry of a step's `marks` by which any text is a mark: initials, notes such as "9.7 (21:00)"."""


def normalize_word(text: str) -> str:
    """Normalize a word for comparison.

    >>> normalize_word("  YES "), normalize_word("Sì")
    ('yes', 'sì')
    """
    return text.strip(" ").lower()


def reached_words(step: Step) -> tuple[str, ...]:
    """Return the words that mean reached in a step's column: the common ones, then the step's own.

    If a circle is one of its own, an x means not reached.

    >>> reached_words(Step(name="Met", marks=("Done", "x")))[-1]
    'done'
    >>> "x" in reached_words(Step(name="Met", marks=("O",)))
    False
    """
    own = tuple(map(normalize_word, step.marks))
    common = _REACHED if CIRCLES.isdisjoint(own) else (word for word in _REACHED if word != CROSS)
    return tuple(dict.fromkeys((*common, *own)))
