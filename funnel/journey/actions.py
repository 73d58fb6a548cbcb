"""Actions: what to do when a client enters a stage, once for each entry."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import model_validator

from funnel.journey.base import Frozen
from funnel.text import listed, nearest

PLACEHOLDERS = ("client", "coach", "stage", "company", "email")
"""What can be filled into a note."""

ActionKind = Literal["tag", "hand_off", "note"]


class Action(Frozen):
    """One thing to do when a client enters a stage: a tag, a hand-off or a note.

    Parameters
    ----------
    tag : a word to add to the client.
    hand_off : the list of the people who take over ("Sales"); the client is added to it.
    note : a text ready to send; `{client}`, `{coach}`, `{stage}`, `{company}` and `{email}` are
        filled in.

    >>> Action(tag="VIP").kind, Action(hand_off="Sales").text
    ('tag', 'Sales')
    """

    tag: str | None = None
    hand_off: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Action:
        given = [kind for kind in ("tag", "hand_off", "note") if getattr(self, kind)]
        if len(given) != 1:
            found = " and ".join(f"`{kind}`" for kind in given) or "no key"
            raise ValueError(f"an action has {found}; it needs exactly one of `tag`, `hand_off` and `note`")
        unknown = [
            name for name in re.findall(r"\{([^{}\n]*)\}", self.note or "") if name not in PLACEHOLDERS
        ]
        if unknown:
            near = nearest(unknown[0], PLACEHOLDERS)
            known = listed(f"{{{name}}}" for name in PLACEHOLDERS)
            meant = f"did you mean {{{near}}}?" if near else f"there are {known}"
            raise ValueError(f"a note has the placeholder {{{unknown[0]}}}, which is not known; {meant}")
        return self

    @property
    def kind(self) -> ActionKind:
        """The kind of action."""
        return "tag" if self.tag else "hand_off" if self.hand_off else "note"

    @property
    def text(self) -> str:
        """The word, list or text of the action."""
        return self.tag or self.hand_off or self.note or ""
