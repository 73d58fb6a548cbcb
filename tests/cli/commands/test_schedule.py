"""`funnel schedule`: the job alone on one stream, what to do with it on the other."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from funnel.schedule import this_system
from funnel.sheets.run_lock import run_name

Run = Callable[..., Result]
URL = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjK/edit"
WHEN = ("--every", "monday 07:00")
PYTHON = Path(sys.executable).absolute()


@pytest.fixture
def book(run: Run) -> Path:
    run("new", "our clients.xlsx")
    return Path("our clients.xlsx").resolve()


def test_a_line_for_cron_with_nothing_but_absolute_paths(run: Run, book: Path) -> None:
    Path("journey.toml").write_text('name = "x"\n[[step]]\nname = "Paid"\npaid = true\n', "utf-8")
    here = Path.cwd()
    result = run(
        "schedule", "our clients.xlsx", *WHEN, "--for", "cron", "--log", "logs/log.txt",
        "--summary", "week.txt", "--journey", "journey.toml", "--tab", "Clients",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        f"0 7 * * 1 {PYTHON} -P -m funnel refresh '{book}' --quiet --journey {here}/journey.toml --tab "
        f"Clients --log {here}/logs/log.txt --summary {here}/week.txt # funnel-{run_name(book)}\n"
    )
    assert result.stderr == "Add this line with `crontab -e`, or let --install do it.\n"


def test_the_command_of_the_job_runs(run: Run, book: Path, tmp_path: Path) -> None:
    line = run("schedule", book, *WHEN, "--for", "cron", "--log", "log.txt").stdout
    command = line.split(" ", 5)[5].replace("\\%", "%")
    assert os.system(f"cd / && {command}") == 0
    assert " ok " in (tmp_path / "log.txt").read_text("utf-8")
    assert list(tmp_path.glob("*.funnel-backup-*"))


def test_two_units_for_systemd(run: Run, book: Path) -> None:
    result = run("schedule", book, *WHEN, "--for", "systemd")
    name = f"funnel-{run_name(book)}"
    assert f"# {name}.service\n[Unit]\n" in result.stdout
    assert f"# {name}.timer\n[Unit]\n" in result.stdout
    assert result.stderr == ("Put these two files into ~/.config/systemd/user, or let --install do it.\n")


def test_a_google_sheet_with_the_key_of_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "key.json")
    result = run("schedule", URL, *WHEN, "--for", "windows")
    assert f"--credentials {Path('key.json').resolve()} " in result.stdout
    assert f"refresh {URL} " in result.stdout
    other = run("schedule", URL, *WHEN, "--for", "cron", "--credentials", "other.json").stdout
    assert f"--credentials {Path('other.json').resolve()} " in other


def test_a_workflow_can_go_straight_into_a_file(run: Run) -> None:
    result = run("schedule", URL, "--every", "day 6:30", "--for", "github", "--journey", "gym")
    assert yaml.safe_load(result.stdout)[True]["schedule"] == [{"cron": "30 6 * * *"}]
    assert "1AbCdEfGhIjK" not in result.stdout


def test_what_could_never_run_is_refused_now(run: Run, clean: Path) -> None:
    assert run("schedule", "missing.xlsx", *WHEN).exit_code == 3
    csv = run("schedule", clean.name, *WHEN)
    assert csv.exit_code == 4
    assert "clean.csv" in csv.stderr
    assert run("schedule", clean.name, "--every", "noon").exit_code == 2
    assert run("schedule", URL, *WHEN, "--journey", "missing.toml").exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="crontab is stood in for by a shell script")
def test_install_says_what_it_did_and_how_to_be_rid_of_it(
    run: Run, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "crontab"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = -l ] && {{ echo "no crontab" >&2; exit 1; }}\nexec /bin/cat > {tmp_path}/tab\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    assert this_system() == "cron"
    result = run("schedule", book, *WHEN, "--install", "--log", "log.txt")
    assert result.output == (
        f"Installed: A line in your crontab that ends with `# funnel-{run_name(book)}`.\n"
        "Runs:      Monday 07:00, by this computer's clock\n"
        f"Logs:      {Path.cwd()}/log.txt\n"
        "See it:    crontab -l\n"
        "Remove it: crontab -e, and delete that line\n"
    )
    assert (tmp_path / "tab").read_text().endswith(f"# funnel-{run_name(book)}\n")
