"""What answers change of the choice between readings: which are left, with which steps and leaving date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from funnel.clients.reading import Question
from funnel.grid import column_letter
from funnel.journey import Journey
from funnel.reading.candidates import Candidate, Facts, by_stages
from funnel.reading.columns.leaving import Leaving
from funnel.reading.columns.milestones import Milestone, Milestones
from funnel.reading.columns.stage_column import StageColumn
from funnel.reading.tables.evidence import any_text_in
from funnel.reading.tables.relations import everywhere

Answers: TypeAlias = Sequence[tuple[str, str]]
"""What each answer is about, as questions name it, and the answer: ``[("L", "left_date")]``."""

ANY = "any text"
"""The answer by which any text in a column is a mark."""

WAY = "way"
"""What the answer "columns", "events" or "stage HEADER" is about: what shows how far clients got."""


def unanswered(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Return the questions that no answer is about."""
    return [q for q in questions if not any(q.takes(about, answer) for about, answer in answers)]


def way_of(journey: Journey) -> tuple[str, str]:
    """Return the answer by which a sheet is read as a journey reads it: by columns, events or stages.

    >>> from funnel.journey import preset
    >>> way_of(preset("gym"))
    ('way', 'columns')
    """
    if journey.events is not None and journey.events.is_the_sheet:
        return WAY, "events"
    column = journey.columns.get("stage")
    if journey.staged and column is not None and column.headers:
        return WAY, f"stage {column.headers[0]}"
    return WAY, "columns"


def answered_candidates(facts: Facts, found: Iterable[Candidate], answers: Answers) -> list[Candidate]:
    """Return the readings of a table that the answers leave, changed by them.

    >>> from funnel.grid import Grid
    >>> from funnel.reading.candidates import candidates_of, facts_of
    >>> from funnel.reading.tables.table import find_table
    >>> grid = Grid("Leads", [["Name", *"abcdefgh"], ["Stage", *["New", "Won", "Lost", "Met"] * 2]])
    >>> facts = facts_of(find_table(grid, {}), 740_000)
    >>> found = list(candidates_of(facts))
    >>> [len(answered_candidates(facts, found, [("B", answer)])) for answer in ("stage", "ignore")]
    [1, 0]
    """
    given = [(about.upper() if about != WAY else WAY, answer) for about, answer in answers]
    stages = [column for about, answer in given if (column := _stage_column(facts, about, answer))]
    candidates = [by_stages(facts, stages[-1])] if stages else list(found)
    changed = [_changed(candidate, given) for candidate in candidates]
    kept = [
        candidate for candidate in changed
        if candidate is not None and all(_allowed(candidate, about, answer) for about, answer in given)
    ]  # fmt: skip
    columns = any(answer in ("the columns", "columns") for _, answer in given)
    return kept or ([dated] if columns and (dated := _of_dates(facts)) else [])


def _of_dates(facts: Facts) -> Candidate | None:
    """Return the reading by every column of dates that is not filled everywhere, if there are two."""
    dates = [c for c in facts.dates.events if not everywhere(c)]
    steps = tuple(Milestone((column,), words=True, cells=True) for column in dates)
    return Candidate(facts, "dates", steps, Milestones(steps), score=1.0) if len(steps) > 1 else None


def _stage_column(facts: Facts, about: str, answer: str) -> StageColumn | None:
    """Return the column that an answer makes the stage column."""
    for stages in facts.stages:
        letter = column_letter(stages.column.number)
        if (about, answer) == (letter, "stage") or answer.casefold() == f"column {letter}".casefold():
            return stages
        if about == WAY and answer == f"stage {stages.column.header}":
            return stages
    return _numbered(facts, about) if answer == "stage" else None


def _numbered(facts: Facts, letter: str) -> StageColumn | None:
    """Return a column of numbers as one of stages, in the order of the numbers."""
    column = next((c for c in facts.table.columns if column_letter(c.number) == letter), None)
    numbers = sorted({n for n in column.numbers.tolist() if n == n}) if column is not None else []
    if column is None or not numbers:
        return None
    return StageColumn(column, tuple(f"{n:g}" for n in numbers), (), (), 1.0, True, "numbers", "")


def _changed(candidate: Candidate, given: Answers) -> Candidate | None:
    """Return a candidate with the steps and the leaving date of the answers; None if no step is left."""
    kinds = {about: answer for about, answer in given if ": " not in answer}
    leaving = _leaving(candidate, kinds)
    if not candidate.steps:
        return replace(candidate, leaving=leaving)
    no_steps = {letter for letter, kind in kinds.items() if kind in ("ignore", "left_date", "left_reason")}
    steps = [
        step for step in candidate.steps
        if not {column_letter(c.number) for c in step.columns} & no_steps
        and (step.words or kinds.get("STEPS") != "no")
    ]  # fmt: skip
    steps = [_with_any_text(step) if kinds.get(_letter(step)) == ANY else step for step in steps]
    there = {column.number for step in steps for column in step.columns}
    for column in candidate.facts.table.columns:
        if kinds.get(column_letter(column.number)) == "step" and column.number not in there:
            at = sum(step.main.number < column.number for step in steps)
            steps.insert(at, Milestone((column,), words=True, cells=True))
    return replace(candidate, steps=tuple(steps), leaving=leaving) if steps else None


def _letter(step: Milestone) -> str:
    """Return the letter of the column that is read for a step."""
    return column_letter(step.main.number)


def _with_any_text(step: Milestone) -> Milestone:
    return replace(step, columns=(any_text_in(step.main), *step.columns[1:]))


def _leaving(candidate: Candidate, kinds: dict[str, str]) -> Leaving:
    """Return how leaving is read: without a column that is something else, with one that is its date."""
    leaving, ends = candidate.leaving, candidate.leaving.ends
    if leaving.date is not None and kinds.get(column_letter(leaving.date.number)) in ("step", "ignore"):
        leaving = replace(leaving, date=None, date_confidence="likely", date_because="")
    if ends is not None and kinds.get(column_letter(ends.number)) == "left_date":
        leaving = replace(
            leaving, date=ends, date_confidence="certain", date_because="as answered", ends=None
        )
    return leaving


def _allowed(candidate: Candidate, about: str, answer: str) -> bool:
    """Return True if an answer does not exclude a candidate."""
    facts = candidate.facts
    own = candidate.staged and candidate.stages is not None and candidate.stages.column
    if about == WAY:
        is_events = candidate.events is not None
        return is_events == (answer == "events") and (not own or answer == f"stage {own.header}")
    event = facts.events is not None and column_letter(facts.events.event.number) == about
    if answer == "events" or (answer == "no" and event):
        return (candidate.events is not None) == (answer == "events")
    if answer in ("yes", "no") and about in {column_letter(r.column.number) for r in facts.results}:
        return bool(candidate.results) == (answer == "yes")
    if answer in ("the columns", "ignore"):
        return not (own and column_letter(own.number) == about)
    leavers = not (candidate.steps or candidate.staged or candidate.events)
    return not (about == "STEPS" and answer == "no" and leavers)
