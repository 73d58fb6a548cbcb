"""Columns of a generated sheet before they are laid out: a kind, a header and a cell for each client."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generated_sheets.people import AS_OF, Person
from generated_sheets.words import Words

from funnel.grid import Value

MARKS: dict[str, tuple[Value, Value]] = {
    "1": (1, None),
    "1/0": (1, 0),
    "x": ("x", None),
    "✓": ("✓", None),
    "TRUE": (True, None),
    "TRUE/FALSE": (True, False),
    "yes": ("yes", None),
    "yes/no": ("yes", "no"),
}
TYPOS = {"marks": ("?", "l", "maybe", "11"), "dates": ("tbc", "31.02.2026", "soon")}


@dataclass
class Column:
    """A column. `step` is the index of its step, for those that show one."""

    kind: str  # client, lead, mark, date, left, reason, stage, closed, or a kind of noise
    header: str
    cells: list[Value]
    step: int | None = None
    stages: tuple[str, ...] = ()  # of a stage column: the stages in order
    lost: tuple[str, ...] = ()  # of a stage column: the stages of clients who left
    offered: tuple[str, ...] = ()  # of a stage column: the list that its cells offer


def mark_column(header: str, step: int, people: Sequence[Person], style: str, words: Words) -> Column:
    """Make a column of marks."""
    yes, no = (words.yes, None) if style == "own word" else MARKS[style]
    return Column("mark", header, [yes if p.reached[step] else no for p in people], step)


def date_column(header: str, step: int, people: Sequence[Person]) -> Column:
    """Make a column of the dates of a step."""
    return Column("date", header, [p.reached[step] for p in people], step)


def stage_column(
    dice: random.Random, words: Words, people: Sequence[Person], stages: Sequence[str], lost: Sequence[str]
) -> Column:
    """Make a column of where clients are now; in some sheets the stages are numbered."""
    if dice.random() < 0.4:
        end = dice.choice(("{}", f"{len(stages) + 1}. {{}}", "9. {}"))
        stages = [f"{number}. {stage}" for number, stage in enumerate(stages, 1)]
        lost = [end.format(stage) for stage in lost]
    lost = lost[: dice.choice((1, 2))]
    cells = [dice.choice(lost) if p.left else stages[p.steps_reached] for p in people]
    seen = tuple(stage for stage in lost if stage in cells)
    column = Column("stage", dice.choice(words.headers["stage"]), [*cells], stages=tuple(stages), lost=seen)
    column.offered = (*stages, *lost) if dice.random() < 0.3 else ()
    return column


def spoil(dice: random.Random, column: Column, skips: float, typos: int) -> None:
    """Skip some marks that a later mark implies, and type some cells wrongly."""
    kind = "dates" if column.kind == "date" else "marks"
    filled = [i for i, cell in enumerate(column.cells) if cell]
    for i in filled:
        if dice.random() < skips and len(filled) > 4:
            column.cells[i] = False if False in column.cells else None
    if len(filled) > 15:
        for i in dice.sample(filled, min(typos, 2)):
            column.cells[i] = dice.choice(TYPOS[kind])


def noise_column(dice: random.Random, kind: str, people: Sequence[Person], words: Words) -> Column:
    """Make a column that has nothing to do with the steps."""
    cells = NOISE[kind](dice, people, words)
    return Column(kind, dice.choice(words.noise[kind]), cells)


def _filled(
    dice: random.Random, people: Sequence[Person], share: float, make: Callable[[Person], Value]
) -> list[Value]:
    return [make(person) if dice.random() < share else None for person in people]


def _ids(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    start, prefix = dice.choice((1, 101, 4711, 20_001)), dice.choice(("", "C-", "L", "R/"))
    step = dice.choice((1, 1, 3))
    return [f"{prefix}{start + i * step:04d}" if prefix else start + i * step for i in range(len(people))]


def _codes(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    of: list[Value] = dice.choice(
        ([1, 2, 3], ["A1", "B2", "C1"], [20121, 20135, 20154, 20900], [10, 20, 30, 99])
    )
    return _filled(dice, people, dice.choice((1.0, 0.9)), lambda _: dice.choice(of))


def _counts(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    most = dice.choice((3, 5, 12))
    return _filled(dice, people, dice.choice((1.0, 0.8, 0.5)), lambda _: dice.randrange(most + 1))


def _amounts(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    prices: list[Value] = dice.choice(
        ([39, 49, 59], [39.9, 49.9], [1200, 1850.5, 3400, 990], [50_000, 45_000])
    )
    if dice.random() < 0.5:
        return [dice.choice(prices) if p.steps_reached > len(p.reached) // 2 else None for p in people]
    return _filled(dice, people, 0.95, lambda _: dice.choice(prices))


def _phones(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    head = dice.choice(("+44 7", "0", "+39 3", "(555) "))
    return _filled(dice, people, 0.9, lambda _: f"{head}{dice.randrange(10**8):08d}")


def _emails(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    return [
        f"c{dice.randrange(10**6)}@example.{dice.choice(('com', 'org'))}" if dice.random() < 0.9 else None
        for _ in people
    ]


def _notes(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    def note(_: Person) -> str:
        return ", ".join(dice.sample(list(words.values["notes"]), dice.choice((1, 1, 2))))

    return _filled(dice, people, dice.choice((0.15, 0.4, 0.7)), note)


def _flags(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    share = dice.uniform(0.25, 0.6)
    of: tuple[Value, Value] = dice.choice(((words.yes, words.no), (1, 0), (True, False), ("Y", "N")))
    return [of[0] if dice.random() < share else of[1] for _ in people]


def _updated(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    def when(person: Person) -> Value:
        last = max(person.last, person.left or person.last)
        day = last + dt.timedelta(days=min(dice.choice((0, 0, 1, 2, 9)), (AS_OF - last).days))
        return dt.datetime.combine(day, dt.time(dice.randrange(8, 20), dice.randrange(60)))

    return [when(person) for person in people]


def _birthdays(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    def day(_: Person) -> Value:
        return dt.date(1950, 1, 1) + dt.timedelta(days=dice.randrange(56 * 365))

    return _filled(dice, people, dice.choice((1.0, 0.7, 0.4)), day)


def _planned(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    def day(person: Person) -> Value:
        if person.left or None not in person.reached:
            return None
        ahead = dice.randrange(1, 60) if dice.random() < 0.85 else -dice.randrange(1, 15)
        return max(AS_OF + dt.timedelta(days=ahead), person.last)

    return _filled(dice, people, 0.7, day)


def _coaches(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    team = dice.sample(list(words.values["first"]), dice.randrange(2, 6))
    return _filled(dice, people, 0.95, lambda _: dice.choice(team))


def _ratings(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    return [dice.randrange(1, 6) if p.steps_reached > 1 and dice.random() < 0.8 else None for p in people]


def _sources(dice: random.Random, people: Sequence[Person], words: Words) -> list[Value]:
    return _filled(dice, people, 0.95, lambda _: dice.choice(words.values["sources"]))


NOISE: dict[str, Callable[[random.Random, Sequence[Person], Words], list[Value]]] = {
    "id": _ids, "code": _codes, "count": _counts, "amount": _amounts, "phone": _phones, "email": _emails,
    "notes": _notes, "flag": _flags, "updated": _updated, "birthday": _birthdays, "planned": _planned,
    "coach": _coaches, "rating": _ratings, "source": _sources,
}  # fmt: skip
