"""`funnel compare` and `funnel people`: who differs and by how much, and the clients behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest, page_option, pairs, takes_sheet, within_option
from funnel.errors import UsageError
from funnel.text import DASH, capitalised, count, fold, interval, p_value, percent, plain_text, undefined

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from funnel.metrics import Funnel

SIDE_BY_SIDE = 4  # values that fit side by side in 80 columns
CHANGE = ("change", "change_low", "change_high")
HINT = "Try: funnel compare SHEET --by source, or --by coach, --by quarter, or --periods."


@click.command()
@takes_sheet
@click.option(
    "--by", metavar="COLUMN", help='A role or header, "month" or "quarter": its values are compared.'
)
@click.option("--step", metavar="NAME", help="The step to compare; by default the paid one, or the last.")
@click.option("--periods", is_flag=True, help="Compare this quarter's leads with the last quarter's.")
@click.option(
    "--leads", metavar="RANGE", help='Other lead dates: "2026-Q3", "2026-07", "2026-07-01..2026-08-15".'
)
@click.option("--against", metavar="RANGE", help="What to compare --leads with; by default the range before.")
@within_option
def compare(
    request: SheetRequest, by: str | None, step: str | None, periods: bool, leads: str | None,
    against: str | None, within: str | None,
) -> None:  # fmt: skip
    """Compare sources, coaches or periods, with tests.

    Compares each value with all others, and shows which differences are beyond chance. Example: funnel
    compare clients.xlsx --by coach
    """
    from funnel.cli.run import leave, measure

    if against and not leads:
        raise UsageError("--against needs --leads: name both ranges of lead dates.")
    over_time = periods or bool(leads)
    if bool(by) == over_time:
        raise UsageError(f"Choose what to compare: --by COLUMN or --periods. {HINT}")
    funnel = measure(request, within=within)
    if by:
        _by(request, funnel, by, step)
    else:
        _periods(request, funnel, leads, against)
    leave(request.strict, len(funnel.problems))


@click.command()
@takes_sheet
@click.option("--step", metavar="NAME", help="A step of the journey; with stages, the paid one by default.")
@click.option(
    "--status", metavar="NAME", help="overdue, left, reached, not due, marked …; default: all clients."
)
@click.option(
    "--by", "filters", metavar="COLUMN=VALUE", multiple=True,
    help="Like --where, for this list only.",
)  # fmt: skip
@within_option
@page_option
def people(
    request: SheetRequest, step: str | None, status: str | None, filters: tuple[str, ...], within: str | None,
    page: int,
) -> None:  # fmt: skip
    """List the clients behind a number.

    Example: funnel people clients.xlsx --step "Client meeting had" --status overdue --by coach=Zoe
    """
    from functools import partial

    from funnel.cli import formats
    from funnel.cli.pages import page_of
    from funnel.cli.run import leave, measure
    from funnel.metrics.core.frames import PAGE
    from funnel.metrics.core.records import records
    from funnel.metrics.tables.people import count_people

    by = dict(pairs(filters, "--by"))
    funnel = measure(request, within=within)
    step = step or _paid_stage(funnel)
    titles = _statuses()
    counted = _status(status, titles) if status else None
    people_of = partial(count_people, funnel.clients, funnel.flagged, step, counted, by)
    at = page_of(funnel, page, people_of)
    found = funnel.people(step, counted, by, page)
    found["due"] = found["due"].dt.strftime("%Y-%m-%d")
    if request.form == "csv":
        formats.print_csv(found)
        click.echo(at.next, err=True, nl=bool(at.next))
    elif request.form == "json":
        asked_for = {"step": step, "status": counted, "by": by}
        formats.print_json({**formats.origin(funnel), **asked_for, "people": records(found), **at.in_json})
    else:
        out = printing.console()
        out.print(printing.heading(funnel))
        who = " and ".join(f"{name} {value}" for name, value in by.items())
        found["status"] = found["status"].map(titles)
        words = titles[counted] if counted else "all clients"
        total = people_of() if at.of > 1 else len(found)
        title = f"{step}: {words}{f', {who}' if who else ''} ({count(total, 'client')})"
        note = "Overdue: since the due date. Silent: since the last dated mark or the lead."
        printing.show_table(out, title, _people(found.head(PAGE)), note)
        if len(found) > PAGE:
            out.print(f"and {len(found) - PAGE:,} more: --format csv")
        elif at.next:
            out.print(at.next)
    leave(request.strict, len(funnel.problems))


def _statuses() -> dict[str, str]:
    """Return the title of each status of a client at a step."""
    from funnel.metrics.core.flags import FLAGS
    from funnel.metrics.results import result

    return {name: result("steps").column(name).title.lower() for name in FLAGS}


def _status(text: str, titles: dict[str, str]) -> str:
    """Return the name of a status, given its name or title."""
    from funnel.metrics.core.column_lookup import check_name

    named = {fold(words): name for name, words in titles.items()} | {fold(name): name for name in titles}
    return named[fold(text)] if fold(text) in named else titles[check_name("status", text, titles.values())]


def _paid_stage(funnel: Funnel) -> str:
    """Return the default step of a journey with stages: the paid one."""
    if not funnel.journey.staged:
        raise UsageError("Name a step of the journey: --step NAME. Its steps are in: funnel show SHEET.")
    return (funnel.journey.paid or funnel.journey.steps[-1]).name


def _people(found: pd.DataFrame) -> Any:
    """Return the table of clients."""
    shown = {"row": "Row", "client": "Client", "coach": "Coach", "stage": "Stage", "status": "Status"}
    shown |= {} if "stage" in found else {"last_step": "Last step"}
    shown |= {"due": "Due", "days_waiting": "Overdue, days", "days_silent": "Silent, days"}
    columns = [name for name in shown if name in found]
    texts = ("Client", "Coach", "Stage", "Status", "Last step")
    table = printing.table_of([shown[name] for name in columns], texts)
    for row in found.to_dict("records"):
        table.add_row(*(plain_text(row[name]) for name in columns))
    return table


# --- by a column --------------------------------------------------------------------------------------------


def _by(request: SheetRequest, funnel: Funnel, by: str, step: str | None) -> None:
    from funnel.cli import formats

    if request.form == "json":
        formats.print_json(funnel.to_json(by))
    elif request.form == "csv":
        formats.print_csv(funnel.by(by))
    else:
        funnel.by(by)  # first, because its counts add up to those of all clients
        out = printing.console()
        out.print(printing.heading(funnel))
        show_segments(out, funnel, by, step)


def show_segments(out: Console, funnel: Funnel, by: str, step: str | None = None) -> None:
    """Print the values of a column side by side, then one step with its tests, and what it means."""
    from funnel.cli.forecast import show_forecast_by
    from funnel.metrics.core.column_lookup import check_name
    from funnel.metrics.tables.segments import NOTE

    table = funnel.by(by)
    names = [s.name for s in funnel.journey.steps]
    chosen = (
        check_name("step", step, names)
        if step
        else funnel.journey.paid.name
        if funnel.journey.paid
        else names[-1]
    )
    values = list(dict.fromkeys(table["value"]))
    if len(values) <= SIDE_BY_SIDE:
        printing.show_table(
            out, f"Drop-off by {table['by'].iloc[0] if len(table) else by}, of those due",
            _side_by_side(table, values),
            "* differs from the others beyond chance (p < 0.05 after Holm's correction).",
        )  # fmt: skip
    printing.show_table(
        out, f"{chosen}, by {by}", _one_step(table[table["step"] == chosen]),
        f"Of leads: {'so far' if funnel.journey.staged else 'marked'}, of all leads, including new ones. "
        f"Pooled: the fewer leads a value has, the closer to the overall share. {NOTE}",
    )  # fmt: skip
    show_forecast_by(out, funnel, by)
    out.print()
    out.print("What it means", style="bold")
    for sentence in (*funnel.differences(by), *_two_spellings(funnel, by)):
        out.print(sentence)


def _two_spellings(funnel: Funnel, by: str) -> list[str]:
    """Return a sentence on values that may be two spellings of one; only the first is named."""
    from funnel.metrics.core.column_lookup import find_column
    from funnel.metrics.core.date_ranges import TRUNCATE

    layout = funnel.clients.layout
    column = layout.columns.get(find_column(funnel.clients, by)) if layout and by not in TRUNCATE else None
    found = [p.message for p in funnel.problems if p.kind == "two spellings" and p.column == column]
    more = f" So do {len(found) - 1:,} more: see `funnel check`." if len(found) > 1 else ""
    return [found[0] + more] if found else []


def _side_by_side(table: pd.DataFrame, values: list[str]) -> Any:
    """Return the table of steps by values: the settled drop-off and its n."""
    from funnel.metrics.tables.differences import differs

    shown = printing.table_of(["Step", *values])
    for step, rows in table.assign(differs=differs(table)).groupby("step", sort=False):
        cells = []
        for row in rows.to_dict("records"):
            star = "*" if row["differs"] else " "
            n = f" of {row['settled_n']:,}" if row["settled_n"] else ""
            cells.append(f"{percent(row['settled_drop_off'])}{n}{star}")
        shown.add_row(str(step), *cells)
    return shown


def _one_step(rows: pd.DataFrame) -> Any:
    """Return the table of one step: for each value its share of leads, pooled share and settled drop-off."""
    by = f"\n{capitalised(str(rows['by'].iloc[0]))}" if len(rows) else ""
    shown = printing.table_of(
        [by, "\nLeads", "Of\nleads", "\n95 %", "\nPooled", "Drop-\noff", "\n95 %", "of\nn", "\np"]
    )
    for row in rows.to_dict("records"):
        bounds = (interval(row[f"{of}low"], row[f"{of}high"]).removesuffix(" %") for of in ("", "settled_"))
        shown.add_row(
            row["value"], f"{row['clients']:,}", percent(row["of_leads"]),
            next(bounds), percent(row["pooled"]),
            percent(row["settled_drop_off"]), next(bounds),
            f"{row['settled_n']:,}", p_value(row["p_family"]),
        )  # fmt: skip
    return shown


# --- two ranges of lead dates -------------------------------------------------------------------------------


def _periods(request: SheetRequest, funnel: Funnel, leads: str | None, against: str | None) -> None:
    from funnel.cli import formats
    from funnel.metrics.core.records import records
    from funnel.metrics.tables.periods import periods_sentence

    table = funnel.periods(leads, against)
    if request.form == "csv":
        formats.print_csv(table)
    elif request.form == "json":
        formats.print_json({**formats.origin(funnel), "periods": records(table)})
    else:
        out = printing.console()
        out.print(printing.heading(funnel))
        first = table.iloc[0]
        printing.show_table(
            out, f"Leads of {first['before_leads']} and of {first['after_leads']}", _two_ranges(table),
            f"Reached, of those due. At equal age: {first['before_leads']} as of "
            f"{first['before_as_of']}, {first['after_leads']} as of {first['after_as_of']}. Marks without a "
            "date cannot be rewound. p after Holm.",
        )  # fmt: skip
        out.print()
        out.print("What it means", style="bold")
        out.print(periods_sentence(table))


def _two_ranges(table: pd.DataFrame) -> Any:
    first = table.iloc[0]
    shown = printing.table_of(
        ["", first["before_leads"], "of n", first["after_leads"], "of n", "Change", "95 %", "p"]
    )
    for row in table.to_dict("records"):
        points = [DASH if undefined(row[key]) else f"{row[key] * 100:+.0f}" for key in CHANGE]
        shown.add_row(
            row["step"], percent(row["before"]), f"{row['before_n']:,}", percent(row["after"]),
            f"{row['after_n']:,}", points[0], " to ".join(dict.fromkeys(points[1:])),
            p_value(row["p_holm"]),
        )  # fmt: skip
    return shown
