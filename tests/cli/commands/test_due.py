"""`funnel due`: the call list, and the files it writes."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import icalendar
import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-07-01")
SHEET = """\
Client name,Date of lead,Coach,Client contacted,Client meeting had,First paid session,One month post-lead
Ana,2025-11-10,Zoe,1,1,1,1
Gus,2026-02-20,Zoe,1,booked,,
Hal,2026-03-15,Max,1,1,1,
Ida,2026-04-20,Max,1,1,,
Kim,2026-06-20,,,,,
=Lee,2026-01-05,,1,1,,
"""
JOURNEY = """\
[columns]
client = "Client name"
lead_date = "Date of lead"
coach = "Coach"
[[step]]
name = "Client contacted"
[[step]]
name = "Client meeting had"
[[step]]
name = "First paid session"
paid = true
[[step]]
name = "One month post-lead"
months = 1
[[follow_up]]
name = "First contact"
after = "1 day"
step = "Client contacted"
ask = "Has anybody called?"
[[follow_up]]
name = "Meeting"
after = "7 days"
step = ["Client meeting had", "First paid session"]
ask = "Did they meet, and did the client pay?"
"""


@pytest.fixture
def sheet(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "journey.toml").write_text(JOURNEY, "utf-8")
    path = tmp_path / "clients.csv"
    path.write_text(SHEET, "utf-8")
    return path


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(StringIO(result.stdout)))


def test_by_coach_with_what_to_ask_and_since_when(run: Run, sheet: Path) -> None:
    result = run("due", sheet.name, "--journey", "journey.toml", *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert (
        "\n".join([*lines, ""])
        == """\
clients.csv, tab clients
As of 2026-07-01: 6 clients

Max (2)
Cell  Client  Ask about            Since       Days  State
────────────────────────────────────────────────────────────
G4    Hal     One month post-lead  2026-04-15    77  overdue
F5    Ida     First paid session   2026-04-27    65  open

Zoe (1)
Cell  Client  Ask about           Since       Days  State
───────────────────────────────────────────────────────────
E3    Gus     Client meeting had  2026-02-27   124  overdue

No coach yet (2)
Cell  Client  Ask about           Since       Days  State
───────────────────────────────────────────────────────────
F7    =Lee    First paid session  2026-01-12   170  overdue
D6    Kim     Client contacted    2026-06-21    10  open

What to ask
One month post-lead: Ask how the client is getting on. Still here: mark it.
Left: record when, and why.
Meeting: Did they meet, and did the client pay?
First contact: Has anybody called?
"""
    )


def test_a_lead_not_contacted_after_a_day_is_on_the_list(run: Run, sheet: Path) -> None:
    ask = ("due", sheet.name, "--journey", "journey.toml", "--format", "csv", "--as-of")
    kim = {day: [row["since"] for row in rows(run(*ask, day)) if row["client"] == "Kim"]
           for day in ("2026-06-20", "2026-06-21", "2026-10-01")}  # fmt: skip
    assert kim == {"2026-06-20": [], "2026-06-21": ["2026-06-21"], "2026-10-01": ["2026-06-21"]}


def test_for_one_coach_and_what_is_open(run: Run, sheet: Path) -> None:
    ask = ("due", sheet, "--journey", "journey.toml", *DAY, "--format", "csv")
    assert [row["client"] for row in rows(run(*ask, "--coach", "Max", "--overdue"))] == ["Hal"]
    found = rows(run(*ask, "--also", "open"))
    assert [(row["client"], row["step"], row["state"]) for row in found] == [
        ("Hal", "One month post-lead", "overdue"), ("Ida", "First paid session", "open"),
        ("Gus", "Client meeting had", "overdue"), ("'=Lee", "First paid session", "overdue"),
        ("Kim", "Client contacted", "open"),
    ]  # fmt: skip
    assert [row["client"] for row in rows(run(*ask, "--coach", "(blank)"))] == ["'=Lee", "Kim"]
    shown = run("due", sheet, "--journey", "journey.toml", *DAY, "--also", "open", "--coach", "Max").stdout
    assert "F5    Ida     First paid session   2026-04-27    65  open" in shown


def test_as_json(run: Run, sheet: Path) -> None:
    told = json.loads(run("due", sheet, *DAY, "--journey", "journey.toml", "--format", "json").stdout)
    assert (told["version"], told["as_of"], told["also"], told["coach"]) == (1, "2026-07-01", None, None)
    assert told["due"][2] == {
        "row": 3, "cell": "E3", "client": "Gus", "coach": "Zoe", "follow_up": "Meeting",
        "step": "Client meeting had", "ask": "Did they meet, and did the client pay?", "since": "2026-02-27",
        "days_waiting": 124, "state": "overdue",
    }  # fmt: skip
    assert told["due"][3]["coach"] is None


def test_the_files(run: Run, sheet: Path, tmp_path: Path) -> None:
    files = ("--todoist", "tasks.csv", "--calendar", "calls.ics", "-o", "calls.csv")
    ask = ("due", sheet, "--journey", "journey.toml", *DAY, *files)
    result = run(*ask, "--format", "json")
    assert result.stderr == (
        "Wrote tasks.csv (5 tasks).\nWrote calls.ics (17 events).\nWrote calls.csv (5 lines).\n"
    )
    assert len(json.loads(result.stdout)["due"]) == 5
    assert (tmp_path / "calls.csv").read_text("utf-8") == run(*ask, "--format", "csv").stdout
    assert "task,First paid session: =Lee," in (tmp_path / "tasks.csv").read_text("utf-8")

    def statuses() -> dict[str, str]:
        calendar = icalendar.Calendar.from_ical((tmp_path / "calls.ics").read_bytes())
        return {str(e["UID"]): f"{e['STATUS']} {e['SUMMARY']}" for e in calendar.walk("VEVENT")}

    before = statuses()
    assert "CONFIRMED Meeting: Gus" in before.values()
    sheet.write_text(SHEET.replace("booked,", "1,1"), "utf-8")  # a mark closes the item
    run(*ask)
    after = statuses()
    assert set(after) == set(before)
    changed = {before[uid]: after[uid] for uid in before if before[uid] != after[uid]}
    assert changed["CONFIRMED Meeting: Gus"] == "CANCELLED Closed: Meeting: Gus"


def test_the_sheet_is_never_written_over(run: Run, sheet: Path) -> None:
    refused = run("due", sheet.name, *DAY, "--calendar", sheet.name)
    assert (refused.exit_code, refused.stderr) == (
        2, "Error: --calendar writes a .ics file, not 'clients.csv'. Name it clients.ics.\n",
    )  # fmt: skip
    for option in ("-o", "--todoist"):
        result = run("due", sheet.name, *DAY, option, sheet.name)
        assert (result.exit_code, result.stdout) == (4, "")
        assert result.stderr == (
            "Error: clients.csv exists and was not written by funnel, so it is unchanged. Choose another "
            "file name.\n"
        )
        assert sheet.read_text("utf-8") == SHEET


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--coach", "Zeo"],
            "There is no coach 'Zeo'; did you mean 'Zoe'? There are 'Max', 'Zoe' and '(blank)'.",
        ),
        (
            ["-o", "a.csv", "--todoist", "a.csv"],
            "--todoist, --calendar and -o name the same file; each needs its own.",
        ),
        (["--overdue", "--also", "open"], "--overdue and --also cannot be combined; choose one."),
        (["--by", "Zoe"], "--row and --by need --done CLIENT."),
        (["--done", "Nobody"], "There is no client 'Nobody'."),
    ],
)  # fmt: skip
def test_wrong_use(run: Run, sheet: Path, options: list[str], message: str) -> None:
    result = run("due", sheet, *DAY, *options)
    assert (result.exit_code, result.stderr) == (2, f"Error: {message}\n")


def test_nobody(run: Run, clean: Path) -> None:
    result = run("due", clean, "--as-of", "2026-03-13", "--overdue")
    assert "No client is overdue." in result.stdout
    assert "Nothing to follow up." in run("due", clean, "--as-of", "2026-01-20", "--also", "open").stdout


TOUCH_BASE = (
    JOURNEY
    + """[[follow_up]]
name = "Touch-base"
after = "5 months"
ask = "How are they?"
"""
)


@pytest.mark.parametrize("kept", ["on a tab", "in a file"])
def test_a_touch_base_is_closed_where_the_log_is_kept(
    run: Run, sheet: Path, tmp_path: Path, kept: str
) -> None:
    sheet.write_text(SHEET.replace("Ana,2025-11-10,Zoe,1,1,1,1", "Ana,2026-01-10,Zoe,1,1,1,1"), "utf-8")
    (tmp_path / "journey.toml").write_text(TOUCH_BASE, "utf-8")
    name = sheet.name
    if kept == "on a tab":
        name = "clients.xlsx"
        assert run("copy", sheet.name, name).exit_code == 0
    ask = ("due", name, "--journey", "journey.toml", *DAY, "--coach", "Zoe")
    assert "row 2  Ana     Touch-base          2026-06-10    21  open" in run(*ask).stdout
    assert f"To close a touch-base: funnel due {name} --done Ana" in run(*ask).stdout
    done = run("due", name, "--journey", "journey.toml", *DAY, "--done", "ana", "--by", "Zoe")
    assert (done.exit_code, done.stdout) == (
        0,
        "Ana: 'Touch-base' is done, as of 2026-07-01. Recorded in the log. The next clients to ask: "
        f"funnel due {name}\n",
    )  # fmt: skip
    assert "Ana" not in run(*ask).stdout
    assert "Ana" in run("due", name, "--journey", "journey.toml", "--as-of", "2026-06-30").stdout
    again = run("due", name, "--journey", "journey.toml", *DAY, "--done", "Ana")
    assert (again.exit_code, again.stderr) == (
        2, "Error: Ana has no touch-base open as of 2026-07-01, so there is nothing to close.\n",
    )  # fmt: skip
    gus = run("due", name, "--journey", "journey.toml", *DAY, "--done", "Gus")
    assert gus.stderr == (
        "Error: Gus has no touch-base open as of 2026-07-01. To close the follow-up 'Meeting', mark "
        "'Client meeting had' in row 3.\n"
    )
    update = ("log", name, "--update") if kept == "in a file" else ("refresh", name)
    assert run(*update, "--journey", "journey.toml").exit_code == 0
    assert "Ana" not in run(*ask).stdout


def test_a_list_too_long_for_a_terminal_is_cut_for_each_coach(run: Run, tmp_path: Path) -> None:
    rows = [f"Client {i},2026-01-05,{'AB'[i % 2]},1,1,,\n" for i in range(1200)]
    path = tmp_path / "many.csv"
    path.write_text(SHEET.splitlines(keepends=True)[0] + "".join(rows), "utf-8")
    lines = run("due", path.name, *DAY).stdout.splitlines()
    assert [line for line in lines if line.startswith(("A (", "B (", "and "))] == [
        "A (600)", "and 100 more: --format csv", "B (600)", "and 100 more: --format csv",
    ]  # fmt: skip
    assert sum("overdue" in line for line in lines) == 1000
    assert len(list(csv.DictReader(StringIO(run("due", path.name, *DAY, "--format", "csv").stdout)))) == 1200
