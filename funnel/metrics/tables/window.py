"""The conversion window: a step counts as reached only within a time after the lead.

Definition: docs/definitions.md#conversion-window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import narwhals as nw

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Duration
from funnel.metrics.core.flags import Flagged, flag
from funnel.metrics.core.frames import count_flags
from funnel.schema import step_date
from funnel.text import count


def with_window(clients: Clients, within: str) -> Clients:
    """Return the clients with a conversion window in their journey.

    Raises
    ------
    UsageError : `within` is not a duration.
    """
    try:
        Duration.parse(within)
    except ValueError as error:
        raise UsageError(f"{error} (within).") from None
    return replace(clients, journey=clients.journey.model_copy(update={"within": within}))


def check_window(flagged: Flagged) -> None:
    """Raise UsageError if there are marks, but none has a date."""
    marks, undated = _counted(flagged)
    if marks and marks == undated:
        raise UsageError(
            f"No mark has a date, so it is unknown who reached a step within {flagged.journey.within}. Type "
            "the date instead of a 1, or leave out the conversion window."
        )


def window_sentences(flagged: Flagged) -> Iterator[str]:
    """Yield sentences on the effect of the conversion window."""
    if not flagged.journey.within:
        return
    _, undated = _counted(flagged)
    also = (
        f" {count(undated, 'mark')} without a date {'counts' if undated == 1 else 'count'} as within it."
        if undated
        else ""
    )
    yield f"Steps count as reached only within {flagged.journey.within} of the lead.{also}"


def _counted(flagged: Flagged) -> tuple[int, int]:
    """Count the marks within the window or without a date, and those without a date."""
    chain = flagged.chain
    first = 1 if chain.staged else 0  # every client is in the first stage
    flags = {}
    for i in range(first, len(chain.steps)):
        if chain.steps[i].kind == "step" and i in chain.cells:
            name, marked = step_date(chain.steps[i].name), nw.col(flag("marked", i))
            flags[flag("marked", i)] = marked
            flags[flag("no_day", i)] = marked & nw.col(name).is_null() if name in flagged.columns else marked
    if not flags:
        return 0, 0
    row = count_flags(flagged.frame.select(expr.alias(name) for name, expr in flags.items()), flags).iloc[0]
    undated = sum(int(row[name]) for name in flags if name.startswith(flag("no_day")))
    return sum(int(row[name]) for name in flags) - undated, undated
