"""`funnel new`: an empty client sheet."""

from __future__ import annotations

from typing import Literal

import click

from funnel.cli.options import (
    credentials_option,
    debug_option,
    journey_option,
)
from funnel.errors import UsageError


@click.command()
@click.argument("sheet", required=False)
@click.option(
    "--google", "title", metavar="TITLE", help="Create a Google Sheet with this name in your own Drive."
)
@click.option(
    "--totals",
    type=click.Choice(["bottom", "top"]),
    help="Totals below 200 empty rows (the default), or above the header.",
)
@journey_option
@credentials_option
@debug_option
def new(
    sheet: str | None, title: str | None, totals: Literal["bottom", "top"] | None, journey: str | None
) -> None:
    """Create an empty client sheet.

    It has the columns of the journey (by default the gym's), checks what is typed, and has totals. SHEET
    is a new workbook, or the address of a Google Sheet. Example: funnel new clients.xlsx
    """
    from funnel.cli.run import after_writing
    from funnel.workflows import new_sheet
    from funnel.workflows.load import as_journey

    if (sheet is None) == (title is None):
        raise UsageError('Name a new workbook, such as clients.xlsx, or use --google "TITLE".')
    notes: tuple[str, ...] = ()
    if title is not None:
        sheet = new_sheet.create_google_sheet(title, journey or "gym", totals)
    else:
        assert sheet is not None
        notes = new_sheet.create_client_sheet(sheet, journey or "gym", totals)
    declared = as_journey(journey or "gym")
    what = "the stage of each" if declared and declared.staged else "a 1 for each step"
    name = f" --journey {journey}" if journey else ""
    made = f"Created {sheet}. Type your leads into it, with {what}; then: funnel refresh {sheet}{name}"
    with after_writing(str(sheet)):
        click.echo("\n".join([made, *notes]))
