"""Stages from what a stage column holds, for a sheet that keeps nothing else.

A column says which stages there are, and not their order. Where a preset knows all of them, its order is
taken; else words tell the first, the paid and the lost ones, the others stand as they first appear; and that
is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from funnel.journey.model import ROLES
from funnel.journey.stages import STAGE_HEADERS, Stage, names
from funnel.journey.toml import preset, presets
from funnel.reading.infer import ColumnProfile
from funnel.reading.vocabulary import words
from funnel.text import fold, listed

MOST = 30  # different names; a column with more holds something else
_HEADERS = frozenset(map(fold, STAGE_HEADERS))


def stage_column(profiles: Sequence[ColumnProfile]) -> ColumnProfile | None:
    """The column that says where each client is: headed so, and with few different texts.

    >>> stage_column([ColumnProfile(3, "Status", texts=9, distinct=3)]).number
    3
    """
    for profile in profiles:
        few = profile.distinct <= MOST and (2 * profile.distinct <= profile.texts or profile.distinct <= 8)
        if (
            fold(profile.header) in _HEADERS
            and profile.texts
            and few
            and not (profile.dates or profile.numbers)
        ):
            return profile
    return None


def infer_stages(found: Sequence[str]) -> tuple[tuple[Stage, ...], str]:
    """Order the names that a stage column holds, and say how it was done.

    Parameters
    ----------
    found : the different names, as they first appear.

    >>> stages, how = infer_stages(["Talking", "Won", "New", "Lost"])
    >>> [stage.name for stage in stages], how
    (['New', 'Talking', 'Won', 'Lost'], 'their order is a guess')
    """
    for name in presets():
        stages = preset(name).stages
        if stages and len(found) > 1 and {fold(text) for text in found} <= names(stages, {}).keys():
            bare = tuple(stage.model_copy(update={"rules": ()}) for stage in stages)
            return bare, f"in the order of the preset {name!r}"
    known: dict[str, str] = {}
    for text in found:
        known.setdefault(fold(text), text.capitalize() if text in (*ROLES, "row") else text)
    distinct = [text for folded, text in known.items() if folded]
    lost = [text for text in distinct if _says("lost", text)]
    on = sorted((text for text in distinct if text not in lost), key=_rank)
    paid = on[-1] if len(on) > 1 and _says("paid", on[-1]) else None
    way = [Stage(name=text, default=text == on[0], paid=text == paid) for text in on]
    return (*way, *(Stage(name=text, lost=True) for text in lost)), "their order is a guess"


def told(stages: Sequence[Stage], header: str, how: str) -> str:
    """What was inferred, in a sentence.

    >>> told([Stage(name="New", default=True), Stage(name="Lost", lost=True)], "Status", "a guess")
    "stages taken from the column 'Status', a guess: 'New', and lost: 'Lost'; a blank cell is 'New'"
    """
    way = " → ".join(repr(stage.name) for stage in stages if not stage.lost)
    lost = [stage.name for stage in stages if stage.lost]
    apart = f", and lost: {listed(map(repr, lost))}" if lost else ""
    default = next(stage.name for stage in stages if stage.default)
    return f"stages taken from the column {header!r}, {how}: {way}{apart}; a blank cell is {default!r}"


def _says(what: str, text: str) -> bool:
    """Whether the name of a stage says that it is the first, the paid or a lost one, in six languages."""
    return bool(words("stages", what) & set(fold(text).split()))


def _rank(text: str) -> int:
    """First, in between, or paid."""
    return 0 if _says("first", text) else 2 if _says("paid", text) else 1
