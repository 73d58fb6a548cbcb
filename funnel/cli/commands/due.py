"""`funnel due`: clients to follow up with, in the terminal and as lists for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest, page_option, takes_sheet
from funnel.errors import UsageError
from funnel.text import count, real_path

if TYPE_CHECKING:
    import pandas as pd

    from funnel.cli.pages import Page
    from funnel.metrics import Funnel

NO_COACH = "No coach yet"
GOOGLE_TAKES = 1_000_000  # bytes: what Google Calendar imports at once
Also = Literal["overdue", "open", "coming"]


FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@takes_sheet
@click.option(
    "--coach", metavar="NAME", help='Only the clients of this coach; "(blank)" for those without one.'
)
@click.option(
    "--also", type=click.Choice(["open", "coming"]),
    help="Also list later follow-ups (coming). Those already due (open) are always listed.",
)  # fmt: skip
@click.option("--overdue", is_flag=True, help="Only clients who are overdue.")
@click.option("--done", metavar="CLIENT", help="Close the open touch-base of this client, in the log.")
@click.option("--row", type=int, metavar="N", help="The client's row, if several have that name.")
@click.option("--by", "author", default="", metavar="NAME", help="Who did it, for the log (with --done).")
@click.option(
    "--todoist", type=FILE, metavar="FILE.csv", help="Write the list as tasks for Todoist to import."
)
@click.option(
    "--calendar", type=FILE, metavar="FILE.ics",
    help="Write all follow-ups as a calendar; importing it again updates it.",
)  # fmt: skip
@page_option
@click.option("-o", "--out", type=FILE, metavar="FILE.csv", help="Write the list as CSV.")
def due(
    request: SheetRequest, coach: str | None, also: Also | None, overdue: bool, done: str | None,
    row: int | None, author: str, todoist: Path | None, calendar: Path | None, page: int, out: Path | None,
) -> None:  # fmt: skip
    """List the clients to follow up with, by coach.

    Lists each client once, with what to ask and since when, the newest last. A mark closes a follow-up;
    --done closes a touch-base, which has no cell to mark. Clients' names are written only into the files
    you name. Example: funnel due clients.xlsx --coach Zoe --calendar zoe.ics
    """
    from funnel.cli import formats
    from funnel.cli.pages import page_of
    from funnel.cli.run import leave, measure
    from funnel.metrics.tables.due import count_due

    files = [real_path(path) for path in (todoist, calendar, out) if path]
    if len(set(files)) < len(files):
        raise UsageError("--todoist, --calendar and -o name the same file; each needs its own.")
    for option, file, ending in (
        ("--calendar", calendar, ".ics"),
        ("--todoist", todoist, ".csv"),
        ("-o", out, ".csv"),
    ):
        if file and file.suffix.lower() != ending:
            raise UsageError(
                f"{option} writes a {ending} file, not {file.name!r}. Name it {file.stem}{ending}."
            )
    if overdue and also:
        raise UsageError("--overdue and --also cannot be combined; choose one.")
    if done is not None:
        _close(request, done, row, author)
        return
    if row is not None or author:
        raise UsageError("--row and --by need --done CLIENT.")
    funnel = measure(request)
    by = {"coach": _known_coach(funnel, coach)} if coach else {}
    at = page_of(funnel, page, lambda: count_due(funnel.clients, funnel.flagged, by))
    found = funnel.due("overdue" if overdue else also or "open", by, page)
    shown = found.assign(since=found["since"].dt.strftime("%Y-%m-%d"))
    for path, text, what in _exports(funnel, found, by, todoist, calendar):
        _save(path, text, what)
    if out:
        _save(out, formats.csv_text(shown), count(len(shown), "line"))
    if request.form == "json":
        from funnel.metrics.core.records import records

        asked_for = {"also": also, "coach": coach}
        formats.print_json({**formats.origin(funnel), **asked_for, "due": records(shown), **at.in_json})
    elif request.form == "csv":
        formats.print_csv(shown)
        click.echo(at.next, err=True, nl=bool(at.next))
    else:
        _show(funnel, shown, overdue, at)
    leave(request.strict, len(funnel.problems))


def _known_coach(funnel: Funnel, coach: str) -> str:
    """Return the coach of the sheet with this name; the error names the nearest one."""
    import narwhals as nw

    from funnel.metrics.core.column_lookup import BLANK, check_name, find_column
    from funnel.metrics.core.frames import fetch, lazy

    column = find_column(funnel.clients, "coach")
    cells = fetch(lazy(funnel.clients.table).select(nw.col(column)).drop_nulls().unique())
    names = sorted(cells[column].to_list())
    return check_name("coach", coach, [*names, BLANK])


def _exports(
    funnel: Funnel, found: pd.DataFrame, by: dict[str, str], todoist: Path | None, calendar: Path | None
) -> list[tuple[Path, str, str]]:
    """Return the files to write: path, text, and a description."""
    made = []
    if todoist:
        from funnel.reports.todoist import todoist_text

        made.append((todoist, todoist_text(found), count(len(found), "task")))
    if calendar:
        from funnel.reports.calendar import calendar_text

        coach = f" of {by['coach']}" if by else ""
        text = calendar_text(funnel.follow_ups(by), funnel.as_of, f"Follow-ups{coach}")
        made.append((calendar, text, count(text.count("BEGIN:VEVENT"), "event")))
    return made


def _save(path: Path, text: str, what: str) -> None:
    """Write a file, and report it on the error stream."""
    from funnel.sheets.outputs import write_list

    write_list(path, text)
    click.echo(f"Wrote {path} ({what}).", err=True)
    if path.suffix == ".ics" and len(text.encode()) > GOOGLE_TAKES:
        click.echo(
            "Google Calendar imports at most 1 MB; write one file for each coach with --coach.", err=True
        )


# --- in the terminal ----------------------------------------------------------------------------------------


def _show(funnel: Funnel, found: pd.DataFrame, overdue: bool, page: Page) -> None:
    """Print a table for each coach, 1,000 clients in all, what to ask, and how to close a touch-base."""
    from funnel.metrics.core.frames import PAGE

    out = printing.console()
    out.print(printing.heading(funnel))
    coaches = found.assign(coach=found["coach"].fillna(NO_COACH)).groupby("coach", sort=False)
    most = PAGE if len(found) <= PAGE else max(1, PAGE // coaches.ngroups)
    for coach, rows in coaches:
        hidden = f"and {len(rows) - most:,} more: --format csv" * (len(rows) > most)
        printing.show_table(out, f"{coach} ({len(rows)})", _lines(rows.head(most)), hidden)
    out.print()
    if page.next:
        out.print(page.next)
    if len(found):
        out.print("What to ask", style="bold")
        for name, ask in found.drop_duplicates("follow_up")[["follow_up", "ask"]].to_numpy():
            out.print(f"{name}: {ask}")
    else:
        out.print("No client is overdue." if overdue else "Nothing to follow up.")
    if len(touch_bases := found[found["step"].isna() & (found["state"] != "coming")]):
        out.print()
        command = f"funnel due {printing.shown(funnel.clients.source)} --done"
        name = printing.shown(str(touch_bases["client"].iloc[0]))
        out.print(printing.typed(f"To close a touch-base: {command} {name}"), style="dim")


def _close(request: SheetRequest, client: str, row: int | None, by: str) -> None:
    """Close a touch-base in the log, and print what was closed."""
    from funnel.workflows.follow_up import close_touch_base

    name, item = close_touch_base(
        request.sheet, client, request.as_of, row=row, by=by, journey=request.journey, tab=request.tab
    )
    command = printing.typed(f"funnel due {printing.shown(request.sheet)}")
    click.echo(
        f"{name}: {item!r} is done, as of {request.as_of}. Recorded in the log. "
        f"The next clients to ask: {command}"
    )


def _lines(rows: pd.DataFrame) -> Any:
    """Return the table of one coach's clients."""
    table = printing.table_of(
        ["Cell", "Client", "Ask about", "Since", "Days", "State"], ("Client", "Ask about", "Since", "State")
    )
    for row in rows.to_dict("records"):
        place = row["cell"] or (f"row {row['row']}" if row["row"] == row["row"] else "")
        facts = [place, row["client"], row["step"] or row["follow_up"], row["since"]]
        table.add_row(*facts, str(row["days_waiting"]), row["state"])
    return table
