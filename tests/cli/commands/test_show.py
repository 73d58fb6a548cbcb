"""`funnel show`: the verdict first, then tables that fit the terminal."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-11-21")
HEADERS = "Client name,Date of lead,Client contacted,Coach complimentary session done,First paid session"
NOTE = """\
Lost: of the clients who were due and had reached the step before, those who
left or are overdue; in brackets, the 95 % interval. The other shares also
include clients who still have time."""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """24 clients of January: 18 contacted, 5 with a session, 8 who paid; and one of November."""
    rows = [
        f"Client {i},2026-01-15,{1 if i < 18 else ''},{1 if i < 5 else ''},{1 if i < 8 else ''}"
        for i in range(24)
    ]
    path = tmp_path / "clients.csv"
    path.write_text("\n".join([HEADERS, *rows, "New,2026-11-15,1,,", ""]), "utf-8")
    return path


def text(result: Result, begin: str, end: str = "") -> str:
    """The lines from one title up to another, without blanks at their ends."""
    assert (result.exit_code, result.stderr) == (0, "")
    found = "\n".join(line.rstrip() for line in result.stdout.splitlines())
    return begin + found.split(f"\n{begin}", 1)[1].split(end or "\0")[0].rstrip()


def test_the_verdict_comes_before_the_tables(run: Run, sheet: Path) -> None:
    assert text(run("show", sheet.name, *DAY), "The leak", "Assumed") == (
        f"""\
The leak
Of the steps with enough clients, Client contacted → Coach complimentary session
done probably loses most: 10 of 18 who were due (56 %, 34–75 %; by the column
totals 74 %). Probability that it is the worst: 98 %; next: Lead → Client
contacted (2 %); with 18 clients its rate is uncertain.
Perhaps clients wait for their complimentary session, or never hear of it: check
how many days pass between the referral and the coach's first call, and which
coach is slow.

Steps
                                                      % of
                                                  previous      Lost, of  of how
Step                        Marked    % of leads      step     those due    many
────────────────────────────────────────────────────────────────────────────────
Client contacted                19  76 % (57–89)      76 %  25 % (12–45)      24
Coach complimentary              5   20 % (9–39)      26 %  56 % (34–75)      18
session done
First paid session               8  32 % (17–52)     160 %    0 % (0–32)       8
{NOTE} More than 100 % of the previous step (a
negative drop-off): more clients are marked than at the step before. --counts
nested leaves them out.

Clients at each step
Step                              Reached  Left  Not due  Overdue  No date
──────────────────────────────────────────────────────────────────────────
Client contacted                       19     0        0        6        0
Coach complimentary session done        8     0        1       16        0
First paid session                      8     0        1       16        0
Not due: still has time. Overdue: due, but not marked, and not known to have
left. Ask."""
    )


def test_other_counts(run: Run, sheet: Path) -> None:
    shown = run("show", sheet.name, *DAY, "--counts", "nested", "--table", "steps")
    assert text(shown, "Steps", "\n\nClients at each") == (
        f"""\
Steps
                                                      % of
                       Marked here                previous      Lost, of  of how
Step                    and before    % of leads      step     those due    many
────────────────────────────────────────────────────────────────────────────────
Client contacted                19  76 % (57–89)      76 %  25 % (12–45)      24
Coach complimentary              5   20 % (9–39)      26 %  56 % (34–75)      18
session done
First paid session               5   20 % (9–39)     100 %    0 % (0–32)       8
{NOTE}"""
    )
    told = json.loads(run("show", sheet.name, *DAY, "--counts", "passed", "--format", "json").stdout)
    assert (told["counts"], [step["lost"] for step in told["steps"]]) == ("passed", [6, 11, 0])
    assert "Marked here" in run("show", sheet.name, *DAY, "--counts", "passed").stdout


def test_60_columns_drop_a_column_and_say_so(run: Run, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = run("show", sheet.name, *DAY, "--table", "steps")
    assert text(shown, "Steps", "\nLost:") == (
        """\
Steps

                                            Lost, of  of how
Step              Marked    % of leads     those due    many
────────────────────────────────────────────────────────────
Client contacted      19  76 % (57–89)  25 % (12–45)      24
Coach                  5   20 % (9–39)  56 % (34–75)      18
complimentary
session done
First paid             8  32 % (17–52)    0 % (0–32)       8
session
No room here for: % of previous step. A wider terminal or
--format csv shows all columns."""
    )


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("table", ["steps", "cohorts", "leaks", "segments", "time", "trends"])
def test_no_table_is_wider_than_the_terminal_or_cut(
    run: Run, sheet: Path, monkeypatch: pytest.MonkeyPatch, width: int, table: str
) -> None:
    sheet.write_text(sheet.read_text("utf-8").replace("Client 3", "Wolfeschlegelsteinhausen"), "utf-8")
    monkeypatch.setenv("COLUMNS", str(width))
    by = ("--by", "quarter") if table == "segments" else ()
    printed = run("show", sheet.name, *DAY, "--table", table, *by).stdout
    assert max(len(line) for line in printed.splitlines()) <= width
    assert "First paid" in printed or table == "time"  # a table without dates has no times
    assert not re.findall(r"\(\d(?!\d*–\d+\)|5\s%\))", printed)  # no half interval


def test_cohorts_show_the_months_that_are_ripe(run: Run, sheet: Path) -> None:
    assert text(run("show", sheet.name, *DAY, "--table", "cohorts"), "Cohorts") == (
        """\
Cohorts
Step                              2026-01
─────────────────────────────────────────
Client contacted                     75 %
Coach complimentary session done     33 %
First paid session                   33 %
…: not all leads of that month are due yet. 1 month left out: not all leads are
due at the first step."""
    )


def test_a_terminal_without_room_drops_the_oldest_months(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    rows = [f"Client {month},2026-{month:02d}-15,1,1,1" for month in range(1, 9)]
    (tmp_path / "months.csv").write_text("\n".join([HEADERS, *rows, ""]), "utf-8")
    assert text(run("show", "months.csv", *DAY, "--table", "cohorts"), "Cohorts", "\n─").splitlines()[1:] == [
        "Step                      2026-05  2026-06  2026-07  2026-08"
    ]


def test_a_guess_with_retention_that_no_column_marks_counts_only_the_columns(
    run: Run, tmp_path: Path
) -> None:
    rows = [
        f"Ana {i % 12},2026-01-{i + 1:02},{'x' * (i < 16)},{'x' * (i < 8)},"
        + f"2026-03-{i - 15:02}" * (i >= 16)
        for i in range(24)
    ]
    path = tmp_path / "clients.csv"
    path.write_text("\n".join(["Name,Enquired,Called,Signed up,Quit on", *rows, ""]), "utf-8")
    done = run("show", path.name, *DAY)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1. Does 'Name' name the client of each row?" in done.stdout
    counts = done.stdout.split("Counts, if the guess is right\n")[1].split("\n\n")[0]
    assert [line.split() for line in counts.splitlines()[2:]] == [["Called", "16"], ["Signed", "up", "8"]]


def test_retention_without_a_column_is_no_step_that_was_read(run: Run, tmp_path: Path) -> None:
    rows = [
        f"Ana {i},2026-01-{i + 1:02},{'x' * (i < 16)},{'x' * (i < 8)},{'2026-03-15' * (i >= 16)}"
        for i in range(24)
    ]
    (tmp_path / "clients.csv").write_text(
        "\n".join(["Name,Enquired,Called,Signed up,Quit on", *rows, ""]), "utf-8"
    )
    before = run("show", "clients.csv", *DAY).stdout
    assert run("init", "clients.csv", "--yes").exit_code == 0
    for output in (before, run("show", "clients.csv", *DAY).stdout):
        assert re.search(r"^Steps +Called → Signed up \(paid\) *$", output, re.MULTILINE)
