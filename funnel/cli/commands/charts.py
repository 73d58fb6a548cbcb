"""`funnel charts`: pictures of a sheet."""

from __future__ import annotations

from pathlib import Path

import click

from funnel.cli import printing
from funnel.cli.options import (
    SheetRequest,
    takes_sheet,
    within_option,
)
from funnel.cli.run import leave, measure, say_missing_fonts
from funnel.errors import UsageError


@click.command()
@takes_sheet
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("pictures"),
    show_default=True,
    metavar="DIR",
    help="The folder to write into.",
)
@click.option(
    "--picture", "kinds", type=click.Choice(["png", "svg", "pdf"]), multiple=True, default=["png"],
    show_default=True, help="Kind of picture; may be given several times.",
)  # fmt: skip
@click.option("--by", metavar="COLUMN", help="Also compare the values of a column, such as coach.")
@click.option(
    "--size", type=click.Choice(["slide", "page", "phone"]),
    help="Size of every picture; default: what each chart needs.",
)  # fmt: skip
@within_option
def charts(
    request: SheetRequest, out: Path, kinds: tuple[str, ...], by: str | None, size: str | None,
    within: str | None,
) -> None:  # fmt: skip
    """Draw SHEET as pictures: funnel, drop-off, retention, leaks …

    Also survival, cohorts, trends and leavers. Lists the charts for which the sheet has no data.

    Example: funnel charts clients.xlsx -o pictures --picture png --picture pdf --by coach
    """
    from funnel.cli import pictures

    if (out.suffix and not out.is_dir()) or out.is_file():
        raise UsageError(
            f"-o takes a folder; {out.name!r} {'is' if out.is_file() else 'looks like'} a file. Write -o "
            f"{out.stem if out.suffix else 'pictures'}; the kind of file is chosen by --picture png, svg or "
            "pdf."
        )
    funnel = measure(request, within=within)
    with printing.busy("Drawing"):
        for path in pictures.write(funnel, out, kinds, by, size=size):
            click.echo(path)
    for sentence in pictures.not_drawn(funnel, by):
        click.echo(sentence, err=True)
    say_missing_fonts()
    leave(request.strict, len(funnel.problems))
