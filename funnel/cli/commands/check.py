"""`funnel check`: the problems of a sheet."""

from __future__ import annotations

import click

from funnel.cli.options import (
    Asked,
    asks,
)
from funnel.cli.run import leave, measure

KEYS = ("version", "source", "tab", "as_of", "reading", "problems")


@click.command()
@click.option("--all", "everything", is_flag=True, help="List every problem, not only five of each kind.")
@asks
def check(asked: Asked, everything: bool) -> None:
    """List the problems in SHEET by kind, the most serious first.

    Each with its cell and a way out: what a person should look at; nothing is repaired silently. JSON and
    CSV have every problem, in the order of the sheet.
    Leaves with exit code 1 where there are problems. Example: funnel check clients.xlsx
    """
    from funnel.cli import formats
    from funnel.cli.problems import show_problems
    from funnel.metrics.tables.problems import problems_table

    funnel = measure(asked)
    if asked.form == "json":
        told = funnel.to_json()
        formats.print_json({key: told[key] for key in KEYS})
    elif asked.form == "csv":
        formats.print_csv(problems_table(funnel.problems))
    else:
        show_problems(funnel, everything)
    leave(True, len(funnel.problems))
