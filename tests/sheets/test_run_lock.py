"""Lock a sheet: one run at a time, also after a run that was killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from funnel.errors import WriteError
from funnel.sheets import run_lock as runs
from funnel.sheets.run_lock import lock_sheet, run_name, state_folder

URL = "https://docs.google.com/spreadsheets/d/1AbC_d-9/edit"
HOLD = """\
import sys
from funnel.sheets.run_lock import lock_sheet
with lock_sheet(sys.argv[1]):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUNNEL_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def holder(source: str) -> "subprocess.Popen[str]":
    """Start another process that locks a sheet."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def test_processes_exclude_each_other_and_a_killed_one_releases_its_lock() -> None:
    with holder(URL) as process:
        with pytest.raises(WriteError) as refused, lock_sheet(URL):
            pass
        assert str(refused.value) == (
            f"{URL} is being refreshed by another run of funnel on this computer, so this run has changed "
            "nothing. Try again when the other has ended."
        )
        with lock_sheet("https://docs.google.com/spreadsheets/d/another/edit"):
            pass
        process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        process.wait(10)
        with lock_sheet(URL):
            pass


def test_the_lock_excludes_runs_in_one_process_and_an_error_releases_it() -> None:
    with lock_sheet("a.xlsx"), pytest.raises(WriteError), lock_sheet("./a.xlsx"):
        pass
    with pytest.raises(KeyError), lock_sheet("a.xlsx"):
        raise KeyError
    with lock_sheet("a.xlsx"):
        pass


def test_the_name_of_a_run_is_the_same_for_each_form_of_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_name("a.xlsx") == run_name(tmp_path / "a.xlsx") == run_name(Path("b") / ".." / "a.xlsx")
    assert run_name(tmp_path / "b" / "a.xlsx") != run_name("a.xlsx")
    assert run_name(URL) == run_name("https://docs.google.com/spreadsheets/u/1/d/1AbC_d-9/htmlview?gid=3")
    assert run_name(URL) != run_name(URL.replace("1AbC", "1abc"))
    assert run_name("名簿.xlsx").startswith("sheet-")
    assert len(run_name("x" * 300)) == 49


def test_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert state_folder() == tmp_path / "state"
    monkeypatch.delenv("FUNNEL_STATE")
    monkeypatch.setattr(runs.sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "funnel"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert state_folder() == tmp_path / ".local" / "state" / "funnel"
    monkeypatch.setattr(runs.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert state_folder() == tmp_path / "Local" / "funnel"


def test_a_lock_file_that_cannot_be_created(state: Path) -> None:
    state.write_text("not a folder", "utf-8")
    with pytest.raises(WriteError) as refused, lock_sheet("a.xlsx"):
        pass
    lock = state / "locks" / f"{run_name('a.xlsx')}.lock"
    assert str(refused.value) == (
        f"The lock file {lock} could not be created: Not a directory. Nothing was written. Set the "
        "environment variable FUNNEL_STATE to a folder on this computer where you can write."
    )
