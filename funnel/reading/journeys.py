"""Make a journey from a reading, by which the clients are loaded."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from funnel.cells.mark_words import CIRCLES, REACHED, normalize_word
from funnel.clients.reading import Reading, RoleBelief, StepBelief
from funnel.journey import Column, Journey, Role, Stage, Step, preset
from funnel.journey.events import Events
from funnel.journey.model import ROLES
from funnel.journey.rules import Comparison, without_event_counts
from funnel.reading.candidates import Candidate
from funnel.reading.columns.preset_columns import Recognised
from funnel.reading.columns.stage_column import StageColumn
from funnel.reading.match_columns import match
from funnel.reading.tables.evidence import says_nothing
from funnel.reading.tables.header import Header
from funnel.reading.words.concepts import plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.vocabulary import step_headers
from funnel.schema import step_mark
from funnel.text import fold

_ACTIVE = "Active"  # the stage of blank cells if all values of the column are lost stages
_AFTER = (
    "after", "after the", "at", "at the", "in the", "during", "nach", "bei", "dopo", "dopo la", "dopo il",
    "después de", "tras", "depois de", "após", "após a", "après", "après le", "na", "po", "после", "sonrası",
)  # fmt: skip
DERIVED_MONTHS = (1, 2, 3, 6, 12)
"""Retention steps of a sheet that has lead and left dates, but no column for any."""


def journey_of(reading: Reading, candidate: Candidate, source: str) -> Journey | None:
    """Make the journey of a reading; None if it has neither steps nor stages."""
    try:
        return _journey(reading, candidate, _name(reading, source))
    except ValidationError:  # such as two retention steps at one time: a person has to choose
        return None


def journey_of_preset(
    found: Recognised, header: Header, beliefs: Sequence[RoleBelief], marks: Mapping[str, tuple[str, ...]]
) -> Journey:
    """Reduce a preset to what the sheet has; keep retention steps with a column, or all if none has one.

    Parameters
    ----------
    marks : by step, the words that are marks in this sheet.
    """
    if found.journey.staged:
        return found.journey  # rules without a column are switched off when the clients are loaded
    client = tuple(belief.header for belief in beliefs if belief.role == "client")
    declared = dict(found.journey.columns)
    if len(client) > 1:
        declared["client"] = Column(join=client)
    columns = match(header, _with(found.journey, columns=declared))
    dated = {"lead_date", "left_date"} <= set(columns.at)
    derive = dated and not any(step_mark(step.name) in columns.at for step in found.journey.retention)
    steps = tuple(
        step.model_copy(update={"marks": tuple(dict.fromkeys((*step.marks, *marks.get(step.name, ()))))})
        for step in found.journey.steps
        if step_mark(step.name) in columns.at or (derive and step.kind == "retention")
    )  # fmt: skip
    roles = {role: column for role, column in declared.items() if role in columns.at}
    others = [belief for belief in beliefs if belief.role in ROLES and belief.role not in declared]
    roles |= {belief.role: Column(headers=(belief.header,)) for belief in others}  # type: ignore[misc]
    return _with(found.journey, steps=steps, columns=roles)


def without_events(journey: Journey) -> Journey:
    """Return a preset for a sheet that has no event log: without the rules that count events."""
    if journey.events is None or journey.events.is_the_sheet:
        return journey
    segments = {
        name: kept[0] for name, rule in journey.segments.items()
        if (kept := without_event_counts([rule], journey.segments))
    }  # fmt: skip
    stages = tuple(
        stage.model_copy(update={"rules": without_event_counts(stage.rules, journey.segments)})
        for stage in journey.stages
    )
    return _with(journey, stages=stages, segments=segments, events=None)


def _with(journey: Journey, **changes: Any) -> Journey:
    """Return the journey with some fields changed, validated again."""
    fields = {field: getattr(journey, field) for field in journey.model_fields_set}
    if journey.staged:
        fields.pop("steps", None)  # made of the stages
    if changes.get("steps"):
        changes["follow_ups"] = journey.follow_ups_of(step.name for step in changes["steps"])
    return Journey(**{**fields, **changes})


def _journey(reading: Reading, candidate: Candidate, name: str) -> Journey | None:
    columns = _columns(reading)
    if candidate.events is not None:
        return _of_events(reading, candidate, name)
    if candidate.staged:
        stages = _stages(reading)
        if candidate.stages is not None and candidate.stages.result is not None:
            return Journey(
                name=name, columns=columns, stages=_with_result(stages, candidate.stages), stage_cells="start"
            )
        first = next((stage.name for stage in stages if stage.default), "")
        return Journey(
            name=name, columns=columns, stages=stages, reassign=dict.fromkeys(_aside(candidate), first)
        )
    steps = [_step(belief) for belief in reading.steps]
    steps += derived_retention(steps, columns)
    if not steps:
        return None
    return Journey(name=name, columns=columns, steps=tuple(steps), stages=_statuses(candidate))


def derived_retention(steps: Sequence[Step], columns: Container[str]) -> list[Step]:
    """Return the retention steps that both dates show: none without a paid step or beside columns."""
    known = "lead_date" in columns and "left_date" in columns and all(s.kind == "step" for s in steps)
    if not known or not (not steps or any(step.paid for step in steps)):
        return []
    return [Step(name=f"{m} month{'s' if m > 1 else ''}", months=m) for m in DERIVED_MONTHS]


def _columns(reading: Reading) -> dict[Role, Column]:
    found: dict[Role, list[str]] = {}
    for belief in reading.columns:
        if belief.role in ROLES:
            found.setdefault(belief.role, []).append(belief.header)
    return {
        role: Column(join=tuple(headers)) if len(headers) > 1 else Column(headers=tuple(headers))
        for role, headers in found.items()
    }


def _step(belief: StepBelief) -> Step:
    """Return a step named by its header, with the settings of a preset's step of that name."""
    header = belief.headers[0]
    known = next((step_headers()[fold(h)] for h in belief.headers if fold(h) in step_headers()), None)
    model = preset("gym").step(known) if known else None
    clock = None if belief.paid else retention_of(header)
    marks = tuple(text for text in belief.marks if normalize_word(text) not in REACHED - CIRCLES)
    return Step(
        name=belief.step,
        column=header if header != belief.step else None,
        paid=belief.paid,
        months=clock.months or None if clock else None,
        after=str(clock) if clock and not clock.months else None,
        target=model.target if model else None,
        advice=model.advice if model else None,
        marks=marks,
    )


def _stages(reading: Reading) -> tuple[Stage, ...]:
    way = [
        Stage(name=belief.step, default=at == 0, paid=belief.paid) for at, belief in enumerate(reading.steps)
    ]
    lost = [belief.stage for belief in reading.stages if belief.lost]
    return (
        *way,
        *(Stage(name=name, lost=True, reached=reached_before(name, reading.steps)) for name in lost),
    )


def _with_result(stages: Sequence[Stage], column: StageColumn) -> tuple[Stage, ...]:
    """Return the stages with a rule for those that the column of the result shows: won and lost."""
    assert column.result is not None
    header, shown = column.result.header, {column.way[-1], *column.lost}
    return tuple(
        stage.model_copy(update={"rules": (Comparison(header, "is", stage.name),)})
        if stage.name in shown else stage
        for stage in stages
    )  # fmt: skip


def reached_before(lost: str, way: Sequence[StepBelief]) -> str | None:
    """Return the stage that clients in a lost stage had reached, as far as names and order show it.

    >>> way = [StepBelief(name, (), (), "certain", "") for name in ("New", "Demo", "Interested")]
    >>> reached_before("Lost after demo", way), reached_before("Not interested", way)
    ('Demo', None)
    >>> reached_before("Lost", way[:1])
    'New'
    """
    padded = f" {plain(lost)} "
    named = [s.step for s in way if any(f" {word} {plain(s.step)} " in padded for word in _AFTER)]
    if len(named) == 1:
        return named[0]
    before = [step.step for at, step in enumerate(way) if not any(s.paid for s in way[: at + 1])]
    return before[0] if len(before) == 1 and len(way) <= 2 else None


def _aside(candidate: Candidate) -> tuple[str, ...]:
    """Return the values of a stage column that are not stages, including those that mean blank ("N/A")."""
    if candidate.stages is None:
        return ()
    cells = dict.fromkeys(candidate.facts.table.values(candidate.stages.column.number))
    blank = [cell.strip() for cell in cells if isinstance(cell, str) and fold(cell) and says_nothing(cell)]
    return tuple(dict.fromkeys((*candidate.stages.aside, *blank)))


def _statuses(candidate: Candidate) -> tuple[Stage, ...]:
    """Return the values of a status column beside the steps; none if no value means lost."""
    column = candidate.stages
    if candidate.results:
        return _failed(candidate)
    if column is None or not column.lost:
        return ()
    lost = {fold(value): Stage(name=value, lost=True) for value in column.lost if fold(value)}
    here = {fold(value): value for value in (*column.way, *column.parked, *column.aside) if fold(value)}
    staying = [value for key, value in here.items() if key not in lost] or [_ACTIVE]
    return (*(Stage(name=name, default=at == 0) for at, name in enumerate(staying)), *lost.values())


def _failed(candidate: Candidate) -> tuple[Stage, ...]:
    """Return a lost stage for each result by which a client is out."""
    rules: dict[str, list[Comparison]] = {}
    for result in candidate.results:
        for value in result.failed:
            rules.setdefault(value, []).append(Comparison(result.column.header, "is", value))
    lost = (Stage(name=value, lost=True, rules=tuple(found)) for value, found in rules.items())
    return (Stage(name=_ACTIVE, default=True), *lost) if rules else ()


def _of_events(reading: Reading, candidate: Candidate, name: str) -> Journey:
    assert candidate.events is not None
    log = candidate.events
    columns: dict[Any, tuple[str, ...]] = {
        "client": (log.client.header,), "event": (log.event.header,), "when": (log.when.header,)
    }  # fmt: skip
    roles = {role: column for role, column in _columns(reading).items() if role not in ("client", "stage")}
    return Journey(name=name, columns=roles, stages=_stages(reading), events=Events(columns=columns))


def _name(reading: Reading, source: str) -> str:
    """Return the name of the file, or of the tab if there is no file."""
    file = PurePath(source)
    return (reading.tab if "://" in source or not file.suffix else file.stem) or "Journey"
