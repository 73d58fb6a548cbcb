"""The problems of a sheet in the terminal: by kind, the most serious first, five of each kind."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from tables import clients_of

from funnel.cli.problems import show_problems
from funnel.clients import KINDS, Problem
from funnel.clients.problems import SERIOUS_FIRST, by_kind
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

Run = Callable[..., Result]
WAY = "Type 1, or leave it blank."
DAY = ("--as-of", "2026-11-28")


def funnel_of(*problems: Problem) -> Funnel:
    journey = Journey(steps=(Step(name="Called"), Step(name="Paid", paid=True)))
    none = pd.Series(dtype="datetime64[s]")
    table = pd.DataFrame({"row": pd.Series(dtype=int), "client": pd.Series(dtype=str)})
    table = table.assign(lead_date=none, left_date=none, Called=none.notna(), Paid=none.notna())
    clients = clients_of(table, journey, problems, source="our clients.csv", tab="Leads")
    return Funnel(clients, as_of="2026-11-21")


def listed(capsys: pytest.CaptureFixture[str], funnel: Funnel, everything: bool = False) -> list[str]:
    show_problems(funnel, everything)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def sixty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


def test_problems_by_kind_with_a_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    funnel = funnel_of(
        Problem("of another package", "Client 2 has no telephone.", 4, None, "Client 2"),
        Problem("no name", "The client of row 3 has no name.", 3, 1),
        Problem("no mark", "'booked' is no mark; it counts as not reached.", 3, 5, "Ana", WAY),
        Problem("missing column", "The sheet has no column 'Met'."),
        Problem("no mark", "'maybe' is no mark; it counts as not reached.", 9, 5, "Ben", WAY),
    )
    assert listed(capsys, funnel) == [
        "our clients.csv, tab Leads",
        "As of 2026-11-21: 0 clients",
        "",
        "Missing column (1)",
        "        The sheet has no column 'Met'.",
        "",
        "No mark (2)",
        "E3      'booked' is no mark; it counts as not reached.",
        "E9      'maybe' is no mark; it counts as not reached.",
        "  →     Type 1, or leave it blank.",
        "",
        "No name (1)",
        "A3      The client of row 3 has no name.",
        "",
        "Of another package (1)",
        "row 4   Client 2 has no telephone.",
        "",
        "5 problems.",
    ]


def test_five_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    marks = [
        Problem("no mark", f"'no {row}' is no mark.", row, 5, None, WAY if row < 1000 else "Ask.")
        for row in range(2, 1302)
    ]
    spellings = Problem("mixed marks", "Marks are written in several ways.", 2, 5)
    head = ["our clients.csv, tab Leads", "As of 2026-11-21: 0 clients", "", "No mark (1,300)"]
    assert listed(capsys, funnel_of(spellings, *marks)) == [
        *head,
        "E2      'no 2' is no mark.",
        "E3      'no 3' is no mark.",
        "E4      'no 4' is no mark.",
        "E5      'no 5' is no mark.",
        "E6      'no 6' is no mark.",
        "        and 1,295 more",
        "  →     Type 1, or leave it blank.",
        "",
        "Mixed marks (1)",
        "E2      Marks are written in several ways.",
        "",
        "1,301 problems. The first 5 of each kind are listed; add",
        "--all to list every problem.",
    ]
    every = listed(capsys, funnel_of(spellings, *marks), everything=True)
    assert every[:4] == head
    assert every[4:1304] == [f"E{row:<6} 'no {row}' is no mark." for row in range(2, 1302)]
    assert every[1304:] == [
        "  →     Type 1, or leave it blank.",
        "  →     Ask.",
        "",
        "Mixed marks (1)",
        "E2      Marks are written in several ways.",
        "",
        "1,301 problems.",
    ]


def test_every_kind_that_loading_finds_has_its_place() -> None:
    assert len(set(SERIOUS_FIRST)) == len(SERIOUS_FIRST)
    assert set(KINDS) <= set(SERIOUS_FIRST)
    found = by_kind([Problem("b", "1"), Problem("no name", "2"), Problem("a", "3"), Problem("b", "4")])
    assert {kind: [p.message for p in problems] for kind, problems in found.items()} == {
        "no name": ["2"], "b": ["1", "4"], "a": ["3"],
    }  # fmt: skip
    assert list(found) == ["no name", "b", "a"]


def test_json_and_csv_have_every_problem(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"Ana {letter},2026-01-20,booked,\n" for letter in "ABCDEFG")
    path = tmp_path / "clients.csv"
    path.write_text(
        f"Client name,Date of lead,Client contacted,First paid session\nZoe,2026-01-20,1,1\n{rows}", "utf-8"
    )
    day = ("--as-of", "2026-01-21", "--journey", "gym")
    lines = run("check", path, *day).stdout.splitlines()
    assert "No mark (7)" in lines
    assert sum("'booked'" in line and line.startswith("C") for line in lines) == 5
    lines = run("check", path, *day, "--all").stdout.splitlines()
    assert sum("'booked'" in line and line.startswith("C") for line in lines) == 7
    told = json.loads(run("check", path, *day, "--format", "json").stdout)["problems"]
    assert [problem["kind"] for problem in told].count("no mark") == 7
    csv_rows = csv.DictReader(StringIO(run("check", path, *day, "--format", "csv").stdout))
    assert [row["cell"] for row in csv_rows] == [problem["cell"] or "" for problem in told]


def test_the_problems_of_a_guess_are_a_guess(run: Run, tmp_path: Path) -> None:
    """Both say so before anything else, and the guess is shown with what it assumes."""
    rows = [f"P{n},2026-01-{n + 1:02d},{1 if n < 20 else ''},{1 if n < 12 else ''}" for n in range(24)]
    (tmp_path / "unsure.csv").write_text("\n".join(["Client,Lead date,Zab,Zub", *rows]), "utf-8")
    lines = " ".join(line.strip() for line in run("check", "unsure.csv", *DAY).stdout.splitlines())
    assert lines.partition("  First contact missing")[0] == (
        "unsure.csv, tab unsure As of 2026-11-28: 24 clients  1 question about the sheet is not answered. "
        "Until then, these problems are a guess. Answer with: funnel init unsure.csv"
    )
    shown = " ".join(line.strip() for line in run("show", "unsure.csv", *DAY).stdout.splitlines())
    _, _, after = shown.partition("Questions ")
    assert after == (
        "1. Are 'Zab' and 'Zub' steps that clients take, in this order? - Yes. - No: they are not steps.  "
        "Counts, if the guess is right Clients " + "─" * 12 + " Zab       20 Zub       12  Assumed "
        "- 2 steps taken from the headers ('Zab' and 'Zub') - no step says that the client pays; put `paid = "
        "true` below the one that does - No column shows who left, so survival is unknown.  1 question "
        "about the sheet is not answered. Until then, no rate, leak or total is given. Answer with: "
        "funnel init unsure.csv"
    )
    told = json.loads(run("check", "unsure.csv", *DAY, "--format", "json").stdout)
    assert told["reading"]["questions"][0]["sentences"] == ["Yes.", "No: they are not steps."]
