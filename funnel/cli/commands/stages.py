"""`funnel stages`: a card for each stage, the lost ones apart; by a column; and whom a rule put where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import Asked, asks
from funnel.errors import UsageError
from funnel.metrics.results import result
from funnel.metrics.views import value_text
from funnel.text import DASH, count, days_text

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

SET = ("by_hand", "by_rule", "by_event", "by_company")
MONEY = ("lifetime_value", "value_30_days")
TIME = ("median_days", "longest_days", "stuck")
NOTE = (
    "By hand: the stage column says so, and no rule moves who is there. By rule or event: the cell is blank, "
    "and a rule holds or an event led there. The others are new, or nobody has said. Win: its win "
    "probability."
)
SIDE_BY_SIDE = 5  # values of a column that have room beside each other
MOST = 200  # clients in a list in the terminal; JSON and CSV have them all
WHO = {"rule": "a rule", "event": "an event", "company": "the company", "hand": "by hand"}


@click.command()
@asks
@click.option("--by", metavar="COLUMN", help="The clients in each stage for each value of a column.")
@click.option("--clients", is_flag=True, help="Who is where by a rule or event, and whom a hand overrules.")
def stages(asked: Asked, by: str | None, clients: bool) -> None:
    """Print where the clients of SHEET are now.

    For a journey with stages: a line for each, the lost ones apart. Example: funnel stages contacts.csv
    --journey studio
    """
    from funnel.cli import formats
    from funnel.cli.run import leave, measure
    from funnel.metrics.core.records import records

    if by and clients:
        raise UsageError("--by and --clients ask for two tables; name one of them.")
    funnel = measure(asked)
    if not funnel.journey.stages:
        raise UsageError(
            f"The journey {funnel.journey.name!r} has no stages. Name one that has: --journey studio, "
            f"marketing, "
            "sales or lifecycle; or add a [[stage]] for each to your journey file."
        )
    name, table = ("placed", funnel.automatic_stages) if clients else ("stages", funnel.stages)
    table = funnel.stages_by(by) if by else table
    if asked.form == "json":
        further = (
            {} if by or clients else {"advance": records(funnel.advance), "stuck": records(funnel.stuck)}
        )
        formats.print_json({**formats.origin(funnel), name: records(table), **further})
    elif asked.form == "csv":
        formats.print_csv(table)
    elif clients:
        show_placed(funnel)
    elif by:
        show_by(funnel, by)
    else:
        show(funnel)
    leave(asked.strict, len(funnel.problems))


def show(funnel: Funnel) -> None:
    """Print the cards: the way, the lost stages, how long; who has no owner, and who is overruled."""
    out, cards = printing.console(), funnel.stages
    out.print(printing.heading(funnel))
    way, lost = cards[~cards["lost"].astype(bool)], cards[cards["lost"].astype(bool)]
    printing.show_table(out, "Stages", _cards(way, cards), NOTE)
    if len(lost):
        printing.show_table(out, "Lost", _cards(lost, cards))
    if _filled(cards, TIME):
        printing.show_table(out, "Time in stage", _times(cards))
    if funnel.advance["rate"].notna().any():
        advance = result("advance")
        if advance.alone:
            printing.show_result(out, funnel, advance, advance.alone, funnel.advance)
    if len(funnel.stuck):
        printing.show_table(out, f"Stuck ({len(funnel.stuck):,})", _stuck(funnel.stuck.head(MOST)))
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
    """Print who stands where without a hand, and whom a hand keeps from where a rule would put them."""
    out, placed = printing.console(), funnel.automatic_stages
    out.print(printing.heading(funnel))
    table = printing.table_of(
        ("Row", "Client", "Stage", "By", "Not, as a rule says"),
        ("Client", "Stage", "By", "Not, as a rule says"),
    )
    for row in placed.head(MOST).to_dict("records"):
        table.add_row(
            str(row["row"]), row["client"], row["stage"], WHO[row["set_by"]], row["overruled"] or ""
        )
    more = f"{len(placed) - MOST:,} more: --format csv." if len(placed) > MOST else ""
    printing.show_table(out, f"Put there by no hand, or overruled by one ({len(placed):,})", table, more)


def _further(funnel: Funnel) -> list[str]:
    """Who has no owner, and whom a hand keeps from where a rule or an event would put them."""
    cards = funnel.stages
    without = int(cards["no_coach"].sum()) if cards["no_coach"].notna().all() else 0
    overruled = int(funnel.automatic_stages["overruled"].notna().sum())
    found = [f"{count(without, 'client')} without a coach or other owner."] if without else []
    if overruled:
        verb = "stands" if overruled == 1 else "stand"
        found.append(
            f"{count(overruled, 'client')} {verb} by hand elsewhere than a rule or an event would say: see "
            "them with --clients."
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


def _stuck(stuck: pd.DataFrame) -> Any:
    """Who is in a stage for longer than it allows."""
    texts = ("Client", "Stage", "Longer than")
    table = printing.table_of(("Row", "Client", "Stage", "Days", "Longer than"), texts)
    for row in stuck.to_dict("records"):
        days = days_text(row["at_least"], row["at_most"])
        table.add_row(str(row["row"]), row["client"], row["stage"], days, row["rule"])
    return table
