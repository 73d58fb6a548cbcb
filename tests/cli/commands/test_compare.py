"""`funnel compare` and `funnel people`: values and periods side by side, and the clients behind a number."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-08-01")


@pytest.fixture
def gym(run: Run, tmp_path: Path) -> Path:
    """Forty leads in each of two quarters; Zoe wins nearly all of hers, Max few."""
    rows = ["Client name,Date of lead,Source of lead,Name of coach,Client contacted,First paid session"]
    for i in range(80):
        day = f"2026-0{1 if i < 40 else 4}-{i % 28 + 1:02d}"
        coach, paid = ("Zoe", i % 10 != 0) if i % 2 else ("Max", i % 8 == 0)
        rows.append(f"Client {i},{day},Ads,{coach},1,{1 if paid else ''}")
    path = tmp_path / "gym.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_a_difference_is_said_with_its_numbers_and_its_test(run: Run, gym: Path) -> None:
    result = run("compare", gym.name, "--by", "coach", *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    text = " ".join(result.stdout.split())
    assert "First paid session 75 % of 40* 0 % of 40*" in text
    assert (
        "Max loses more at First paid session: 75 % (30 of 40, 60–86 %) against 0 % (0 of 40) of the others "
        "(chi-square, Yates, p < 0.001 after Holm)."
    ) in text


def test_a_coach_spelled_in_two_ways_is_told(run: Run, gym: Path) -> None:
    lines = gym.read_text("utf-8").replace("Ads,Zoe", "Ads,zoe", 1).replace("Ads,Max", "Ads,max", 1)
    gym.write_text(lines, "utf-8")
    text = " ".join(run("compare", gym.name, "--by", "Name of coach", *DAY).stdout.split())
    assert text.count("; they count as two. So do 1 more: see `funnel check`.") == 1
    assert "The coach 'max' (1 row) may be 'Max' (39); they count as two." in text
    for other in ("source", "month"):
        assert "count as two" not in run("compare", gym.name, "--by", other, *DAY).stdout


def test_compare_as_json_and_csv(run: Run, gym: Path) -> None:
    told = json.loads(run("compare", gym, "--by", "coach", "--format", "json", *DAY).stdout)
    assert [(s["by"], s["value"], s["clients"]) for s in told["segments"]] == [
        ("coach", "Max", 40), ("coach", "Zoe", 40),
    ]  # fmt: skip
    assert told["differences"][0].startswith("Max loses more at First paid session")
    shown = json.loads(run("show", gym, "--by", "coach", "--format", "json", *DAY).stdout)
    assert shown == told
    rows = list(
        csv.DictReader(StringIO(run("compare", gym, "--by", "coach", "--format", "csv", *DAY).stdout))
    )
    assert [(row["value"], row["step"], row["marked"]) for row in rows][:2] == [
        ("Max", "Client contacted", "40"), ("Max", "First paid session", "10"),
    ]  # fmt: skip


def test_show_by_adds_the_values_to_the_tables(run: Run, gym: Path) -> None:
    result = run("show", gym, "--by", "coach", *DAY)
    assert "Clients at each step" in result.stdout
    assert "First paid session, by coach" in result.stdout


def test_periods(run: Run, gym: Path) -> None:
    result = run("compare", gym.name, "--periods", *DAY)
    text = " ".join(result.stdout.split())
    assert "Leads of 2026-Q1 and of 2026-Q2" in text
    assert "No step changed beyond chance (leads of 2026-Q2 against those of 2026-Q1)." in text
    told = json.loads(
        run("compare", gym, "--leads", "2026-04", "--against", "2026-01", "--format", "json", *DAY).stdout
    )
    assert [step["before_leads"] for step in told["periods"]] == ["2026-01"] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            [],
            "Choose what to compare: --by COLUMN or --periods. Try: funnel compare SHEET --by "
            "source, or --by coach, --by quarter, or --periods.",
        ),
        (["--against", "2026-01"], "--against needs --leads: name both ranges of lead dates."),
        (["--by", "coahc"], "There is no column 'coahc'; did you mean 'coach'? There are 'source', "),
        (["--by", "coach", "--step", "Paid"], "There is no step 'Paid'"),
    ],
)  # fmt: skip
def test_wrong_use(run: Run, gym: Path, options: list[str], message: str) -> None:
    result = run("compare", gym, *options, *DAY)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")


def test_the_clients_behind_a_number(run: Run, gym: Path) -> None:
    ask = (
        "people",
        gym.name,
        "--step",
        "First paid session",
        "--status",
        "overdue",
        "--by",
        "coach=Max",
        *DAY,
    )
    result = run(*ask)
    assert "First paid session: overdue, coach Max (30 clients)" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    rows = list(csv.DictReader(StringIO(run(*ask, "--format", "csv").stdout)))
    assert len(rows) == 30
    assert rows[0] == {
        "row": "4", "client": "Client 2", "coach": "Max", "status": "overdue",
        "last_step": "Client contacted", "due": "2026-04-03", "days_waiting": "120.0",
        "days_silent": "210.0",
    }  # fmt: skip
    told = json.loads(run(*ask, "--by", "month=2026-04", "--format", "json").stdout)
    assert (told["version"], told["status"], len(told["people"])) == (1, "overdue", 15)


def test_a_status_is_written_as_people_read_it(run: Run, gym: Path) -> None:
    ask = ("people", gym.name, "--step", "First paid session", *DAY, "--status")
    assert "First paid session: not due (" in run(*ask, "Not due").stdout
    assert run(*ask, "not due").stdout == run(*ask, "not_due").stdout
    result = run(*ask, "late")
    assert (result.exit_code, result.stderr) == (
        2, "Error: There is no status 'late'. There are 'marked', 'marked here or later', 'marked here and "
        "before', 'reached', 'left', 'not due', 'overdue', 'no date' and 6 more.\n",
    )  # fmt: skip


def test_a_filter_is_a_pair(run: Run, gym: Path) -> None:
    result = run("people", gym, "--step", "First paid session", "--by", "Zoe", *DAY)
    assert (result.exit_code, result.stderr) == (
        2, "Error: --by 'Zoe' is not COLUMN=VALUE; write it like --by coach=Zoe.\n",
    )  # fmt: skip
