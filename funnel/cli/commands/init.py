"""`funnel init`: write down the journey that was understood."""

from __future__ import annotations

from pathlib import Path

import click

from funnel.cli.options import (
    debug_option,
    sheet_argument,
    tab_option,
)
from funnel.cli.run import write_text
from funnel.errors import UsageError


@click.command()
@sheet_argument
@tab_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to write it; journey.toml beside the sheet by default.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a journey file that is there already.")
@debug_option
def init(sheet: str, tab: str | None, out: Path | None, force: bool) -> None:
    """Write journey.toml from the headers of SHEET.

    Example: funnel init clients.xlsx, then funnel show clients.xlsx --journey journey.toml
    """
    from funnel.workflows.new_sheet import draft_journey_file

    path = out or (Path(sheet).parent if Path(sheet).exists() else Path()) / "journey.toml"
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already and was left alone. Write it anew with --force, or "
            "elsewhere with -o FILE."
        )
    text = draft_journey_file(sheet, tab)
    write_text(path, text)
    click.echo(f"Wrote {path}. Look through it, then try: funnel show {sheet} --journey {path}")
