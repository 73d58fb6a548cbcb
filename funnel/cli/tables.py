"""Every result as a plain table: `funnel show SHEET --table cohorts`, in the terminal, as CSV or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from funnel.cli import formats, printing
from funnel.text import percent

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

TABLES: dict[str, Callable[[Funnel], pd.DataFrame]] = {
    "steps": lambda funnel: funnel.steps,
    "retention": lambda funnel: funnel.retention,
    "survival": lambda funnel: funnel.survival,
    "leaks": lambda funnel: funnel.leaks,
    "what-if": lambda funnel: funnel.what_if(),
    "cohorts": lambda funnel: funnel.cohorts(),
    "trends": lambda funnel: funnel.trends(),
    "time": lambda funnel: funnel.time(),
    "leavers": lambda funnel: funnel.leavers(),
    "gym": lambda funnel: funnel.gym,
}
RATES = {
    "rate", "low", "high", "of_previous", "drop_off", "of_leads", "survival", "share", "added_up", "target",
    "conversion", "raised", "marked_drop_off", "settled_drop_off", "settled_low", "settled_high",
    "rate_if_overdue_stayed", "naive_rate", "probability_worst",
}  # fmt: skip
HIDDEN = {"verdict", "window", "kind", "column", "header"}  # in the terminal, where there is little room


def show(funnel: Funnel, name: str, form: str) -> None:
    """Print one result."""
    from funnel.metrics.json import records

    table = TABLES[name](funnel)
    if form == "csv":
        formats.print_csv(table)
    elif form == "json":
        formats.print_json({**formats.origin(funnel), name.replace("-", "_"): records(table)})
    else:
        out = printing.console()
        out.print(printing.heading(funnel))
        rows = _compact(table) if name == "cohorts" else table
        printing.show_table(out, name.capitalize(), _lines(rows), "" if len(rows) else "Nothing to show.")


def _compact(cohorts: pd.DataFrame) -> pd.DataFrame:
    """A line for each step, a column for each of the newest cohorts; "…" while not all are due."""
    shown = cohorts.assign(
        cell=[
            percent(rate) if ripe else "…"
            for rate, ripe in zip(cohorts["rate"], cohorts["ripe"], strict=True)
        ]
    )
    newest = list(dict.fromkeys(shown["cohort"]))[-6:]
    wide = shown.pivot(index="step", columns="cohort", values="cell")
    return wide.loc[list(dict.fromkeys(shown["step"])), newest].reset_index()


def _lines(table: pd.DataFrame) -> Any:
    """The columns that have something to say, each value as a person reads it."""
    columns = [str(name) for name in table if name not in HIDDEN and table[name].notna().any()]
    texts = {name.replace("_", " ") for name in columns if isinstance(table[name].iloc[0], str)}
    lines = printing.table_of([name.replace("_", " ") for name in columns], texts)
    for row in table[columns].to_dict("records"):
        rate = row.get("unit", "rate") == "rate"
        lines.add_row(
            *(
                percent(row[n]) if n in RATES or (n == "value" and rate) else printing.cell(row[n])
                for n in columns
            )
        )
    return lines
