"""The reading of a sheet whose journey is declared: everything is certain."""

from __future__ import annotations

from funnel.clients import Clients, Reading
from funnel.clients.reading import RoleBelief, StageBelief, StepBelief
from funnel.journey.model import ROLES
from funnel.schema import step_mark

_BECAUSE = "declared in the journey"


def reading_of_clients(clients: Clients) -> Reading:
    """Return a reading with the columns of a declared journey.

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
