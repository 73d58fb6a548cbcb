"""Make four small sheets of businesses that keep stages instead of marks: one for each preset with stages.

Run ``python sample_data/make_stages.py``. The same seed gives the same bytes. Names are drawn from two lists;
nobody is meant. All of them stand as on `TODAY`.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
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
    """A marketing hub: the last event of each lead, its activity, and what was bought."""
    events = [
        "",
        "Opened a mail",
        "Followed the account",
        "Clicked a link",
        "Used a coupon",
        "Submitted a form",
    ]
    bought = rng.choices([0, 1, 2], [12, 2, 1])[0]
    return {
        "Name": row["name"], "Created": row["day"], "Channel": row["source"], "Owner": row["owner"],
        "Customer stage": rng.choices(["", "Confirmed Leads"], [12, 1])[0],
        "Last event": rng.choices(events, [3, 5, 4, 3, 2, 2])[0], "30-day activity": rng.randint(0, 7),
        "Purchases": bought, "Lifetime value": bought * rng.randint(3, 9) * 10,
    }  # fmt: skip


def sales(rng: random.Random, row: Row) -> Row:
    """A sales team: fits, scores, opportunities, and the day of the last sale."""
    sold = rng.random() < 0.3
    return {
        "Contact": row["name"], "Company": f"{rng.choice(LAST)} {rng.choice(['Ltd', 'Foods', 'Care'])}",
        "Created": row["day"], "Owner": row["owner"], "Status": rng.choices(["", "Opportunity"], [14, 1])[0],
        "Employees": rng.choice([1, 4, 12, 60]), "Industry": rng.choice(["Health", "Sport", "Retail"]),
        "Score": rng.randint(0, 100), "Asked for a demo": rng.choices(["", "no", "yes"], [8, 3, 1])[0],
        "Opportunity stage": rng.choices(["", "Qualified", "Proposal", "Negotiation"], [9, 3, 2, 1])[0],
        "Order value": rng.randint(2, 40) * 100,
        "Last sale": TODAY - dt.timedelta(rng.randint(10, 1200)) if sold else "",
        "Lifetime value": rng.randint(5, 90) * 100 if sold else 0, "Lost on": "",
    }  # fmt: skip


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


def make(folder: Path) -> None:
    """Write the four sheets into a folder."""
    for kind, fill in KINDS.items():
        rng = random.Random(f"{SEED} {kind}")
        names = rng.sample([f"{first} {last}" for first in FIRST for last in LAST], CLIENTS)
        days = sorted(TODAY - dt.timedelta(rng.randint(0, 300)) for _ in names)
        rows = [
            fill(rng, {"name": name, "day": day, "source": rng.choice(SOURCES), "owner": rng.choice(OWNERS)})
            for name, day in zip(names, days, strict=True)
        ]
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
