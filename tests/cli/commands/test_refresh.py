"""What a scheduled run leaves: a line in the log, the week's text, an exit code, and nothing printed."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from funnel.cli.commands.refresh import logged
from funnel.errors import WriteError
from funnel.sheets.run_lock import lock_sheet
from funnel.workflows import refresh as refreshing

Run = Callable[..., Result]
DAY = ("--as-of", "2026-06-01")
WEEK = (
    "Week 2026-W23, as of 2026-06-01: 3 clients.\n"
    "No earlier week is recorded in this sheet yet. Changes will be shown from next week on.\n"
    "Too few to call: no step has 10 clients who were due and had reached the step before it. "
    "Look again when there are more clients: a step needs 10.\n"
)


def lines(log: Path) -> list[str]:
    """The log without what changes from run to run."""
    stamp = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d (.*) \(\d+\.\d s\)$")
    found = [stamp.match(line) for line in log.read_text("utf-8").splitlines()]
    return [match[1] for match in found if match]


def test_a_quiet_run_prints_nothing_and_leaves_a_line_and_a_text(run: Run, clean: Path) -> None:
    quiet = ("--quiet", "--log", "logs/refresh.log", "--summary", "week.txt", *DAY)
    first = run("refresh", clean, "-o", "new.xlsx", *quiet)
    assert (first.exit_code, first.output) == (0, "")
    second = run("refresh", "new.xlsx", *quiet)
    assert (second.exit_code, second.output) == (0, "")
    log = Path("logs/refresh.log")
    assert len(log.read_text("utf-8").splitlines()) == 2
    one, two = lines(log)
    assert re.fullmatch(r"ok new\.xlsx: \d+ changes", one)
    assert two == "ok new.xlsx: nothing to change"
    assert Path("week.txt").read_text("utf-8") == WEEK


def test_a_refresh_as_of_another_day_says_that_it_kept_no_log(run: Run, clean: Path) -> None:
    dated = run("refresh", clean, "-o", "dated.xlsx", *DAY).stdout
    assert dated.endswith(
        "Written. Open dated.xlsx; or to undo: funnel refresh dated.xlsx --undo\n"
        "No moves were logged: they are known only as of today, not as of 2026-06-01. Leave out "
        f"--as-of to log them.\n\n{WEEK}"
    )
    assert "No moves" not in run("refresh", clean, "-o", "today.xlsx").stdout
    assert "No moves" not in run("refresh", "dated.xlsx", "--remove").stdout


def test_a_failed_run_says_why_in_one_line_too(run: Run, clean: Path) -> None:
    result = run("refresh", clean.name, "--quiet", "--log", "log.txt", *DAY)
    assert result.exit_code == 4
    assert result.stdout == ""
    (line,) = lines(Path("log.txt"))
    assert line == f"failed (exit 4) clean.csv: {result.stderr.removeprefix('Error: ').strip()}"


def test_a_run_during_another_run(run: Run, clean: Path) -> None:
    with lock_sheet("clean.csv"):
        result = run("refresh", clean.name, *DAY)
    assert (result.exit_code, result.stderr) == (4, (
        "Error: clean.csv is being refreshed by another run of funnel on this computer, so this run has "
        "changed nothing. Try again when the other has ended.\n"
    ))  # fmt: skip


def test_undo_and_a_dry_run_are_logged(run: Run, clean: Path) -> None:
    run("refresh", clean, "-o", "new.xlsx", "--quiet", *DAY)
    run("refresh", "new.xlsx", "--dry-run", "--highlight", "none", "--quiet", "--log", "log.txt", *DAY)
    run("refresh", "new.xlsx", "--undo", "--quiet", "--log", "log.txt")
    assert lines(Path("log.txt")) == [
        "ok new.xlsx: 1 change (dry run)",
        "ok new.xlsx: put back",
    ]


def test_what_nobody_foresaw_is_logged(run: Run, clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(refreshing, "refresh", broken)
    assert run("refresh", clean.name, "--log", "log.txt").exit_code == 1
    assert lines(Path("log.txt")) == ["failed (a fault in funnel) clean.csv: ZeroDivisionError: by zero"]


def test_an_interrupted_run_is_logged(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), logged(tmp_path / "log.txt", "a.xlsx"):
        raise KeyboardInterrupt
    assert lines(tmp_path / "log.txt") == ["failed (interrupted) a.xlsx: stopped"]


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("2026-01-05T07:00:00+00:00 ok\n" * 40_000, "utf-8")
    with logged(log, "a.xlsx") as done:
        done[:] = ["1 change"]
    assert lines(log) == ["ok a.xlsx: 1 change"]
    assert (tmp_path / "log.txt.1").read_text("utf-8").startswith("2026-01-05T07")


def test_undoing_a_google_sheet_says_where_its_versions_are(run: Run) -> None:
    url = "https://docs.google.com/spreadsheets/d/1AbC/edit"
    result = run("refresh", url, "--undo")
    assert result.exit_code == 2
    assert " ".join(result.stderr.split()).endswith(
        f"Google keeps the versions of {url}. Open it, choose File > Version history > See version history, "
        "and restore the version from before the refresh; later changes by other people are lost with it. To "
        f"remove only what funnel wrote: funnel refresh {url} --remove."
    )


def test_a_log_that_cannot_be_written_stops_the_run_before_it_begins(tmp_path: Path) -> None:
    log = tmp_path / "file" / "log.txt"
    log.parent.write_text("no folder", "utf-8")
    with pytest.raises(WriteError) as refused, logged(log, "a.xlsx"):
        pytest.fail("the run began")
    assert str(refused.value) == (
        f"The log {log} cannot be written: {os.strerror(17)}. Name another file with --log."
    )


def test_a_summary_that_cannot_be_written(run: Run, clean: Path, tmp_path: Path) -> None:
    result = run("refresh", clean, "-o", "new.xlsx", "--summary", tmp_path, *DAY)
    assert result.exit_code == 4
    assert result.stderr == (
        f"Error: The summary {tmp_path} cannot be written: Is a directory, so nothing was written. Name "
        "another file with --summary.\n"
    )


def test_a_dry_run_on_a_text_file_says_that_it_needs_a_workbook(run: Run, clean: Path) -> None:
    needed = (
        "This kind of file cannot contain that. Write into a new workbook: "
        "funnel refresh clean.csv -o clean.xlsx"
    )
    assert needed in run("refresh", clean.name, "--dry-run").stdout.splitlines()
    assert needed not in run("refresh", clean.name, "-o", "clean.xlsx", "--dry-run").stdout.splitlines()


def test_our_work_is_removed_and_said(run: Run, clean: Path) -> None:
    run("refresh", clean, "-o", "new.xlsx", "--quiet", *DAY)
    planned = run("refresh", "new.xlsx", "--remove", "--dry-run")
    done = run("refresh", "new.xlsx", "--remove")
    assert (planned.exit_code, done.exit_code) == (0, 0)
    assert done.output == (
        f"{planned.output}Written. Open new.xlsx; or to undo: funnel refresh new.xlsx --undo\n"
    )
    assert "Tab 'Funnel history': take it away, with what it recorded" in planned.output
    assert run("refresh", "new.xlsx", "--remove").output == "new.xlsx: nothing to change.\n"


@pytest.mark.parametrize("option", [("--highlight", "none"), ("--tab", "Clients"), ("--journey", "gym")])
def test_remove_goes_alone_or_dry(run: Run, clean: Path, option: tuple[str, str]) -> None:
    result = run("refresh", clean, "--remove", *option)
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --remove can only be combined with --dry-run.\n",
    )
