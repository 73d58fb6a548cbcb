"""The declaration of a client journey: its steps, and which columns have which roles.

Definitions: docs/writing.md#glossary, docs/definitions.md#journey-file. Frozen; made by hand, from a TOML
file, a preset, or inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import combinations
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, PlainValidator, field_validator, model_validator

from funnel import html
from funnel.journey import stages as stages_
from funnel.journey.base import Frozen, Names
from funnel.journey.business import Business, Note
from funnel.journey.company import Company
from funnel.journey.durations import LONGEST_MONTHS, Duration
from funnel.journey.events import Events, check_events
from funnel.journey.rules import EventCount, Rule, check_segments, event_counts, read_rule
from funnel.journey.stages import Stage, check_stages
from funnel.text import fold, listed, nearest

Role = Literal[
    "client", "lead_date", "source", "heard", "coach", "left_reason", "left_date", "close_date", "value",
    "id", "email", "company", "stage", "lifetime_value", "value_30_days", "order_value", "last_sale",
]  # fmt: skip
ROLES: tuple[Role, ...] = (
    "client", "lead_date", "source", "heard", "coach", "left_reason", "left_date", "close_date", "value",
    "id", "email", "company", "stage", "lifetime_value", "value_30_days", "order_value", "last_sale",
)  # fmt: skip


Meaning = Literal["left", "paid", "ignore"]


class Column(Frozen):
    """The column of a role: the headers it may have, or several columns to join.

    >>> Column.model_validate("Client name").headers
    ('Client name',)
    """

    headers: Names = ()
    join: Names = ()  # {join = ["First name", "Last name"]}

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"headers": value} if isinstance(value, str | list | tuple) else value


class Step(Frozen):
    """A step of the journey.

    Parameters
    ----------
    name : its name in every result.
    column : its header, if that differs from the name; `aliases` are other headers it may have.
    paid : the step that turns a row green.
    months, after : for a retention step, how long after the lead (`after` if it is not whole months).
    due : how long a client has to reach it ("7 days"); default: the journey's period.
    target : the share of clients who reached the previous step that should reach this one (0 to 1).
    optional : counted, but other steps do not depend on it.
    marks : additional words that mean reached in this step's column; "*" for any text.

    >>> Step(name="One month post-lead", months=1).kind, Step(name="First paid session", paid=True).kind
    ('retention', 'step')
    """

    name: str = Field(min_length=1)
    column: str | None = None
    aliases: Names = ()
    paid: bool = False
    months: int | None = Field(default=None, gt=0, le=LONGEST_MONTHS)
    after: str | None = None
    due: str | None = None
    target: float | None = Field(default=None, ge=0, le=1)
    optional: bool = False
    marks: Names = ()
    win_probability: float | None = Field(default=None, ge=0, le=1)
    advice: str | None = None  # what to work on when this step loses most

    @field_validator("after", "due")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            Duration.parse(value)
        return value

    @model_validator(mode="after")
    def _one_clock(self) -> Step:
        if self.months is not None and self.after is not None:
            raise ValueError(f"step {self.name!r} has both `months` and `after`; keep one")
        if self.paid and self.kind == "retention":
            raise ValueError(
                f"step {self.name!r} is the paid step and a retention step; it can be one of them"
            )
        return self

    @property
    def kind(self) -> Literal["step", "retention"]:
        """Kind of the step: "retention" if it is reached by staying until a date, else "step"."""
        return "retention" if self.months is not None or self.after is not None else "step"

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers that the step's column may have, the likeliest first."""
        return tuple(dict.fromkeys((self.column or self.name, self.name, *self.aliases)))

    @property
    def retention_duration(self) -> Duration | None:
        """The time after the lead of a retention step; None for other steps."""
        if self.months is not None:
            return Duration(months=self.months)
        return Duration.parse(self.after) if self.after is not None else None


class FollowUp(Frozen):
    """A follow-up: when a client should be contacted, and what to ask.

    Parameters
    ----------
    name : its name in lists and calendars.
    after : the time after the lead ("3 days", "1 month"); after the step `since`, if given.
    since : the step from whose date `after` is counted.
    step : the step, or steps, whose marks close it; a touch-base has none.
    ask : what to ask, or to do.

    >>> FollowUp(name="First contact", after="1 day", step="Client contacted").step
    ('Client contacted',)
    """

    name: str = Field(min_length=1)
    after: str
    since: str | None = None
    step: Names = ()
    ask: str = ""

    @field_validator("after")
    @classmethod
    def _readable(cls, value: str) -> str:
        Duration.parse(value)
        return value


class Journey(Frozen):
    """The declaration: ordered steps, stages, and the columns that have roles.

    >>> journey = Journey(name="Gym", steps=(Step(name="Paid", paid=True), Step(name="1m", months=1)))
    >>> journey
    Journey 'Gym': 2 steps, paid at 'Paid', retention at 1 month
    >>> str(journey.due("Paid")), journey.paid.name, [s.name for s in journey.retention]
    ('90 days', 'Paid', ['1m'])
    """

    name: str = "Journey"
    period: str = "90 days"
    currency: str = ""  # of all amounts; those in another are problems
    timezone: str = ""  # of the business, for times with an offset: "Europe/Rome"
    columns: dict[Role, Column] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(default=(), min_length=1)  # empty: then the stages are the steps
    ignore: Names = ()  # headers of columns that look like steps, but are not
    totals: Literal["bottom", "top"] = "bottom"
    highlight: Literal["rule", "fill", "none"] = "rule"
    red: Meaning = "left"  # the meaning of a row that a person painted
    green: Meaning = "paid"
    win_probability: float | None = Field(default=None, ge=0, le=1)  # of a client who has reached no step
    follow_ups: tuple[FollowUp, ...] = ()
    stages: tuple[Stage, ...] = ()
    segments: dict[str, Annotated[Rule, PlainValidator(read_rule)]] = Field(default_factory=dict)
    stage_cells: Literal["hand", "start"] = "hand"  # a typed stage overrides, or is where a client began
    reassign: dict[str, str] = Field(default_factory=dict)  # former stages in the sheet, and the new ones
    events: Events | None = None
    company: Company = Company()
    within: str = ""  # the conversion window of a `Funnel`; not a key of the file
    unanswered: Names = ()  # open questions of `funnel init`: columns (letters), "paid", "order"
    business: Business = Business()
    notes: tuple[Note, ...] = ()
    tab: str | None = None  # with the clients, where several tabs have the same headers

    @field_validator("period")
    @classmethod
    def _readable(cls, value: str) -> str:
        Duration.parse(value)
        return value

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        if value and value not in available_timezones():
            near = nearest(value, sorted(available_timezones()))
            raise ValueError(f"there is no time zone {value!r}{f'; did you mean {near!r}?' if near else ''}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Journey:
        if self.stages:
            check_stages(self.stages, self.reassign)
        check_segments(self.segments, [rule for stage in self.stages for rule in stage.rules])
        self._check_events()
        if self.company.column:
            known = self.columns["company"].headers if "company" in self.columns else ()
            headers = tuple(dict.fromkeys((self.company.column, *known)))
            object.__setattr__(self, "columns", {**self.columns, "company": Column(headers=headers)})
        if not self.steps and not self.stages:
            raise ValueError("a journey needs steps, or stages")
        if not self.steps:
            object.__setattr__(self, "steps", _steps_of(self.stages))
        names = [step.name for step in self.steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two steps are called {twice[0]!r}; every step needs its own name")
        for earlier, later in combinations(self.retention, 2):
            if earlier.retention_duration == later.retention_duration:
                raise ValueError(
                    f"the steps {earlier.name!r} and {later.name!r} are both retention at "
                    f"{earlier.retention_duration}; each needs its own time"
                )
        paid = [step.name for step in self.steps if step.paid]
        if len(paid) > 1:
            raise ValueError(f"{' and '.join(map(repr, paid))} are both `paid = true`; only one step can be")
        self._check_follow_ups(names)
        return self

    def _check_events(self) -> None:
        """Check that events lead to existing stages, and that rules on events have an event log."""
        if self.events is not None:
            check_events(self.events, self.stages, self.reassign)
            if self.events.is_the_sheet and not self.stages:
                raise ValueError(
                    "[events] has neither `tab` nor `file`, so the sheet itself is the event log; then the "
                    "journey needs stages"
                )
        elif self.event_counts:
            raise ValueError(
                f"there is a rule {self.event_counts[0]}, but the journey has no event log; add it "
                'below a line [events]: tab = "Events", or file = "events.csv"'
            )

    def _check_follow_ups(self, steps: list[str]) -> None:
        """Check that every follow-up has its own name and names existing steps."""
        names = [item.name for item in self.follow_ups]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two follow-ups are called {twice[0]!r}; every follow-up needs its own name")
        for item in self.follow_ups:
            for key, wanted in (("step", item.step), ("since", (item.since,) if item.since else ())):
                if unknown := [name for name in wanted if name not in steps]:
                    near = nearest(unknown[0], steps)
                    raise ValueError(
                        f"`{key}` of the follow-up {item.name!r} names {unknown[0]!r}, which is not a step"
                        f"{f'; did you mean {near!r}?' if near else ''}"
                    )
            if item.since in item.step:
                raise ValueError(
                    f"the follow-up {item.name!r} starts at {item.since!r} and is closed by the same step; "
                    "change one of them"
                )

    def __repr__(self) -> str:
        facts = [f"{len(self.steps)} steps"]
        if self.paid:
            facts.append(f"paid at {self.paid.name!r}")
        if self.retention:
            facts.append(f"retention at {', '.join(str(s.retention_duration) for s in self.retention)}")
        return f"Journey {self.name!r}: {', '.join(facts)}"

    __str__ = __repr__

    @cached_property
    def paid(self) -> Step | None:
        """The paid step, which turns a row green, or None."""
        return next((step for step in self.steps if step.paid), None)

    def _repr_html_(self) -> str:
        roles = [
            [role.replace("_", " "), " + ".join(column.join) or listed(column.headers, "or", 2), ""]
            for role, column in self.columns.items()
        ]
        steps = [
            [step.name, step.column or step.name, "paid" if step.paid else str(self.due(step.name))]
            for step in self.steps
        ]
        groups = ["Columns"] * len(roles) + ["Steps, in order"] * len(steps)
        titles = ("What", "Header in the sheet", "Due after the lead")
        return html.paragraphs(repr(self)) + html.table(titles, roles + steps, texts=(1, 2), groups=groups)

    @property
    def staged(self) -> bool:
        """True if the steps are made from the stages: no step has a column, and a stage implies earlier ones.

        >>> stages = (Stage(name="Lead", default=True), Stage(name="Won", paid=True))
        >>> journey = Journey(stages=stages)
        >>> journey.staged, [step.name for step in journey.steps], journey.paid.name
        (True, ['Lead', 'Won'], 'Won')
        """
        return bool(self.stages) and self.steps == _steps_of(self.stages)

    @property
    def ordered_stages(self) -> tuple[Stage, ...]:
        """The ordered stages that clients go through: active and not lost."""
        return stages_.ordered_stages(self.stages)

    @property
    def lost(self) -> tuple[Stage, ...]:
        """The active lost stages."""
        return stages_.lost(self.stages)

    def reached_before(self, stage: str) -> str | None:
        """Return the stage that the clients of a lost stage had reached, or None if not declared.

        >>> stages = (Stage(name="Lead", default=True), Stage(name="Met"))
        >>> journey = Journey(stages=(*stages, Stage(name="No-show", lost=True, reached="Met")))
        >>> journey.reached_before("No-show"), journey.reached_before("Lead")
        ('Met', None)
        """
        known = stages_.names(self.stages, self.reassign)
        reached = next((lost.reached for lost in self.lost if lost.name == stage), None)
        return known.get(fold(reached)) if reached else None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, of segments and of stages."""
        return (*self.segments.values(), *(rule for stage in self.stages for rule in stage.rules))

    @property
    def event_counts(self) -> tuple[EventCount, ...]:
        """The distinct counts of events in all rules."""
        return tuple(dict.fromkeys(found for rule in self.rules for found in event_counts(rule)))

    @property
    def retention(self) -> tuple[Step, ...]:
        """The retention steps, in order."""
        return tuple(step for step in self.steps if step.kind == "retention")

    def follow_ups_of(self, steps: Iterable[str]) -> tuple[FollowUp, ...]:
        """Return the follow-ups that still apply if only these steps remain.

        >>> steps = (Step(name="Met"), Step(name="Paid"))
        >>> items = (FollowUp(name="Call", after="1 day", step=["Met", "Paid"]),)
        >>> Journey(steps=steps, follow_ups=items).follow_ups_of(["Paid"])[0].step
        ('Paid',)
        """
        names = set(steps)
        kept = [
            item.model_copy(update={"step": tuple(name for name in item.step if name in names)})
            for item in self.follow_ups
            if item.since is None or item.since in names
        ]
        touch_bases = {item.name for item in self.follow_ups if not item.step}
        return tuple(item for item in kept if item.step or item.name in touch_bases)

    def step(self, name: str) -> Step:
        """Return the step with this name; KeyError if there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def due(self, name: str) -> Duration:
        """Return the time after the lead at which a step is due (docs/definitions.md#due)."""
        step = self.step(name)
        return step.retention_duration or Duration.parse(self.within or step.due or self.period)


def _steps_of(stages: Iterable[Stage]) -> tuple[Step, ...]:
    """Make a step from each ordered stage."""
    return tuple(
        Step(name=stage.name, paid=stage.paid, win_probability=stage.win_probability)
        for stage in stages_.ordered_stages(stages)
    )
