"""Write a `Job` for cron, systemd, the Windows Task Scheduler and GitHub. Pure functions that return text.

Each has its own quoting, so that a path with spaces, quotes, `%` or `$` reaches funnel unchanged.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, get_args
from xml.sax.saxutils import escape

from funnel import __version__
from funnel.errors import UsageError
from funnel.schedule.job import WEEKDAYS, Job
from funnel.sheets import path_of

System: TypeAlias = Literal["cron", "systemd", "windows", "github"]
SYSTEMS: tuple[System, ...] = get_args(System)

_VARIABLE = re.compile(r"%[A-Za-z_][\w()]*%")

SECRETS = ("FUNNEL_SHEET", "FUNNEL_GOOGLE_KEY", "FUNNEL_NOTIFY")
"""The secrets of a GitHub workflow: the sheet's address, the key file of the service account, and where the
weekly text is sent (only with --notify)."""

_WHEEL = f"funnelbook-{__version__}-py3-none-any.whl"  # the package is not on PyPI yet


def texts(job: Job, system: System, start: dt.date) -> dict[str, str]:
    """Write the files of a job for a scheduler.

    Parameters
    ----------
    start : the first day; only Windows needs one.

    Returns
    -------
    The text of each file, by file name.

    Raises
    ------
    UsageError : a GitHub workflow for a file on this computer, a Windows task with a %NAME% in a path.
    """
    unit = job.unit
    writers: Mapping[System, Callable[[], dict[str, str]]] = {
        "cron": lambda: {"crontab": cron_line(job)},
        "systemd": lambda: {f"{unit}.service": systemd_service(job), f"{unit}.timer": systemd_timer(job)},
        "windows": lambda: {f"{unit}.xml": windows_task(job, start)},
        "github": lambda: {"funnel.yml": github_workflow(job)},
    }
    return writers[system]()


def cron_mark(job: Job) -> str:
    """Return the comment at the end of our crontab line, which identifies it."""
    return f"# {job.unit}"


def cron_line(job: Job) -> str:
    r"""Write one line for a crontab; it ends with a shell comment.

    >>> from funnel.schedule.job import Every
    >>> job = Job("a-1a2b3c4d", "/x/a 100%.xlsx", Every(0, 7, 5), ("/bin/funnel",), "/y/log")
    >>> print(cron_line(job), end="")
    5 7 * * 1 /bin/funnel refresh '/x/a 100\%.xlsx' --quiet --log /y/log # funnel-a-1a2b3c4d
    """
    every = job.every
    day = "*" if every.weekday is None else (every.weekday + 1) % 7
    command = shlex.join(job.command).replace("%", r"\%")  # cron ends the command at a bare %
    return f"{every.minute} {every.hour} * * {day} {command} {cron_mark(job)}\n"


def systemd_service(job: Job) -> str:
    """Write the service unit, which runs once."""
    command = " ".join(_systemd_quoted(word) for word in job.command)
    return (
        "[Unit]\n"
        f"Description=funnel refresh {_label(job)}\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"ExecStart=:{command}\n"  # the colon: do not expand $VARIABLES
    )


def systemd_timer(job: Job) -> str:
    """Write the timer unit, which catches up on a run missed while the computer was off."""
    every = job.every
    day = "" if every.weekday is None else f"{WEEKDAYS[every.weekday][:3].capitalize()} "
    return (
        "[Unit]\n"
        f"Description=funnel refresh {_label(job)}, {every}\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar={day}*-*-* {every.clock}:00\n"
        "Persistent=true\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def _label(job: Job) -> str:
    """Escape the sheet for a description: `%` begins a specifier and a last backslash is not allowed."""
    return job.sheet.replace("%", "%%").rstrip("\\")


def _systemd_quoted(word: str) -> str:
    """Quote a word of a command line for systemd.

    >>> print(_systemd_quoted('/x/our "100%" sheet.xlsx'))
    "/x/our \\"100%%\\" sheet.xlsx"
    """
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def windows_task(job: Job, start: dt.date) -> str:
    """Write the task as XML, for `schtasks /Create /XML` and "Import" in the Task Scheduler.

    Raises
    ------
    UsageError : a path contains a %NAME%, which the Task Scheduler would replace.
    """
    for word in job.command:
        if found := _VARIABLE.search(word):
            raise UsageError(
                f"{word!r} contains {found[0]}, which the Windows Task Scheduler would replace as a "
                "variable. Rename it without the % signs."
            )
    every = job.every
    when = (
        "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
        if every.weekday is None
        else f"<ScheduleByWeek><DaysOfWeek><{WEEKDAYS[every.weekday].capitalize()} /></DaysOfWeek>"
        "<WeeksInterval>1</WeeksInterval></ScheduleByWeek>"
    )
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>funnel refresh {escape(job.sheet)}, {every}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{start.isoformat()}T{every.clock}:00</StartBoundary>
      <Enabled>true</Enabled>
      {when}
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(job.command[0])}</Command>
      <Arguments>{escape(subprocess.list2cmdline(job.command[1:]))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def github_workflow(job: Job) -> str:
    """Write a workflow for `.github/workflows`; it names the secrets that contain the address and the key.

    Raises
    ------
    UsageError : the sheet or the journey is a file on this computer.
    """
    _reachable(job)
    every = job.every
    day = "*" if every.weekday is None else str((every.weekday + 1) % 7)
    sheet, key, addresses = SECRETS
    extra, number, meaning, variable, option = "", "two", "", "", ""
    if job.notify is not None:
        extra, number, option = "[notify]", "three", f' --notify "${addresses}"'
        meaning = f"#   {addresses}      the addresses of --notify, one a line\n"
        variable = f"          {addresses}: ${{{{ secrets.{addresses} }}}}\n"
    return f"""\
# Refreshes a Google Sheet: {every} UTC. Save as .github/workflows/funnel.yml in a private
# repository, and set {number} secrets there (Settings, Secrets and variables, Actions):
#   {sheet}       the address of the sheet, which is shared with the service account as an editor
#   {key}  the whole text of the service account's key file
{meaning}\
# Also add the file {_WHEEL} to the repository:
# in the folder of the project, `uv build` makes it, in dist.
name: funnel
on:
  schedule:
    - cron: "{every.minute} {every.hour} * * {day}"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: {job.unit}
jobs:
  refresh:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: pip install "./{_WHEEL}{extra}"
      - env:
          {sheet}: ${{{{ secrets.{sheet} }}}}
          {key}: ${{{{ secrets.{key} }}}}
{variable}\
          GOOGLE_APPLICATION_CREDENTIALS: ${{{{ runner.temp }}}}/key.json
        run: |
          trap 'rm -f "$GOOGLE_APPLICATION_CREDENTIALS"' EXIT
          (umask 077 && printf '%s' "${key}" > "$GOOGLE_APPLICATION_CREDENTIALS")
          funnel refresh "${sheet}" {_github_options(job)}{option}
"""


def _reachable(job: Job) -> None:
    """Refuse a job whose sheet or journey is a file on this computer."""
    for path in filter(None, (job.sheet if path_of(job.sheet) else None, job.journey)):
        if os.sep in path:
            raise UsageError(
                f"GitHub's computers cannot reach {path}, which is a file on this one. A workflow can "
                "refresh a Google Sheet by its headers or a preset; for files, choose "
                "--for cron, systemd or windows."
            )


def _github_options(job: Job) -> str:
    """Return the options that are valid on another computer, with expressions escaped."""
    named = {"--journey": job.journey, "--tab": job.tab}
    words = [word for name, value in named.items() if value for word in (name, value)]
    return shlex.join([*words, "--quiet"]).replace("${{", "${{ '${{' }}")
