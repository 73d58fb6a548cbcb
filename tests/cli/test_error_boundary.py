"""Errors as one paragraph with an exit code; a traceback only with --debug."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from funnel.cli import main
from funnel.cli.error_boundary import ErrorBoundary, with_large_frame
from funnel.cli.options import debug_option
from funnel.errors import ReadError, UsageError, WriteError
from funnel.text import visible


@click.group(cls=ErrorBoundary)
def door() -> None:
    """A door with three commands behind it."""


for error in (UsageError, ReadError, WriteError):

    @door.command(error.__name__)
    @debug_option
    def fail(error: type[Exception] = error) -> None:
        raise error("The sheet a.xlsx is not there.")


@pytest.mark.parametrize(("command", "code"), [("UsageError", 2), ("ReadError", 3), ("WriteError", 4)])
def test_an_error_is_a_paragraph_and_an_exit_code(command: str, code: int) -> None:
    result = CliRunner().invoke(door, [command])
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == "Error: The sheet a.xlsx is not there.\n"


def test_debug_shows_where_it_came_from() -> None:
    result = CliRunner().invoke(door, ["ReadError", "--debug"])
    assert isinstance(result.exception, ReadError)


def test_a_wrong_command_is_answered_with_the_nearest() -> None:
    result = CliRunner().invoke(door, ["ReadErro"])
    assert result.exit_code == 2
    assert "No such command 'ReadErro'. Did you mean 'ReadError'?" in result.stderr


def run(code: str, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, **env},
    )  # fmt: skip


CRASH = "from funnel.cli.error_boundary import install_crash_message as e; e(); 1 / 0"


def test_an_unexpected_error_is_a_paragraph_too() -> None:
    done = run(CRASH)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: This is a bug in funnel (ZeroDivisionError: division by zero). Your sheet is unchanged. "
        "Run the same command with --debug, and report what it prints.\n"
    )


def test_with_debug_the_unforeseen_keeps_its_traceback() -> None:
    assert "Traceback" in run(CRASH, "--debug").stderr


def test_a_console_that_knows_few_letters_stops_nothing(root: Path) -> None:
    """As on an old Windows console: what cannot be printed is a question mark."""
    sheet = str(root / "sample_data" / "gym.xlsx")
    done = run("from funnel.cli import main; main()", "show", sheet, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert "Client contacted" in done.stdout


def fall(depth: int) -> None:
    """Call a small function many times at this depth of calls."""
    if depth:
        fall(depth - 1)
    else:
        for _ in range(200):
            visible("")


def test_calls_inside_a_large_frame_take_no_memory_from_the_system_at_any_depth() -> None:
    resource = pytest.importorskip("resource", reason="counts pages of memory")

    @with_large_frame
    def calls() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for depth in range(200):  # 200 small frames are more than one chunk of 16 kB
            fall(depth)
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

    assert calls() < 150  # without the large frame: 200 pages and more at each end of a chunk


def test_ctrl_c_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was "Aborted!" and exit code 1, which means that there are problems."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("funnel.workflows.load.load", stop)
    result = CliRunner().invoke(main, ["show", "clients.xlsx"])
    assert (result.exit_code, result.stderr) == (
        130,
        "Stopped. A file is as it was, or completely written; the next run completes a Google Sheet.\n",
    )


def test_a_program_without_streams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As pythonw runs a task on Windows: there is no output at all."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as ended:
        main(["new", str(tmp_path / "new.xlsx")])
    assert (ended.value.code, (tmp_path / "new.xlsx").exists()) == (0, True)
