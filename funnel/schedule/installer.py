"""Install a job in the scheduler of this computer; the files are written by the functions of `systems`."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from funnel.errors import UsageError
from funnel.schedule.job import Job
from funnel.schedule.systems import System, cron_line, cron_mark, texts
from funnel.text import home_folder


@dataclass(frozen=True, slots=True)
class Installed:
    """Sentences on what was installed, how to list it and how to remove it."""

    what: str
    see: str
    remove: str


def this_system() -> System:
    """Return the scheduler of this computer.

    >>> this_system() in ("cron", "systemd", "windows")
    True
    """
    if sys.platform == "win32":
        return "windows"
    return "systemd" if shutil.which("systemctl") else "cron"


def install(job: Job, system: System, start: dt.date) -> Installed:
    """Install a job; it replaces an earlier job for the same sheet.

    Raises
    ------
    UsageError : this computer has no such scheduler, or the scheduler failed; its message is quoted.
    """
    installers: Mapping[System, Callable[[Job, dt.date], Installed]] = {
        "cron": _cron,
        "systemd": _systemd,
        "windows": _windows,
    }
    if system not in installers:
        raise UsageError(
            "A GitHub workflow cannot be installed on this computer. Leave out --install, save the output as "
            ".github/workflows/funnel.yml in a private repository, and set the secrets that it names."
        )
    return installers[system](job, start)


def _cron(job: Job, _start: dt.date) -> Installed:
    lines = _run(["crontab", "-l"], unless="no crontab").removesuffix("\n").split("\n")
    others = [line for line in lines if not line.endswith(cron_mark(job))]
    _run(["crontab", "-"], typed="\n".join([*others, cron_line(job)]).removeprefix("\n"))
    return Installed(
        f"A line in your crontab that ends with `{cron_mark(job)}`.",
        "crontab -l",
        "crontab -e, and delete that line",
    )


def _systemd(job: Job, start: dt.date) -> Installed:
    base = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(base or home_folder() / ".config") / "systemd" / "user"
    timer = f"{job.unit}.timer"
    _run(
        ["systemctl", "--user", "daemon-reload"]
    )  # without a session it fails here, before a file is written
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts(job, "systemd", start).items():
            (folder / name).write_text(text, encoding="utf-8")
            written.append(str(folder / name))
    except OSError as error:
        raise UsageError(
            f"The timer could not be written into {folder}: {error.strerror}. Nothing was installed. Try "
            "--for cron, or ask for write permission there."
        ) from None
    _run(["systemctl", "--user", "daemon-reload"])
    _run(["systemctl", "--user", "enable", "--now", timer])
    return Installed(
        f"A timer of your own: {' and '.join(written)}. It runs while you are signed in; to run it always: "
        "loginctl enable-linger",
        f"systemctl --user list-timers {timer}",
        f"systemctl --user disable --now {timer}, and delete the two files",
    )


def _windows(job: Job, start: dt.date) -> Installed:
    (text,) = texts(job, "windows", start).values()
    _program("schtasks")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{job.unit}.xml"
        path.write_text(text, encoding="utf-16")
        _run(["schtasks", "/Create", "/TN", job.unit, "/XML", str(path), "/F"])
    return Installed(
        f"A task in the Task Scheduler: {job.unit}. It runs while you are signed in.",
        f"schtasks /Query /TN {job.unit}",
        f"schtasks /Delete /TN {job.unit}",
    )


def _program(name: str) -> str:
    """Return the path of a system program."""
    found = shutil.which(name)
    if found is None:
        raise UsageError(
            f"This computer has no {name}, so nothing was installed. Choose another scheduler with --for, or "
            "leave out --install to print the job."
        )
    return found


def _run(command: Sequence[str], typed: str | None = None, unless: str | None = None) -> str:
    """Run a system program, and return its output; "" if it fails with the message `unless`.

    Any other failure is an error: a crontab that could not be read must not be replaced.
    """
    program = _program(command[0])
    done = subprocess.run(
        [program, *command[1:]], input=typed, capture_output=True, encoding="utf-8", errors="surrogateescape",
        check=False, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    if not done.returncode:
        return done.stdout
    sentence = " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
    if unless and unless in sentence:
        return ""
    raise UsageError(
        f"`{' '.join(command)}` failed: {sentence}. The job is not installed. Choose another scheduler with "
        "--for, or leave out --install and install the output manually."
    )
