"""`funnel init`: ask what is unclear about a sheet, and write its journey file."""

from __future__ import annotations

import re
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
from funnel.errors import NoClients, UsageError
from funnel.sheets.outputs import write_text_file
from funnel.text import typed_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnel.clients.reading import Question


@click.command()
@sheet_argument
@tab_option
@click.option("--journey", metavar="FILE", help="Start from a preset (gym, studio, …) or a journey file.")
@click.option("--yes", is_flag=True, help="Take the likeliest answer to every question.")
@click.option(
    "--answer", "answers", multiple=True, metavar="WHAT=ANSWER",
    callback=lambda _ctx, _param, texts: pairs(texts, "--answer", "L=left_date"),
    help='Answer a question: L=left_date, paid=Joined, "order=New, Won"; may be given several times.',
)  # fmt: skip
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to write the file; default: SHEET.journey.toml beside the sheet.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite an existing journey file.")
@debug_option
def init(
    sheet: str, tab: str | None, journey: str | None, yes: bool, answers: tuple[tuple[str, str], ...],
    out: Path | None, force: bool,
) -> None:  # fmt: skip
    """Ask what is unclear about SHEET, and write its journey file.

    Other commands find the file automatically. Example: funnel init clients.xlsx
    """
    from funnel.workflows.journey_files import WITHOUT_CLIENTS, journey_path, unfinished
    from funnel.workflows.new_sheet import draft_journey_file

    path = out or journey_path(sheet)
    begun = None if force else unfinished(path)
    if path.exists() and not force and begun is None:
        raise UsageError(
            f"{path} already exists and was not changed. Overwrite it with --force, or name another file "
            "with -o FILE."
        )
    if path.exists() and (path.suffix.lower() != ".toml" or not path.is_file()):
        raise UsageError(f"{path} is not a journey file and was not changed. Name a .toml file with -o FILE.")
    ask = _likeliest if yes else _prompt if _is_terminal() else None
    try:
        text, sentences = draft_journey_file(sheet, tab, journey, ask, answers, begun)
    except NoClients as error:
        write_text_file(path, WITHOUT_CLIENTS)
        raise NoClients(
            f"{sheet} contains no clients, by the answer given. {path} keeps the answer; delete it to be "
            "asked again."
        ) from error
    write_text_file(path, text)
    for sentence in sentences:
        click.echo(sentence)
    open_ = text.count("# Not sure (")
    if open_:
        not_answered = "1 question is" if open_ == 1 else f"{open_} questions are"
        click.echo(
            f"{not_answered} not answered. Until then, no conclusion is drawn and nothing is written into "
            f"the sheet. To answer: funnel init {typed_path(sheet)}"
        )
    option = f" --journey {typed_path(str(path))}" if out else ""
    click.echo(f"Wrote {path}. Next: funnel show {typed_path(sheet)}{option}")


def _is_terminal() -> bool:
    """Return True if somebody can answer."""
    return sys.stdin.isatty()


def _likeliest(question: Question) -> str | None:
    """Take the answer by which the sheet is read; None if no evidence supports it."""
    return question.as_read if question.likely else None


def _prompt(question: Question) -> str | None:
    """Ask in the terminal. Enter takes the likeliest answer, which is shown; it asks again if none is."""
    from funnel.clients.reading import ANOTHER, UNKNOWN

    click.echo(f"\n{question.question}")
    likely = _likeliest(question)
    sentences = [f"{question.sentence(a)}{'  (Enter)' * (a == likely)}" for a in question.answers]
    if UNKNOWN not in question.answers:
        sentences.append("I do not know: leave it open.")
    for number, sentence in enumerate(sentences, start=1):
        click.echo(f"  {number}. {sentence}")
    default = str(question.answers.index(likely) + 1) if likely in question.answers else None
    while (chosen := _chosen(click.prompt("Number", default=default, show_default=False), sentences)) is None:
        click.echo(f"Type a number from 1 to {len(sentences)}.")
    if chosen > len(question.answers):
        return None
    answer = question.answers[chosen - 1]
    return _ask_order(question.items) if answer == ANOTHER else answer


def _chosen(typed: str, sentences: Sequence[str]) -> int | None:
    """Return the number that was typed, or that of the only sentence which begins with the words typed."""
    text = typed.strip().rstrip(".")
    numbers = [str(number) for number in range(1, len(sentences) + 1)]
    if text in numbers:
        return int(text)
    words = re.escape({"y": "yes", "n": "no"}.get(text.lower(), text))
    begin = [n for n, s in enumerate(sentences, start=1) if re.match(rf"{words}\b", s, re.IGNORECASE)]
    return begin[0] if text and len(begin) == 1 else None


def _ask_order(items: Sequence[str]) -> str:
    """Ask for the order of some items by their numbers."""
    for number, item in enumerate(items, start=1):
        click.echo(f"  {number}. {item}")
    example = " ".join(str(number) for number in [2, 1, *range(3, len(items) + 1)])
    while True:
        text = click.prompt(f"All numbers in the right order, such as {example}")
        numbers = [part for part in text.replace(",", " ").split() if part]
        if sorted(numbers) == sorted(str(number) for number in range(1, len(items) + 1)):
            return " → ".join(items[int(number) - 1] for number in numbers)
        click.echo(f"Type each number from 1 to {len(items)} once.")
