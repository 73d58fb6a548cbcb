"""Stage actions as text of the log: format, parse, and fill in for one client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from funnel.journey.actions import Action, ActionKind

_WORDS: Final[Mapping[ActionKind, str]] = {"tag": "tag", "hand_off": "hand off", "note": "note"}
_LINE: Final = " ⏎ "
"""Replaces a line break inside a note."""


def actions_text(actions: Iterable[Action], values: Mapping[str, str] | None = None) -> str:
    """Format actions as the text of a log cell, one line each.

    Parameters
    ----------
    values : values for `{client}`, `{coach}`, `{stage}` and `{company}`; None keeps the placeholders.

    >>> actions_text([Action(tag="VIP"), Action(note="Hello {client}!")], {"client": "Ana"})
    'tag: VIP\\nnote: Hello Ana!'
    """
    return "\n".join(
        f"{_WORDS[action.kind]}: {_one_line(fill_placeholders(action.text, values))}" for action in actions
    )


def action_name(action: Action) -> str:
    """Name an action in one line, as the log does.

    >>> action_name(Action(hand_off="Sales"))
    'hand off: Sales'
    """
    return f"{_WORDS[action.kind]}: {_one_line(action.text)}"


def read_actions(text: str) -> list[Action]:
    """Parse the text of `actions_text`; other lines, written by a person, are skipped.

    >>> read_actions("hand off: Sales\\nasked Zoe")
    [Action(tag=None, hand_off='Sales', note=None)]
    """
    kinds = {word: kind for kind, word in _WORDS.items()}
    actions = []
    for line in text.splitlines():
        word, _, rest = line.partition(": ")
        if word.strip() in kinds and rest.strip():
            actions.append(Action.model_validate({kinds[word.strip()]: rest.strip().replace(_LINE, "\n")}))
    return actions


def fill_placeholders(text: str, values: Mapping[str, str] | None) -> str:
    """Fill in the placeholders of a note; other braces, and braces inside values, are kept.

    >>> fill_placeholders("Dear {client}, {coach} {x}", {"client": "Ana {coach}", "coach": "Zoe"})
    'Dear Ana {coach}, Zoe {x}'
    """
    if not values:
        return text
    placeholder = re.compile("|".join(re.escape(f"{{{name}}}") for name in values))
    return placeholder.sub(lambda found: values[found[0][1:-1]], text)


def _one_line(text: str) -> str:
    return _LINE.join(line.strip() for line in text.splitlines())
