"""What can be known about Windows, macOS and old consoles without one: facts in docs/promises.md."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import funnel
from funnel.cli import main
from funnel.cli.commands.actions import _list_file
from funnel.errors import WriteError
from funnel.explorer.files import save_upload
from funnel.sheets import files
from funnel.sheets.outputs import write_list
from funnel.sheets.run_lock import lock_path
from funnel.text import file_part

NAME = "Zoë 日本 → ✓"


def sheet(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (("Client name", "Date of lead", "Client contacted", "First paid session", "Coach"),
                (NAME, "2026-01-05", 1, 1, NAME), ("Ben", "2026-02-05", 1, None, "Zoe")):  # fmt: skip
        book.worksheets[0].append(row)
    book.save(path)
    return path


# --- consoles that are not UTF-8 --------------------------------------------------------------------------

COMMANDS = """--help
show s.xlsx
show s.xlsx --format json
show s.xlsx --format csv
check s.xlsx
compare s.xlsx --by coach
people s.xlsx --step 'Client contacted'
people s.xlsx --step 'Client contacted' --format json
people s.xlsx --step 'Client contacted' --format csv
stages s.xlsx
due s.xlsx
log s.xlsx
actions s.xlsx
charts s.xlsx -o p
report s.xlsx -o r.html
refresh s.xlsx --dry-run
refresh s.xlsx
refresh --help
copy s.xlsx copy.xlsx
new new.xlsx
init s.xlsx --yes
journey
journey gym
schedule s.xlsx --every "day 07:00" --for windows
schedule s.xlsx --every "day 07:00" --for github
move s.xlsx 日 →
portfolio p.toml
portfolio p.toml --format json
portfolio p.toml --format csv
google setup
show 日.csv
日本""".splitlines()


@pytest.mark.parametrize("console", ["cp1252", "cp437", "ascii"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_console_that_is_not_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, console: str
) -> None:
    """Python writes cp1252 into a file or pipe on Windows; --help ended with a UnicodeDecodeError there."""
    (tmp_path / "p.toml").write_text(f'[[business]]\nname = "{NAME}"\nsheet = "s.xlsx"\n', "utf-8")
    sheet(tmp_path / "s.xlsx")
    monkeypatch.chdir(tmp_path)
    result = CliRunner(charset=console).invoke(main, shlex.split(command))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for_programs = "--format" in command
    text = result.stdout_bytes.decode("utf-8" if for_programs else console)
    result.stderr_bytes.decode(console)
    if command.endswith("json"):
        json.loads(text)
    if for_programs and not command.startswith("show"):
        assert NAME in text


def test_signs_that_an_old_console_cannot_print_are_spelled(tmp_path: Path) -> None:
    result = CliRunner(charset="ascii").invoke(main, ["show", str(sheet(tmp_path / "s.xlsx"))])
    assert "Client contacted -> First paid session" in result.stdout_bytes.decode("ascii")


# --- Windows ------------------------------------------------------------------------------------------------

WITHOUT_POSIX = """
import os, shlex, sys, types
import click, rich.console, pandas, lxml.etree, openpyxl, matplotlib.pyplot, scipy.stats, narwhals, pydantic
import multiprocessing.pool, subprocess, tempfile, shutil, zipfile, hashlib, importlib.metadata, pypdf, typst

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty"):
            raise ImportError(name)

for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())
for name in ("chown", "lchown", "geteuid", "getuid", "getgid", "getegid", "fork", "mkfifo", "mknod", "fchmod",
             "fchown", "statvfs", "setsid", "killpg", "getpgid", "uname", "O_NOFOLLOW", "O_DIRECTORY"):
    if hasattr(os, name):
        delattr(os, name)
import signal
for name in ("SIGKILL", "SIGALRM", "SIGHUP", "SIGPIPE", "alarm"):
    if hasattr(signal, name):
        delattr(signal, name)
locked = []
msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK = 2
def locking(handle, mode, size):
    if os.environ.get("LOCKED"):
        raise PermissionError(13, "Permission denied")
    locked.append(os.fstat(handle).st_ino)
msvcrt.locking = locking
sys.modules["msvcrt"] = msvcrt
sys.platform = "win32"

from funnel.cli import main
from funnel.sheets import files
files.WINDOWS = True
for words in sys.argv[1:]:
    try:
        main(shlex.split(words), prog_name="funnel")
    except SystemExit as ended:
        print("ENDED", ended.code, words)
print("LOCKS", len(locked))
"""


def without_posix(folder: Path, *commands: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "FUNNEL_STATE": str(folder / "state"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX, *commands], cwd=folder, capture_output=True, encoding="utf-8",
        env=environment | more, check=False,
    )  # fmt: skip


def test_without_what_only_posix_has(tmp_path: Path) -> None:
    """No fcntl, chown, users, signals: the lock is that of msvcrt, the folder is not flushed."""
    sheet(tmp_path / "s.xlsx")
    commands = (
        "show s.xlsx", "refresh s.xlsx --log run.log --summary week.txt", "refresh s.xlsx",
        "refresh s.xlsx --undo", "copy s.xlsx c.xlsx", "new n.xlsx", "report s.xlsx -o r.html",
        "due s.xlsx -o due.csv --calendar due.ics", "refresh s.xlsx -o t.xlsx", "charts s.xlsx -o p",
        "schedule s.xlsx --every 'day 07:00'",
    )  # fmt: skip
    done = without_posix(tmp_path, *commands)
    assert [line for line in done.stdout.splitlines() if line.startswith("ENDED")] == [
        f"ENDED 0 {command}" for command in commands
    ], done.stderr
    assert "<?xml" in done.stdout, "the job is one for Windows"
    assert int(done.stdout.rpartition("LOCKS ")[2]) >= 3
    assert not list(tmp_path.glob(".*.tmp"))


def test_two_runs_at_once_without_posix(tmp_path: Path) -> None:
    before = sheet(tmp_path / "s.xlsx").read_bytes()
    done = without_posix(tmp_path, "refresh s.xlsx", LOCKED="1")
    assert "ENDED 4" in done.stdout
    assert "s.xlsx is being refreshed by another run of funnel on this computer" in done.stderr
    assert (tmp_path / "s.xlsx").read_bytes() == before


def test_a_file_that_is_open_in_excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace an open file; CSV has no ~$ file, some network drives neither."""
    path = sheet(tmp_path / "s.xlsx")
    before = path.read_bytes()

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Access is denied", str(target))

    monkeypatch.setattr(files, "WINDOWS", True)
    real = Path.replace
    monkeypatch.setattr(Path, "replace", lambda a, b: refuse(a, b) if b == path else real(a, b))
    with pytest.raises(WriteError) as error:
        funnel.refresh(path, as_of="2026-11-21")
    assert str(error.value) == (
        f"{path} could not be written, so it is unchanged: Access is denied, perhaps because it is open in "
        "another program such as Excel. Close it there, or use `-o`, and try again."
    )
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["s.xlsx"]
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WriteError) as error:
        write_list(tmp_path / "due.csv", "Client\n")
    assert str(error.value) == (
        f"{tmp_path / 'due.csv'} could not be written: Access is denied, perhaps because it is open in "
        "another program such as Excel. Choose another file name."
    )


def _upload(name: str, folder: Path) -> str:
    return Path(save_upload(f"{name}.csv", b"a,b\n", folder)).name


NAMES = (
    "CON",
    "nul",
    "COM1",
    "a:b",
    "a\\b",
    "../b",
    'a?*<>|"',
    "ends.",
    "ends ",
    "a\nb",
    "日本",
    "x" * 300,
    "",
)
MAKERS: dict[str, Callable[[str, Path], str]] = {
    "a list of actions": lambda name, _: _list_file(name, ()),
    "a draft": lambda name, _: f"note-1-{file_part(name)}.eml",
    "a picture": lambda name, _: f"funnel-by-{file_part(name)}.png",
    "a lock": lambda name, folder: lock_path(folder / f"{name}.xlsx").name,
    "an upload": _upload,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("made", MAKERS)
def test_names_that_funnel_makes_are_names_on_every_system(tmp_path: Path, made: str, name: str) -> None:
    """No device (CON), no second stream of a file (a:b), no blank or dot at the end, at most 255 bytes."""
    if made == "an upload" and name.startswith("x" * 300):
        pytest.skip("the browser has the file under that name")
    found = MAKERS[made](name, tmp_path)
    assert not set(found) & set('<>:"/\\|?*\n\0')
    assert found.split(".")[0].upper().strip() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1", ""}
    assert found == found.rstrip(". ")
    assert len(found.encode()) <= 255


def test_a_name_as_macos_stores_it(tmp_path: Path) -> None:
    """Old file systems of macOS store é as e and an accent: the lock and the journey file are the same."""
    composed, parted = "caf\u00e9.xlsx", "cafe\u0301.xlsx"
    assert lock_path(tmp_path / composed).name[:5] == lock_path(tmp_path / parted).name[:5] == "cafe-"
    sheet(tmp_path / parted)
    assert funnel.load(tmp_path / parted).table.shape[0] == 2
    with pytest.raises(funnel.errors.ReadError, match="did you mean"):
        funnel.load(tmp_path / composed)


def test_no_file_is_opened_in_the_encoding_of_the_computer(tmp_path: Path) -> None:
    """Which is cp1252 on Windows; Python warns of each such call."""
    sheet(tmp_path / "s.xlsx")
    code = "from funnel.cli import main; import sys; main(sys.argv[1:])"
    for words in (
        "refresh s.xlsx --log l --summary w",
        "due s.xlsx -o d.csv",
        "init s.xlsx --yes",
        "charts s.xlsx",
    ):
        done = subprocess.run(
            [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning:funnel", "-W",
             "always::EncodingWarning", "-c", code, *words.split()],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "/funnel/" not in "".join(x for x in done.stderr.splitlines() if "EncodingWarning" in x)


def test_an_account_without_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a service, or a container with a user of its own: reading works; a lock must be somewhere."""

    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    for name in ("FUNNEL_STATE", "XDG_STATE_HOME", "FUNNEL_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    before = sheet(tmp_path / "s.xlsx").read_bytes()
    for words in ("show s.xlsx", "due s.xlsx -o d.csv", "due s.xlsx -o d.csv", "charts s.xlsx -o p"):
        assert CliRunner().invoke(main, words.split()).exit_code == 0
    refused = CliRunner().invoke(main, ["refresh", "s.xlsx"])
    assert refused.exit_code == 3
    assert "(this account has no home folder: set the environment variable HOME)" in refused.stderr
    assert (tmp_path / "s.xlsx").read_bytes() == before
