"""`funnel actions`: what is to be done because clients entered stages: tags, hand-off lists, notes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import Asked, asks
from funnel.errors import WriteError
from funnel.text import count, fold

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

TITLES = {"tag": "Tags", "hand_off": "Handed off", "note": "Notes, ready to be sent"}


@click.command()
@asks
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Also write a CSV file for each hand-off list, one of the tags, and one of the notes.",
)  # fmt: skip
def actions(asked: Asked, out: Path | None) -> None:
    """List tags, hand-offs and notes from the log of SHEET.

    A stage's actions (`actions` in the journey file) are done once for each time that a client enters it;
    the refresh that finds the entry writes them into its row of the log. Nothing is sent from here.
    """
    from funnel.cli import formats
    from funnel.cli.run import measure
    from funnel.history.history_table import actions_of_clients
    from funnel.metrics.core.records import records

    funnel = measure(asked)
    found = actions_of_clients(funnel.clients)
    if out:
        _write(out, found)
    if asked.form == "json":
        formats.print_json({**formats.origin(funnel), "actions": records(found)})
    elif asked.form == "csv":
        formats.print_csv(found)
    else:
        _show(funnel, found)


def _write(folder: Path, found: pd.DataFrame) -> None:
    """A file for each list."""
    from funnel.cli import formats
    from funnel.reports.lists import write_list

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"The folder {folder} could not be made: {error.strerror}.") from None
    handed = found[found["kind"] == "hand_off"]
    files = {f"hand-off-{_plain(name)}.csv": rows for name, rows in handed.groupby("list", sort=False)}
    files |= {f"{kind}s.csv": found[found["kind"] == kind] for kind in ("tag", "note")}
    for name, rows in files.items():
        if len(rows):
            write_list(folder / name, formats.csv_text(rows.dropna(axis="columns", how="all")))
            click.echo(f"Wrote {folder / name} ({count(len(rows), 'line')}).", err=True)


def _plain(name: object) -> str:
    """A name that any system takes for a file."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "list"


def _show(funnel: Funnel, found: pd.DataFrame) -> None:
    out = printing.console()
    out.print(printing.heading(funnel))
    if not len(found):
        done = "Nothing is to be done: no client entered a stage that has actions since the log began."
        none = (
            f"The journey {funnel.journey.name!r} has no actions. Its file declares them below a [[stage]]: "
            'actions = [{ hand_off = "Sales" }].'
        )
        declared = any(stage.actions for stage in funnel.journey.stages)
        out.print(done if declared else none, markup=False)
        return
    for kind, title in TITLES.items():
        rows = found[found["kind"] == kind]
        if len(rows):
            printing.show_table(out, title, _lines(rows, kind))


def _lines(rows: pd.DataFrame, kind: str) -> Any:
    headers = {"tag": ["Tag"], "hand_off": ["List"], "note": []}[kind]
    headers = [*headers, "Client", "Stage", "Since", *(["Text"] if kind == "note" else ["Coach"])]
    table = printing.table_of(headers, headers[1:])
    for row in rows.to_dict("records"):
        last = row["text"] if kind == "note" else row["coach"] or ""
        table.add_row(
            *([row["list"]] if kind != "note" else []), row["client"], row["stage"], row["since"], last
        )
    return table
