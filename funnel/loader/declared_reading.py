"""The reading of a sheet whose journey is declared: everything is certain."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.clients import Clients, Reading
from funnel.clients.reading import RoleBelief, StageBelief, StepBelief
from funnel.events.event_log import find_event_log
from funnel.grid import Grid
from funnel.journey import Journey
from funnel.journey.model import ROLES
from funnel.schema import step_mark

_BECAUSE = "declared in the journey"


def reading_of_clients(clients: Clients, grid: Grid | None = None) -> Reading:
    """Return a reading with the columns of a declared journey; of an event log, those of its tab.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> journey = Journey(steps=(Step(name="Paid", paid=True),))
    >>> clients = Clients(pd.DataFrame({"row": [2]}), journey, tab="Leads")
    >>> reading = reading_of_clients(clients)
    >>> reading.shape, reading.confidence, [step.step for step in reading.steps]
    ('journey', 'certain', ['Paid'])
    """
    layout, journey = clients.layout, clients.journey
    at = dict(layout.columns) if layout else {}
    headers = dict(layout.headers) if layout else {}
    columns = tuple(
        RoleBelief(role, at[role], headers.get(at[role], ""), "certain", _BECAUSE)
        for role in ROLES
        if role in at
    )
    columns = (*(_of_log(journey, grid) if grid is not None else ()), *columns)
    steps = []
    for step in journey.steps:
        number = at.get(step_mark(step.name)) if not journey.staged else None
        numbers = (number,) if number else ()
        names = tuple(headers.get(held, "") for held in numbers)
        steps.append(StepBelief(step.name, numbers, names, "certain", _BECAUSE, step.paid))
    stages = tuple(
        StageBelief(stage.name, stage.lost, "declared") for stage in journey.stages if stage.active
    )
    row = layout.header if layout else 1
    return Reading(clients.tab, row, "journey", "certain", columns, tuple(steps), stages, journey=journey)


def _of_log(journey: Journey, grid: Grid) -> Iterator[RoleBelief]:
    """Yield the columns of an event log that is the sheet itself: its client, its events and their times."""
    if journey.events is None or not journey.events.is_the_sheet:
        return
    log = find_event_log(grid, journey.events, grid.tab)
    for role, number in log.columns.items():
        if role in ("client", "event", "when"):
            shown = "stage" if role == "event" else role
            yield RoleBelief(shown, number, str(grid[log.first - 1, number]), "certain", _BECAUSE)
