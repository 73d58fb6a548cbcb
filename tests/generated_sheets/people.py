"""Simulated clients: when each reached each step, and when and why they left."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from generated_sheets.words import Words

AS_OF = dt.date(2026, 11, 28)


@dataclass
class Person:
    """One client. ``reached[k]`` is the day of step k, or None; nothing happens after `left`."""

    name: str
    lead: dt.date
    reached: list[dt.date | None]
    left: dt.date | None = None
    reason: str | None = None

    @property
    def last(self) -> dt.date:
        """The day of the last thing that the client did."""
        return max([self.lead, *(day for day in self.reached if day)])

    @property
    def steps_reached(self) -> int:
        return sum(day is not None for day in self.reached)


@dataclass(frozen=True)
class Course:
    """How the clients of one sheet behave.

    Parameters
    ----------
    months : for each step, the month of a retention step, or None.
    rates : for each step, the share of those at the step before who reach it.
    lag : mean days from one step to the next.
    leaving : the share of stopped clients who are known to have left.
    days : how far back the first lead lies.
    """

    months: Sequence[int | None]
    rates: Sequence[float]
    lag: float
    leaving: float
    days: int


@dataclass
class Wanted:
    """What a simulation must show, for a careful person to be able to read the sheet."""

    each_step: int = 1
    leavers: int = 0
    differ: int = 0  # rows in which any two steps differ
    stages: bool = False  # each number of steps reached occurs among clients who have not left

    def met(self, people: Sequence[Person]) -> bool:
        """Return True if the simulated clients show all that is wanted."""
        steps = len(people[0].reached)
        columns = [[p.reached[k] is not None for p in people] for k in range(steps)]
        if any(sum(column) < self.each_step for column in columns):
            return False
        for a in range(steps):
            for b in range(a + 1, steps):
                if sum(x != y for x, y in zip(columns[a], columns[b], strict=True)) < self.differ:
                    return False
        if self.stages and {p.steps_reached for p in people if not p.left} != set(range(steps + 1)):
            return False
        left = sum(p.left is not None for p in people)
        return self.leavers <= left <= 0.75 * len(people)


def names(dice: random.Random, words: Words, count: int) -> list[str]:
    """Return names, nearly all different."""
    made: list[str] = []
    seen: set[str] = set()
    while len(made) < count:
        name = _name(dice, words)
        if name in seen and dice.random() > 0.02:
            continue
        seen.add(name)
        made.append(name)
    return made


def _name(dice: random.Random, words: Words) -> str:
    first, last = dice.choice(words.values["first"]), dice.choice(words.values["last"])
    if words.language == "zh":
        return last + first + (dice.choice(words.values["first"]) if dice.random() < 0.7 else "")
    if words.language == "ja":
        return f"{last} {first}" if dice.random() < 0.9 else f"{last} {first}{dice.choice('一二子美')}"
    if dice.random() < 0.25:
        return f"{first} {dice.choice(words.values['last'])} {last}"
    return f"{first} {last}"


def simulate(
    dice: random.Random, words: Words, course: Course, count: int, wanted: Wanted, leaving: bool
) -> list[Person]:
    """Simulate clients until they show what is wanted; nobody where they never do.

    Rates rise a little with each attempt.
    """
    everybody = names(dice, words, count)
    for attempt in range(200):
        lift = min(0.9, attempt / 60)
        rates = [rate + (0.97 - rate) * lift if rate < 0.97 else rate for rate in course.rates]
        if attempt > 60:  # too high: nobody stops
            rates = [dice.uniform(0.6, 0.95) for _ in rates]
        people = [_client(dice, words, course, rates, name, leaving) for name in everybody]
        if wanted.met(people):
            return people
    return []


def _client(
    dice: random.Random, words: Words, course: Course, rates: Sequence[float], name: str, leaving: bool
) -> Person:
    lead = AS_OF - dt.timedelta(days=dice.randrange(course.days))
    person = Person(name, lead, [None] * len(rates))
    now, stopped = lead, False
    for k, (rate, month) in enumerate(zip(rates, course.months, strict=True)):
        if dice.random() >= rate:
            stopped = True
            break
        when = now + dt.timedelta(days=min(60, int(dice.expovariate(1 / course.lag))))
        if month is not None:
            when = max(now, lead + dt.timedelta(days=round(30.44 * month) + dice.randrange(4)))
        if when > AS_OF:
            break
        person.reached[k] = now = when
    else:
        stopped = dice.random() < 0.15
    if leaving and stopped and dice.random() < course.leaving:
        left = now + dt.timedelta(days=dice.randrange(2, 45))
        if left <= AS_OF:
            person.left, person.reason = left, dice.choice(words.values["reasons"])
    return person
