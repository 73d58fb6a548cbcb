"""What is drawn for a sheet before any column is made: its shape, steps, size and clients."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from generated_sheets.people import Course, Person, Wanted, simulate
from generated_sheets.words import Words, language_of, words_of

SHAPES = {
    "marks": 35, "dates": 20, "both": 15, "mixed": 8, "stages": 8, "stages+close": 7, "steps+stage": 7,
}  # fmt: skip
STYLES = {
    "1": 40, "x": 12, "1/0": 8, "✓": 8, "TRUE": 6, "TRUE/FALSE": 8, "yes": 5, "yes/no": 4, "own word": 9,
}  # fmt: skip
LEAVING = {"none": 30, "date": 32, "both": 28, "reason": 10}
SIZES = {(8, 15): 18, (16, 60): 45, (61, 200): 27, (201, 400): 10}
MONTHS = (1, 3, 6, 12)

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """A milestone: its header for marks, its header for dates, and the month of a retention step."""

    mark: str
    date: str
    month: int | None = None


@dataclass
class Draft:
    """What was drawn for a sheet.

    Parameters
    ----------
    dice : the random numbers of this sheet.
    nonsense : whether headers mean nothing.
    shape : one of `SHAPES`.
    style : how a mark is typed, one of `STYLES`.
    leaving : one of `LEAVING`, or "lost" where only a stage shows it.
    steps, paid : the steps in order, and the index of the paid one.
    lost : the stages of clients who left, where the sheet has a stage column.
    start : the stage of a client without any step.
    """

    dice: random.Random
    words: Words
    nonsense: bool
    shape: str
    style: str
    leaving: str
    steps: list[Step]
    paid: int
    lost: list[str]
    start: str
    people: list[Person]

    @property
    def staged(self) -> bool:
        """Return True if the sheet has a stage column instead of columns for its steps."""
        return self.shape in ("stages", "stages+close")


def draw(dice: random.Random, weights: Mapping[T, int]) -> T:
    """Draw a key, with the values as weights."""
    return dice.choices(list(weights), list(weights.values()))[0]


def make_draft(seed: int, nonsense: bool) -> Draft:
    """Draw everything about a sheet; draw again where no simulation shows what a person needs to see."""
    for attempt in range(20):
        dice = random.Random(f"{seed} {'nonsense' if nonsense else 'words'} {attempt}")
        draft = _draw_all(dice, seed, nonsense)
        if draft:
            return draft
    raise ValueError(f"seed {seed} makes no sheet")


def _draw_all(dice: random.Random, seed: int, nonsense: bool) -> Draft | None:
    words = words_of(language_of(seed))
    shape, leaving, size = draw(dice, SHAPES), draw(dice, LEAVING), draw(dice, SIZES)
    count, days = dice.randrange(size[0], size[1] + 1), dice.choice((120, 240, 365, 540))
    stages = dice.choice(words.stages)
    staged = shape in ("stages", "stages+close")
    if staged:  # each stage needs clients
        steps, count, leaving = [Step(value, value) for value in stages["order"][1:]], count + 16, "lost"
        paid = len(steps) - 1
    else:
        steps, paid = _steps(dice, words, shape, days)
    months, rates = [step.month for step in steps], _rates(dice, len(steps))
    course = Course(months, rates, lag=dice.uniform(3, 20), leaving=dice.uniform(0.4, 0.9), days=days)
    recorded = leaving != "none" or shape == "steps+stage"
    wanted = _wanted(count, nonsense or shape == "mixed", recorded, staged)
    people = simulate(dice, words, course, count, wanted, recorded)
    if not people:
        return None
    if dice.random() < 0.8:
        people.sort(key=lambda person: person.lead)
    return Draft(
        dice, words, nonsense, shape, draw(dice, STYLES), leaving, steps, paid,
        lost=list(stages["lost"]), start=stages["order"][0], people=people,
    )  # fmt: skip


def _wanted(count: int, nonsense: bool, recorded: bool, staged: bool) -> Wanted:
    """Return what the clients must show; more where only cells can tell what a column is."""
    few = count < 16
    leavers = (2 if count < 31 else 3) if recorded else 0
    each, differ = (2 if few else 3, 1 if few else 2) if nonsense else (2, 0)
    return Wanted(each, leavers, 0 if staged else differ, staged)


def _rates(dice: random.Random, steps: int) -> list[float]:
    """Return the share that reaches each step from the one before; 1 where everybody was contacted."""
    rates = [dice.uniform(0.4, 0.95) for _ in range(steps)]
    if dice.random() < 0.15:
        rates[0] = 1.0
    return rates


def _steps(dice: random.Random, words: Words, shape: str, days: int) -> tuple[list[Step], int]:
    """Draw 3 to 9 steps that end with the paid one, or with retention steps after it."""
    chain = dice.choice(words.chains)
    most = max(dice.randrange(2, chain.paid + 1) for _ in range(2))
    kept = sorted(dice.sample(range(chain.paid), most))
    steps = [Step(*chain.steps[k]) for k in (*kept, chain.paid)]
    if shape in ("marks", "mixed", "both") and dice.random() < 0.6:
        months = [month for month in MONTHS if month * 30.44 < days * 0.6]
        headers = dict(zip(MONTHS, words.headers["months"], strict=True))
        steps += [Step(headers[m], headers[m], m) for m in months[: dice.randrange(1, 5)]]
    return steps, len(kept)
