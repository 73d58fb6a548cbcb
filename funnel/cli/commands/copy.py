"""`funnel copy`: copy the clients of one sheet into another."""

from __future__ import annotations

import click

from funnel.cli import printing
from funnel.cli.options import (
    credentials_option,
    debug_option,
    journey_option,
    sheet_argument,
    tab_option,
)


@click.command()
@sheet_argument
@click.argument("to", metavar="NEW-SHEET")
@journey_option
@tab_option
@credentials_option
@debug_option
def copy(sheet: str, to: str, journey: str | None, tab: str | None) -> None:
    """Copy the clients of SHEET into NEW-SHEET.

    NEW-SHEET is a workbook that does not exist yet, or the address of a Google Sheet, which gets a
    tab. Marks, dates and text do not change. Example: funnel copy clients.csv clients.xlsx
    """
    from funnel.cli.run import after_writing
    from funnel.workflows.copy_sheet import copy_clients

    with printing.busy(f"Copying {sheet}"):
        behind = copy_clients(sheet, to, journey, tab)
    with after_writing(to):
        click.echo("\n".join([f"Copied into {to}.", *behind]))
