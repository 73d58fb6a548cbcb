"""The command line: one group, with its commands in the order in which users need them."""

from __future__ import annotations

import os

import click

from funnel import __version__
from funnel.cli.commands.actions import actions
from funnel.cli.commands.add import add
from funnel.cli.commands.charts import charts
from funnel.cli.commands.check import check
from funnel.cli.commands.compare import compare, people
from funnel.cli.commands.copy import copy
from funnel.cli.commands.demo import demo
from funnel.cli.commands.due import due
from funnel.cli.commands.google import google
from funnel.cli.commands.init import init
from funnel.cli.commands.journey import journey
from funnel.cli.commands.lab import lab
from funnel.cli.commands.log import log, move
from funnel.cli.commands.new import new
from funnel.cli.commands.portfolio import portfolio
from funnel.cli.commands.refresh import refresh
from funnel.cli.commands.report import report
from funnel.cli.commands.schedule import schedule
from funnel.cli.commands.show import show
from funnel.cli.commands.stages import stages
from funnel.cli.error_boundary import ErrorBoundary, install_crash_message


@click.group(
    cls=ErrorBoundary, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="funnel")
def main() -> None:
    """See where your client journey leaks, in the sheet you already keep.

    SHEET is a spreadsheet file (.xlsx, .xlsm, .ods, .csv) or the address of a Google Sheet. Begin with
    `funnel demo`, or with `funnel show SHEET` on your own sheet. Only `funnel refresh`, `funnel add`
    (new rows) and `funnel move` (one cell) write into an existing sheet.
    """
    install_crash_message()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some reads all packages' files


GROUPS = {
    "Begin": (demo, new, init, lab),
    "Look": (show, check, compare, people, stages, charts, report),
    "Write": (refresh, add, move, copy),
    "Follow up": (due, actions, log),
    "Many businesses": (portfolio,),
    "Set up": (journey, schedule, google),
}
"""Title of a group in `--help` -> its commands."""

for title, commands in GROUPS.items():
    for command in commands:
        main.add_command(command)
        main.groups.setdefault(title, []).append(str(command.name))
