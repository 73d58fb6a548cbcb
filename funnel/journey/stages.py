"""Stages: where a client is now. One way leads through them in order; the lost stages stand apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, PlainValidator, model_validator

from funnel.journey.actions import Action
from funnel.journey.base import Frozen, Names
from funnel.journey.durations import Duration
from funnel.journey.rules import Rule, read_rules
from funnel.text import fold, listed, nearest

STAGE_HEADERS = (
    "Stage", "Current stage", "Client stage", "Customer stage", "Status", "Client status", "Lead status",
    "Lifecycle", "Lifecycle stage", "Fase", "Stadio", "Stato", "Etapa", "Estado", "Phase", "Étape", "Statut",
)  # fmt: skip
"""Headers that a stage column may have where the journey names none."""

MANY = 20
"""Stages past which a journey is warned about: nobody keeps them apart."""


class Stage(Frozen):
    """A stage of the journey.

    Parameters
    ----------
    name : what it is called in every result, and in the sheet's stage column.
    description, emoji : for people.
    was : names it had before; the sheet may still say them.
    active : false switches it off; the sheet may hold no client in it.
    default : the stage of a new client, and of a blank cell; exactly one is.
    paid : reaching it is paying; the step that is made of it is the paid one.
    lost : apart from the way: clients in it have left, for the reason `reason`.
    reached : of a lost stage, how far its clients had come: a stage on the way. An event log or the history
        may tell of single clients that they had come further.
    win_probability : how probable it is that a client in it will pay (0 to 1).
    limit : how long clients should be in it ("14 days"); who is for longer is stuck.
    rules : any of them puts a client here whose stage cell is blank; the furthest such stage wins.
    actions : what is to be done when a client enters it.

    >>> Stage(name="Hot Lead", emoji="🔥").label
    '🔥 Hot Lead'
    """

    name: str = Field(min_length=1)
    description: str = ""
    emoji: str = ""
    was: Names = ()
    active: bool = True
    default: bool = False
    paid: bool = False
    lost: bool = False
    reason: str | None = None
    reached: str | None = None
    win_probability: float | None = Field(default=None, ge=0, le=1)
    limit: str | None = None
    rules: Annotated[tuple[Rule, ...], PlainValidator(read_rules)] = ()
    actions: tuple[Action, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Stage:
        if self.limit is not None:
            Duration.parse(self.limit)
        if not fold(self.name):
            raise ValueError(f"a stage is called {self.name!r}; a name needs letters or numbers")
        for key, wrong in (("default", self.default), ("paid", self.paid)):
            if wrong and self.lost:
                raise ValueError(f"stage {self.name!r} is `lost` and `{key}`; it can be one of them")
            if wrong and not self.active:
                raise ValueError(f"stage {self.name!r} is `{key}` and switched off; it can be one of them")
        if self.reason is not None and not self.lost:
            raise ValueError(f"stage {self.name!r} has a `reason`, which only a lost stage has")
        if self.reached is not None and not self.lost:
            raise ValueError(f"stage {self.name!r} has `reached`, which only a lost stage has")
        if self.win_probability and self.lost:
            raise ValueError(f"stage {self.name!r} is lost, so that its `win_probability` is 0; take it out")
        return self

    @property
    def label(self) -> str:
        """The name, with its emoji in front."""
        return f"{self.emoji} {self.name}" if self.emoji else self.name

    @property
    def why(self) -> str:
        """Why a client in a lost stage left."""
        return self.reason or self.name


def way(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages that are steps of the journey: active, and not lost.

    >>> [stage.name for stage in way([Stage(name="Lead"), Stage(name="Cold", lost=True)])]
    ['Lead']
    """
    return tuple(stage for stage in stages if stage.active and not stage.lost)


def lost(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The lost stages that are active."""
    return tuple(stage for stage in stages if stage.active and stage.lost)


def names(stages: Sequence[Stage], reassign: Mapping[str, str]) -> dict[str, str]:
    """What each name in a stage column means, folded: a stage, by any name it has had.

    >>> names([Stage(name="New Lead", was="Enquiry")], {"Walk-in": "New Lead"})
    {'walk in': 'New Lead', 'new lead': 'New Lead', 'enquiry': 'New Lead'}
    """
    known = {fold(old): new for old, new in reassign.items()}
    for stage in stages:
        if stage.active:
            for name in (stage.name, *stage.was):
                known.setdefault(fold(name), stage.name)
    return known


def check_stages(stages: Sequence[Stage], reassign: Mapping[str, str]) -> None:
    """Refuse stages that contradict each other.

    Raises
    ------
    ValueError : a sentence with the stages.
    """
    for problem in (*_names(stages), *_chosen(stages), *_came(stages), *_reassigned(stages, reassign)):
        raise ValueError(problem)


def _names(stages: Sequence[Stage]) -> Iterator[str]:
    """Names that mean two stages; among them a circle of `was`."""
    current: dict[str, Stage] = {}
    for stage in stages:
        if fold(stage.name) in current:
            yield f"two stages are called {stage.name!r}; every stage needs its own name"
        current[fold(stage.name)] = stage
    former: dict[str, Stage] = {}
    for stage in stages:
        for name in stage.was:
            other = current.get(fold(name))
            if other is stage:
                yield f"stage {stage.name!r} says that it `was` {name!r}, which it still is; take that out"
            elif other and fold(stage.name) in map(fold, other.was):
                yield (
                    f"the stages {stage.name!r} and {other.name!r} say that each `was` the other, in a "
                    "circle; keep the one that was renamed"
                )
            elif other:
                yield (
                    f"stage {stage.name!r} says that it `was` {name!r}, but another stage is called so; "
                    'use `reassign = { "Old" = "New" }` to move its clients'
                )
            if fold(name) in former:
                other = former[fold(name)]
                yield f"the stages {other.name!r} and {stage.name!r} both `was` {name!r}; keep one"
            former[fold(name)] = stage


def _chosen(stages: Sequence[Stage]) -> Iterator[str]:
    """There is a way; one stage on it is the default, and one at most the paid one."""
    if not way(stages):
        yield "every stage is lost or switched off; a journey needs at least one that is neither"
    defaults = [stage.name for stage in stages if stage.default]
    if len(defaults) > 1:
        yield f"{listed(map(repr, defaults))} are all `default = true`; exactly one stage is"
    if not defaults:
        yield "no stage is the default; put `default = true` below the one that a new client has"
    paid = [stage.name for stage in stages if stage.paid]
    if len(paid) > 1:
        yield f"{listed(map(repr, paid))} are all `paid = true`; only one stage can be"


def _came(stages: Sequence[Stage]) -> Iterator[str]:
    """`reached` of a lost stage names a stage on the way."""
    names = [stage.name for stage in way(stages)]
    for stage in lost(stages):
        if stage.reached is not None and stage.reached not in names:
            near = nearest(stage.reached, names)
            meant = f"; did you mean {near!r}?" if near else f". The way: {listed(map(repr, names))}"
            said = f"stage {stage.name!r} says that it `reached` {stage.reached!r}"
            yield f"{said}, which is no stage on the way{meant}"


def _reassigned(stages: Sequence[Stage], reassign: Mapping[str, str]) -> Iterator[str]:
    """`reassign` leads from what is no stage to what is one."""
    active = {stage.name for stage in stages if stage.active}
    for old, new in reassign.items():
        if new not in active:
            near = nearest(new, sorted(active))
            meant = (
                f"; did you mean {near!r}?" if near else f". There are {listed(map(repr, sorted(active)))}"
            )
            yield f"`reassign` sends {old!r} to {new!r}, which is no active stage{meant}"
        if fold(old) in map(fold, active):
            yield f"`reassign` sends {old!r} away, which is a stage still; take one of the two out"
