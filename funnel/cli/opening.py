"""What `funnel show` begins with, before any table: the verdict, and what to work on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnel.metrics import Funnel


def opening(funnel: Funnel) -> Iterator[tuple[str, str]]:
    """Yield titles and texts, in order; what was understood belongs before the verdict."""
    yield "The leak", "\n".join(verdict_lines(funnel))


def verdict_lines(funnel: Funnel) -> Iterator[str]:
    """Yield the verdict, where that is in the sheet, why the column totals differ, and what to work on."""
    from funnel.metrics.tables.verdicts import called_worst, column_totals, in_sheet

    if funnel.clients.doubt:
        yield "No verdict, for the reason above."
        return
    yield funnel.verdict
    chain = funnel.flagged.chain
    worst = called_worst(funnel.leaks, chain)
    if worst is None:
        return
    if named := in_sheet(worst, funnel.steps, chain):
        yield named
    if totals := column_totals(funnel.leaks, funnel.steps, chain):
        yield totals
    yield f"What to work on: {funnel.advice(worst)}"
