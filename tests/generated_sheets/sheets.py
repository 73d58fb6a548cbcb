"""Trackers made at random, each with its truth.

``make(17)`` has headers in the words of one of fifteen languages; ``make(17, nonsense=True)`` is a sheet of
which only the cells can tell what its columns are. The same seed always makes the same sheet.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generated_sheets import words as vocabulary
from generated_sheets.columns import Column, date_column, mark_column, noise_column, spoil, stage_column
from generated_sheets.draft import Draft, draw, make_draft
from generated_sheets.layout import Frame, lay_out, other_tabs
from generated_sheets.people import AS_OF, Person
from generated_sheets.truth import Truth

from funnel.grid import Grid

__all__ = ["AS_OF", "Sheet", "make", "make_nonsense"]

SIZES = ((15, "8-15"), (60, "16-60"), (200, "61-200"), (10**6, "over 200"))


@dataclass(frozen=True)
class Sheet:
    """A generated sheet. `people` are its clients in the order of the rows, `columns` those of its tab."""

    seed: int
    grids: Mapping[str, Grid]
    truth: Truth
    people: Sequence[Person]
    columns: Sequence[Column]


def make(seed: int, nonsense: bool = False) -> Sheet:
    """Make a sheet.

    >>> sheet = make(1)
    >>> sheet.grids == make(1).grids, sheet.truth == make(1).truth
    (True, True)
    """
    draft = make_draft(seed, nonsense)
    columns = _columns(draft)
    strange = _rename(draft, columns)
    dice, words = draft.dice, draft.words
    frame = _frame(dice, len(draft.people))
    tab = dice.choice(words.tabs)
    tabs = [lay_out(dice, tab, columns, frame, words)]
    if not frame.text and dice.random() < 0.25:
        tabs += other_tabs(dice, words)
        dice.shuffle(tabs)
    truth = _truth(draft, columns, strange, tab if len(tabs) > 1 else None, frame)
    return Sheet(seed, {grid.tab: grid for grid in tabs}, truth, draft.people, columns)


def _frame(dice: random.Random, clients: int) -> Frame:
    return Frame(
        titles=draw(dice, {0: 65, 1: 12, 2: 10, 3: 13}),
        blank_columns=draw(dice, {0: 80, 1: 14, 2: 6}),
        blank_rows=draw(dice, {0: 85, 1: 8, 2: 7}),
        totals=dice.random() < 0.2,
        text=dice.random() < 0.3,
    )


def _columns(draft: Draft) -> list[Column]:
    """Make the columns, in an order that a person might choose."""
    dice, words, people = draft.dice, draft.words, draft.people
    front = [
        Column("client", dice.choice(words.headers["client"]), [p.name for p in people]),
        Column("lead", dice.choice(words.headers["lead"]), [p.lead for p in people]),
    ]
    if dice.random() < 0.2:
        front.reverse()
    steps = [] if draft.staged else _step_columns(draft)
    leaving = _leaving_columns(draft)
    noises = _noise_columns(draft, [*front, *steps, *leaving])
    return _shuffled(dice, front, steps, leaving, noises)


def _step_columns(draft: Draft) -> list[Column]:
    """Make the columns of the steps: marks, dates, or both, beside each other or in two blocks."""
    dice, people = draft.dice, draft.people
    marks, dates = [], []
    for k, step in enumerate(draft.steps):
        form = {"mixed": dice.choice(("marks", "dates")), "steps+stage": "dates"}.get(
            draft.shape, draft.shape
        )
        form = form if step.month is None else "marks"
        if form in ("marks", "both"):
            marks.append(mark_column(step.mark, k, people, draft.style, draft.words))
        if form in ("dates", "both"):
            dates.append(date_column(step.date, k, people))
    careless = draft.shape != "both" and dice.random() < 0.25
    typing = len(people) > 20 and dice.random() < 0.12
    for column in (*marks, *dates):
        last = column.step == len(draft.steps) - 1
        spoil(dice, column, 0.03 if careless and not last else 0.0, int(typing and dice.random() < 0.4))
    if draft.shape == "both" and dice.random() < 0.15:
        return [*marks, *dates]
    return sorted([*marks, *dates], key=lambda column: column.step or 0)


def _leaving_columns(draft: Draft) -> list[Column]:
    """Make the columns of who left: a stage column, a date, a reason."""
    dice, words, people = draft.dice, draft.words, draft.people
    columns = []
    if draft.staged or draft.shape == "steps+stage":
        stages = [draft.start, *(step.mark for step in draft.steps)]
        columns.append(stage_column(dice, words, people, stages, draft.lost))
    if draft.shape == "stages+close":
        ended = [p.left or p.reached[-1] for p in people]
        columns.append(Column("closed", dice.choice(words.headers["closed"]), [*ended]))
    if draft.leaving in ("date", "both"):
        columns.append(Column("left", dice.choice(words.headers["left"]), [p.left for p in people]))
    if draft.leaving in ("reason", "both") or (draft.leaving == "lost" and dice.random() < 0.3):
        share = dice.choice((1.0, 0.9)) if sum(p.left is not None for p in people) > 5 else 1.0
        cells = [p.reason if dice.random() < share else None for p in people]
        columns.append(Column("reason", dice.choice(words.headers["reason"]), [*cells]))
    return columns


def _noise_columns(draft: Draft, taken: Sequence[Column]) -> list[Column]:
    """Make up to six columns of noise whose headers no other column has."""
    headers = {column.header for column in taken}
    columns = []
    for kind in draft.dice.sample(vocabulary.NOISES, draft.dice.choice((0, 1, 2, 2, 3, 3, 4, 5, 6))):
        column = noise_column(draft.dice, kind, draft.people, draft.words)
        if column.header not in headers:
            headers.add(column.header)
            columns.append(column)
    return columns


def _shuffled(
    dice: random.Random, front: list[Column], steps: list[Column], leaving: list[Column], noises: list[Column]
) -> list[Column]:
    """Put the columns in an order that a person might choose; the steps keep theirs."""
    if dice.random() < 0.25:
        slots: list[Column | None] = [*front, *leaving, *noises, *([None] * len(steps))]
        dice.shuffle(slots)
        queue = iter(steps)
        return [slot or next(queue) for slot in slots]
    columns = [*front, *leaving, *steps] if dice.random() < 0.15 else [*front, *steps, *leaving]
    edges = [0, len(front), len(columns), len(columns)]
    for noise in noises:
        at = dice.choice(edges) if dice.random() < 0.85 else dice.randrange(len(columns) + 1)
        columns.insert(at, noise)
    return columns


def _rename(draft: Draft, columns: Sequence[Column]) -> bool:
    """Change letter case, or languages, or all words; return True if a leaving column has an unknown word."""
    dice = draft.dice
    if draft.nonsense:
        make_nonsense(dice, columns)
        return True
    how = "plain" if draft.words.language == "tr" else draw(dice, {"plain": 80, "upper": 10, "lower": 10})
    for column in columns:
        column.header = getattr(column.header, how)() if how != "plain" else column.header
    leaving = [column for column in columns if column.kind in ("left", "reason")]
    fate = draw(dice, {"kept": 75, "strange": 15, "foreign": 10})
    if fate == "strange":
        make_nonsense(dice, leaving)
    elif fate == "foreign":
        other = vocabulary.words_of(dice.choice(vocabulary.LANGUAGES))
        for column in leaving:
            column.header = dice.choice(other.headers[column.kind])
    return fate == "strange" and bool(leaving)


def make_nonsense(dice: random.Random, columns: Sequence[Column]) -> None:
    """Give each column a header that means nothing."""
    taken: set[str] = set()
    for column in columns:
        while (header := vocabulary.nonsense(dice)) in taken:
            continue
        taken.add(header)
        column.header = header


def _truth(draft: Draft, columns: Sequence[Column], strange: bool, tab: str | None, frame: Frame) -> Truth:
    """Return the reading of a careful person."""

    def named(*kinds: str) -> tuple[str, ...]:
        return tuple(column.header for column in columns if column.kind in kinds)

    steps = [tuple(c.header for c in columns if c.step == k) for k in range(len(draft.steps))]
    stage = next((column for column in columns if column.kind == "stage"), None)
    optional: tuple[str, ...] = ()
    if stage:
        first, *later = stage.stages
        steps = [(*headers, value) for headers, value in zip(steps, later, strict=True)]
        steps, optional = ([(first,), *steps], ()) if draft.staged else (steps, (first,))
    left, reason = named("left"), named("reason")
    unsure = strange or (not left and _says_only_reason(columns))
    answer = "ask" if draft.nonsense and not stage else "either" if unsure else "read"
    return Truth(
        tab=tab,
        shape=draft.shape,
        client=named("client", "id"),
        lead_date=named("lead"),
        left_date=left or (None, *named("closed")),
        left_reason=(*reason, *([None] if stage or (strange and not left) else [])) or (None,),
        steps=steps,
        optional_steps=optional,
        paid=() if answer == "ask" else steps[draft.paid + draft.staged],
        lost=stage.lost if stage else (),
        never_steps=tuple(c.header for c in columns if c.kind not in ("mark", "date")),
        answer=answer,
        clients=len(draft.people),
        traits=_traits(draft, columns, strange, frame),
    )


def _says_only_reason(columns: Sequence[Column]) -> bool:
    """Return True if a column is headed "Reason" and no more: of what, only its cells can tell."""
    reasons = [vocabulary.words_of(language).headers["reason"] for language in vocabulary.LANGUAGES]
    bare = {min(headers, key=len).casefold() for headers in reasons} - {"lost reason"}
    return any(column.kind == "reason" and column.header.casefold() in bare for column in columns)


def _traits(draft: Draft, columns: Sequence[Column], strange: bool, frame: Frame) -> dict[str, str]:
    """Return what a table of results is grouped by."""
    clients = len(draft.people)
    kinds = {column.kind for column in columns}
    steps = [column.step is not None for column in columns]
    unbroken = "1" * sum(steps) in "".join("01"[step] for step in steps)
    return {
        "shape": draft.shape,
        "language": draft.words.language,
        "marks": draft.style if "mark" in kinds else "none",
        "leaving": draft.leaving + (", unknown word" if strange and not draft.nonsense else ""),
        "clients": next(name for most, name in SIZES if clients <= most),
        "steps": str(len(draft.steps)),
        "stages": _order_known_from(columns, frame),
        "cells": "text" if frame.text else "typed",
        "totals": "totals row" if frame.totals else "none",
        "frame": ", ".join(
            name for name in ("titles", "blank_columns", "blank_rows") if getattr(frame, name)
        ),
        "order": "steps together" if unbroken else "steps apart",
        "noise": "+".join(sorted(kinds & set(vocabulary.NOISES))) or "none",
    }


def _order_known_from(columns: Sequence[Column], frame: Frame) -> str:
    """Return what shows the order of the stages of a stage column."""
    stage = next((column for column in columns if column.kind == "stage"), None)
    if stage is None:
        return "none"
    if stage.stages[0].startswith("1. "):
        return "numbers"
    return "dropdown" if stage.offered and not frame.text else "words"
