"""The forecast for each value of a column, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel.cli import printing

if TYPE_CHECKING:
    from rich.console import Console

    from funnel.metrics import Funnel


def show_forecast_by(out: Console, funnel: Funnel, by: str) -> None:
    """Print the forecast for each value of a column, if there is one."""
    from funnel.metrics.tables.forecast import why_no_forecast

    if why_no_forecast(funnel.flagged):
        return
    table = printing.table_of(("", "Value of paid clients", "Expected", "Give or take", "Clients", "Overdue"))
    for row in funnel.forecast_by(by).to_dict("records"):
        amounts = (f"{row[key]:,.0f}" for key in ("won", "expected", "spread", "clients", "overdue_clients"))
        table.add_row(" ".join(filter(None, (row["value"], row["currency"]))), *amounts)
    note = "Expected: of the clients in the journey, with the same probabilities for all values."
    printing.show_table(out, f"Forecast, by {by}", table, note)
