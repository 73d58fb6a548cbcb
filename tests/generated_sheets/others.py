"""Sheets made at random that hold no funnel: whoever reads one should say so, or at least ask."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from generated_sheets.columns import Column, noise_column
from generated_sheets.layout import Frame, lay_out
from generated_sheets.people import AS_OF, Person, names
from generated_sheets.sheets import SIZES, Sheet, make_nonsense
from generated_sheets.truth import Truth
from generated_sheets.words import Words, language_of, words_of

from funnel.grid import Value

Maker = Callable[[random.Random, Words, int], list[Column]]


def make_other(seed: int, nonsense: bool = False) -> Sheet:
    """Make a sheet without a funnel; with nonsense, only its cells can tell.

    >>> make_other(1).grids == make_other(1).grids, make_other(1).truth.answer
    (True, 'refuse')
    """
    dice = random.Random(f"{seed} other")
    words = words_of(language_of(seed))
    kind = dice.choice(sorted(KINDS))
    rows = 0 if kind == "headers only" else dice.choice((9, 14, 25, 40, 80, 200))
    columns = KINDS[kind](dice, words, rows)
    if nonsense:
        make_nonsense(dice, columns)
    frame = Frame(titles=dice.choice((0, 0, 1, 3)), text=dice.random() < 0.3)
    grid = lay_out(dice, dice.choice(words.titles), columns, frame, words)
    size = next(name for most, name in SIZES if rows <= most)
    traits = {"shape": kind, "language": words.language, "clients": size, "noise": "none"}
    truth = Truth(tab=None, shape=kind, answer="refuse", traits=traits)
    return Sheet(seed, {grid.tab: grid}, truth, (), columns)


def _persons(dice: random.Random, words: Words, rows: int) -> list[Person]:
    return [Person(name, _day(dice), []) for name in names(dice, words, rows)]


def _day(dice: random.Random, back: int = 400) -> dt.date:
    return AS_OF - dt.timedelta(days=dice.randrange(back))


def _contacts(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of addresses: a name, and noise."""
    people = _persons(dice, words, rows)
    kinds = ["email", *dice.sample(("phone", "birthday", "notes", "flag", "code", "id", "coach"), 4)]
    client = Column("client", dice.choice(words.headers["client"]), [p.name for p in people])
    return [client, *(noise_column(dice, kind, people, words) for kind in kinds)]


def _form(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make answers to a form: everybody answers yes or no to every question."""
    people = _persons(dice, words, rows)
    client = Column("client", dice.choice(words.headers["client"]), [p.name for p in people])
    asked = ("Do you have a car?", "Will you bring a friend?", "Are you over 18?", "Do you eat meat?")
    questions = [
        Column("flag", header, [dice.choice((words.yes, words.no)) for _ in people]) for header in asked
    ]
    return [client, *questions]


def _attendance(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of who came on which day: ones in no order."""
    people = names(dice, words, rows)
    first = _day(dice)
    share = dice.uniform(0.5, 0.9)
    columns = [Column("client", dice.choice(words.headers["client"]), [*people])]
    for week in range(dice.randrange(5, 12)):
        day = first + dt.timedelta(days=7 * week)
        columns.append(
            Column("mark", day.strftime("%d.%m."), [1 if dice.random() < share else None for _ in people])
        )
    return columns


def _shifts(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a roster: a row for each day, a column for each person, ones for who works."""
    start = _day(dice)
    columns = [
        Column(
            "date", dice.choice(words.headers["closed"]), [start + dt.timedelta(days=i) for i in range(rows)]
        )
    ]
    for name in names(dice, words, 5):
        columns.append(Column("mark", name, [1 if dice.random() < 0.4 else None for _ in range(rows)]))
    return columns


def _counts(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make counts: a row for each branch or source, a column for each step."""
    columns = [
        Column("other", dice.choice(words.noise["source"]), [f"{words.tabs[0]} {i + 1}" for i in range(rows)])
    ]
    left: list[int] = [dice.randrange(0, 40) for _ in range(rows)]
    for header, _ in dice.choice(words.chains).steps:
        columns.append(Column("count", header, [*left]))
        left = [round(n * dice.uniform(0.3, 0.9)) for n in left]
    return columns


def _months(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a table by month: a row for each month, a column for each step."""
    months: list[Value] = [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(rows)]
    steps = dice.choice(words.chains).steps
    counts = [Column("count", header, [dice.randrange(0, 30) for _ in months]) for header, _ in steps]
    return [Column("other", dice.choice(words.headers["stage"]), months), *counts]


def _ledger(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a ledger: a row for each invoice, with its amount and the day on which it was paid."""
    days = sorted(_day(dice) for _ in range(rows))
    paid = [
        min(AS_OF, d + dt.timedelta(days=dice.randrange(40))) if dice.random() < 0.8 else None for d in days
    ]
    firms = [f"{dice.choice(words.values['last'])} & Co" for _ in days]
    return [
        Column("id", "Invoice no.", [f"INV-{1000 + i}" for i in range(rows)]),
        Column("date", "Invoice date", [*days]),
        Column("other", "Supplier", [*firms]),
        Column("amount", words.noise["amount"][0], [round(dice.uniform(20, 900), 2) for _ in days]),
        Column("date", "Paid on", [*paid]),
    ]


def _prices(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a price list: articles, with crosses for what they are."""
    things = ("Soup", "Bread", "Towel", "Bottle", "Shirt", "Mat", "Rope", "Belt", "Shake", "Bar")
    columns = [
        Column("other", "Article", [f"{dice.choice(things)} {i + 1}" for i in range(rows)]),
        Column("amount", "Price", [round(dice.uniform(1, 60), 2) for _ in range(rows)]),
    ]
    for header in ("Vegan", "In stock", "On sale"):
        columns.append(Column("flag", header, ["x" if dice.random() < 0.5 else None for _ in range(rows)]))
    return columns


def _fleet(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of vehicles, with the days on which papers expire."""
    plates = [
        f"{dice.choice('ABCDEF')}{dice.choice('KLMN')}-{dice.randrange(100, 999)}-{i}" for i in range(rows)
    ]
    columns = [
        Column("other", "Vehicle", [*plates]),
        Column("date", "First registered", [_day(dice, 4000) for _ in plates]),
    ]
    for header in ("Inspection until", "Insurance until", "Tax until"):
        columns.append(
            Column("date", header, [AS_OF + dt.timedelta(days=dice.randrange(-60, 500)) for _ in plates])
        )
    off = [_day(dice) if dice.random() < 0.15 else None for _ in plates]
    return [*columns, Column("date", "Taken off the road", [*off])]


def _features(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a table for a model: nobody is named, ones and zeros in no order."""
    headers = ("gender", "near_home", "friend_promo", "phone_given", "group_classes", "churn")
    flags = [Column("flag", h, [int(dice.random() < 0.5) for _ in range(rows)]) for h in headers]
    return [Column("count", "age", [dice.randrange(18, 70) for _ in range(rows)]), *flags]


def _tasks(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of tasks with a deadline and a cross for what is done."""
    verbs, things = (
        ("Paint", "Order", "Repair", "Clean", "Check"),
        ("wall", "door", "lamp", "floor", "roof", "sign"),
    )
    done = [dice.random() < 0.5 for _ in range(rows)]
    return [
        Column(
            "other", "Task", [f"{dice.choice(verbs)} the {dice.choice(things)} {i + 1}" for i in range(rows)]
        ),
        Column("other", "Who", [dice.choice(words.values["first"][:4]) for _ in done]),
        Column("date", "Deadline", [AS_OF + dt.timedelta(days=dice.randrange(-30, 90)) for _ in done]),
        Column("mark", "Done", ["x" if d else None for d in done]),
    ]


def _bookings(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of bookings: the same people come again and again, nearly all pay."""
    regulars = names(dice, words, max(3, rows // 5))
    days = sorted(_day(dice, 120) for _ in range(rows))
    services = [dice.choice(("Massage", "Yoga", "Swimming", "Sauna")) for _ in days]
    return [
        Column("date", "Booking date", [*days]),
        Column("client", dice.choice(words.headers["client"]), [dice.choice(regulars) for _ in days]),
        Column("other", "Service", [*services]),
        Column("amount", words.noise["amount"][0], [dice.choice((20, 35, 50)) for _ in days]),
        Column("flag", "Paid", [words.yes if dice.random() < 0.9 else words.no for _ in days]),
    ]


def _library(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of things that are lent out and returned."""
    lent = sorted(_day(dice, 200) for _ in range(rows))
    back = [
        min(AS_OF, d + dt.timedelta(days=dice.randrange(5, 40))) if dice.random() < 0.8 else None
        for d in lent
    ]
    return [
        Column(
            "other",
            "Book",
            [f"{dice.choice(('Garden', 'River', 'Winter', 'Letters'))} vol. {i}" for i in range(rows)],
        ),
        Column("other", "Shelf", [dice.choice("ABCD") for _ in lent]),
        Column("date", "Lent on", [*lent]),
        Column("date", "Due back", [d + dt.timedelta(days=28) for d in lent]),
        Column("date", "Returned on", [*back]),
    ]


def _issues(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a list of defects of a program, with a state and the day on which each was closed."""
    opened = sorted(_day(dice, 200) for _ in range(rows))
    states = [dice.choice(("Open", "In progress", "Fixed", "Won't fix")) for _ in opened]
    closed = [
        min(AS_OF, d + dt.timedelta(days=9)) if s in ("Fixed", "Won't fix") else None
        for d, s in zip(opened, states, strict=True)
    ]
    parts = ("login", "export", "print", "search", "import")
    return [
        Column("id", "Ticket", [f"BUG-{i + 1}" for i in range(rows)]),
        Column("other", "Summary", [f"{dice.choice(parts)} fails in case {i}" for i in range(rows)]),
        Column("date", "Created", [*opened]),
        Column("stage", "Status", [*states]),
        Column("date", "Closed", [*closed]),
    ]


def _exams(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make results of pupils: a grade for each subject."""
    pupils = names(dice, words, rows)
    subjects = ("Maths", "English", "Physics", "History", "Art")
    grades = [Column("count", subject, [dice.randrange(1, 7) for _ in pupils]) for subject in subjects]
    return [Column("client", "Pupil", [*pupils]), *grades]


def _stock(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a stock list: serial numbers, when each thing came in and when it was sold."""
    came = [_day(dice, 500) for _ in range(rows)]
    sold = [
        min(AS_OF, d + dt.timedelta(days=dice.randrange(90))) if dice.random() < 0.6 else None for d in came
    ]
    return [
        Column("id", "Serial no.", [f"SN{dice.randrange(10**6):06d}-{i}" for i in range(rows)]),
        Column("other", "Model", [dice.choice(("Bike 20", "Bike 24", "Scooter", "Helmet")) for _ in came]),
        Column("date", "Received", [*came]),
        Column("date", "Sold", [*sold]),
        Column("amount", "Purchase price", [dice.randrange(40, 900) for _ in came]),
    ]


def _headers_only(dice: random.Random, words: Words, rows: int) -> list[Column]:
    """Make a tracker in which nobody has been entered yet."""
    headers = [words.headers["client"][0], words.headers["lead"][0]]
    headers += [mark for mark, _ in dice.choice(words.chains).steps]
    return [Column("other", header, []) for header in headers]


KINDS: dict[str, Maker] = {
    "contacts": _contacts, "form": _form, "attendance": _attendance, "shifts": _shifts, "counts": _counts,
    "months": _months, "ledger": _ledger, "prices": _prices, "fleet": _fleet, "features": _features,
    "tasks": _tasks, "bookings": _bookings, "library": _library, "issues": _issues, "exams": _exams,
    "stock": _stock, "headers only": _headers_only,
}  # fmt: skip
