"""A million events over 100,000 clients, and ten rules: from the CSV of the log to everybody's stage.

Beside it the same in plain pandas, which takes the log for tidy: no zones, no doubles, nobody unknown.
Both run in processes of their own, in seconds of processor time; the stages they find must be the same.

python -m benchmarks events [events]
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

AS_OF = "2026-11-21"
EVENTS = {
    "Opened a mail": "Contact", "Visited a page": "Contact", "Followed": "Contact", "Messaged": "Interested",
    "Clicked a link": "Interested", "Forwarded": "Interested", "Used a coupon": "Intent",
    "Submitted a form": "Intent", "Purchased": "Customer", "Said hello": None, "Read the news": None,
}  # fmt: skip
WEIGHTS = (200, 200, 80, 50, 60, 20, 10, 10, 4, 150, 200)
STAGES = ("Unknown", "Contact", "Interested", "Intent", "Confirmed", "Customer")
RULES: dict[str, list[dict[str, Any]]] = {
    "Contact": [{"event": "*", "at_least": 1}],
    "Interested": [
        {"event": ["Opened a mail", "Visited a page"], "at_least": 12},
        {"event": "Clicked a link", "at_least": 3, "within_the_last": "90 days"},
        {"event": "Said hello", "at_least": 5},
    ],
    "Intent": [
        {"event": "*", "at_least": 6, "within_the_last": "30 days"},
        {"all": [{"event": "Messaged", "at_least": 2}, {"event": "Forwarded", "at_least": 1}]},
    ],
    "Confirmed": [
        {"column": "Score", "at_least": 95},
        {"all": [{"column": "Town", "is": "Bath"}, {"column": "Score", "at_least": 80}]},
    ],
    "Customer": [{"event": "Purchased", "at_least": 1}, {"column": "Deals", "at_least": 1}],
}


def make(folder: Path, events: int) -> None:
    """Write the clients and their log, in no order of clients, as an export has it."""
    dice, clients = random.Random(7), max(events // 10, 1)
    start = dt.datetime(2025, 1, 1)
    span = int((dt.datetime(2026, 12, 31) - start).total_seconds())
    with (folder / "clients.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Name", "Created", "Town", "Score", "Deals"])
        towns = ("Bath", "York", "Hull", "")
        for i in range(clients):
            deals = 1 if dice.random() < 0.01 else 0
            table.writerow([f"Client {i}", "2025-01-01", dice.choice(towns), dice.randrange(100), deals])
    names = dice.choices(list(EVENTS), WEIGHTS, k=events)
    with (folder / "events.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Client", "Event", "When", "Amount"])
        for name in names:
            when = start + dt.timedelta(seconds=dice.randrange(span))
            amount = dice.randrange(20, 200) if name == "Purchased" else ""
            table.writerow([f"Client {dice.randrange(clients)}", name, when, amount])


def ours(folder: Path) -> dict[str, int]:
    """The stages by funnel; prints what each part takes."""
    from funnel.events.read import join_events
    from funnel.journey import Journey, Stage
    from funnel.journey.events import Events
    from funnel.loader import load
    from funnel.metrics import Funnel
    from funnel.sheets import open_sheet

    stages = tuple(Stage(name=name, default=not i, paid=name == "Customer", rules=RULES.get(name, ()))
                   for i, name in enumerate(STAGES))  # fmt: skip
    journey = Journey(
        columns={"client": "Name", "lead_date": "Created"}, stages=stages,
        events=Events(file="events.csv", advance={name: stage for name, stage in EVENTS.items() if stage}),
    )  # fmt: skip
    clients = timed(
        "funnel: 100,000 clients", lambda: load(open_sheet(folder / "clients.csv").read("clients"), journey)
    )
    start = time.process_time()
    grid = timed("funnel: read the log", lambda: open_sheet(folder / "events.csv").read("events"))
    known = timed("funnel: join it to the clients", lambda: join_events(clients, grid, "events.csv"))

    found = timed("funnel: events, ten rules, stages", lambda: Funnel(known, AS_OF).stages)
    print(f"SECONDS {time.process_time() - start}")
    return {str(stage): int(n) for stage, n in zip(found["stage"], found["clients"], strict=True)}


def plain(folder: Path) -> dict[str, int]:
    """The stages by pandas alone, as a notebook would count them."""
    import numpy as np
    import pandas as pd

    clients = timed("pandas: 100,000 clients", lambda: pd.read_csv(folder / "clients.csv"))
    start = time.process_time()
    log = timed("pandas: read the log", lambda: pd.read_csv(folder / "events.csv", parse_dates=["When"]))
    begun = time.process_time()
    log = log[log["When"] < pd.Timestamp(AS_OF) + pd.Timedelta(days=1)]
    at = log["Client"].map(pd.Series(clients.index, index=clients["Name"]))
    now = pd.Timestamp(AS_OF)

    def times(names: list[str] | None, days: int | None = None) -> Any:
        asked = log["Event"].isin(names) if names else pd.Series(True, index=log.index)
        if days:
            asked &= log["When"] >= now - pd.Timedelta(days=days)
        return at[asked].value_counts().reindex(clients.index, fill_value=0)

    rank = log["Event"].map({name: STAGES.index(stage) for name, stage in EVENTS.items() if stage})
    furthest = rank.groupby(at).max().reindex(clients.index).fillna(0)
    ruled = np.select(
        [
            (times(["Purchased"]) >= 1) | (clients["Deals"] >= 1),
            (clients["Score"] >= 95) | ((clients["Town"] == "Bath") & (clients["Score"] >= 80)),
            (times(None, 30) >= 6) | ((times(["Messaged"]) >= 2) & (times(["Forwarded"]) >= 1)),
            (times(["Opened a mail", "Visited a page"]) >= 12)
            | (times(["Clicked a link"], 90) >= 3)
            | (times(["Said hello"]) >= 5),
            times(None) >= 1,
        ],
        [5, 4, 3, 2, 1],
        0,
    )
    counted = np.bincount(np.maximum(ruled, furthest).astype(int), minlength=len(STAGES))
    print(f"{'pandas: events, ten rules, stages':36} {time.process_time() - begun:6.2f} s")
    print(f"SECONDS {time.process_time() - start}")
    return dict(zip(STAGES, map(int, counted), strict=True))


def timed(name: str, run: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = run()
    print(f"{name:36} {time.process_time() - start:6.2f} s")
    return result


def measure(way: str, folder: Path) -> tuple[float, int, dict[str, int]]:
    """Run one way in a process of its own: seconds, peak megabytes, the stages."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.events", way, str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    *shown, seconds, last = done.stdout.splitlines()
    print(*shown, sep="\n")
    told = json.loads(last)
    return float(seconds.split()[1]), told["peak"], told["stages"]


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] in ("ours", "plain"):
        stages = {"ours": ours, "plain": plain}[sys.argv[1]](Path(sys.argv[2]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"peak": peak, "stages": stages}))
        return
    events = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 1_000_000)
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), events)
        mine, peak, stages = measure("ours", Path(name))
        bare, other, counted = measure("plain", Path(name))
    same = "the same stages" if stages == counted else f"OTHER STAGES: {stages} and {counted}"
    print(f"{events:,} events: {mine:.2f} s, {peak:,} MB in all (goal: 3 s and 1,024 MB for a million)")
    print(f"{'plain pandas, ' + same:36} {bare:6.2f} s, {other:,} MB   ratio {mine / bare:.1f}")


if __name__ == "__main__":
    main()
