"""`funnel stages`: a card for each stage, the lost ones apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funnel.cli import printing
from funnel.cli.options import Asked, asks
from funnel.errors import UsageError
from funnel.text import count, percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

MONEY = {"lifetime_value": "Lifetime\nvalue", "value_30_days": "30-day\nvalue"}
NOTE = (
    "By hand: the stage column says so, and no rule moves who is there. By rule: the cell is blank, and a "
    "rule of the stage holds. The others are new, or nobody has said. Win: its win probability."
)


@click.command()
@asks
def stages(asked: Asked) -> None:
    """Print where the clients of SHEET are now.

    For a journey with stages: a line for each, the lost ones apart. Example: funnel stages contacts.csv
    --journey studio
    """
    from funnel.cli import formats
    from funnel.cli.commands import leave, measure
    from funnel.metrics.json import records

    funnel = measure(asked)
    if not funnel.journey.stages:
        raise UsageError(
            f"The journey {funnel.journey.name!r} has no stages. Name one that has: --journey studio, "
            f"marketing, "
            "sales or lifecycle; or add a [[stage]] for each to your journey file."
        )
    if asked.form == "json":
        formats.print_json({**formats.origin(funnel), "stages": records(funnel.stages)})
    elif asked.form == "csv":
        formats.print_csv(funnel.stages)
    else:
        show(funnel)
    leave(asked.strict, len(funnel.problems))


def show(funnel: Funnel) -> None:
    """Print the cards: the way, then the lost stages, then who has no owner."""
    out, cards = printing.console(), funnel.stages
    out.print(printing.heading(funnel))
    way, lost = cards[~cards["lost"].astype(bool)], cards[cards["lost"].astype(bool)]
    printing.show_table(out, "Stages", _cards(way), NOTE)
    if len(lost):
        printing.show_table(out, "Lost", _cards(lost))
    without = cards["no_coach"].sum() if cards["no_coach"].notna().all() else 0
    if without:
        out.print()
        out.print(f"{count(int(without), 'client')} without a coach or other owner.")


def _cards(cards: pd.DataFrame) -> Any:
    """A line for each stage; money only where the sheet has it."""
    lost = bool(len(cards)) and bool(cards["lost"].iloc[0])
    money = {name: label for name, label in MONEY.items() if cards[name].notna().any()}
    owners = ["No\nowner"] if cards["no_coach"].notna().any() and not lost else []
    win = ["Reason"] if lost else ["\nWin"]
    headers = ["", "\nClients", "\nShare", "By\nhand", "By\nrule", *win, *money.values(), *owners]
    table = printing.table_of(headers, ["Reason"])
    table.columns[0].min_width = 18
    for card in cards.to_dict("records"):
        name = f"{card['emoji']} {card['stage']}".strip()
        numbers = [printing.cell(card[key]) for key in ("by_hand", "by_rule")]
        last = [printing.cell(card["no_coach"])] if owners else []
        told = card["reason"] if lost else percent(card["win_probability"])
        sums = [printing.cell(card[key]) for key in money]
        table.add_row(name, f"{card['clients']:,}", percent(card["share"]), *numbers, told, *sums, *last)
    return table
