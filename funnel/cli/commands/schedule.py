"""`funnel schedule`: print the weekly job, or install it."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel.cli.options import KEY, debug_option, journey_option, sheet_argument, tab_option
from funnel.text import home_path, real_path

if TYPE_CHECKING:
    from funnel.schedule import Job, System


@click.command()
@sheet_argument
@click.option(
    "--every", required=True, metavar="TIME", help='When: "monday 07:00", or "day 07:00" for every day.'
)
@click.option(
    "--for", "system", type=click.Choice(["cron", "systemd", "windows", "github"]),
    help="The scheduler; default: this computer's.",
)  # fmt: skip
@click.option("--install", is_flag=True, help="Install the job in this computer's scheduler.")
@click.option(
    "--credentials", metavar="FILE",
    help="Key file of a service account, for a Google Sheet; else GOOGLE_APPLICATION_CREDENTIALS.",
)  # fmt: skip
@click.option("--log", metavar="FILE", help="Append one line on each run to this file.")
@click.option("--summary", metavar="FILE", help="Write the changes since the week before into this file.")
@click.option(
    "--notify", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
    help="Also send them to the Apprise addresses in this file, one per line; the job contains no address.",
)  # fmt: skip
@journey_option
@tab_option
@debug_option
def schedule(
    sheet: str, every: str, system: System | None, install: bool, credentials: str | None, log: str | None,
    summary: str | None, notify: str | None, journey: str | None, tab: str | None,
) -> None:  # fmt: skip
    """Write the weekly job that refreshes SHEET.

    For cron, a systemd timer, Windows Task Scheduler or a GitHub workflow. Prints the job; installs it with
    --install. Example: funnel schedule clients.xlsx --every "monday 07:00"
    """
    from funnel import schedule as jobs
    from funnel.sheets import path_of
    from funnel.sheets.run_lock import run_name, state_folder
    from funnel.workflows.refresh import check_schedulable

    when = jobs.Every.parse(every)
    check_schedulable(sheet, journey)
    google = path_of(sheet) is None
    key = credentials or (os.environ.get(KEY) if google else None)
    job = jobs.Job(
        run_name(sheet), sheet if google else _absolute(sheet), when,
        (str(Path(sys.executable).absolute()), "-P", "-m", "funnel"),
        log=_absolute(log or state_folder() / "refresh.log"),
        journey=_absolute(journey) if journey and Path(journey).is_file() else journey,
        tab=tab, credentials=_absolute(key) if key else None, summary=_absolute(summary) if summary else None,
        notify=_absolute(notify) if notify else None,
    )  # fmt: skip
    chosen = system or jobs.this_system()
    if install:
        _install(job, chosen)
    else:
        _print(job, chosen)


def _absolute(path: str | Path) -> str:
    return str(real_path(home_path(path)))


def _install(job: Job, system: System) -> None:
    """Install the job; print when it runs and how to remove it."""
    from funnel import schedule as jobs

    done = jobs.install(job, system, dt.date.today())
    rows = {
        "Installed": done.what,
        "Runs": f"{job.every}, by this computer's clock",
        "Logs": job.log,
        "See it": done.see,
        "Remove it": done.remove,
    }
    click.echo("\n".join(f"{label + ':':11}{text}" for label, text in rows.items()))


def _print(job: Job, system: System) -> None:
    """Print the job to stdout, so that it can go into a file, and what to do with it to stderr."""
    from funnel import schedule as jobs

    files = jobs.texts(job, system, dt.date.today())
    for name, text in files.items():
        click.echo((f"# {name}\n" if len(files) > 1 else "") + text, nl=len(files) > 1)
    ways = {
        "cron": "Add this line with `crontab -e`, or let --install do it.",
        "systemd": "Put these two files into ~/.config/systemd/user, or let --install do it.",
        "windows": f"Import this in the Task Scheduler as {job.unit}.xml, or let --install do it.",
        "github": "Save this as .github/workflows/funnel.yml in a private repository, and set its secrets.",
    }
    click.echo(ways[system], err=True)
