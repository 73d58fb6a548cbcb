"""The forecast in the terminal: what was won, what may come, and how far that may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel.cli import printing
from funnel.text import count, percent

if TYPE_CHECKING:
    from rich.console import Console

    from funnel.metrics import Funnel
    from funnel.metrics.tables.forecast import Forecast

BASIS = {
    "declared": "Probabilities: as the journey declares them; the spread takes them as given.",
    "earned": "Probabilities: earned from clients whose time was up, drawn towards the rate of all by a "
    "prior worth {prior} clients; the spread has their own uncertainty in it.",
}

UNKNOWN = (
    " Who is lost, and nobody knows from which stage, counts in all of them: the probabilities are the "
    "lowest that they can be."
)


def show_forecast(out: Console, funnel: Funnel) -> None:
    """Print the forecast, where there are values and probabilities to make one from."""
    from funnel.metrics.tables.forecast import PRIOR, why_no_forecast

    if why_no_forecast(funnel.flagged):
        return
    found = funnel.forecast()
    staged = funnel.journey.staged
    furthest = "Stage" if staged else "Furthest step"
    table = printing.table_of((furthest, "Probability", "Clients", "Value", "Expected"))
    for row in found.steps.iloc[int(staged) :].to_dict("records"):  # nobody is before the first stage
        name = "none yet" if row["step"] == "new" else row["step"]
        amounts = (f"{row[key]:,.0f}" for key in ("clients", "value", "expected"))
        table.add_row(name, percent(row["probability"]), *amounts)
    printing.show_table(out, "Forecast", table)
    out.print(_sentence(found))
    unknown = UNKNOWN if found.basis == "earned" and funnel.flagged.chain.unknown else ""
    out.print(BASIS[found.basis].format(prior=PRIOR) + unknown, style="dim")


def show_forecast_by(out: Console, funnel: Funnel, by: str) -> None:
    """Print what each value of a column brought and may bring, where there is a forecast."""
    from funnel.metrics.tables.forecast import why_no_forecast

    if why_no_forecast(funnel.flagged):
        return
    table = printing.table_of(("", "Won", "Expected", "Give or take", "Clients", "Time is up"))
    for row in funnel.forecast_by(by).to_dict("records"):
        amounts = (f"{row[key]:,.0f}" for key in ("won", "expected", "spread", "clients", "stale_clients"))
        table.add_row(row["value"], *amounts)
    note = "Expected: of the clients in the journey, by the same probabilities for all."
    printing.show_table(out, f"Forecast, by {by}", table, note)


def _sentence(found: Forecast) -> str:
    """Won, expected, and what is left out."""
    parts = [
        f"Won: {found.won:,.0f}. Of {count(found.clients, 'client')} in the journey, {found.expected:,.0f} "
        f"may come, give or take {found.spread:,.0f} (one standard deviation)."
    ]
    if found.stale_clients:
        parts.append(
            f"{count(found.stale_clients, 'client')} whose time is up would bring {found.stale:,.0f} more; "
            "better ask them first (funnel due)."
        )
    if found.without_value:
        one = found.without_value == 1
        who = f"{count(found.without_value, 'client')} {'has' if one else 'have'} no value"
        parts.append(f"{who}, and {'brings' if one else 'bring'} nothing here.")
    return " ".join(parts)
