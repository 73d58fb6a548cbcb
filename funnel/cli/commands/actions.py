"""`funnel actions`: what to do because clients entered stages: tags, hand-off lists, notes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest, takes_sheet
from funnel.errors import UsageError
from funnel.sheets.outputs import make_folder
from funnel.text import count, file_part

if TYPE_CHECKING:
    import pandas as pd

    from funnel.workflows.act import Actions

TITLES = {"tag": "Tags", "hand_off": "Handed off", "note": "Notes, ready to be sent"}


@click.command()
@takes_sheet
@click.option("--done", metavar="CLIENT", help="Record that the open actions of a client are done.")
@click.option("--list", "of_list", metavar="NAME", help="With --done: only those of this list or tag.")
@click.option("--row", type=int, metavar="N", help="With --done: the client's row, if several have the name.")
@click.option("--by", default="", metavar="NAME", help="With --done: who did them, for the log.")
@click.option("--first", is_flag=True, help="Also clients who were in a stage when the log began.")
@click.option("--all", "every", is_flag=True, help="List all actions with their states; record nothing.")
@click.option("--dry-run", is_flag=True, help="List what is new; record nothing.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Also write CSV files of the lists, tags and notes, and a mail draft (.eml) for each note.",
)  # fmt: skip
def actions(
    request: SheetRequest, done: str | None, of_list: str | None, row: int | None, by: str, first: bool,
    every: bool, dry_run: bool, out: Path | None,
) -> None:  # fmt: skip
    """List new tags, hand-offs and notes, once each.

    A stage's `actions` in the journey file start when a client enters it; the refresh that finds the entry
    logs them. This command lists new actions and records that in the log, so that none is listed
    twice. Clients who have left the stage are not listed. Nothing is sent.
    """
    from funnel.cli.run import after_writing
    from funnel.workflows import act

    if done is None and (of_list or row is not None or by):
        raise UsageError("--list, --row and --by need --done CLIENT.")
    if done is not None and (every or first or dry_run or out):
        raise UsageError("--done cannot be combined with --all, --first, --dry-run or -o.")
    where: dict[str, Any] = {"journey": request.journey, "tab": request.tab}
    if done is not None:
        closed = act.close(request.sheet, done, row=row, of_list=of_list, by=by, **where).chosen
        with after_writing(request.sheet):
            for each in closed.to_dict("records"):
                click.echo(f"{each['client']}: {each['action']}: done.")
        return
    if out:
        make_folder(out)
    only = dict(request.where)
    given = act.give_out(request.sheet, first=first, dry_run=every or dry_run, only=only, **where)
    if every or dry_run or given.chosen.empty:
        _print(request, given, every, out)
        return
    with after_writing(request.sheet):
        _print(request, given, every, out)


def _print(request: SheetRequest, given: Actions, every: bool, out: Path | None) -> None:
    """Print the actions that were given out, or all, and write their files."""
    from funnel.cli import formats
    from funnel.metrics.core.records import records

    found = given.every if every else given.chosen
    if request.form == "json":
        formats.print_json({**formats.origin(given.funnel), "actions": records(found)})
    elif request.form == "csv":
        formats.print_csv(found)
    else:
        _show(given, found, every)
    if out:
        _write(out, found)


def _write(folder: Path, found: pd.DataFrame) -> None:
    """Write a file for each list, and a draft for each note."""
    from funnel.cli import formats
    from funnel.reports.drafts import mail_draft, mail_link
    from funnel.sheets.outputs import begins_with_line, write_list, write_output

    found = found.drop(columns=["number", "action"])
    handed = found[found["kind"] == "hand_off"]
    files: dict[str, pd.DataFrame] = {}
    for name, rows in handed.groupby("list", sort=False):
        files[_list_file(name, files)] = rows
    files |= {f"{kind}s.csv": found[found["kind"] == kind] for kind in ("tag", "note")}
    if len(notes := files["notes.csv"]):
        files["notes.csv"] = notes.assign(link=[mail_link(row) for row in notes.to_dict("records")])
    for name, rows in files.items():
        if len(rows):
            write_list(folder / name, formats.csv_text(rows.dropna(axis="columns", how="all")))
            click.echo(f"Wrote {folder / name} ({count(len(rows), 'line')}).", err=True)
    for number, note in enumerate(notes.to_dict("records"), start=1):
        path = folder / f"note-{number}-{file_part(note['client']) or 'client'}.eml"
        write_output(path, mail_draft(note), lambda there: begins_with_line(there, b"X-Unsent: 1"))


def _list_file(name: object, taken: Collection[str]) -> str:
    """Return the file of a list; two lists never share one."""
    part = f"hand-off-{file_part(name) or 'list'}"
    names = (f"{part}.csv", *(f"{part}-{n}.csv" for n in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _show(given: Actions, found: pd.DataFrame, every: bool) -> None:
    out, journey = printing.console(), given.funnel.journey
    out.print(printing.heading(given.funnel))
    for kind, title in TITLES.items():
        rows = found[found["kind"] == kind]
        if len(rows):
            printing.show_table(out, title, _lines(rows, kind, every))
    if not any(stage.actions for stage in journey.stages):
        out.print(
            f"The journey {journey.name!r} has no actions. Its file declares them below a [[stage]]: "
            'actions = [{ hand_off = "Sales" }].'
        )
    elif not len(found):
        out.print("Nothing to do: no client has entered a stage with actions since the last time.")
    for sentence in _further(given.every, found):
        out.print()
        out.print(sentence)


def _further(every: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return sentences on the actions that are not listed."""
    rest = every.drop(index=found.index)
    states = rest["state"].value_counts()
    lines = []
    if n := int(states.get("given out", 0)):
        lines.append(f"{count(n, 'action')} given out before and not done yet: --all lists them.")
    if n := int(states.get("offered", 0)):
        clients = rest[rest["state"] == "offered"]["client"].nunique()
        lines.append(
            f"{count(clients, 'client')} {'was' if clients == 1 else 'were'} in a stage with actions when "
            f"the log began ({count(n, 'action')}). Give these out once with --first."
        )
    if n := int(states.get("not certain", 0)):
        lines.append(
            f"{count(n, 'action')} not given out: rows of the log were deleted, so they may have been given "
            "out before. --all lists them."
        )
    return lines


def _lines(rows: pd.DataFrame, kind: str, every: bool) -> Any:
    headers = {"tag": ["Tag"], "hand_off": ["List"], "note": []}[kind]
    headers = [*headers, "Client", "Stage", "Since", *(["Text"] if kind == "note" else ["Coach"])]
    headers += ["State"] if every else []
    table = printing.table_of(headers, headers[1:])
    for row in rows.to_dict("records"):
        last = row["text"] if kind == "note" else row["coach"] or ""
        state = [f"{row['state']} {row['state_since'] or ''}".strip()] if every else []
        table.add_row(
            *([row["list"]] if kind != "note" else []),
            row["client"], row["stage"], row["since"], last, *state,
        )  # fmt: skip
    return table
