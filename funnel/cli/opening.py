"""The first lines of `funnel show`: the verdict, and what to work on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnel.metrics import Funnel


def opening(funnel: Funnel) -> Iterator[tuple[str, str]]:
    """Yield titles and texts, in order: the reading, then the verdict."""
    from funnel.metrics.tables.verdicts import verdict_lines

    if funnel.clients.doubt:
        yield "The leak", "No verdict, for the reason above."
    else:
        yield "The leak", "\n".join(verdict_lines(funnel))
