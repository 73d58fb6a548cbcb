"""`funnel show`: what a sheet says, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from funnel.cli import printing
from funnel.cli.commands.compare import show_segments
from funnel.cli.options import (
    Asked,
    asks,
    within_option,
)
from funnel.cli.run import leave, measure
from funnel.cli.unanswered import show_unanswered
from funnel.errors import Unanswered
from funnel.metrics.results import options

if TYPE_CHECKING:
    from funnel.metrics.tables.steps import Counts


class ResultOption(click.Option):
    """An option that takes the name of a result; its help and completion list the whole registry."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        self.help = f"One result alone: {', '.join(options())}."
        return super().get_help_record(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so."""
        return [CompletionItem(name) for name in options() if name.startswith(incomplete)]


@click.command()
@asks
@click.option(
    "--by", metavar="COLUMN", help="Also the same for each value of a column (see `funnel compare`)."
)
@click.option("--table", metavar="NAME", cls=ResultOption, help="One result alone.")
@click.option(
    "--counts", type=click.Choice(["marked", "passed", "nested"]), default="marked", show_default=True,
    help="Clients of a step: its marks alone; or also marks at later steps; or only with all earlier marks.",
)  # fmt: skip
@within_option
def show(asked: Asked, by: str | None, table: str | None, counts: Counts, within: str | None) -> None:
    """Print the verdict, the steps and the retention of SHEET.

    Example: funnel show clients.xlsx --as-of 2026-11-21
    """
    from funnel.cli import formats, tables
    from funnel.metrics.core.column_lookup import check_name

    name = check_name("table", table, options()) if table else None
    try:
        funnel = measure(asked, counts, within)
    except Unanswered as error:
        show_unanswered(asked, error)
        return
    if name:
        tables.show(funnel, name, asked.form, by)
    elif asked.form == "json":
        formats.print_json(funnel.to_json(by))
    elif asked.form == "csv":
        formats.print_csv(funnel.by(by) if by else funnel.steps)
    else:
        printing.show_funnel(funnel)
        if by:
            show_segments(printing.console(), funnel, by)
    leave(asked.strict, len(funnel.problems))
