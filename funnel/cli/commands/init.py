"""`funnel init`: ask what is not sure of a sheet, and write down its journey."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel.cli.options import (
    debug_option,
    pairs,
    sheet_argument,
    tab_option,
)
from funnel.cli.run import write_text
from funnel.errors import JourneyError, UsageError
from funnel.text import count

if TYPE_CHECKING:
    from funnel.clients.reading import Question
    from funnel.journey import Journey


@click.command()
@sheet_argument
@tab_option
@click.option("--journey", metavar="FILE", help="Begin from a preset (gym, studio, …) or a journey file.")
@click.option("--yes", is_flag=True, help="Take the likeliest answer to every question.")
@click.option(
    "--answer", "answers", multiple=True, metavar="WHAT=ANSWER",
    callback=lambda _ctx, _param, texts: pairs(texts, "--answer", "L=left_date"),
    help='Answer a question: L=left_date, paid=Joined, "order=New, Won"; may be given several times.',
)  # fmt: skip
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to write it; SHEET.journey.toml beside the sheet by default.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a journey file that is there already.")
@debug_option
def init(
    sheet: str, tab: str | None, journey: str | None, yes: bool, answers: tuple[tuple[str, str], ...],
    out: Path | None, force: bool,
) -> None:  # fmt: skip
    """Ask what is unclear about SHEET, and write its journey file.

    The file is found by itself from then on. Example: funnel init clients.xlsx
    """
    from funnel.workflows.journey_files import journey_path
    from funnel.workflows.new_sheet import draft_journey_file

    path = out or journey_path(sheet)
    begun = None if force else _unfinished(path)
    if path.exists() and not force and begun is None:
        raise UsageError(
            f"{path} is there already and was left alone. Write it anew with --force, or "
            "elsewhere with -o FILE."
        )
    ask = _likeliest if yes else _prompt if sys.stdin.isatty() else None
    text, said = draft_journey_file(sheet, tab, journey, ask, answers, begun)
    write_text(path, text)
    for sentence in said:
        click.echo(sentence)
    open_ = text.count("# Not sure (")
    if open_:
        click.echo(
            f"{count(open_, 'question')} not answered: see the lines `# Not sure` in it. Until then, "
            "nothing is written into the sheet."
        )
    option = f" --journey {path}" if out else ""
    click.echo(f"Wrote {path}. Look through it, then try: funnel show {sheet}{option}")


def _unfinished(path: Path) -> Journey | None:
    """Return the journey of a file that lists unanswered questions; None for any other file."""
    from funnel.journey import read_journey

    try:
        begun = read_journey(path)
    except JourneyError:
        return None
    return begun if begun.unanswered else None


def _likeliest(question: Question) -> str:
    """Take the answer by which the sheet is read."""
    return question.as_read


def _prompt(question: Question) -> str:
    """Ask in the terminal; Enter takes the likeliest answer."""
    click.echo(f"\n{question.question}")
    for number, answer in enumerate(question.answers, start=1):
        click.echo(f"  {number}. {answer}")
    default = question.answers.index(question.as_read) + 1 if question.as_read in question.answers else 1
    number = click.prompt("Answer", type=click.IntRange(1, len(question.answers)), default=default)
    return question.answers[number - 1]
