"""`funnel stages`: stage cards, the clients on each card, and clients whose stage was set automatically."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest, page_option, takes_sheet
from funnel.errors import UsageError
from funnel.metrics.results import result
from funnel.metrics.views import value_text
from funnel.text import DASH, count, days_text, fold

if TYPE_CHECKING:
    import pandas as pd

    from funnel.cli.pages import Page
    from funnel.metrics import Funnel

SET = ("by_hand", "by_rule", "by_event", "by_company")
MONEY = ("lifetime_value", "value_30_days")
TIME = ("median_days", "timed", "longest_days", "stuck")
NOTE = (
    "By hand: the stage is typed, and overrides rules. By rule or event: the cell is blank, and a rule or an "
    "event sets the stage. The other clients are in the default stage. Win: the win probability."
)
STARTS = (
    'By hand: the cell, where the client began (stage_cells = "start"); no event or rule has moved it on. '
)
SIDE_BY_SIDE = 5  # values of a column that fit side by side
MOST = 200  # clients in a list in the terminal; JSON and CSV have them all
ON_A_CARD = 10  # clients on each card of --cards
UNKNOWN_DAYS = "Days –: not known, because the stage was set before the log of refreshes began."


@click.command()
@takes_sheet
@click.option("--stage", metavar="NAME", help="The card of one stage: its clients, their value and days.")
@click.option("--cards", is_flag=True, help=f"The cards of all stages, {ON_A_CARD} clients on each.")
@click.option("--newest", is_flag=True, help="On cards, list the newest first instead of the longest there.")
@click.option("--by", metavar="COLUMN", help="The clients in each stage for each value of a column.")
@click.option("--clients", is_flag=True, help="Clients whose stage was set automatically, or overridden.")
@page_option
def stages(
    request: SheetRequest,
    stage: str | None,
    cards: bool,
    newest: bool,
    by: str | None,
    clients: bool,
    page: int,
) -> None:
    """Print where the clients of SHEET are now.

    For a journey with stages: a line for each, lost stages separate. Example: funnel stages contacts.csv
    --journey studio --stage "Active Trial"
    """
    from funnel.cli import formats
    from funnel.cli.pages import page_of
    from funnel.cli.run import leave, measure
    from funnel.metrics.core.records import records
    from funnel.metrics.stages.stage_clients import stage_clients_table

    _check(stage, cards, by, clients, newest, page)
    funnel = measure(request)
    if not funnel.journey.stages:
        raise UsageError(
            f"The journey {funnel.journey.name!r} has no stages. Name one that has: --journey studio, "
            "marketing, sales or lifecycle; or add a [[stage]] for each to your journey file."
        )
    names = _named(funnel, stage) if stage else None
    name, table = ("placed", funnel.automatic_stages) if clients else ("stages", funnel.stages)
    at = None
    if stage or cards:
        at = page_of(funnel, page, lambda: _in_stage(funnel, names))
        name, table = "stage_clients", _on_cards(stage_clients_table(funnel.flagged, names, page), newest)
    table = funnel.stages_by(by) if by else table
    if request.form == "json":
        further = at.in_json if at else {} if by else _further_in_json(funnel, clients)
        formats.print_json({**formats.origin(funnel), name: records(table), **further})
    elif request.form == "csv":
        formats.print_csv(table)
        click.echo(at.next if at else "", err=True, nl=bool(at and at.next))
    elif at:
        show_cards(funnel, table, names, MOST if stage else ON_A_CARD, at)
    elif clients:
        show_placed(funnel)
    elif by:
        show_by(funnel, by)
    else:
        show(funnel)
    leave(request.strict, len(funnel.problems))


def _check(stage: str | None, cards: bool, by: str | None, clients: bool, newest: bool, page: int) -> None:
    """Check that the options can be combined."""
    chosen = [
        name
        for name, given in (("--stage", stage), ("--cards", cards), ("--by", by), ("--clients", clients))
        if given
    ]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} cannot be combined; choose one.")
    for option, given in (("--newest", newest), ("--page", page > 1)):
        if given and not (stage or cards):
            raise UsageError(f"{option} needs --stage or --cards.")


def _further_in_json(funnel: Funnel, clients: bool) -> dict[str, Any]:
    """Return what JSON has beside the list; of a list that an engine cuts off, the number of all clients."""
    from funnel.metrics.core.records import records
    from funnel.metrics.stages.automatic_stages import count_automatic

    if clients:
        return {"placed_total": count_automatic(funnel.flagged)[0]}
    stuck = {"stuck": records(funnel.stuck), "stuck_total": int(funnel.stages["stuck"].sum())}
    return {"advance": records(funnel.advance), **stuck}


def _in_stage(funnel: Funnel, stage: str | None) -> int:
    """Count the clients in a stage, or in all."""
    found = funnel.stages
    return int((found if stage is None else found[found["stage"] == stage])["clients"].sum())


def _named(funnel: Funnel, stage: str) -> str:
    """Return the name of the stage that a user named; its former names count too."""
    from funnel.journey.stages import names
    from funnel.metrics.core.column_lookup import check_name

    known = names(funnel.journey.stages, funnel.journey.reassign)
    return known.get(fold(stage)) or check_name("stage", stage, dict.fromkeys(known.values()))


def _on_cards(clients: pd.DataFrame, newest: bool) -> pd.DataFrame:
    """Return the clients of each stage; those who came last first if `newest`."""
    if not newest:
        return clients
    places = {name: at for at, name in enumerate(dict.fromkeys(clients["stage"]))}
    clients = clients.assign(at=clients["stage"].map(places))
    return clients.sort_values(["at", "at_least", "row"], ignore_index=True).drop(columns="at")


def show_cards(funnel: Funnel, clients: pd.DataFrame, stage: str | None, most: int, page: Page) -> None:
    """Print a card for each stage: the sums, then the clients with value and days."""
    out = printing.console()
    out.print(printing.heading(funnel))
    show_sales(funnel)
    for card in funnel.stages.to_dict("records"):
        if stage is not None and card["stage"] != stage:
            continue
        rows = clients[clients["stage"] == card["stage"]]
        title = f"{card['emoji']} {card['stage']}: {_sums(card)}".strip()
        if not len(rows):
            out.print()
            out.print(title, style="bold")
            continue
        more = UNKNOWN_DAYS if rows["at_least"].isna().any() else ""
        if len(rows) > most:
            option = "--format csv" if stage else f'--stage "{card["stage"]}"'
            more = f"{len(rows) - most:,} more: {option}. {more}".strip()
        printing.show_table(out, title, _clients(rows.head(most)), more)
    if page.next:
        out.print(page.next)


def _sums(card: dict[Any, Any]) -> str:
    """Return the sums of a card as a line; what is unknown is left out."""
    parts = [count(int(card["clients"]), "client")]
    for name, label in (("lifetime_value", "lifetime value"), ("value_30_days", "30-day value")):
        if card[name] == card[name]:
            parts.append(f"{label} {card[name]:,.0f}")
    if card["median_days"] == card["median_days"]:
        days = days_text(card["median_days"], card["median_days_at_most"])
        parts.append(f"median {days} days (of {card['timed']:,.0f})")
    return ", ".join(parts)


def _clients(rows: pd.DataFrame) -> Any:
    """Return the table of the clients on a card; money only if the sheet has it."""
    money = [name for name in MONEY if rows[name].notna().any()]
    columns = [result("stage_clients").column(name) for name in money]
    owner = rows["coach"].notna().any()
    titles = ["Row", "Client", *(["Owner"] if owner else []), *(column.title for column in columns), "Days"]
    table = printing.table_of(titles, ("Client", "Owner"))
    for row in rows.to_dict("records"):
        cells = [row["client"], *([row["coach"] or ""] if owner else [])]
        cells += [value_text(column, row) for column in columns]
        table.add_row(_row(row["row"]), *cells, days_text(row["at_least"], row["at_most"]))
    return table


def show_sales(funnel: Funnel) -> None:
    """Print total sales and conversion amount, those that are known."""
    from funnel.metrics.stages.cards import sales

    out, amounts = printing.console(), sales(funnel)
    if amounts:
        out.print()
    for label, amount, note in amounts:
        out.print(f"{label}: {amount:,.0f} ({note})")


def _note(funnel: Funnel) -> str:
    """Return how to read who set the stages."""
    if funnel.journey.stage_cells == "hand":
        return NOTE
    _, _, rest = NOTE.partition(" By rule")
    return f"By hand: the stage in the cell, where the client began. By rule{rest}".replace(
        "the cell is blank, and a rule or an event sets the stage",
        "a rule or an event has set the stage since",
    )


def show(funnel: Funnel) -> None:
    """Print sales, a line for each stage, days in stage, and clients without owner or with overrides."""
    out, cards = printing.console(), funnel.stages
    out.print(printing.heading(funnel))
    show_sales(funnel)
    way, lost = cards[~cards["lost"].astype(bool)], cards[cards["lost"].astype(bool)]
    printing.show_table(out, "Stages", _cards(way, cards), _note(funnel))
    if len(lost):
        printing.show_table(out, "Lost", _cards(lost, cards))
    if _filled(cards, TIME):
        printing.show_table(out, "Time in stage", _times(cards))
    if funnel.advance["rate"].notna().any():
        advance = result("advance")
        if advance.alone:
            printing.show_result(out, funnel, advance, advance.alone, funnel.advance)
    if len(funnel.stuck):
        printing.show_table(out, f"Stuck ({int(cards['stuck'].sum()):,})", _stuck(funnel.stuck.head(MOST)))
    for sentence in _further(funnel):
        out.print()
        out.print(sentence)


def show_by(funnel: Funnel, by: str) -> None:
    """Print how many clients of each value are in each stage; the values with most clients where many."""
    out, cards = printing.console(), funnel.stages_by(by)
    out.print(printing.heading(funnel))
    sizes = dict(zip(cards["value_of"], cards["of"], strict=True))
    values = sorted(sizes, key=lambda value: -int(sizes[value]))
    shown = values[:SIDE_BY_SIDE]
    table = printing.table_of(["", *(f"{value}\n{int(sizes[value]):,}" for value in shown)])
    for stage, rows in cards.groupby("stage", sort=False):
        clients = dict(zip(rows["value_of"], rows["clients"], strict=True))
        name = f"{rows['emoji'].iloc[0]} {stage}".strip() + (" (lost)" if rows["lost"].iloc[0] else "")
        table.add_row(name, *(f"{int(clients[value]):,}" for value in shown))
    more = (
        f"{len(values) - len(shown):,} more with fewer clients: --format csv."
        if len(values) > len(shown)
        else ""
    )
    printing.show_table(out, f"Stages, by {by}", table, more)


def show_placed(funnel: Funnel) -> None:
    """Print clients whose stage was set automatically, or whose typed stage overrides a rule or event."""
    from funnel.metrics.stages.automatic_stages import SETTERS, count_automatic

    out, placed, total = printing.console(), funnel.automatic_stages, count_automatic(funnel.flagged)[0]
    out.print(printing.heading(funnel))
    titles = ("Row", "Client", "Stage", "Set by", "Overridden")
    table = printing.table_of(titles, titles[1:])
    for row in placed.head(MOST).to_dict("records"):
        table.add_row(
            _row(row["row"]), row["client"], row["stage"], SETTERS[row["set_by"]], row["overruled"] or ""
        )
    more = f"{total - MOST:,} more: --format csv." if total > MOST else ""
    if total > len(placed):  # of an engine
        more = f"{total - MOST:,} more; --format csv has the first {len(placed):,}."
    printing.show_table(out, f"Set automatically, or overridden by hand ({total:,})", table, more)


def _further(funnel: Funnel) -> list[str]:
    """Return sentences on clients without an owner, and on typed stages that override a rule or event."""
    from funnel.metrics.stages.automatic_stages import count_automatic

    cards = funnel.stages
    without = int(cards["no_coach"].sum()) if cards["no_coach"].notna().all() else 0
    overruled = count_automatic(funnel.flagged)[1]
    found = [f"{count(without, 'client')} without a coach or other owner."] if without else []
    if overruled:
        found.append(
            f"The typed stage of {count(overruled, 'client')} overrides a rule or an event: see --clients."
        )
    return found


def _filled(cards: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Of some columns those with a number other than 0."""
    return [name for name in names if name in cards and (cards[name].fillna(0) != 0).any()]


def _cards(cards: pd.DataFrame, every: pd.DataFrame) -> Any:
    """A line for each stage; money only where the sheet has it."""
    lost = bool(len(cards)) and bool(cards["lost"].iloc[0])
    money = [name for name in MONEY if cards[name].notna().any()]
    owners = ["no_coach"] if cards["no_coach"].notna().any() and not lost else []
    others = set(_filled(every, SET)) - {"by_hand"} or {"by_rule"}
    by = [name for name in SET if name == "by_hand" or name in others]
    win = ["reason"] if lost else ["win_probability"] if every["win_probability"].notna().any() else []
    names = ["clients", "share", *by, *win, *money, *owners]
    table = printing.table_of(printing.headers(["", *_titles(names)]), ["Reason", "\nReason"])
    table.columns[0].min_width = 16
    columns = [result("stages").column(name) for name in names]
    for card in cards.to_dict("records"):
        name = f"{card['emoji']} {card['stage']}".strip()
        table.add_row(name, *(value_text(column, card) for column in columns))
    return table


def _titles(names: Iterable[str]) -> list[str]:
    return [result("stages").column(name).title for name in names]


def _times(cards: pd.DataFrame) -> Any:
    """How long clients have been in each stage."""
    filled = _filled(cards, TIME)
    table = printing.table_of(printing.headers(["", *_titles(filled)]))
    for card in cards.to_dict("records"):
        name = f"{card['emoji']} {card['stage']}".strip()
        numbers = [days_text(card[key], card.get(f"{key}_at_most")) for key in filled]
        if any(number != DASH for number in numbers):
            table.add_row(name, *numbers)
    return table


def _row(row: Any) -> str:
    """Return the number of a row; blank in a table of an engine, which has no row numbers."""
    return "" if row is None or row != row else str(row)


def _stuck(stuck: pd.DataFrame) -> Any:
    """Who is in a stage for longer than it allows."""
    texts = ("Client", "Stage", "Longer than")
    table = printing.table_of(("Row", "Client", "Stage", "Days", "Longer than"), texts)
    for row in stuck.to_dict("records"):
        days = days_text(row["at_least"], row["at_most"])
        table.add_row(_row(row["row"]), row["client"], row["stage"], days, row["rule"])
    return table
