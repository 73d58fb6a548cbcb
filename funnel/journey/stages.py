"""Stages: where a client is now. Ordered stages are those that are not lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, PlainValidator, model_validator

from funnel.errors import UsageError
from funnel.journey.actions import Action
from funnel.journey.base import Frozen, Names
from funnel.journey.durations import Duration
from funnel.journey.rules import Rule, read_rules
from funnel.text import fold, listed, nearest

STAGE_HEADERS = (
    "Stage", "Current stage", "Client stage", "Customer stage", "Status", "Client status", "Lead status",
    "Lifecycle", "Lifecycle stage", "Fase", "Stadio", "Stato", "Etapa", "Estado", "Phase", "Étape", "Statut",
)  # fmt: skip
"""Headers that a stage column may have if the journey names none."""

_NEARLY = 0.85
MANY = 20
"""Number of stages above which a journey gets a warning, because people confuse them."""


class Stage(Frozen):
    """A stage of the journey.

    Parameters
    ----------
    name : its name in every result, and in the sheet's stage column.
    description, emoji : for people.
    was : its former names; the sheet may still contain them.
    active : false switches it off; no client in the sheet may have it.
    default : the stage of a new client and of a blank cell; exactly one stage is the default.
    avoid : no client should be here; `funnel check` lists those who are.
    paid : clients in this stage have paid; the step made from it is the paid step.
    lost : clients in it have left, for the reason `reason`; it is not one of the ordered stages.
    reached : for a lost stage, the ordered stage that its clients had reached. The event log or the move log
        may show a later one for single clients.
    win_probability : the probability that a client in this stage will pay (0 to 1).
    limit : how long clients should stay in it ("14 days"); after that they are stuck.
    rules : any rule that holds puts a client here if its stage cell is blank; the furthest such stage wins.
    actions : what to do when a client enters the stage.

    >>> Stage(name="Hot Lead", emoji="🔥").label
    '🔥 Hot Lead'
    """

    name: str = Field(min_length=1)
    description: str = ""
    emoji: str = ""
    was: Names = ()
    active: bool = True
    default: bool = False
    avoid: bool = False
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
            raise ValueError(f"a stage has the name {self.name!r}; a name needs letters or numbers")
        for key, wrong in (("default", self.default), ("paid", self.paid)):
            if wrong and self.lost:
                raise ValueError(f"stage {self.name!r} is `lost` and `{key}`; it can only be one of them")
            if wrong and not self.active:
                raise ValueError(
                    f"stage {self.name!r} is `{key}` and switched off; it can only be one of them"
                )
        if self.reason is not None and not self.lost:
            raise ValueError(f"stage {self.name!r} has a `reason`, which only a lost stage can have")
        if self.reached is not None and not self.lost:
            raise ValueError(f"stage {self.name!r} has `reached`, which only a lost stage can have")
        if self.win_probability and self.lost:
            raise ValueError(f"stage {self.name!r} is lost, so its `win_probability` is 0; remove it")
        return self

    @property
    def label(self) -> str:
        """The name, after its emoji if it has one."""
        return f"{self.emoji} {self.name}" if self.emoji else self.name

    @property
    def left_reason(self) -> str:
        """The reason why a client in this lost stage left."""
        return self.reason or self.name


def ordered_stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return the active stages that are not lost, in order.

    >>> [stage.name for stage in ordered_stages([Stage(name="Lead"), Stage(name="Cold", lost=True)])]
    ['Lead']
    """
    return tuple(stage for stage in stages if stage.active and not stage.lost)


def lost(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return the active lost stages."""
    return tuple(stage for stage in stages if stage.active and stage.lost)


def names(stages: Sequence[Stage], reassign: Mapping[str, str]) -> dict[str, str]:
    """Map each folded name, current or former, to its stage.

    >>> names([Stage(name="New Lead", was="Enquiry")], {"Walk-in": "New Lead"})
    {'walk in': 'New Lead', 'new lead': 'New Lead', 'enquiry': 'New Lead'}
    """
    known = {fold(old): new for old, new in reassign.items()}
    for stage in stages:
        if stage.active:
            for name in (stage.name, *stage.was):
                known.setdefault(fold(name), stage.name)
    return known


def nearest_stage(name: str, stages: Sequence[Stage]) -> str | None:
    """Return the active stage with the most similar name; a lost one only if the name is nearly its own.

    >>> stages = [Stage(name="Lead", default=True), Stage(name="Not qualified", lost=True)]
    >>> nearest_stage("Qualified", stages), nearest_stage("Not qualifed", stages)
    (None, 'Not qualified')
    """
    active = {stage.name: stage.lost for stage in stages if stage.active}
    found = nearest(name, list(active))
    if found and active[found] and not nearest(name, [found], cutoff=_NEARLY):
        return nearest(name, [stage for stage, is_lost in active.items() if not is_lost])
    return found


def find_stage(stages: Sequence[Stage], name: str) -> str:
    """Return the name of a stage, given by its name or a former one.

    Raises
    ------
    UsageError : there is no such stage.
    """
    found = names(stages, {}).get(fold(name))
    if found:
        return found
    active = [each.name for each in stages if each.active]
    near = nearest_stage(name, stages)
    meant = f"; did you mean {near!r}?" if near else "."
    raise UsageError(f"There is no stage {name!r}{meant} There are {listed(map(repr, active), most=20)}.")


def check_stages(stages: Sequence[Stage], reassign: Mapping[str, str]) -> None:
    """Check that the stages do not contradict each other.

    Raises
    ------
    ValueError : a sentence that names the stages.
    """
    for problem in (
        *_check_names(stages),
        *_check_marked(stages),
        *_check_reached(stages, reassign),
        *_check_reassigned(stages, reassign),
    ):
        raise ValueError(problem)


def _check_names(stages: Sequence[Stage]) -> Iterator[str]:
    """Yield a sentence for each name that means two stages, or a circle of `was`."""
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
                yield f"stage {stage.name!r} has its own name {name!r} in `was`; remove it there"
            elif other and fold(stage.name) in map(fold, other.was):
                yield (
                    f"the stages {stage.name!r} and {other.name!r} name each other in `was`; "
                    "keep only the one that was renamed"
                )
            elif other:
                yield (
                    f"stage {stage.name!r} has {name!r} in `was`, but another stage has that name; "
                    'use `reassign = { "Old" = "New" }` to move its clients'
                )
            if fold(name) in former:
                other = former[fold(name)]
                yield f"the stages {other.name!r} and {stage.name!r} both have {name!r} in `was`; keep one"
            former[fold(name)] = stage


def _check_marked(stages: Sequence[Stage]) -> Iterator[str]:
    """Yield a sentence if there is no ordered stage, not exactly one default, or more than one paid stage."""
    if not ordered_stages(stages):
        yield "every stage is lost or switched off; a journey needs at least one that is neither"
    defaults = [stage.name for stage in stages if stage.default]
    if len(defaults) > 1:
        yield f"{listed(map(repr, defaults))} are all `default = true`; only one stage can be"
    if not defaults:
        yield "no stage is the default; add `default = true` to the stage of a new client"
    paid = [stage.name for stage in stages if stage.paid]
    if len(paid) > 1:
        yield f"{listed(map(repr, paid))} are all `paid = true`; only one stage can be"


def _check_reached(stages: Sequence[Stage], reassign: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each lost stage whose `reached` is not an ordered stage."""
    known = names(stages, reassign)
    ordered = [stage.name for stage in ordered_stages(stages)]
    for stage in lost(stages):
        if stage.reached is not None and known.get(fold(stage.reached)) not in ordered:
            near = nearest(stage.reached, ordered)
            meant = f"; did you mean {near!r}?" if near else f". Those stages: {listed(map(repr, ordered))}"
            yield (
                f"stage {stage.name!r} has `reached` = {stage.reached!r}, "
                f"which is not an ordered stage{meant}"
            )


def _check_reassigned(stages: Sequence[Stage], reassign: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each `reassign` that starts at a stage, or does not lead to one."""
    active = {stage.name for stage in stages if stage.active}
    for old, new in reassign.items():
        if new not in active:
            near = nearest(new, sorted(active))
            meant = (
                f"; did you mean {near!r}?" if near else f". There are {listed(map(repr, sorted(active)))}"
            )
            yield f"`reassign` moves clients from {old!r} to {new!r}, which is not an active stage{meant}"
        if fold(old) in map(fold, active):
            yield f"`reassign` moves clients out of {old!r}, which is still a stage; remove one of the two"
