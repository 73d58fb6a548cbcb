"""Actions: what is to be done when a client enters a stage; done once for each entry."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from funnel.journey.base import Frozen

ActionKind = Literal["tag", "hand_off", "note"]


class Action(Frozen):
    """One thing to do when a client enters a stage: exactly one of the three.

    Parameters
    ----------
    tag : a word to put on the client.
    hand_off : the list of whoever takes over ("Sales"); the client stands on it from then on.
    note : a text ready to be sent; `{client}`, `{coach}`, `{stage}` and `{company}` are filled in.

    >>> Action(tag="VIP").kind, Action(hand_off="Sales").text
    ('tag', 'Sales')
    """

    tag: str | None = None
    hand_off: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Action:
        said = [kind for kind in ("tag", "hand_off", "note") if getattr(self, kind)]
        if len(said) != 1:
            found = " and ".join(f"`{kind}`" for kind in said) or "nothing"
            raise ValueError(f"an action says {found}; it needs exactly one of `tag`, `hand_off` and `note`")
        return self

    @property
    def kind(self) -> ActionKind:
        """Which of the three."""
        return "tag" if self.tag else "hand_off" if self.hand_off else "note"

    @property
    def text(self) -> str:
        """What it says."""
        return self.tag or self.hand_off or self.note or ""
