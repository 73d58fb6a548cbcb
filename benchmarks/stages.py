"""Stages of 2,000 clients with 10,000 events, compared with an independent reckoning in plain Python.

Rules, events, typed stages, companies, and sales in the sheet and in the log. A test does the same with 200
clients. python -m benchmarks stages
"""

from __future__ import annotations

import datetime as dt
import random
import time
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

import funnel
from funnel.journey import Journey, Stage
from funnel.journey.company import Company
from funnel.journey.events import Events

AS_OF = dt.date(2026, 11, 21)
ORDER = ("Lead", "Qualified", "Offer", "Customer")
LOST = ("Lost Customer", "Cold")  # in the order in which their rules are tried
ADVANCE = {"Called back": "Qualified", "Asked for an offer": "Offer", "Bought": "Customer", "Said no": "Cold"}
NAMES = (*ADVANCE, "Wrote again", "Opened a mail")
WEIGHTS = (30, 20, 10, 5, 5, 60)
JOURNEY = Journey(
    columns={
        "client": "Name", "lead_date": "Created", "stage": "Status", "company": "Company", "id": "Id",
        "last_sale": "Last sale",
    },
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Qualified", rules=[
            {"all": [{"column": "Score", "at_least": 60}, {"column": "Town", "is": "Bath"}]},
            {"event": "Opened a mail", "at_least": 4, "within_the_last": "60 days"},
        ]),
        Stage(name="Offer", rules=[{"column": "Score", "at_least": 95}]),
        Stage(name="Customer", paid=True, rules=[{"column": "last_sale", "empty": False}]),
        Stage(name="Lost Customer", lost=True, reached="Customer",
              rules=[{"column": "last_sale", "older_than": "365 days"}]),
        Stage(name="Cold", lost=True, reached="Lead"),
    ),
    events=Events(tab="Events", sales="Bought", advance={
        **ADVANCE, "Wrote again": {"stage": "Lead", "back": True},
    }),
    company=Company(sync=True),
)  # fmt: skip


@dataclass
class Person:
    """One client of the sheet, with its events as (day and time, name, amount)."""

    name: str
    created: dt.date
    typed: str
    company: str
    score: int
    town: str
    last_sale: dt.date | None
    events: list[tuple[dt.datetime, str, float | None]] = field(default_factory=list)
    stage: str = ""
    by: str = ""
    furthest: int = 0


def people(clients: int, events: int, seed: int = 11) -> list[Person]:
    """Make clients and their events."""
    dice = random.Random(seed)
    found = []
    for i in range(clients):
        sale = AS_OF - dt.timedelta(days=dice.randrange(900)) if dice.random() < 0.1 else None
        typed = dice.choice((*ORDER, *LOST)) if dice.random() < 0.1 else ""
        company = f"Firm {dice.randrange(clients // 3)}" if dice.random() < 0.5 else ""
        created = AS_OF - dt.timedelta(days=dice.randrange(1, 400))
        town = dice.choice(("Bath", "York", ""))
        found.append(Person(f"Client {i}", created, typed, company, dice.randrange(101), town, sale))
    for _ in range(events):
        when = dt.datetime(2025, 6, 1) + dt.timedelta(minutes=dice.randrange(60 * 24 * 560))
        name = dice.choices(NAMES, WEIGHTS)[0]
        dice.choice(found).events.append(
            (when, name, float(dice.randrange(10, 900)) if name == "Bought" else None)
        )
    return found


def tables(everybody: list[Person], dice: random.Random) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheet and its event log, as a person would have them; events name clients by id or by name."""
    sheet = pd.DataFrame({
        "Id": [f"C-{i}" for i in range(len(everybody))], "Name": [p.name for p in everybody],
        "Created": [str(p.created) for p in everybody], "Status": [p.typed for p in everybody],
        "Company": [p.company for p in everybody], "Score": [p.score for p in everybody],
        "Town": [p.town for p in everybody],
        "Last sale": [str(p.last_sale) if p.last_sale else "" for p in everybody],
    })  # fmt: skip
    rows = [
        (f"C-{i}" if dice.random() < 0.5 else p.name, name, str(when), amount)
        for i, p in enumerate(everybody)
        for when, name, amount in p.events
    ]
    dice.shuffle(rows)
    return sheet, pd.DataFrame(rows, columns=["Client", "Event", "When", "Amount"])


def reckon(everybody: list[Person]) -> None:
    """Set stage, what set it, and the furthest stage of each person."""
    own: dict[str, str | None] = {}
    for p in everybody:
        by_event, far = _by_events(p)
        by_rule = _by_rule(p)
        wins = by_rule in LOST or (by_rule is not None and _rank(by_rule) > _rank(by_event))
        own[p.name] = by_rule if wins else by_event
        p.by = "rule" if wins else "event" if by_event else "default"
        p.stage, p.furthest = own[p.name] or "Lead", far
    customers: dict[str, set[str]] = {}
    for p in everybody:
        if p.company and (p.typed or own[p.name]) == "Customer":
            customers.setdefault(p.company, set()).add(p.name)
    for p in everybody:
        if p.company and customers.get(p.company, set()) - {p.name} and own[p.name] != "Customer":
            p.stage, p.by = "Customer", "company"
        if p.typed:
            p.stage, p.by = p.typed, "hand"
    for p in everybody:
        reached = {"Lost Customer": 3, "Cold": 0}
        p.furthest = max(p.furthest, reached[p.stage] if p.stage in reached else ORDER.index(p.stage))


def _rank(stage: str | None) -> int:
    """A lost stage overrides all; of two the first."""
    return -1 if stage is None else ORDER.index(stage) if stage in ORDER else len(ORDER)


def _by_events(p: Person) -> tuple[str | None, int]:
    """Walk through the events in time: forward only, but for `Wrote again`; a lost stage stays."""
    stage, far = None, -1
    for when, name, _ in sorted(p.events, key=lambda event: (event[0], event[1] != "Wrote again")):
        if when.date() > AS_OF:
            continue
        if name == "Wrote again":
            stage, far = "Lead", max(far, 0)
        elif name in ADVANCE:
            target = ADVANCE[name]
            far = max(far, ORDER.index(target)) if target in ORDER else far
            if stage is None or _rank(target) > _rank(stage):
                stage = target
    return stage, far


def _by_rule(p: Person) -> str | None:
    sales = [when for when, name, _ in p.events if name == "Bought" and when.date() <= AS_OF]
    cell = dt.datetime.combine(p.last_sale, dt.time()) if p.last_sale else None
    last = max([*sales, *([cell] if cell else [])], default=None)
    opened = [when for when, name, _ in p.events if name == "Opened a mail" and when.date() <= AS_OF]
    recent = sum((AS_OF - when.date()).days <= 60 for when in opened)
    if last and (AS_OF - last.date()).days > 365:
        return "Lost Customer"
    if last:
        return "Customer"
    if p.score >= 95:
        return "Offer"
    if (p.score >= 60 and p.town == "Bath") or recent >= 4:
        return "Qualified"
    return None


def lifetime(p: Person) -> float:
    """What the log says the client has paid until the day."""
    return sum(amount or 0 for when, name, amount in p.events if name == "Bought" and when.date() <= AS_OF)


def differences(f: funnel.Funnel, everybody: list[Person]) -> list[str]:
    """Return what differs: the stage and its cause, the counts, who went on, and the sums."""
    found = f.flagged.frame.collect().to_pandas().sort_values("row")
    said = [
        f"{p.name}: {p.stage} by {p.by}, not {stage} by {by}"
        for p, stage, by in zip(everybody, found["stage"], found["flag:set_by"], strict=True)
        if (p.stage, p.by) != (stage, by)
    ]
    cards = f.stages.set_index("stage")
    for stage in (*ORDER, *LOST):
        there = [p for p in everybody if p.stage == stage]
        for what, mine, theirs in (
            ("clients", len(there), cards.loc[stage, "clients"]),
            ("lifetime", sum(map(lifetime, there)), cards.loc[stage, "lifetime_value"]),
            (
                "list",
                sorted(p.name for p in there),
                sorted(f.stage_clients.query("stage == @stage")["client"]),
            ),
        ):
            said += [f"{stage}, {what}: {mine}, not {theirs}"] if mine != theirs else []
    passed = [sum(p.furthest >= i for p in everybody) for i in range(len(ORDER))]
    advance = list(zip(f.advance["n"], f.advance["advanced"], strict=True))
    wanted = list(pairwise(passed))
    return [*said, *([f"advance: {wanted}, not {advance}"] if advance != wanted else [])]


def main() -> None:
    everybody = people(2000, 10_000)
    begun = time.process_time()
    reckon(everybody)
    reckoned = time.process_time() - begun
    sheet, events = tables(everybody, random.Random(11))
    begun = time.process_time()
    f = funnel.Funnel(funnel.load(sheet, JOURNEY, events=events), AS_OF)
    found = differences(f, everybody)
    print(f"2,000 clients, 10,000 events: {len(found)} differences from the reckoning")
    print(
        f"{time.process_time() - begun:.2f} s with all results compared; the reckoning alone {reckoned:.2f} s"
    )
    for line in found[:10]:
        print(line)
