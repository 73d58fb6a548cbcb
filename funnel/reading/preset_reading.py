"""The reading of a sheet with the headers of a preset, with its additional steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from funnel.clients.reading import Question, Reading, RoleBelief, Shape, StageBelief, StepBelief
from funnel.grid import column_letter
from funnel.journey.model import Step
from funnel.reading.answers import Answers, unanswered
from funnel.reading.beliefs import role_belief, unused, with_journey
from funnel.reading.candidates import Candidate, Facts, steps_of
from funnel.reading.cell_questions import about_cells, about_everybody, own_marks
from funnel.reading.columns.milestones import Milestone
from funnel.reading.columns.paying import paid_step, paid_weight
from funnel.reading.columns.preset_columns import Recognised
from funnel.reading.journeys import journey_of, journey_of_preset
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import everywhere
from funnel.reading.tables.twins import related
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.thresholds import ENOUGH, TWIN_OF_NAME

_MOST = 6  # maximum number of questions
_PAYS = 2  # the weight of a header that means payment, and nothing less


def reading_of_preset(
    found: Recognised, facts: Facts, source: str, answers: Answers, questions: Sequence[Question] = ()
) -> Reading:
    """Return the reading of a sheet with the headers of a preset, with its additional steps.

    Parameters
    ----------
    questions : those about the tab.
    """
    table, name = facts.table, found.name
    given = {about.upper(): answer for about, answer in answers}
    ignored = {c.number for c in facts.table.columns if given.get(_letter(c)) == "ignore"}
    asked = [question for column in found.steps.values() for question in about_cells(column)]
    reason = found.roles.get("left_reason")
    if reason is not None and (everybody := about_everybody(reason)):
        asked.append(everybody)
        ignored |= {reason.number} if given.get(_letter(reason)) != "left_reason" else set()
    questions = unanswered([*questions, *asked][:_MOST], answers)
    found = _without(found, ignored)
    because = f"a header of the preset {name!r}"
    candidate = steps_of(facts)
    if found.journey.staged or candidate is None:
        candidate = Candidate(facts, "marks")
    columns = tuple(_preset_roles(found, candidate, because))
    marks = {step: own_marks(column, given.get(_letter(column))) for step, column in found.steps.items()}
    others = {belief.column for belief in columns} | ignored
    steps, whole = _preset_steps(found, candidate, others, marks)
    if found.journey.staged:
        steps = [StepBelief(s.name, (), (), "certain", because, s.paid) for s in found.journey.steps]
    stages = tuple(
        StageBelief(stage.name, stage.lost, "preset") for stage in found.journey.stages if stage.active
    )
    shape: Shape = "stages" if found.journey.staged else "marks"
    used = {belief.column for belief in columns} | {c for step in steps for c in step.columns}
    used |= {column.number for column in found.compared}
    reading = Reading(
        table.tab, table.header.row, shape, "guess" if questions else "certain", columns, tuple(steps),
        stages, tuple(unused(candidate, used)), questions=tuple(questions),
    )  # fmt: skip
    made = (
        journey_of_preset(found, table.header, columns, marks)
        if whole
        else journey_of(reading, candidate, source)
    )
    if made is not None and not whole:
        follow_ups = found.journey.follow_ups_of(step.name for step in made.steps)
        made = made.model_copy(update={"follow_ups": tuple(item for item in follow_ups if item.step)})
    return with_journey(reading, made)


def _preset_steps(
    found: Recognised, candidate: Candidate, others: Set[int], marks: Mapping[str, tuple[str, ...]]
) -> tuple[list[StepBelief], bool]:
    """Return the steps of the preset and the additional ones, and whether the preset is the whole journey.

    Parameters
    ----------
    others : columns that are no steps.
    """
    because = f"a header of the preset {found.name!r}"
    taken = {column.number for column in (*found.roles.values(), *found.steps.values())} | others
    steps = [
        _preset_step(found, step, because, marks[step.name])
        for step in found.journey.steps if step.name in found.steps
    ]  # fmt: skip
    more = [
        step for step in candidate.steps
        if not {c.number for c in step.columns} & taken
        and _is_sure(step, found) and not _is_again(step, found)
    ]  # fmt: skip
    for step in more:
        steps.insert(_place(step, steps, candidate), _further_step(step))
    timed = list(_further_times(candidate.facts, taken | {c for step in steps for c in step.columns}))
    steps += timed
    if not any(step.paid for step in steps):
        at = paid_step([step.step for step in steps]).at
        steps = [replace(step, paid=n == at) for n, step in enumerate(steps)]
    most = 2 * len(found.steps) > len(found.journey.steps)
    return steps, found.journey.staged or (most and not (more or timed))


def _without(found: Recognised, ignored: Set[int]) -> Recognised:
    steps = {step: column for step, column in found.steps.items() if column.number not in ignored}
    roles = {role: c for role, c in found.roles.items() if role != "left_reason" or c.number not in ignored}
    return replace(found, steps=steps, roles=roles)


def _letter(column: Evidence) -> str:
    return column_letter(column.number)


def _is_again(step: Milestone, found: Recognised) -> bool:
    """Return True if a step is one of the preset's: the date of its flag, in about the same rows."""
    for column in found.steps.values():
        paid = paid_weight(step.header) >= _PAYS and paid_weight(column.header) >= _PAYS
        alike = paid or related(step.header, column.header)
        both, own = column.reached & step.main.reached, step.main.reached
        if alike and column.kind != step.main.kind and both.sum() >= TWIN_OF_NAME * own.sum():
            return True
    return False


def _is_sure(step: Milestone, found: Recognised) -> bool:
    """Return True if a step beside those of a preset needs no question: by its words, place or many cells.

    A time after the lead ("one month") is none of them: it comes after all other steps.
    """
    if retention_of(step.header) is not None:
        return False
    places = [column.number for column in found.steps.values()]
    among = bool(places) and min(places) < step.main.number < max(places)
    by_cells = len(step.main) >= 2 * ENOUGH and not everywhere(step.main)
    return not step.main.notes and (step.words or among or by_cells)


def _place(step: Milestone, placed: Sequence[StepBelief], candidate: Candidate) -> int:
    """Return the position of an additional step among a preset's: after the step that clients have before."""
    before = candidate.steps[: candidate.steps.index(step)]
    for earlier in reversed(before):
        columns = {column.number for column in earlier.columns}
        at = next((n for n, belief in enumerate(placed) if columns & set(belief.columns)), None)
        if at is not None:
            return at + 1
    return 0


def _preset_roles(found: Recognised, candidate: Candidate, because: str) -> Iterator[RoleBelief]:
    """Yield the roles of a preset, a name in two columns, and leaving columns with other headers."""
    identity, leaving = candidate.facts.identity, candidate.leaving
    steps = {column.number for column in found.steps.values()}
    for role, column in found.roles.items():
        joined = identity.columns if identity is not None and len(identity.columns) > 1 else ()
        if role == "client" and column in joined:
            yield from (role_belief("client", part, "certain", because) for part in joined)
        else:
            yield role_belief(role, column, "certain", because)
    others = {column.number for column in found.roles.values()} | steps
    for role, left in (("left_date", leaving.date), ("left_reason", leaving.reason)):
        if role not in found.roles and left is not None and left.number not in others:
            yield role_belief(role, left, "certain", leaving.date_because or leaving.reason_because)


def _preset_step(found: Recognised, step: Step, because: str, marks: tuple[str, ...]) -> StepBelief:
    column = found.steps[step.name]
    return StepBelief(
        column.header, (column.number,), (column.header,), "certain", because, step.paid, marks=marks
    )


def _further_times(facts: Facts, used: Set[int]) -> Iterator[StepBelief]:
    """Yield mark columns headed as a time after the lead, in words that the preset does not have."""
    for column in facts.table.columns:
        marks = int(column.reached.sum())
        known = retention_of(column.header) is not None and column.number not in used
        if known and marks and 2 * marks >= int(column.filled.sum()):
            yield StepBelief(
                column.header, (column.number,), (column.header,), "certain",
                "its words are a time after the lead", marks=column.spellings,
            )  # fmt: skip


def _further_step(step: Milestone) -> StepBelief:
    return StepBelief(
        step.header, tuple(c.number for c in step.columns), tuple(c.header for c in step.columns),
        step.confidence, step.because, marks=step.main.spellings,
    )  # fmt: skip
