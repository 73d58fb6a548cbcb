"""`funnel show`: the results of a sheet, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from funnel.cli import printing
from funnel.cli.commands.compare import show_segments
from funnel.cli.options import (
    SheetRequest,
    takes_sheet,
    within_option,
)
from funnel.cli.run import leave, measure
from funnel.cli.unanswered import show_unanswered
from funnel.errors import Unanswered
from funnel.metrics.results import options

if TYPE_CHECKING:
    from funnel.metrics.tables.steps import Counts


class ResultOption(click.Option):
    """An option that takes the name of a result; help and completion list all of them."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        self.help = f"Only this result: {', '.join(options())}."
        return super().get_help_record(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that start with `incomplete`."""
        return [CompletionItem(name) for name in options() if name.startswith(incomplete)]


@click.command()
@takes_sheet
@click.option("--by", metavar="COLUMN", help="Also print the values of a column (see `funnel compare`).")
@click.option("--table", metavar="NAME", cls=ResultOption, help="Only this result.")
@click.option(
    "--counts", type=click.Choice(["marked", "passed", "nested"]), default="marked", show_default=True,
    help="Count the marks of a step; or also later marks (passed); or only with all earlier marks (nested).",
)  # fmt: skip
@within_option
def show(
    request: SheetRequest, by: str | None, table: str | None, counts: Counts, within: str | None
) -> None:
    """Print the verdict, the steps and the retention of SHEET.

    Example: funnel show clients.xlsx --as-of 2026-11-21
    """
    from funnel.cli import formats, tables
    from funnel.metrics.core.column_lookup import check_name

    name = check_name("table", table, options()) if table else None
    try:
        funnel = measure(request, counts, within)
    except Unanswered as error:
        show_unanswered(request, error)
        return
    if name:
        tables.show(funnel, name, request.form, by)
    elif request.form == "json":
        formats.print_json(funnel.to_json(by))
    elif request.form == "csv":
        formats.print_csv(funnel.by(by) if by else funnel.steps)
    else:
        printing.show_funnel(funnel)
        if by:
            show_segments(printing.console(), funnel, by)
    leave(request.strict, len(funnel.problems))
