"""What is to be done because a client entered a stage: as the log keeps it, and ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from funnel.journey.actions import Action, ActionKind

_WORDS: Final[Mapping[ActionKind, str]] = {"tag": "tag", "hand_off": "hand off", "note": "note"}
_LINE: Final = " ⏎ "
"""What stands for a new line within a note."""


def actions_text(actions: Iterable[Action], facts: Mapping[str, str] | None = None) -> str:
    """Actions as a cell of the log keeps them, a line each.

    Parameters
    ----------
    facts : what is filled in for `{client}`, `{coach}`, `{stage}` and `{company}`; None leaves them open.

    >>> actions_text([Action(tag="VIP"), Action(note="Hello {client}!")], {"client": "Ana"})
    'tag: VIP\\nnote: Hello Ana!'
    """
    return "\n".join(f"{_WORDS[action.kind]}: {_flat(filled(action.text, facts))}" for action in actions)


def read_actions(text: str) -> list[Action]:
    """Read what `actions_text` wrote; what a person wrote there is left out.

    >>> read_actions("hand off: Sales\\nasked Zoe")
    [Action(tag=None, hand_off='Sales', note=None)]
    """
    kinds = {word: kind for kind, word in _WORDS.items()}
    found = []
    for line in text.splitlines():
        word, _, rest = line.partition(": ")
        if word.strip() in kinds and rest.strip():
            found.append(Action.model_validate({kinds[word.strip()]: rest.strip().replace(_LINE, "\n")}))
    return found


def filled(text: str, facts: Mapping[str, str] | None) -> str:
    """A note with the client's own words in it; nothing else in braces means anything.

    >>> filled("Dear {client}, {coach} {x}", {"client": "Ana {coach}", "coach": "Zoe"})
    'Dear Ana {coach}, Zoe {x}'
    """
    if not facts:
        return text
    parts = [text]
    for name, value in facts.items():
        parts = [
            part
            for at, piece in enumerate(parts)
            for part in ([piece] if at % 2 else _between(piece, f"{{{name}}}", value))
        ]
    return "".join(parts)


def _between(text: str, place: str, value: str) -> list[str]:
    """The pieces of a text, and in every other place what was filled in."""
    pieces: list[str] = []
    for piece in text.split(place):
        pieces += [piece, value]
    return pieces[:-1]


def _flat(text: str) -> str:
    return _LINE.join(line.strip() for line in text.splitlines())
