"""Every command ends with a result or a sentence on small sheets of any kind: empty, odd, half typed."""

import csv
import datetime as dt
import re
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from funnel.cli import main

pytestmark = pytest.mark.slow  # twenty commands on each sheet

DAY = dt.date(2026, 11, 28)
GYM = (
    "Client contacted", "Client meeting booked", "Client meeting had", "Coach complimentary session done",
    "First paid session", "One month post-lead", "Two months post-lead", "Three months post-lead",
)  # fmt: skip
FREE = ("Called", "Booked", "Showed", "Trial", "Paid", "Signed", "Quote sent")
STAGES = ("New Inquiry", "Hot Lead", "Active Trial", "Active Clients", "Lost Clients")
COMMANDS = (
    "show", "show --format json", "show --where coach=Zoe", "show --within 30d", "show --by source", "check",
    "due", "compare --by coach", "compare --by month --step LAST", "compare --periods", "people --step LAST",
    "stages", "stages --cards", "log", "actions --all", "charts -o pictures", "refresh -o out.xlsx",
    "report -o review.html", "report -o review.xlsx", "init --yes -o journey.toml",
)  # fmt: skip


def a_date(random: Random) -> str:
    day = DAY + dt.timedelta(days=random.randint(-700, 60))
    return day.strftime(random.choice(["%Y-%m-%d", "%Y-%m-%d", "%d/%m/%Y"]))


def a_sheet(random: Random) -> list[list[str]]:
    """Return the rows of a sheet of marks or stages, of 0 to 150 clients; columns may be missing."""
    n = random.choice([0, 1, 2, 3, 5, 8, 20, 60, 150])
    names = ["Ana", "Dé", "=1+1", "李", "O'Neil"]
    columns = {"Client name": [f"{random.choice(names)} {i}" for i in range(n)]}

    def column(header: str, likely: float, *cells: str, dates: float = 0.0) -> None:
        if random.random() < likely:
            columns[header] = [
                a_date(random) if random.random() < dates else random.choice(cells) for _ in range(n)
            ]

    column("Date of lead", 0.9, "", "soon", "32/13/2026", dates=0.95)
    column("Coach", 0.5, "Zoe", "Max", "zoe ", "")
    column("Source", 0.4, "Instagram", "", "true", "1")
    column("Value", 0.4, "", "100", "€ 1.200", "$50", "1,5", "abc", "-20", "1e9")
    if random.random() < 0.25:
        column("Stage", 1, *STAGES, "")
    else:
        steps = GYM if random.random() < 0.6 else tuple(random.sample(FREE, len(FREE)))
        depths = [random.randint(0, len(steps)) for _ in range(n)]
        for at, step in enumerate(steps[: random.randint(1, len(steps))]):
            mark = random.choice(["1", "x", "yes", "date"])
            columns[step] = [
                (a_date(random) if mark == "date" else mark)
                if (depth > at) != (random.random() < 0.03)
                else random.choice(["", "", "0", "no"])
                for depth in depths
            ]
    column("Left date", 0.7, "", dates=random.choice([0, 0.3, 1]))
    column("Reason for leaving", 0.5, "", "", "price", "moved")
    return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


@pytest.mark.parametrize("seed", range(8))
def test_no_command_ends_in_an_error_of_ours(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    random = Random(seed)
    rows = a_sheet(random)
    with Path("clients.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    journey = random.choice([[], [], ["--journey", "gym"], ["--journey", "studio"], ["--journey", "sales"]])
    for command in COMMANDS:
        name, *options = (rows[0][-1] if word == "LAST" else word for word in command.split())
        done = CliRunner().invoke(main, [name, "clients.csv", *options, *journey])
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
        assert done.exit_code in {0, 1, 2, 3, 4}
        assert done.exit_code == 0 or done.output, command
        assert not re.search(r"\b(nan|NaT|None)\b", done.output), (command, done.output)
