"""What each system is given, whole; and that each system's own quoting brings the words back."""

import datetime as dt
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from funnel.errors import UsageError
from funnel.schedule.job import Every, Job
from funnel.schedule.systems import (
    SYSTEMS,
    cron_line,
    github_workflow,
    systemd_service,
    systemd_timer,
    texts,
    windows_task,
)

START = dt.date(2026, 11, 23)
JOB = Job(
    "clients-1a2b3c4d", "/data/our gym/clients.xlsx", Every(0, 7, 0), ("/bin/py", "-m", "funnel"), "/y/log"
)
GOOGLE = replace(
    JOB, name="google-sheet-1a2b3c4d", sheet="https://docs.google.com/spreadsheets/d/1AbC/edit",
    credentials="/k/key.json", every=Every(6, 18, 30),
)  # fmt: skip
NASTY = (
    "/x/it's \"our\" 100% sheet.xlsx",
    "/x/$HOME `id` $(id) \\ end\\.xlsx",
    "/x/a;b&c|d<e>f#g!h*?[i]{j}~.xlsx",
    "/x/%h %% \\%.xlsx", "/x/名簿 é ${{ secrets.X }}.xlsx",
)  # fmt: skip


def test_cron() -> None:
    assert cron_line(JOB) == (
        "0 7 * * 1 /bin/py -m funnel refresh '/data/our gym/clients.xlsx' --quiet --log /y/log"
        " # funnel-clients-1a2b3c4d\n"
    )
    assert cron_line(GOOGLE).startswith("30 18 * * 0 ")
    assert cron_line(replace(JOB, every=Every(None, 6, 5))).startswith("5 6 * * * ")


@pytest.mark.parametrize("sheet", NASTY[:3] + NASTY[4:])
def test_cron_and_the_shell_bring_the_words_back(sheet: str) -> None:
    job = replace(JOB, sheet=sheet, program=("printf", "%s\\n"))
    line = cron_line(job).removesuffix("\n")
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace("\\%", "")
    said = subprocess.run(
        ["sh", "-c", command.replace("\\%", "%")], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == list(job.command[2:])


def test_systemd() -> None:
    assert (
        systemd_service(JOB)
        == """\
[Unit]
Description=funnel refresh /data/our gym/clients.xlsx

[Service]
Type=oneshot
ExecStart=:"/bin/py" "-m" "funnel" "refresh" "/data/our gym/clients.xlsx" "--quiet" "--log" "/y/log"
"""
    )
    assert (
        systemd_timer(JOB)
        == """\
[Unit]
Description=funnel refresh /data/our gym/clients.xlsx, Monday 07:00

[Timer]
OnCalendar=Mon *-*-* 07:00:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    )
    assert "\nOnCalendar=*-*-* 06:05:00\n" in systemd_timer(replace(JOB, every=Every(None, 6, 5)))


@pytest.mark.parametrize("sheet", NASTY)
def test_a_systemd_line_brings_the_words_back(sheet: str) -> None:
    """By systemd's rules: \\ escapes within double quotes, %% is a percent, no $ is meant after the colon."""
    job = replace(JOB, sheet=sheet)
    line = next(line for line in systemd_service(job).splitlines() if line.startswith("ExecStart=:"))
    words = shlex.split(line.removeprefix("ExecStart=:"))
    assert "%" not in "".join(words).replace("%%", "")
    assert tuple(word.replace("%%", "%") for word in words) == job.command


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("sheet", [JOB.sheet, *NASTY])
def test_systemd_accepts_the_units(sheet: str, tmp_path: Path) -> None:
    job = replace(JOB, sheet=sheet, program=("/bin/sh",))
    for name, text in texts(job, "systemd", START).items():
        (tmp_path / name).write_text(text, "utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in verified.stderr.splitlines() if job.unit in line]
    assert ours == []
    timer = subprocess.run(
        ["systemd-analyze", "calendar", "Mon *-*-* 07:00:00"], capture_output=True, text=True, check=True
    )
    assert "Normalized form: Mon *-*-* 07:00:00" in timer.stdout


def test_windows() -> None:
    assert (
        windows_task(JOB, START)
        == """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>funnel refresh /data/our gym/clients.xlsx, Monday 07:00</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-11-23T07:00:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByWeek><DaysOfWeek><Monday /></DaysOfWeek><WeeksInterval>1</WeeksInterval></ScheduleByWeek>
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
      <Command>/bin/py</Command>
      <Arguments>-m funnel refresh "/data/our gym/clients.xlsx" --quiet --log /y/log</Arguments>
    </Exec>
  </Actions>
</Task>
"""
    )
    daily = windows_task(replace(JOB, every=Every(None, 6, 5)), START)
    assert "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>" in daily


@pytest.mark.parametrize("sheet", NASTY)
def test_the_xml_holds_the_arguments(sheet: str) -> None:
    job = replace(JOB, sheet=sheet, program=("C:\\Program Files\\R&D\\python.exe", "-m", "funnel"))
    found = ET.fromstring(windows_task(job, START).encode("utf-16"))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert found.findtext(".//t:Command", namespaces=space) == "C:\\Program Files\\R&D\\python.exe"
    arguments = found.findtext(".//t:Arguments", namespaces=space)
    assert arguments == subprocess.list2cmdline(job.command[1:])


def test_github() -> None:
    assert (
        github_workflow(replace(GOOGLE, tab="Our clients"))
        == """\
# Refreshes a Google Sheet: Sunday 18:30 UTC. Save as .github/workflows/funnel.yml in a private
# repository, and set two secrets there (Settings, Secrets and variables, Actions):
#   FUNNEL_SHEET       the address of the sheet, which is shared with the service account as an editor
#   FUNNEL_GOOGLE_KEY  the whole text of the service account's key file
# Also add the file funnelbook-0.1.0-py3-none-any.whl to the repository:
# in the folder of the project, `uv build` makes it, in dist.
name: funnel
on:
  schedule:
    - cron: "30 18 * * 0"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: funnel-google-sheet-1a2b3c4d
jobs:
  refresh:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: pip install "./funnelbook-0.1.0-py3-none-any.whl"
      - env:
          FUNNEL_SHEET: ${{ secrets.FUNNEL_SHEET }}
          FUNNEL_GOOGLE_KEY: ${{ secrets.FUNNEL_GOOGLE_KEY }}
          GOOGLE_APPLICATION_CREDENTIALS: ${{ runner.temp }}/key.json
        run: |
          trap 'rm -f "$GOOGLE_APPLICATION_CREDENTIALS"' EXIT
          (umask 077 && printf '%s' "$FUNNEL_GOOGLE_KEY" > "$GOOGLE_APPLICATION_CREDENTIALS")
          funnel refresh "$FUNNEL_SHEET" --tab 'Our clients' --quiet
"""
    )


def test_the_workflow_takes_the_addresses_from_a_secret() -> None:
    text, silent = github_workflow(replace(GOOGLE, notify="/k/notify.txt")), github_workflow(GOOGLE)
    assert set(text.splitlines()) - set(silent.splitlines()) == {
        "# repository, and set three secrets there (Settings, Secrets and variables, Actions):",
        "#   FUNNEL_NOTIFY      the addresses of --notify, one a line",
        '      - run: pip install "./funnelbook-0.1.0-py3-none-any.whl[notify]"',
        "          FUNNEL_NOTIFY: ${{ secrets.FUNNEL_NOTIFY }}",
        '          funnel refresh "$FUNNEL_SHEET" --quiet --notify "$FUNNEL_NOTIFY"',
    }
    assert yaml.safe_load(text)["jobs"]["refresh"]["steps"][-1]["env"].keys() >= {"FUNNEL_NOTIFY"}


def test_the_workflow_is_yaml_and_stores_no_secret() -> None:
    text = github_workflow(replace(GOOGLE, tab="it's: #1 ${{ secrets.X }}", journey="gym"))
    told = yaml.safe_load(text)
    assert told[True] == {"schedule": [{"cron": "30 18 * * 0"}], "workflow_dispatch": None}
    assert told["permissions"] == {"contents": "read"}
    *_, step = told["jobs"]["refresh"]["steps"]
    assert set(step["env"].values()) == {
        "${{ secrets.FUNNEL_SHEET }}", "${{ secrets.FUNNEL_GOOGLE_KEY }}", "${{ runner.temp }}/key.json",
    }  # fmt: skip
    last = step["run"].splitlines()[-1]
    assert "${{ '${{' }} secrets.X }}" in last
    words = shlex.split(last.replace("${{ '${{' }}", "${{"))  # as GitHub puts it in
    assert words[2:] == ["$FUNNEL_SHEET", "--journey", "gym", "--tab", "it's: #1 ${{ secrets.X }}", "--quiet"]
    assert "1AbC" not in text
    assert "/k/key.json" not in text


@pytest.mark.parametrize("job", [JOB, replace(GOOGLE, journey="/data/our gym/clients.xlsx")])
def test_github_cannot_reach_files_of_this_computer(job: Job) -> None:
    with pytest.raises(UsageError) as refused:
        github_workflow(job)
    assert str(refused.value) == (
        "GitHub's computers cannot reach /data/our gym/clients.xlsx, which is a file on this one. A workflow "
        "can refresh a Google Sheet by its headers or a preset; for files, choose "
        "--for cron, systemd or windows."
    )


def test_the_files_of_each_system() -> None:
    unit = "funnel-google-sheet-1a2b3c4d"
    assert {system: list(texts(GOOGLE, system, START)) for system in SYSTEMS} == {
        "cron": ["crontab"], "systemd": [f"{unit}.service", f"{unit}.timer"],
        "windows": [f"{unit}.xml"], "github": ["funnel.yml"],
    }  # fmt: skip


def test_windows_would_replace_what_is_named_like_a_variable() -> None:
    with pytest.raises(UsageError) as refused:
        windows_task(replace(JOB, sheet="C:\\%TEMP%\\clients.xlsx"), START)
    assert str(refused.value) == (
        "'C:\\\\%TEMP%\\\\clients.xlsx' contains %TEMP%, which the Windows Task Scheduler would replace as a "
        "variable. Rename it without the % signs."
    )
    assert "100% of 50%.xlsx" in windows_task(replace(JOB, sheet="C:\\100% of 50%.xlsx"), START)
