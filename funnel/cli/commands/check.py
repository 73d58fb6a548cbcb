"""`funnel check`: the problems of a sheet."""

from __future__ import annotations

import click

from funnel.cli import printing
from funnel.cli.options import (
    Asked,
    asks,
)
from funnel.cli.run import leave, measure


@click.command()
@asks
def check(asked: Asked) -> None:
    """List the problems in SHEET.

    Each with its cell and a way out: what a person should look at; nothing is repaired silently.
    Leaves with exit code 1 where there are problems. Example: funnel check clients.xlsx
    """
    from funnel.cli import formats
    from funnel.metrics.tables.problems import problems_table

    funnel = measure(asked)
    if asked.form == "json":
        told = funnel.to_json()
        formats.print_json({key: told[key] for key in ("version", "source", "tab", "as_of", "problems")})
    elif asked.form == "csv":
        formats.print_csv(problems_table(funnel.problems))
    else:
        printing.show_problems(funnel)
    leave(True, len(funnel.problems))
