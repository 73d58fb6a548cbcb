"""`funnel add`: add a batch of new clients from a file."""

from __future__ import annotations

import click

from funnel.cli import printing
from funnel.cli.options import credentials_option, debug_option, journey_option, sheet_argument, tab_option


@click.command()
@sheet_argument
@click.option(
    "--from", "file", required=True, metavar="FILE", help="A CSV file or a workbook of new clients."
)
@click.option("--stage", metavar="NAME", help="The stage for clients without one in FILE.")
@click.option("--dry-run", is_flag=True, help="Print who would be added; change nothing.")
@journey_option
@tab_option
@credentials_option
@debug_option
def add(
    sheet: str, file: str, stage: str | None, dry_run: bool, journey: str | None, tab: str | None
) -> None:
    """Add the clients of a file to SHEET, below the others.

    Columns are matched by header. Clients who are in SHEET already are skipped, so that the same file
    can be added again. Example: funnel add contacts.xlsx --from new.csv --stage "Primary Leads"
    """
    from funnel.cli.run import after_writing
    from funnel.sheets import capabilities_of
    from funnel.workflows.add import add_clients, sentences

    added = add_clients(sheet, file, stage=stage, journey=journey, tab=tab, dry_run=dry_run)
    click.echo("\n".join([*sentences(added, dry_run), *added.plan.kept]))
    if dry_run or not added.plan:
        return
    with after_writing(sheet):
        shown = printing.shown(sheet)
        undo = "" if capabilities_of(sheet).version_history else f" To undo: funnel refresh {shown} --undo"
        click.echo(f"Next: funnel refresh {shown} counts and records them.{undo}")
