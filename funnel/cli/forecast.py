"""The forecast in the terminal: what was won, what may come, and how far that may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel.cli import printing
from funnel.text import count, percent

if TYPE_CHECKING:
    from rich.console import Console

    from funnel.metrics import Funnel
    from funnel.metrics.forecast import Forecast

BASIS = {
    "declared": "Probabilities: as the journey declares them; the spread takes them as given.",
    "earned": "Probabilities: earned from clients whose time was up, drawn towards the rate of all by a "
    "prior worth {prior} clients; the spread has their own uncertainty in it.",
}


def show_forecast(out: Console, funnel: Funnel) -> None:
    """Print the forecast, where there are values and probabilities to make one from."""
    from funnel.metrics.forecast import PRIOR, why_no_forecast

    if why_no_forecast(funnel.flagged):
        return
    found = funnel.forecast()
    table = printing.table_of(("Furthest step", "Probability", "Clients", "Value", "Expected"))
    for row in found.steps.to_dict("records"):
        name = "none yet" if row["step"] == "new" else row["step"]
        amounts = (f"{row[key]:,.0f}" for key in ("clients", "value", "expected"))
        table.add_row(name, percent(row["probability"]), *amounts)
    printing.show_table(out, "Forecast", table)
    out.print(_sentence(found))
    out.print(BASIS[found.basis].format(prior=PRIOR), style="dim")


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
