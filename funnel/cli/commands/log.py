"""`funnel log`: the moves between stages; and `funnel move`: move one client manually."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import (
    SheetRequest,
    credentials_option,
    debug_option,
    journey_option,
    tab_option,
    takes_sheet,
)
from funnel.errors import UsageError
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NOTE = "A client moved after Since, and at or before When; exactly at When if Since is empty."


@click.command()
@takes_sheet
@click.option("--client", metavar="NAME", help="Only the moves of this client.")
@click.option("--row", type=int, metavar="N", help="The client's row, if several have that name.")
@click.option("--update", is_flag=True, help="Update the log file beside a read-only SHEET.")
@click.option("--import", "file", metavar="FILE", help="Add the history that another program exported.")
@click.option("--dry-run", is_flag=True, help="Print what --update or --import would add; add nothing.")
def log(
    request: SheetRequest, client: str | None, row: int | None, update: bool, file: str | None, dry_run: bool
) -> None:
    """Print who moved where in SHEET, newest last.

    Each refresh adds new moves to the tab Funnel log. For a read-only sheet, --update keeps a CSV file
    beside it. Example: funnel log contacts.xlsx --journey lifecycle --client "Ana Rossi"
    """
    from funnel.workflows import move as moving

    if update and file:
        raise UsageError("--update and --import cannot be combined; run one after the other.")
    if dry_run and not (update or file):
        raise UsageError("--dry-run needs --update or --import; printing changes nothing.")
    if update:
        path, rows, notes = moving.update(
            request.sheet, journey=request.journey, tab=request.tab, dry_run=dry_run
        )
        added = f"{path}: {count(rows, 'row')} {'to be added' if dry_run else 'added'}."
        click.echo("\n".join([added, *notes]))
        return
    if file:
        moves, problems = moving.import_log(
            request.sheet, file, journey=request.journey, tab=request.tab, dry_run=dry_run
        )
        click.echo("\n".join([*problems, f"{count(moves, 'move')} {'to be added' if dry_run else 'added'}."]))
        return
    _print(request, client, row)


def _print(request: SheetRequest, client: str | None, row: int | None) -> None:
    from funnel.cli import formats
    from funnel.cli.run import measure
    from funnel.history.history_table import moves_table
    from funnel.history.read import client_keys
    from funnel.metrics.core.event_facts import event_moves
    from funnel.metrics.core.records import records
    from funnel.metrics.find_client import find_client

    funnel = measure(request)
    clients = funnel.clients
    at = find_client(clients, client, row) if client else None
    who = None if at is None else client_keys(clients.table)[at]
    moves, events = moves_table(clients.log, who, clients.journey), event_moves(clients, funnel.as_of)
    events = events[events["client"] == (-1 if at is None else at)].drop(columns="client")  # of one client
    events = events.assign(when=[f"{when:%Y-%m-%d %H:%M:%S}" for when in events["when"]])
    if request.form == "json":
        found = {"client": who.name if who else None, "log": records(moves), "events": records(events)}
        formats.print_json({**formats.origin(funnel), **found})
    elif request.form == "csv":
        formats.print_csv(moves)
    else:
        _show(funnel, moves)
        if len(events):
            printing.show_table(printing.console(), "What events led to", _led(events))


def _led(events: pd.DataFrame) -> Any:
    table = printing.table_of(["When", "To", "Event", "By"], ["To", "Event", "By"])
    for event in events.to_dict("records"):
        by = event["by"] if isinstance(event["by"], str) else ""
        table.add_row(event["when"][:16], event["stage"], event["event"], by)
    return table


def _show(funnel: Funnel, moves: pd.DataFrame) -> None:
    out = printing.console()
    out.print(printing.heading(funnel))
    if not len(moves):
        empty = "Nothing is recorded yet; each refresh records who moved."
        out.print(empty if funnel.clients.log is None else "No moves are recorded.")
        return
    printing.show_table(out, "Who moved where", _lines(moves), NOTE)


def _lines(moves: pd.DataFrame) -> Any:
    optional = {"By": "by", "To do": "actions", "What": "what"}
    shown = [name for name, key in optional.items() if (moves[key] != "").any()]
    headers = ["When", "Since", "Client", "From", "To", "Why", *shown]
    table = printing.table_of(headers, headers[1:])
    for move in moves.to_dict("records"):
        facts = [move["when"], move["since"] or "", *(move[key] for key in ("client", "from", "to", "why"))]
        table.add_row(*facts, *(move[optional[name]] for name in shown))
    return table


@click.command()
@click.argument("sheet")
@click.argument("client")
@click.argument("stage", required=False)
@click.option("--clear", is_flag=True, help="Empty the stage cell, so that rules and events decide again.")
@click.option("--row", type=int, metavar="N", help="The client's row, if several have that name.")
@click.option("--by", default="", metavar="NAME", help="Who moves the client, for the log.")
@click.option("--dry-run", is_flag=True, help="Print what would change; change nothing.")
@journey_option
@tab_option
@credentials_option
@debug_option
def move(
    sheet: str, client: str, stage: str | None, clear: bool, row: int | None, by: str, dry_run: bool,
    journey: str | None, tab: str | None,
) -> None:  # fmt: skip
    """Move one client of SHEET to another stage.

    Writes the stage cell and the log, nothing else. A manual stage overrides rules and events until --clear.
    Example: funnel move contacts.xlsx "Ana Rossi" "Hot Lead" --journey lifecycle --by Zoe
    """
    from funnel.cli.run import after_writing
    from funnel.sheets import capabilities_of
    from funnel.workflows import move as moving

    if clear == (stage is not None):
        raise UsageError('Name a stage, such as "Hot Lead"; or use --clear, so that rules and events decide.')
    done = moving.move(
        sheet, client, stage, row=row, by=by, journey=journey, tab=tab, dry_run=dry_run
    )  # fmt: skip
    if not done.plan and done.before == done.after:
        click.echo(f"{done.client}: nothing to change; the cell already contains {done.after}.")
        return
    changed = f"{done.before} → {done.after}" if done.before != done.after else f"{done.after}, as before"
    if dry_run:
        shown = [str(done.plan)] if done.plan else done.plan.kept
        click.echo("\n".join([f"{done.client}: {changed}.", *shown]))
        return
    with after_writing(sheet):
        starts = [f"To do: {sentence} (funnel actions gives it out)." for sentence in done.plan.to_do]
        click.echo("\n".join([f"{done.client}: {changed}.", *done.plan.kept, *starts]))
        if not capabilities_of(sheet).version_history:
            click.echo(f"Written. To undo: funnel refresh {printing.shown(sheet)} --undo")
