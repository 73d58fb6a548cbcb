"""Answers to what a reading asks: the journey as it is once they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from funnel.clients import Reading
from funnel.clients.reading import Question
from funnel.errors import ReadError, UsageError
from funnel.grid import column_letter
from funnel.journey import Column, Journey, Stage, Step
from funnel.journey.model import ROLES, Role
from funnel.text import fold, listed


def answered(reading: Reading, answers: Sequence[tuple[str, str]], source: str) -> Journey:
    """Return the journey of a reading with the answers to its questions; as read where there is none.

    Parameters
    ----------
    answers : what each is about, as the questions name it, and the answer: [("L", "left_date")].

    Raises
    ------
    ReadError : by the answers, the sheet holds no clients, or nothing that they go through.
    UsageError : an answer is about nothing that can be answered.
    """
    if any(about == "sheet" and answer.startswith("no: there") for about, answer in answers):
        raise ReadError(f"{source} holds no clients, by the answer given; no journey file was written.")
    journey = reading.journey
    for about, answer in answers:
        if about.upper() in _letters(reading):
            journey = _about_column(reading, journey, about.upper(), answer)
        elif about == "paid" and journey is not None:
            journey = _paid_at(journey, answer)
        elif about == "order" and journey is not None:
            journey = _ordered(journey, answer)
        elif about not in ("tab", "sheet", "client", "steps", "order", "paid"):
            known = listed(dict.fromkeys(question.about for question in reading.questions))
            raise UsageError(
                f"--answer {about}={answer} is about nothing that is asked. Asked: {known or '–'}."
            )
    if journey is None:
        raise ReadError(
            f"{source} has no step that a journey could be made of. If its clients are in another tab, name "
            "it with --tab; `funnel new clients.xlsx` makes a sheet to begin with."
        )
    return journey


def pending(reading: Reading, answers: Sequence[tuple[str, str]]) -> Iterator[Question]:
    """The questions that no answer is about."""
    given = {about.upper() for about, _ in answers}
    yield from (question for question in reading.questions if question.about.upper() not in given)


def _letters(reading: Reading) -> dict[str, str]:
    """The headers of the columns that are known of, by letter."""
    found = {column_letter(belief.column): belief.header for belief in reading.columns}
    found |= {column_letter(column.column): column.header for column in reading.not_used}
    found |= {column_letter(c): h for s in reading.steps for c, h in zip(s.columns, s.headers, strict=True)}
    for question in reading.questions:
        if question.about.isalpha() and question.about.isupper():
            found.setdefault(question.about, "")
    return found


def _about_column(reading: Reading, journey: Journey | None, letter: str, answer: str) -> Journey | None:
    """What one column is: a role, a step, nothing; or what one stage of a stage column is."""
    header = _letters(reading)[letter] or _quoted(reading, letter)
    stage, _, place = answer.rpartition(": ")
    if place in ("left", "on the way") and journey is not None:
        return _stage_at(journey, stage, place == "left")
    role = next((role for role in ROLES if role == answer and role != "stage"), None)
    if role is not None:
        return _with_role(reading, journey, role, header)
    if answer == "ignore" and journey is not None and not journey.staged:
        rest = tuple(step for step in journey.steps if fold(step.column or step.name) != fold(header))
        return _changed(journey, steps=rest) if rest else None
    if answer == "step" and journey is not None and not journey.staged:
        there = any(fold(step.column or step.name) == fold(header) for step in journey.steps)
        return journey if there else _changed(journey, steps=(*journey.steps, Step(name=header)))
    return journey


def _quoted(reading: Reading, letter: str) -> str:
    """The header that the question about a column names."""
    asked = next(question.question for question in reading.questions if question.about == letter)
    return asked.split("'")[1] if asked.count("'") >= 2 else ""


def _with_role(reading: Reading, journey: Journey | None, role: Role, header: str) -> Journey:
    """The journey with a column for a role; it is no step any more."""
    column: dict[Role, Column] = {role: Column(headers=(header,))}
    if journey is None:
        known = {known: belief for known in ROLES if (belief := reading.role(known))}
        columns = {known: Column(headers=(belief.header,)) for known, belief in known.items()}
        months = (1, 2, 3, 6, 12)
        steps = tuple(Step(name=f"{m} month{'s' if m > 1 else ''}", months=m) for m in months)
        return Journey(columns={**columns, **column}, steps=steps)
    changed = {**journey.columns, **column}
    if journey.staged:
        return _changed(journey, columns=changed)
    rest = tuple(step for step in journey.steps if fold(step.column or step.name) != fold(header))
    return _changed(journey, columns=changed, steps=rest or journey.steps)


def _paid_at(journey: Journey, name: str) -> Journey:
    """The journey with another paid step, or none."""
    if journey.staged:
        stages = [stage.model_copy(update={"paid": stage.name == name}) for stage in journey.stages]
        return _changed(journey, stages=tuple(stages), steps=())
    names = [step.name for step in journey.steps]
    if name != "none" and name not in names:
        raise UsageError(f"--answer paid={name} names no step. Steps: {listed(map(repr, names))}, or none.")
    steps = [step.model_copy(update={"paid": step.name == name}) for step in journey.steps]
    return _changed(journey, steps=tuple(steps))


def _ordered(journey: Journey, answer: str) -> Journey:
    """The journey with its stages, or steps, in the order of a list."""
    wanted = [fold(name) for name in answer.split(",")]
    if len(wanted) < 2:
        return journey  # "as listed"

    def place(name: str) -> int:
        return wanted.index(fold(name)) if fold(name) in wanted else len(wanted)

    if journey.staged:
        stages = sorted(journey.stages, key=lambda stage: (stage.lost, place(stage.name)))
        first = stages[0].name
        stages = [stage.model_copy(update={"default": stage.name == first}) for stage in stages]
        return _changed(journey, stages=tuple(stages), steps=())
    return _changed(journey, steps=tuple(sorted(journey.steps, key=lambda step: place(step.name))))


def _stage_at(journey: Journey, name: str, lost: bool) -> Journey:
    """The journey with a stage on the way, or apart from it."""
    if name in journey.reassign:  # it was no stage so far
        rest = {old: new for old, new in journey.reassign.items() if old != name}
        journey = _changed(journey, stages=(*journey.stages, Stage(name=name)), steps=(), reassign=rest)
    stages = [
        stage.model_copy(update={"lost": lost, "paid": stage.paid and not lost})
        if stage.name == name
        else stage
        for stage in journey.stages
    ]
    stages.sort(key=lambda stage: stage.lost)
    first = stages[0].name
    stages = [stage.model_copy(update={"default": stage.name == first}) for stage in stages]
    return _changed(journey, stages=tuple(stages), steps=())


def _changed(journey: Journey, **changes: Any) -> Journey:
    """The same journey with some fields changed, checked anew."""
    fields = {field: getattr(journey, field) for field in journey.model_fields_set}
    if journey.staged:
        fields.pop("steps", None)
        if not changes.get("steps"):
            changes.pop("steps", None)
    return Journey(**{**fields, **changes})
