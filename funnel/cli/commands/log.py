"""`funnel log`: who moved where; and `funnel move`: one client, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import Asked, asks, credentials_option, debug_option, journey_option, tab_option
from funnel.errors import UsageError
from funnel.text import count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

NOTE = "A client moved after Since, and not after When; to the moment where there is no Since."


@click.command()
@asks
@click.option("--client", metavar="NAME", help="Only the moves of this client.")
@click.option("--row", type=int, metavar="N", help="The client's row, where several have that name.")
@click.option("--update", is_flag=True, help="Bring the log beside a read-only SHEET up to date.")
@click.option("--import", "file", metavar="FILE", help="Add the history that another program exported.")
@click.option("--dry-run", is_flag=True, help="Say how much --update or --import would add, and add nothing.")
def log(
    asked: Asked, client: str | None, row: int | None, update: bool, file: str | None, dry_run: bool
) -> None:
    """Print who moved where in SHEET, newest last.

    Each refresh adds what it found to the tab Funnel log; beside a sheet that cannot be written, --update
    keeps a CSV file. Example: funnel log contacts.xlsx --journey lifecycle --client "Ana Rossi"
    """
    from funnel.workflows import move as moving

    if update and file:
        raise UsageError("--update and --import go one after the other; choose one.")
    if dry_run and not (update or file):
        raise UsageError("--dry-run goes with --update or --import; printing changes nothing.")
    if update:
        path, rows, notes = moving.update(asked.sheet, journey=asked.journey, tab=asked.tab, dry_run=dry_run)
        added = f"{path}: {count(rows, 'row')} {'to be added' if dry_run else 'added'}."
        click.echo("\n".join([added, *notes]))
        return
    if file:
        moves, problems = moving.import_log(
            asked.sheet, file, journey=asked.journey, tab=asked.tab, dry_run=dry_run
        )
        click.echo("\n".join([*problems, f"{count(moves, 'move')} {'to be added' if dry_run else 'added'}."]))
        return
    _print(asked, client, row)


def _print(asked: Asked, client: str | None, row: int | None) -> None:
    from funnel.cli import formats
    from funnel.cli.run import measure
    from funnel.history.history_table import moves_table
    from funnel.history.read import client_keys
    from funnel.metrics.core.event_facts import event_moves
    from funnel.metrics.core.find_client import find_client
    from funnel.metrics.core.records import records

    funnel = measure(asked)
    clients = funnel.clients
    at = find_client(clients, client, row) if client else None
    who = None if at is None else client_keys(clients.table)[at]
    moves, events = moves_table(clients.log, who, clients.journey), event_moves(clients, funnel.as_of)
    events = events[events["client"] == (-1 if at is None else at)].drop(columns="client")  # of one alone
    events = events.assign(when=[f"{when:%Y-%m-%d %H:%M:%S}" for when in events["when"]])
    if asked.form == "json":
        told = {"client": who.name if who else None, "log": records(moves), "events": records(events)}
        formats.print_json({**formats.origin(funnel), **told})
    elif asked.form == "csv":
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
        told = "Nothing is recorded yet; each refresh records who moved."
        out.print(told if funnel.clients.log is None else "Nothing is recorded of that.")
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
@click.option("--row", type=int, metavar="N", help="The client's row, where several have that name.")
@click.option("--by", default="", metavar="NAME", help="Who moves the client, for the log.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@journey_option
@tab_option
@credentials_option
@debug_option
def move(
    sheet: str, client: str, stage: str | None, clear: bool, row: int | None, by: str, dry_run: bool,
    journey: str | None, tab: str | None,
) -> None:  # fmt: skip
    """Move one client of SHEET to another stage, by hand.

    Writes the stage cell and the log, nothing else; a hand wins over rules and events until --clear.
    Example: funnel move contacts.xlsx "Ana Rossi" "Hot Lead" --journey lifecycle --by Zoe
    """
    from funnel.cli.run import after_writing
    from funnel.sheets import capabilities_of
    from funnel.workflows import move as moving

    if clear == (stage is not None):
        raise UsageError('Name the stage, like "Hot Lead"; or --clear, which leaves it to rules and events.')
    done = moving.move(
        sheet, client, stage, row=row, by=by, journey=journey, tab=tab, dry_run=dry_run
    )  # fmt: skip
    if not done.plan:
        click.echo(f"{done.client}: nothing to change; the cell says so already ({done.after}).")
        return
    changed = f"{done.before} → {done.after}" if done.before != done.after else f"{done.after}, as before"
    if dry_run:
        click.echo(f"{done.client}: {changed}.\n{done.plan}")
        return
    with after_writing(sheet):
        starts = [f"To do: {sentence} (funnel actions gives it out)." for sentence in done.plan.to_do]
        click.echo("\n".join([f"{done.client}: {changed}.", *done.plan.kept, *starts]))
        if not capabilities_of(sheet).version_history:
            click.echo(f"Written. Take it back: funnel refresh {printing.shown(sheet)} --undo")
