"""Make four small sheets of businesses that keep stages instead of marks: one for each preset with stages.

Two of them have an event log beside them, `marketing-events.csv` and `sales-events.csv`.

Run ``python sample_data/make_stages.py``. The same seed gives the same bytes. Names are drawn from two lists;
nobody is meant. All of them stand as on `TODAY`.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

TODAY = dt.date(2026, 11, 21)
CLIENTS = 60
SEED = 5

FIRST = [
    "Ada",
    "Bea",
    "Cai",
    "Dora",
    "Edo",
    "Fay",
    "Gil",
    "Hana",
    "Ivo",
    "Jul",
    "Kai",
    "Lea",
    "Mio",
    "Noa",
    "Ora",
    "Pia",
    "Ravi",
    "Sol",
    "Tess",
    "Uma",
    "Vik",
    "Wen",
    "Yara",
    "Zev",
]
LAST = ["Abernook", "Birchvale", "Coldwell", "Dunmarsh", "Elmsway", "Farrowby", "Glenmoor", "Hartsoe"]
OWNERS = ("Kit", "Robin", "Sasha", "")
SOURCES = ("Website", "Friend", "Fair", "Ads")

Row = dict[str, Any]


def studio(rng: random.Random, row: Row) -> Row:
    """A wellness studio: what was bought, until when; here and there a hand overrules."""
    package = rng.choices(["", "Introductory offer", "Package", "Membership"], [8, 6, 3, 4])[0]
    trial, member = package == "Introductory offer", package in ("Package", "Membership")
    ends = TODAY + dt.timedelta(rng.randint(-20, 30)) if trial else None
    spent = rng.randint(20, 90) * 10 if member else 30 * trial
    return {
        "Name": row["name"], "Inquiry date": row["day"], "Source": row["source"], "Owner": row["owner"],
        "Stage": "Lost Clients" if rng.random() < 0.05 else "",
        "Sessions attended": rng.randint(1, 9) if package else rng.choice([0, 0, "", 1, 2]),
        "Package": package, "Offer ends": ends or "", "Credits left": rng.randint(0, 5) if trial else "",
        "Potential revenue": rng.randint(4, 12) * 50, "Lifetime value": spent,
        "30-day value": spent // 5 if member else 0, "Left on": "",
    }  # fmt: skip


def marketing(rng: random.Random, row: Row) -> Row:
    """A marketing hub: what leads did stands in the log; here and there a hand says more."""
    stage = rng.choices(["", "Confirmed Leads", "Closed Customers"], [24, 2, 1])[0]
    return {
        "Name": row["name"], "Created": row["day"], "Channel": row["source"], "Owner": row["owner"],
        "Customer stage": stage,
    }  # fmt: skip


def marketing_events(rng: random.Random, row: Row) -> Iterator[Row]:
    """What a lead did, nothing at all now and then."""
    kinds = {
        "Opened a mail": 9, "Visited a page": 6, "Followed the account": 4, "Clicked a link": 3,
        "Forwarded": 1, "Used a coupon": 1, "Submitted a form": 1, "Purchased": 1,
    }  # fmt: skip
    for event in rng.choices(list(kinds), list(kinds.values()), k=rng.choice([0, 0, 1, 2, 3, 5, 8])):
        amount = rng.randint(3, 9) * 10 if event == "Purchased" else ""
        yield {"Name": row["Name"], "Event": event, "When": later(rng, row["Created"]), "Amount": amount}


def sales(rng: random.Random, row: Row) -> Row:
    """A sales team: fits, scores, opportunities, and the day of the last sale."""
    sold = rng.random() < 0.3
    return {
        "Contact": row["name"], "Company": f"{rng.choice(LAST)} {rng.choice(['Ltd', 'Foods', 'Care'])}",
        "Created": row["day"] - dt.timedelta(1500 * sold), "Owner": row["owner"],
        "Status": rng.choices(["", "Opportunity"], [14, 1])[0],
        "Employees": rng.choice([1, 4, 12, 60]), "Industry": rng.choice(["Health", "Sport", "Retail"]),
        "Score": rng.randint(0, 100), "Asked for a demo": rng.choices(["", "no", "yes"], [8, 3, 1])[0],
        "Opportunity stage": rng.choices(["", "Qualified", "Proposal", "Negotiation"], [9, 3, 2, 1])[0],
        "Order value": rng.randint(2, 40) * 100,
        "Last sale": TODAY - dt.timedelta(rng.randint(10, 1200)) if sold else "", "Lost on": "",
    }  # fmt: skip


def sales_events(rng: random.Random, row: Row) -> Iterator[Row]:
    """Deals, the last of them on the day that the sheet says; and proposals that came to nothing yet."""
    who = {"Contact": row["Contact"], "By": row["Owner"]}
    if last := row["Last sale"]:
        day = dt.datetime.combine(last, dt.time(rng.randint(9, 17), 30))
        for back in sorted({0, *rng.sample(range(40, 300), rng.randint(0, 2))}, reverse=True):
            amount = rng.randint(5, 40) * 100
            yield who | {"Event": "Closed a deal", "When": day - dt.timedelta(back), "Amount": amount}
    elif rng.random() < 0.2:
        event = rng.choice(["Qualified by sales", "Sent a proposal"])
        yield who | {"Event": event, "When": later(rng, row["Created"]), "Amount": ""}


def later(rng: random.Random, day: dt.date) -> dt.datetime:
    """A minute of a working day since another, until `TODAY`."""
    since = dt.datetime.combine(day, dt.time(rng.randint(8, 18), rng.randint(0, 59)))
    return since + dt.timedelta(rng.randint(0, (TODAY - day).days))


def lifecycle(rng: random.Random, row: Row) -> Row:
    """A messaging team: every stage set by hand, or not at all."""
    lost = ("Cold Lead", "No response", "Lost to a competitor")
    stages = ("", "New Lead", "Hot Lead", "Payment", "Customer", *lost)
    stage = rng.choices(stages, [4, 10, 8, 5, 9, 5, 3, 2])[0]
    gone = stage in lost and rng.random() < 0.8  # now and then nobody noted the day
    lost_on = min(TODAY, row["day"] + dt.timedelta(rng.randint(5, 60))) if gone else ""
    return {
        "Contact": row["name"], "Created": row["day"], "Channel": row["source"], "Assignee": row["owner"],
        "Lifecycle stage": stage, "Lifetime value": rng.randint(2, 30) * 10 if stage == "Customer" else 0,
        "Lost on": lost_on,
    }  # fmt: skip


KINDS: dict[str, Callable[[random.Random, Row], Row]] = {
    "studio": studio, "marketing": marketing, "sales": sales, "lifecycle": lifecycle,
}  # fmt: skip


LOGS: dict[str, Callable[[random.Random, Row], Iterator[Row]]] = {
    "marketing": marketing_events, "sales": sales_events,
}  # fmt: skip


def make(folder: Path) -> None:
    """Write the four sheets into a folder, and the event logs of two."""
    for kind, fill in KINDS.items():
        rng = random.Random(f"{SEED} {kind}")
        names = rng.sample([f"{first} {last}" for first in FIRST for last in LAST], CLIENTS)
        days = sorted(TODAY - dt.timedelta(rng.randint(0, 300)) for _ in names)
        rows = [
            fill(rng, {"name": name, "day": day, "source": rng.choice(SOURCES), "owner": rng.choice(OWNERS)})
            for name, day in zip(names, days, strict=True)
        ]
        write(folder / f"{kind}.csv", rows)
        if kind in LOGS:
            events = [event for row in rows for event in LOGS[kind](rng, row)]
            write(folder / f"{kind}-events.csv", sorted(events, key=lambda event: event["When"]))


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows, their keys as headers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
