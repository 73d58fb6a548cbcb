"""Shared by the commands: measure the sheet, exit with a code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest
from funnel.errors import FunnelError

if TYPE_CHECKING:
    from funnel.metrics import Funnel
    from funnel.metrics.tables.steps import Counts


def measure(request: SheetRequest, counts: Counts = "marked", within: str | None = None) -> Funnel:
    """Load and measure the sheet; `counts` and `within` as for `Funnel`."""
    from funnel.metrics import Funnel
    from funnel.workflows.load import load

    with printing.busy(f"Reading {request.sheet}"):
        clients = load(request.sheet, request.journey, request.tab, as_of=request.as_of)
        funnel = Funnel(clients, request.as_of, counts, within)
        return funnel.where(**dict(request.where)) if request.where else funnel


def leave(strict: bool, problems: int) -> None:
    """Exit with code 1 if there are problems and `strict` is set."""
    if strict and problems:
        click.get_current_context().exit(1)


@contextmanager
def after_writing(sheet: str) -> Iterator[None]:
    """Run the steps after writing a sheet; an error in them is printed as a note, with exit code 0."""
    try:
        yield
    except (FunnelError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        click.echo(f"{sheet} was written. A later step failed: {error}", err=True)
    except Exception as error:
        error.add_note(f"{sheet} was written before this error.")
        raise


def say_missing_fonts() -> None:
    """Say which fonts to install, if a text was drawn as boxes."""
    from funnel.charts.drawing.labels import missing_fonts

    if sentence := missing_fonts():
        click.echo(sentence, err=True)
