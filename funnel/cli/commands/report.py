"""`funnel report`: write the review of a sheet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from funnel.cli import printing
from funnel.cli.options import Day, SheetRequest, takes_sheet, within_option
from funnel.cli.run import leave, say_missing_fonts


@click.command()
@takes_sheet
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("review.html"), show_default=True,
    metavar="FILE|DIR", help="The file to write: .html, .pdf, .pptx, .xlsx; or a folder for all.",
)  # fmt: skip
@click.option(
    "--by", multiple=True, metavar="COLUMN",
    help="Compare the values of this column; may be given several times. Default: coach and source.",
)  # fmt: skip
@click.option("--names", is_flag=True, help="Name clients in follow-ups and problems.")
@click.option(
    "--since", type=Day(), metavar="YYYY-MM-DD",
    help="The day of the last review; default: four weeks ago.",
)  # fmt: skip
@within_option
def report(
    request: SheetRequest, out: Path, by: tuple[str, ...], names: bool, since: dt.datetime | None,
    within: str | None,
) -> None:  # fmt: skip
    """Write the review of SHEET: page, document, slides, workbook.

    It contains the verdict and what to work on, the funnel, leaks, retention, cohorts, a comparison of
    coaches and sources, reasons for leaving, follow-ups, changes, and the definitions used. Clients are
    named only with --names.

    Example: funnel report clients.xlsx -o review.html
    """
    from funnel.reports.documents.formats import check_name
    from funnel.workflows.report import report as make

    check_name(out)
    with printing.busy(f"Reviewing {request.sheet}"):
        review = make(
            request.sheet, request.journey, request.tab, request.as_of, by=by, names=names,
            since=since.date() if since else None, where=dict(request.where), within=within,
        )  # fmt: skip
    with printing.busy("Writing"):
        paths = review.save(out)
    for path in paths:
        click.echo(path)
    say_missing_fonts()
    leave(request.strict, review.problems)
