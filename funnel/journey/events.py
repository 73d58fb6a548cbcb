"""Event logs: what clients did, one row per event, in a tab or in a file beside the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, model_validator

from funnel.journey import stages as stages_
from funnel.journey.base import Frozen, Names
from funnel.journey.stages import Stage
from funnel.text import fold, listed, nearest

EventRole = Literal["client", "event", "when", "by", "amount"]
EVENT_ROLES: tuple[EventRole, ...] = ("client", "event", "when", "by", "amount")


class Advance(Frozen):
    """The stage to which an event moves a client: forward only, unless `back` is true.

    >>> Advance.model_validate("Customer")
    Advance(stage='Customer', back=False)
    """

    stage: str = Field(min_length=1)
    back: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"stage": value} if isinstance(value, str) else value


class Events(Frozen):
    """Where the event log is, which columns it has, and what its events mean.

    Parameters
    ----------
    tab : the tab of the sheet. A text file has no tabs; then the file beside it that is named after both
        ("clients-events.csv" for the tab "Events" of clients.csv).
    file : the CSV or workbook beside the sheet, or beside the journey file. Without both, the sheet is
        the log.
    columns : header, or headers, of each role: client, event, when, by (who did it), amount.
    sales : the events whose amount is money earned; default: every event with an amount.
    zone : the time zone of the business ("Europe/London"), for times with a zone; UTC without it.
    advance : the stage to which each event moves a client. An event with the name of a stage moves it there.

    >>> Events(advance={"Purchased": "Customer"}).advance["Purchased"].stage
    'Customer'
    """

    tab: str | None = None
    file: str | None = None
    columns: dict[EventRole, Names] = Field(default_factory=dict)
    sales: Names = ()
    zone: str | None = None
    advance: Mapping[str, Advance] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_place(self) -> Events:
        if self.tab is not None and self.file is not None:
            raise ValueError("[events] has both `tab` and `file`; keep one")
        if self.zone is not None and self.zone not in available_timezones():
            near = nearest(self.zone, sorted(available_timezones()))
            meant = f"; did you mean {near!r}?" if near else '; write it like "Europe/London"'
            raise ValueError(f"`events.zone` is {self.zone!r}, which is not a time zone{meant}")
        return self

    @property
    def is_the_sheet(self) -> bool:
        """True if the sheet itself is the log, without a tab of clients."""
        return self.tab is None and self.file is None


def targets(
    events: Events, stages: Sequence[Stage], reassign: Mapping[str, str] | None = None
) -> dict[str, Advance]:
    """Map each event's folded name to its stage; an event with a stage's name leads to that stage.

    >>> events = Events(advance={"Purchased": "Won"})
    >>> stages = [Stage(name="Lead", default=True), Stage(name="Won", was="Sold")]
    >>> {name: target.stage for name, target in targets(events, stages).items()}
    {'purchased': 'Won', 'lead': 'Lead', 'won': 'Won', 'sold': 'Won'}
    """
    known = stages_.names(stages, reassign or {})
    found = {
        fold(name): target.model_copy(update={"stage": known.get(fold(target.stage), target.stage)})
        for name, target in events.advance.items()
    }
    for name, stage in known.items():
        found.setdefault(name, Advance(stage=stage))
    return found


def check_events(events: Events, stages: Sequence[Stage], reassign: Mapping[str, str] | None = None) -> None:
    """Check that each event leads to an active stage, under its present or a former name, and to only one.

    Raises
    ------
    ValueError : a sentence that names the event.
    """
    active = [stage.name for stage in stages if stage.active]
    known = stages_.names(stages, reassign or {})
    seen: dict[str, str] = {}
    for name, target in events.advance.items():
        if not fold(name):
            raise ValueError(f"`events.advance` has an event {name!r}; a name needs letters or numbers")
        if known.get(fold(target.stage)) not in active:
            near = stages_.nearest_stage(target.stage, stages)
            there = (
                f". Active stages: {listed(map(repr, active))}" if active else "; the journey has no stages"
            )
            raise ValueError(
                f"`events.advance` moves {name!r} to {target.stage!r}, which is not an active stage"
                f"{f'; did you mean {near!r}?' if near else there}"
            )
        if fold(name) in seen:
            raise ValueError(
                f"`events.advance` has {seen[fold(name)]!r} and {name!r}, which are the same; keep one"
            )
        seen[fold(name)] = name
