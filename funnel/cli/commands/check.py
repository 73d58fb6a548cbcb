"""`funnel check`: the problems of a sheet."""

from __future__ import annotations

import click

from funnel.cli.options import (
    SheetRequest,
    takes_sheet,
)
from funnel.cli.run import leave, measure

KEYS = ("version", "source", "tab", "as_of", "reading", "problems")


@click.command()
@click.option("--all", "everything", is_flag=True, help="List every problem, not only five of each kind.")
@takes_sheet
def check(request: SheetRequest, everything: bool) -> None:
    """List the problems in SHEET by kind, the most serious first.

    Each problem comes with its cell and what to do. Nothing is changed. JSON and CSV contain every
    problem, in the order of the sheet.
    The exit code is 1 if there are problems. Example: funnel check clients.xlsx
    """
    from funnel.cli import formats
    from funnel.cli.problems import show_problems
    from funnel.metrics.tables.problems import problems_table

    funnel = measure(request)
    if request.form == "json":
        found = funnel.to_json()
        formats.print_json({key: found[key] for key in KEYS})
    elif request.form == "csv":
        formats.print_csv(problems_table(funnel.problems))
    else:
        show_problems(funnel, everything)
    leave(True, len(funnel.problems))
