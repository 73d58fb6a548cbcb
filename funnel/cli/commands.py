"""The commands. Each parses, calls the package, and prints; what is heavy is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel import __version__
from funnel.cli import printing
from funnel.cli.actions import actions
from funnel.cli.compare import compare, people, show_segments
from funnel.cli.due import due
from funnel.cli.google import google
from funnel.cli.log import log, move
from funnel.cli.options import (
    Asked,
    asks,
    credentials_option,
    debug_option,
    journey_option,
    sheet_argument,
    tab_option,
)
from funnel.cli.refresh import refresh
from funnel.cli.run import Door, explain_the_unforeseen
from funnel.cli.schedule import schedule
from funnel.cli.stages import stages
from funnel.errors import UsageError, WriteError

if TYPE_CHECKING:
    from funnel.metrics import Funnel


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="funnel")
def main() -> None:
    """See where your client journey leaks, in the sheet you already keep.

    SHEET is a spreadsheet file (.xlsx, .xlsm, .ods, .csv) or the address of a Google Sheet. Begin with
    `funnel demo`, or with `funnel show SHEET` on your own. Only `funnel refresh` and `funnel move` (one
    cell) ever write into a sheet that is there.
    """
    explain_the_unforeseen()


def measure(asked: Asked) -> Funnel:
    """Load and measure the sheet that was asked about."""
    from funnel.metrics import Funnel
    from funnel.workflows.load import load

    with printing.busy(f"Reading {asked.sheet}"):
        funnel = Funnel(load(asked.sheet, asked.journey, asked.tab), asked.as_of)
        return funnel.where(**dict(asked.where)) if asked.where else funnel


def leave(strict: bool, problems: int) -> None:
    """Leave with exit code 1 where problems were not to be passed over."""
    if strict and problems:
        click.get_current_context().exit(1)


@main.command()
@debug_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("funnel-demo"), show_default=True,
    help="The folder to work in.",
)  # fmt: skip
def demo(out: Path) -> None:
    """Run the whole way on a sample sheet, in ./funnel-demo.

    Copies the sample there, refreshes it, prints its tables, draws its charts, and says what to open.
    Run again, it refreshes the sheet that is there; what you typed into it stays.
    """
    from funnel.cli.demo import run

    run(out)


@main.command()
@asks
@click.option(
    "--by", metavar="COLUMN", help="Also the same for each value of a column (see `funnel compare`)."
)
@click.option(
    "--table", metavar="NAME", help="One result alone: leaks, cohorts, trends, time, leavers, gym …"
)
def show(asked: Asked, by: str | None, table: str | None) -> None:
    """Print the steps, retention and the leak of SHEET.

    Example: funnel show clients.xlsx --as-of 2026-11-21
    """
    from funnel.cli import formats, tables
    from funnel.metrics.core.column_lookup import known

    name = known("table", table, tables.TABLES) if table else None
    funnel = measure(asked)
    if name:
        tables.show(funnel, name, asked.form)
    elif asked.form == "json":
        formats.print_json(funnel.to_json(by))
    elif asked.form == "csv":
        formats.print_csv(funnel.by(by) if by else funnel.steps)
    else:
        printing.show_funnel(funnel)
        if by:
            show_segments(printing.console(), funnel, by)
    leave(asked.strict, len(funnel.problems))


@main.command()
@asks
def check(asked: Asked) -> None:
    """List the problems in SHEET.

    Each with its cell and a way out: what a person should look at; nothing is repaired silently.
    Leaves with exit code 1 where there are problems. Example: funnel check clients.xlsx
    """
    from funnel.cli import formats

    funnel = measure(asked)
    if asked.form == "json":
        told = funnel.to_json()
        formats.print_json({key: told[key] for key in ("version", "source", "tab", "as_of", "problems")})
    elif asked.form == "csv":
        formats.print_csv(formats.problems_table(funnel.problems))
    else:
        printing.show_problems(funnel)
    leave(True, len(funnel.problems))


@main.command()
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
    from funnel.workflows.new_sheet import journey_file

    path = out or (Path(sheet).parent if Path(sheet).exists() else Path()) / "journey.toml"
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already and was left alone. Write it anew with --force, or "
            "elsewhere with -o FILE."
        )
    text = journey_file(sheet, tab)
    _write_text(path, text)
    click.echo(f"Wrote {path}. Look through it, then try: funnel show {sheet} --journey {path}")


@main.command()
@click.argument("sheet", required=False)
@click.option(
    "--google", "title", metavar="TITLE", help="Make a Google Sheet of this name in your own Drive."
)
@journey_option
@credentials_option
@debug_option
def new(sheet: str | None, title: str | None, journey: str | None) -> None:
    """Make an empty client sheet, ready to use.

    It has the columns of the journey (the gym's by default), checks what is typed, and counts. SHEET is
    a new workbook, or the address of a Google Sheet. Example: funnel new clients.xlsx
    """
    from funnel.workflows import new_sheet as drafts
    from funnel.workflows.load import as_journey

    if (sheet is None) == (title is None):
        raise UsageError('Name one: a new workbook, like clients.xlsx, or --google "TITLE".')
    if title is not None:
        sheet = drafts.new_google(title, journey or "gym")
    else:
        assert sheet is not None
        drafts.new(sheet, journey or "gym")
    declared = as_journey(journey or "gym")
    what = "the stage of each" if declared and declared.staged else "a 1 for each step"
    name = f" --journey {journey}" if journey else ""
    click.echo(f"Made {sheet}. Type your leads into it, {what}; then: funnel refresh {sheet}{name}")


@main.command()
@sheet_argument
@click.argument("to", metavar="SHEET")
@journey_option
@tab_option
@credentials_option
@debug_option
def copy(sheet: str, to: str, journey: str | None, tab: str | None) -> None:
    """Copy the clients of one SHEET into another.

    The second is a workbook that does not exist yet, or the address of a Google Sheet, which gets a
    tab. Marks, dates and text stay what they are. Example: funnel copy clients.csv clients.xlsx
    """
    from funnel.workflows.copy_sheet import copy_clients

    with printing.busy(f"Copying {sheet}"):
        behind = copy_clients(sheet, to, journey, tab)
    click.echo("\n".join([f"Copied into {to}.", *behind]))


main.add_command(refresh)


@main.command()
@asks
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder to write into.",
)
@click.option(
    "--picture", "kinds", type=click.Choice(["png", "svg", "pdf"]), multiple=True, default=["png"],
    show_default=True, help="Kind of picture; may be given several times.",
)  # fmt: skip
@click.option("--by", metavar="COLUMN", help="Also compare the values of a column, such as coach.")
def charts(asked: Asked, out: Path, kinds: tuple[str, ...], by: str | None) -> None:
    """Draw SHEET as pictures: drop-off, retention, leaks …

    Also survival, cohorts, trends and leavers; whatever the sheet can fill.

    Example: funnel charts clients.xlsx -o pictures --picture png --picture pdf --by coach
    """
    from funnel.cli import pictures

    funnel = measure(asked)
    with printing.busy("Drawing"):
        for path in pictures.write(funnel, out, kinds, pictures.ALL, by):
            click.echo(path)
    leave(asked.strict, len(funnel.problems))


main.add_command(schedule)
main.add_command(compare)
main.add_command(google)
main.add_command(people)
main.add_command(stages)
main.add_command(log)
main.add_command(move)
main.add_command(actions)
main.add_command(due)


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {error.strerror}. Name another file with -o."
        ) from None
