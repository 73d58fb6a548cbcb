"""`funnel portfolio`: many businesses side by side."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel.cli import formats, printing
from funnel.cli.options import Form, as_of_option, credentials_option, debug_option, form_option
from funnel.errors import ReadError, WriteError, install_hint
from funnel.text import DASH, count, interval, percent

if TYPE_CHECKING:
    from rich.console import Console

    from funnel.portfolios import Portfolio

MOST = 40  # businesses in the terminal
MOST_CHANGES = 10  # since a month ago, in the terminal


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_of_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE|DIR",
    help="Write the review (.html, .pdf, .pptx, .xlsx, or a folder for all), or the table (.parquet).",
)  # fmt: skip
@click.option("--step", metavar="NAME", help="Show this step only.")
@click.option(
    "--anonymous", type=click.Path(path_type=Path), metavar="FILE",
    help="Write a benchmark file without names, for others to compare with.",
)  # fmt: skip
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="FILE",
    help="Also compare with the businesses of a benchmark file.",
)  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Load every sheet, including unchanged ones.")
@click.option("--no-history", is_flag=True, help="Do not record these results beside the file.")
@form_option
@credentials_option
@debug_option
def portfolio(
    file: Path, as_of: dt.date, out: Path | None, step: str | None, anonymous: Path | None,
    against: Path | None, no_cache: bool, no_history: bool, form: Form,
) -> None:  # fmt: skip
    """Compare many businesses: FILE names them and their sheets.

    Shows the most common leak, who differs beyond chance, and the gain from closing the gap. Sheets that
    cannot be read or have open questions are listed and left out.

    Example of FILE: [[business]] name = "Leeds", sheet = "leeds.xlsx". Example: funnel portfolio gyms.toml
    """
    from funnel.cli.run import say_missing_fonts
    from funnel.portfolios import portfolio as load
    from funnel.reports.documents.formats import check_name

    as_table = out is not None and out.suffix.lower() == ".parquet"
    if out and not as_table:
        check_name(out)
    with _progress() as shown:
        found = load(file, as_of, progress=shown, cache=not no_cache, history=not no_history)
    for note in found.notes:
        click.echo(note, err=True)
    if against and found.compared:
        found = found.against(against)
    if anonymous:
        _write_benchmark(found, anonymous)
    if form == "json":
        formats.print_json(found.to_json())
    elif form == "csv":
        formats.print_csv(found.table)
    else:
        _print(found, step)
    if found.left_out and not found.compared:
        raise ReadError("No business could be compared: every one was left out, for the reasons above.")
    if out and as_table:
        _write_table(found, out)
    elif out:
        with printing.busy("Writing the review"):
            paths = found.review().save(out)
        click.echo("\n".join(map(str, paths)))
        say_missing_fonts()


def _write_benchmark(found: Portfolio, path: Path) -> None:
    from funnel.portfolios.anonymous import KIND, to_benchmark
    from funnel.sheets.outputs import begins_with, write_output

    begins = f'{{\n "kind": "{KIND}"'.encode()
    data = to_benchmark(found.businesses, found.as_of)
    text = json.dumps(data, indent=1)
    write_output(path, text.encode(), lambda there: begins_with(there, begins))
    click.echo(f"Wrote {path}: counts of {count(data['businesses'], 'business', 'businesses')}, no names.")


def _write_table(found: Portfolio, path: Path) -> None:
    """Write the benchmark table as Parquet, a row for each business and step.

    Raises
    ------
    WriteError : pyarrow is missing, or the file cannot be written or is not such a table.
    """
    from funnel.sheets.outputs import write_output

    table = found.table.assign(as_of=found.as_of)

    def is_ours(there: Path) -> bool:
        from pyarrow import parquet  # type: ignore[import-not-found]

        try:
            return bool(parquet.read_schema(there).names == list(table.columns))
        except ValueError:
            return False

    try:
        data = table.to_parquet(None, engine="pyarrow", index=False)
    except ImportError:
        raise WriteError(
            f"Writing {path} needs the package 'pyarrow', which is not installed. {install_hint('duckdb')}"
        ) from None
    write_output(path, data, is_ours)
    click.echo(path)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None] | None]:
    """Show a bar in a terminal, with the business that was read last."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=printing.console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, name: bar.update(
            task, completed=done, total=total, description=escape(name)
        )


def _print(found: Portfolio, step: str | None) -> None:
    from funnel.metrics.core.column_lookup import check_name
    from funnel.portfolios.review import LARGE

    out = printing.console()
    out.print(repr(found), style="bold")
    for sentence in found.verdict:
        out.print(sentence)
    if step:
        check_name("step", step, map(str, found.table["step"].unique()))
        table = found.table[found.table["step"] == step].sort_values("rate")
        shares = zip(map(percent, table["rate"]), table["low"], table["high"], strict=True)
        _show(out, step, ("Business", "Of how many", "Share", "Pooled", "Beyond chance"), zip(
            table["business"], (f"{n:,}" for n in table["n"]),
            (DASH if low != low else f"{rate} ({interval(low, high)})" for rate, low, high in shares),
            map(percent, table["pooled"]), table["outside"], strict=True,
        ))  # fmt: skip
    elif len(found.gaps):
        titles = ("Business", "Step", "Share", "Others", "Gain per 100", "Beyond chance")
        rows = found.gaps.head(MOST).to_dict("records")
        _show(out, "The biggest gap of each business, and its gain in clients per 100 leads", titles, (
            (row["business"], row["step"], f"{percent(row['rate'])} of {row['n']:,}", percent(row["others"]),
             f"{row['regained_per_100']:.1f}", row["outside"].removeprefix("below ") or "no") for row in rows
        ))  # fmt: skip
        if len(found.gaps) > MOST:
            out.print(f"and {len(found.gaps) - MOST} more; use -o FILE for all.")
    changed = found.changes[found.changes["change"].abs() >= LARGE]
    if len(changed) and not step:
        largest = changed.loc[changed["change"].abs().nlargest(MOST_CHANGES).index].sort_values("change")
        _show(out, f"The largest changes since {changed['since'].iloc[0]}",
              ("Business", "Step", "Then", "Now", "Change"), (
            (row["business"], row["step"], f"{percent(row['rate_before'])} of {row['n_before']:,}",
             f"{percent(row['rate'])} of {row['n']:,}", f"{100 * row['change']:+.0f} points")
            for row in largest.to_dict("records")
        ))  # fmt: skip
    if found.left_out:
        out.print()
        out.print("Left out", style="bold")
    for each in found.left_out:
        out.print(f"{each.name}: {each.problem or each.question}")


def _show(out: Console, title: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = printing.table_of(titles, texts=("Step",))
    for row in rows:
        table.add_row(*row)
    printing.show_table(out, title, table)
