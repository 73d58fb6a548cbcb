"""Installing, against programs of the same names that write down what they were given."""

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from funnel.errors import UsageError
from funnel.schedule import System, installer
from funnel.schedule.installer import Installed, install, this_system
from funnel.schedule.job import Every, Job
from funnel.schedule.systems import cron_line, texts

START = dt.date(2026, 11, 23)
JOB = Job("clients-1a2b3c4d", "/data/clients.xlsx", Every(0, 7, 0), ("/bin/py", "-m", "funnel"), "/y/log")

Fake = Callable[[str, str], None]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the programs are stood in for by shell scripts"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with no programs but the shell's own."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("BOX", str(tmp_path))
    return tmp_path


@pytest.fixture
def fake(home: Path) -> Fake:
    """``fake("crontab", script)``: a program of that name."""

    def make(name: str, script: str) -> None:
        path = home / "bin" / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", "utf-8")
        path.chmod(0o755)

    return make


CRONTAB = """\
if [ "$1" = -l ]; then
  [ -f "$BOX/crontab" ] || { echo "no crontab for ana" >&2; exit 1; }
  cat "$BOX/crontab"
else
  cat > "$BOX/crontab"
fi"""


def test_cron_puts_a_line_and_puts_it_once(fake: Fake, home: Path) -> None:
    fake("crontab", CRONTAB)
    assert install(JOB, "cron", START) == Installed(
        "A line in your crontab that ends with `# funnel-clients-1a2b3c4d`.",
        "crontab -l",
        "crontab -e, and delete that line",
    )
    assert (home / "crontab").read_text() == cron_line(JOB)
    install(JOB, "cron", START)
    assert (home / "crontab").read_text() == cron_line(JOB)


def test_cron_leaves_every_other_line_as_it_is(fake: Fake, home: Path) -> None:
    theirs = b"# mine\n\nMAILTO=ana@example.com\n\x0c 0 1 * * * caf\xe9 # funnel-clients-1a2b3c4d2\n"
    (home / "crontab").write_bytes(theirs)
    fake("crontab", CRONTAB)
    install(JOB, "cron", START)
    install(JOB, "cron", START)
    assert (home / "crontab").read_bytes() == theirs + cron_line(JOB).encode()


def test_a_crontab_that_cannot_be_read_is_not_replaced(fake: Fake, home: Path) -> None:
    fake(
        "crontab", 'if [ "$1" = -l ]; then echo "crontab: disk\n error" >&2; exit 1; fi; cat > "$BOX/crontab"'
    )
    with pytest.raises(UsageError) as refused:
        install(JOB, "cron", START)
    assert str(refused.value) == (
        "`crontab -l` failed: crontab: disk error. The job is not installed. Choose another scheduler with "
        "--for, or leave out --install and install the output manually."
    )
    assert not (home / "crontab").exists()


def test_systemd(fake: Fake, home: Path) -> None:
    fake("systemctl", 'echo "$@" >> "$BOX/calls"')
    folder = home / "config" / "systemd" / "user"
    done = install(JOB, "systemd", START)
    for name, text in texts(JOB, "systemd", START).items():
        assert (folder / name).read_text("utf-8") == text
    assert (home / "calls").read_text().splitlines() == [
        "--user daemon-reload",  # before the files are written: is there a session?
        "--user daemon-reload",
        "--user enable --now funnel-clients-1a2b3c4d.timer",
    ]
    unit = folder / "funnel-clients-1a2b3c4d"
    assert done == Installed(
        f"A timer of your own: {unit}.service and {unit}.timer. It runs while you are signed in; to run it "
        "always: "
        "loginctl enable-linger",
        "systemctl --user list-timers funnel-clients-1a2b3c4d.timer",
        "systemctl --user disable --now funnel-clients-1a2b3c4d.timer, and delete the two files",
    )


def test_systemd_without_a_place_for_the_timer(fake: Fake, home: Path) -> None:
    fake("systemctl", "exit 0")
    (home / "config").write_text("no folder", "utf-8")
    with pytest.raises(UsageError) as refused:
        install(JOB, "systemd", START)
    assert str(refused.value) == (
        f"The timer could not be written into {home}/config/systemd/user: Not a directory. Nothing was "
        "installed. Try --for cron, or ask for write permission there."
    )


def test_systemd_without_a_session_leaves_no_files(fake: Fake, home: Path) -> None:
    fake("systemctl", 'echo "Failed to connect to bus: No medium found" >&2; exit 1')
    with pytest.raises(UsageError, match=r"No medium found\. The job is not installed\."):
        install(JOB, "systemd", START)
    assert not (home / "config").exists()


def test_windows(fake: Fake, home: Path) -> None:
    fake("schtasks", 'echo "$1 $2 $3 $4 $6" > "$BOX/calls"; cp "$5" "$BOX/task.xml"')
    done = install(JOB, "windows", START)
    assert (home / "calls").read_text() == "/Create /TN funnel-clients-1a2b3c4d /XML /F\n"
    (text,) = texts(JOB, "windows", START).values()
    assert (home / "task.xml").read_text("utf-16") == text
    assert done == Installed(
        "A task in the Task Scheduler: funnel-clients-1a2b3c4d. It runs while you are signed in.",
        "schtasks /Query /TN funnel-clients-1a2b3c4d",
        "schtasks /Delete /TN funnel-clients-1a2b3c4d",
    )


def test_github_is_not_installed_here() -> None:
    with pytest.raises(UsageError) as refused:
        install(JOB, "github", START)
    assert str(refused.value) == (
        "A GitHub workflow cannot be installed on this computer. Leave out --install, save the output as "
        ".github/workflows/funnel.yml in a private repository, and set the secrets that it names."
    )


@pytest.mark.parametrize(
    ("system", "program"), [("cron", "crontab"), ("systemd", "systemctl"), ("windows", "schtasks")]
)
def test_a_computer_without_the_program(system: System, program: str, home: Path) -> None:
    with pytest.raises(UsageError) as refused:
        install(JOB, system, START)
    assert str(refused.value) == (
        f"This computer has no {program}, so nothing was installed. Choose another scheduler with --for, or "
        "leave out --install to print the job."
    )
    assert [path.name for path in home.iterdir()] == ["bin"]


def test_the_scheduler_of_this_computer(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer.sys, "platform", "darwin")
    assert this_system() == "cron"
    fake("systemctl", "exit 0")
    assert this_system() == "systemd"
    monkeypatch.setattr(installer.sys, "platform", "win32")
    assert this_system() == "windows"
