"""The words that are marks: what people type in a milestone's cell, in six languages.

Definition: docs/definitions.md#marks. Words are compared without outer spaces and without case, exactly as a
spreadsheet's ``TRIM(cell)="word"`` does, so that the loader and the live totals agree. Accents are not folded
there, so both spellings stand here.
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
)
_NOT_REACHED = (
    *("", "0", "0.0", "0,0", "false", "-", "–", "—", "☐"),
    *("no", "n"),  # English, Italian, Spanish
    *("falso",),  # Italian, Spanish, Portuguese
    *("não", "nao"),  # Portuguese
    *("nein", "falsch"),  # German
    *("non", "faux"),  # French
)

REACHED: frozenset[str] = frozenset(_REACHED)
"""Words that mean reached, as `word` gives them."""

NOT_REACHED: frozenset[str] = frozenset(_NOT_REACHED)
"""Words that mean not reached, as `word` gives them; blank is one of them."""

NO_REASON: frozenset[str] = NOT_REACHED | {"n/a", "none"}
"""Words in the column of reasons for leaving that say there is none, as `word` gives them."""


def word(text: str) -> str:
    """Bring what a person typed into the form in which words are compared.

    >>> word("  YES "), word("Sì")
    ('yes', 'sì')
    """
    return text.strip(" ").lower()


def reached_words(step: Step) -> tuple[str, ...]:
    """Every word that means reached in a step's column, in a stable order: the common ones, then its own.

    >>> reached_words(Step(name="Met", marks=("Done", "x")))[-2:]
    ('vrai', 'done')
    """
    return tuple(dict.fromkeys((*_REACHED, *map(word, step.marks))))
