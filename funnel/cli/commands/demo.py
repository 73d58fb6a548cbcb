"""`funnel demo`: every step on the sample sheet, in its own folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from funnel.cli import pictures, printing
from funnel.cli.options import debug_option
from funnel.cli.run import after_writing, say_missing_fonts
from funnel.sheets.outputs import copy_new, make_folder
from funnel.workflows.samples import DAY, sample


def run(folder: Path) -> None:
    """Copy the sample into `folder` unless it is there, refresh it, print and draw its results."""
    from funnel.metrics import Funnel
    from funnel.workflows.load import load
    from funnel.workflows.refresh import refresh

    sheet = folder / "gym.xlsx"
    again = sheet.exists()
    make_folder(folder)
    if not again:
        copy_new(sample(), sheet)
    with printing.busy("Refreshing the sample sheet"):
        plan = refresh(sheet, as_of=DAY)
        funnel = Funnel(load(sheet), DAY)
    printing.show_funnel(funnel, hints=False)
    drawn: list[Path] = []
    with after_writing(str(sheet)), printing.busy("Drawing"):
        drawn = pictures.write(funnel, folder, ["png"], first=True)
    click.echo()
    click.echo(("Refreshed again: " if again else "") + str(plan))
    click.echo(_next(sheet, drawn, again))
    say_missing_fonts()


def _next(sheet: Path, drawn: list[Path], again: bool) -> str:
    """Return the text on what to open and what to try next."""
    see = {str(sheet): "totals under the columns, green and red rows, the tab Funnel"}
    see |= {str(path): "for a review" for path in drawn}
    name = printing.shown(str(sheet))
    try_next = {
        f"funnel check {name}": "list the problems in the sheet",
        f"funnel refresh {name}": "after you have typed a few marks into it",
        f"funnel refresh {name} --undo": "undo the refresh",
        "funnel show YOUR-SHEET.xlsx": "the same for your own sheet; nothing is written",
    }
    commands = {printing.typed(command): why for command, why in try_next.items()}
    lines = ["", "Open", *_columns(see), "", "Try next", *_columns(commands)]
    if again:
        lines += ["", f"The sheet already existed. To start again, delete {sheet.parent}."]
    return "\n".join(lines)


def _columns(rows: dict[str, str]) -> list[str]:
    """Return two columns side by side if the terminal has room, else one below the other."""
    width = max(map(len, rows))
    if width + max(map(len, rows.values())) + 6 > shutil.get_terminal_size().columns:
        return [line for left, right in rows.items() for line in (f"  {left}", f"      {right}")]
    return [f"  {left:{width}}  {right}" for left, right in rows.items()]


@click.command()
@debug_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("funnel-demo"), show_default=True,
    help="The folder to work in.",
)  # fmt: skip
def demo(out: Path) -> None:
    """Try everything on a sample sheet, in ./funnel-demo.

    Copies the sample there, refreshes it, prints its tables, draws its charts, and lists what to open.
    If you run it again, it refreshes the existing sheet; what you typed into it stays.
    """
    run(out)
