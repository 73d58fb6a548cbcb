"""Results for other programs: JSON version 1 and CSV."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from funnel.text import UNSAFE, csv_cell

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.plan import Plan


def print_json(results: dict[str, Any]) -> None:
    """Print one JSON object, in which undefined numbers are already null."""
    text = json.dumps(results, ensure_ascii=False, indent=2, allow_nan=False)
    _print(UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")  # they occur in strings only


def print_csv(table: pd.DataFrame) -> None:
    """Print a table as CSV; no text in it can become a formula."""
    _print(csv_text(table))


def _print(text: str) -> None:
    """Print a text for other programs: in UTF-8, except on a terminal with another encoding."""
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    click.echo(text, nl=False)


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV; no text in it can become a formula."""
    table = table.rename(columns=lambda name: csv_cell(str(name)))
    return table.map(_inert).to_csv(index=False, lineterminator="\n")


def origin(funnel: Funnel) -> dict[str, Any]:
    """Return the first keys of every JSON object: version, sheet and day."""
    clients = funnel.clients
    return {"version": 1, "source": clients.source, "tab": clients.tab, "as_of": funnel.as_of.isoformat()}


def plan_json(plan: Plan, written: bool) -> dict[str, Any]:
    """Return a plan as JSON: what would change, or was changed, in sentences."""
    return {
        "version": 1,
        "source": plan.source,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "written": written,
        "changes": [line for change in plan.changes for line in change.describe()],
        "kept": list(plan.kept),
        "to_do": list(plan.to_do),
        "weekly": plan.weekly,
    }


def _inert(value: Any) -> Any:
    """Return text that begins like a formula with a quote in front, as spreadsheets write it.

    >>> _inert("=HYPERLINK(1)"), _inert("Ana"), _inert(-1)
    ("'=HYPERLINK(1)", 'Ana', -1)
    """
    return csv_cell(value) if isinstance(value, str) else value
